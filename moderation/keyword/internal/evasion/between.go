package evasion

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// marks are the disguises that put marks on letters.
func marks() []disguise {
	return []disguise{
		{"marks", "one mark a letter", marked, stack(1, 1, 0x300, 0x33F)},
		{"marks", "many marks", marked, stack(3, 8, 0x300, 0x34E)},
		{"marks", "strokes through", marked, stack(1, 1, 0x334, 0x338)},
		{"marks", "enclosing marks", marked, stack(1, 1, 0x20D0, 0x20F0)},
		{"marks", "marks of other blocks", marked, func(r *rand.Rand, list []unit) {
			base := pick(r, []rune{0x1DC0, 0x1AB0, 0xFE20})
			stack(1, 2, base, base+13)(r, list)
		}},
		{"marks", "accents on the vowels", drawn, accented},
		{"invisible", "variation selectors", marked, between(oneOf("\ufe0e", "\ufe0f", "\ufe00", "\U000e0100", "\u180b", "\u034f"))},
	}
}

// stack puts low to high marks from a block on each letter.
func stack(low, high int, first, last rune) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		for i := range list {
			for n := low + r.IntN(high-low+1); list[i].letter && n > 0; n-- {
				list[i].text += string(first + r.Int32N(last-first+1))
			}
		}
	}
}

func accented(r *rand.Rand, list []unit) {
	table("aàáâãäåāăąǎȁȃạảấầ iìíîïĩīĭįǐȉịỉ", "aá eé ií oó uú yý nñ cç", "aä eë iï oö uü yÿ", "aǟ eḝ iḯ oṏ uṻ", "aậ eệ oộ uự ỵ")(r, list)
	for i := range list {
		if c := []rune(list[i].text); len(c) > 3 {
			list[i].text = string(pick(r, c))
		}
	}
}

// partings are the disguises that put something between letters.
func partings() []disguise {
	emoji := oneOf("🔥", "💥", "👏", "😂", "⭐", "👉🏽")
	return []disguise{
		{"invisible", "zero-width characters", parted, between(oneOf("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"))},
		{"invisible", "soft hyphens", parted, between(oneOf("\u00ad", "\u00ad\u00ad"))},
		{"invisible", "fillers and blanks", parted, between(oneOf("\u3164", "\uffa0", "\u115f", "\u1160", "\u2800", "\u17b5"))},
		{"invisible", "tag characters", parted, between(oneOf("\U000e0061", "\U000e0020", "\U000e007f", "\U000e0001"))},
		{"invisible", "direction marks", parted, between(oneOf("\u200e", "\u200f", "\u061c", "\u202c", "\u2069"))},
		{"invisible", "control characters", parted, between(oneOf("\x01", "\x1b", "\x7f", "\x08", "\u0091"))},
		{"invisible", "format characters", parted, between(oneOf("\u2061", "\u2064", "\u206a", "\ufff9", "\U0001d173", "\U0001bca0", "\u180e", "\u2065"))},
		{"separators", "spaces", parted, same(" ", "  ")},
		{"separators", "spaces of other widths", parted, same("\u00a0", "\u2009", "\u3000", "\u200a", "\u202f", "\u205f", "\u2003")},
		{"separators", "dots", parted, same(".", "·", "•", "․", "‧", "∙")},
		{"separators", "dashes", parted, same("-", "–", "—", "‐", "−", "~", "_")},
		{"separators", "other signs", parted, same("*", "/", "|", "+", "^", ":", "=", "\\", "'", "\"", "°", "→")},
		{"separators", "mixed signs", parted, between(oneOf(".", "-", "_", "*", "/", "~", ",", "'", "|"))},
		{"separators", "sign and space", parted, same(" - ", " . ", ". ", " | ", " / ", " · ")},
		{"separators", "emoji", parted, func(r *rand.Rand, list []unit) { same(emoji(r))(r, list) }},
		{"separators", "one sign", parted, oneCut("-", ".", "_", "*", "'", "·", "/", "~")},
		{"separators", "one emoji", parted, oneCut("🔥", "😂", "👏", "❤️")},
		{"separators", "a letter a line", parted, same("\n", "\r\n", " \n")},
		{"repeats", "one letter", parted, stretched(1, 3, 6)},
		{"repeats", "every letter", parted, stretched(99, 2, 4)},
		{"repeats", "apart and doubled", parted, func(r *rand.Rand, list []unit) {
			for i := range list {
				if list[i].letter {
					list[i].text = strings.TrimSuffix(strings.Repeat(list[i].text+"-", 1+r.IntN(3)), "-") + "-"
				}
			}
			list[len(list)-1].text = strings.TrimSuffix(list[len(list)-1].text, "-")
		}},
		{"markup", "tags", parted, oneCut("<b></b>", "<i></i>", "<wbr>", "<span class=x></span>", "</b>", "<!-- -->")},
		{"markup", "emphasis", parted, emphasis("**", "*", "_", "~~", "`", "||")},
		{"markup", "tags around a letter", parted, wrapOne("<b>", "</b>", "<em>", "</em>", "<font color=\"red\">", "</font>", "<u>", "</u>", "[b]", "[/b]", "[i]", "[/i]", "[color=red]", "[/color]")},
		{"markup", "link around letters", parted, wrapOne("[", "](https://paper.example/a)", "<a href=\"//paper.example\">", "</a>")},
	}
}

