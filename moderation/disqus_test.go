package moderation_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// TestDisqusShowsOnlyThePublic takes a comment through its states and looks for
// it in every list.
func TestDisqusShowsOnlyThePublic(t *testing.T) {
	d := newDesk(t)
	held := d.say(t, "dubious words")
	gone := d.say(t, "plain words")
	d.answer(t, gone, "an answer")
	flat := func() int {
		posts, _, err := d.DisqusPosts(t.Context(), moderation.DisqusQuery{Site: "news"})
		if err != nil {
			t.Fatal(err)
		}
		return len(posts)
	}
	tree := func() (shown, tombstones int) {
		posts, _, err := d.DisqusTree(t.Context(), moderation.DisqusQuery{Site: "news", Thread: "link:" + article("story").URL})
		if err != nil {
			t.Fatal(err)
		}
		for i := range posts {
			if posts[i].Tombstone() {
				tombstones++
			}
		}
		return len(posts), tombstones
	}
	if shown, tombs := tree(); flat() != 2 || shown != 2 || tombs != 0 {
		t.Fatalf("with one held: %d by time, %d in order, %d tombstones", flat(), shown, tombs)
	}
	if _, err := d.DisqusPost(t.Context(), "news", held); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("a held comment is told of: %v", err)
	}
	if err := d.Withdraw(t.Context(), gone, d.tokens[gone]); err != nil {
		t.Fatal(err)
	}
	if shown, tombs := tree(); flat() != 1 || shown != 2 || tombs != 1 {
		t.Errorf("with one withdrawn: %d by time, %d in order, %d tombstones", flat(), shown, tombs)
	}
	if post, err := d.DisqusPost(t.Context(), "news", gone); err != nil || post.Source != "" {
		t.Errorf("the text of a tombstone is told: %q, %v", post.Source, err)
	}
}

