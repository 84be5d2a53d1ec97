package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Language is a language of the pages for readers. It speaks with the widget's texts, and with those that only a page needs. It is
// immutable.
type Language struct {
	Tag string // as asked for, such as "de-AT"
	Dir string // "ltr" or "rtl"
	*speech
}

// speech is what all regions of a language have in common.
type speech struct {
	primary string
	habits
	texts map[string]forms
}

// habits are how a language writes times and numbers.
type habits struct {
	Dir       string           `json:"dir"`
	Date      string           `json:"date"` // with {day}, {month}, {year} and {time}
	Months    []string         `json:"months"`
	Group     string           `json:"group"`     // between thousands
	Ungrouped int              `json:"ungrouped"` // the largest number that is written without; 0 for 999
	Digits    string           `json:"digits"`    // ten of them; empty for 0 to 9
	Texts     map[string]forms `json:"texts"`
}

// forms are a text by its plural forms. One that has none has only "other".
type forms map[string]string

// UnmarshalJSON reads a text or an object of its forms.
func (f *forms) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		*f = forms{"other": text}
		return nil
	}
	return json.Unmarshal(raw, (*map[string]string)(f))
}

// loadLanguages reads the languages of the pages: a file each, and the widget's texts.
func loadLanguages(files fs.FS) (map[string]*speech, error) {
	names, err := fs.Glob(files, "templates/reader/*.json")
	if err != nil {
		return nil, err
	}
	found := map[string]*speech{}
	for _, name := range names {
		primary := strings.TrimSuffix(path.Base(name), ".json")
		if found[primary], err = loadSpeech(files, name, primary); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return found, nil
}

func loadSpeech(files fs.FS, name, primary string) (*speech, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	s := &speech{primary: primary, texts: map[string]forms{}}
	if err := json.Unmarshal(raw, &s.habits); err != nil {
		return nil, err
	}
	widget, ok := WidgetTexts(primary)
	if !ok {
		return nil, errors.New("the widget does not speak this language")
	}
	var first, more map[string]forms
	if err := errors.Join(json.Unmarshal(widget.First, &first), json.Unmarshal(widget.More, &more)); err != nil {
		return nil, err
	}
	for _, texts := range []map[string]forms{first, more, s.Texts} {
		for key, text := range texts {
			if s.texts[key] != nil {
				return nil, fmt.Errorf("the text %q is there twice", key)
			}
			s.texts[key] = text
		}
	}
	return s, nil
}

// Language returns the first of the languages asked for that the pages for readers have, by tags such as "de-AT" or "es_ES", or English.
func (p *Pages) Language(tags ...string) Language {
	for _, tag := range tags {
		tag = strings.ReplaceAll(tag, "_", "-")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if s := p.languages[primary]; s != nil && tagPattern.MatchString(tag) {
			return Language{tag, s.Dir, s}
		}
	}
	s := p.languages["en"]
	return Language{"en", s.Dir, s}
}

// tagPattern is what may follow a primary language in its tag.
var tagPattern = regexp.MustCompile(`^[A-Za-z]+(?:-[A-Za-z0-9]{1,8}){0,3}$`)

// English reports whether this is English, in which the server's own sentences are.
func (l Language) English() bool { return l.primary == "en" }

// T returns a text. values are names in it and what to put in their places, in pairs. A text that is missing is a fault of the caller.
func (l Language) T(key string, values ...string) (string, error) { return l.say(key, "other", values) }

// N is T for a number, which stands at {n} and picks the plural form.
func (l Language) N(key string, n int) (string, error) {
	return l.say(key, pluralForm(l.primary, n), []string{"n", l.Number(n)})
}

func (l Language) say(key, form string, values []string) (string, error) {
	text, ok := l.texts[key][form]
	if !ok {
		text, ok = l.texts[key]["other"]
	}
	if !ok {
		return "", fmt.Errorf("no text %q in %s", key, l.primary)
	}
	pairs := make([]string, 0, len(values))
	for i := 0; i+1 < len(values); i += 2 {
		pairs = append(pairs, "{"+values[i]+"}", values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(text), nil
}

// CountTexts are how numbers of comments are written beside links: none, one, and more, with {num} for the number. In English they are
// those of Disqus.
func (l Language) CountTexts() (zero, one, many string) {
	if l.English() {
		return "0 Comments", "1 Comment", "{num} Comments"
	}
	text := func(form string) string {
		found, ok := l.texts["comments"][form]
		if !ok {
			found = l.texts["comments"]["other"]
		}
		return strings.ReplaceAll(found, "{n}", "{num}")
	}
	return text(pluralForm(l.primary, 0)), text(pluralForm(l.primary, 1)), text("other")
}

// Number writes a number that is not negative.
func (l Language) Number(n int) string {
	digits := strconv.Itoa(n)
	if n > max(l.Ungrouped, 999) {
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + l.Group + digits[i:]
		}
	}
	return l.inDigits(digits)
}

// inDigits puts the language's own digits in the place of 0 to 9.
func (l Language) inDigits(text string) string {
	own := []rune(l.Digits)
	if len(own) != 10 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return own[r-'0']
		}
		return r
	}, text)
}

// Moment writes a time, in UTC, for people and for programs.
func (l Language) Moment(t time.Time) moment {
	u := t.UTC()
	human := strings.NewReplacer("{day}", strconv.Itoa(u.Day()), "{month}", l.Months[u.Month()-1], "{year}", strconv.Itoa(u.Year()),
		"{time}", u.Format("15:04")).Replace(l.Date)
	return moment{Machine: u.Format(time.RFC3339), Human: l.inDigits(human)}
}

// pluralForm picks the form of a text for a whole number by the rules of CLDR for the languages that the widget has.
func pluralForm(language string, n int) string {
	switch {
	case language == "ar":
		return arabicForm(n)
	case n == 1, n == 0 && language == "fr":
		return "one"
	}
	return "other"
}

func arabicForm(n int) string {
	switch {
	case n <= 2:
		return [...]string{"zero", "one", "two"}[max(n, 0)]
	case n%100 >= 3 && n%100 <= 10:
		return "few"
	case n%100 >= 11:
		return "many"
	}
	return "other"
}
