package moderation_test

import (
	"net/netip"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

func TestReport(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "fine")
	d.decide(t, d.anna, id, models.ChooseApprove)
	d.flag(t, id, 9)
	d.flag(t, id, 9)
	if err := d.Report(t.Context(), id, "other", " again \n", moderation.Visitor{Addr: netip.MustParseAddr("::ffff:192.0.2.9")}); err != nil {
		t.Fatal(err)
	}
	i := d.look(t, id)
	if i.Comment.Reports != 1 || i.Comment.Lane != models.LaneReported || !i.Comment.Shown || len(i.Reports) != 1 {
		t.Errorf("one address reported three times: %d reports in lane %q", i.Comment.Reports, i.Comment.Lane)
	}
	if r := i.Reports[0]; r.Reason != "abuse" || r.Text != "Look at this." {
		t.Errorf("report %+v", r)
	}
	d.flag(t, id, 10)
	for range 2 { // nobody knows that these are one
		if err := d.Report(t.Context(), id, "spam", strings.Repeat("é", 1000), moderation.Visitor{}); err != nil {
			t.Fatal(err)
		}
	}
	if i := d.look(t, id); i.Comment.Reports != 4 || i.Comment.Priority != 4 || d.count(t, models.LaneReported) != 1 {
		t.Errorf("%d reports, priority %d", i.Comment.Reports, i.Comment.Priority)
	}
	if out := d.decide(t, d.anna, id, models.ChooseApprove); out.Item.Comment.Priority != 0 {
		t.Errorf("what left the queue keeps priority %d", out.Item.Comment.Priority)
	}
	d.flag(t, id, 9)
	if i := d.look(t, id); i.Comment.Reports != 0 || i.Comment.Lane != models.NoLane {
		t.Error("the same address brought the same comment back")
	}
	d.flag(t, id, 11)
	if i := d.look(t, id); i.Comment.Reports != 1 || i.Comment.Lane != models.LaneReported {
		t.Error("a new report does not count after an approval")
	}
	d.sound(t)
}

