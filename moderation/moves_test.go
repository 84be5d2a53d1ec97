package moderation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
	"postbag/moderation/urlmap"
)

// eachMover runs a test on both databases.
func eachMover(t *testing.T, test func(*testing.T, *mover)) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { test(t, &mover{newBenchAt(t, address(t), false)}) })
	}
}

// mover is a bench whose articles move.
type mover struct{ *bench }

// everything is an encoding that shows all that a page has.
var everything = moderation.Encoder{Name: "all", ContentType: "application/json", Encode: func(t moderation.Thread) ([]byte, error) { return json.Marshal(t) }}

// say posts a comment and returns its id.
func (m *mover) say(t testing.TB, ref models.ArticleRef, parent, text string) string {
	t.Helper()
	r, err := m.try(moderation.Submission{Article: ref, Parent: parent, Text: text, Name: "Rita"})
	if err != nil {
		t.Fatalf("post %q: %v", text, err)
	}
	return r.Comment.PublicID()
}

// told is what readers are shown of a page: texts in order, replies behind >.
func (m *mover) told(t testing.TB, ref models.ArticleRef) string {
	t.Helper()
	page, err := m.Thread(t.Context(), moderation.ThreadQuery{Site: "news", Article: ref, Limit: 100}, everything)
	if err != nil {
		t.Fatal(err)
	}
	var thread moderation.Thread
	if err := json.Unmarshal(page.Plain, &thread); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range thread.Comments {
		texts = append(texts, strings.Repeat(">", c.Depth)+strings.TrimSuffix(strings.TrimPrefix(c.HTML, "<p>"), "</p>"))
	}
	counts, err := m.Counts(t.Context(), "news", []models.ArticleRef{ref})
	if err != nil || counts[0] != len(thread.Comments) {
		t.Errorf("count is %v (%v) of %d comments", counts, err, len(thread.Comments))
	}
	return strings.Join(texts, " ")
}

// state is all that a move may change: articles, their names, and their pages to
// the byte.
func (m *mover) state(t testing.TB, refs ...models.ArticleRef) string {
	t.Helper()
	var b strings.Builder
	for id := int64(1); ; id++ {
		a, err := m.store.Article(t.Context(), id)
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		names, err := m.store.ArticleAliases(t.Context(), id, 1000)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%+v %v\n", a, names)
	}
	for _, ref := range refs {
		page, err := m.Thread(t.Context(), moderation.ThreadQuery{Site: "news", Article: ref, Limit: 100}, everything)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%v %s\n%s\n", ref, page.ETag, page.Plain)
	}
	sites, err := m.store.Sites(t.Context())
	fmt.Fprintf(&b, "%+v %v\n", sites, err)
	return b.String()
}

func mapOf(t testing.TB, text string) moderation.MoveRequest {
	t.Helper()
	list, faults, err := urlmap.Read(strings.NewReader(text), urlmap.Options{Normal: moderation.NormalURL})
	if err != nil {
		t.Fatal(err)
	}
	return moderation.MoveRequest{Site: "news", Kind: models.MoveMap, Map: list, Faults: faults}
}

// plan looks first, then plans; both must say the same.
func (m *mover) plan(t testing.TB, req moderation.MoveRequest) models.Move {
	t.Helper()
	tried, err := m.TryMove(t.Context(), req)
	if err != nil {
		t.Fatalf("try: %v", err)
	}
	move, err := m.PlanMove(t.Context(), models.Moderator{}, req)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	report, err := moderation.ReportOf(&move)
	if err != nil || fmt.Sprint(report) != fmt.Sprint(tried) {
		t.Errorf("tried %+v\nplanned %+v (%v)", tried, report, err)
	}
	return move
}

func (m *mover) do(t testing.TB, req moderation.MoveRequest) models.Move {
	t.Helper()
	move := m.plan(t, req)
	return m.run(t, move.PublicID())
}

func (m *mover) run(t testing.TB, id string) models.Move {
	t.Helper()
	move, err := m.RunMove(t.Context(), models.Moderator{}, id, false)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return m.work(t, move)
}

func (m *mover) work(t testing.TB, move models.Move) models.Move {
	t.Helper()
	move, err := m.WorkMove(t.Context(), move.ID, nil)
	if err != nil {
		t.Fatalf("work: %v", err)
	}
	m.sound(t)
	return move
}

