package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// bench is a service on a database of its own, with a site "news".
type bench struct {
	*moderation.Service
	address string
	store   *store.Store
	sql     *counter
	close   func()
	first   *bench // whose clock it follows
	now     time.Time
	mu      sync.Mutex
}

// counter counts SQL statements, but for those of the follower, which reads the
// event table at its own pace.
type counter struct {
	mu sync.Mutex
	n  []string
}

func (c *counter) note(sql string) {
	if strings.Contains(sql, "FROM `events` WHERE id >") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = append(c.n, sql)
}

func (c *counter) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	c.n = nil
	return n
}

func (b *bench) clock() time.Time {
	if b.first != nil {
		return b.first.clock()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func newBench(tb testing.TB, rules bool) *bench {
	tb.Helper()
	return newBenchAt(tb, storetest.Migrated(tb), rules)
}

// newBenchAt is newBench on a database of the caller's choice. Nothing is drawn
// into the random sample there.
func newBenchAt(tb testing.TB, address string, rules bool) *bench {
	tb.Helper()
	b := &bench{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), sql: &counter{}}
	b.open(tb, address)
	ctx := context.Background()
	if _, err := b.AddSite(ctx, moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, Mode: models.PostMode, NoRules: !rules}); err != nil {
		tb.Fatal(err)
	}
	none := 0
	if _, err := b.PatchSite(ctx, "news", moderation.SitePatch{Sample: &none}); err != nil {
		tb.Fatal(err)
	}
	return b
}

// open opens a service on a database, until the test ends or close is called.
func (b *bench) open(tb testing.TB, address string) {
	tb.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, address, store.Options{Clock: b.clock, Trace: b.sql.note})
	if err != nil {
		tb.Fatal(err)
	}
	service, err := moderation.New(ctx, st, moderation.Options{Clock: b.clock})
	if err != nil {
		tb.Fatal(err)
	}
	b.address, b.store, b.Service = address, st, service
	b.close = sync.OnceFunc(func() {
		if err := service.Close(ctx); err != nil {
			tb.Error(err)
		}
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(b.close)
}

// restart is a process that ends and begins again.
func (b *bench) restart(tb testing.TB) {
	tb.Helper()
	b.close()
	b.open(tb, b.address)
}

// another is a second process on the same database, with the same clock.
func (b *bench) another(tb testing.TB) *bench {
	tb.Helper()
	other := &bench{now: b.clock(), sql: &counter{}, first: b}
	other.open(tb, b.address)
	return other
}

func article(path string) models.ArticleRef {
	return models.ArticleRef{URL: "https://news.example/" + path, Title: path}
}

// receipt adds what tests ask for to a receipt.
type receipt struct{ moderation.Receipt }

func (r receipt) id() string { return r.Comment.PublicID() }

func (b *bench) post(tb testing.TB, in moderation.Submission) receipt {
	tb.Helper()
	r, err := b.try(in)
	if err != nil {
		tb.Fatalf("submit %q: %v", in.Text, err)
	}
	return receipt{r}
}

func (b *bench) try(in moderation.Submission) (moderation.Receipt, error) {
	if in.Site == "" {
		in.Site = "news"
	}
	if in.Article == (models.ArticleRef{}) {
		in.Article = article("story")
	}
	return b.Submit(context.Background(), in)
}

// sound fails the test when any counter is not exact.
func (b *bench) sound(tb testing.TB) {
	tb.Helper()
	problems, err := b.Check(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range problems {
		tb.Errorf("check: %+v", p)
	}
}

func wantCode(tb testing.TB, err error, code models.Code) {
	tb.Helper()
	if models.CodeOf(err) != code {
		tb.Errorf("error %v, want code %s", err, code)
	}
}

func TestSubmitPublishesOrHolds(t *testing.T) {
	b := newBench(t, false)
	ctx := context.Background()
	first := b.post(t, moderation.Submission{Text: "Good reporting.", Name: "Ann"})
	if first.Comment.Status != models.Approved {
		t.Errorf("status %s, want approved", first.Comment.Status)
	}
	if _, err := b.AddRule(ctx, models.Moderator{}, "news", moderation.RuleDraft{Name: "Names", Kind: "keyword", Action: models.Hold, Spec: `{"terms":["Quenby"]}`}); err != nil {
		t.Fatal(err)
	}
	held := b.post(t, moderation.Submission{Text: "It was quenby, I saw it.", Parent: first.Comment.PublicID()})
	if held.Comment.Status != models.Pending || held.Comment.Depth != 1 {
		t.Errorf("status %s depth %d, want a pending reply", held.Comment.Status, held.Comment.Depth)
	}
	b.sound(t)
}

// Titles come from pages as HTML, but are kept as people read them.
func TestSubmitTitles(t *testing.T) {
	b := newBench(t, false)
	for given, want := range map[string]string{
		"Plain":                                 "Plain",
		"Tom &amp; <em>Jerry</em>":              "Tom & Jerry",
		"&lt;b&gt; &#8220;is&#x201D; a tag":     "<b> “is” a tag",
		"1 < 2 & 3 > 2":                         "1 < 2 & 3 > 2",
		"The <title> element":                   "The <title> element",
		`<a href="/x" class=y>Linked</a><br/>`:  "Linked",
		" two\n lines&#1;&nbsp;x ":              "two lines x",
		"&lt;script&gt;alert(1)&lt;/script&gt;": "<script>alert(1)</script>",
	} {
		ref := models.ArticleRef{URL: "https://news.example/" + url.PathEscape(given), Title: given}
		r := b.post(t, moderation.Submission{Text: "Hello.", Article: ref})
		threads, err := b.DisqusThreads(t.Context(), "news", []string{models.ArticleID.Format(r.Comment.ArticleID)})
		if err != nil || len(threads) != 1 || threads[0].Title != want {
			t.Errorf("%q became %v, %v, want %q", given, threads, err, want)
		}
	}
}

func TestSubmitSameKey(t *testing.T) {
	b := newBench(t, false)
	in := moderation.Submission{Text: "Once only.", Key: "0123456789abcdef"}
	var wg sync.WaitGroup
	ids := make([]string, 20)
	for i := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := b.try(in)
			if err != nil {
				t.Error(err)
			}
			ids[i] = r.Comment.PublicID() + " " + r.EditToken
		}()
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] || len(id) < 10 {
			t.Errorf("answers %q and %q differ", id, ids[0])
		}
	}
	if n, _ := b.Counts(context.Background(), "news", []models.ArticleRef{article("story")}); n[0] != 1 {
		t.Errorf("count %v, want 1", n)
	}
	b.sound(t)
}

