package moderation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/models"
	"postbag/moderation/keyword"
	"postbag/moderation/rules"
)

// maxFoldedLinks is how many links the test box explains.
const maxFoldedLinks = 10

// TestRules says what a site's rules would say of a comment by somebody who has
// never written here, and, when there is one, what an unsaved rule would. It
// asks all but the rules that count comments, which it names, and stores
// nothing. What is wrong with the unsaved rule is told under its path, such as
// rule.spec.terms[3].
func (s *Service) TestRules(ctx context.Context, in Probe) (TestResult, error) {
	site, err := s.site(in.Site)
	if err != nil {
		return TestResult{}, err
	}
	if in.Text, err = cleanText(&site.Site, in.Text); err != nil {
		return TestResult{}, err
	}
	in.Name, in.Email = tidy(in.Name), strings.TrimSpace(in.Email)
	if problem := joinFields(labelled("author.name", nameProblem(in.Name)), labelled("author.email", emailProblem(in.Email))); problem != nil {
		return TestResult{}, problem
	}
	doc, err := render(in.Text)
	if err != nil {
		return TestResult{}, err
	}
	article, err := s.probedArticle(ctx, site, in.Article)
	if err != nil {
		return TestResult{}, err
	}
	result := TestResult{Text: in.Text}
	engine, err := s.engineWith(ctx, site, &in, &result)
	if err != nil {
		return TestResult{}, err
	}
	now := s.clock().UnixMilli()
	input := rules.Input{Text: in.Text, Name: in.Name, Email: in.Email, Links: targets(doc)}
	result.Verdict, _ = engine.Read(input).Conclude(&rules.Facts{
		Now: now, Text: rules.Digest(in.Text), Email: in.Email, Links: input.Links, Article: article,
		Author: rules.AuthorFacts{Kind: "guest", Since: now},
	})
	result.Folds = folds(input)
	return result, nil
}

func labelled(field, problem string) error {
	if problem == "" {
		return nil
	}
	return models.Invalid(field, problem)
}

// engineWith returns the rules that run on a site, with the unsaved rule in its
// place among them, and notes in the result which those are.
func (s *Service) engineWith(ctx context.Context, site *siteEntry, in *Probe, result *TestResult) (*rules.Engine, error) {
	engine := site.engine
	if in.Rule != nil {
		list, err := s.probedRules(ctx, site, in)
		if err != nil {
			return nil, err
		}
		result.Rule = list[len(list)-1].ID
		if engine, err = rules.Compile(list, engine); err != nil {
			return nil, models.Invalid("rule.spec", "Together with the other rules of the site this one is too large.")
		}
	}
	for _, r := range engine.Rules() {
		if r.Kind == rules.Rate || r.Kind == rules.Flood {
			result.Untried = append(result.Untried, r.Name)
		}
	}
	return engine, nil
}

// probedRules returns the rules of a site with the unsaved rule at their end,
// without the one that it would replace.
func (s *Service) probedRules(ctx context.Context, site *siteEntry, in *Probe) ([]models.Rule, error) {
	stored := models.Rule{ID: UnsavedRule, SiteID: site.ID, Kind: in.Rule.Kind}
	if in.ID != "" {
		var err error
		if stored, err = s.Rule(ctx, in.ID); err != nil && models.CodeOf(err) != models.CodeNotFound {
			return nil, err
		}
		if err != nil || stored.SiteID != site.ID {
			return nil, models.Invalid("id", "This site has no such rule.")
		}
	}
	r, draft := stored, *in.Rule
	if draft.Kind != "" {
		r.Kind = draft.Kind
	}
	if draft.Mode == rules.Draft {
		draft.Mode = rules.Shadow
	}
	if tidy(draft.Name) == "" {
		draft.Name = "This rule"
	}
	if err := draft.change(&r); err != nil {
		return nil, fieldErrors(prefixed("rule.", err))
	}
	if err := allowCodes(&site.Site, []ruleChange{{before: &stored, after: &r, path: "rule."}}); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Clone(site.engine.Rules()), func(old models.Rule) bool { return old.ID == r.ID })
	return append(list, r), nil
}

// probedArticle states what is known of the article that a probe names. One that
// is not known yet, or none, has the mode of the site.
func (s *Service) probedArticle(ctx context.Context, site *siteEntry, ref models.ArticleRef) (rules.ArticleFacts, error) {
	facts := rules.ArticleFacts{Ident: ref.ID, URL: ref.URL, Mode: site.Mode}
	names := aliasesOf(site.ID, ref)
	found, err := s.store.Aliases(ctx, names)
	if err != nil {
		return facts, fmt.Errorf("test rules: %w", err)
	}
	id, _ := choose(names, found)
	if id == 0 {
		return facts, nil
	}
	article, err := s.store.Article(ctx, id)
	if err != nil {
		return facts, fmt.Errorf("test rules: %w", err)
	}
	return articleFacts(&site.Site, &article), nil
}

// folds says how the matcher reads each field.
func folds(in rules.Input) []Fold {
	var list []Fold
	add := func(field, text string) {
		if text != "" {
			shown, readings := keyword.Readings(text)
			list = append(list, Fold{field, text, shown, readings})
		}
	}
	add("text", in.Text)
	add("name", in.Name)
	add("email", in.Email)
	for _, link := range in.Links[:min(len(in.Links), maxFoldedLinks)] {
		add("link", link)
	}
	return list
}
