package moderation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// MaxRules is how many rules a site can have.
const MaxRules = 200

// Rules returns the rules of a site, in the order in which they were made.
func (s *Service) Rules(ctx context.Context, site string) ([]models.Rule, error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, err
	}
	list, err := s.store.Rules(ctx, entry.ID)
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	return list, nil
}

// Rule returns one rule by its public id.
func (s *Service) Rule(ctx context.Context, id string) (models.Rule, error) {
	number, ok := models.RuleID.Parse(id)
	if !ok {
		return models.Rule{}, translate(store.ErrNotFound, "rule")
	}
	r, err := s.store.Rule(ctx, number)
	return r, translate(err, "rule")
}

// RuleVersions returns the versions of a rule, newest first, at most 500. Those
// of a deleted rule are still there.
func (s *Service) RuleVersions(ctx context.Context, id string) ([]models.RuleVersion, error) {
	number, ok := models.RuleID.Parse(id)
	if !ok {
		return nil, translate(store.ErrNotFound, "rule")
	}
	list, err := s.store.RuleVersions(ctx, number)
	if err == nil && len(list) == 0 {
		err = translate(store.ErrNotFound, "rule")
	}
	return list, err
}

// AddRule stores a rule as version 1. It holds for the next comment, in this
// process at once, in others within a second. CodeInvalid names every field
// that is wrong by its path, such as spec.terms[3]; CodeConflict: the site has
// a rule of that name, or as many rules as it can have.
func (s *Service) AddRule(ctx context.Context, by models.Moderator, site string, d RuleDraft) (models.Rule, error) {
	entry, err := s.site(site)
	if err != nil {
		return models.Rule{}, err
	}
	r := models.Rule{SiteID: entry.ID, Kind: d.Kind, Promise: unpromised}
	if err := d.change(&r); err != nil {
		return models.Rule{}, err
	}
	err = s.changeRules(ctx, by, entry, func(before []models.Rule) ([]ruleChange, error) {
		r := r // a second attempt begins anew
		return []ruleChange{{after: &r}}, nil
	}, func(done []ruleChange) { r = *done[0].after })
	return r, err
}

// SetRule stores a new version of a rule, of the same kind, provided that
// version is the current one; CodeConflict otherwise. A draft that changes
// nothing makes no version.
func (s *Service) SetRule(ctx context.Context, by models.Moderator, id string, version int, d RuleDraft) (models.Rule, error) {
	return s.editRule(ctx, by, id, version, func(r *models.Rule) error {
		if d.Kind != "" && d.Kind != r.Kind {
			return models.Invalid("kind", "The kind of a rule stays. Make a new rule instead.")
		}
		return d.change(r)
	})
}

// SetRuleMode switches a rule on, off or into shadow, like SetRule. What its
// backtest promised stays.
func (s *Service) SetRuleMode(ctx context.Context, by models.Moderator, id string, version int, mode string) (models.Rule, error) {
	return s.editRule(ctx, by, id, version, func(r *models.Rule) error {
		if !slices.Contains(rules.Modes(), mode) {
			return models.Invalid("mode", "Use "+strings.Join(rules.Modes(), ", ")+".")
		}
		r.Mode = mode
		return nil
	})
}

// editRule changes one stored rule.
func (s *Service) editRule(ctx context.Context, by models.Moderator, id string, version int, edit func(*models.Rule) error) (models.Rule, error) {
	r, entry, err := s.ruleAndSite(ctx, id)
	if err != nil {
		return r, err
	}
	err = s.changeRules(ctx, by, entry, func(stored []models.Rule) ([]ruleChange, error) {
		before := byID(stored, r.ID)
		if before == nil {
			return nil, translate(store.ErrNotFound, "rule")
		}
		after := *before
		if err := edit(&after); err != nil {
			return nil, err
		}
		if before.Version != version {
			return nil, translate(store.ErrConflict, "rule")
		}
		return []ruleChange{{before: before, after: &after}}, nil
	}, func(done []ruleChange) { r = *done[0].after })
	if err != nil {
		return models.Rule{}, err
	}
	return r, nil
}

// DeleteRule ends a rule. Its versions, and what it found on comments, stay on
// record.
func (s *Service) DeleteRule(ctx context.Context, by models.Moderator, id string) error {
	r, entry, err := s.ruleAndSite(ctx, id)
	if err != nil {
		return err
	}
	return s.changeRules(ctx, by, entry, func(stored []models.Rule) ([]ruleChange, error) {
		before := byID(stored, r.ID)
		if before == nil {
			return nil, translate(store.ErrNotFound, "rule")
		}
		return []ruleChange{{before: before}}, nil
	}, func([]ruleChange) {})
}

func (s *Service) ruleAndSite(ctx context.Context, id string) (models.Rule, *siteEntry, error) {
	r, err := s.Rule(ctx, id)
	if err != nil {
		return r, nil, err
	}
	entry, ok := s.sites.byID(r.SiteID)
	if !ok {
		return r, nil, fmt.Errorf("rule %d: its site %d is not known", r.ID, r.SiteID)
	}
	return r, entry, nil
}

func byID(list []models.Rule, id int64) *models.Rule {
	i := slices.IndexFunc(list, func(r models.Rule) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// change writes a draft into a rule and checks the result.
func (d *RuleDraft) change(r *models.Rule) error {
	r.Name, r.Action, r.Mode, r.Reason, r.Spec = tidy(d.Name), d.Action, d.Mode, tidy(d.Reason), d.Spec
	r.Code, r.Tag, r.Priority, r.Legal, r.Scope = tidy(d.Code), tidy(d.Tag), d.Priority, d.Legal, d.Scope
	if r.Mode == "" {
		r.Mode = rules.Enforce
	}
	return ruleProblems("", r)
}

// ruleProblems refuses a rule that is wrong, and names every field that is.
func ruleProblems(prefix string, r *models.Rule) error {
	var wrong []models.FieldError
	for _, p := range rules.Check(*r) {
		wrong = append(wrong, models.FieldError{Field: prefix + p.Path, Detail: p.Detail})
	}
	return fieldErrors(wrong)
}
