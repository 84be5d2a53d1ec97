package rules

import (
	"fmt"
	"strings"
	"time"

	"postbag/models"
)

// Engine is the compiled rules of one site. It is immutable and safe for
// concurrent use.
type Engine struct {
	rules   []rule
	failure string // why every comment is held, when it is
}

// Compile makes an engine. It fails on the first rule that is wrong, so that an
// invalid rule never replaces a valid one.
func Compile(all []models.Rule) (*Engine, error) {
	e := &Engine{}
	for _, r := range all {
		c, err := compile(r)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.Name, err)
		}
		if r.Mode != Draft {
			e.rules = append(e.rules, c)
		}
	}
	return e, nil
}

// Input is what the rules look at before anything is stored.
type Input struct {
	Text  string // as typed
	Name  string
	Email string
	Links []string // targets, in the order of the text
}

// Reading is what the rules found in a text.
type Reading struct {
	engine   *Engine
	findings []models.Finding
}

// Read runs the rules that need nothing but the text. Its cost grows with the
// text, not with the number of words in the lists.
func (e *Engine) Read(in Input) *Reading {
	r := &Reading{engine: e}
	if e.failure != "" {
		r.findings = append(r.findings, models.Finding{Name: "Rules", Action: models.Hold, Detail: e.failure})
	}
	for i := range e.rules {
		switch c := &e.rules[i]; c.Kind {
		case Keyword:
			r.guard(c, func() (models.Finding, bool) { return c.readWords(in) })
		case Links:
			if n := len(in.Links); n > c.number {
				r.add(c, fmt.Sprintf("%d links; more than %d are held", n, c.number), nil)
			}
		}
	}
	return r
}

func (c *rule) readWords(in Input) (models.Finding, bool) {
	f := models.Finding{Action: c.Action}
	slip := true
	var words []string
	look := func(field, text string) {
		if !c.fields[field] || text == "" {
			return
		}
		for _, h := range c.words.Find(text) {
			f.Matches = append(f.Matches, models.Match{Field: field, Start: h.Start, End: h.End})
			words = append(words, h.Line)
			slip = slip && h.Slip
		}
	}
	look("text", in.Text)
	look("name", in.Name)
	look("email", in.Email)
	for _, l := range in.Links {
		// A target that the reader typed is already marked in the text.
		if !strings.Contains(in.Text, l) {
			look("link", l)
		}
	}
	if len(f.Matches) == 0 {
		return f, false
	}
	if slip {
		f.Action = min(f.Action, models.Hold)
	}
	f.Detail = "matches " + quoteSome(words)
	return f, true
}

// quoteSome lists the first few different words.
func quoteSome(words []string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, w := range words {
		if seen[w] {
			continue
		}
		if len(seen) == 3 {
			b.WriteString(" …")
			break
		}
		if len(seen) > 0 {
			b.WriteString(", ")
		}
		seen[w] = true
		b.WriteString("“" + w + "”")
	}
	return b.String()
}

func (r *Reading) add(c *rule, detail string, matches []models.Match) {
	r.findings = append(r.findings, c.finding(c.Action, detail, matches))
}

// guard runs one rule. A panic in it is a finding that holds: a broken rule
// must not publish, and must not stop the others.
func (r *Reading) guard(c *rule, run func() (models.Finding, bool)) {
	defer func() {
		if p := recover(); p != nil {
			f := c.finding(models.Hold, fmt.Sprintf("The rule failed, so the comment is held: %v", p), nil)
			r.findings = append(r.findings, f)
		}
	}()
	if f, fired := run(); fired {
		r.findings = append(r.findings, c.finding(f.Action, f.Detail, f.Matches))
	}
}

// finding applies the rule's mode to its action.
func (c *rule) finding(action models.Action, detail string, matches []models.Match) models.Finding {
	switch c.Mode {
	case Shadow:
		detail, action = "would "+action.String()+": "+detail, models.NoAction
	case HoldOnly:
		action = min(action, models.Hold)
	}
	return models.Finding{
		RuleID: c.ID, Version: c.Version, Name: c.Name, Action: action, Reason: c.Reason, Detail: detail, Matches: matches,
	}
}

// Facts are what only the transaction knows of a comment.
type Facts struct {
	Author   models.Author
	Mode     models.Mode // that holds for the article
	Sanction string      // of the author, in force
	Keys     map[string]string
	Now      time.Time
}

// RateKeys lists the counters that the rate rules read for a comment: by rule
// id. A rule whose key is not known (no address, say) is left out.
func (e *Engine) RateKeys(keys map[string]string) map[int64]string {
	found := map[int64]string{}
	for i := range e.rules {
		if c := &e.rules[i]; c.Kind == Rate {
			if key, ok := join(c.by, keys); ok {
				found[c.ID] = key
			}
		}
	}
	return found
}

func join(by []string, keys map[string]string) (string, bool) {
	parts := make([]string, len(by))
	for i, b := range by {
		if parts[i] = keys[b]; parts[i] == "" {
			return "", false
		}
		parts[i] = b + ":" + parts[i]
	}
	return strings.Join(parts, "|"), true
}

// Conclude returns the verdict. tats holds the stored arrival times of the rate
// rules by rule id; it is changed to what has to be stored when the comment is
// taken, and must be thrown away when the verdict refuses it.
func (r *Reading) Conclude(f Facts, tats map[int64]int64) models.Verdict {
	v := models.Verdict{Findings: r.findings}
	for i := range r.engine.rules {
		c := &r.engine.rules[i]
		switch c.Kind {
		case Rate:
			c.concludeRate(&v, f, tats)
		case Author:
			if n := f.Author.Approved; n < c.number && f.Sanction != "trust" {
				v.Findings = append(v.Findings, c.finding(c.Action, authorDetail(n), nil))
			}
		}
	}
	if f.Mode == models.PreMode && f.Sanction != "trust" {
		v.Findings = append(v.Findings, models.Finding{Name: "Pre-moderation", Action: models.Hold, Detail: "Every comment here waits for a moderator."})
	}
	if f.Sanction == "premod" {
		v.Findings = append(v.Findings, models.Finding{Name: "Author is pre-moderated", Action: models.Hold, Detail: "A moderator decided to see this author's comments first."})
	}
	return v
}

func authorDetail(approved int) string {
	if approved == 0 {
		return "first comment of this author"
	}
	return fmt.Sprintf("the author has only %d approved comments", approved)
}

func (c *rule) concludeRate(v *models.Verdict, f Facts, tats map[int64]int64) {
	if _, ok := join(c.by, f.Keys); !ok {
		return
	}
	taken := c.limit.Take(tats[c.ID], f.Now.UnixNano())
	tats[c.ID] = taken.TAT
	if taken.Allowed {
		return
	}
	detail := fmt.Sprintf("more than %d in %s by %s", c.limit.Count, c.limit.Per, strings.Join(c.by, " and "))
	finding := c.finding(c.Action, detail, nil)
	v.Findings = append(v.Findings, finding)
	if finding.Action == models.Slow {
		v.RetryAfter = max(v.RetryAfter, taken.RetryAfter)
	}
}

// Failing returns an engine that holds every comment, for a site whose rules
// cannot be used.
func Failing(err error) *Engine {
	return &Engine{failure: "The rules of this site cannot be used, so every comment is held: " + err.Error()}
}
