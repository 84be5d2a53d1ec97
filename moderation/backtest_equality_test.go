package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
	"postbag/moderation/rules"
)

// stream posts comments as many readers do, at the same time, and edits some of
// them. What is written depends on the seed, who comes first does not.
type stream struct {
	*moderation.Service
	store *store.Store
	now   atomic.Int64 // Unix milliseconds; grows with every comment
}

func newStream(tb testing.TB) *stream {
	tb.Helper()
	ctx := context.Background()
	s := &stream{}
	s.now.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixMilli())
	clock := func() time.Time { return time.UnixMilli(s.now.Load()).UTC() }
	var err error
	if s.store, err = store.Open(ctx, filepath.Join(quickFolder(tb), "postbag.db"), store.Options{Clock: clock}); err != nil {
		tb.Fatal(err)
	}
	if s.Service, err = moderation.New(ctx, s.store, moderation.Options{Clock: clock}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(ctx); err != nil {
			tb.Error(err)
		}
		if err := s.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	_, err = s.AddSite(ctx, moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, Mode: models.PostMode, NoRules: true})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// quickFolder is a folder in memory where there is one: these tests are not
// about what survives a power failure.
func quickFolder(tb testing.TB) string {
	tb.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "postbag-")
	if err != nil {
		return tb.TempDir()
	}
	tb.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// everyKind are rules of every kind, acting in every way and mode.
func everyKind() []models.Rule {
	return []models.Rule{
		{Name: "words", Kind: rules.Keyword, Action: models.Hold, Mode: rules.Enforce, Spec: `{"terms":["dubious","verity lane"]}`},
		{Name: "words in shadow", Kind: rules.Keyword, Action: models.Reject, Mode: rules.Shadow, Reason: "No.", Spec: `{"terms":["bridge*","!bridgehead"]}`},
		{Name: "words that hold only", Kind: rules.Keyword, Action: models.Reject, Mode: rules.HoldOnly, Spec: `{"terms":["scoundrel","rotten"],"at_least":2}`},
		{Name: "words that reject", Kind: rules.Keyword, Action: models.Reject, Mode: rules.Enforce, Reason: "Not here.", Spec: `{"terms":["quenby"]}`},
		{Name: "words that escalate", Kind: rules.Keyword, Action: models.Escalate, Mode: rules.Enforce, Priority: 20, Spec: `{"terms":["harbour"],"fields":["name","link","email"]}`},
		{Name: "words in a section", Kind: rules.Keyword, Action: models.Tag, Mode: rules.Enforce, Scope: models.Scope{Sections: []string{"/crime/"}}, Spec: `{"terms":["court"]}`},
		{Name: "words that close", Kind: rules.Keyword, Action: models.Close, Mode: rules.Shadow, Spec: `{"terms":["winter"]}`},
		{Name: "fast author", Kind: rules.Rate, Action: models.Slow, Mode: rules.Enforce, Spec: `{"count":6,"seconds":60,"by":["author"]}`},
		{Name: "fast author in shadow", Kind: rules.Rate, Action: models.Slow, Mode: rules.Shadow, Spec: `{"count":2,"seconds":60,"burst":1,"by":["author"]}`},
		{Name: "fast address in shadow", Kind: rules.Rate, Action: models.Hold, Mode: rules.Shadow, Spec: `{"count":3,"seconds":60,"burst":1,"by":["address"]}`},
		{Name: "fast network on an article", Kind: rules.Rate, Action: models.Hold, Mode: rules.Enforce, Spec: `{"count":3,"seconds":120,"burst":2,"by":["network","article"]}`},
		{Name: "newcomers", Kind: rules.Rate, Action: models.Hold, Mode: rules.Shadow, Spec: `{"count":30,"seconds":60,"by":["newcomers"]}`},
		{Name: "same host", Kind: rules.Rate, Action: models.Hold, Mode: rules.Enforce, Spec: `{"count":5,"seconds":60,"by":["host"]}`},
		{Name: "copies", Kind: rules.Flood, Action: models.Hold, Mode: rules.Enforce, Spec: `{"copies":3,"hours":1}`},
		{Name: "copies in shadow", Kind: rules.Flood, Action: models.Slow, Mode: rules.Shadow, Spec: `{"copies":2,"hours":2,"similarity":50,"across":"article"}`},
		{Name: "links", Kind: rules.Links, Action: models.Hold, Mode: rules.Enforce, Spec: `{"more_than":1,"shorteners":true}`},
		{Name: "first link", Kind: rules.Links, Action: models.Reject, Mode: rules.Shadow, Spec: `{"first_link":true}`},
		{Name: "first comment", Kind: rules.Author, Action: models.Tag, Mode: rules.Enforce, Spec: `{"approved_below":2}`},
		{Name: "removed before", Kind: rules.Author, Action: models.Hold, Mode: rules.Shadow, Spec: `{"removed_at_least":1}`},
		{Name: "shouting", Kind: rules.Expression, Action: models.Hold, Mode: rules.Shadow, Spec: `{"when":"upper_share > 60 && words > 2 && author.approved < 5"}`},
		{Name: "new and linking", Kind: rules.Combination, Action: models.Hold, Mode: rules.Enforce, Spec: `{"all":[{"author":{"approved_below":3}},{"any":[{"links":{"more_than":0}},{"flood":{"copies":2,"hours":1}}]}]}`},
		{Name: "our reporters", Kind: rules.Keyword, Action: models.Allow, Mode: rules.Enforce, Spec: `{"terms":["reporter"],"fields":["name"]}`},
	}
}

