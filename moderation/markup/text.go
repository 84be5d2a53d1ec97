package markup

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes newlines uniform, replaces invalid UTF-8 by U+FFFD and drops the
// control characters other than newline and tab (C0, DEL and C1).
func clean(s string) string {
	if strings.IndexFunc(s, unclean) < 0 {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r != utf8.RuneError && unclean(r):
			return -1
		}
		return r
	}, s)
}

func unclean(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 ||
		r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

// The directional formatting characters of UAX #9.
const (
	lre, rle, pdf, lro, rlo = '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'
	lri, rli, fsi, pdi      = '\u2066', '\u2067', '\u2068', '\u2069'
)

// maxBidi is how many directions may be open in one line; further opening
// characters are dropped. UAX #9 allows 125, people use two.
const maxBidi = 16

// bidi keeps the closing characters that the current line still needs,
// outermost first.
type bidi struct{ open []rune }

// filter follows s: it drops what closes nothing, and closes at each newline
// what is open.
func (d *bidi) filter(s string) string {
	if !strings.ContainsFunc(s, directional) && (len(d.open) == 0 || !strings.Contains(s, "\n")) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch r {
		case '\n':
			out.WriteString(d.close())
			out.WriteByte('\n')
		case lre, rle, lro, rlo, lri, rli, fsi:
			if len(d.open) < maxBidi {
				d.open = append(d.open, closer(r))
				out.WriteRune(r)
			}
		case pdf, pdi:
			if d.ends(r) {
				out.WriteRune(r)
			}
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// ends closes what r closes: PDF the innermost embedding, never past an isolate;
// PDI the innermost isolate with every embedding in it (UAX #9, rules X6a, X7).
func (d *bidi) ends(r rune) bool {
	for i := len(d.open) - 1; i >= 0; i-- {
		if d.open[i] == r {
			d.open = d.open[:i]
			return true
		}
		if r == pdf {
			break
		}
	}
	return false
}

// close returns what closes all that is open, innermost first.
func (d *bidi) close() string {
	var out []rune
	for i := len(d.open) - 1; i >= 0; i-- {
		out = append(out, d.open[i])
	}
	d.open = d.open[:0]
	return string(out)
}

func directional(r rune) bool { return r >= lre && r <= rlo || r >= lri && r <= pdi }

func closer(r rune) rune {
	if r >= lri {
		return pdi
	}
	return pdf
}

// safeHref returns the address in the form that is written, or false when it
// is not one of the three schemes, has nothing after it, or is too long.
// Characters that a browser or a person could misread are percent-encoded.
func safeHref(raw string) (string, bool) {
	raw = strings.TrimSpace(raw)
	scheme, rest, ok := strings.Cut(raw, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case !ok:
		return "", false
	case scheme == "mailto":
		ok = strings.Contains(strings.Trim(rest, "@"), "@")
	case scheme == "http" || scheme == "https":
		host, web := strings.CutPrefix(rest, "//")
		ok = web && host != "" && !strings.ContainsRune(`/\?#:@.`, rune(host[0]))
	default:
		ok = false
	}
	href := scheme + ":" + encode(rest)
	return href, ok && len(href) <= MaxHref
}

// encode percent-encodes what may not stand in an address (RFC 3986, section 2)
// and what is invisible; other letters stay, as in RFC 3987.
func encode(s string) string {
	if strings.IndexFunc(s, encoded) < 0 {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		if !encoded(r) {
			out.WriteRune(r)
			continue
		}
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func encoded(r rune) bool {
	return r <= ' ' || strings.ContainsRune("\"'<>\\^`{|}", r) ||
		r > '~' && (unicode.In(r, unicode.C, unicode.Z) || r == utf8.RuneError)
}

// findURL returns where the first bare http or https address in s begins and
// ends; both are len(s) when there is none.
func findURL(s string) (from, to int) {
	for at := 0; ; {
		i := strings.Index(s[at:], "://")
		if i < 0 {
			return len(s), len(s)
		}
		i += at
		for _, scheme := range []string{"https", "http"} {
			from = i - len(scheme)
			if from >= 0 && !followsLetter(s, from) {
				if n := urlLength(s[from:]); n > 0 {
					return from, from + n
				}
			}
		}
		at = i + len("://")
	}
}

func followsLetter(s string, at int) bool {
	return at > 0 && alphanumeric(s[at-1])
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// urlLength returns the length of the bare address that s begins with, or 0.
// It ends before a space, a quote, an angle or an unmatched closing bracket,
// and before punctuation that belongs to the sentence.
func urlLength(s string) int {
	head := len("http://")
	switch {
	case hasPrefixFold(s, "https://"):
		head = len("https://")
	case !hasPrefixFold(s, "http://"):
		return 0
	}
	end := head + addressEnd(s[head:])
	for end > head && strings.IndexByte("?!.,:;*_~'(", s[end-1]) >= 0 {
		end--
	}
	if end == head || !alphanumeric(s[head]) && s[head] < utf8.RuneSelf {
		return 0
	}
	return end
}

// addressEnd returns where the characters of an address end.
func addressEnd(s string) int {
	round, square := 0, 0
	for i, r := range s {
		switch {
		case r == '(':
			round++
		case r == ')':
			round--
		case r == '[':
			square++
		case r == ']':
			square--
		case r != '\'' && encoded(r):
			return i
		}
		if round < 0 || square < 0 {
			return i
		}
	}
	return len(s)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
