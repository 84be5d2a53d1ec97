package moderation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

func TestAddSite(t *testing.T) {
	b := newBench(t, false)
	site, err := b.AddSite(t.Context(), moderation.NewSite{
		Key: "daily-2", Name: " The  Daily ", Origins: []string{"https://www.Daily.example", "http://daily.example/path", "blog.daily.example:8080"}, Language: "pt-BR",
	})
	if err != nil {
		t.Fatal(err)
	}
	if site.ID == 0 || site.Name != "The Daily" || site.Mode != models.PostMode || site.MaxLength != 5000 || site.Language != "pt-BR" ||
		!slices.Equal(site.Hosts, []string{"blog.daily.example:8080", "daily.example"}) {
		t.Errorf("site %+v", site)
	}
	var reasons []string
	for _, r := range site.Reasons {
		reasons = append(reasons, r.Key)
	}
	if strings.Join(reasons, " ") != "off-topic abuse personal-data legal spam other" {
		t.Errorf("reasons %v", reasons)
	}
	rules, err := b.Rules(t.Context(), "daily-2")
	if err != nil || len(rules) != 3 || rules[0].Action != models.Slow || rules[0].Kind != "rate" {
		t.Errorf("rules %+v, %v", rules, err)
	}
	if sites, err := b.Sites(t.Context()); err != nil || len(sites) != 2 || sites[0].Key != "daily-2" {
		t.Errorf("sites %+v, %v", sites, err)
	}
	for origin, want := range map[string]bool{
		"https://daily.example": true, "http://www.daily.example": true, "https://blog.daily.example:8080": true, "HTTPS://DAILY.example:443": true,
		"https://blog.daily.example": false, "https://evil.example": false, "https://daily.example.evil.example": false, "null": false, "": false, "daily.example": false,
		"https://daily.example@evil.example": false, "ftp://daily.example": false,
	} {
		if got := b.AllowsOrigin(&site, origin); got != want {
			t.Errorf("origin %q: %v", origin, got)
		}
	}
}

// Six comments in a minute are one too many on a new site.
func TestNewSiteSlowsMachines(t *testing.T) {
	b := newBench(t, true)
	for i := range 5 {
		b.post(t, moderation.Submission{Text: fmt.Sprint("text ", i), Addr: addr(1)})
	}
	_, err := b.try(moderation.Submission{Text: "text 5", Addr: addr(1)})
	if r := refusal(t, err, models.CodeRateLimited); r.RetryAfter <= 0 {
		t.Errorf("retry after %v", r.RetryAfter)
	}
	b.advance(time.Minute)
	b.post(t, moderation.Submission{Text: "text 6", Addr: addr(1)})
}

func TestAddSiteRefusals(t *testing.T) {
	b := newBench(t, false)
	good := moderation.NewSite{Key: "daily", Name: "Daily", Origins: []string{"https://daily.example"}}
	for name, c := range map[string]struct {
		change func(*moderation.NewSite)
		field  string
	}{
		"no key":        {func(n *moderation.NewSite) { n.Key = "" }, "key"},
		"upper case":    {func(n *moderation.NewSite) { n.Key = "Daily" }, "key"},
		"hyphen first":  {func(n *moderation.NewSite) { n.Key = "-daily" }, "key"},
		"hyphen last":   {func(n *moderation.NewSite) { n.Key = "daily-" }, "key"},
		"long key":      {func(n *moderation.NewSite) { n.Key = strings.Repeat("a", 41) }, "key"},
		"new line":      {func(n *moderation.NewSite) { n.Key = "daily\n" }, "key"},
		"no name":       {func(n *moderation.NewSite) { n.Name = "  " }, "name"},
		"long name":     {func(n *moderation.NewSite) { n.Name = strings.Repeat("é", 101) }, "name"},
		"no origin":     {func(n *moderation.NewSite) { n.Origins = nil }, "origins"},
		"wrong origin":  {func(n *moderation.NewSite) { n.Origins = []string{"https://"} }, "origins"},
		"many origins":  {func(n *moderation.NewSite) { n.Origins = make([]string, 101) }, "origins"},
		"mode":          {func(n *moderation.NewSite) { n.Mode = "later" }, "mode"},
		"language":      {func(n *moderation.NewSite) { n.Language = "<b>" }, "language"},
		"long language": {func(n *moderation.NewSite) { n.Language = strings.Repeat("a", 9) }, "language"},
	} {
		t.Run(name, func(t *testing.T) {
			in := good
			c.change(&in)
			_, err := b.AddSite(t.Context(), in)
			if r := refusal(t, err, models.CodeInvalid); len(r.Fields) != 1 || r.Fields[0].Field != c.field {
				t.Errorf("fields %+v", r.Fields)
			}
		})
	}
	in := good
	in.Key, in.Name = strings.Repeat("a", 40), strings.Repeat("é", 100)
	if _, err := b.AddSite(t.Context(), in); err != nil {
		t.Errorf("the longest key and name: %v", err)
	}
	in.Key = "news"
	_, err := b.AddSite(t.Context(), in)
	refusal(t, err, models.CodeConflict)
	_, err = b.Site(t.Context(), "daily")
	refusal(t, err, models.CodeNotFound)
}

