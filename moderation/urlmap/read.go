package urlmap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a file.
const (
	MaxBytes = 50 << 20
	MaxLines = 500_000
	MaxRules = 10_000
	maxLine  = 16 << 10 // bytes
)

// ErrTooLarge says that a file is over one of the limits.
var ErrTooLarge = errors.New("the file is too large: at most 50 MB, 500,000 lines and 10,000 rules")

// Fault is a line that cannot be used.
type Fault struct {
	Line   int
	Text   string
	Detail string
}

// Options say how addresses are understood.
type Options struct {
	// Normal returns what of an absolute http or https URL tells pages apart,
	// host first, and false for anything else.
	Normal func(string) (string, bool)
	// Base is put before an address that begins with a slash, such as
	// https://example.org; without it those are faults.
	Base string
}

// Read reads a map: lines of two columns, with commas, semicolons or tabs
// between them, quoted as in RFC 4180, with or without a heading; or lines of
// redirects, as "/old /new 301" and "Redirect 301 /old https://example.org/new".
// Every line that cannot be used is a fault. The error is ErrTooLarge, or that
// of r.
func Read(r io.Reader, o Options) (*Map, []Fault, error) {
	in := bufio.NewScanner(io.LimitReader(r, MaxBytes+1))
	in.Buffer(make([]byte, 64<<10), MaxBytes+2)
	m := &Map{normal: o.Normal, exact: map[string]int{}, rules: map[string]int{}}
	rd := reader{m: m, o: o}
	size := 0
	for in.Scan() {
		text := in.Text()
		if size += len(text) + 1; size > MaxBytes+1 {
			return nil, nil, ErrTooLarge
		}
		if rd.line++; rd.line > MaxLines || len(m.rules) > MaxRules {
			return nil, nil, ErrTooLarge
		}
		if rd.line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		rd.read(strings.TrimSpace(text))
	}
	if err := in.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = ErrTooLarge
		}
		return nil, nil, err
	}
	rd.follow()
	return m, rd.faults, nil
}

type reader struct {
	m      *Map
	o      Options
	line   int
	comma  byte // between columns; 0 until a line shows it
	faults []Fault
}

func (r *reader) fault(line int, text, format string, args ...any) {
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	r.faults = append(r.faults, Fault{line, text, fmt.Sprintf(format, args...)})
}

// read takes one line.
func (r *reader) read(text string) {
	if text == "" || text[0] == '#' {
		return
	}
	if len(text) > maxLine || !utf8.ValidString(text) {
		r.fault(r.line, strings.ToValidUTF8(text, "?"), "This is no line of text of at most 16 KB.")
		return
	}
	if redirect, ok := parseRedirect(text); ok {
		r.redirect(text, redirect)
		return
	}
	if r.comma == 0 {
		r.comma = findComma(text)
	}
	columns, ok := split(text, r.comma)
	switch {
	case !ok:
		r.fault(r.line, text, "A quotation mark is not closed, or stands in the middle of a column.")
	case r.line == 1 && !looksLikeURL(columns[0]):
		// the heading
	case len(columns) > 2 && strings.Join(columns[2:], "") != "":
		r.fault(r.line, text, "This line has %d columns, not two. Put an address with a %q in it between quotation marks.", len(columns), r.comma)
	case len(columns) < 2 || columns[1] == "":
		r.m.Unchanged++
	default:
		r.add(text, columns[0], columns[1])
	}
}

// redirect is a line of a list of redirects.
type redirect struct {
	from, to  string
	temporary bool
}

// parseRedirect reads the lines of Netlify's _redirects and of Apache's Redirect
// and RedirectPermanent. It reports false for any other line.
func parseRedirect(text string) (redirect, bool) {
	words := strings.Fields(strings.TrimSuffix(text, ";"))
	if len(words) < 2 || strings.ContainsAny(words[0], ",;\"") {
		return redirect{}, false
	}
	status := "301"
	switch {
	case strings.EqualFold(words[0], "RedirectPermanent") && len(words) == 3:
		words = words[1:]
	case strings.EqualFold(words[0], "Redirect") && len(words) == 3:
		words, status = words[1:], "302"
	case strings.EqualFold(words[0], "Redirect") && len(words) == 4:
		status, words = words[1], words[2:]
	case looksLikeURL(words[0]) && looksLikeURL(words[1]) && !strings.Contains(text, "\t"):
		if len(words) > 2 {
			status = words[2]
		}
	default:
		return redirect{}, false
	}
	switch strings.TrimSuffix(strings.ToLower(status), "!") {
	case "301", "308", "permanent":
		return redirect{words[0], strings.Replace(words[1], ":splat", "*", 1), false}, true
	}
	return redirect{words[0], words[1], true}, true
}

func (r *reader) redirect(text string, d redirect) {
	if d.temporary {
		r.m.Temporary++
		return
	}
	r.add(text, d.from, d.to)
}