// oneCut puts one of the strings into the term once, not beside its ends.
func oneCut(list ...string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, u []unit) {
		for _, i := range r.Perm(len(u)) {
			if i > 0 && i+2 < len(u) && u[i].letter && u[i+1].letter {
				u[i].text += pick(r, list)
				return
			}
		}
		u[0].text += pick(r, list)
	}
}

// stretched repeats up to n letters low to high times in all.
func stretched(n, low, high int) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		left := n
		for _, i := range r.Perm(len(list)) {
			if left > 0 && list[i].letter {
				list[i].text = strings.Repeat(list[i].text, low+r.IntN(high-low+1))
				left--
			}
		}
	}
}

func emphasis(signs ...string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		s := pick(r, signs)
		wrapOne(s, s)(r, list)
	}
}

// wrapOne puts one of the pairs around one letter inside the term.
func wrapOne(pairs ...string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		i := 1 + r.IntN(len(list)-2)
		n := 2 * r.IntN(len(pairs)/2)
		list[i].text = pairs[n] + list[i].text + pairs[n+1]
	}
}

// encodings are the disguises that write characters as codes.
func encodings() []disguise {
	return []disguise{
		{"encoding", "decimal references", encoded, runes(0.6, func(c rune) string { return fmt.Sprintf("&#%d;", c) })},
		{"encoding", "hexadecimal references", encoded, runes(0.6, func(c rune) string { return fmt.Sprintf("&#x%X;", c) })},
		{"encoding", "padded references", encoded, runes(0.6, func(c rune) string { return fmt.Sprintf("&#%07d;", c) })},
		{"encoding", "nested references", encoded, runes(0.4, func(c rune) string { return fmt.Sprintf("&amp;#%d;", c) })},
		{"encoding", "references of references", encoded, runes(0.3, func(c rune) string { return fmt.Sprintf("&#38;#x%x;", c) })},
		{"encoding", "unfinished references", encoded, runes(0.4, func(c rune) string { return fmt.Sprintf("&#%d", c) })},
		{"encoding", "percent-encoding", encoded, runes(0.6, percent)},
		{"encoding", "percent-encoding twice", encoded, runes(0.4, func(c rune) string { return strings.ReplaceAll(percent(c), "%", "%25") })},
		{"encoding", "escapes of programs", encoded, escapes},
		{"encoding", "quoted-printable", encoded, runes(0.5, func(c rune) string { return strings.ReplaceAll(percent(c), "%", "=") })},
	}
}

func percent(c rune) string {
	if c < 0x80 {
		return fmt.Sprintf("%%%02X", c)
	}
	return url.PathEscape(string(c))
}

func escapes(r *rand.Rand, list []unit) {
	form := pick(r, []string{`\u%04x`, `\x%02x`, `\u{%x}`, `\U%08x`})
	runes(0.6, func(c rune) string {
		if c > 0xFF && form == `\x%02x` {
			return string(c)
		}
		return fmt.Sprintf(form, c)
	})(r, list)
}

// runes encodes a share of the characters, one at least.
func runes(share float64, code func(rune) string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		sure := r.IntN(len(list))
		for i := range list {
			if list[i].letter && (i == sure || r.Float64() < share) {
				var b strings.Builder
				for _, c := range list[i].text {
					b.WriteString(code(c))
				}
				list[i].text = b.String()
			}
		}
	}
}
