package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// unpromised is the Promise of a rule that was never backtested as it is.
const unpromised = -1

// ruleChange is one change of a rule: without before it is new, without after
// it is deleted.
type ruleChange struct {
	before, after *models.Rule
	path          string // what comes before the names of its fields: rules[2]. in a list
}

// errRevision: the rules of the site changed between looking and writing.
var errRevision = errors.New("the rules changed meanwhile")

// changeRules changes rules of a site, all or nothing. plan says what is to
// change about the stored rules; it may be called again when somebody else
// changed them meanwhile. done gets what was written.
//
// The site's rules as they will be are compiled first, together, so that a rule
// that cannot work never replaces one that does. That takes time, and so
// happens outside of the transaction, which then only makes sure that the rules
// are still those that were looked at. Changes made in one process wait for each
// other; those of several processes at once try again.
func (s *Service) changeRules(ctx context.Context, by models.Moderator, entry *siteEntry, plan func([]models.Rule) ([]ruleChange, error), done func([]ruleChange)) error {
	s.ruleSaves.Lock()
	defer s.ruleSaves.Unlock()
	for range 5 {
		site, stored, err := s.storedRules(ctx, entry.ID)
		if err != nil {
			return err
		}
		changes, err := plan(stored)
		if err != nil {
			return err
		}
		if err := allowChanges(&site, stored, changes, entry.engine); err != nil {
			return err
		}
		if err := s.promises(ctx, entry.ID, changes); err != nil {
			return err
		}
		err = s.store.Write(ctx, func(tx *store.Tx) error { return writeRules(ctx, tx, by, site, changes) })
		if err == nil {
			done(changes)
			return nil
		}
		if !errors.Is(err, errRevision) {
			return translate(err, "rule")
		}
	}
	refusal := models.Refuse(models.CodeBusy, "Others change the rules of this site at the moment. Nothing was saved: try again in a few seconds.")
	refusal.RetryAfter = 2 * time.Second
	return refusal
}

// recentBacktests is how many of a site's latest backtests may have been of a
// rule before it was saved.
const recentBacktests = 20

// promises gives rules that fire on other comments than before what the latest
// backtest of these conditions promised, if there was one: a rule is tried
// first, and then saved.
func (s *Service) promises(ctx context.Context, site int64, changes []ruleChange) error {
	var runs []models.Backtest
	for _, c := range changes {
		if c.after == nil || c.before != nil && sameConditions(c.before, c.after) {
			continue
		}
		if runs == nil {
			var err error
			if runs, err = s.store.Backtests(ctx, site, 0, recentBacktests); err != nil {
				return err
			}
			runs = slices.DeleteFunc(runs, func(b models.Backtest) bool { return b.State != backtestDone })
		}
		c.after.Promise = promised(c.after, runs)
	}
	return nil
}

// promised returns the promise of the first backtest of a rule's conditions.
func promised(r *models.Rule, runs []models.Backtest) int {
	for i := range runs {
		tested, result, err := DecodeBacktest(&runs[i])
		if err == nil && result.Comments > 0 && sameConditions(&tested, r) {
			return int(result.Share*1e6 + 0.5)
		}
	}
	return unpromised
}

// storedRules reads a site and its rules as of one moment.
func (s *Service) storedRules(ctx context.Context, id int64) (models.Site, []models.Rule, error) {
	site, err := storedSite(ctx, s.store.Query, id)
	if err != nil {
		return site, nil, translate(err, "site")
	}
	list, err := s.store.RulesAt(ctx, id, site.Revision)
	if err != nil {
		return site, nil, fmt.Errorf("read rules: %w", err)
	}
	return site, list, nil
}

// allowChanges refuses changes after which the rules of a site would not work
// together: a code that is none of its reasons, a name twice, too many, too many
// words in all. Rules that were broken before do not keep anybody from mending
// them.
func allowChanges(site *models.Site, stored []models.Rule, changes []ruleChange, engine *rules.Engine) error {
	if err := allowCodes(site, changes); err != nil {
		return err
	}
	after := applied(stored, changes)
	names := map[string]bool{}
	for i := range after {
		name := foldName(after[i].Name)
		if names[name] {
			return nameTaken(after[i].Name)
		}
		names[name] = true
	}
	if len(after) > MaxRules && len(after) > len(stored) {
		return models.Refuse(models.CodeConflict, "A site has at most %d rules. Delete one, or put more words into an existing list.", MaxRules)
	}
	_, err := rules.Compile(after, engine)
	if err == nil {
		return nil
	}
	if _, before := rules.Compile(stored, engine); before != nil {
		return nil
	}
	var problem *rules.Problem
	if errors.As(err, &problem) {
		return models.Invalid(problem.Path, problem.Detail)
	}
	return fmt.Errorf("compile rules: %w", err)
}

// allowCodes refuses codes that are none of the site's reasons. One that was is
// not in the way of other changes.
func allowCodes(site *models.Site, changes []ruleChange) error {
	var wrong []models.FieldError
	for _, c := range changes {
		if c.after == nil || c.before != nil && c.before.Code == c.after.Code {
			continue
		}
		if detail := codeProblem(site, c.after.Code); detail != "" {
			wrong = append(wrong, models.FieldError{Field: c.path + "code", Detail: detail})
		}
	}
	return fieldErrors(wrong)
}

