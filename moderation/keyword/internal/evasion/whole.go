package evasion

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// asWritten is the family of terms that are not disguised.
const asWritten = "as written"

// techniques lists every technique. Those of the family "as written" are no
// disguises and do not count in the mean.
func techniques() []technique {
	list := []technique{
		{asWritten, "plain", slices.Concat(words(), phrases(), persons(), hosts(), foreign()), asIs},
		{asWritten, "quoted and wrapped", plain(), wrapped},
		{asWritten, "beginning of a word", []string{"vombl*"}, func(r *rand.Rand, t string) piece {
			return piece{word: t, after: pick(r, []string{"e", "ing", "astic", "eers"})}
		}},
	}
	for _, group := range [][]disguise{drawings(), marks(), partings(), encodings()} {
		for _, d := range group {
			list = append(list, technique{d.family, d.name, plain(), write(d)})
		}
	}
	return slices.Concat(list, masks(), directions(), forms(), names(), places(), slips(), scripts(), stacks())
}

func asIs(_ *rand.Rand, term string) piece { return piece{word: term} }

func wrapped(r *rand.Rand, term string) piece {
	w := pick(r, []string{"\"\"", "''", "“”", "‘’", "**", "__", "«»", "()", "[]", "//", "~~", "¡!", "--", "„“", "「」", "..", "🔥🔥"})
	half := len([]rune(w)) / 2
	return piece{before: string([]rune(w)[:half]), word: term, after: string([]rune(w)[half:])}
}

func masks() []technique {
	signs := []string{"*", "#", "-", "•", "_", "x̶", "█", "?", "@", "%", "●", "×", "░", "🤬", "■", "∗"}
	return []technique{
		{"masks", "the middle", atLeast(5), func(r *rand.Rand, t string) piece {
			s := pick(r, signs)
			if s == "x̶" {
				s = "*"
			}
			keep := 1 + r.IntN(2)
			return piece{word: t[:keep] + strings.Repeat(s, len(t)-keep-1) + t[len(t)-1:]}
		}},
		{"masks", "one vowel", atLeast(4), func(r *rand.Rand, t string) piece {
			at := 1 + strings.IndexAny(t[1:], "aeiou")
			return piece{word: t[:at] + pick(r, []string{"*", "#", "@", "_", "•", "%", "×", "🤬"}) + t[at+1:]}
		}},
		{"masks", "several signs", atLeast(5), func(r *rand.Rand, t string) piece {
			var b strings.Builder
			for range len(t) - 3 {
				b.WriteString(pick(r, []string{"#", "$", "%", "@", "*", "&"}))
			}
			return piece{word: t[:2] + b.String() + t[len(t)-1:]}
		}},
		{"masks", "the end", atLeast(5), func(r *rand.Rand, t string) piece {
			keep := 2 + r.IntN(2)
			return piece{word: t[:keep] + strings.Repeat(pick(r, []string{"*", "•", "#", "█"}), len(t)-keep)}
		}},
		{"masks", "in a phrase or name", []string{"cheap parsnip loans", "Edwin Marrowby", "Ruth McFettle", "free llama rides"}, func(r *rand.Rand, t string) piece {
			w := strings.Fields(t)
			i := len(w) - 2 + r.IntN(2)
			w[i] = w[i][:2] + strings.Repeat("*", len(w[i])-3) + w[i][len(w[i])-1:]
			return piece{word: strings.Join(w, " ")}
		}},
	}
}

func reversed(s string) string {
	c := []rune(s)
	slices.Reverse(c)
	return string(c)
}

