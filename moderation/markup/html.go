package markup

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// layout finds a tag that ends a line. Without any, newlines end lines.
var layout = regexp.MustCompile(`(?i)<(p|br|div|li|pre|blockquote|tr|h[1-6])[\s/>]`)

// maxOpen bounds how many containers of the source are followed; it only has to
// exceed maxContainers.
const maxOpen = 64

// mention finds how Disqus writes the name of a user: @name:disqus.
var mention = regexp.MustCompile(`(@[\pL\pN._-]+):disqus\b`)

// buildHTML reads src tag by tag and gives what it says to b.
func buildHTML(b *builder, src string) {
	r := htmlReader{b: b, z: html.NewTokenizer(strings.NewReader(src)), plain: !layout.MatchString(src)}
	read := 0
	for b.err == nil {
		kind := r.z.Next()
		if kind == html.ErrorToken {
			break
		}
		read += len(r.z.Raw())
		r.token(kind)
	}
	if b.err == nil && read < len(src) {
		r.words(src[read:]) // a tag that never ends, as in "a <b"
	}
	r.endPre()
}

type htmlReader struct {
	b     *builder
	z     *html.Tokenizer
	plain bool   // newlines are line breaks
	open  []tag  // open containers
	skip  string // open element whose content is not for people
	title string // of the open link
	inPre bool   // between <pre> and </pre>
	pre   []byte // what was there
}

func (r *htmlReader) token(kind html.TokenType) {
	switch kind {
	case html.TextToken:
		if r.skip == "" {
			r.words(string(r.z.Text()))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, _ := r.z.TagName()
		r.start(string(name), r.attributes())
	case html.EndTagToken:
		name, _ := r.z.TagName()
		r.end(string(name))
	}
}

// attributes returns those that matter; of two with one name the first counts.
func (r *htmlReader) attributes() map[string]string {
	var attrs map[string]string
	for more := true; more; {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		switch name := string(key); name {
		case "href", "title", "src", "alt", "start":
			if _, twice := attrs[name]; twice {
				continue
			}
			if attrs == nil {
				attrs = make(map[string]string)
			}
			attrs[name] = clean(string(value))
		}
	}
	return attrs
}

func (r *htmlReader) start(name string, attrs map[string]string) {
	switch {
	case r.skip != "":
	case r.inPre:
		r.startInPre(name)
	case name == "br":
		r.b.breakLine()
	case name == "pre":
		r.inPre = true
	case name == "a":
		r.startLink(attrs)
	case isMedia(name):
		r.media(name, attrs)
	case name == "script" || name == "style":
		r.skip = name
	case container(name) != text:
		start, err := strconv.ParseInt(attrs["start"], 10, 32)
		if err != nil || start < 0 || name != "ol" {
			start = 1
		}
		r.startContainer(container(name), int(start))
	case inline(name) != text:
		r.b.push(format{tag: inline(name)})
	default:
		r.separate(name)
	}
}

func (r *htmlReader) end(name string) {
	switch {
	case r.skip != "":
		if name == r.skip {
			r.skip = ""
		}
	case name == "pre":
		r.endPre()
	case r.inPre:
	case name == "br":
		r.b.breakLine() // browsers read </br> so
	case name == "a":
		r.endLink()
	case container(name) != text:
		r.endContainer(container(name))
	case inline(name) != text:
		r.b.pop(inline(name))
	default:
		r.separate(name)
	}
}

// separate keeps the words on both sides of a tag that is not kept apart, as a
// browser would show them.
func (r *htmlReader) separate(name string) {
	switch name {
	case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "tr", "table", "dl", "dt", "dd", "section",
		"article", "aside", "header", "footer", "figure", "figcaption", "details", "summary", "address", "form":
		r.b.endPara()
	case "td", "th", "option":
		r.b.space = true
	}
}

// container, inline and isMedia say what becomes of an element.
func container(name string) tag {
	switch name {
	case "blockquote", "ul", "ol", "li":
		return tag(name)
	}
	return text
}

func inline(name string) tag {
	switch name {
	case "b", "strong":
		return strong
	case "i", "em", "u", "ins", "cite":
		return em
	case "s", "strike", "del":
		return del
	case "code", "tt", "kbd", "samp":
		return code
	}
	return text
}

func isMedia(name string) bool {
	switch name {
	case "img", "iframe", "video", "audio", "embed", "source":
		return true
	}
	return false
}

// words adds text; outside of code, white space is one space.
func (r *htmlReader) words(s string) {
	switch {
	case r.inPre:
		r.pre = append(r.pre, s...)
	case r.b.has(code):
		r.b.write(s)
	case r.plain:
		for i, line := range strings.Split(clean(s), "\n") {
			switch {
			case i > 0 && r.b.breaks > 0:
				r.b.endPara()
			case i > 0:
				r.b.breakLine()
			}
			r.collapse(line)
		}
	default:
		r.collapse(clean(s))
	}
}

func (r *htmlReader) collapse(s string) {
	if s == "" {
		return
	}
	if strings.Contains(s, ":disqus") {
		s = mention.ReplaceAllString(s, "$1")
	}
	words := strings.FieldsFunc(s, isSpace)
	if isSpace(rune(s[0])) {
		r.b.space = true
	}
	r.b.text(strings.Join(words, " "))
	if isSpace(rune(s[len(s)-1])) {
		r.b.space = true
	}
}

// isSpace reports the white space of HTML; a no-break space is not.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }

func (r *htmlReader) startInPre(name string) {
	switch name {
	case "br":
		r.pre = append(r.pre, '\n')
	case "p", "div", "li":
		if n := len(r.pre); n > 0 && r.pre[n-1] != '\n' {
			r.pre = append(r.pre, '\n')
		}
	}
}

func (r *htmlReader) endPre() {
	if r.inPre {
		body := strings.TrimPrefix(clean(string(r.pre)), "\n")
		r.b.preformatted(strings.TrimRight(body, " \t\n"))
	}
	r.inPre, r.pre = false, nil
}

// startContainer follows a quote, list or item; an open item ends at the next.
func (r *htmlReader) startContainer(t tag, start int) {
	if t == li {
		r.endContainer(li)
	}
	if len(r.open) == maxOpen {
		r.b.endPara()
		return
	}
	r.b.open(t, start)
	r.open = append(r.open, t)
}

// endContainer ends the innermost open t and all in it. The end of an item
// never ends the list that the item is in.
func (r *htmlReader) endContainer(t tag) {
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i] == t {
			for ; len(r.open) > i; r.open = r.open[:len(r.open)-1] {
				r.b.close()
			}
			return
		}
		if t == li && r.open[i] != blockquote {
			break
		}
	}
	r.b.endPara()
}