var vocabulary = strings.Fields(`the council has promised to mend bridge before winter comes and nobody believes it because last year was same story
	my neighbour saw court papers at harbour where boats lie rotten trees fell on road again how many times must we ask bridgehead school money
	teachers doctors buses late every morning scoundrel mayor speaks well says nothing good reporting thank you for this article please look into`)

// text writes a comment: mostly harmless, sometimes with what rules look for.
func text(r *rand.Rand) string {
	words := make([]string, 4+r.IntN(30))
	for i := range words {
		words[i] = vocabulary[r.IntN(len(vocabulary))]
	}
	put := func(chance int, word string) {
		if r.IntN(chance) == 0 {
			words[r.IntN(len(words))] = word
		}
	}
	put(40, "dub1ous")
	put(60, "Quenby")
	put(80, "verity lane")
	put(30, fmt.Sprintf("https://host%d.example/page", r.IntN(20)))
	put(50, "https://bit.ly/abc https://harbour.example/")
	whole := strings.Join(words, " ")
	switch r.IntN(30) {
	case 0:
		return strings.ToUpper(whole)
	case 1:
		return fmt.Sprintf("Buy the best tickets for the harbour festival at our shop, offer number %d ends today, do not wait any longer", r.IntN(3))
	}
	return whole
}

// post sends n comments from one goroutine, and edits a few of its own.
func (s *stream) post(tb testing.TB, seed uint64, n int) {
	r := rand.New(rand.NewPCG(seed, 7))
	var before moderation.Submission
	for i := range n {
		s.now.Add(r.Int64N(400))
		who := i/10 + r.IntN(2) // who writes, writes several
		in := moderation.Submission{
			Site: "news", Text: text(r), Name: fmt.Sprintf("Reader %d of %d", who, seed), Addr: address(r),
			Article: models.ArticleRef{URL: fmt.Sprintf("https://news.example/%s/%d", []string{"crime", "sport"}[r.IntN(2)], int(400*math.Pow(r.Float64(), 4)))},
		}
		if r.IntN(50) == 0 {
			in.Name = "Our reporter"
		}
		if i > 0 && r.IntN(4) == 0 {
			in.Name, in.Addr = before.Name, before.Addr // in a hurry
		}
		before = in
		receipt, err := s.Submit(context.Background(), in)
		if code := models.CodeOf(err); err != nil && code != models.CodeRateLimited && code != models.CodeRejected {
			tb.Errorf("post %d of %d: %v", i, seed, err)
			return
		}
		if err == nil && r.IntN(25) == 0 {
			_, err = s.Edit(context.Background(), receipt.Comment.PublicID(), receipt.EditToken, text(r), in.Addr)
			if err != nil && models.CodeOf(err) != models.CodeRejected {
				tb.Errorf("edit %d of %d: %v", i, seed, err)
			}
		}
	}
}

func address(r *rand.Rand) netip.Addr {
	if r.IntN(2) == 0 {
		return netip.AddrFrom4([4]byte{192, 0, byte(r.IntN(8)), byte(r.IntN(64))})
	}
	return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, byte(r.IntN(2)), byte(r.IntN(4)), byte(r.IntN(16)), 15: byte(r.IntN(4))})
}