func directions() []technique {
	return []technique{
		{"direction", "override", plain(), func(_ *rand.Rand, t string) piece { return piece{"\u202e", reversed(t), "\u202c"} }},
		{"direction", "override of the last letters", plain(), func(r *rand.Rand, t string) piece {
			at := 1 + r.IntN(len(t)-2)
			return piece{word: t[:at] + "\u202e" + reversed(t[at:]), after: "\u202c"}
		}},
		{"direction", "override within an isolate", plain(), func(_ *rand.Rand, t string) piece {
			return piece{"\u2067\u202e", reversed(t), "\u202c\u2069"}
		}},
		{"direction", "override twice", plain(), func(_ *rand.Rand, t string) piece { return piece{"\u202e\u202d", t, "\u202c\u202c"} }},
		{"direction", "override in Unicode's references", plain(), func(_ *rand.Rand, t string) piece { return piece{"&#8238;", reversed(t), "&#8236;"} }},
	}
}

// forms are endings, compounds, and other ways to write a word or phrase.
func forms() []technique {
	return []technique{
		{"forms", "ordinary endings", atLeast(3), ending("s", "ed", "er", "ers", "ing", "y", "ish", "ness")},
		{"forms", "slang endings", atLeast(3), ending("z", "zz", "ster", "oid", "sters")},
		{"forms", "compounds", atLeast(3), ending("head", "face", "wit", "brain", "bag", "features", "pants", "heads", "-head", " face")},
		{"forms", "possessive and short forms", atLeast(3), ending("'s", "’s", "s'", "'ll", "’d", "'re")},
		{"forms", "doubled last letter", []string{"git", "slob", "cad", "clod"}, func(r *rand.Rand, t string) piece {
			return piece{word: t, after: t[len(t)-1:] + pick(r, []string{"ing", "ed", "ish", "y", "er"})}
		}},
		{"forms", "phrase joined", phrases(), join("", "-", "_", ".", "/")},
		{"forms", "phrase on two lines", phrases(), join("\n", "\r\n", " \n> ", "<br>", "\n\n", "\t")},
		{"forms", "phrase with wide gaps", phrases(), join("  ", "\u00a0", "\u2003", "   ", " \u200b ")},
		{"forms", "hashtag", phrases(), func(r *rand.Rand, t string) piece {
			w := strings.Fields(t)
			for i := range w {
				w[i] = strings.ToUpper(w[i][:1]) + w[i][1:]
			}
			return piece{before: "#", word: strings.Join(w, "")}
		}},
		{"forms", "word in a longer hashtag", atLeast(5), func(r *rand.Rand, t string) piece {
			return piece{before: pick(r, []string{"#TheGreat", "#So", "@Mister"}), word: strings.ToUpper(t[:1]) + t[1:]}
		}},
		{"forms", "word broken at a line end", atLeast(7), func(r *rand.Rand, t string) piece {
			at := 3 + r.IntN(len(t)-5)
			return piece{word: t[:at] + pick(r, []string{"-\n", "\n", "- \n", "-\r\n"}) + t[at:]}
		}},
		{"separators", "brackets", plain(), func(r *rand.Rand, t string) piece {
			pair := pick(r, []string{"()", "[]", "{}"})
			return piece{pair[:1], write(disguise{apply: same(pair[1:] + pair[:1])})(r, t).word, pair[1:]}
		}},
		{"forms", "phrase of bold words", phrases(), join("** **", "* *", "</b> <b>", "** ")},
	}
}

func ending(list ...string) func(*rand.Rand, string) piece {
	return func(r *rand.Rand, t string) piece { return piece{word: t, after: pick(r, list)} }
}

func join(list ...string) func(*rand.Rand, string) piece {
	return func(r *rand.Rand, t string) piece { return piece{word: strings.ReplaceAll(t, " ", pick(r, list))} }
}

