package markup

// tag is the kind of a node; its value is the name in the JSON tree.
type tag string

const (
	text       tag = ""
	p          tag = "p"
	em         tag = "em"
	strong     tag = "strong"
	del        tag = "del"
	code       tag = "code"
	pre        tag = "pre"
	blockquote tag = "blockquote"
	ul         tag = "ul"
	ol         tag = "ol"
	li         tag = "li"
	br         tag = "br"
	anchor     tag = "a"
)

// node is one element, or a text when its tag is empty.
type node struct {
	tag   tag
	text  []byte // of a text
	href  string // of an anchor
	start int    // of an ol; 1 is not written
	kids  []*node
}

// words appends the text below n to buf, line breaks as newlines.
func (n *node) words(buf []byte) []byte {
	if n.tag == br {
		return append(buf, '\n')
	}
	buf = append(buf, n.text...)
	for _, kid := range n.kids {
		buf = kid.words(buf)
	}
	return buf
}

// format is an inline element that is open in the source.
type format struct {
	tag  tag
	href string
}

// of reports whether n is of the kind t.
func (t tag) of(n *node) bool { return n.tag == t }

// same reports whether n is what f asks for.
func (n *node) same(f format) bool { return n.tag == f.tag && n.href == f.href }

func (n *node) isList() bool { return n.tag == ul || n.tag == ol }
