package moderation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// ids is an encoding that shows the order of a page.
var ids = moderation.Encoder{Name: "ids", ContentType: "application/json", Encode: func(t moderation.Thread) ([]byte, error) {
	page := listing{Prev: t.Prev, Next: t.Next}
	for i := range t.Comments {
		page.IDs = append(page.IDs, t.Comments[i].PublicID())
	}
	return json.Marshal(page)
}}

type listing struct {
	IDs        []string
	Prev, Next string
}

func (b *bench) thread(tb testing.TB, q moderation.ThreadQuery) (*moderation.Page, listing) {
	tb.Helper()
	q.Site = "news"
	if q.Article == (models.ArticleRef{}) {
		q.Article = article("story")
	}
	page, err := b.Thread(context.Background(), q, ids)
	if err != nil {
		tb.Fatal(err)
	}
	var l listing
	if err := json.Unmarshal(page.Plain, &l); err != nil {
		tb.Fatal(err)
	}
	return page, l
}

// discussion posts roots with replies and returns all ids in reading order.
func (b *bench) discussion(tb testing.TB, roots, replies int) (order [][]string) {
	tb.Helper()
	for i := range roots {
		root := b.post(tb, moderation.Submission{Text: fmt.Sprint("root ", i)}).id()
		branch := []string{root}
		parent := root
		for j := range replies {
			b.advance(time.Millisecond)
			parent = b.post(tb, moderation.Submission{Text: fmt.Sprint("reply ", i, j), Parent: parent}).id()
			branch = append(branch, parent)
		}
		b.advance(time.Millisecond)
		order = append(order, branch)
	}
	return order
}

func TestThreadOrdersAndPages(t *testing.T) {
	b := newBench(t, false)
	order := b.discussion(t, 7, 3)
	newest := slices.Clone(order)
	slices.Reverse(newest)
	for sort, want := range map[moderation.Sort][]string{
		moderation.Oldest: slices.Concat(order...), moderation.Newest: slices.Concat(newest...), moderation.Top: slices.Concat(newest...),
	} {
		for limit := 1; limit <= 30; limit += 3 {
			var got []string
			q := moderation.ThreadQuery{Sort: sort, Limit: limit}
			for {
				_, page := b.thread(t, q)
				if len(page.IDs) > limit {
					t.Fatalf("%s: %d comments on a page of %d", sort, len(page.IDs), limit)
				}
				got = append(got, page.IDs...)
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, pages of %d: %v, want %v", sort, limit, got, want)
			}
		}
	}
}

func TestThreadAround(t *testing.T) {
	b := newBench(t, false)
	all := slices.Concat(b.discussion(t, 10, 4)...)
	for i, id := range all {
		_, page := b.thread(t, moderation.ThreadQuery{Around: id, Limit: 10})
		if !slices.Contains(page.IDs, id) {
			t.Fatalf("comment %d is not on its page %v", i, page.IDs)
		}
		if i > 20 && page.Prev == "" {
			t.Errorf("comment %d: no way back", i)
		}
	}
}

// TestRepeatedReadAsksNothing is the promise of the read path: pages come from
// memory until their own article changes.
func TestRepeatedReadAsksNothing(t *testing.T) {
	b := newBench(t, false)
	b.post(t, moderation.Submission{Text: "one"})
	b.post(t, moderation.Submission{Text: "two", Article: article("other")})
	story, _ := b.thread(t, moderation.ThreadQuery{})
	other, _ := b.thread(t, moderation.ThreadQuery{Article: article("other")})
	b.thread(t, moderation.ThreadQuery{Article: article("unknown")})
	b.sql.take()
	for range 3 {
		b.thread(t, moderation.ThreadQuery{})
		b.thread(t, moderation.ThreadQuery{Article: article("other")})
		b.thread(t, moderation.ThreadQuery{Article: article("unknown")})
	}
	if asked := b.sql.take(); len(asked) != 0 {
		t.Errorf("a repeated read asked %v", asked)
	}
	b.post(t, moderation.Submission{Text: "three"})
	if again, _ := b.thread(t, moderation.ThreadQuery{}); again == story || again.ETag == story.ETag {
		t.Error("the page is the old one after a comment")
	}
	if again, _ := b.thread(t, moderation.ThreadQuery{Article: article("other")}); again != other {
		t.Error("a comment on one article replaced the page of another")
	}
	b.post(t, moderation.Submission{Text: "first", Article: article("unknown")})
	if _, page := b.thread(t, moderation.ThreadQuery{Article: article("unknown")}); len(page.IDs) != 1 {
		t.Error("the first comment of an article does not show")
	}
}

