package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Bounds on what goldmark looks back over, per text. Past them a mark is text.
const (
	maxDelimiters = 500
	maxBrackets   = 300
	maxBackticks  = 500
)

// grammar is the subset, compiled once like a pattern and safe for concurrent
// use. Left out on purpose: headings, indented code, thematic breaks, raw HTML,
// link definitions; so these stay the text that the reader typed.
var grammar = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(shallow{parser.NewListParser(), 2}, 300),
		util.Prioritized(shallow{parser.NewListItemParser(), 1}, 400),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser(), 1}, 800),
		util.Prioritized(paragraph{parser.NewParagraphParser()}, 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(bareURL{}, 50),
		util.Prioritized(atMost(parser.NewCodeSpanParser(), maxBackticks), 100),
		util.Prioritized(atMost(parser.NewLinkParser(), maxBrackets), 200),
		util.Prioritized(atMost(parser.NewEmphasisParser(), maxDelimiters), 500),
		util.Prioritized(atMost(extension.NewStrikethroughParser(), maxDelimiters), 500),
	),
)

// shallow opens a container only while there is room for it.
type shallow struct {
	parser.BlockParser
	levels int // that it needs
}

func (s shallow) Open(parent ast.Node, reader gmtext.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	room := maxContainers - s.levels
	for n := parent; n != nil && n.Kind() != ast.KindDocument; n = n.Parent() {
		room--
	}
	if room < 0 || s.levels == 2 && isRule(line) {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// paragraph also takes the indented lines that would have been code: otherwise
// no parser takes them and goldmark stops there.
type paragraph struct{ parser.BlockParser }

func (paragraph) CanAcceptIndentedLine() bool { return true }

// isRule reports whether the line is a thematic break such as "* * *", which
// would otherwise be read as empty lists.
func isRule(line []byte) bool {
	marks := bytes.Join(bytes.Fields(line), nil)
	return len(marks) >= 3 && (len(bytes.Trim(marks, "*")) == 0 || len(bytes.Trim(marks, "-")) == 0)
}

// counted is an inline parser that gives up after a number of attempts in one
// text. A closing bracket does not count: it only looks at what was opened.
type counted struct {
	parser.InlineParser
	key   parser.ContextKey
	limit int
}

func atMost(p parser.InlineParser, limit int) counted {
	return counted{p, parser.NewContextKey(), limit}
}

func (c counted) Parse(parent ast.Node, block gmtext.Reader, pc parser.Context) ast.Node {
	if block.Peek() != ']' {
		n, _ := pc.Get(c.key).(int)
		if n >= c.limit {
			return nil
		}
		pc.Set(c.key, n+1)
	}
	return c.InlineParser.Parse(parent, block, pc)
}

func (c counted) CloseBlock(parent ast.Node, block gmtext.Reader, pc parser.Context) {
	if closer, ok := c.InlineParser.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

// bareURL reads http and https addresses before emphasis sees the marks in them.
type bareURL struct{}

// Trigger lists what may stand before an address; a space also stands for the
// beginning of a line.
func (bareURL) Trigger() []byte { return []byte(" (<\"':,;|>=") }

func (bareURL) Parse(parent ast.Node, block gmtext.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	skip := 0
	if !alphanumeric(line[0]) {
		skip = 1
	}
	if skip == len(line) || line[skip]|0x20 != 'h' {
		return nil
	}
	if skip == 0 && followsLetter(string(rune(block.PrecendingCharacter())), 1) {
		return nil
	}
	n := urlLength(string(line[skip:min(len(line), skip+MaxHref)]))
	if n == 0 {
		return nil
	}
	before, after := segment.WithStop(segment.Start+skip), 0
	if line[0] == '<' && skip+n < len(line) && line[skip+n] == '>' {
		before, after = before.WithStop(before.Start), 1
	}
	if !before.IsEmpty() {
		ast.MergeOrAppendTextSegment(parent, before)
	}
	address := ast.NewTextSegment(gmtext.NewSegment(segment.Start+skip, segment.Start+skip+n))
	block.Advance(skip + n + after)
	return ast.NewAutoLink(ast.AutoLinkURL, address)
}

// buildMarkdown parses src and gives its nodes to b.
func buildMarkdown(b *builder, src []byte) {
	m := markdown{b: b, src: src}
	m.blocks(grammar.Parse(gmtext.NewReader(src)))
}

type markdown struct {
	b   *builder
	src []byte
}

func (m markdown) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil && m.b.err == nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Blockquote:
			m.container(n, blockquote, 1)
		case *ast.List:
			if n.IsOrdered() {
				m.container(n, ol, n.Start)
			} else {
				m.container(n, ul, 1)
			}
		case *ast.ListItem:
			m.container(n, li, 1)
		case *ast.FencedCodeBlock:
			m.fenced(n)
		default: // Paragraph, TextBlock
			m.b.startPara(n.Kind() == ast.KindTextBlock)
			m.inline(n)
			m.b.endPara()
		}
	}
}