// TestDisqusBounds asks for more than there is to be had.
func TestDisqusBounds(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	_, _, errLimit := b.DisqusPosts(ctx, moderation.DisqusQuery{Site: "news", Limit: 101})
	_, errNames := b.DisqusThreads(ctx, "news", make([]string, moderation.MaxCounts+1))
	_, errLong := b.DisqusPopular(ctx, moderation.DisqusQuery{Site: "news"}, 91*24*time.Hour)
	for what, err := range map[string]error{"limit": errLimit, "names": errNames, "interval": errLong} {
		if models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestDisqusKeepsSitesApart: what belongs to one site is not told of under the
// name of another, whatever its number.
func TestDisqusKeepsSitesApart(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	if _, err := b.AddSite(ctx, moderation.NewSite{Key: "other", Name: "Other", Origins: []string{"https://other.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	c := b.post(t, moderation.Submission{Text: "Hello.", Site: "other", Article: models.ArticleRef{URL: "https://other.example/a"}}).Comment
	thread, post := models.ArticleID.Format(c.ArticleID), c.PublicID()
	for site, found := range map[string]bool{"other": true, "news": false} {
		if threads, err := b.DisqusThreads(ctx, site, []string{thread}); err != nil || (len(threads) == 1) != found {
			t.Errorf("%s: %d threads, %v", site, len(threads), err)
		}
		if _, err := b.DisqusPost(ctx, site, post); (err == nil) != found {
			t.Errorf("%s: post %v", site, err)
		}
		if posts, _, err := b.DisqusPosts(ctx, moderation.DisqusQuery{Site: site}); err != nil || (len(posts) == 1) != found {
			t.Errorf("%s: %d posts, %v", site, len(posts), err)
		}
		for name, ask := range map[string]func() error{
			"posts": func() error {
				_, _, err := b.DisqusPosts(ctx, moderation.DisqusQuery{Site: site, Thread: thread})
				return err
			},
			"tree": func() error {
				_, _, err := b.DisqusTree(ctx, moderation.DisqusQuery{Site: site, Thread: thread})
				return err
			},
		} {
			if err := ask(); (err == nil) != found {
				t.Errorf("%s: %s of the thread: %v", site, name, err)
			}
		}
	}
}

// TestDisqusCursors walks every list to its end and back, on both databases,
// while likes and removed comments lie in between.
func TestDisqusCursors(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			d := &desk{bench: newBenchAt(t, address(t), false), tokens: map[string]string{}}
			d.busyThread(t)
			tree := func(order string) func(string) ([]string, moderation.DisqusCursor, error) {
				return func(cursor string) ([]string, moderation.DisqusCursor, error) {
					posts, c, err := d.DisqusTree(t.Context(), moderation.DisqusQuery{Site: "news", Thread: "link:" + article("story").URL, Order: order, Cursor: cursor, Limit: 3})
					return numbersOf(posts), c, err
				}
			}
			for what, read := range map[string]func(string) ([]string, moderation.DisqusCursor, error){
				"newest": tree("desc"), "oldest": tree("asc"), "popular": tree("popular"),
				"by time": func(cursor string) ([]string, moderation.DisqusCursor, error) {
					posts, c, err := d.DisqusPosts(t.Context(), moderation.DisqusQuery{Site: "news", Cursor: cursor, Limit: 3})
					return numbersOf(posts), c, err
				},
				"articles": func(cursor string) ([]string, moderation.DisqusCursor, error) {
					threads, c, err := d.DisqusThreadList(t.Context(), moderation.DisqusQuery{Site: "news", Cursor: cursor, Limit: 2})
					var numbers []string
					for _, thread := range threads {
						numbers = append(numbers, thread.Number)
					}
					return numbers, c, err
				},
			} {
				thereAndBack(t, what, read)
			}
		})
	}
}

// busyThread writes a thread of roots with replies, some of them liked, some
// taken back, and comments elsewhere.
func (d *desk) busyThread(t *testing.T) {
	t.Helper()
	for i := range 5 {
		root := d.say(t, fmt.Sprint("Root ", i))
		first := d.answer(t, root, "An answer.")
		d.answer(t, first, "An answer to it.")
		d.answer(t, root, "Another answer.")
		for like := range i % 3 {
			if _, err := d.Like(t.Context(), root, true, moderation.Visitor{Addr: netip.AddrFrom4([4]byte{192, 0, byte(like), 1})}); err != nil {
				t.Fatal(err)
			}
		}
		if i%2 == 0 {
			if err := d.Withdraw(t.Context(), first, d.tokens[first]); err != nil {
				t.Fatal(err)
			}
		}
		d.post(t, moderation.Submission{Text: "Elsewhere.", Article: article(fmt.Sprint(i))})
	}
}

func numbersOf(posts []moderation.DisqusPost) (numbers []string) {
	for i := range posts {
		numbers = append(numbers, posts[i].Number)
	}
	return numbers
}

// thereAndBack reads a list forwards, page by page, and then backwards from its
// last page, which must give the same pages.
func thereAndBack(t *testing.T, what string, read func(string) ([]string, moderation.DisqusCursor, error)) {
	t.Helper()
	var there, back [][]string
	seen := map[string]bool{}
	cursor := ""
	for len(there) < 50 {
		page, c, err := read(cursor)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, number := range page {
			if seen[number] {
				t.Errorf("%s: %s is there twice", what, number)
			}
			seen[number] = true
		}
		if there = append(there, page); !c.HasNext {
			cursor = c.Prev
			break
		}
		cursor = c.Next
	}
	for cursor != "" && len(back) < 50 {
		page, c, err := read(cursor)
		if err != nil || !c.HasNext {
			t.Fatalf("%s: %+v, %v", what, c, err)
		}
		back, cursor = append([][]string{page}, back...), c.Prev
	}
	if len(there) < 3 || fmt.Sprint(back) != fmt.Sprint(there[:len(there)-1]) {
		t.Errorf("%s: forwards %v, backwards %v", what, there, back)
	}
}

// TestDisqusTop: who wrote the most, counted anew after a minute.
func TestDisqusTop(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	say := func(name string) {
		t.Helper()
		b.post(t, moderation.Submission{Text: "Hello.", Name: name, Article: article("top")})
	}
	top := func() string {
		t.Helper()
		list, err := b.DisqusTop(ctx, "news", 2)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(list)
	}
	for _, name := range []string{"", "Ann", "Bob", "Ann", "", "", "Cyd"} {
		say(name)
	}
	if got := top(); got != "[{Ann 2} {Cyd 1}]" {
		t.Errorf("top: %s", got)
	}
	say("Bob")
	b.sql.take()
	if got := top(); got != "[{Ann 2} {Cyd 1}]" {
		t.Errorf("counted again at once: %s", got)
	}
	if n := len(b.sql.take()); n > 1 {
		t.Errorf("%d queries for a list that was just counted", n)
	}
	b.advance(time.Minute)
	if got := top(); got != "[{Bob 2} {Ann 2}]" {
		t.Errorf("after a minute: %s", got)
	}
	b.advance(31 * 24 * time.Hour)
	if got := top(); got != "[]" {
		t.Errorf("after a month: %s", got)
	}
	if _, err := b.DisqusTop(ctx, "nowhere", 2); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("unknown site: %v", err)
	}
}

// TestDisqusFollowsMerges: an article that went into another is found there, by
// each of its names.
func TestDisqusFollowsMerges(t *testing.T) {
	m := &mover{newBench(t, false)}
	m.say(t, on("old"), "", "old")
	m.say(t, on("new"), "", "new")
	m.do(t, moderation.MoveRequest{Site: "news", Kind: models.MoveMerge, Article: on("old").URL, Into: on("new").URL})
	for _, name := range []string{models.ArticleID.Format(1), "1000000000000001", "link:" + on("old").URL} {
		thread, err := m.DisqusThread(t.Context(), "news", name)
		if err != nil || thread.ID != 2 {
			t.Errorf("%s: %+v, %v", name, thread, err)
		}
	}
	posts, _, err := m.DisqusPosts(t.Context(), moderation.DisqusQuery{Site: "news", Thread: "1000000000000001"})
	if err != nil || len(posts) != 2 {
		t.Errorf("%d posts, %v", len(posts), err)
	}
}
