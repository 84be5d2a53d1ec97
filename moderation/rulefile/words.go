package rulefile

import (
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/moderation/keyword"
)

// The formats of word lists.
const (
	Plain     = "plain"     // one entry on a line, as Postbag writes them
	WordPress = "wordpress" // its disallowed comment keys
	Disqus    = "disqus"    // its restricted words
)

// WordFormats lists the formats of word lists.
func WordFormats() []string { return []string{Plain, WordPress, Disqus} }

// Limits of a word list that is read.
const (
	MaxWordBytes = 4 << 20
	maxWordNotes = 1_000 // of each sort that a report lists
)

// WordNote is one entry that was not taken as it stands.
type WordNote struct {
	Line int // from 1
	Text string
	Why  string // in a sentence
}

// WordReport says what became of the entries of a list. Entries are counted
// once: Terms + Duplicates + LeftOut is how many there were.
type WordReport struct {
	Terms      int
	Duplicates int        // equal to an earlier one but for case, accents and the like
	LeftOut    int        // cannot be a term
	Skipped    []WordNote // the first 1,000 of those left out
	Changed    []WordNote // terms that mean something else than the entry did, the first 1,000
	Emails     int        // terms that are addresses of e-mail: the rule must look at the field email
	Note       string     // how the format and Postbag differ, for people; may be empty
}

// ParseWords reads a word list that another system exported, and returns terms
// as a keyword rule has them. There may be more than one rule can hold: see
// rules.MaxTerms. What cannot be a term is left out and reported; the error is
// about the list as a whole.
func ParseWords(format string, r io.Reader) ([]string, WordReport, error) {
	w := wordReader{seen: map[string]bool{}}
	split := func(line string) []string { return []string{line} }
	switch format {
	case Plain:
		w.convert = plainWord
	case WordPress:
		w.convert = wordPressWord
		w.report.Note = "WordPress finds its keys inside words, too (press hits WordPress). These terms match whole words, in whatever disguise; write press* for words that begin so."
	case Disqus:
		w.convert = disqusWord
		w.report.Note = "Disqus finds *word* inside words. These terms match whole words, in whatever disguise, and word* words that begin so."
		split = func(line string) []string { return strings.Split(line, ",") }
	default:
		return nil, w.report, fmt.Errorf("there is no format %q; use %s", clip(format), strings.Join(WordFormats(), ", "))
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxWordBytes+1))
	if err != nil {
		return nil, w.report, fmt.Errorf("read word list: %w", err)
	}
	if len(text) > MaxWordBytes {
		return nil, w.report, fmt.Errorf("the word list is larger than %d MB; split it", MaxWordBytes>>20)
	}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		w.line++
		for _, entry := range split(line) {
			w.entry(strings.TrimSpace(entry))
		}
	}
	w.report.Terms = len(w.terms)
	return w.terms, w.report, nil
}

// wordReader reads one list.
type wordReader struct {
	convert func(entry string) word
	line    int
	seen    map[string]bool
	terms   []string
	report  WordReport
}

// word is what an entry becomes. With a reason to skip it is no term; with a
// reason why it changed, it is one that means something else.
type word struct {
	term          string
	skip, changed string
}

func (w *wordReader) entry(entry string) {
	if entry == "" {
		return
	}
	got := w.check(entry)
	if got.term == "" && got.skip == "" {
		return // a comment
	}
	if got.skip != "" {
		w.report.LeftOut++
		w.report.Skipped = w.addNote(w.report.Skipped, entry, got.skip)
		return
	}
	key := wordKey(got.term)
	if w.seen[key] {
		w.report.Duplicates++
		return
	}
	w.seen[key] = true
	if got.changed != "" {
		w.report.Changed = w.addNote(w.report.Changed, entry, got.changed)
	}
	if isEmail(got.term) {
		w.report.Emails++
	}
	w.terms = append(w.terms, got.term)
}

func (w *wordReader) addNote(list []WordNote, entry, why string) []WordNote {
	if len(list) == maxWordNotes {
		return list
	}
	return append(list, WordNote{w.line, clip(strings.ToValidUTF8(entry, "�")), why})
}