// TestReadCostDoesNotGrow counts the queries of a page that is not in memory.
func TestReadCostDoesNotGrow(t *testing.T) {
	b := newBench(t, false)
	b.discussion(t, 30, 2)
	for _, sort := range []moderation.Sort{moderation.Oldest, moderation.Newest, moderation.Top} {
		b.post(t, moderation.Submission{Text: "a change"})
		b.thread(t, moderation.ThreadQuery{Sort: sort, Limit: 3})
		b.post(t, moderation.Submission{Text: "another change"})
		b.sql.take()
		b.thread(t, moderation.ThreadQuery{Sort: sort, Limit: 50})
		if asked := b.sql.take(); len(asked) > 4 {
			t.Errorf("%s: %d queries for a page: %v", sort, len(asked), asked)
		}
	}
}

// A page may call itself what it likes: whatever an export has the page under,
// and readers write under, is one thread.
func TestOddIdentifiers(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			b := newBenchAt(t, address(t), false)
			for i, id := range []string{"\n  post-1\n", "a\tb", "12 https://news.example/?p=12", strings.Repeat("ж", 300), strings.Repeat("😀", 1000), "cut \uFFFD off"} {
				number := strconv.Itoa(i + 1)
				file := export(thread(number, id, "https://news.example/imported/"+number), post(number, number, "", "Old."))
				if _, err := b.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus"}); err != nil {
					t.Fatal(err)
				}
				ref := models.ArticleRef{ID: " " + id + "\r\n", URL: "https://news.example/today/" + number, Title: "cut \uFFFD off"}
				b.post(t, moderation.Submission{Text: "New.", Article: ref})
				for _, ref := range []models.ArticleRef{ref, {ID: id}} {
					if _, page := b.thread(t, moderation.ThreadQuery{Article: ref}); len(page.IDs) != 2 {
						t.Errorf("%.20q: the thread has %v, want the old and the new comment", id, page.IDs)
					}
				}
			}
		})
	}
}

func TestThreadRefusals(t *testing.T) {
	b := newBench(t, false)
	long := make([]byte, 2000)
	for i := range long {
		long[i] = 'A'
	}
	for name, tt := range map[string]struct {
		q    moderation.ThreadQuery
		code models.Code
	}{
		"unknown site":   {moderation.ThreadQuery{Site: "nowhere"}, models.CodeNotFound},
		"sort":           {moderation.ThreadQuery{Sort: "best"}, models.CodeInvalid},
		"limit":          {moderation.ThreadQuery{Limit: 101}, models.CodeInvalid},
		"negative limit": {moderation.ThreadQuery{Limit: -1}, models.CodeInvalid},
		"huge cursor":    {moderation.ThreadQuery{Cursor: string(long)}, models.CodeInvalid},
		"odd cursor":     {moderation.ThreadQuery{Cursor: "%%%"}, models.CodeInvalid},
		"short cursor":   {moderation.ThreadQuery{Cursor: "AAAA"}, models.CodeInvalid},
		"foreign host":   {moderation.ThreadQuery{Article: models.ArticleRef{URL: "https://evil.example/"}}, models.CodeOrigin},
		"unknown key":    {moderation.ThreadQuery{Key: "azz"}, models.CodeNotFound},
	} {
		if tt.q.Site == "" {
			tt.q.Site = "news"
		}
		if tt.q.Article.URL == "" {
			tt.q.Article = article("story")
		}
		_, err := b.Thread(context.Background(), tt.q, ids)
		if models.CodeOf(err) != tt.code {
			t.Errorf("%s: %v, want %s", name, err, tt.code)
		}
	}
}

func BenchmarkThread(b *testing.B) {
	s := newBench(b, false)
	s.discussion(b, 20, 2)
	q := moderation.ThreadQuery{Site: "news", Article: article("story")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Thread(context.Background(), q, ids); err != nil {
			b.Fatal(err)
		}
	}
}