// codeProblem says what is wrong with the code of a rule, if something is.
func codeProblem(site *models.Site, code string) string {
	keys := make([]string, len(site.Reasons))
	for i, r := range site.Reasons {
		keys[i] = r.Key
	}
	if code == "" || slices.Contains(keys, code) {
		return ""
	}
	hint := "."
	if near := rules.Suggest(code, keys); near != "" {
		hint = fmt.Sprintf(", did you mean “%s”?", near)
	}
	return fmt.Sprintf("This site has no reason “%s”%s Its reasons are: %s.", clip(code, 40), hint, strings.Join(keys, ", "))
}

// applied returns the rules as they are after changes, in the order in which
// they will be read back.
func applied(stored []models.Rule, changes []ruleChange) []models.Rule {
	after := slices.Clone(stored)
	for _, c := range changes {
		switch {
		case c.before == nil:
			after = append(after, *c.after)
		case c.after == nil:
			after = slices.DeleteFunc(after, func(r models.Rule) bool { return r.ID == c.before.ID })
		default:
			*byID(after, c.before.ID) = *c.after
		}
	}
	return after
}

// foldName makes names equal that a person would take for the same.
func foldName(name string) string { return strings.ToLower(tidy(name)) }

func nameTaken(name string) error {
	const detail = "Another rule of this site has this name. Choose another one, or change that rule."
	refusal := models.Refuse(models.CodeConflict, "There is already a rule “%s”. Choose another name, or change that rule.", clip(name, 100))
	refusal.Fields = []models.FieldError{{Field: "name", Detail: detail}}
	return refusal
}

// writeRules writes changes and the lines of the log about them. What is
// deleted goes first, and makes room for its name.
func writeRules(ctx context.Context, tx *store.Tx, by models.Moderator, looked models.Site, changes []ruleChange) error {
	site, err := storedSite(ctx, tx.Query, looked.ID)
	if err != nil {
		return err
	}
	if site.Revision != looked.Revision {
		return errRevision
	}
	for _, c := range changes {
		if c.after == nil {
			if err := tx.DeleteRule(ctx, c.before); err != nil {
				return err
			}
		}
	}
	for _, c := range changes {
		if err := c.write(ctx, tx, by); err != nil {
			return err
		}
	}
	return nil
}

func (c *ruleChange) write(ctx context.Context, tx *store.Tx, by models.Moderator) error {
	r := c.before
	switch {
	case c.after == nil:
	case c.before == nil:
		r = c.after
		if err := tx.AddRule(ctx, r, by.ID); err != nil {
			return err
		}
	case sameRule(c.before, c.after):
		return nil
	default:
		r = c.after
		if err := c.keepPromise(ctx, tx); err != nil {
			return err
		}
		if err := tx.SaveRule(ctx, r, by.ID); err != nil {
			return err
		}
	}
	return tx.AddNote(ctx, &models.Note{SiteID: r.SiteID, Kind: noteRule, Subject: models.RuleID.Format(r.ID), ModeratorID: by.ID, Text: c.sentence()})
}

// keepPromise lets what a backtest promised stand for as long as the rule fires
// on the same comments. A backtest may have ended a moment ago.
func (c *ruleChange) keepPromise(ctx context.Context, tx *store.Tx) error {
	if !sameConditions(c.before, c.after) {
		return nil
	}
	now, err := tx.Rule(ctx, c.before.ID)
	c.after.Promise = now.Promise
	return err
}

// sentence says what changed.
func (c *ruleChange) sentence() string {
	switch {
	case c.before == nil:
		return fmt.Sprintf("Added the rule “%s”: %s.", c.after.Name, clip(rules.Summary(*c.after), 300))
	case c.after == nil:
		return fmt.Sprintf("Deleted the rule “%s”: %s.", c.before.Name, clip(rules.Summary(*c.before), 300))
	}
	return fmt.Sprintf("Changed the rule “%s”: %s.", c.before.Name, strings.Join(c.differences(), ", "))
}

// differences names what differs between two versions, with short values.
func (c *ruleChange) differences() []string {
	b, a := c.before, c.after
	var list []string
	note := func(what, from, to string) {
		if from != to {
			list = append(list, fmt.Sprintf("%s “%s” instead of “%s”", what, clip(to, 100), clip(from, 100)))
		}
	}
	note("name", b.Name, a.Name)
	note("mode", b.Mode, a.Mode)
	note("action", b.Action.String(), a.Action.String())
	note("tag", b.Tag, a.Tag)
	note("reason", b.Reason, a.Reason)
	note("code", b.Code, a.Code)
	if b.Priority != a.Priority {
		list = append(list, fmt.Sprintf("priority %d instead of %d", a.Priority, b.Priority))
	}
	if b.Legal != a.Legal {
		list = append(list, map[bool]string{true: "now for a legal duty", false: "no longer for a legal duty"}[a.Legal])
	}
	if !sameScope(b.Scope, a.Scope) {
		list = append(list, "another scope")
	}
	if !sameSpec(b.Spec, a.Spec) {
		list = append(list, "other conditions")
	}
	return list
}
