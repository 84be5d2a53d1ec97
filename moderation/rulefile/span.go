package rulefile

import "strconv"

// span writes a time in seconds with the largest unit that divides it, days
// from two on: 90s, 5m, 24h, 7d.
func span(seconds int) string {
	switch {
	case seconds%86400 == 0 && seconds >= 2*86400:
		return strconv.Itoa(seconds/86400) + "d"
	case seconds%3600 == 0 && seconds != 0:
		return strconv.Itoa(seconds/3600) + "h"
	case seconds%60 == 0 && seconds != 0:
		return strconv.Itoa(seconds/60) + "m"
	}
	return strconv.Itoa(seconds) + "s"
}
