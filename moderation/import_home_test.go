package moderation_test

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// timed is an archive whose time stands still until it is moved.
type timed struct {
	*archive
	now *time.Time
}

func newTimed(t testing.TB, address string) timed {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.UTC)
	clock := func() time.Time { return now }
	st := storetest.Open(t, address, store.Options{Clock: clock})
	s, err := moderation.New(t.Context(), st, moderation.Options{Clock: clock})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close(context.Background())) })
	_, err = s.AddSite(t.Context(), moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, NoRules: true})
	must(t, err)
	return timed{&archive{s, st, address}, &now}
}

// later moves the clock.
func (a timed) later() { *a.now = a.now.Add(time.Minute) }

// storied is a site in which everything happened that an export can tell.
func storied(t *testing.T, a timed) {
	t.Helper()
	live(t, a.archive)
	a.take(t, emigrated(), moderation.ImportOptions{})
	bea := a.hire(t, "bea@news.example")
	_, err := a.AddRule(t.Context(), bea, "news", moderation.RuleDraft{Name: "dubious", Kind: "keyword", Action: models.Hold, Spec: `{"terms":["dubious"]}`})
	must(t, err)
	verified := true
	keys, err := a.ConfigureSSO(t.Context(), bea, "news", moderation.SSOPatch{VerifiedEmail: &verified})
	must(t, err)
	l := login{keys: keys, desk: &desk{bench: &bench{now: *a.now}}}
	in, ok, err := a.SignIn(t.Context(), "news", moderation.SignIn{Payload: l.payload(map[string]any{
		"id": 42, "username": "Ada L.", "email": "bob@example.org", "avatar": "https://news.example/ada.png", "url": "https://news.example/ada",
	})})
	if err != nil || !ok {
		t.Fatalf("sign in: %t, %v", ok, err)
	}
	var ids, tokens []string
	for i, text := range []string{"By a member", "This is dubious", "To be changed", "To be escalated", "To and fro"} {
		a.later()
		s := moderation.Submission{Site: "news", Article: models.ArticleRef{URL: page + "/story", Title: "Story"}, Text: text, Name: fmt.Sprint("Guest ", i), Email: "guest@example.org", Addr: addr(byte(i))}
		if i == 0 {
			s.Token = in.Token
		}
		r, err := a.Submit(t.Context(), s)
		must(t, err)
		ids, tokens = append(ids, r.Comment.PublicID()), append(tokens, r.EditToken)
	}
	a.later()
	_, err = a.Edit(t.Context(), ids[2], tokens[2], "First change", netip.Addr{})
	must(t, err)
	a.decide(t, bea, ids[2], models.ChooseApprove)
	_, err = a.Edit(t.Context(), ids[2], tokens[2], "A dubious change", netip.Addr{})
	must(t, err)
	a.later()
	a.decide(t, bea, ids[3], models.ChooseEscalate)
	c := a.look(t, ids[4])
	out, err := a.Decide(t.Context(), bea, moderation.DecisionRequest{Comment: ids[4], Choice: models.ChooseRemove, Note: "A note “of” mine.", Version: c.Version})
	must(t, err)
	a.later()
	_, err = a.Undo(t.Context(), bea, models.DecisionID.Format(out.Decision.ID))
	must(t, err)
	must(t, a.Report(t.Context(), ids[0], "spam", "", moderation.Visitor{Addr: addr(9)}))
	must(t, a.Report(t.Context(), ids[4], "other", "Well …", moderation.Visitor{Addr: addr(9)}))
	a.decide(t, bea, ids[4], models.ChooseApprove)
	a.check(t)
}

func (a timed) look(t testing.TB, id string) models.Comment {
	t.Helper()
	h, err := a.History(t.Context(), id)
	must(t, err)
	return h.Item.Comment
}