func (m *mover) undo(t testing.TB, id string) models.Move {
	t.Helper()
	move, err := m.UndoMove(t.Context(), models.Moderator{}, id)
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	return m.work(t, move)
}

func on(ref string) models.ArticleRef { return models.ArticleRef{URL: "https://news.example/" + ref} }

func named(id, ref string) models.ArticleRef {
	return models.ArticleRef{ID: id, URL: "https://news.example/" + ref}
}

func TestMove_Map(t *testing.T) {
	eachMover(t, func(t *testing.T, m *mover) {
		one := m.say(t, named("id-a", "old/a"), "", "a1")
		m.say(t, on("old/a"), one, "a2")
		m.say(t, on("new/b"), "", "b1")
		m.say(t, on("old/b"), "", "b2")
		m.say(t, on("old/c?p=12"), "", "c1")
		m.say(t, on("alone"), "", "d1")
		refs := []models.ArticleRef{on("old/a"), on("old/b"), on("new/b"), on("old/c?p=12"), on("alone"), {ID: "id-a"}, on("new/a")}
		before := m.state(t, refs...)

		move := m.plan(t, mapOf(t, "old,new\nhttps://news.example/old/a,https://news.example/new/a\nhttps://news.example/none,https://news.example/new/none\n"+
			"http://www.news.example/old/b/,https://news.example/new/b\nhttps://news.example/old/*,https://news.example/new/*\n"))
		report, _ := moderation.ReportOf(&move)
		if report.Articles != 3 || report.Merged != 1 || report.Unknown != 1 || report.Comments != 4 || report.Lines != 4 || report.Rules != 1 {
			t.Errorf("report %+v", report)
		}
		if after := m.state(t, refs...); after != before {
			t.Errorf("a plan changed\n%s\nto\n%s", before, after)
		}
		m.run(t, move.PublicID())
		for ref, want := range map[models.ArticleRef]string{
			on("new/a"): "a1 >a2", on("old/a"): "a1 >a2", {ID: "id-a"}: "a1 >a2", on("new/b"): "b1 b2", on("old/b"): "b1 b2",
			on("new/c?p=12"): "c1", on("new/c?p=12&utm_source=x"): "c1", on("new/c"): "", on("alone"): "d1",
		} {
			if got := m.told(t, ref); got != want {
				t.Errorf("%v shows %q, want %q", ref, got, want)
			}
		}
		if got, err := m.Article(t.Context(), "a1"); err != nil || got.URL != "https://news.example/new/a" {
			t.Errorf("the article's URL is %q (%v)", got.URL, err)
		}
		m.undo(t, move.PublicID())
		if after := m.state(t, refs...); after != before {
			t.Errorf("after the undo\n%s\nwant\n%s", after, before)
		}
	})
}

func TestMove_Host(t *testing.T) {
	eachMover(t, func(t *testing.T, m *mover) {
		m.say(t, named("1 https://news.example/?p=1", "a"), "", "a1")
		m.say(t, named("1 https://news.example/?p=1", "?p=1"), "", "a2")
		m.say(t, on("b"), "", "b1")
		before := m.state(t, on("a"), on("b"))
		req := moderation.MoveRequest{Site: "news", Kind: models.MoveHost, From: "www.news.example", To: "https://www.new.example/"}
		if _, err := m.TryMove(t.Context(), req); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("a host that is not the site's: %v", err)
		}
		req.AddOrigins = true
		move := m.do(t, req)
		there := func(path string) models.ArticleRef { return models.ArticleRef{URL: "https://new.example/" + path} }
		for ref, want := range map[models.ArticleRef]string{there("a"): "a1 a2", there("?p=1"): "a1 a2", there("b"): "b1", on("a"): "a1 a2"} {
			if got := m.told(t, ref); got != want {
				t.Errorf("%v shows %q, want %q", ref, got, want)
			}
		}
		if a, err := m.Article(t.Context(), "a1"); err != nil || a.URL != "https://www.new.example/a" {
			t.Errorf("URL is %q (%v)", a.URL, err)
		}
		m.undo(t, move.PublicID())
		if after := m.state(t, on("a"), on("b")); after != before {
			t.Errorf("after the undo\n%s\nwant\n%s", after, before)
		}
		if _, err := m.Thread(t.Context(), moderation.ThreadQuery{Site: "news", Article: there("a")}, ids); models.CodeOf(err) != models.CodeOrigin {
			t.Errorf("the host that the move had added: %v", err)
		}
	})
}