func names() []technique {
	split := func(t string) (string, string) {
		at := strings.LastIndexByte(t, ' ')
		return t[:at], t[at+1:]
	}
	return []technique{
		{"names", "surname first", persons(), func(r *rand.Rand, t string) piece {
			first, last := split(t)
			if r.IntN(2) == 0 {
				last = strings.ToUpper(last)
			}
			return piece{word: last + ", " + first}
		}},
		{"names", "initial", persons(), func(r *rand.Rand, t string) piece {
			first, last := split(t)
			return piece{word: string([]rune(first)[:1]) + pick(r, []string{". ", ".", " ", ".\u00a0"}) + last}
		}},
		{"names", "surname and initial", persons(), func(_ *rand.Rand, t string) piece {
			first, last := split(t)
			return piece{word: last + ", " + string([]rune(first)[:1]), after: "."}
		}},
		{"names", "possessive", persons(), ending("'s", "’s", "'", "s")},
		{"names", "apostrophes and hyphens", []string{"Tamsin O'Grindle", "Mary-Jane Coddlewick", "Idris Vale-Hopper"}, func(r *rand.Rand, t string) piece {
			t = strings.ReplaceAll(t, "'", pick(r, []string{"’", "ʼ", "`", "´", "‘", "", " ", "′", "'"}))
			return piece{word: strings.ReplaceAll(t, "-", pick(r, []string{"‑", "–", "-", " ", "", "‐"}))}
		}},
		{"names", "accents left out", []string{"Zoë Tarnquist", "Anton Grübeldorf", "Søren Bekkelund"}, func(r *rand.Rand, t string) piece {
			return piece{word: strings.NewReplacer("ë", "e", "ü", pick(r, []string{"u", "ue"}), "ø", pick(r, []string{"o", "oe"})).Replace(t)}
		}},
		{"names", "Mac for Mc", []string{"Ruth McFettle"}, func(r *rand.Rand, t string) piece {
			return piece{word: strings.Replace(t, "Mc", pick(r, []string{"Mac", "MC", "Mc ", "M'", "mac"}), 1)}
		}},
		{"names", "small letters, joined", persons(), func(r *rand.Rand, t string) piece {
			return piece{word: strings.ReplaceAll(strings.ToLower(t), " ", pick(r, []string{"", "_", ".", "-", "  "}))}
		}},
	}
}

func places() []technique {
	dots := func(list ...string) func(*rand.Rand, string) piece {
		return func(r *rand.Rand, t string) piece { return piece{word: strings.ReplaceAll(t, ".", pick(r, list))} }
	}
	return []technique{
		{"hosts", "in a link", hosts(), func(r *rand.Rand, t string) piece {
			return piece{before: pick(r, []string{"https://", "http://www.", "//", "HTTPS://go.", "https://user@", "ftp://"}), word: t, after: pick(r, []string{"", "/x?y=1", ":8080/", "/#a"})}
		}},
		{"hosts", "defanged dots", hosts(), dots("[.]", "(.)", "{.}", "[dot]", "(dot)", " dot ", " [dot] ", " DOT ", "<.>")},
		{"hosts", "other full stops", hosts(), dots("。", "．", "｡", "․", "。")},
		{"hosts", "encoded dots", hosts(), dots("%2e", "&#46;", "&period;", "\\u002e", "%2E")},
		{"hosts", "spaced dots", hosts(), dots(" . ", " .", "\u200b.\u200b", " . ")},
		{"hosts", "defanged scheme", hosts(), func(r *rand.Rand, t string) piece {
			return piece{before: pick(r, []string{"hxxps://", "hxxp[:]//", "https[:]//", "h t t p : / / "}), word: strings.ReplaceAll(t, ".", "[.]")}
		}},
		{"hosts", "letters of other scripts", hosts(), write(disguise{apply: table("aа eе oо cс pр", "aɑ iі")})},
		{"hosts", "fullwidth", hosts(), write(disguise{apply: offset('ａ')})},
		{"hosts", "invisible characters", hosts(), write(disguise{apply: between(oneOf("\u200b", "\u00ad", "\u2060"))})},
		{"links", "word as the host of a link", atLeast(5), func(_ *rand.Rand, t string) piece {
			return piece{before: "https://", word: t, after: ".example.org/a"}
		}},
		{"links", "word in the path", atLeast(5), func(_ *rand.Rand, t string) piece {
			return piece{before: "[here](https://paper.example.org/why-", word: t, after: "-lied)"}
		}},
		{"links", "split over text and host", atLeast(6), func(r *rand.Rand, t string) piece {
			at := 2 + r.IntN(len(t)-4)
			return piece{before: "[", word: t[:at] + "](https://" + t[at:], after: ".example.org/)"}
		}},
		{"links", "phrase in a link", phrases(), func(r *rand.Rand, t string) piece {
			return piece{before: "https://paper.example.org/?q=", word: strings.ReplaceAll(t, " ", pick(r, []string{"+", "%20", "-", "_"}))}
		}},
	}
}

