package markup_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"postbag/moderation/markup"
)

// hostile are pieces that make some Markdown or HTML parser quadratic when
// they are repeated.
var hostile = struct{ markdown, html []string }{
	[]string{"*a _ ", "*a_ ", "_*", "*", "**", "a**b", "**a *b ", "*a **a ", "~~a *b_", "[", "]", "[[]", "[a](", "[a](<b",
		"[a](b 'c", "[a][", "[](x", "![", "![[]()", "![](", ">", "> ", "- ", "1. ", "* * ", "> - ", "`", "`a``", "\\", "<", "<a", "&",
		"http://", "(http://a", "http://a.b(", "[a](http://x) ", "a\n", "> a\n", "- a\n\n", "- a\n  ", "\t", "```\n", "~~~", "\u202e", "a b "},
	[]string{"<b>", "<b>x", "<i><b>x", "<ul>", "<ul><li>", "<li>x", "</ul>", "<blockquote>", "</b>", "<a href=http://x>", "<a href='",
		"<a ", "<", "&", "<p>", "<br>x", "<pre>", "<code>a", "<!--", "<script>", "<img src=http://a.b>", "<a a=", "http://", "\u2067"},
}

// TestLinear renders a text and eight texts of an eighth of its length. A linear
// renderer takes equally long for both, a quadratic one eight times as long.
func TestLinear(t *testing.T) {
	check := func(name string, render func(string) (markup.Doc, error), size int, pieces []string) {
		for _, piece := range pieces {
			whole := strings.Repeat(piece, size/len(piece))
			part := whole[:len(whole)/8]
			ratio, best := 0.0, time.Duration(0)
			for range 5 { // the machine may be busy: one good run is proof
				best = duration(func() { _, _ = render(whole) })
				parts := duration(func() {
					for range 8 {
						_, _ = render(part)
					}
				})
				if ratio = float64(best) / float64(parts); ratio < 4 || best < 2*time.Millisecond {
					break
				}
			}
			if ratio >= 4 && best >= 2*time.Millisecond {
				t.Errorf("%s of %q: %v, %.1f times its parts", name, piece, best, ratio)
			}
			if doc, err := render(whole); err == nil {
				agree(t, doc)
			} else if !errors.Is(err, markup.ErrTooManyNodes) {
				t.Errorf("%s of %q: %v", name, piece, err)
			}
		}
	}
	check("Markdown", markup.Markdown, markup.MaxMarkdown, hostile.markdown)
	check("HTML", markup.FromHTML, markup.MaxHTML, hostile.html)
}

func duration(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func FuzzMarkdown(f *testing.F) {
	for _, piece := range hostile.markdown {
		f.Add(strings.Repeat(piece, 9))
	}
	f.Add("a *b* **c** ~~d~~ `e`\n\n> f\n\n- g\n- h\n\n1. i\n\n```go\nj\n```\n[k](https://l.m \"n\") ![o](p) <https://q.r>")
	f.Add("\u202ea\u2067b\u2069c\u202c\r\n[x](JavaScript:y)\x00<b onclick=z>&amp;\\*")
	f.Fuzz(func(t *testing.T, src string) {
		doc, err := markup.Markdown(src)
		if err != nil {
			return
		}
		agree(t, doc)
		if strings.Count(src, "`") < 3 && strings.Count(src, "~") < 3 && !strings.Contains(src, "]") { // no fence, no link
			if got, want := letters(doc.Text), letters(src); got != want {
				t.Errorf("letters %q became %q", want, got)
			}
		}
	})
}

func FuzzFromHTML(f *testing.F) {
	for _, piece := range hostile.html {
		f.Add(strings.Repeat(piece, 9))
	}
	f.Add(`<p>a<br><b>b<i>c</b>d</i><pre>e<br>f</pre><ul><li>g<ol start=3><li>h</ol></ul><a href="http://i.j/k" title="l">i...</a>`)
	f.Add(`<svg><a xlink:href="javascript:x"><style><img src=x onerror=y></style><math><mi//xlink:href="data:x">&#x202e;&Tab;`)
	f.Fuzz(func(t *testing.T, src string) {
		if doc, err := markup.FromHTML(src); err == nil {
			agree(t, doc)
		} else if !errors.Is(err, markup.ErrTooLarge) && !errors.Is(err, markup.ErrTooManyNodes) {
			t.Errorf("refused: %v", err)
		}
	})
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}
