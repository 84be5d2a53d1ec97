package rules

import (
	"net/url"
	"slices"
	"strings"

	"postbag/models"
)

// scope is a compiled models.Scope.
type scope struct {
	whole    bool
	sections []string // clean paths, each with a slash at its end
	names    map[string]bool
	pages    []page
}

// page is an article as its URL names it. What cannot make it another page is
// left out.
type page struct {
	place string // host and path
	query url.Values
}

// place is where a comment stands.
type place struct {
	key, ident string
	path       string // clean, with a slash at its end; empty without a URL
	page       page
}

func placeOf(a *ArticleFacts) place {
	p := place{key: models.ArticleID.Format(a.ID), ident: a.Ident}
	if a.URL != "" {
		var path string
		p.page, path = readPage(a.URL)
		p.path = path
	}
	return p
}

func newScope(s models.Scope) scope {
	made := scope{whole: s.Whole(), names: map[string]bool{}}
	for _, section := range s.Sections {
		made.sections = append(made.sections, cleanPath(section))
	}
	for _, article := range s.Articles {
		made.names[strings.TrimSpace(article)] = true
		if strings.Contains(article, "/") {
			p, _ := readPage(strings.TrimSpace(article))
			made.pages = append(made.pages, p)
		}
	}
	return made
}

// holds reports whether a comment stands where the rule holds.
func (s *scope) holds(p *place) bool {
	if s.whole || p.key != "" && s.names[p.key] || p.ident != "" && s.names[p.ident] {
		return true
	}
	if p.path == "" {
		return false
	}
	below := func(section string) bool { return strings.HasPrefix(p.path, section) }
	return slices.ContainsFunc(s.sections, below) || slices.ContainsFunc(s.pages, p.page.is)
}

// is reports whether a page is the one that a rule names: the same host and
// path, and all parameters that the rule names, whatever others there are.
func (p page) is(named page) bool {
	if p.place != named.place {
		return false
	}
	for name, values := range named.query {
		if !slices.Equal(p.query[name], values) {
			return false
		}
	}
	return true
}

// readPage takes a URL apart, leniently: what is no URL names no page.
func readPage(address string) (page, string) {
	address, _, _ = strings.Cut(address, "#")
	address, query, _ := strings.Cut(address, "?")
	address = strings.ReplaceAll(address, `\`, "/")
	if _, rest, ok := strings.Cut(address, "//"); ok {
		address = rest
	}
	host, path, _ := strings.Cut(address, "/")
	host = strings.TrimPrefix(hostOf("http://"+host), "www.")
	path = cleanPath(path)
	values, _ := url.ParseQuery(query)
	return page{host + path, values}, path
}

// cleanPath returns a path in the one form in which paths are compared: decoded,
// in lower case, with one slash between segments and around, without dot segments
// and parameters behind a semicolon. Whichever way a server lets a path be
// written, a rule for it holds.
func cleanPath(path string) string {
	for range 3 {
		decoded := unescape(path)
		if decoded == path {
			break
		}
		path = decoded
	}
	var segments []string
	for _, s := range strings.FieldsFunc(strings.ToLower(path), func(r rune) bool { return r == '/' || r == '\\' }) {
		s, _, _ = strings.Cut(s, ";")
		switch s {
		case "", ".":
		case "..":
			segments = segments[:max(len(segments)-1, 0)]
		default:
			segments = append(segments, s)
		}
	}
	if len(segments) == 0 {
		return "/"
	}
	return "/" + strings.Join(segments, "/") + "/"
}

// unescape decodes percent-encoding where it is valid and leaves the rest.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		if len(s) >= 3 && s[0] == '%' {
			if c, err := url.PathUnescape(s[:3]); err == nil {
				b.WriteString(c)
				s = s[3:]
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
