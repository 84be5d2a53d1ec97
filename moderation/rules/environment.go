package rules

import (
	"reflect"
	"strings"
	"time"
)

// environment holds the variables of expressions. Its tags are their names and
// their documentation.
type environment struct {
	Text         string   `expr:"text" doc:"the text as typed"`
	Folded       string   `expr:"folded" doc:"the words of the text without disguise: lower case, look-alikes as the letters they show, no punctuation, single spaces"`
	Name         string   `expr:"name" doc:"the author's name"`
	Length       int      `expr:"length" doc:"characters of the text"`
	Letters      int      `expr:"letters" doc:"letters of the text"`
	Words        int      `expr:"words" doc:"words of the text"`
	Lines        int      `expr:"lines" doc:"lines of the text"`
	Digits       int      `expr:"digits" doc:"digits in the text"`
	Links        int      `expr:"links" doc:"links in the text"`
	Hosts        []string `expr:"hosts" doc:"the different hosts it links to, at most 10"`
	Mentions     int      `expr:"mentions" doc:"names with an @ before them"`
	Emoji        int      `expr:"emoji" doc:"emoji in the text"`
	UpperShare   int      `expr:"upper_share" doc:"percent of the letters that are capitals"`
	LongestRun   int      `expr:"longest_run" doc:"how often the most repeated character stands in a row"`
	MixedScripts int      `expr:"mixed_scripts" doc:"words that mix Latin, Cyrillic or Greek letters"`
	QuoteShare   int      `expr:"quote_share" doc:"percent of the text that is quoted"`
	Emails       int      `expr:"emails" doc:"e-mail addresses in the text"`
	Phones       int      `expr:"phones" doc:"what looks like telephone numbers in the text"`
	Edit         bool     `expr:"edit" doc:"the author changes a comment that is there already"`

	Author  authorVariables  `expr:"author"`
	Article articleVariables `expr:"article"`
	Time    timeVariables    `expr:"time"`
}

type authorVariables struct {
	Kind         string `expr:"kind" doc:"guest, sso, email, imported or moderator"`
	Sanction     string `expr:"sanction" doc:"premod, trust, or empty"`
	Approved     int    `expr:"approved" doc:"approved comments of the author"`
	Pending      int    `expr:"pending" doc:"comments of the author that wait"`
	Removed      int    `expr:"removed" doc:"removed comments of the author, spam included"`
	RemovedShare int    `expr:"removed_share" doc:"percent of the author's decided comments that were removed"`
	Hours        int    `expr:"hours" doc:"hours since the author was first seen, 0 for somebody new"`
}

type articleVariables struct {
	Ident string `expr:"ident" doc:"the article's identifier, or empty"`
	URL   string `expr:"url" doc:"the article's URL, or empty"`
	Path  string `expr:"path" doc:"the path of that, decoded and in lower case, with slashes around it: /crime/2026/"`
	Mode  string `expr:"mode" doc:"post or pre"`
	Heat  int    `expr:"heat" doc:"step of the heat ladder, 0 for normal to 4 for read-only"`
}

type timeVariables struct {
	Hour    int    `expr:"hour" doc:"hour of the day, 0 to 23, UTC"`
	Weekday string `expr:"weekday" doc:"monday to sunday, UTC"`
}

// Variable is one variable of expressions.
type Variable struct {
	Name string // as written in an expression: author.approved
	Type string // text, number, yes or no, list of texts
	Doc  string // what it is, without a full stop
}

// Environment lists the variables of expressions, for the documentation and the
// console.
func Environment() []Variable { return variables("", reflect.TypeFor[environment]()) }

func variables(prefix string, t reflect.Type) []Variable {
	var list []Variable
	for f := range t.Fields() {
		name := prefix + f.Tag.Get("expr")
		switch f.Type.Kind() {
		case reflect.Struct:
			list = append(list, variables(name+".", f.Type)...)
		default:
			list = append(list, Variable{name, typeName(f.Type.Kind()), f.Tag.Get("doc")})
		}
	}
	return list
}

func typeName(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "text"
	case reflect.Int:
		return "number"
	case reflect.Bool:
		return "yes or no"
	}
	return "list of texts"
}

// variable finds a variable by its name; the result is not valid when there is
// none.
func variable(env reflect.Value, name string) reflect.Value {
	name, rest, nested := strings.Cut(name, ".")
	for f, v := range env.Fields() {
		switch {
		case f.Tag.Get("expr") != name:
		case nested && v.Kind() == reflect.Struct:
			return variable(v, rest)
		case !nested:
			return v
		}
	}
	return reflect.Value{}
}

// environment returns the variables of the comment, made once for all rules.
func (c *comment) environment() *environment {
	if c.env == nil {
		c.env = newEnvironment(c.Reading, c.facts)
		c.env.Article.Path = c.place.path
	}
	return c.env
}

func newEnvironment(r *Reading, f *Facts) *environment {
	s := &r.text.stats
	now := time.UnixMilli(f.Now).UTC()
	env := &environment{
		Text: r.in.Text, Folded: r.text.folded, Name: r.in.Name, Edit: f.Edit,
		Length: s.length, Letters: s.letters, Words: s.words, Lines: s.lines, Digits: s.digits,
		Links: len(r.in.Links), Hosts: r.text.hosts, Mentions: s.mentions, Emoji: s.emoji,
		UpperShare: percent(s.capitals, s.cased), LongestRun: s.longestRun, MixedScripts: s.mixedScripts,
		QuoteShare: percent(s.quoted, s.length), Emails: s.emails, Phones: s.phones,
		Article: articleVariables{Ident: f.Article.Ident, URL: f.Article.URL, Mode: string(f.Article.Mode), Heat: f.Article.Heat},
		Time:    timeVariables{Hour: now.Hour(), Weekday: weekday(now)},
	}
	a := &f.Author
	env.Author = authorVariables{Kind: a.Kind, Sanction: a.Sanction, Approved: a.Approved, Pending: a.Pending, Removed: a.removed(), RemovedShare: a.removedShare()}
	if a.Since != 0 {
		env.Author.Hours = int(max(f.Now-a.Since, 0) / hour)
	}
	return env
}

func weekday(t time.Time) string {
	return [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}[t.Weekday()]
}
