package markup_test

import (
	"strings"
	"testing"

	"postbag/moderation/markup"
)

const comment = "I agree with **most** of this, but the council *said* in March that the bridge\nwould open by summer: " +
	"https://example.com/news/bridge_opening?id=12 and nothing happened since.\n\n> The works are on schedule.\n\n" +
	"That was wrong for three reasons:\n\n- the money was not there\n- the river was too high\n- nobody asked the [engineers](https://example.org)\n"

func BenchmarkMarkdown(b *testing.B) {
	bench(b, markup.Markdown, comment)
}

func BenchmarkMarkdownLongest(b *testing.B) {
	bench(b, markup.Markdown, strings.Repeat(comment, markup.MaxMarkdown/len(comment)))
}

func BenchmarkFromHTML(b *testing.B) {
	doc, err := markup.Markdown(comment)
	if err != nil {
		b.Fatal(err)
	}
	bench(b, markup.FromHTML, doc.HTML)
}

func bench(b *testing.B, render func(string) (markup.Doc, error), src string) {
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := render(src); err != nil {
			b.Fatal(err)
		}
	}
}