// check converts an entry, and makes sure that the result can be a term.
func (w *wordReader) check(entry string) word {
	if !utf8.ValidString(entry) || strings.ContainsFunc(entry, unicode.IsControl) {
		return word{skip: "It is not plain text in UTF-8."}
	}
	got := w.convert(entry)
	if got.term == "" || got.skip != "" {
		return got
	}
	term, err := keyword.ParseTerm(got.term)
	switch {
	case err != nil:
		return word{skip: "It cannot be a term: " + err.Error() + "."}
	case strings.Contains(term.Text, "*"):
		return word{skip: "A * can stand at the end only, for words that begin so."}
	case !saysSomething(term.Text):
		return word{skip: "It has no letter and no digit, and would match nearly every comment."}
	}
	return got
}

// saysSomething reports whether a term is more than ASCII punctuation.
func saysSomething(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
	})
}

// wordKey is equal for terms that match the same. Where signs matter, they are
// part of it.
func wordKey(term string) string {
	t, err := keyword.ParseTerm(term)
	if err != nil {
		return term
	}
	key := fmt.Sprintf("%t %t %s", t.Allowed, t.Prefix, keyword.Flat(t.Text))
	if strings.ContainsFunc(t.Text, isSignInWord) {
		key += " " + strings.ToLower(t.Text)
	}
	return key
}

func isSignInWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !strings.ContainsRune("-'’", r)
}

func plainWord(entry string) word {
	if strings.HasPrefix(entry, "#") {
		return word{}
	}
	return word{term: entry}
}

var addressPart = regexp.MustCompile(`^(\d{1,3}\.){1,3}(\d{1,3})?(\*|/\d{1,2})?$`)

func isAddress(entry string) bool {
	if _, err := netip.ParseAddr(entry); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(entry)
	return err == nil || addressPart.MatchString(entry) && (strings.Count(entry, ".") > 1 || strings.HasSuffix(entry, "."))
}

func isEmail(term string) bool {
	name, host, ok := strings.Cut(strings.TrimPrefix(term, "!"), "@")
	return ok && strings.Contains(host, ".") && !strings.ContainsAny(name+host, " /@")
}

// foreign converts what no list of ours knows: addresses, URLs, and signs that
// mean something here.
func foreign(entry string) word {
	switch {
	case isAddress(entry):
		return word{skip: "It is a network address, and Postbag keeps none that a list could match. Ban the author, or use a rate rule by address."}
	case strings.HasPrefix(entry, "#"):
		return word{skip: "A line that begins with # is a comment here. Write the word alone, if you mean it."}
	case strings.HasPrefix(entry, "!"):
		return word{term: strings.TrimLeft(entry, "! "), changed: "The ! at its beginning is left out: it would allow the word."}
	case strings.Contains(entry, "://") || strings.HasPrefix(strings.ToLower(entry), "www."):
		return hostWord(entry)
	}
	return word{term: entry}
}

// hostWord keeps the host of a URL.
func hostWord(entry string) word {
	address := entry
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(strings.TrimSuffix(address, "*"))
	if err != nil {
		return word{skip: "It is not an address that can be read. Name the host, such as example.org."}
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if !strings.Contains(strings.Trim(host, "."), ".") {
		return word{skip: "It is a part of an address. Name the host, such as example.org."}
	}
	why := "Only the host is kept; it stands for its subdomains, too."
	if strings.Trim(u.Path, "/")+u.RawQuery != "" {
		why = "Only the host is kept: every address on it will match."
	}
	return word{term: host, changed: why}
}

func wordPressWord(entry string) word {
	got := foreign(entry)
	if got.skip == "" && got.changed == "" && strings.HasSuffix(got.term, "*") {
		got.changed = "The * at its end matches any word that begins so; in WordPress it was an ordinary character."
	}
	return got
}

func disqusWord(entry string) word {
	got := foreign(strings.TrimLeft(entry, "*"))
	if got.skip == "" && got.changed == "" && strings.HasPrefix(entry, "*") {
		got.changed = "The * at its beginning is left out: only whole words match, or words that begin so."
	}
	return got
}
