package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
)

// start is the time of the first comment.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// filled returns an SQLite database with n comments on ten articles, every
// fourth of them held, half of them replies.
func filled(b *testing.B, n int) *store.Store {
	s := storetest.Open(b, storetest.SQLite(b), store.Options{})
	err := s.Write(b.Context(), func(tx *store.Tx) error { return base(b.Context(), tx) })
	if err != nil {
		b.Fatal(err)
	}
	for done := 0; done < n; done += 1000 {
		if err := s.Write(b.Context(), func(tx *store.Tx) error { return fill(tx, 1000) }); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func base(ctx context.Context, tx *store.Tx) error {
	site := models.Site{Key: "news", Mode: models.PostMode, MaxLength: 5000}
	if err := tx.AddSite(ctx, &site); err != nil {
		return err
	}
	var articles []*models.Article
	for i := range 10 {
		articles = append(articles, &models.Article{ID: int64(i + 1), SiteID: site.ID})
	}
	if err := tx.InsertArticles(ctx, articles); err != nil {
		return err
	}
	return tx.InsertAuthors(ctx, []*models.Author{{ID: 1, SiteID: site.ID, Kind: "guest", Key: "ann"}})
}

// fill adds n comments: a root, its reply, a root, a held root, and so on.
func fill(tx *store.Tx, n int) error {
	first, err := tx.NextIDs("comment", n)
	if err != nil {
		return err
	}
	var comments []*models.Comment
	for i := range n {
		id := first + int64(i)
		c := &models.Comment{
			ID: id, SiteID: 1, ArticleID: id/4%10 + 1, Version: 1, Status: models.Approved, Reviewed: true, AuthorID: 1, AuthorName: "ann",
			Text: fmt.Sprintf("%0300d", id), Tree: fmt.Sprintf("[\"%0300d\"]", id), HTML: fmt.Sprintf("<p>%0300d</p>", id),
			CreatedAt: start.Add(time.Duration(id) * time.Second), ChangedAt: start,
		}
		var parent *models.Comment
		switch id % 4 {
		case 1:
			if i > 0 {
				parent = comments[i-1]
				c.ParentID = parent.ID
				parent.LiveReplies++
				parent.ThreadSize++
			}
		case 3:
			c.Status = models.Pending
		}
		place := models.NewPlace(parent, id, c.CreatedAt)
		c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
		comments = append(comments, c)
	}
	return tx.InsertComments(comments)
}

// BenchmarkPages reads pages of 50 from 100,000 comments.
func BenchmarkPages(b *testing.B) {
	s := filled(b, 100_000)
	ctx := b.Context()
	sites := []int64{1}
	for _, page := range []struct {
		name string
		read func() (int, error)
	}{
		{"oldest", func() (int, error) { c, err := s.ThreadOldest(ctx, 1, nil, 50); return len(c), err }},
		{"newest", func() (int, error) { c, err := s.ThreadNewest(ctx, 1, nil, 50); return len(c), err }},
		{"top", func() (int, error) { c, err := s.ThreadTop(ctx, 1, nil, 50); return len(c), err }},
		{"queue", func() (int, error) {
			c, _, err := s.QueuePage(ctx, store.QueueFilter{Sites: sites}, nil, 50, 1000)
			return len(c), err
		}},
		{"queue-priority", func() (int, error) {
			c, _, err := s.QueuePage(ctx, store.QueueFilter{Sites: sites, Sort: "priority"}, nil, 50, 1000)
			return len(c), err
		}},
		{"status", func() (int, error) {
			c, _, err := s.QueuePage(ctx, store.QueueFilter{Sites: sites, Status: models.Approved}, nil, 50, 1000)
			return len(c), err
		}},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				if n, err := page.read(); err != nil || n != 50 {
					b.Fatal(n, err)
				}
			}
		})
	}
	b.Run("text-found-nowhere", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.QueuePage(ctx, store.QueueFilter{Sites: sites, Text: "nowhere"}, nil, 50, 1000); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if p, err := s.Check(ctx); err != nil || len(p) > 0 {
				b.Fatal(p, err)
			}
		}
	})
}

// BenchmarkWrite commits transactions of some comments each.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{4, 32, 200, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := filled(b, 1000)
			for b.Loop() {
				if err := s.Write(b.Context(), func(tx *store.Tx) error { return fill(tx, n) }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "comments/s")
		})
	}
}

// BenchmarkSave decides on comments, one in each transaction.
func BenchmarkSave(b *testing.B) {
	s := filled(b, 1000)
	statuses := []models.Status{models.Pending, models.Approved}
	for i := 0; b.Loop(); i++ {
		before, err := s.Comment(b.Context(), 2)
		if err != nil {
			b.Fatal(err)
		}
		after := before
		after.Status = statuses[i%2]
		if err := s.Write(b.Context(), func(tx *store.Tx) error { return tx.SaveComment(b.Context(), &before, &after) }); err != nil {
			b.Fatal(err)
		}
	}
}