// TestMove_Merge merges two articles by hand, goes on to write there, and undoes
// it.
func TestMove_Merge(t *testing.T) {
	eachMover(t, func(t *testing.T, m *mover) {
		a1 := m.say(t, named("A", "a"), "", "a1")
		m.say(t, named("B", "b"), "", "b1")
		a2 := m.say(t, named("A", "a"), "", "a2")
		m.say(t, named("A", "a"), a1, "a3")
		refs := []models.ArticleRef{on("a"), on("b"), {ID: "A"}, {ID: "B"}}
		before := m.state(t, refs...)
		move := m.do(t, moderation.MoveRequest{Site: "news", Kind: models.MoveMerge, Article: "https://news.example/a", Into: "B"})
		for _, ref := range refs {
			if got, want := m.told(t, ref), "a1 >a3 b1 a2"; got != want {
				t.Errorf("%v shows %q, want %q", ref, got, want)
			}
		}
		if a, err := m.Article(t.Context(), "a1"); err != nil || a.Key() != "a2" {
			t.Errorf("the key of the article that went leads to %s (%v)", a.Key(), err)
		}
		if page, list := m.thread(t, moderation.ThreadQuery{Article: on("b"), Around: a2}); page == nil || len(list.IDs) != 4 {
			t.Errorf("around a comment that moved: %v", list)
		}
		if list, _, err := m.Articles(t.Context(), "news", "", 10, ""); err != nil || len(list) != 1 {
			t.Errorf("%d articles are listed (%v)", len(list), err)
		}
		m.undo(t, move.PublicID())
		if after := m.state(t, refs...); after != before {
			t.Errorf("after the undo\n%s\nwant\n%s", after, before)
		}

		move = m.do(t, moderation.MoveRequest{Site: "news", Kind: models.MoveMerge, Article: "A", Into: "B"})
		m.say(t, on("a"), a1, "reply to what moved")
		m.say(t, on("a"), "", "new on the page that is gone")
		m.undo(t, move.PublicID())
		if got, want := m.told(t, on("a")), "a1 >a3 >reply to what moved a2"; got != want {
			t.Errorf("the article that came back shows %q, want %q", got, want)
		}
		if got, want := m.told(t, on("b")), "b1 new on the page that is gone"; got != want {
			t.Errorf("the other shows %q, want %q", got, want)
		}
	})
}

// TestMove_OneOnAnother undoes moves in the only order that is possible.
func TestMove_OneOnAnother(t *testing.T) {
	eachMover(t, func(t *testing.T, m *mover) {
		for _, name := range []string{"a", "b", "c"} {
			m.say(t, named(strings.ToUpper(name), name), "", name+"1")
		}
		refs := []models.ArticleRef{on("a"), on("b"), on("c")}
		before := m.state(t, refs...)
		first := m.do(t, moderation.MoveRequest{Site: "news", Kind: models.MoveMerge, Article: "A", Into: "B"})
		second := m.do(t, moderation.MoveRequest{Site: "news", Kind: models.MoveMerge, Article: "B", Into: "C"})
		if got := m.told(t, on("a")); got != "a1 b1 c1" {
			t.Errorf("merged twice: %q", got)
		}
		if a, err := m.Article(t.Context(), "a1"); err != nil || a.Key() != "a3" {
			t.Errorf("the first article leads to %s (%v)", a.Key(), err)
		}
		if _, err := m.UndoMove(t.Context(), models.Moderator{}, first.PublicID()); models.CodeOf(err) != models.CodeConflict || !strings.Contains(err.Error(), second.PublicID()) {
			t.Errorf("undo of the first: %v", err)
		}
		m.undo(t, second.PublicID())
		m.undo(t, first.PublicID())
		if after := m.state(t, refs...); after != before {
			t.Errorf("after the undo\n%s\nwant\n%s", after, before)
		}
		if _, err := m.UndoMove(t.Context(), models.Moderator{}, first.PublicID()); models.CodeOf(err) != models.CodeConflict {
			t.Errorf("undo a second time: %v", err)
		}
	})
}