// An export that goes into an empty site of the same key makes the same export, byte
// for byte: with ids, times, history, people and who took whose account over.
func TestRestore(t *testing.T) {
	for dialect, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			a, b := newTimed(t, address(t)), newTimed(t, address(t))
			storied(t, a)
			_, err := b.AddRule(t.Context(), models.Moderator{}, "news", moderation.RuleDraft{Name: "dubious", Kind: "keyword", Action: models.Hold, Spec: `{"terms":["dubious"]}`})
			must(t, err)
			a.later()
			*b.now = *a.now
			out := a.written(t, "postbag")
			for _, kind := range []string{`"claimed":`, `"held":true`, `"undoes":`, `"open":true`, `"escalated":true`, `"avatar":`, `"badge":"member"`, `"sanction":"premod"`, `"note":"A note`} {
				if !strings.Contains(out, kind) {
					t.Errorf("nothing in the export says %s", kind)
				}
			}
			r := b.take(t, out, moderation.ImportOptions{Format: "postbag"})
			if codes(r) != "" {
				t.Errorf("problems %+v", r.Problems)
			}
			copied := b.written(t, "postbag")
			for i, line := range strings.Split(out, "\n") {
				if now := strings.Split(copied, "\n"); i >= len(now) || now[i] != line {
					t.Fatalf("line %d\n%s\nbecame\n%s", i+1, line, now[min(i, len(now)-1)])
				}
			}
			for i, x := range []timed{a, b} {
				if r := x.take(t, out, moderation.ImportOptions{Format: "postbag"}); r.Added != 0 || codes(r) != "" || !sameLines(x.written(t, "postbag"), out) {
					t.Errorf("site %d: the file again added %d, %s", i, r.Added, codes(r))
				}
			}
			goesOn(t, a, b)
			restoredUndo(t, b, r.Import)
		})
	}
}

// goesOn checks that a restored site works: an old decision is undone, new ids do not
// meet old ones, and what both sites wrote since stays apart.
func goesOn(t *testing.T, a, b timed) {
	t.Helper()
	for _, line := range lines(t, b.written(t, "postbag")) {
		if line["type"] == "decision" && line["note"] == nil && line["choice"] == "remove" {
			_, err := b.Undo(t.Context(), models.Moderator{ID: 1}, fmt.Sprint(line["id"]))
			must(t, err)
			break
		}
	}
	b.check(t)
	for i, x := range []timed{a, b} {
		for range i + 1 {
			x.later()
		}
		_, err := x.Submit(t.Context(), moderation.Submission{Site: "news", Article: models.ArticleRef{URL: page + "/story"}, Text: fmt.Sprint("Since, on site ", i), Name: "Zoe", Addr: addr(99)})
		must(t, err)
	}
	if r := a.take(t, b.written(t, "postbag"), moderation.ImportOptions{Format: "postbag"}); r.Added != 1 {
		t.Errorf("of what the other site wrote since, %d came", r.Added)
	}
}

// restoredUndo checks that a backup that was restored by mistake can be taken back.
func restoredUndo(t *testing.T, b timed, run string) {
	t.Helper()
	r := b.undo(t, run, moderation.UndoOptions{})
	b.check(t)
	left := b.written(t, "postbag")
	if r.Kept != 1 || strings.Count(left, `{"type":"comment"`) != 2 || r.Why.Decided != 1 {
		t.Errorf("undone: %+v, %s", r, left)
	}
}

// Other sites of a server may have the ids of the file: then comments get new ones,
// and everything else is as it was.
func TestRestore_idsTaken(t *testing.T) {
	a, b := newTimed(t, storetest.SQLite(t)), newTimed(t, storetest.SQLite(t))
	storied(t, a)
	_, err := b.AddSite(t.Context(), moderation.NewSite{Key: "sport", Name: "Sport", Origins: []string{"https://sport.example"}, NoRules: true})
	must(t, err)
	_, err = b.Submit(t.Context(), moderation.Submission{Site: "sport", Article: models.ArticleRef{URL: "https://sport.example/a"}, Text: "Goal", Name: "Kim", Addr: addr(1)})
	must(t, err)
	out := a.written(t, "postbag")
	r := b.take(t, out, moderation.ImportOptions{Format: "postbag"})
	if codes(r) != "2  new-ids" || r.Added != strings.Count(out, `{"type":"comment"`) {
		t.Errorf("%d added, problems %s", r.Added, codes(r))
	}
	copied := b.written(t, "postbag")
	for _, kind := range []string{"comment", "author", "article", "revision", "report", "decision", "moderator"} {
		if n, m := strings.Count(out, `{"type":"`+kind), strings.Count(copied, `{"type":"`+kind); n != m {
			t.Errorf("%d lines %s became %d", n, kind, m)
		}
	}
	for _, word := range []string{`"kind":"sso"`, `"claimed"`, `"badge"`, `"held":true`, `"open":true`, `"undoes"`} {
		if n, m := strings.Count(out, word), strings.Count(copied, word); n != m {
			t.Errorf("%d times %s became %d", n, word, m)
		}
	}
	if r := b.take(t, out, moderation.ImportOptions{Format: "postbag"}); r.Added != 0 {
		t.Errorf("the file again added %d", r.Added)
	}
}

