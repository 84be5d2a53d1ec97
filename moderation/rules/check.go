package rules

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/models"
)

// Limits of a rule, in characters unless they say otherwise.
const (
	MaxName      = 100
	MaxTag       = 40
	MaxReason    = 300
	MaxCode      = 40
	MaxSections  = 100 // of a scope
	MaxArticles  = 1000
	maxPlace     = 2048 // bytes of one of those
	maxHostBytes = 253
)

// Check returns everything that is wrong with a rule, nil when nothing is. It
// costs as much as compiling the rule.
func Check(r models.Rule) []Problem {
	c := newCompiler(nil)
	c.rule(r)
	if len(c.list) > 0 {
		return c.list
	}
	if problem := c.matcher(&Engine{}, nil); problem != nil {
		return []Problem{*problem}
	}
	return nil
}

// head checks what rules of all kinds have.
func (p *problems) head(r *models.Rule) {
	switch {
	case strings.TrimSpace(r.Name) == "":
		p.add("name", "A rule needs a name.")
	default:
		p.label("name", r.Name, MaxName)
	}
	p.label("tag", r.Tag, MaxTag)
	p.label("reason", r.Reason, MaxReason)
	p.label("code", r.Code, MaxCode)
	p.oneOf("kind", r.Kind, Kinds()...)
	p.oneOf("mode", r.Mode, Modes()...)
	if r.Priority != 0 && r.Priority != 10 && r.Priority != 20 {
		p.add("priority", "Write 0 for normal, 10 for high or 20 for urgent.")
	}
	p.action(r)
	p.scope(&r.Scope)
}

// label checks one line of plain text.
func (p *problems) label(path, text string, most int) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		p.add(path, "Write one line of plain text.")
	case utf8.RuneCountInString(text) > most:
		p.add(path, "Write at most %d characters.", most)
	}
}

func (p *problems) action(r *models.Rule) {
	counts := r.Kind == Rate || r.Kind == Flood
	switch {
	case r.Action < models.Allow || r.Action > models.Close:
		p.add("action", "A rule needs an action: allow, tag, hold, escalate, reject, slow or close.")
	case r.Action == models.Allow && counts:
		p.add("action", "Too many comments are no reason to allow one. Use slow, hold or tag.")
	case r.Action == models.Reject && r.Kind == Rate:
		p.add("action", "A rate rule cannot reject: what is wrong is the speed, not the text. Use slow, which asks the reader to wait, or hold.")
	}
}

func (p *problems) scope(s *models.Scope) {
	if len(s.Sections) > MaxSections {
		p.add("scope.sections", "A rule has at most %d sections.", MaxSections)
	}
	if len(s.Articles) > MaxArticles {
		p.add("scope.articles", "A rule has at most %d articles.", MaxArticles)
	}
	for i, section := range s.Sections {
		if !strings.HasPrefix(section, "/") || strings.ContainsAny(section, "?#*") || len(section) > maxPlace || !utf8.ValidString(section) {
			p.add("scope.sections"+index(i), "Write the beginning of a path, such as /crime/.")
		}
	}
	for i, article := range s.Articles {
		if strings.TrimSpace(article) == "" || len(article) > maxPlace || !utf8.ValidString(article) {
			p.add("scope.articles"+index(i), "Write the key, the identifier or the URL of an article.")
		}
	}
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
