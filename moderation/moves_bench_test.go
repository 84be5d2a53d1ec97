package moderation_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
	"postbag/moderation/urlmap"
)

// BenchmarkMove measures plans, moves and their undo: a domain change, and a URL
// map that merges every second article with the next. POSTBAG_BENCH_ARTICLES
// (2,000) articles have ten comments each.
func BenchmarkMove(b *testing.B) {
	n := 2000
	if text := os.Getenv("POSTBAG_BENCH_ARTICLES"); text != "" {
		_, _ = fmt.Sscan(text, &n)
	}
	for range b.N {
		m := &mover{newBenchAt(b, storetest.SQLite(b), false)}
		m.stock(b, n, 10)
		m.measure(b, "host", n, moderation.MoveRequest{Site: "news", Kind: models.MoveHost, From: "news.example", To: "new.example", AddOrigins: true})
		var lines strings.Builder
		for i := 0; i+1 < n; i += 2 {
			fmt.Fprintf(&lines, "https://news.example/p/%d,https://news.example/p/%d\n", i, i+1)
		}
		list, _, err := urlmap.Read(strings.NewReader(lines.String()), urlmap.Options{Normal: moderation.NormalURL})
		if err != nil {
			b.Fatal(err)
		}
		m.measure(b, "merge", n/2, moderation.MoveRequest{Site: "news", Kind: models.MoveMap, Map: list})
	}
}

// measure plans, runs and undoes a move.
func (m *mover) measure(b *testing.B, name string, articles int, req moderation.MoveRequest) {
	ctx := context.Background()
	var most, longest float64
	begin := time.Now()
	move, err := m.PlanMove(ctx, models.Moderator{}, req)
	b.ReportMetric(float64(articles)/time.Since(begin).Seconds(), name+"-plan/s")
	if err == nil {
		move, err = m.RunMove(ctx, models.Moderator{}, move.PublicID(), false)
	}
	last := time.Now()
	watch := func(models.Move) {
		longest, last = max(longest, time.Since(last).Seconds()), time.Now()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		most = max(most, float64(memory.HeapAlloc)/(1<<20))
	}
	begin = time.Now()
	if err == nil {
		move, err = m.WorkMove(ctx, move.ID, watch)
	}
	b.ReportMetric(float64(articles)/time.Since(begin).Seconds(), name+"-run/s")
	begin = time.Now()
	if err == nil {
		_, err = m.UndoMove(ctx, models.Moderator{}, move.PublicID())
	}
	if err == nil {
		_, err = m.WorkMove(ctx, move.ID, watch)
	}
	b.ReportMetric(float64(articles)/time.Since(begin).Seconds(), name+"-undo/s")
	b.ReportMetric(most, name+"-MB")
	b.ReportMetric(1000*longest, name+"-longest-ms")
	if err != nil {
		b.Fatal(err)
	}
}

// stock stores articles with comments, without all that posting brings with it.
func (m *mover) stock(b *testing.B, articles, comments int) {
	root := m.say(b, on("first"), "", "the first")
	h, err := m.History(b.Context(), root)
	if err != nil {
		b.Fatal(err)
	}
	for from := 0; from < articles; from += 500 {
		err := m.store.Write(b.Context(), func(tx *store.Tx) error {
			batch := store.ImportBatch{Names: map[store.Alias]int64{}}
			some := min(500, articles-from)
			article, err := tx.NextIDs("article", some)
			if err != nil {
				return err
			}
			id, err := tx.NextIDs("comment", some*comments)
			if err != nil {
				return err
			}
			for i := range some {
				a := &models.Article{ID: article + int64(i), SiteID: 1, URL: fmt.Sprintf("https://news.example/p/%d", from+i), CreatedAt: tx.Now}
				batch.Articles = append(batch.Articles, a)
				batch.Names[store.Alias{SiteID: 1, Kind: store.AliasURL, Value: a.URL}] = a.ID
				batch.Names[store.Alias{SiteID: 1, Kind: store.AliasNormalised, Value: strings.TrimPrefix(a.URL, "https://")}] = a.ID
				for range comments {
					c := h.Item.Comment
					c.ID, c.ArticleID, c.Key, c.LiveReplies, c.ThreadSize = id, a.ID, "", 0, 0
					place := models.NewPlace(nil, id, c.CreatedAt)
					c.Root, c.Path = place.Root, place.Path
					id++
					batch.Comments = append(batch.Comments, &c)
				}
			}
			return tx.InsertImported(b.Context(), &batch)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
