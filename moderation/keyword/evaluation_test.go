package keyword_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"postbag/moderation/keyword"
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
		if overlap, hit := bestOverlap(m.Find(r.Text), r); hit {
			found[r.Technique]++
			detected++
			if overlap >= 0.9 {
				spans++
			}
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

// bestOverlap is the intersection over union with the best right span.
func bestOverlap(hits []keyword.Hit, r labelled) (overlap float64, hit bool) {
	outer := r.Outer
	if outer == [2]int{} {
		outer = [2]int{r.Start, r.End}
	}
	for _, h := range hits {
		if h.Start >= r.End || h.End <= r.Start {
			continue
		}
		hit = true
		start, end := min(max(h.Start, outer[0]), r.Start), max(min(h.End, outer[1]), r.End)
		common := min(end, h.End) - max(start, h.Start)
		overlap = max(overlap, float64(common)/float64(max(end, h.End)-min(start, h.Start)))
	}
	return overlap, hit
}
