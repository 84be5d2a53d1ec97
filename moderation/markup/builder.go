package markup

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Nesting is bounded per kind, so that the sum never exceeds MaxDepth:
// containers, then one p or pre, then at most em, strong, del, a, and one of
// code and br, each at most once because a format inside itself adds nothing.
const maxContainers = MaxDepth - 6

// maxFormats bounds how many inline formats are tracked at once.
const maxFormats = 64

// builder makes a tree from a stream of events in document order. A block ends
// the paragraph before it; formats that are still open then begin again in the
// next paragraph, so any sequence of events gives a well-formed tree.
type builder struct {
	root       *node
	containers []*node // open blockquote, ul, ol and li, outermost first
	levels     []level // one for each open that has not been closed
	para       *node   // the open p, or the li that holds inline nodes; or nil
	chain      []*node // open inline nodes below para
	formats    []format
	breaks     int  // line breaks to write before the next text
	space      bool // space to write before the next text
	written    bool // para has text
	bidi       bidi
	nodes      int
	err        error
}

func newBuilder() *builder {
	return &builder{root: &node{}}
}

// doc closes everything and writes the tree.
func (b *builder) doc() (Doc, error) {
	b.endPara()
	if b.err != nil {
		return Doc{}, b.err
	}
	return write(b.root.kids), nil
}

// blank reports whether the tree shows no character.
func (b *builder) blank() bool {
	b.endPara()
	return b.err == nil && len(bytes.TrimSpace(b.root.words(nil))) == 0
}

// add appends a new node to parent and counts it.
func (b *builder) add(parent, kid *node) *node {
	b.nodes++
	if b.nodes > MaxNodes {
		b.err = fmt.Errorf("render more than %d nodes: %w", MaxNodes, ErrTooManyNodes)
		return kid // not kept: the tree is refused
	}
	parent.kids = append(parent.kids, kid)
	return kid
}

// block is the innermost open container.
func (b *builder) block() *node {
	if len(b.containers) == 0 {
		return b.root
	}
	return b.containers[len(b.containers)-1]
}

// level is what one open did: how many containers there were before and after.
type level struct{ before, after int }

// open begins a container. Beyond the bound it is only remembered, so that its
// close matches, and its content joins the container around it. A list needs
// room for an item; an item without a list gets one, and the other way round.
func (b *builder) open(t tag, start int) {
	b.endPara()
	if n := len(b.levels); n > 0 && t == li {
		b.leave(b.levels[n-1].after) // an item that had no tag ends here
	}
	before := len(b.containers)
	inList, need := b.block().isList(), 1
	if inList != (t == li) {
		need++
	}
	if t == ul || t == ol {
		need++
	}
	if need <= maxContainers-before {
		switch {
		case t == li && !inList:
			b.enter(ul, 1)
		case t != li && inList:
			b.enter(li, 1)
		}
		b.enter(t, start)
	}
	b.levels = append(b.levels, level{before, len(b.containers)})
}

// close ends what the last open began.
func (b *builder) close() {
	b.endPara()
	if n := len(b.levels); n > 0 {
		b.leave(b.levels[n-1].before)
		b.levels = b.levels[:n-1]
	}
}

func (b *builder) enter(t tag, start int) {
	b.containers = append(b.containers, b.add(b.block(), &node{tag: t, start: start}))
}

// leave ends all but depth containers and drops an empty quote or list.
func (b *builder) leave(depth int) {
	for len(b.containers) > depth {
		last := b.block()
		b.containers = b.containers[:len(b.containers)-1]
		if parent := b.block(); len(last.kids) == 0 && last.tag != li && len(parent.kids) > 0 {
			parent.kids = parent.kids[:len(parent.kids)-1]
			b.nodes--
		}
	}
}

// startPara begins a paragraph; bare puts the inline nodes of the first
// paragraph of a list item directly into the item.
func (b *builder) startPara(bare bool) {
	b.endPara()
	if b.block().isList() {
		b.enter(li, 1)
	}
	if parent := b.block(); bare && parent.tag == li && len(parent.kids) == 0 {
		b.para = parent
	} else {
		b.para = b.add(parent, &node{tag: p})
	}
}

// endPara ends the paragraph, if one is open, and the direction of its text.
func (b *builder) endPara() {
	if b.para != nil {
		b.closeBidi()
	}
	b.para, b.chain, b.breaks, b.space, b.written = nil, nil, 0, false, false
}

