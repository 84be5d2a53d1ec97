package moderation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
	"postbag/moderation/rules"
)

// envComments is the number of comments that the benchmark tries rules on.
const envComments = "POSTBAG_BACKTEST_COMMENTS"

// BenchmarkBacktest tries rules on 100,000 comments, or as many as
// POSTBAG_BACKTEST_COMMENTS says. It reports comments a second, the most memory
// that was in use on the heap, and the most that the process had.
func BenchmarkBacktest(b *testing.B) {
	n := 100_000
	if given, err := strconv.Atoi(os.Getenv(envComments)); err == nil {
		n = given
	}
	s := newStream(b)
	s.archive(b, n, true)
	for _, d := range everyKind() {
		d.Mode = rules.Shadow
		s.add(b, d)
	}
	for _, trial := range []moderation.RuleDraft{
		{Name: "10,000 terms", Kind: rules.Keyword, Action: models.Hold, Spec: manyTerms(10_000)},
		{Name: "rate by address", Kind: rules.Rate, Action: models.Hold, Spec: `{"count":2,"seconds":3600,"by":["address"]}`},
		{Name: "flood by site", Kind: rules.Flood, Action: models.Hold, Spec: `{"copies":3,"hours":24}`},
		{Name: "every author", Kind: rules.Author, Action: models.Hold, Spec: `{"approved_below":1000}`},
	} {
		b.Run(strings.ReplaceAll(trial.Name, " ", "-"), func(b *testing.B) {
			debug.FreeOSMemory()
			watch := watchMemory()
			for b.Loop() {
				result, err := s.RunBacktest(b.Context(), moderation.BacktestRequest{Site: "news", Draft: &trial}, nil)
				if err != nil || result.Comments != n {
					b.Fatal(result.Comments, err)
				}
			}
			heap, resident := watch()
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "comments/s")
			b.ReportMetric(float64(heap)/1e6, "heap-MB")
			b.ReportMetric(float64(resident)/1e6, "resident-MB")
		})
	}
}

// BenchmarkBacktestWithoutFacts tries a rule on comments of which nothing is
// known but what an import brings.
func BenchmarkBacktestWithoutFacts(b *testing.B) {
	const n = 50_000
	s := newStream(b)
	s.archive(b, n, false)
	req := moderation.BacktestRequest{Site: "news", Draft: &moderation.RuleDraft{Name: "links", Kind: rules.Links, Action: models.Hold, Spec: `{"first_link":true}`}}
	for b.Loop() {
		if result, err := s.RunBacktest(b.Context(), req, nil); err != nil || result.Derived != n {
			b.Fatal(result.Derived, err)
		}
	}
	b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "comments/s")
}

func manyTerms(n int) string {
	r := rand.New(rand.NewPCG(3, 3))
	terms := make([]string, n)
	for i := range terms {
		var word strings.Builder
		for range 5 + r.IntN(8) {
			word.WriteByte("abcdefghijklmnopqrstuvwxyz"[r.IntN(26)])
		}
		terms[i] = word.String()
	}
	spec, _ := json.Marshal(map[string]any{"terms": append(terms, "dubious")})
	return string(spec)
}

