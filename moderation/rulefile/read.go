package rulefile

import (
	"fmt"
	"slices"
	"strings"

	"postbag/models"
	"postbag/moderation/rules"
)

// top reads what stands at the left margin.
func (r *reader) top(n *node) []models.Rule {
	if n.style != mapping {
		r.note(n, "", "a rule file begins with `version: 1`, and has its rules in a list below `rules:`")
		return nil
	}
	var held *node
	seen := r.keys(n, "")
	for _, m := range seen {
		switch m.key.text {
		case "version":
			if m.value.text != version || m.value.style != plain {
				r.note(m.value, "version", "this Postbag reads version 1 of rule files; write `version: 1`")
			}
		case "rules":
			held = m.value
		default:
			r.unknown(m.key, "", []string{"version", "rules"}, nil)
		}
	}
	if !slices.ContainsFunc(seen, func(m member) bool { return m.key.text == "version" }) {
		r.note(n, "version", "the file must say which version of the format it has; begin with `version: 1`")
	}
	if held == nil {
		r.note(n, "rules", "the file has no rules; put them in a list below `rules:`")
		return nil
	}
	return r.rules(held)
}

func (r *reader) rules(n *node) []models.Rule {
	if n.style != list {
		r.note(n, "rules", "`rules` must be a list: begin each rule with a hyphen, `- name: …`; for no rules write `rules: []`")
		return nil
	}
	if len(n.items) > MaxRules {
		r.note(n.items[MaxRules], "rules", "a site has at most %d rules; delete some, or put more words into one list", MaxRules)
		return nil
	}
	r.names = map[string]int{}
	all := make([]models.Rule, 0, len(n.items))
	for i, item := range n.items {
		r.prefix = fmt.Sprintf("rules[%d]", i)
		rr := ruleReader{reader: r, at: item, places: map[string]place{}}
		all = append(all, rr.read())
	}
	return all
}

// keys returns the members of a mapping whose names can be used, and notes the
// others.
func (r *reader) keys(n *node, path string) []member {
	var good []member
	lines := map[string]int{}
	for _, m := range n.members {
		switch line, twice := lines[m.key.text]; {
		case !m.key.scalar() || m.key.text == "":
			r.note(m.key, path, "a field has a name, then a colon: `name: value`")
		case m.key.text == "<<":
			r.note(m.key, path, "write the fields out; merge keys are not used in rule files")
		case twice:
			r.note(m.key, join(path, m.key.text), "`%s` is given twice, first in line %d", clip(m.key.text), line)
		default:
			lines[m.key.text] = m.key.line
			good = append(good, m)
		}
	}
	return good
}