// push begins an inline format; it shows once text follows. A format that is
// open many times over adds nothing and is not counted for ever.
func (b *builder) push(f format) {
	if f.tag == anchor || len(b.formats) < maxFormats {
		b.formats = append(b.formats, f)
	}
}

// pop ends the innermost open format of the kind t, if any.
func (b *builder) pop(t tag) {
	for i := len(b.formats) - 1; i >= 0; i-- {
		if b.formats[i].tag == t {
			b.formats = slices.Delete(b.formats, i, i+1)
			break
		}
	}
	if at := slices.IndexFunc(b.chain, t.of); at >= 0 && !b.has(t) {
		b.chain = b.chain[:at]
	}
}

// has reports whether a format of the kind t is open.
func (b *builder) has(t tag) bool {
	return slices.ContainsFunc(b.formats, func(f format) bool { return f.tag == t })
}

// breakLine ends the line; a paragraph neither begins nor ends with a break.
func (b *builder) breakLine() {
	switch {
	case b.has(code):
		b.write("\n")
	case b.written:
		b.breaks++
	}
	b.space = false
}

// text adds words and turns the bare addresses in them into links.
func (b *builder) text(s string) {
	if b.has(anchor) || b.has(code) {
		b.write(s)
		return
	}
	for s != "" {
		from, to := findURL(s)
		b.write(s[:from])
		if to > from {
			b.link(s[from:to], s[from:to])
		}
		s = s[to:]
	}
}

// link adds a link with a text of its own; an address that may not be linked
// is left out.
func (b *builder) link(raw, words string) {
	href, ok := safeHref(raw)
	if !ok || b.has(anchor) {
		b.write(words)
		return
	}
	b.push(format{tag: anchor, href: href})
	b.write(words)
	b.pop(anchor)
}

// write adds words below the open formats, after any pending break or space.
func (b *builder) write(s string) {
	if b.breaks > 0 {
		b.closeBidi()
	}
	if s = b.bidi.filter(clean(s)); s == "" {
		return
	}
	if b.para == nil {
		b.startPara(true)
	}
	b.sync()
	b.appendText(b.tip(), s)
	b.written = true
}

// tip is the node that inline content is added to.
func (b *builder) tip() *node {
	if n := len(b.chain); n > 0 {
		return b.chain[n-1]
	}
	return b.para
}

// sync makes the open inline nodes those that the formats ask for: it keeps
// what still fits, writes the pending break or space there, and opens the rest.
func (b *builder) sync() {
	want := b.wanted()
	keep := 0
	for keep < len(want) && keep < len(b.chain) && b.chain[keep].same(want[keep]) {
		keep++
	}
	b.chain = b.chain[:keep]
	if b.space && b.written && b.breaks == 0 {
		b.appendText(b.tip(), " ")
	}
	for ; b.breaks > 0; b.breaks-- {
		b.add(b.tip(), &node{tag: br})
	}
	b.space = false
	for _, f := range want[keep:] {
		b.chain = append(b.chain, b.add(b.tip(), &node{tag: f.tag, href: f.href}))
	}
}

// wanted lists the open formats, each kind once, code last, as it holds text only.
func (b *builder) wanted() []format {
	var want, last []format
	for _, f := range b.formats {
		switch {
		case f.tag == code:
			last = []format{f}
		case !slices.ContainsFunc(want, func(w format) bool { return w.tag == f.tag }):
			want = append(want, f)
		}
	}
	return append(want, last...)
}

// appendText adds s to n and joins it to a text that is already last there.
func (b *builder) appendText(n *node, s string) {
	if s == "" {
		return
	}
	if k := len(n.kids); k > 0 && n.kids[k-1].tag == text {
		n.kids[k-1].text = append(n.kids[k-1].text, s...)
		return
	}
	b.add(n, &node{text: []byte(s)})
}

func (b *builder) closeBidi() { b.appendText(b.tip(), b.bidi.close()) }

// preformatted adds a block of code; s may have newlines.
func (b *builder) preformatted(s string) {
	if s == "" {
		return
	}
	b.endPara()
	if b.block().isList() {
		b.enter(li, 1)
	}
	var dir bidi
	s = dir.filter(clean(s))
	b.appendText(b.add(b.block(), &node{tag: pre}), s+dir.close())
}

// lines adds plain text: an empty line ends a paragraph, a newline a line.
func (b *builder) lines(s string) {
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.Trim(line, " \t"); line == "" {
			b.endPara()
			continue
		}
		b.text(line)
		b.breakLine()
	}
}
