package moderation_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
	"postbag/moderation/redirects"
)

// moved is a site whose pages went to other addresses in many ways.
func moved() http.Handler {
	mux := http.NewServeMux()
	gone := func(from, to string, status int) {
		mux.HandleFunc("GET "+from, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) })
		mux.HandleFunc("HEAD "+from, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) })
	}
	gone("/a", "/half/a", http.StatusMovedPermanently)
	gone("/half/a", "/new/a", http.StatusPermanentRedirect)
	gone("/b", "/for-now/b", http.StatusFound)
	gone("/front", "/", http.StatusMovedPermanently)
	gone("/loop", "/loop", http.StatusMovedPermanently)
	for n := range 6 {
		gone(fmt.Sprintf("/off/%d", n), "/archive", http.StatusMovedPermanently)
	}
	for _, page := range []string{"/new/a", "/for-now/b", "/archive", "/still", "/{$}"} {
		mux.HandleFunc("GET "+page, func(http.ResponseWriter, *http.Request) {})
	}
	return mux
}

// TestFindRedirects asks the pages of a site, and moves the comments of those
// that went somewhere for good.
func TestFindRedirects(t *testing.T) {
	m := &mover{newBenchAt(t, storetest.SQLite(t), false)}
	pages := httptest.NewServer(moved())
	defer pages.Close()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("a page of another site was asked: %s", r.URL) }))
	defer elsewhere.Close()
	both := []string{pages.URL, elsewhere.URL}
	if _, err := m.PatchSite(t.Context(), "news", moderation.SitePatch{Origins: &both}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/a", "/b", "/front", "/loop", "/still", "/off/0", "/off/1", "/off/2", "/off/3", "/off/4", "/off/5"} {
		m.say(t, models.ArticleRef{URL: pages.URL + path}, "", "On "+path)
	}
	m.say(t, models.ArticleRef{URL: elsewhere.URL + "/x"}, "", "Far")
	own := both[:1]
	if _, err := m.PatchSite(t.Context(), "news", moderation.SitePatch{Origins: &own}); err != nil {
		t.Fatal(err)
	}

	asked, of := 0, 0
	req, err := m.FindRedirects(t.Context(), "news", crawler(), func(done, total int) { asked, of = done, total })
	if err != nil || asked != 11 || of != 11 || req.Map.Lines != 1 || len(req.Faults) != 0 {
		t.Fatalf("%d of %d pages asked, %d went elsewhere, %v, %v", asked, of, req.Map.Lines, req.Faults, err)
	}
	told := fmt.Sprint(req.Found)
	for _, want := range []string{"/front It leads to the front page", "/archive 6 pages lead there", "/loop"} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in %s", want, told)
		}
	}

	move, err := m.PlanRedirects(t.Context(), models.Moderator{}, "news", false, crawler())
	if err != nil {
		t.Fatal(err)
	}
	if move = m.planned(t, move.PublicID()); move.State != models.MovePlanned || move.Total != 1 {
		t.Fatalf("%+v", move)
	}
	m.run(t, move.PublicID())
	if got := m.told(t, models.ArticleRef{URL: pages.URL + "/new/a"}); !strings.Contains(got, "On /a") {
		t.Errorf("the new page shows %q", got)
	}
}

// TestPlanRedirects_Dropped gives up a plan while the pages are still asked.
func TestPlanRedirects_Dropped(t *testing.T) {
	m := &mover{newBenchAt(t, storetest.SQLite(t), false)}
	asked, answer := make(chan struct{}, 100), make(chan struct{})
	pages := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-answer }))
	defer pages.Close()
	own := []string{pages.URL}
	if _, err := m.PatchSite(t.Context(), "news", moderation.SitePatch{Origins: &own}); err != nil {
		t.Fatal(err)
	}
	m.say(t, models.ArticleRef{URL: pages.URL + "/a"}, "", "Words")
	move, err := m.PlanRedirects(t.Context(), models.Moderator{}, "news", false, crawler())
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := m.DropMove(t.Context(), move.PublicID()); err != nil {
		t.Fatal(err)
	}
	close(answer)
	m.restart(t) // waits for what is at work
	if _, err := m.Move(t.Context(), move.PublicID()); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("the plan is there: %v", err)
	}
	m.sound(t)
}

func crawler() *redirects.Crawler { return redirects.New(redirects.NewClient(true), 1000) }

// planned waits until a move is planned, or has failed.
func (m *mover) planned(t *testing.T, id string) models.Move {
	t.Helper()
	for tick := time.NewTicker(time.Millisecond); ; {
		move, err := m.Move(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if move.State != models.MovePlanning {
			return move
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the pages are still asked")
		}
	}
}
