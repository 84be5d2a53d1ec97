package rules

import (
	"slices"
	"unicode"

	"postbag/moderation/keyword"
)

// textFacts are the measures of a text, as far as rules want to know them.
type textFacts struct {
	stats    textStats
	folded   string
	hosts    []string
	defanged evidence
}

// textStats counts what stands in a text; the variables of expressions explain
// each.
type textStats struct {
	length, letters, capitals, cased int
	words, lines, quoted             int
	digits, mentions, emoji          int
	longestRun, mixedScripts         int
	emails, phones                   int
}

func (t *textFacts) measure(in Input, n needs, links []link) {
	if n.stats {
		t.stats.count(in.Text)
		t.stats.emails, t.stats.phones = len(findEmails(in.Text)), len(findPhones(in.Text))
	}
	if n.folded {
		t.folded = keyword.Flat(in.Text)
	}
	for _, l := range links {
		if l.host != "" && len(t.hosts) < maxHosts && !slices.Contains(t.hosts, l.host) {
			t.hosts = append(t.hosts, l.host)
		}
	}
	if n.defanged {
		t.defanged = findDefanged(in.Text)
	}
}

// count makes one pass over the text.
func (s *textStats) count(text string) {
	var w wordScan
	var l lineScan
	run, before := 0, rune(0x0A)
	for _, r := range text {
		s.length++
		if run++; r != before {
			run = 1
		}
		if !unicode.IsSpace(r) {
			s.longestRun = max(s.longestRun, run)
		}
		l.next(r, before, s)
		w.next(r, s)
		s.class(r, before)
		before = r
	}
	w.end(s)
}

// class counts one character by what it is.
func (s *textStats) class(r, before rune) {
	switch {
	case unicode.IsLetter(r):
		s.letters++
		if unicode.IsUpper(r) {
			s.capitals++
		}
		if unicode.IsUpper(r) || unicode.IsLower(r) {
			s.cased++
		}
	case unicode.IsDigit(r):
		s.digits++
	case isEmoji(r) && before != '\u200d' && !(isFlag(r) && isFlag(before)):
		s.emoji++
	}
}

// lineScan follows one line of a text.
type lineScan struct{ quote bool }

func (l *lineScan) next(r, before rune, s *textStats) {
	if before == '\n' {
		s.lines++
		l.quote = r == '>'
	}
	if l.quote && r != '\n' {
		s.quoted++
	}
}

// wordScan follows one word of a text.
type wordScan struct {
	in      bool
	at      bool // an @ stands before it, and no word before that
	scripts uint8
}

func (w *wordScan) next(r rune, s *textStats) {
	solid := unicode.IsLetter(r) || unicode.IsDigit(r)
	if !solid && !(w.in && joinsWord(r)) {
		follows := w.in
		w.end(s)
		w.at = r == '@' && !follows
		return
	}
	if !w.in {
		s.words++
		if w.at {
			s.mentions++
		}
	}
	w.in, w.at = true, false
	switch {
	case r < 0x80 && !unicode.IsLetter(r):
	case unicode.Is(unicode.Latin, r):
		w.scripts |= 1
	case unicode.Is(unicode.Cyrillic, r):
		w.scripts |= 2
	case unicode.Is(unicode.Greek, r):
		w.scripts |= 4
	}
}

func (w *wordScan) end(s *textStats) {
	if w.scripts&(w.scripts-1) != 0 {
		s.mixedScripts++
	}
	*w = wordScan{}
}

// joinsWord reports whether a character within a word does not end it.
func joinsWord(r rune) bool {
	return r == '_' || r == '\'' || r == '’' || unicode.IsMark(r)
}

// isEmoji reports whether a character is drawn as a picture: the blocks that
// hold Unicode's emoji, without the skin tones that follow one.
func isEmoji(r rune) bool {
	switch {
	case r >= 0x1F3FB && r <= 0x1F3FF:
		return false
	case r >= 0x1F300 && r <= 0x1FAFF, r >= 0x2600 && r <= 0x27BF, r >= 0x2B00 && r <= 0x2BFF && unicode.Is(unicode.So, r):
		return true
	}
	return isFlag(r)
}

// isFlag reports whether a character is one of the two letters of a flag.
func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// percent returns a share, rounded down, 0 of nothing.
func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}