// TestBacktestEqualsLive posts comments under rules of every kind. Then each rule
// is tried on them from the beginning, knowing nothing of what it had counted,
// and must fire on exactly the comments on which it fired, with the same
// evidence; and every verdict must come out the same when it is replayed. `make
// equality` does it with 100,000 comments.
func TestBacktestEqualsLive(t *testing.T) {
	comments, posters := 10_000, 64
	if testing.Short() || raceDetector {
		comments = 3_000
	}
	if given, err := strconv.Atoi(os.Getenv(envComments)); err == nil {
		comments = given
	}
	s := newStream(t)
	var tried []models.Rule
	for _, d := range everyKind() {
		tried = append(tried, s.add(t, d))
	}
	var wait sync.WaitGroup
	for i := range posters {
		wait.Go(func() { s.post(t, uint64(i), comments/posters) })
	}
	wait.Wait()
	found := s.findings(t)
	for _, r := range tried {
		t.Run(r.Name, func(t *testing.T) { s.compare(t, r, found) })
	}
	t.Run("replay", func(t *testing.T) {
		sum, err := s.ReplayAll(t.Context(), moderation.ReplayRequest{Site: "news"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if sum.Comments < comments/2 || sum.Verdicts <= sum.Comments || sum.Equal != sum.Verdicts || sum.Without > 0 {
			t.Errorf("%d comments, %d verdicts, %d equal, %d without facts", sum.Comments, sum.Verdicts, sum.Equal, sum.Without)
		}
		for _, d := range sum.First {
			t.Errorf("comment %d, verdict %d: %q", d.Comment, d.Seq, d.Differences)
		}
	})
}

// add stores a rule that the brake leaves alone.
func (s *stream) add(tb testing.TB, r models.Rule) models.Rule {
	tb.Helper()
	r.SiteID, r.Legal, r.Promise = 1, true, -1
	if problems := rules.Check(r); len(problems) > 0 {
		tb.Fatalf("%s: %v", r.Name, problems)
	}
	s.write(tb, func(tx *store.Tx) error { return tx.AddRule(tb.Context(), &r, 0) })
	return r
}

// fired is the last finding of each rule on each comment.
type fired map[int64]map[int64]models.Finding

func (f fired) note(comment int64, findings []models.Finding) {
	for _, found := range findings {
		if f[found.RuleID] == nil {
			f[found.RuleID] = map[int64]models.Finding{}
		}
		f[found.RuleID][comment] = found
	}
}

// findings reads what was found when the comments were judged.
func (s *stream) findings(tb testing.TB) fired {
	tb.Helper()
	found := fired{}
	var plain []int64 // were never edited
	err := s.store.Past(tb.Context(), 1, 0, 1<<60, func(p *store.PastComment) error {
		if !p.Edited {
			plain = append(plain, p.ID)
			return nil
		}
		byVerdict, err := s.store.FindingsByVerdict(tb.Context(), p.ID)
		for _, seq := range slices.Sorted(maps.Keys(byVerdict)) {
			found.note(p.ID, byVerdict[seq])
		}
		return err
	})
	for some := range slices.Chunk(plain, 1000) {
		current, readErr := s.store.Findings(tb.Context(), some)
		for id, list := range current {
			found.note(id, list)
		}
		err = errors.Join(err, readErr)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

// compare tries a rule and holds it against what it did.
func (s *stream) compare(t *testing.T, r models.Rule, found fired) {
	want := maps.Clone(found[r.ID])
	differences := 0
	differ := func(format string, args ...any) {
		if differences++; differences <= 5 {
			t.Errorf(format, args...)
		}
	}
	n := len(want)
	result, err := s.RunBacktest(t.Context(), moderation.BacktestRequest{Site: "news", Rule: models.RuleID.Format(r.ID), Each: func(id int64, f models.Finding) {
		w, ok := want[id]
		delete(want, id)
		switch {
		case !ok:
			differ("fires on comment %d, and did not: %s", id, f.Detail)
		case f.Detail != w.Detail || !slices.Equal(f.Matches, w.Matches) || f.Version != w.Version || r.Mode != rules.Shadow && f.Action != w.Action:
			differ("comment %d: %+v, and was %+v", id, f, w)
		}
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, w := range want {
		differ("does not fire on comment %d, and did: %s", id, w.Detail)
	}
	// What an enforced rate rule fires on is turned away, and not stored.
	if gone := r.Action == models.Slow && r.Mode == rules.Enforce; (n == 0) != gone || result.Fired != n || result.Derived > 0 {
		t.Errorf("fired on %d of %d, %d derived; live on %d", result.Fired, result.Comments, result.Derived, n)
	}
	t.Logf("%d of %d comments, %d differences, %d comments/s", result.Fired, result.Comments, differences, result.PerSecond)
}
