package markup_test

import (
	"testing"

	"postbag/moderation/markup"
)

func TestFromHTML(t *testing.T) {
	for _, r := range []row{
		{"nothing", "<p></p><blockquote></blockquote>", "", ""},
		{"paragraphs", "<p>a</p>\n<p>b<br>\nc<br></p>", "<p>a</p><p>b<br>c</p>", "a\n\nb\nc"},
		{"formats", "<b>a</b><strong>b</strong> <i>c</i> <u>d</u> <s>e</s> <strike>f</strike> <code>g</code>", "<p><strong>a</strong><strong>b</strong> <em>c</em> <em>d</em> <del>e</del> <del>f</del> <code>g</code></p>", "ab c d e f g"},
		{"overlap", "<b>a<i>b</b>c</i>", "<p><strong>a<em>b</em></strong><em>c</em></p>", "abc"},
		{"format over blocks", "<b><p>a</p><ul><li>b</ul></b>", "<p><strong>a</strong></p><ul><li><strong>b</strong></li></ul>", "a\n\nb"},
		{"pre", "<pre><code>\na<br>b\n\n c\n</code></pre>", "<pre><code>a\nb\n\n c</code></pre>", "a\nb\n\n c"},
		{"pre never ends", "<pre>a <b>b", "<pre><code>a b</code></pre>", "a b"},
		{"break in code", "<code>a<br>b  c</code>", "<p><code>a\nb  c</code></p>", "a\nb  c"},
		{"white space", "<p> a\n\t b <b> c </b> d </p>", "<p>a b <strong>c</strong> d</p>", "a b c d"},
		{"no layout tags", "a\nb\n\nc <b>d\ne</b>", "<p>a<br>b</p><p>c <strong>d<br>e</strong></p>", "a\nb\n\nc d\ne"},
		{"lists", "<ul>a<li>b<ul><li>c</ul><li>d</ul>e", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul><p>e</p>", "a\nb\nc\nd\n\ne"},
		{"ordered", "<ol start=4><li><p>a</p><p>b</p></li></ol>", `<ol start="4"><li>a<p>b</p></li></ol>`, "a\n\nb"},
		{"bad start", "<ol start='4 onclick=x'><li>a</ol>", `<ol><li>a</li></ol>`, "a"},
		{"item without a list", "<li>a", "<ul><li>a</li></ul>", "a"},
		{"quote in a list", "<ul><blockquote>a</blockquote></ul>", "<ul><li><blockquote><p>a</p></blockquote></li></ul>", "a"},
		{"unknown tags", "<h1>a</h1><table><tr><td>b<td>c</table><spoiler onclick=x>d</spoiler>", "<p>a</p><p>b c</p><p>d</p>", "a\n\nb c\n\nd"},
		{"script and style", "a<script>b<br></script><style>c</style>d", "<p>ad</p>", "ad"},
		{"comments", "a<!-- b --><!DOCTYPE c><?d?>e", "<p>ae</p>", "ae"},
		{"escaped tags", "&lt;script&gt;a&lt;/script&gt; &amp;amp;", "<p>&lt;script&gt;a&lt;/script&gt; &amp;amp;</p>", "<script>a</script> &amp;"},
		{"tag never ends", "a <b c", "<p>a &lt;b c</p>", "a <b c"},
		{"stray end tags", "</ul></p></b>a</li></a>b</blockquote>", "<p>a</p><p>b</p>", "a\n\nb"},
		{"mention", "<p>@na.me:disqus, @b:disqus: hi x:disqus @c:disqusx</p>", "<p>@na.me, @b: hi x:disqus @c:disqusx</p>", "@na.me, @b: hi x:disqus @c:disqusx"},
		{"mention in code", "<code>@name:disqus</code><pre>@name:disqus</pre>", "<p><code>@name:disqus</code></p><pre><code>@name:disqus</code></pre>", "@name:disqus\n\n@name:disqus"},
		{"references to controls", "a&#0;b&#x202e;c&#13;d&#127;e<br>f", "<p>a\uFFFDb\u202ec de\u202c<br>f</p>", "a\uFFFDb\u202ec de\u202c\nf"},
	} {
		t.Run(r.name, func(t *testing.T) { r.check(t, markup.FromHTML) })
	}
}

func TestFromHTMLLinks(t *testing.T) {
	const full = "http://example.com/a/long/path?b=c"
	link := `<p><a href="` + full + `" REL>` + full + `</a></p>`
	for _, r := range []row{
		{"kept", `<a href="` + full + `" onclick="x" style="y" target="_blank">words</a>`, `<p><a href="` + full + `" REL>words</a></p>`, "words"},
		{"cut, in the title", `<a href="http://disq.us/url?url=x" title="` + full + `">http://example.com/a/lo...</a>`, link, full},
		{"cut, in the address", `<a href="` + full + `">http://example.com/a/lo…</a>`, link, full},
		{"cut, without the scheme", `<a href="https://www.example.com/a/b">example.com/...</a>`, `<p><a href="https://www.example.com/a/b" REL>example.com/a/b</a></p>`, "example.com/a/b"},
		{"dots of the writer", `<a href="` + full + `">wait...</a>`, `<p><a href="` + full + `" REL>wait...</a></p>`, "wait..."},
		{"through disq.us", `<a href="http://disq.us/url?url=http%3A%2F%2Fexample.com%2Fx%3AAbC&amp;cuid=1">x</a>`, `<p><a href="http://example.com/x" REL>x</a></p>`, "x"},
		{"without a scheme", `<a href="//a.b/c">d</a>`, `<p><a href="https://a.b/c" REL>d</a></p>`, "d"},
		{"script", `<a href="java&#x09;script:alert(1)">a</a> <a href=" javascript:b">c</a>`, `<p>a c</p>`, "a c"},
		{"nested", `<a href="http://a.b">c<a href="http://d.e">f</a>`, `<p><a href="http://a.b" REL>c</a><a href="http://d.e" REL>f</a></p>`, "cf"},
		{"bare", `<p>see https://a.b/c.</p>`, `<p>see <a href="https://a.b/c" REL>https://a.b/c</a>.</p>`, "see https://a.b/c."},
		{"image", `a <img src="//a.b/c.png"> d`, `<p>a <a href="https://a.b/c.png" REL>https://a.b/c.png</a> d</p>`, "a https://a.b/c.png d"},
		{"image with words", `<img src="http://a.b/c.png" alt="the cat" onerror="x">`, `<p><a href="http://a.b/c.png" REL>the cat</a></p>`, "the cat"},
		{"image in a link", `<a href="http://a.b"><img src="http://c.d/e.png" alt="f"></a>`, `<p><a href="http://a.b" REL>f</a></p>`, "f"},
		{"data image", `<img src="data:image/png;base64,AA" alt="a">`, `<p>a</p>`, "a"},
		{"player", `<iframe src="https://a.b/c">no frames</iframe>`, `<p><a href="https://a.b/c" REL>https://a.b/c</a></p>`, "https://a.b/c"},
	} {
		t.Run(r.name, func(t *testing.T) { r.check(t, markup.FromHTML) })
	}
}
