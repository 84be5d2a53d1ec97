package moderation

import (
	"context"
	"fmt"
	"slices"

	"postbag/models"
)

// ApplyRules makes the rules of a site those of a list, as a file says them:
// rules of the same name are changed, new ones added, and with Prune all others
// deleted. All or nothing, and in one transaction. Applying the same list again
// changes nothing.
//
// CodeInvalid names what is wrong by its path, such as rules[2].spec.terms[3].
func (s *Service) ApplyRules(ctx context.Context, by models.Moderator, site string, list []models.Rule, o ApplyOptions) (RulesPlan, error) {
	entry, err := s.site(site)
	if err != nil {
		return RulesPlan{}, err
	}
	list = slices.Clone(list)
	if err := checkList(list); err != nil {
		return RulesPlan{}, err
	}
	if o.DryRun {
		return s.planRules(ctx, entry, list, o)
	}
	var plan RulesPlan
	err = s.changeRules(ctx, by, entry, func(stored []models.Rule) (changes []ruleChange, err error) {
		plan, changes = compareRules(entry.ID, stored, list, o.Prune)
		return changes, nil
	}, func([]ruleChange) {})
	if err != nil {
		return RulesPlan{}, err
	}
	return plan, nil
}

// planRules says what ApplyRules would do, or why it would not.
func (s *Service) planRules(ctx context.Context, entry *siteEntry, list []models.Rule, o ApplyOptions) (RulesPlan, error) {
	site, stored, err := s.storedRules(ctx, entry.ID)
	if err != nil {
		return RulesPlan{}, err
	}
	plan, changes := compareRules(entry.ID, stored, list, o.Prune)
	if err := allowChanges(&site, stored, changes, entry.engine); err != nil {
		return RulesPlan{}, err
	}
	return plan, nil
}

// checkList tidies the rules of a list and refuses it if one is wrong.
func checkList(list []models.Rule) error {
	if len(list) > MaxRules {
		return models.Invalid("rules", fmt.Sprintf("A site has at most %d rules.", MaxRules))
	}
	var wrong []models.FieldError
	names := map[string]bool{}
	for i := range list {
		r := &list[i]
		path := fmt.Sprintf("rules[%d].", i)
		d := draftOf(r)
		err := d.change(r)
		if err != nil {
			wrong = append(wrong, prefixed(path, err)...)
		}
		if names[foldName(r.Name)] && err == nil {
			wrong = append(wrong, models.FieldError{Field: path + "name", Detail: "Another rule of the list has this name."})
		}
		names[foldName(r.Name)] = true
	}
	return fieldErrors(wrong[:min(len(wrong), 100)])
}

// draftOf is the draft that would make a rule.
func draftOf(r *models.Rule) RuleDraft {
	return RuleDraft{
		Name: r.Name, Kind: r.Kind, Action: r.Action, Mode: r.Mode, Reason: r.Reason, Code: r.Code, Tag: r.Tag, Priority: r.Priority,
		Legal: r.Legal, Scope: r.Scope, Spec: r.Spec,
	}
}

// compareRules says what has to change for a site to have the rules of a list.
// A rule that gets another kind is a new rule.
func compareRules(site int64, stored, list []models.Rule, prune bool) (RulesPlan, []ruleChange) {
	var plan RulesPlan
	var changes []ruleChange
	listed := map[string]bool{}
	for i := range list {
		after, path := list[i], fmt.Sprintf("rules[%d].", i)
		after.ID, after.SiteID, after.Version, after.Promise = 0, site, 0, unpromised
		listed[foldName(after.Name)] = true
		k := slices.IndexFunc(stored, func(r models.Rule) bool { return foldName(r.Name) == foldName(after.Name) })
		switch {
		case k < 0:
			plan.Added = append(plan.Added, after.Name)
			changes = append(changes, ruleChange{after: &after, path: path})
		case sameRule(&stored[k], &after):
			plan.Unchanged = append(plan.Unchanged, after.Name)
		case stored[k].Kind != after.Kind:
			plan.Changed = append(plan.Changed, after.Name)
			changes = append(changes, ruleChange{before: &stored[k]}, ruleChange{after: &after, path: path})
		default:
			plan.Changed = append(plan.Changed, after.Name)
			after.ID, after.Version, after.CreatedAt = stored[k].ID, stored[k].Version, stored[k].CreatedAt
			changes = append(changes, ruleChange{&stored[k], &after, path})
		}
	}
	for i := range stored {
		switch {
		case listed[foldName(stored[i].Name)]:
		case prune:
			plan.Removed = append(plan.Removed, stored[i].Name)
			changes = append(changes, ruleChange{before: &stored[i]})
		default:
			plan.Kept = append(plan.Kept, stored[i].Name)
		}
	}
	for i := range changes {
		plan.Notes = append(plan.Notes, changes[i].sentence())
	}
	return plan, changes
}

// prefixed returns the fields of a refusal below a path.
func prefixed(path string, err error) []models.FieldError {
	var list []models.FieldError
	for _, f := range fieldsOf(err) {
		list = append(list, models.FieldError{Field: path + f.Field, Detail: f.Detail})
	}
	return list
}
