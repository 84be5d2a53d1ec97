package rules

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// emailPattern finds e-mail addresses as people write them.
var emailPattern = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,24}`)

// findEmails returns the places of e-mail addresses.
func findEmails(text string) [][]int {
	if !strings.Contains(text, "@") {
		return nil
	}
	return emailPattern.FindAllStringIndex(text, maxMatches)
}

// phonePattern finds digits with what stands between those of telephone numbers;
// isPhone decides.
var phonePattern = regexp.MustCompile(`(?:\+|\(|\b)\d(?:[ \t./()\x{2011}\x{2013}-]{0,3}\d){7,16}\b`)

// findPhones returns the places of what looks like telephone numbers: 8 to 15
// digits (E.164) that begin with +, a bracket or 0, or stand in three groups or
// more. Dates, years, sums, addresses of computers and ISBNs do not.
func findPhones(text string) [][]int {
	if !hasDigitRun(text, 8) {
		return nil
	}
	var found [][]int
	for _, at := range phonePattern.FindAllStringIndex(text, maxMatches) {
		if isPhone(text[at[0]:at[1]]) {
			found = append(found, at)
		}
	}
	return found
}

// hasDigitRun is a cheap look before the pattern: so many digits with little but
// separators between them.
func hasDigitRun(text string, n int) bool {
	digits, gap := 0, 0
	for i := range len(text) {
		b := text[i]
		switch {
		case b >= '0' && b <= '9':
			if digits++; digits == n {
				return true
			}
			gap = 0
		case gap == 9 || b >= 'A' && b < 0x80:
			digits, gap = 0, 0
		default:
			gap++
		}
	}
	return false
}

func isPhone(s string) bool {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	digits := 0
	for _, g := range groups {
		digits += len(g)
	}
	switch {
	case digits < 8 || digits > 15 || datePattern.MatchString(s) || isAddress(s):
		return false
	case s[0] == '+' || s[0] == '(' || s[0] == '0' && len(groups[0]) > 1:
		return true
	}
	isbn := digits == 13 && (strings.HasPrefix(s, "978") || strings.HasPrefix(s, "979"))
	return len(groups) >= 3 && !isbn && !isSum(groups) && !slices.ContainsFunc(groups, isYear)
}

// isSum reports whether groups of digits are those of a large number.
func isSum(groups []string) bool {
	return !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 })
}

func isYear(g string) bool {
	return len(g) == 4 && (strings.HasPrefix(g, "19") || strings.HasPrefix(g, "20"))
}

// datePattern finds dates, such as 2026-11-23 and 01.02.2003.
var datePattern = regexp.MustCompile(`^(?:(?:19|20)\d\d[-./]\d\d?[-./]\d\d?|\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d)(?:\D|$)`)

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}
