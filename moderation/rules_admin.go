package moderation

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

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

// AddRule stores a rule as version 1. It holds for the next comment.
func (s *Service) AddRule(ctx context.Context, site string, d RuleDraft) (models.Rule, error) {
	entry, err := s.site(site)
	if err != nil {
		return models.Rule{}, err
	}
	r := models.Rule{SiteID: entry.ID, Kind: d.Kind}
	if err := d.change(&r); err != nil {
		return models.Rule{}, err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		stored, err := tx.Rules(ctx, entry.ID)
		if err != nil {
			return err
		}
		if len(stored) >= MaxRules {
			return models.Refuse(models.CodeConflict, "A site has at most %d rules. Delete one, or put more words into an existing list.", MaxRules)
		}
		return tx.AddRule(ctx, &r)
	})
	if err != nil {
		return models.Rule{}, err
	}
	return r, nil
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

// SetRule stores a new version of a rule, of the same kind, provided that
// version is the current one; CodeConflict otherwise.
func (s *Service) SetRule(ctx context.Context, id string, version int, d RuleDraft) (models.Rule, error) {
	r, err := s.Rule(ctx, id)
	if err != nil {
		return models.Rule{}, err
	}
	if d.Kind != "" && d.Kind != r.Kind {
		return models.Rule{}, models.Invalid("kind", "The kind of a rule stays. Make a new rule instead.")
	}
	if err := d.change(&r); err != nil {
		return models.Rule{}, err
	}
	r.Version = version
	err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveRule(ctx, &r) })
	if err != nil {
		return models.Rule{}, translate(err, "rule")
	}
	return r, nil
}

// DeleteRule ends a rule. What it found on comments stays on record.
func (s *Service) DeleteRule(ctx context.Context, id string) error {
	number, ok := models.RuleID.Parse(id)
	if !ok {
		return translate(store.ErrNotFound, "rule")
	}
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.Rule(ctx, number)
		if err != nil {
			return err
		}
		return tx.DeleteRule(ctx, &r)
	})
	return translate(err, "rule")
}

// change writes a draft into a rule and checks the result.
func (d *RuleDraft) change(r *models.Rule) error {
	r.Name, r.Action, r.Mode, r.Reason, r.Spec = tidy(d.Name), d.Action, d.Mode, tidy(d.Reason), d.Spec
	if r.Mode == "" {
		r.Mode = rules.Enforce
	}
	if !isLabel(r.Name) {
		return models.Invalid("name", fmt.Sprintf("A rule needs a name of at most %d characters.", maxLabel))
	}
	if !plain(r.Reason) || !utf8.ValidString(r.Spec) {
		return models.Invalid("reason", "Only plain text can be stored.")
	}
	if err := rules.Check(*r); err != nil {
		return models.Invalid("spec", sentence(err))
	}
	return nil
}

// sentence makes one for people out of an error that was written for them.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}

// TestRules says what a site's rules would say of a comment by somebody who has
// never written here. It asks all but the rate rules, and stores nothing.
func (s *Service) TestRules(ctx context.Context, in Submission) (models.Verdict, error) {
	site, err := s.site(in.Site)
	if err != nil {
		return models.Verdict{}, err
	}
	text, err := cleanText(&site.Site, in.Text)
	if err != nil {
		return models.Verdict{}, err
	}
	if problem := joinFields(labelled("author.name", nameProblem(in.Name)), labelled("author.email", emailProblem(in.Email))); problem != nil {
		return models.Verdict{}, problem
	}
	doc, err := render(text)
	if err != nil {
		return models.Verdict{}, err
	}
	mode, err := s.modeFor(ctx, site, in.Article)
	if err != nil {
		return models.Verdict{}, err
	}
	reading := site.engine.Read(rules.Input{Text: text, Name: in.Name, Email: in.Email, Links: targets(doc)})
	return reading.Conclude(rules.Facts{Mode: mode, Now: s.clock()}, map[int64]int64{}), nil
}

func labelled(field, problem string) error {
	if problem == "" {
		return nil
	}
	return models.Invalid(field, problem)
}

// modeFor returns the mode that holds for an article; for none, or one that is
// not known, it is the site's.
func (s *Service) modeFor(ctx context.Context, site *siteEntry, ref models.ArticleRef) (models.Mode, error) {
	names := aliasesOf(site.ID, ref)
	found, err := s.store.Aliases(ctx, names)
	if err != nil {
		return "", fmt.Errorf("test rules: %w", err)
	}
	id, _ := choose(names, found)
	if id == 0 {
		return site.Mode, nil
	}
	article, err := s.store.Article(ctx, id)
	if err != nil {
		return "", fmt.Errorf("test rules: %w", err)
	}
	return site.ModeOf(article.Mode), nil
}