// watchMemory returns a function that ends the watch and says how many bytes
// were in use at most: on the heap, and in the memory of the process.
func watchMemory() func() (heap, resident uint64) {
	stop, done := make(chan struct{}), make(chan [2]uint64)
	go func() {
		var most [2]uint64
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = [2]uint64{max(most[0], m.HeapInuse), max(most[1], residentBytes())}
			select {
			case <-stop:
				done <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() (uint64, uint64) {
		close(stop)
		most := <-done
		return most[0], most[1]
	}
}

// residentBytes reads the resident memory of this process, 0 where there is no
// /proc.
func residentBytes() uint64 {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	pages, _ := strconv.ParseUint(fields[1], 10, 64)
	return pages * uint64(os.Getpagesize())
}

// archive stores n comments as if they had been posted over three years, a
// hundred on each article and a few authors writing most of them, with their
// facts or without.
func (s *stream) archive(tb testing.TB, n int, facts bool) {
	tb.Helper()
	ctx := context.Background()
	a := archivist{r: rand.New(rand.NewPCG(1, 1)), authors: max(1, n/10), facts: facts, step: 3 * 365 * 24 * time.Hour / time.Duration(n)}
	s.write(tb, func(tx *store.Tx) error {
		_, err := tx.NextIDs("author", a.authors)
		if err != nil {
			return err
		}
		_, err = tx.NextIDs("article", n/100+1)
		return err
	})
	for from := 0; from < n; from += 5000 {
		s.write(tb, func(tx *store.Tx) error { return a.fill(ctx, tx, from, min(n, from+5000)) })
	}
}

func (s *stream) write(tb testing.TB, fn func(*store.Tx) error) {
	tb.Helper()
	if err := s.store.Write(context.Background(), fn); err != nil {
		tb.Fatal(err)
	}
}

// archivist writes comments of the past.
type archivist struct {
	r       *rand.Rand
	authors int
	facts   bool
	step    time.Duration // from one comment to the next
	known   int           // authors stored so far
}

func (a *archivist) fill(ctx context.Context, tx *store.Tx, from, to int) error {
	first, err := tx.NextIDs("comment", to-from)
	if err != nil {
		return err
	}
	var articles []*models.Article
	var comments []*models.Comment
	var verdicts []store.Verdict
	for i := from; i < to; i++ {
		if i%100 == 0 {
			articles = append(articles, &models.Article{ID: int64(i/100 + 1), SiteID: 1, URL: fmt.Sprintf("https://news.example/%d", i/100), Title: fmt.Sprintf("Article %d", i/100)})
		}
		c := a.comment(first+int64(i-from), i)
		comments = append(comments, c)
		if a.facts {
			verdicts = append(verdicts, store.Verdict{CommentID: c.ID, Facts: factsOf(c, a.r.IntN(30))})
		}
	}
	if err := tx.InsertArticles(ctx, articles); err != nil {
		return err
	}
	for a.known < a.authors && err == nil {
		err = a.meet(ctx, tx)
	}
	if err == nil {
		err = tx.InsertComments(comments)
	}
	if err == nil {
		err = tx.AddVerdicts(ctx, verdicts)
	}
	return err
}

// meet stores some more authors.
func (a *archivist) meet(ctx context.Context, tx *store.Tx) error {
	var list []*models.Author
	for range min(1000, a.authors-a.known) {
		a.known++
		list = append(list, &models.Author{ID: int64(a.known), SiteID: 1, Kind: "guest", Key: strconv.Itoa(a.known), Name: fmt.Sprintf("Reader %d", a.known)})
	}
	return tx.InsertAuthors(ctx, list)
}

// comment writes one comment; moderators have removed one in twenty and approved
// three.
func (a *archivist) comment(id int64, i int) *models.Comment {
	author := int64(a.r.Float64()*a.r.Float64()*float64(a.authors)) + 1
	c := &models.Comment{
		ID: id, SiteID: 1, ArticleID: int64(i/100 + 1), AuthorID: author, AuthorName: fmt.Sprintf("Reader %d", author),
		Status: models.Approved, Reviewed: true, Version: 1, Text: text(a.r) + ". " + text(a.r),
		CreatedAt: time.Date(2023, 11, 23, 9, 0, 0, 0, time.UTC).Add(time.Duration(i) * a.step).Truncate(time.Millisecond),
		AddrHash:  hash(a.r.Uint64N(uint64(a.authors))), NetHash: hash(uint64(author) / 16),
	}
	c.HTML, c.Tree = "<p>"+c.Text+"</p>", `[{"t":"p","c":["`+c.Text+`"]}]`
	switch a.r.IntN(20) {
	case 0:
		c.Status, c.Settled = models.Removed, models.ChooseRemove
	case 1, 2, 3:
		c.Settled = models.ChooseApprove
	default:
		c.Reviewed = false
	}
	place := models.NewPlace(nil, id, c.CreatedAt)
	c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
	return c
}

func hash(n uint64) []byte { return []byte(fmt.Sprintf("%016x", n)) }

// factsOf are facts as Submit stores them.
func factsOf(c *models.Comment, approved int) string {
	facts := rules.Facts{
		Now: c.CreatedAt.UnixMilli(), Text: rules.Digest(c.Text), Email: "reader@mail.example",
		Author:  rules.AuthorFacts{ID: c.AuthorID, Kind: "guest", Approved: approved, Since: c.CreatedAt.UnixMilli() - 1e9},
		Article: rules.ArticleFacts{ID: c.ArticleID, URL: fmt.Sprintf("https://news.example/%d", c.ArticleID-1), Mode: models.PostMode},
		Keys: map[string][]string{
			"author": {models.AuthorID.Format(c.AuthorID)}, "article": {models.ArticleID.Format(c.ArticleID)}, "site": {"1"},
			"address": {string(c.AddrHash)}, "network": {string(c.NetHash)},
		},
		Rates: []rules.RateFact{
			{Counter: rules.Counter{Rule: 1, Key: "author:" + models.AuthorID.Format(c.AuthorID)}, TAT: c.CreatedAt.UnixNano() - 1},
			{Counter: rules.Counter{Rule: 2, Key: "author:" + models.AuthorID.Format(c.AuthorID)}, TAT: c.CreatedAt.UnixNano() - 1},
			{Counter: rules.Counter{Rule: 3, Key: "address:" + string(c.AddrHash)}, TAT: c.CreatedAt.UnixNano() - 1},
		},
	}
	for _, word := range strings.Fields(c.Text) {
		if strings.HasPrefix(word, "https://") {
			facts.Links = append(facts.Links, word)
		}
	}
	data, _ := json.Marshal(facts)
	return string(data)
}