func TestSubmitRefusals(t *testing.T) {
	b := newBench(t, false)
	other := b.post(t, moderation.Submission{Text: "elsewhere", Article: article("other")})
	tests := map[string]struct {
		in   moderation.Submission
		code models.Code
	}{
		"unknown site":       {moderation.Submission{Site: "nowhere", Text: "x"}, models.CodeNotFound},
		"empty":              {moderation.Submission{Text: " \n "}, models.CodeInvalid},
		"invisible":          {moderation.Submission{Text: "\u200b\u2060"}, models.CodeInvalid},
		"too long":           {moderation.Submission{Text: strings.Repeat("é", 5001)}, models.CodeInvalid},
		"invalid UTF-8":      {moderation.Submission{Text: "a\xffb"}, models.CodeInvalid},
		"NUL":                {moderation.Submission{Text: "a\x00b"}, models.CodeInvalid},
		"long name":          {moderation.Submission{Text: "x", Name: strings.Repeat("n", 61)}, models.CodeInvalid},
		"bad e-mail":         {moderation.Submission{Text: "x", Email: "nobody"}, models.CodeInvalid},
		"short key":          {moderation.Submission{Text: "x", Key: "abc"}, models.CodeInvalid},
		"foreign host":       {moderation.Submission{Text: "x", Article: models.ArticleRef{URL: "https://evil.example/a"}}, models.CodeOrigin},
		"not http":           {moderation.Submission{Text: "x", Article: models.ArticleRef{URL: "javascript:alert(1)"}}, models.CodeInvalid},
		"no article":         {moderation.Submission{Text: "x", Article: models.ArticleRef{Title: "t"}}, models.CodeInvalid},
		"bad parent":         {moderation.Submission{Text: "x", Parent: "zz"}, models.CodeInvalid},
		"unknown parent":     {moderation.Submission{Text: "x", Parent: "c9999"}, models.CodeNotFound},
		"parent of another":  {moderation.Submission{Text: "x", Parent: other.Comment.PublicID()}, models.CodeNotFound},
		"longest that fits":  {moderation.Submission{Text: strings.Repeat("é", 5000)}, ""},
		"host with www":      {moderation.Submission{Text: "y", Article: models.ArticleRef{URL: "http://www.news.example/z"}}, ""},
		"only an identifier": {moderation.Submission{Text: "y", Article: models.ArticleRef{ID: "post-12"}}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := b.try(tt.in)
			wantCode(t, err, tt.code)
		})
	}
	b.sound(t)
}

func TestSubmitRateRule(t *testing.T) {
	b := newBench(t, true)
	for i := range 5 {
		b.post(t, moderation.Submission{Text: fmt.Sprintf("number %d", i), Name: "Ann"})
	}
	_, err := b.try(moderation.Submission{Text: "one more", Name: "Ann"})
	wantCode(t, err, models.CodeRateLimited)
	var refusal *models.Error
	if errors.As(err, &refusal) && (refusal.RetryAfter <= 0 || refusal.RetryAfter > time.Minute) {
		t.Errorf("retry after %s", refusal.RetryAfter)
	}
	b.post(t, moderation.Submission{Text: "someone else", Name: "Bob"})
	b.advance(refusal.RetryAfter)
	b.post(t, moderation.Submission{Text: "now it goes", Name: "Ann"})
	b.sound(t)
}

