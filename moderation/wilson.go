package moderation

import "math"

// Wilson returns the interval that holds the true share behind hits of a number
// of trials with 95 % confidence: the score interval of E. B. Wilson, "Probable
// inference, the law of succession, and statistical inference", Journal of the
// American Statistical Association 22 (1927), 209-212. Unlike the textbook
// interval it is right for few trials and for shares near 0 and 1. Without
// trials it is everything, 0 to 1.
func Wilson(hits, of int64) (low, high float64) {
	if of <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054 // of the normal distribution, 2.5 % on each side
	n, p := float64(of), float64(hits)/float64(of)
	middle := p + z*z/(2*n)
	margin := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	low, high = (middle-margin)/scale, (middle+margin)/scale
	if hits <= 0 {
		low = 0 // not a rounding error above it
	}
	if hits >= of {
		high = 1
	}
	return low, high
}

// share is a part of a whole, 0 without a whole.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
