package markup_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/moderation/markup"
)

// agree reads the tree and the HTML of doc with ordinary parsers and fails when
// they differ from each other, from the text, or from what is allowed.
func agree(t *testing.T, doc markup.Doc) {
	t.Helper()
	var tree []any
	if err := json.Unmarshal(doc.Tree, &tree); err != nil {
		t.Fatalf("tree %s: %v", doc.Tree, err)
	}
	if depth, nodes := measure(tree); depth > markup.MaxDepth || nodes > markup.MaxNodes {
		t.Errorf("tree of depth %d with %d nodes", depth, nodes)
	}
	nested(t, "", tree)
	if got := parsed(t, doc.HTML); !reflect.DeepEqual(got, tree) {
		t.Errorf("HTML and tree differ\nHTML %s\ntree %s", doc.HTML, doc.Tree)
	}
	if got, want := squeezed(doc.Text), squeezed(words(tree)); got != want {
		t.Errorf("text %q, tree says %q", got, want)
	}
	for line := range strings.SplitSeq(words(tree), "\n") {
		balanced(t, line)
	}
	var links []markup.Link
	if collect(tree, &links); !reflect.DeepEqual(links, doc.Links) {
		t.Errorf("links %v, tree says %v", doc.Links, links)
	}
}

// parsed turns HTML into the JSON form of a tree and fails on any tag or
// attribute that has no place in it.
func parsed(t *testing.T, src string) []any {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(src), body)
	if err != nil {
		t.Fatal(err)
	}
	out := []any{}
	for _, n := range nodes {
		out = append(out, element(t, n))
	}
	return out
}

func element(t *testing.T, n *html.Node) any {
	t.Helper()
	if n.Type == html.TextNode {
		return n.Data
	}
	const tags = " p em strong del code pre blockquote ul ol li br a "
	if n.Type != html.ElementNode || !strings.Contains(tags, " "+n.Data+" ") {
		t.Errorf("node %v %q is not allowed", n.Type, n.Data)
	}
	out := map[string]any{"t": n.Data}
	for _, a := range n.Attr {
		attribute(t, n.Data, a, out)
	}
	if n.Data == "pre" {
		if n = n.FirstChild; n == nil || n.Data != "code" || n.NextSibling != nil {
			t.Fatal("pre without code")
		}
	}
	kids := []any{}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		kids = append(kids, element(t, c))
	}
	if n.Data != "br" {
		out["c"] = kids
	}
	return out
}

func attribute(t *testing.T, tag string, a html.Attribute, out map[string]any) {
	t.Helper()
	switch tag + " " + a.Key {
	case "a href":
		if !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "mailto:") ||
			strings.ContainsFunc(a.Val, func(r rune) bool { return unicode.In(r, unicode.C, unicode.Z) }) {
			t.Errorf("href %q", a.Val)
		}
		out["h"] = a.Val
	case "a rel":
		if a.Val != "nofollow noopener ugc" {
			t.Errorf("rel %q", a.Val)
		}
	case "ol start":
		n, err := strconv.ParseFloat(a.Val, 64)
		if err != nil {
			t.Error(err)
		}
		out["s"] = n
	default:
		t.Errorf("attribute %s of %s is not allowed", a.Key, tag)
	}
}

// nested holds the content model: which node may stand in which.
func nested(t *testing.T, parent string, kids []any) {
	t.Helper()
	const inline, blocks = " text em strong del code br a ", " p pre blockquote ul ol "
	allowed := map[string]string{"": blocks, "blockquote": blocks, "li": inline + blocks, "ul": " li ", "ol": " li ",
		"p": inline, "em": inline, "strong": inline, "del": inline, "a": inline, "code": " text ", "pre": " text "}[parent]
	for _, kid := range kids {
		name, n := "text", map[string]any{}
		if m, ok := kid.(map[string]any); ok {
			name, n = m["t"].(string), m
		}
		if !strings.Contains(allowed, " "+name+" ") {
			t.Errorf("%s in %q", name, parent)
		}
		if below, ok := n["c"].([]any); ok {
			nested(t, name, below)
		}
	}
}

func measure(kids []any) (depth, nodes int) {
	for _, kid := range kids {
		nodes++
		if n, ok := kid.(map[string]any); ok {
			below, _ := n["c"].([]any)
			d, k := measure(below)
			depth, nodes = max(depth, d+1), nodes+k
		}
	}
	return depth, nodes
}

// words is the text of a tree, each block and break on a line of its own.
func words(kids []any) string {
	var out strings.Builder
	for _, kid := range kids {
		switch n := kid.(type) {
		case string:
			out.WriteString(n)
		case map[string]any:
			below, _ := n["c"].([]any)
			block := strings.Contains(" p pre blockquote ul ol li br ", " "+n["t"].(string)+" ")
			if block {
				out.WriteByte('\n')
			}
			out.WriteString(words(below))
			if block {
				out.WriteByte('\n')
			}
		}
	}
	return out.String()
}

func collect(kids []any, links *[]markup.Link) {
	for _, kid := range kids {
		if n, ok := kid.(map[string]any); ok {
			below, _ := n["c"].([]any)
			if n["t"] == "a" {
				*links = append(*links, markup.Link{Href: n["h"].(string), Text: strings.ReplaceAll(words(below), "\n\n", "\n")})
			}
			collect(below, links)
		}
	}
}

func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// balanced fails when a line leaves a direction open or closes none.
func balanced(t *testing.T, line string) {
	t.Helper()
	var open []rune
	for _, r := range line {
		switch {
		case r >= '\u2066' && r <= '\u2068':
			open = append(open, '\u2069')
		case r >= '\u202a' && r <= '\u202e' && r != '\u202c':
			open = append(open, '\u202c')
		case r == '\u202c':
			if len(open) == 0 || open[len(open)-1] != r {
				t.Errorf("PDF closes nothing in %q", line)
				return
			}
			open = open[:len(open)-1]
		case r == '\u2069':
			for len(open) > 0 && open[len(open)-1] != r {
				open = open[:len(open)-1]
			}
			if len(open) == 0 {
				t.Errorf("PDI closes nothing in %q", line)
				return
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("direction open at the end of %q", line)
	}
}