func TestPatchSite(t *testing.T) {
	d := newDesk(t)
	name, mode, length, language := "New", models.PreMode, 10, "de"
	origins := []string{"https://new.example"}
	reasons := []models.Reason{{Key: "rude", Label: "Rude"}}
	site, err := d.PatchSite(t.Context(), "news", moderation.SitePatch{
		Name: &name, Mode: &mode, MaxLength: &length, Language: &language, Origins: &origins, Reasons: &reasons,
	})
	if err != nil || site.Name != "New" || site.Mode != models.PreMode || site.MaxLength != 10 || site.Language != "de" ||
		!slices.Equal(site.Hosts, []string{"new.example"}) || !slices.Equal(site.Reasons, reasons) {
		t.Fatalf("%+v, %v", site, err)
	}
	_, err = d.try(moderationOf("short"))
	refusal(t, err, models.CodeOrigin)
	held := d.post(t, moderation.Submission{Article: models.ArticleRef{URL: "https://new.example/a"}, Text: "short", Addr: addr(1)}).Comment
	if held.Status != models.Pending {
		t.Errorf("in mode pre a comment is %s", held.Status)
	}
	out, err := d.Decide(t.Context(), d.anna, moderation.DecisionRequest{Comment: held.PublicID(), Choice: models.ChooseRemove, Reason: "rude", Version: held.Version})
	if err != nil || out.Decision.Reason != "rude" {
		t.Errorf("the new reason: %v", err)
	}
	widest, with := strings.Repeat("é", 60), "{num} Stimmen"
	counts, err := d.PatchSite(t.Context(), "news", moderation.SitePatch{CountZero: &widest, CountMany: &with})
	if err != nil || counts.Counts != (models.CountTexts{Zero: widest, Many: with}) {
		t.Errorf("texts of numbers: %+v, %v", counts.Counts, err)
	}
	same, err := d.PatchSite(t.Context(), "news", moderation.SitePatch{})
	if err != nil || same.Name != "New" || !slices.Equal(same.Hosts, site.Hosts) || !slices.Equal(same.Reasons, reasons) || same.Counts != counts.Counts {
		t.Errorf("an empty patch: %+v, %v", same, err)
	}
}

func TestPatchSiteRefusals(t *testing.T) {
	b := newBench(t, false)
	mode, zero, huge, none := models.SiteMode, 0, 20<<10+1, []string{}
	many := make([]models.Reason, 51)
	for i := range many {
		many[i] = models.Reason{Key: fmt.Sprint("r", i), Label: "x"}
	}
	twice := []models.Reason{{Key: "a", Label: "A"}, {Key: "a", Label: "B"}}
	long, lines, bare, control := strings.Repeat("é", 61), "a\nb", "many", "a\x00{num}"
	badKey, noLabel := []models.Reason{{Key: "A b", Label: "A"}}, []models.Reason{{Key: "a"}}
	for name, p := range map[string]moderation.SitePatch{
		"mode": {Mode: &mode}, "zero": {MaxLength: &zero}, "huge": {MaxLength: &huge}, "origins": {Origins: &none},
		"many": {Reasons: &many}, "twice": {Reasons: &twice}, "key": {Reasons: &badKey}, "label": {Reasons: &noLabel},
		"long count": {CountZero: &long}, "lines": {CountOne: &lines}, "no number": {CountMany: &bare}, "control": {CountMany: &control},
	} {
		_, err := b.PatchSite(t.Context(), "news", p)
		if models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := b.PatchSite(t.Context(), "nowhere", moderation.SitePatch{})
	refusal(t, err, models.CodeNotFound)
	if site, err := b.Site(t.Context(), "news"); err != nil || site.Mode != models.PostMode || len(site.Hosts) != 1 {
		t.Errorf("refused changes left %+v, %v", site, err)
	}
}