// errKilled stands for the end of a process.
var errKilled = errors.New("killed")

// TestMove_Interrupted stops a move and its undo after each of their
// transactions, goes on in another process, and posts in between.
func TestMove_Interrupted(t *testing.T) {
	eachMover(t, func(t *testing.T, m *mover) {
		var lines strings.Builder
		for i := range 5 {
			m.say(t, on(fmt.Sprint("old/", i)), "", fmt.Sprint("old ", i))
			m.say(t, on(fmt.Sprint("new/", i)), "", fmt.Sprint("new ", i))
			fmt.Fprintf(&lines, "https://news.example/old/%d,https://news.example/new/%d\n", i, i)
		}
		m.bulk(t, on("old/4"), 2200)
		before := m.state(t, on("old/0"), on("old/4"), on("new/4"))
		move := m.plan(t, mapOf(t, lines.String()))
		if _, err := m.RunMove(t.Context(), models.Moderator{}, move.PublicID(), false); err != nil {
			t.Fatal(err)
		}
		steps := m.limp(t, move.ID)
		if steps < 2 {
			t.Errorf("2,200 comments moved in %d transactions", steps)
		}
		if counts, err := m.Counts(t.Context(), "news", []models.ArticleRef{on("old/4"), on("new/4"), on("new/0")}); err != nil || fmt.Sprint(counts) != "[1982 1982 2]" {
			t.Errorf("counts %v (%v)", counts, err)
		}
		if _, err := m.UndoMove(t.Context(), models.Moderator{}, move.PublicID()); err != nil {
			t.Fatal(err)
		}
		m.limp(t, move.ID)
		if after := m.state(t, on("old/0"), on("old/4"), on("new/4")); after != before {
			t.Errorf("after the undo\n%.3000s\nwant\n%.3000s", after, before)
		}
		// a move that is undone before it has ended
		move = m.plan(t, mapOf(t, lines.String()))
		if _, err := m.RunMove(t.Context(), models.Moderator{}, move.PublicID(), false); err != nil {
			t.Fatal(err)
		}
		ctx, kill := context.WithCancelCause(t.Context())
		if _, err := m.WorkMove(ctx, move.ID, func(models.Move) { kill(errKilled) }); err == nil {
			t.Fatal("the move was not interrupted")
		}
		m.undo(t, move.PublicID())
		if after := m.state(t, on("old/0"), on("old/4"), on("new/4")); after != before {
			t.Errorf("after the undo of a half\n%.3000s\nwant\n%.3000s", after, before)
		}
	})
}

// limp works on a move, dying after each transaction, and says how many there
// were.
func (m *mover) limp(t *testing.T, id int64) (transactions int) {
	t.Helper()
	for ; ; transactions++ {
		ctx, kill := context.WithCancelCause(t.Context())
		_, err := m.WorkMove(ctx, id, func(models.Move) { kill(errKilled) })
		m.sound(t)
		if err == nil {
			return transactions
		}
		if !errors.Is(err, context.Canceled) || transactions > 100 {
			t.Fatalf("the move does not end: %v", err)
		}
	}
}