func (m markdown) container(n ast.Node, t tag, start int) {
	m.b.open(t, start)
	m.blocks(n)
	m.b.close()
}

// fenced keeps the word after the fence when it is not merely a language.
func (m markdown) fenced(n *ast.FencedCodeBlock) {
	var body []byte
	if n.Info != nil {
		if info := n.Info.Segment.Value(m.src); !isLanguage(info) {
			body = append(append(body, info...), '\n')
		}
	}
	body = append(body, n.Lines().Value(m.src)...)
	m.b.preformatted(string(bytes.TrimSuffix(body, []byte("\n"))))
}

func isLanguage(info []byte) bool {
	return len(info) <= 20 && bytes.IndexFunc(info, func(r rune) bool {
		return r >= 0x80 || !alphanumeric(byte(r)) && !bytes.ContainsRune([]byte("+#-._"), r)
	}) < 0
}

func (m markdown) inline(parent ast.Node) {
	for n := parent.FirstChild(); n != nil && m.b.err == nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			m.text(n)
		case *ast.Emphasis:
			if n.Level == 2 {
				m.formatted(n, strong)
			} else {
				m.formatted(n, em)
			}
		case *extast.Strikethrough:
			m.formatted(n, del)
		case *ast.CodeSpan:
			m.codeSpan(n)
		case *ast.AutoLink:
			address := string(n.URL(m.src))
			m.b.link(address, address)
		case *ast.Link:
			m.link(n, "[", n.Destination, n.Title)
		case *ast.Image:
			m.link(n, "![", n.Destination, n.Title)
		}
	}
}

// text adds all of a run of texts together, since goldmark splits them at marks
// that meant nothing, also within an address.
func (m markdown) text(n *ast.Text) {
	if prev, ok := n.PreviousSibling().(*ast.Text); ok && !ends(prev) {
		return // was added with the first of the run
	}
	var run []byte
	for {
		run = append(run, util.UnescapePunctuations(n.Segment.Value(m.src))...)
		next, ok := n.NextSibling().(*ast.Text)
		if !ok || ends(n) {
			break
		}
		n = next
	}
	m.b.text(string(run))
	if ends(n) {
		m.b.breakLine()
	}
}

// ends reports whether the line ends after n.
func ends(n *ast.Text) bool { return n.SoftLineBreak() || n.HardLineBreak() }

func (m markdown) formatted(n ast.Node, t tag) {
	m.b.push(format{tag: t})
	m.inline(n)
	m.b.pop(t)
}

func (m markdown) codeSpan(n ast.Node) {
	var body []byte
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			body = append(body, t.Segment.Value(m.src)...)
		}
	}
	m.b.push(format{tag: code})
	m.b.write(string(bytes.ReplaceAll(body, []byte("\n"), []byte(" "))))
	m.b.pop(code)
}

// link adds a link, or, for an image and for an address that may not be linked,
// what the reader typed. A title is not hidden in a tool tip but shown.
func (m markdown) link(n ast.Node, open string, dest, title []byte) {
	raw := string(util.UnescapePunctuations(dest))
	href, ok := safeHref(raw)
	if !ok || open != "[" || m.b.has(anchor) {
		m.b.text(open)
		m.inline(n)
		m.b.text("](")
		m.b.text(raw)
		m.title(title)
		m.b.text(")")
		return
	}
	m.b.push(format{tag: anchor, href: href})
	if n.FirstChild() == nil {
		m.b.write(raw)
	}
	m.inline(n)
	m.b.pop(anchor)
	m.title(title)
}

func (m markdown) title(title []byte) {
	if len(title) > 0 {
		m.b.text(` "` + string(util.UnescapePunctuations(title)) + `"`)
	}
}