// slips are typing slips in terms of five letters or more, none of them an
// ordinary word. The first letter stays.
func slips() []technique {
	long := slices.DeleteFunc(atLeast(7), func(w string) bool { return w == "buffoon" || w == "pillock" })
	edit := func(change func(r *rand.Rand, w string) string) func(*rand.Rand, string) piece {
		return func(r *rand.Rand, t string) piece {
			for {
				if w := change(r, t); w != t {
					return piece{word: w}
				}
			}
		}
	}
	return []technique{
		{"slips", "neighbours swapped", long, edit(func(r *rand.Rand, w string) string {
			i := 1 + r.IntN(len(w)-2)
			return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
		})},
		{"slips", "vowels left out", long, edit(func(r *rand.Rand, w string) string {
			out := w[:1]
			for _, c := range w[1:] {
				if !strings.ContainsRune("aeiou", c) || r.IntN(3) == 0 {
					out += string(c)
				}
			}
			return out
		})},
		{"slips", "a consonant doubled", long, edit(func(r *rand.Rand, w string) string {
			i := 1 + r.IntN(len(w)-1)
			if strings.ContainsRune("aeiouxhw", rune(w[i])) || w[i] == w[i-1] {
				return w
			}
			return w[:i] + w[i:i+1] + w[i:]
		})},
		{"slips", "spelled by ear", []string{"grizzock", "crudwick", "spoddle", "flumptious", "hobnoggin", "jabberfax", "vexmould", "kluxby", "zanker"}, edit(func(r *rand.Rand, w string) string {
			pair := pick(r, [][2]string{{"ck", "k"}, {"x", "ks"}, {"ou", "ow"}, {"zz", "z"}, {"bb", "b"}, {"dd", "d"}, {"gg", "g"}, {"er", "ur"}, {"y", "ee"}})
			return w[:1] + strings.Replace(w[1:], pair[0], pair[1], 1)
		})},
		{"slips", "in a name", []string{"Edwin Marrowby", "Ruth McFettle", "Tamsin O'Grindle"}, edit(func(r *rand.Rand, w string) string {
			i := len(w) - 4 + r.IntN(2)
			return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
		})},
	}
}

// scripts are terms of other scripts and languages.
func scripts() []technique {
	all := foreign()
	spaced := slices.DeleteFunc(slices.Clone(all), func(t string) bool {
		return strings.ContainsRune(t, ' ') || len([]rune(t)) < 3 || strings.ContainsAny(t, "ะูป่อื्ूु")
	})
	cased := slices.DeleteFunc(slices.Clone(all), func(t string) bool { return strings.ToUpper(t) == t })
	return []technique{
		{"other scripts", "capitals", cased, func(_ *rand.Rand, t string) piece { return piece{word: strings.ToUpper(t)} }},
		{"other scripts", "zero-width characters", all, write(disguise{apply: between(oneOf("\u200b", "\u2060", "\ufeff"))})},
		{"other scripts", "references", all, write(disguise{apply: encodings()[0].apply})},
		{"other scripts", "spaced", spaced, write(disguise{apply: same(" ", "-", ".")})},
		{"other scripts", "stretched", spaced, write(disguise{apply: stretched(1, 3, 5)})},
		{"other scripts", "tags", all, write(disguise{apply: oneCut("<b></b>", "<wbr>")})},
		{"other scripts", "Latin look-alikes", []string{"балбес", "олух царя", "χαζός"}, write(disguise{apply: some(2, "аa еe сc оo рp хx αa ζz όo χx ςs")})},
		{"other scripts", "transliterated letters", []string{"Blödmann", "zôtte", "głupek", "ngốc", "sığır", "şapşal"}, func(_ *rand.Rand, t string) piece {
			return piece{word: strings.NewReplacer("ö", "oe", "ô", "o", "ł", "l", "ố", "o", "ı", "i", "ğ", "g", "ş", "s").Replace(t)}
		}},
		{"other scripts", "decomposed", []string{"Blödmann", "bobão", "şapşal", "ngốc", "χαζός", "바보", "zôtte"}, func(_ *rand.Rand, t string) piece {
			return piece{word: strings.NewReplacer("ö", "o\u0308", "ã", "a\u0303", "ş", "s\u0327", "ố", "o\u0302\u0301", "ό", "ο\u0301", "바", "\u1107\u1161", "보", "\u1107\u1169", "ô", "o\u0302").Replace(t)}
		}},
	}
}