// unknown notes a field that does not exist. instead names the fields of the
// JSON form that are written otherwise in a file.
func (r *reader) unknown(key *node, path string, known []string, instead map[string]string) {
	name := clip(key.text)
	switch near := rules.Suggest(key.text, known); {
	case instead[key.text] != "":
		r.note(key, join(path, key.text), "unknown field `%s`; write `%s`", name, instead[key.text])
	case near != "":
		r.note(key, join(path, key.text), "unknown field `%s`, did you mean `%s`?", name, near)
	default:
		r.note(key, join(path, key.text), "unknown field `%s`; use one of %s", name, strings.Join(known, ", "))
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// clip shortens a text of the file before it is repeated.
func clip(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}

// place is where a value stands, and how its path is written in the file.
type place struct {
	at   *node
	path string // within the rule
}

// ruleReader reads one rule.
type ruleReader struct {
	*reader
	at     *node
	rule   models.Rule
	kind   *node            // the field that gave the kind
	lane   *node            // the field of that name
	places map[string]place // by the paths that package rules uses
}

// headFields lists the fields of a rule beside its conditions.
func headFields() []string {
	return []string{"name", "scope", "action", "lane", "priority", "tag", "reason", "code", "legal", "mode"}
}

// joiners are the fields of a combination that may stand in the rule itself.
func joiners() []string { return []string{"all", "any", "at_least", "of"} }

func (rr *ruleReader) read() models.Rule {
	if rr.at.style != mapping {
		rr.note(rr.at, "", "a rule has fields; begin with `- name: …`")
		return models.Rule{}
	}
	before, strange := len(rr.problems), false
	rr.rule.Mode = rules.Enforce
	joined := &node{line: rr.at.line, column: rr.at.column, style: mapping}
	for _, m := range rr.keys(rr.at, "") {
		rr.places[m.key.text] = place{m.value, m.key.text}
		switch name := m.key.text; {
		case slices.Contains(headFields(), name):
			rr.head(m)
		case slices.Contains(joiners(), name):
			joined.members = append(joined.members, m)
			rr.setKind(m.key, rules.Combination)
		case slices.Contains(rules.Kinds(), name):
			if rr.setKind(m.key, name) {
				rr.spec(name, m.value, name)
			}
		default:
			strange = true
			rr.unknown(m.key, "", slices.Concat(headFields(), rules.Kinds(), joiners()), nil)
		}
	}
	if len(joined.members) > 0 && rr.kind == joined.members[0].key {
		rr.spec(rules.Combination, joined, "")
	}
	rr.complete(strange)
	if len(rr.problems) == before {
		rr.check()
	}
	return rr.rule
}

// setKind takes the kind of the rule from the field that holds its conditions.
func (rr *ruleReader) setKind(key *node, kind string) bool {
	if rr.kind == nil {
		rr.kind, rr.rule.Kind = key, kind
		return true
	}
	if kind == rules.Combination && slices.Contains(joiners(), rr.kind.text) && slices.Contains(joiners(), key.text) {
		return false
	}
	rr.note(key, key.text, "a rule has one kind, and line %d says `%s` already; to join conditions write them in a list below `all:` or `any:`", rr.kind.line, rr.kind.text)
	return false
}

// head reads a field beside the conditions.
func (rr *ruleReader) head(m member) {
	path := m.key.text
	r := &rr.rule
	switch m.key.text {
	case "name":
		rr.name(m.value, path)
	case "scope":
		rr.scope(m.value, path)
	case "action":
		if word, ok := rr.text(m.value, path); ok {
			r.Action, ok = models.ParseAction(word)
			if !ok {
				rr.choose(m.value, path, word, actionNames())
			}
		}
	case "lane":
		rr.lane = m.value
		rr.oneOf(m.value, path, []string{models.LanePending.String(), models.LaneEscalated.String()})
	case "priority":
		i := rr.oneOf(m.value, path, priorityNames())
		r.Priority = 10 * max(i, 0)
	case "mode":
		if i := rr.oneOf(m.value, path, rules.Modes()); i >= 0 {
			r.Mode = rules.Modes()[i]
		}
	case "legal":
		r.Legal, _ = rr.truth(m.value, path)
	case "tag":
		r.Tag, _ = rr.text(m.value, path)
	case "reason":
		r.Reason, _ = rr.text(m.value, path)
	case "code":
		r.Code, _ = rr.text(m.value, path)
	}
}

func actionNames() []string {
	var names []string
	for a := models.Allow; a <= models.Close; a++ {
		names = append(names, a.String())
	}
	return names
}

// priorityNames are the names of the priorities 0, 10 and 20.
func priorityNames() []string { return []string{"normal", "high", "urgent"} }

// name reads the name of the rule, which no other rule of the file has.
func (rr *ruleReader) name(n *node, path string) {
	text, ok := rr.text(n, path)
	if !ok {
		return
	}
	rr.rule.Name = text
	folded := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if line, twice := rr.names[folded]; twice {
		rr.note(n, path, "the name “%s” is used twice, first in line %d; give every rule a name of its own", clip(text), line)
		return
	}
	rr.names[folded] = n.line
}

func (rr *ruleReader) scope(n *node, path string) {
	if n.style != mapping {
		rr.note(n, path, "write `scope: {sections: [/crime/]}` or `scope: {articles: [https://…]}`; leave it out for the whole site")
		return
	}
	for _, m := range rr.keys(n, path) {
		switch m.key.text {
		case "sections":
			rr.rule.Scope.Sections = rr.entries(m.value, "scope.sections", "scope.sections")
		case "articles":
			rr.rule.Scope.Articles = rr.entries(m.value, "scope.articles", "scope.articles")
		default:
			rr.unknown(m.key, path, []string{"sections", "articles"}, nil)
		}
	}
}

// complete notes what is missing, and what does not go together. A field that is
// not known may be what is missing.
func (rr *ruleReader) complete(strange bool) {
	named := "this rule"
	if rr.rule.Name != "" {
		named = "“" + clip(rr.rule.Name) + "”"
	}
	if rr.places["name"].at == nil {
		rr.note(rr.at, "name", "this rule has no name; add `name: …`, which moderators will see")
	}
	if rr.places["action"].at == nil {
		rr.note(rr.at, "action", "%s has no action; add `action: hold`, or one of %s", named, strings.Join(actionNames(), ", "))
	}
	if rr.kind == nil && !strange {
		rr.note(rr.at, "", "%s has no conditions; add one of %s", named, strings.Join(rules.Kinds(), ", "))
	}
	if rr.lane == nil || rr.lane.text != models.LaneEscalated.String() {
		return
	}
	if rr.rule.Action != models.Hold && rr.rule.Action != models.Escalate {
		rr.note(rr.lane, "lane", "a lane goes with `action: hold` only")
		return
	}
	rr.rule.Action = models.Escalate
}

// check lets package rules say what the rule as a whole means.
func (rr *ruleReader) check() {
	for _, p := range rules.Check(rr.rule) {
		n, path := rr.find(p.Path)
		detail := strings.ReplaceAll(p.Detail, "younger_than_hours", "younger_than")
		if path != "" {
			detail = path + ": " + detail
		}
		rr.note(n, path, "%s", detail)
	}
}

// find returns the place of a path of package rules, or of the nearest thing
// that holds it, and the path as it is written in the file.
func (rr *ruleReader) find(path string) (*node, string) {
	known := path
	for known != "" {
		if p := rr.places[known]; p.at != nil && p.at.line > 0 {
			return p.at, strings.TrimPrefix(p.path+fileNames(path[len(known):]), ".")
		}
		known = known[:max(strings.LastIndexAny(known, ".["), 0)]
	}
	return rr.at, path
}

// fileNames writes the end of a path with the names that a file has.
func fileNames(path string) string {
	for _, of := range rules.Kinds() {
		for _, f := range fieldsOf(of) {
			if f.json != "" {
				path = strings.ReplaceAll(path, "."+f.json, "."+f.name)
			}
		}
	}
	return path
}
