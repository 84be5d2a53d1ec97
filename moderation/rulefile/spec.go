package rulefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"postbag/moderation/rules"
)

// spec reads the conditions of the rule, and notes where each of them stands.
// path is where they stand in the rule.
func (rr *ruleReader) spec(of string, n *node, path string) {
	tree, ok := rr.kindValue(of, n, path, "spec")
	if !ok {
		return
	}
	text, err := canonical(tree)
	if err != nil {
		rr.note(n, path, "these conditions cannot be stored: %v", err)
		return
	}
	rr.rule.Spec = text
}

// canonical writes conditions as JSON without white space, members sorted.
func canonical(tree any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(tree)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// kindValue reads the conditions of one kind. path is where they stand in the
// rule, at where package rules sees them.
func (rr *ruleReader) kindValue(of string, n *node, path, at string) (any, bool) {
	if of == rules.Expression && n.scalar() {
		rr.places[at] = place{n, path}
		rr.places[at+".when"] = place{n, path}
		when, ok := rr.text(n, path)
		return map[string]any{"when": when}, ok
	}
	return rr.object(of, n, path, at)
}

// object reads a mapping whose fields the schema knows.
func (rr *ruleReader) object(of string, n *node, path, at string) (any, bool) {
	rr.places[at] = place{n, path}
	fields := fieldsOf(of)
	if n.style != mapping {
		rr.note(n, path, "write conditions as fields below this, such as `%s: …`", namesOf(fields)[0])
		return nil, false
	}
	tree, good := map[string]any{}, true
	for _, m := range rr.keys(n, path) {
		i := 0
		for i < len(fields) && fields[i].name != m.key.text {
			i++
		}
		if i == len(fields) {
			rr.unknown(m.key, path, namesOf(fields), instead(fields))
			good = false
			continue
		}
		v, ok := rr.value(fields[i], m.value, join(path, m.key.text), at+"."+fields[i].key())
		tree[fields[i].key()] = v
		good = good && ok
	}
	return tree, good
}

// value reads the value of one field.
func (rr *ruleReader) value(f field, n *node, path, at string) (any, bool) {
	rr.places[at] = place{n, path}
	switch f.form {
	case number:
		return rr.number(n, path)
	case truth:
		return rr.truth(n, path)
	case text:
		return rr.text(n, path)
	case seconds:
		return rr.duration(n, path, 1, f.most)
	case hours:
		return rr.duration(n, path, 3600, f.most)
	case part:
		return rr.object(condition, n, path, at)
	case parts:
		return rr.parts(n, path, at)
	case kind:
		return rr.kindValue(f.name, n, path, at)
	}
	before := len(rr.problems)
	list := rr.entries(n, path, at)
	return list, len(rr.problems) == before
}

func (rr *ruleReader) parts(n *node, path, at string) (any, bool) {
	if n.style != list {
		rr.note(n, path, "write a list: begin each condition with a hyphen, `- keyword: …`")
		return nil, false
	}
	all, good := make([]any, len(n.items)), true
	for i, item := range n.items {
		v, ok := rr.object(condition, item, fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%s[%d]", at, i))
		all[i] = v
		good = good && ok
	}
	return all, good
}

// text reads a text. A block of lines is one, without the last line end.
func (r *reader) text(n *node, path string) (string, bool) {
	switch {
	case n.style == missing:
		r.note(n, path, "nothing stands here; write a text, or leave the field out")
		return "", false
	case !n.scalar():
		r.note(n, path, "write one text here, not a list or fields; put it in quotes if it begins with [ or {")
		return "", false
	case n.style == block || n.style == folded:
		return strings.TrimRight(n.text, "\n"), true
	}
	return n.text, true
}

func (r *reader) number(n *node, path string) (int, bool) {
	value, err := strconv.Atoi(n.text)
	if n.style != plain || err != nil || value > math.MaxInt32 || value < math.MinInt32 {
		r.note(n, path, "write a whole number here, such as 3")
		return 0, false
	}
	return value, true
}

func (r *reader) truth(n *node, path string) (bool, bool) {
	if n.style != plain || n.text != "true" && n.text != "false" {
		r.note(n, path, "write true or false here")
		return false, false
	}
	return n.text == "true", true
}

var durationPattern = regexp.MustCompile(`^(\d{1,7})(s|m|h|d)$`)

// duration reads a time in units of so many seconds, at most so many of them.
func (r *reader) duration(n *node, path string, unit, most int) (int, bool) {
	found := durationPattern.FindStringSubmatch(n.text)
	if n.style != plain || found == nil {
		r.note(n, path, "write a time here: a whole number and s, m, h or d, such as 1m, 24h or 7d")
		return 0, false
	}
	count, _ := strconv.Atoi(found[1])
	total := count * map[string]int{"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]
	switch {
	case total%unit != 0:
		r.note(n, path, "this time is counted in whole hours; write 24h or 7d")
		return 0, false
	case total < unit || total/unit > most:
		r.note(n, path, "write a time from %s to %s here", span(unit), span(most*unit))
		return 0, false
	}
	return total / unit, true
}

// oneOf returns the index of the choice, -1 when it is none.
func (r *reader) oneOf(n *node, path string, choices []string) int {
	word, ok := r.text(n, path)
	if !ok {
		return -1
	}
	for i, c := range choices {
		if c == word {
			return i
		}
	}
	r.choose(n, path, word, choices)
	return -1
}

func (r *reader) choose(n *node, path, word string, choices []string) {
	if near := rules.Suggest(word, choices); near != "" {
		r.note(n, path, "there is no `%s` here, did you mean `%s`?", clip(word), near)
		return
	}
	r.note(n, path, "there is no `%s` here; use one of %s", clip(word), strings.Join(choices, ", "))
}

// entries reads a list of texts: a list, a block of lines, or one word.
func (rr *ruleReader) entries(n *node, path, at string) []string {
	switch {
	case n.style == block:
		return rr.blockEntries(n, path, at)
	case n.style == list:
		all := make([]string, 0, len(n.items))
		for i, item := range n.items {
			where := fmt.Sprintf("[%d]", i)
			rr.places[at+where] = place{item, path + where}
			entry, _ := rr.text(item, path+where)
			all = append(all, entry)
		}
		return all
	case n.style == plain && !strings.ContainsAny(n.text, ",\n"), n.style == quoted:
		rr.places[at+"[0]"] = place{n, path}
		return []string{n.text}
	}
	rr.note(n, path, "write a list, [one, two], or a block of lines: `|`, then one entry on each line")
	return nil
}

// blockEntries reads one entry from each line. Empty lines, and lines that
// begin with #, are for people.
func (rr *ruleReader) blockEntries(n *node, path, at string) []string {
	all := []string{}
	for i, line := range strings.Split(n.text, "\n") {
		entry := strings.TrimSpace(line)
		if entry == "" || strings.HasPrefix(entry, "#") {
			continue
		}
		where := fmt.Sprintf("[%d]", len(all))
		rr.places[at+where] = place{rr.lineNode(n, i), path + where}
		all = append(all, entry)
	}
	if len(all) == 0 {
		rr.note(n, path, "this block of lines is empty; write one entry on each line, further to the right than the line with `|`")
	}
	return all
}

// lineNode is the place of a line of a block.
func (r *reader) lineNode(n *node, i int) *node {
	at := &node{line: n.line + 1 + i, column: 1, style: plain}
	if at.line <= len(r.lines) {
		line := r.lines[at.line-1]
		at.column = column(line, len(line)-len(strings.TrimLeft(line, " \t")))
	}
	return at
}
