package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"postbag/models/disqus"
)

// The words of the texts, by script, and the names of guests, who share them.
const (
	latin      = "the council voted again last night and nobody on our street was asked about bus lanes which seems odd because parking was the promise before every election since naïve café owners complain loudly"
	cyrillic   = "вчера совет снова голосовал и никто на нашей улице не знал зачем нужна новая дорога потому что старая ещё хорошая"
	arabic     = "صوت المجلس مرة أخرى أمس ولم يسأل أحد من سكان الشارع عن الطريق الجديد لأن القديم جيد"
	devanagari = "कल परिषद ने फिर मतदान किया और हमारी सड़क पर किसी से नहीं पूछा गया कि नई सड़क क्यों चाहिए"
	han        = "昨晚 议会 再次 投票 我们 街上 没有 人 知道 为什么 需要 新 道路"
	emoji      = "👍 😀 👩‍👩‍👧 🇺🇦 🤷🏽‍♀️ ❤️ 🎉"
	guests     = "Ann|Bob|Anonymous|A reader|Peter|Guest|Анна|محمد|अनिता|李雷|José|O'Neil <3|Tom & Jerry|what？|🙂"
)

// texts are the parts that titles, names and messages are made of.
type texts struct {
	rng     *rand.Rand
	scripts [][]string // Latin first
	emojis  []string
	guests  []string
}

func newTexts(rng *rand.Rand) texts {
	return texts{
		rng:     rng,
		scripts: [][]string{strings.Fields(latin), strings.Fields(cyrillic), strings.Fields(arabic), strings.Fields(devanagari), strings.Fields(han)},
		emojis:  strings.Fields(emoji),
		guests:  strings.Split(guests, "|"),
	}
}

func (t *texts) chance(perMille int) bool { return t.rng.IntN(1000) < perMille }

// script is Latin for seven texts of ten.
func (t *texts) script() []string {
	if t.chance(700) {
		return t.scripts[0]
	}
	return t.scripts[1+t.rng.IntN(len(t.scripts)-1)]
}

// sentence writes some words to out.
func (t *texts) sentence(out *strings.Builder, words []string) {
	for range 4 + t.rng.IntN(12) {
		out.WriteString(words[t.rng.IntN(len(words))])
		out.WriteByte(' ')
	}
	if t.chance(80) {
		out.WriteString(t.emojis[t.rng.IntN(len(t.emojis))])
	}
}

// message is HTML as Disqus wrote it.
func (g *generator) message() string {
	var out strings.Builder
	words := g.script()
	paragraphs := 1 + g.rng.IntN(3)
	if g.chance(2) {
		paragraphs = 60 // about 12 KB
	}
	for range paragraphs {
		out.WriteString("<p>")
		for range 1 + g.rng.IntN(3) {
			g.sentence(&out, words)
		}
		g.flourish(&out)
		out.WriteString("</p>")
	}
	g.lengthen(&out, words)
	return out.String()
}

// lengthen adds the paragraphs that --long asks for.
func (g *generator) lengthen(out *strings.Builder, words []string) {
	for size := out.Len(); out.Len() < size+g.opts.long; {
		out.WriteString("<p>")
		for range 8 {
			g.sentence(out, words)
		}
		out.WriteString("</p>")
	}
}

// flourish adds markup to some paragraphs.
func (g *generator) flourish(out *strings.Builder) {
	switch g.rng.IntN(40) {
	case 0:
		out.WriteString("</p><pre><code>for i := range n {<br>    fmt.Println(i &lt; n)<br>}</code></pre><p>")
	case 1:
		full := fmt.Sprintf("https://elsewhere.example/a/very/long/path/that/is/cut/%d?a=1&amp;b=2", g.id)
		fmt.Fprintf(out, `<a href="%s" rel="nofollow noopener" title="%s">https://elsewhere.example/...</a>`, full, full)
	case 2:
		out.WriteString("<b>bold</b> <i>slanted</i> <s>wrong</s> <u>marked</u>")
	case 3:
		out.WriteString("</p><blockquote><p>quoted</p></blockquote><p>")
	case 4:
		fmt.Fprintf(out, "@reader_%d:disqus one line<br>another line", g.rng.IntN(500))
	case 5:
		fmt.Fprintf(out, `<a href="https://uploads.disquscdn.com/images/%x.jpg" rel="nofollow noopener" title="image">image</a>`, g.id)
	case 6:
		out.WriteString("Fish &amp; chips &gt; soup, &quot;really&quot;&nbsp;!")
	}
}

// author is a registered reader, a few of them very busy, or a guest under one of a few names.
func (g *generator) author() disqus.Author {
	if g.chance(600) {
		n := g.rng.IntN(2000)
		if g.chance(300) {
			n = g.rng.IntN(20)
		}
		a := disqus.Author{Name: fmt.Sprintf("Reader %d", n%700), Username: fmt.Sprintf("reader_%d", n)}
		if g.opts.emails {
			a.Email = a.Username + "@mail.example"
		}
		return a
	}
	a := disqus.Author{Name: g.guests[g.rng.IntN(len(g.guests))], Anonymous: true}
	if g.opts.emails && g.chance(800) {
		a.Email = fmt.Sprintf("guest%d@mail.example", g.rng.IntN(300))
	}
	if g.opts.emails && g.chance(50) {
		a.Email = "guest@wordpress.disqus.net" // what Disqus wrote for comments taken from WordPress
	}
	return a
}

// address is one of a documentation network, or what Disqus wrote when it knew none.
func (g *generator) address() string {
	if g.chance(50) {
		return "255.255.255.255"
	}
	return fmt.Sprintf("198.51.100.%d", g.rng.IntN(256))
}
