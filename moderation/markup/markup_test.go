package markup_test

import (
	"errors"
	"strings"
	"testing"

	"postbag/moderation/markup"
)

const rel = ` rel="nofollow noopener ugc"`

type row struct{ name, in, html, text string }

func (r row) check(t *testing.T, render func(string) (markup.Doc, error)) {
	t.Helper()
	doc, err := render(r.in)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(r.html, " REL", rel); doc.HTML != want {
		t.Errorf("HTML\n got %s\nwant %s", doc.HTML, want)
	}
	if doc.Text != r.text {
		t.Errorf("text\n got %q\nwant %q", doc.Text, r.text)
	}
	agree(t, doc)
}

func TestMarkdown(t *testing.T) {
	for _, r := range []row{
		{"nothing", " \n\t", "", ""},
		{"every newline is a break", "one\ntwo  \nthree\\\nfour\n\nfive", "<p>one<br>two<br>three<br>four</p><p>five</p>", "one\ntwo\nthree\nfour\n\nfive"},
		{"carriage returns", "one\r\ntwo\rthree", "<p>one<br>two<br>three</p>", "one\ntwo\nthree"},
		{"inline", "*a* _b_ **c** ~~d~~ `e *f*`", "<p><em>a</em> <em>b</em> <strong>c</strong> <del>d</del> <code>e *f*</code></p>", "a b c d e *f*"},
		{"nested", "**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>", "a b c"},
		{"unfinished", "*a **b `c [d](e ~~f", "<p>*a **b `c [d](e ~~f</p>", "*a **b `c [d](e ~~f"},
		{"escapes", `\*a\* \\ \q`, `<p>*a* \ \q</p>`, `*a* \ \q`},
		{"lists", "- a\n- b\n  1. c\n  2. d", "<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li></ul>", "a\nb\nc\nd"},
		{"list from seven", "7. a\n8. b", `<ol start="7"><li>a</li><li>b</li></ol>`, "a\nb"},
		{"quote", "> a\n> b\n\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>", "a\nb\n\nc"},
		{"fence", "```go\nx <b>\n\n\ty\n```", "<pre><code>x &lt;b&gt;\n\n\ty</code></pre>", "x <b>\n\n\ty"},
		{"fence with words", "```what is\nthis", "<pre><code>what is\nthis</code></pre>", "what is\nthis"},
		{"fence that begins empty", "```\n\na\n```", "<pre><code>\na</code></pre>", "a"},
		{"headings stay", "# One\n\nTwo\n===\n\nThree\n---", "<p># One</p><p>Two<br>===</p><p>Three<br>---</p>", "# One\n\nTwo\n===\n\nThree\n---"},
		{"rules stay", "* * *\n\n---\n\n- - -", "<p>* * *</p><p>---</p><p>- - -</p>", "* * *\n\n---\n\n- - -"},
		{"HTML stays", "<b>x</b> <script>y</script>\n\n<div>z</div>", "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt;</p><p>&lt;div&gt;z&lt;/div&gt;</p>", "<b>x</b> <script>y</script>\n\n<div>z</div>"},
		{"references stay", "&copy; &#106;", "<p>&amp;copy; &amp;#106;</p>", "&copy; &#106;"},
		{"tables stay", "| a | b |\n|---|---|\n| 1 | 2 |", "<p>| a | b |<br>|---|---|<br>| 1 | 2 |</p>", "| a | b |\n|---|---|\n| 1 | 2 |"},
		{"definitions stay", "[a]: /b\n\n[a]", "<p>[a]: /b</p><p>[a]</p>", "[a]: /b\n\n[a]"},
		{"images stay", `![a](x.png "t")`, `<p>![a](x.png &#34;t&#34;)</p>`, `![a](x.png "t")`},
		{"indented", "    a\n      b", "<p>a<br>b</p>", "a\nb"},
		{"indented after a block", "> a\n\n\tb\n\n- c\n\n\n         d\n\n     e", "<blockquote><p>a</p></blockquote><p>b</p><ul><li><p>c</p><p>d</p><p>e</p></li></ul>", "a\n\nb\n\nc\n\nd\n\ne"},
		{"only marks", ">", "<p>&gt;</p>", ">"},
		{"only a fence", "```\n```", "<p>```<br>```</p>", "```\n```"},
		{"controls", "a\x00b\x07c\x7fd\u0085e", "<p>abcde</p>", "abcde"},
		{"bad UTF-8", "a\xffb", "<p>a\uFFFDb</p>", "a\uFFFDb"},
	} {
		t.Run(r.name, func(t *testing.T) { r.check(t, markup.Markdown) })
	}
}