// Nothing that a file says breaks the import, or the site after it.
func TestRestore_hostile(t *testing.T) {
	a := newTimed(t, storetest.SQLite(t))
	storied(t, a)
	out := a.written(t, "postbag")
	swap := func(pattern, with string) func(string) string {
		re := regexp.MustCompile(pattern)
		return func(line string) string { return re.ReplaceAllString(line, with) }
	}
	for name, change := range map[string]func(string) string{
		"ids out of bounds":     swap(`"type":"comment","id":"c1"`, `"type":"comment","id":"czzzzzzzzzzz"`),
		"an article's":          swap(`"type":"article","id":"a1"`, `"type":"article","id":"azzzzzzzzzzz"`),
		"a revision's":          swap(`"type":"revision","id":1,`, `"type":"revision","id":9223372036854775807,`),
		"a decision's":          swap(`"type":"decision","id":"d1"`, `"type":"decision","id":"d1y2p0ij32e8e7"`),
		"a moderator's":         swap(`"type":"moderator","id":"m1"`, `"type":"moderator","id":"m1y2p0ij32e8e7"`),
		"versions":              swap(`"version":\d+`, `"version":999999999999`),
		"decisions' versions":   swap(`"after":\d+`, `"after":999999999999`),
		"equal ids of reports":  swap(`"type":"report","id":\d+`, `"type":"report","id":1`),
		"equal revisions":       swap(`"type":"revision","id":\d+`, `"type":"revision","id":1`),
		"equal decisions":       swap(`"type":"decision","id":"d\w+"`, `"type":"decision","id":"d9"`),
		"all undo one":          swap(`("type":"decision","id":"d\w+","comment":")c\w+("|.*$)`, `${1}c1","undoes":"d1$2`),
		"history of one":        swap(`("type":"(revision|report|decision)","id":[^,]+,"comment":)"c\w+"`, `$1"c1"`),
		"history of none":       swap(`("type":"(revision|report|decision)","id":[^,]+,"comment":)"c\w+"`, `$1"czzz"`),
		"one key for everybody": swap(`"kind":"\w+","key":"[^"]+"`, `"kind":"sso","key":"sso:1"`),
		"all took over one":     swap(`"kind":"\w+","key":("[^"]+")`, `"kind":"sso","key":"sso:1","claimed":"disqus:user:AAAAAAAAAAAAAAAAAAAAAAAA","x":$1`),
		"odd people":            swap(`"kind":"\w+","key":"[^"]+"`, `"kind":"moderator","key":"moderator:1","avatar":"javascript:x"`),
		"all names alike":       swap(`"(identifiers|urls|normalised|external)":\[[^\]]*\]`, `"$1":["https://news.example/a"]`),
		"nonsense":              swap(`"(choice|from|to|reason|settled|created|status)":"[^"]*"`, `"$1":"\u0000<b>"`),
	} {
		t.Run(name, func(t *testing.T) {
			b := newTimed(t, storetest.SQLite(t))
			var file strings.Builder
			for i, line := range strings.SplitAfter(out, "\n") {
				if i > 1 { // behind the header and the site
					line = change(line)
				}
				file.WriteString(line)
			}
			r := b.take(t, file.String(), moderation.ImportOptions{Format: "postbag"}) // and everything is counted anew
			if r := b.take(t, file.String(), moderation.ImportOptions{Format: "postbag"}); r.Added != 0 {
				t.Errorf("the same again added %d", r.Added)
			}
			_, err := b.Submit(t.Context(), moderation.Submission{Site: "news", Article: models.ArticleRef{URL: page + "/new"}, Text: "Still here", Name: "Zoe", Addr: addr(99)})
			must(t, err)
			b.undo(t, r.Import, moderation.UndoOptions{})
		})
	}
}
