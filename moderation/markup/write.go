package markup

import (
	"bytes"
	"encoding/json"
	"html"
	"strconv"
)

// write makes all forms of a tree in one walk each.
func write(kids []*node) Doc {
	var words plain
	words.blocks(kids)
	return Doc{
		Tree:  appendJSON(nil, kids),
		HTML:  string(appendHTML(nil, kids)),
		Text:  string(bytes.TrimSpace(words.out)),
		Links: appendLinks(nil, kids),
	}
}

func appendJSON(out []byte, kids []*node) []byte {
	out = append(out, '[')
	for i, n := range kids {
		if i > 0 {
			out = append(out, ',')
		}
		if n.tag == text {
			out = appendString(out, string(n.text))
			continue
		}
		out = append(append(append(out, `{"t":"`...), n.tag...), '"')
		if n.tag == anchor {
			out = appendString(append(out, `,"h":`...), n.href)
		}
		if n.tag == ol && n.start != 1 {
			out = strconv.AppendInt(append(out, `,"s":`...), int64(n.start), 10)
		}
		if n.tag != br {
			out = appendJSON(append(out, `,"c":`...), n.kids)
		}
		out = append(out, '}')
	}
	return append(out, ']')
}

// appendString writes s as JSON that is also safe inside a script element.
func appendString(out []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return append(out, quoted...)
}

func appendHTML(out []byte, kids []*node) []byte {
	for _, n := range kids {
		switch n.tag {
		case text:
			out = append(out, html.EscapeString(string(n.text))...)
		case br:
			out = append(out, "<br>"...)
		case pre:
			out = appendHTML(append(out, "<pre><code>"...), n.kids)
			out = append(out, "</code></pre>"...)
		default:
			out = append(append(append(out, '<'), n.tag...), attributes(n)...)
			out = appendHTML(append(out, '>'), n.kids)
			out = append(append(append(out, "</"...), n.tag...), '>')
		}
	}
	return out
}

func attributes(n *node) string {
	switch {
	case n.tag == anchor:
		return ` href="` + html.EscapeString(n.href) + `" rel="nofollow noopener ugc"`
	case n.tag == ol && n.start != 1:
		return ` start="` + strconv.Itoa(n.start) + `"`
	}
	return ""
}

func appendLinks(links []Link, kids []*node) []Link {
	for _, n := range kids {
		if n.tag == anchor {
			links = append(links, Link{Href: n.href, Text: string(n.words(nil))})
			continue
		}
		links = appendLinks(links, n.kids)
	}
	return links
}

// plain writes the words of a tree; gap is the newlines due before the next.
type plain struct {
	out []byte
	gap int
}

func (w *plain) blocks(kids []*node) {
	for _, n := range kids {
		switch n.tag {
		case p, pre:
			w.gap = max(w.gap, 2)
			w.inline(n)
			w.gap = max(w.gap, 2)
		case blockquote, ul, ol:
			w.gap = max(w.gap, 1)
			w.blocks(n.kids)
			w.gap = max(w.gap, 2)
		case li:
			w.gap = max(w.gap, 1)
			w.blocks(n.kids)
			w.gap = 1
		default:
			w.inline(n)
		}
	}
}

func (w *plain) inline(n *node) {
	if len(w.out) > 0 {
		for ; w.gap > 0; w.gap-- {
			w.out = append(w.out, '\n')
		}
	}
	w.gap = 0
	w.out = n.words(w.out)
}