func TestMarkdownLinks(t *testing.T) {
	for _, r := range []row{
		{"link", "[a *b*](http://c.d/e)", `<p><a href="http://c.d/e" REL>a <em>b</em></a></p>`, "a b"},
		{"title is shown", `[a](http://c.d "e")`, `<p><a href="http://c.d" REL>a</a> &#34;e&#34;</p>`, `a "e"`},
		{"no words", "[](http://c.d)", `<p><a href="http://c.d" REL>http://c.d</a></p>`, "http://c.d"},
		{"mail", "[a](mailto:b@c.d)", `<p><a href="mailto:b@c.d" REL>a</a></p>`, "a"},
		{"upper case scheme", "[a](HTTPS://c.d)", `<p><a href="https://c.d" REL>a</a></p>`, "a"},
		{"script", "[a](javascript:alert(1))", `<p>[a](javascript:alert(1))</p>`, "[a](javascript:alert(1))"},
		{"script in disguise", "[a](&#106;avascript:b) [c](\x01javascript:d)", `<p>[a](&amp;#106;avascript:b) [c](javascript:d)</p>`, "[a](&#106;avascript:b) [c](javascript:d)"},
		{"data", "[a](data:text/html,b)", `<p>[a](data:text/html,b)</p>`, "[a](data:text/html,b)"},
		{"relative", "[a](/b) [c](//d.e)", `<p>[a](/b) [c](//d.e)</p>`, "[a](/b) [c](//d.e)"},
		{"no host", "[a](http:///b) [c](http://) [d](https:e)", `<p>[a](http:///b) [c](http://) [d](https:e)</p>`, "[a](http:///b) [c](http://) [d](https:e)"},
		{"image of an address", "![a](http://b.c/d.png)", `<p>![a](<a href="http://b.c/d.png" REL>http://b.c/d.png</a>)</p>`, "![a](http://b.c/d.png)"},
		{"bare", "see http://a.b/c_d_e?f=1&g=2.", `<p>see <a href="http://a.b/c_d_e?f=1&amp;g=2" REL>http://a.b/c_d_e?f=1&amp;g=2</a>.</p>`, "see http://a.b/c_d_e?f=1&g=2."},
		{"bare with stars", "http://a.b/*c*/d", `<p><a href="http://a.b/*c*/d" REL>http://a.b/*c*/d</a></p>`, "http://a.b/*c*/d"},
		{"bare in brackets", "(http://a.b/c_(d)) [http://e.f]", `<p>(<a href="http://a.b/c_(d)" REL>http://a.b/c_(d)</a>) [<a href="http://e.f" REL>http://e.f</a>]</p>`, "(http://a.b/c_(d)) [http://e.f]"},
		{"bare in emphasis", "**http://a.b/c**", `<p><strong><a href="http://a.b/c" REL>http://a.b/c</a></strong></p>`, "http://a.b/c"},
		{"angles", "<https://a.b>", `<p><a href="https://a.b" REL>https://a.b</a></p>`, "https://a.b"},
		{"after letters", "xhttp://a.b 看http://c.d", `<p>xhttp://a.b 看<a href="http://c.d" REL>http://c.d</a></p>`, "xhttp://a.b 看http://c.d"},
		{"not in code", "`http://a.b`", "<p><code>http://a.b</code></p>", "http://a.b"},
		{"address as words", "[http://a.b](http://c.d)", `<p><a href="http://c.d" REL>http://a.b</a></p>`, "http://a.b"},
		{"link in a link", "[a [b](http://c.d)](http://e.f)", `<p>[a <a href="http://c.d" REL>b</a>](<a href="http://e.f" REL>http://e.f</a>)</p>`, "[a b](http://e.f)"},
		{"side by side", "[a](http://x.y)[b](http://x.y)", `<p><a href="http://x.y" REL>a</a><a href="http://x.y" REL>b</a></p>`, "ab"},
		{"quotes and angles", `[a](<http://b.c/"x y'>)`, `<p><a href="http://b.c/%22x%20y%27" REL>a</a></p>`, "a"},
		{"direction in an address", "[a](http://b.c/\u202ed)", `<p><a href="http://b.c/%E2%80%AEd" REL>a</a></p>`, "a"},
	} {
		t.Run(r.name, func(t *testing.T) { r.check(t, markup.Markdown) })
	}
}