func TestSubmitRejectKeepsTheText(t *testing.T) {
	b := newBench(t, false)
	ctx := context.Background()
	draft := moderation.RuleDraft{Name: "No", Kind: "keyword", Action: models.Reject, Reason: "Please do not name anybody.", Spec: `{"terms":["quenby"]}`}
	if _, err := b.AddRule(ctx, models.Moderator{}, "news", draft); err != nil {
		t.Fatal(err)
	}
	_, err := b.try(moderation.Submission{Text: "quenby did it"})
	wantCode(t, err, models.CodeRejected)
	if err == nil || !strings.Contains(err.Error(), draft.Reason) || strings.Contains(err.Error(), "quenby") {
		t.Errorf("the reader is told %v", err)
	}
	queue, err := b.Queue(ctx, models.Moderator{}, moderation.QueueQuery{Site: "news", Status: models.Removed})
	if err != nil || len(queue.Items) != 1 || len(queue.Items[0].Why) != 1 {
		t.Fatalf("removed: %d items, %v; want the refused text with its rule", len(queue.Items), err)
	}
	b.sound(t)
}

func TestArticleIdentity(t *testing.T) {
	b := newBench(t, false)
	b.post(t, moderation.Submission{Text: "by url", Article: models.ArticleRef{URL: "https://news.example/a?p=12&utm_source=x"}})
	same := []models.ArticleRef{
		{URL: "http://www.news.example/a/?p=12"}, {ID: "id-12", URL: "https://news.example/a?p=12#comments"}, {URL: "https://news.example/a?fbclid=1&p=12"},
	}
	for i, ref := range same {
		b.post(t, moderation.Submission{Text: fmt.Sprint("same ", i), Article: ref})
	}
	b.post(t, moderation.Submission{Text: "the identifier wins", Article: models.ArticleRef{ID: "id-12", URL: "https://news.example/moved"}})
	counts, err := b.Counts(context.Background(), "news", []models.ArticleRef{{ID: "id-12"}, {URL: "https://news.example/a?p=13"}, {URL: "https://news.example/a?p=12"}})
	if err != nil || fmt.Sprint(counts) != "[5 0 5]" {
		t.Errorf("counts %v, %v; want [5 0 5]", counts, err)
	}
	// Reading attaches nothing; the first accepted comment does. A name that an article has is not taken from it.
	b.thread(t, moderation.ThreadQuery{Article: models.ArticleRef{ID: "id-13", URL: "https://news.example/a?p=12"}})
	b.post(t, moderation.Submission{Text: "another page", Article: models.ArticleRef{ID: "id-14", URL: "https://news.example/b"}})
	b.post(t, moderation.Submission{Text: "its id, the other's URL", Article: models.ArticleRef{ID: "id-14", URL: "https://news.example/a?p=12"}})
	_, err = b.try(moderation.Submission{Text: "elsewhere", Article: models.ArticleRef{ID: "id-12", URL: "https://evil.example/a"}})
	wantCode(t, err, models.CodeOrigin)
	counts, err = b.Counts(context.Background(), "news", []models.ArticleRef{{ID: "id-13"}, {ID: "id-14"}, {URL: "https://news.example/b"}, {URL: "https://news.example/a?p=12"}, {URL: "https://news.example/moved/"}})
	if err != nil || fmt.Sprint(counts) != "[0 2 2 5 5]" {
		t.Errorf("counts %v, %v; want [0 2 2 5 5]", counts, err)
	}
	b.sound(t)
}

// BenchmarkSubmit measures accepted comments on SQLite with synchronous=FULL:
// one poster after the other, and 64 at once, who share commits; with the rules
// of a new site, and with a flood rule and a word list beside them.
func BenchmarkSubmit(b *testing.B) {
	for _, c := range []struct {
		posters int
		more    bool
	}{{1, false}, {64, false}, {64, true}} {
		name := fmt.Sprintf("posters=%d", c.posters)
		if c.more {
			name += "/rules=more"
		}
		b.Run(name, func(b *testing.B) {
			s := newBench(b, true)
			if c.more {
				s.add(b, floodRule(200))
				s.add(b, moderation.RuleDraft{Name: "Words", Kind: "keyword", Action: models.Hold, Mode: "enforce", Spec: `{"terms":["quenby","verity lane"]}`})
			}
			b.ResetTimer()
			s.submitMany(b, c.posters)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "comments/s")
		})
	}
}

func (b *bench) submitMany(tb *testing.B, posters int) {
	var wg sync.WaitGroup
	next := make(chan int, posters)
	for range posters {
		wg.Go(func() {
			for i := range next {
				b.post(tb, moderation.Submission{
					Text: prose(i),
					Name: fmt.Sprintf("Reader %d", i), Article: article(fmt.Sprintf("story-%d", i%200)),
					Addr: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}),
				})
			}
		})
	}
	for i := range tb.N {
		next <- i
	}
	close(next)
	wg.Wait()
}

// prose is the i-th of many texts that have little in common.
func prose(i int) string {
	words := strings.Fields("council report vote bridge river school market garden winter lamp station doctor bakery window letter summer teacher cinema " +
		"meadow harbour castle tunnel museum quarry orchard library village theatre")
	rng := rand.New(rand.NewPCG(uint64(i), 1))
	var b strings.Builder
	for range 14 {
		fmt.Fprintf(&b, "%s%d ", words[rng.IntN(len(words))], rng.IntN(100))
	}
	return b.String()
}
