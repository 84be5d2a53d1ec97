package keyword_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

// evaluation is the folder of the evaluation set, beside the repository.
const evaluation = "../../../shared/evaluation"

type labelled struct {
	Technique, Class, Term, Text string
	Start, End                   int
	Outer                        [2]int
}

func readLabelled(t *testing.T, name string) []labelled {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(evaluation, name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []labelled
	scan := bufio.NewScanner(bytes.NewReader(raw))
	for scan.Scan() {
		var r labelled
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// TestDocument holds the tables of docs/rules-evaluation.md to a fresh run, and
// the matcher to its goals.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/rules-evaluation.md")
	if err != nil {
		t.Fatal(err)
	}
	m, err := evasion.Matcher()
	if err != nil {
		t.Fatal(err)
	}
	scores, counts := evasion.Evaluate(m, evasion.Lines()), evasion.EvaluateBenign(m, evasion.Benign())
	tables := evasion.Tables(scores, counts)
	if !strings.Contains(string(text), tables) {
		t.Errorf("docs/rules-evaluation.md is not of this matcher: go run ./moderation/keyword/internal/evaluate\n%s", strings.SplitN(tables, "\n\n", 2)[0])
	}
	mean, worst, total := evasion.Mean(scores)
	if len(scores) < 45 || mean < 0.98 || worst.Recall() < 0.9 || total.Exact() < 0.98 {
		t.Errorf("%d techniques, mean recall %.4f, worst %+v, right spans %.4f", len(scores), mean, worst, total.Exact())
	}
	for _, c := range counts {
		if c.Hit > 0 {
			t.Errorf("%d of %d everyday lines of the class %q are hit", c.Hit, c.Lines, c.Class)
		}
	}
}

// TestEvaluation scores the matcher as the evaluation's own script does: every
// technique at 90 % at least, 98 % on average, no false hit, spans right.
func TestEvaluation(t *testing.T) {
	list, err := os.Open(filepath.Join(evaluation, "terms.txt"))
	if err != nil {
		t.Skipf("no evaluation set at %s", evaluation)
	}
	defer list.Close()
	terms, err := keyword.ParseTerms(list)
	if err != nil {
		t.Fatal(err)
	}
	m, err := keyword.Compile(terms)
	if err != nil {
		t.Fatal(err)
	}
	recall(t, m, readLabelled(t, "evasion.jsonl"))
	for _, r := range readLabelled(t, "benign.jsonl") {
		if hits := m.Find(r.Text); len(hits) > 0 {
			t.Errorf("%s: %q is hit by %q", r.Class, r.Text, hits[0].Line)
		}
	}
}

func recall(t *testing.T, m *keyword.Matcher, rows []labelled) {
	t.Helper()
	found, all := map[string]int{}, map[string]int{}
	spans, detected := 0, 0
	for _, r := range rows {
		all[r.Technique]++
		best := 0.0
		for _, h := range m.Find(r.Text) {
			best = max(best, r.line().Overlap(h.Start, h.End))
		}
		if best > 0 {
			found[r.Technique]++
			detected++
		}
		if best >= 0.9 {
			spans++
		}
	}
	sum := 0.0
	for technique, n := range all {
		share := float64(found[technique]) / float64(n)
		sum += share
		if share < 0.9 {
			t.Errorf("%s: %d of %d", technique, found[technique], n)
		}
	}
	if mean := sum / float64(len(all)); mean < 0.98 {
		t.Errorf("mean recall %.4f", mean)
	}
	if share := float64(spans) / float64(max(detected, 1)); share < 0.98 {
		t.Errorf("%.4f of the spans are right", share)
	}
}

func (r labelled) line() evasion.Line {
	l := evasion.Line{Start: r.Start, End: r.End, OuterStart: r.Outer[0], OuterEnd: r.Outer[1]}
	if r.Outer == [2]int{} {
		l.OuterStart, l.OuterEnd = r.Start, r.End
	}
	return l
}