// bulk stores comments of an article by one author, without all that posting
// brings with it.
func (m *mover) bulk(t testing.TB, ref models.ArticleRef, n int) {
	t.Helper()
	root := m.say(t, ref, "", "the first of many")
	h, err := m.History(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	first := h.Item.Comment
	err = m.store.Write(t.Context(), func(tx *store.Tx) error {
		id, err := tx.NextIDs("comment", n-1)
		if err != nil {
			return err
		}
		list := make([]*models.Comment, n-1)
		for i := range list {
			c := first
			c.ID, c.Key, c.LiveReplies, c.ThreadSize = id+int64(i), "", 0, 0
			place := models.NewPlace(nil, c.ID, c.CreatedAt)
			c.Root, c.Path = place.Root, place.Path
			if i%10 == 0 {
				c.Status = models.Spam
			}
			list[i] = &c
		}
		return tx.InsertComments(list)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMove_Posting posts from both pages while their articles become one, and
// are parted again.
func TestMove_Posting(t *testing.T) {
	eachMover(t, func(t *testing.T, m *mover) {
		root := m.say(t, on("old"), "", "root")
		m.say(t, on("new"), "", "other")
		m.bulk(t, on("old"), 2200)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var mu sync.Mutex
		posted := map[string]string{} // id → the comment that it answers
		for i, ref := range []models.ArticleRef{on("old"), on("new"), on("old")} {
			wg.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					parent := ""
					if i == 2 {
						parent = root
					}
					r, err := m.try(moderation.Submission{Article: ref, Parent: parent, Text: fmt.Sprint("while it moves ", i, n), Name: "Rita"})
					if err != nil {
						t.Errorf("post: %v", err)
						return
					}
					mu.Lock()
					posted[r.Comment.PublicID()] = parent
					mu.Unlock()
				}
			})
		}
		req := moderation.MoveRequest{Site: "news", Kind: models.MoveMerge, Article: "https://news.example/old", Into: "https://news.example/new"}
		move, err := m.PlanMove(ctx, models.Moderator{}, req)
		if err == nil {
			move, err = m.RunMove(ctx, models.Moderator{}, move.PublicID(), false)
		}
		if err == nil {
			move, err = m.WorkMove(ctx, move.ID, nil)
		}
		if err == nil {
			_, err = m.UndoMove(ctx, models.Moderator{}, move.PublicID())
		}
		if err == nil {
			move, err = m.WorkMove(ctx, move.ID, nil)
		}
		stop()
		wg.Wait()
		if err != nil || move.State != models.MoveUndone {
			t.Fatalf("move is %s: %v", move.State, err)
		}
		m.sound(t)
		for id, parent := range posted {
			h, err := m.History(t.Context(), id)
			if err != nil || parent != "" && h.Item.Comment.ArticleID != 1 {
				t.Errorf("%s, which answers %q, is on article %d (%v)", id, parent, h.Item.Comment.ArticleID, err)
			}
		}
		if len(posted) == 0 {
			t.Error("nobody posted")
		}
	})
}

// TestMove_Split parts two threads that an import made one article of, and
// imports them again.
func TestMove_Split(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		file := export(thread("1", "", page), thread("2", "", "http://www.news.example/a/"),
			post("10", "1", "", "one"), post("11", "2", "", "two"), post("12", "1", "10", "three"), post("13", "2", "11", "four", gone), post("14", "2", "13", "five"))
		a.take(t, file, moderation.ImportOptions{})
		article := a.comment(t, "10").ArticleID
		before := a.shown(t, article)
		m := &mover{&bench{Service: a.Service, store: a.store}}
		req := moderation.MoveRequest{Site: "news", Kind: models.MoveSplit, Article: page, Thread: "2", URL: "http://www.news.example/a/"}
		for field, change := range map[string]func(*moderation.MoveRequest){
			"thread": func(r *moderation.MoveRequest) { r.Thread = "3" }, "url": func(r *moderation.MoveRequest) { r.URL = page },
			"article": func(r *moderation.MoveRequest) { r.Article = "nothing" },
		} {
			wrong := req
			change(&wrong)
			if _, err := a.TryMove(t.Context(), wrong); models.CodeOf(err) != models.CodeInvalid {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		move := m.do(t, req)
		apart := a.comment(t, "11").ArticleID
		if got, want := a.shown(t, article)+" | "+a.shown(t, apart), "10 >12 | 11 [>13] >>14"; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
		counts, err := a.Counts(t.Context(), "news", []models.ArticleRef{{URL: page}, {URL: "http://www.news.example/a/"}})
		if err != nil || fmt.Sprint(counts) != "[2 2]" {
			t.Errorf("counts %v (%v)", counts, err)
		}
		if r := a.take(t, file, moderation.ImportOptions{}); r.Added != 0 {
			t.Errorf("%d comments were added again", r.Added)
		}
		m.undo(t, move.PublicID())
		if got := a.shown(t, article); got != before {
			t.Errorf("after the undo readers see %q, want %q", got, before)
		}
		if r := a.take(t, file, moderation.ImportOptions{}); r.Added != 0 {
			t.Errorf("after the undo %d comments were added again", r.Added)
		}
	})
}