func TestDirectionEndsWithTheLine(t *testing.T) {
	for _, r := range []row{
		{"override", "\u202ea\nb", "<p>\u202ea\u202c<br>b</p>", "\u202ea\u202c\nb"},
		{"isolate in strong", "**\u2067a**\n\nb", "<p><strong>\u2067a</strong>\u2069</p><p>b</p>", "\u2067a\u2069\n\nb"},
		{"already closed", "\u202ba\u202c b", "<p>\u202ba\u202c b</p>", "\u202ba\u202c b"},
		{"closes nothing", "a\u202c\u2069b", "<p>ab</p>", "ab"},
		{"embedding within isolate", "\u2067\u202ea\u2069b\u202cc", "<p>\u2067\u202ea\u2069bc</p>", "\u2067\u202ea\u2069bc"},
		{"embedding around isolate", "\u202e\u2067a\u202cb", "<p>\u202e\u2067ab\u2069\u202c</p>", "\u202e\u2067ab\u2069\u202c"},
		{"code", "```\n\u202ea\nb\u202e\n```", "<pre><code>\u202ea\u202c\nb\u202e\u202c</code></pre>", "\u202ea\u202c\nb\u202e\u202c"},
		{"items", "- \u202ea\n- b", "<ul><li>\u202ea\u202c</li><li>b</li></ul>", "\u202ea\u202c\nb"},
	} {
		t.Run(r.name, func(t *testing.T) { r.check(t, markup.Markdown) })
	}
}

func TestTreeForm(t *testing.T) {
	doc, err := markup.Markdown("3. a\n   b\n\n[c](http://d.e) `f`")
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"t":"ol","s":3,"c":[{"t":"li","c":["a",{"t":"br"},"b"]}]},` +
		`{"t":"p","c":[{"t":"a","h":"http://d.e","c":["c"]}," ",{"t":"code","c":["f"]}]}]`
	if string(doc.Tree) != want {
		t.Errorf("tree\n got %s\nwant %s", doc.Tree, want)
	}
	if len(doc.Links) != 1 || doc.Links[0] != (markup.Link{Href: "http://d.e", Text: "c"}) {
		t.Errorf("links = %v", doc.Links)
	}
	empty, err := markup.Markdown("")
	if err != nil || string(empty.Tree) != "[]" {
		t.Errorf("empty tree = %s, %v", empty.Tree, err)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name   string
		render func(string) (markup.Doc, error)
		in     string
		want   error
	}{
		{"Markdown at the limit", markup.Markdown, strings.Repeat("a", markup.MaxMarkdown), nil},
		{"Markdown above", markup.Markdown, strings.Repeat("a", markup.MaxMarkdown+1), markup.ErrTooLarge},
		{"HTML at the limit", markup.FromHTML, strings.Repeat("a", markup.MaxHTML), nil},
		{"HTML above", markup.FromHTML, strings.Repeat("a", markup.MaxHTML+1), markup.ErrTooLarge},
		{"nodes at the limit", markup.FromHTML, strings.Repeat("<p>a", markup.MaxNodes/2), nil},
		{"nodes above", markup.FromHTML, strings.Repeat("<p>a", markup.MaxNodes/2+1), markup.ErrTooManyNodes},
		{"lines", markup.Markdown, strings.Repeat("a\n", markup.MaxNodes), markup.ErrTooManyNodes},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.render(c.in); !errors.Is(err, c.want) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
		})
	}
}

func TestDeepIsFlattened(t *testing.T) {
	quotes, _ := markup.Markdown(strings.Repeat("> ", 40) + "*a* **_~~[`b`](http://c.d)~~_**")
	lists, _ := markup.Markdown(strings.Repeat("- ", 40) + "a")
	tags, _ := markup.FromHTML(strings.Repeat("<ul><li><blockquote>", 40) + "<b><i><s><a href=http://c.d><code>a</code>" +
		strings.Repeat("</blockquote></li></ul>", 40) + "after")
	long, _ := markup.FromHTML(`<a href="http://a.b/` + strings.Repeat("c", markup.MaxHref) + `">d</a>`)
	for _, doc := range []markup.Doc{quotes, lists, tags, long} {
		if doc.Text == "" {
			t.Error("nothing left")
		}
		agree(t, doc)
	}
	if !strings.HasSuffix(tags.HTML, "</ul><p><strong><em><del><a href=\"http://c.d\""+rel+">after</a></del></em></strong></p>") {
		t.Errorf("the end tags do not match: %s", tags.HTML)
	}
	if len(long.Links) != 0 {
		t.Error("a link longer than MaxHref")
	}
}