// stacks are two and three disguises at once.
func stacks() []technique {
	firsts := pickNames(drawings(), "fullwidth", "mathematical", "circled", "small capitals", "Cyrillic", "Greek", "Cherokee, Lisu, Coptic", "digits", "signs", "mixed case", "upside down", "signs of currency")
	second := pickNames(marks(), "one mark a letter", "many marks", "strokes through", "variation selectors")
	third := pickNames(partings(), "zero-width characters", "soft hyphens", "spaces", "dots", "dashes", "mixed signs", "emoji", "one sign", "every letter", "tags", "tags around a letter", "fillers and blanks")
	signs := pickNames(partings(), "zero-width characters", "spaces", "dots", "dashes", "mixed signs", "emoji", "one sign")
	last := pickNames(encodings(), "decimal references", "hexadecimal references", "nested references", "percent-encoding")
	some := func(n int, groups ...[]disguise) func(*rand.Rand, string) piece {
		return func(r *rand.Rand, t string) piece {
			order := r.Perm(len(groups))[:n]
			slices.Sort(order)
			var list []disguise
			for _, g := range order {
				list = append(list, pick(r, groups[g]))
			}
			return write(list...)(r, t)
		}
	}
	turn := func(inner func(*rand.Rand, string) piece) func(*rand.Rand, string) piece {
		return func(r *rand.Rand, t string) piece {
			return piece{"\u202e", reversed(inner(r, t).word), "\u202c"}
		}
	}
	return []technique{
		{"stacks", "letters and marks", plain(), some(2, firsts, second)},
		{"stacks", "letters and separators", plain(), some(2, firsts, third)},
		{"stacks", "letters and codes", plain(), some(2, firsts, last)},
		{"stacks", "separators and codes", plain(), some(2, signs, last)},
		{"stacks", "marks and separators", plain(), some(2, second, third)},
		{"stacks", "any three", plain(), some(3, firsts, second, signs, last)},
		{"stacks", "override and letters", plain(), turn(write(pickNames(drawings(), "Cyrillic")...))},
		{"stacks", "override and separators", plain(), turn(write(pickNames(partings(), "dots")...))},
		{"stacks", "ending and letters", atLeast(4), func(r *rand.Rand, t string) piece {
			p := some(1, firsts[:7])(r, t)
			return piece{word: p.word, after: pick(r, []string{"s", "ing", "head", "'s"})}
		}},
		{"stacks", "name and letters", persons(), func(r *rand.Rand, t string) piece {
			at := strings.LastIndexByte(t, ' ')
			return some(1, firsts[:7], third[:2])(r, t[at+1:]+", "+t[:at])
		}},
	}
}

func pickNames(list []disguise, names ...string) []disguise {
	var out []disguise
	for _, n := range names {
		for _, d := range list {
			if d.name == n {
				out = append(out, d)
			}
		}
	}
	return out
}
