package store_test

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
)

// prose writes text like that of readers: a median of about 160 characters, one
// in twenty above 1,000.
func prose(r *rand.Rand) string {
	words := strings.Fields("the council should have asked people who live there before it closed the road I drive past every day and nobody " +
		"ever works on it but we pay for all of this with our taxes while they talk about bicycles again honestly I do not know what to say")
	n := int(math.Exp(r.NormFloat64()*1.1 + math.Log(160)))
	var b strings.Builder
	for b.Len() < min(n, 4000) {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

// judged adds n comments as submissions do: text, verdict, sketch, and a finding
// on every tenth.
func judged(ctx context.Context, tx *store.Tx, r *rand.Rand, n int, extras bool) error {
	first, err := tx.NextIDs("comment", n)
	if err != nil {
		return err
	}
	comments, findings := make([]*models.Comment, n), map[int64][]models.Finding{}
	verdicts, sketches := make([]store.Verdict, n), make([]store.Sketch, n)
	for i := range n {
		c := reader(r, first+int64(i))
		comments[i] = c
		if i%10 == 0 {
			findings[c.ID] = []models.Finding{{RuleID: 3, Version: 1, Name: "Words", Action: models.Tag, Matches: []models.Match{{Field: "text", End: 3}}}}
		}
		verdicts[i] = store.Verdict{CommentID: c.ID, Revision: 7, Facts: facts}
		sketches[i] = store.Sketch{CommentID: c.ID, SiteID: 1, AuthorID: 1, ArticleID: c.ArticleID, At: c.CreatedAt.UnixMilli(), Sketch: make([]byte, 128)}
	}
	if err := tx.InsertComments(comments); err != nil {
		return err
	}
	if err := tx.AddFindings(ctx, findings); err != nil || !extras {
		return err
	}
	if err := tx.AddVerdicts(ctx, verdicts); err != nil {
		return err
	}
	return tx.AddSketches(ctx, sketches)
}

func reader(r *rand.Rand, id int64) *models.Comment {
	text := prose(r)
	c := &models.Comment{
		ID: id, SiteID: 1, ArticleID: id%10 + 1, Version: 1, Status: models.Approved, AuthorID: 1, AuthorName: "Ann of the Hill",
		Text: text, Tree: `[["p","` + text + `"]]`, HTML: "<p>" + text + "</p>",
		CreatedAt: start.Add(time.Duration(id) * time.Second), ChangedAt: start, AddrHash: make([]byte, 32), NetHash: make([]byte, 32),
	}
	place := models.NewPlace(nil, id, c.CreatedAt)
	c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
	return c
}

// facts have the size that those of a submission have.
const facts = `{"Now":1772366400000,"Email":"ann@example.org","Links":["https://example.org/a-page"],"Author":{"ID":1,"Kind":` +
	`"guest","Approved":3,"Since":1700000000000},"Article":{"ID":4,"Ident":"post-1","URL":"https://example.org/news` +
	`/2026/a-road-is-closed","Mode":"post"},"Keys":{"author":["u1"],"address":["kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk` +
	`kkkkkkkk"],"network":["nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"],"article":["a1"],"site":["1"]},"Rates":[{` +
	`"Counter":{"Rule":1,"Key":"u1"},"TAT":1700000000000000000}]}`

// past fills an SQLite database with n judged comments.
func past(b *testing.B, n int) *store.Store {
	s := storetest.Open(b, storetest.SQLite(b), store.Options{})
	r := rand.New(rand.NewPCG(1, 2))
	if err := s.Write(b.Context(), func(tx *store.Tx) error { return base(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
	for done := 0; done < n; done += 1000 {
		if err := s.Write(b.Context(), func(tx *store.Tx) error { return judged(b.Context(), tx, r, 1000, true) }); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkPast reads 200,000 comments; run it with -cpu 1. It reports the most
// memory that was in use after a collection.
func BenchmarkPast(b *testing.B) {
	const n = 200_000
	s := past(b, n)
	b.Run("stream", func(b *testing.B) {
		var seen, peak uint64
		var stats runtime.MemStats
		for b.Loop() {
			err := s.Past(b.Context(), 1, 0, math.MaxInt64, func(*store.PastComment) error {
				if seen++; seen%40_000 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&stats)
					peak = max(peak, stats.HeapAlloc)
				}
				return nil
			})
			if err != nil || seen%n != 0 {
				b.Fatal(seen, err)
			}
		}
		b.ReportMetric(float64(seen)/b.Elapsed().Seconds(), "comments/s")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if got, err := s.CountPast(b.Context(), 1, 0, math.MaxInt64); err != nil || got != n {
				b.Fatal(got, err)
			}
		}
	})
}

// BenchmarkJudged commits batches of 64 comments with and without what the rule
// engine adds to them.
func BenchmarkJudged(b *testing.B) {
	for name, extras := range map[string]bool{"comments": false, "verdicts-and-sketches": true} {
		b.Run(name, func(b *testing.B) {
			s := past(b, 10_000)
			r := rand.New(rand.NewPCG(3, 4))
			for b.Loop() {
				if err := s.Write(b.Context(), func(tx *store.Tx) error { return judged(b.Context(), tx, r, 64, extras) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