func TestReportRefusals(t *testing.T) {
	d := newDesk(t)
	public, held, removed := d.say(t, "fine"), d.say(t, "dubious"), d.say(t, "gone")
	d.answer(t, removed, "a reply")
	d.decide(t, d.anna, removed, models.ChooseRemove)
	for name, c := range map[string]struct {
		id, reason, text string
		code             models.Code
	}{
		"reason":      {public, "boring", "", models.CodeInvalid},
		"no reason":   {public, "", "", models.CodeInvalid},
		"long text":   {public, "abuse", strings.Repeat("é", 1001), models.CodeInvalid},
		"broken text": {public, "abuse", "\xff", models.CodeInvalid},
		"held":        {held, "abuse", "", models.CodeNotFound},
		"tombstone":   {removed, "abuse", "", models.CodeNotFound},
		"unknown":     {"czz", "abuse", "", models.CodeNotFound},
		"no id":       {"<", "abuse", "", models.CodeNotFound},
	} {
		if err := d.Report(t.Context(), c.id, c.reason, c.text, moderation.Visitor{Addr: addr(9)}); models.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	d.sound(t)
}

func TestReportsAreBounded(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "fine")
	for range 205 {
		if err := d.Report(t.Context(), id, "spam", "", moderation.Visitor{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.look(t, id).Comment.Reports; got != 200 {
		t.Errorf("%d reports are kept", got)
	}
}

func TestLike(t *testing.T) {
	d := newDesk(t)
	id, held := d.say(t, "fine"), d.say(t, "dubious")
	version := d.look(t, id).Comment.Version
	for _, c := range []struct {
		on   bool
		from netip.Addr
		want int
	}{
		{true, addr(1), 1}, {true, addr(1), 1}, {true, addr(2), 2}, {false, addr(1), 1}, {false, addr(1), 1}, {false, addr(3), 1},
		{true, netip.Addr{}, 2}, {true, netip.Addr{}, 2}, {false, netip.Addr{}, 1},
	} {
		if got, err := d.Like(t.Context(), id, c.on, moderation.Visitor{Addr: c.from}); err != nil || got != c.want {
			t.Errorf("%v from %v: %d, %v, want %d", c.on, c.from, got, err, c.want)
		}
	}
	if c := d.look(t, id).Comment; c.Likes != 1 || c.Version != version {
		t.Errorf("%d likes, version %d, want 1 and %d", c.Likes, c.Version, version)
	}
	for _, id := range []string{held, "czz", ""} {
		_, err := d.Like(t.Context(), id, true, moderation.Visitor{Addr: addr(1)})
		refusal(t, err, models.CodeNotFound)
	}
	d.sound(t)
}

func TestPatchArticle(t *testing.T) {
	d := newDesk(t)
	item := d.look(t, d.say(t, "fine"))
	key := item.Article.Key()
	yes, pre, site, notice := true, models.PreMode, models.SiteMode, " Be kind. \nAlways. "
	a, err := d.PatchArticle(t.Context(), d.anna, key, moderation.ArticlePatch{Closed: &yes, Mode: &pre, Notice: &notice})
	if err != nil || !a.Closed || a.Mode != models.PreMode || a.Notice != "Be kind. \nAlways." || a.Approved != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = d.try(moderationOf("late"))
	refusal(t, err, models.CodeClosed)
	no, empty := false, ""
	if _, err := d.PatchArticle(t.Context(), d.anna, key, moderation.ArticlePatch{Closed: &no}); err != nil {
		t.Fatal(err)
	}
	if c := d.post(t, moderationOf("held")).Comment; c.Status != models.Pending {
		t.Errorf("in mode pre a comment is %s", c.Status)
	}
	if a, err = d.PatchArticle(t.Context(), d.anna, key, moderation.ArticlePatch{Mode: &site, Notice: &empty}); err != nil || a.Notice != "" || a.Mode != "" {
		t.Errorf("%+v, %v", a, err)
	}
	if got, err := d.Article(t.Context(), key); err != nil || got.Mode != "" || got.Pending != 1 || got.SiteKey != "news" {
		t.Errorf("stored %+v, %v", got, err)
	}
	bad, long, control := models.Mode("maybe"), strings.Repeat("é", 501), "a\x00b"
	for name, p := range map[string]moderation.ArticlePatch{"mode": {Mode: &bad}, "long": {Notice: &long}, "control": {Notice: &control}} {
		if _, err := d.PatchArticle(t.Context(), d.anna, key, p); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []string{"", "azz", "c1"} {
		_, err := d.PatchArticle(t.Context(), d.anna, key, moderation.ArticlePatch{Closed: &yes})
		refusal(t, err, models.CodeNotFound)
		_, err = d.Article(t.Context(), key)
		refusal(t, err, models.CodeNotFound)
	}
}

func TestArticles(t *testing.T) {
	d := newDesk(t)
	for _, title := range []string{"alpha", "beta", "gamma", "alphabet"} {
		d.post(t, moderation.Submission{Article: article(title), Text: "text", Addr: addr(1)})
	}
	read := func(text string, limit int) (titles []string) {
		cursor := ""
		for {
			page, next, err := d.Articles(t.Context(), "news", text, limit, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page {
				titles = append(titles, a.Title)
			}
			if next == "" {
				return titles
			}
			cursor = next
		}
	}
	for _, limit := range []int{0, 1, 3, 100} {
		if got := strings.Join(read("", limit), " "); got != "alphabet gamma beta alpha" {
			t.Errorf("limit %d: %s", limit, got)
		}
		if got := strings.Join(read(" ALPHA", limit), " "); got != "alphabet alpha" {
			t.Errorf("limit %d: %s", limit, got)
		}
	}
	for name, c := range map[string]struct {
		site, text, cursor string
		limit              int
		code               models.Code
	}{
		"site":   {"nowhere", "", "", 0, models.CodeNotFound},
		"limit":  {"news", "", "", 101, models.CodeInvalid},
		"cursor": {"news", "", "c1", 0, models.CodeInvalid},
		"huge":   {"news", "", strings.Repeat("a", 1<<20), 0, models.CodeInvalid},
		"text":   {"news", strings.Repeat("x", 201), "", 0, models.CodeInvalid},
	} {
		if _, _, err := d.Articles(t.Context(), c.site, c.text, c.limit, c.cursor); models.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
