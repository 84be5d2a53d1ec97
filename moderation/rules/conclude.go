package rules

import (
	"fmt"
	"time"

	"github.com/expr-lang/expr/vm"

	"postbag/models"
)

// comment is one comment being judged: what was read in it, what is known about
// it, and the rule that judges.
type comment struct {
	*Reading
	facts *Facts
	place place
	rule  *rule
	env   *environment // of expressions; made for the first
	vm    vm.VM        // that runs them
	taken []RateFact
}

// Conclude returns the verdict on a comment, and the counters as they have to be
// stored if the comment is taken: neither when it is refused, nor for an edit.
//
// It is a pure function of the rules, the text and the facts, and changes none
// of them. Every rule runs, none hides another; a rule that fails is a finding
// that holds the comment.
func (r *Reading) Conclude(f *Facts) (models.Verdict, []RateFact) {
	c := &comment{Reading: r, facts: f, place: placeOf(&f.Article), vm: vm.VM{MemoryBudget: maxMemory}}
	var v models.Verdict
	if r.engine.failure != "" {
		v.Findings = append(v.Findings, models.Finding{Name: failingName, Action: models.Hold, Detail: r.engine.failure})
	}
	allowed := false
	for i := range r.engine.rules {
		finding, wait, fired := c.ask(&r.engine.rules[i])
		if !fired {
			continue
		}
		v.Findings = append(v.Findings, finding)
		allowed = allowed || finding.Action == models.Allow
		if finding.Action == models.Slow {
			v.RetryAfter = max(v.RetryAfter, wholeSeconds(wait))
		}
	}
	c.askSettings(&v, allowed)
	return v, c.taken
}

// ask runs one rule. A panic in it is a finding that holds: a broken rule must
// not publish, and must not stop the others.
func (c *comment) ask(r *rule) (f models.Finding, wait int64, fired bool) {
	if !r.scope.holds(&c.place) {
		return f, 0, false
	}
	defer func() {
		if p := recover(); p != nil {
			f, wait, fired = r.failed(fmt.Sprint(p)), 0, true
		}
	}()
	c.rule = r
	e := r.when.holds(c)
	if e.truth == no || e.truth == perhaps && r.Action == models.Allow {
		return f, 0, false
	}
	return r.finding(e), e.wait, true
}

// mustBeRead panics when the text could not be read.
func (c *comment) mustBeRead() {
	if c.broken != "" {
		panic("the text could not be read: " + c.broken)
	}
}

// askSettings adds what the settings of the site, the article and the author
// say. allowed lifts what only waits for any moderator to look.
func (c *comment) askSettings(v *models.Verdict, allowed bool) {
	add := func(name string, action models.Action, detail string) {
		v.Findings = append(v.Findings, models.Finding{Name: name, Action: action, Detail: detail})
	}
	author, article := &c.facts.Author, &c.facts.Article
	if author.Sanction == "premod" {
		add("Author is pre-moderated", models.Hold, "A moderator decided to see this author's comments first.")
	}
	if author.trusted() {
		return
	}
	if wait := c.slowWait(); wait > 0 {
		add("Slow mode", models.Slow, fmt.Sprintf("The article is busy: one comment in %s from each author; the next in %s.",
			span(int64(article.SlowSeconds)*1000), span(wait)))
		v.RetryAfter = max(v.RetryAfter, wholeSeconds(wait))
	}
	if allowed {
		return
	}
	if article.Mode == models.PreMode {
		add("Pre-moderation", models.Hold, "Every comment here waits for a moderator.")
	}
	switch {
	case article.Heat >= heatHoldAll:
		add("Heated article", models.Hold, "The article is so busy that every comment waits for a moderator.")
	case article.Heat == heatHoldNew && author.Approved == 0:
		add("Heated article", models.Hold, "The article is so busy that comments of new authors wait for a moderator.")
	}
}

// slowWait is how long the author has to wait on an article in slow mode, in
// milliseconds; 0 for not at all.
func (c *comment) slowWait() int64 {
	a := &c.facts.Article
	if a.Heat != heatSlow || a.LastByAuthor == 0 || c.facts.Edit {
		return 0
	}
	slow := int64(a.SlowSeconds) * 1000
	return min(a.LastByAuthor+slow-c.facts.Now, slow)
}

// wholeSeconds rounds milliseconds up.
func wholeSeconds(ms int64) time.Duration {
	return time.Duration((ms+999)/1000) * time.Second
}

// span writes a time for people, rounded up to the second: 40 s, 5 minutes, 2
// hours.
func span(ms int64) string {
	s := (ms + 999) / 1000
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if s >= unit.seconds && s%unit.seconds == 0 {
			return count(int(s/unit.seconds), unit.name)
		}
	}
	return fmt.Sprintf("%d s", s)
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