// add takes a pair of addresses.
func (r *reader) add(text, from, to string) {
	r.m.Lines++
	from, to = r.absolute(from), r.absolute(to)
	rule := strings.HasSuffix(from, "*")
	switch {
	case rule != strings.HasSuffix(to, "*"):
		r.fault(r.line, text, "A rule ends in * on both sides.")
	case strings.Contains(strings.TrimSuffix(from, "*"), "*") || strings.Contains(strings.TrimSuffix(to, "*"), "*"):
		r.fault(r.line, text, "A * can only stand at the end.")
	case rule:
		r.addRule(text, strings.TrimSuffix(from, "*"), strings.TrimSuffix(to, "*"))
	default:
		r.addExact(text, from, to)
	}
}

func (r *reader) absolute(address string) string {
	address = strings.TrimSpace(address)
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		return r.o.Base + address
	}
	return address
}

func (r *reader) addExact(text, from, to string) {
	normal, ok := r.o.Normal(from)
	if !ok {
		r.fault(r.line, text, "The old address is no http or https address.")
		return
	}
	target, ok := r.o.Normal(to)
	switch before, known := r.m.exact[normal]; {
	case !ok:
		r.fault(r.line, text, "The new address is no http or https address.")
	case target == normal:
		r.m.Unchanged++
	case !known:
		r.m.exact[normal] = len(r.m.Exact)
		r.m.Exact = append(r.m.Exact, Pair{from, to, r.line})
	case r.normalOf(r.m.Exact[before].To) != target:
		r.fault(r.line, text, "Line %d gives the same page another new address.", r.m.Exact[before].Line)
	}
}

func (r *reader) normalOf(address string) string {
	normal, _ := r.o.Normal(address)
	return normal
}

func (r *reader) addRule(text, from, to string) {
	old, new := bare(from), bare(to)
	if _, ok := r.o.Normal(from); !ok || !strings.Contains(old, "/") {
		r.fault(r.line, text, "The old address of a rule looks like https://example.org/blog/*.")
		return
	}
	if _, ok := r.o.Normal(to); !ok || !strings.Contains(new, "/") {
		r.fault(r.line, text, "The new address of a rule looks like https://example.org/posts/*.")
		return
	}
	switch before, known := r.m.rules[old]; {
	case old == new:
		r.m.Unchanged++
	case !known:
		r.m.rules[old] = len(r.m.Rules)
		r.m.Rules = append(r.m.Rules, Pair{from, to, r.line})
		r.m.addLength(len(old))
	case bare(r.m.Rules[before].To) != new:
		r.fault(r.line, text, "Line %d has another new address for the same beginning.", r.m.Rules[before].Line)
	}
}

// follow finds the end of each exact line, and those that have none.
func (r *reader) follow() {
	for i := range r.m.Exact {
		p := &r.m.Exact[i]
		end, hops, ok := r.m.follow(p.To)
		switch {
		case !ok:
			r.fault(p.Line, p.From+" → "+p.To, "The new address is an old one on another line, and so on in a circle. Name the last one only.")
			r.m.ends = append(r.m.ends, chainEnd{i, ""})
		case hops > 0:
			r.m.Chains++
			r.m.ends = append(r.m.ends, chainEnd{i, end})
		}
	}
	for _, e := range r.m.ends {
		r.m.Exact[e.pair].To = e.to
	}
	r.m.Exact = slices.DeleteFunc(r.m.Exact, func(p Pair) bool { return p.To == "" })
	clear(r.m.exact)
	for i := range r.m.Exact {
		r.m.exact[r.normalOf(r.m.Exact[i].From)] = i
	}
	r.m.ends = nil
}

func looksLikeURL(s string) bool {
	return strings.HasPrefix(s, "/") || len(s) > 7 && (strings.EqualFold(s[:7], "http://") || strings.EqualFold(s[:min(8, len(s))], "https://"))
}

// findComma guesses what stands between the columns: what the second address, or
// a quoted one, follows.
func findComma(text string) byte {
	for _, comma := range []byte{'\t', ';', ','} {
		for rest := text; ; {
			i := strings.IndexByte(rest, comma)
			if i < 0 {
				break
			}
			rest = rest[i+1:]
			next := strings.TrimLeft(rest, " \"")
			if next == "" || looksLikeURL(next) {
				return comma
			}
		}
	}
	return ','
}

// split takes a line apart. It reports false when quotation marks do not match.
func split(text string, comma byte) (columns []string, ok bool) {
	for {
		text = strings.TrimLeft(text, " ")
		var column string
		if strings.HasPrefix(text, `"`) {
			if column, text, ok = unquote(text[1:]); !ok {
				return nil, false
			}
			text = strings.TrimLeft(text, " ")
			if text != "" && text[0] != comma {
				return nil, false
			}
		} else if i := strings.IndexByte(text, comma); i >= 0 {
			column, text = text[:i], text[i:]
		} else {
			column, text = text, ""
		}
		columns = append(columns, strings.TrimSpace(column))
		if text == "" {
			return columns, true
		}
		text = text[1:]
	}
}

// unquote reads up to the closing quotation mark; two of them are one in the
// text.
func unquote(text string) (column, rest string, ok bool) {
	var out strings.Builder
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return "", "", false
		}
		out.WriteString(text[:i])
		text = text[i+1:]
		if !strings.HasPrefix(text, `"`) {
			return out.String(), text, true
		}
		out.WriteByte('"')
		text = text[1:]
	}
}
