package moderation

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// Limits of a site's settings.
const (
	MaxOrigins       = 100
	MaxReasons       = 50
	DefaultMaxLength = 5_000 // characters of a comment
	MostMaxLength    = MaxTextBytes

	maxLabel     = 100 // characters of a site's name, a reason's label and the like
	maxCountText = 60  // characters of what stands beside a link
)

var (
	keyPattern      = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)
	languagePattern = regexp.MustCompile(`^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}$`)
)

// Site returns a site by its key. It asks memory only.
func (s *Service) Site(_ context.Context, key string) (models.Site, error) {
	entry, err := s.site(key)
	if err != nil {
		return models.Site{}, err
	}
	return entry.Site, nil
}

// Sites returns all sites, by key. It asks memory only.
func (s *Service) Sites(context.Context) ([]models.Site, error) {
	list := s.sites.current.Load().list
	sites := make([]models.Site, len(list))
	for i, entry := range list {
		sites[i] = entry.Site
	}
	return sites, nil
}

// AllowsOrigin reports whether an origin, as browsers send it, is one of the
// site's: with and without www., on http and https.
func (s *Service) AllowsOrigin(site *models.Site, origin string) bool {
	if _, ok := cutScheme(origin); !ok {
		return false
	}
	host, ok := hostKey(origin)
	return ok && allows(site, host)
}

// AddSite creates a site with the usual reasons and, unless NoRules, with rate
// rules that no person meets. CodeConflict: the key is taken.
func (s *Service) AddSite(ctx context.Context, in NewSite) (models.Site, error) {
	site, err := newSite(in)
	if err != nil {
		return models.Site{}, err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error { return addSite(ctx, tx, &site, in.NoRules) })
	if err != nil {
		return models.Site{}, err
	}
	return s.Site(ctx, site.Key)
}

// newSite checks the settings of a site to be.
func newSite(in NewSite) (models.Site, error) {
	site := models.Site{
		Key: in.Key, Name: tidy(in.Name), Mode: in.Mode, Language: in.Language, MaxLength: DefaultMaxLength, Sample: DefaultSample, Reasons: defaultReasons(),
	}
	if site.Mode == models.SiteMode {
		site.Mode = models.PostMode
	}
	var wrong []models.FieldError
	if !keyPattern.MatchString(site.Key) {
		wrong = append(wrong, models.FieldError{Field: "key", Detail: "A key has 1 to 40 lower-case letters, digits and hyphens, with no hyphen at either end."})
	}
	var problems []models.FieldError
	site.Hosts, problems = hostsOf(in.Origins)
	wrong = append(append(wrong, problems...), siteProblems(&site)...)
	return site, fieldErrors(wrong)
}

func fieldErrors(wrong []models.FieldError) error {
	if len(wrong) == 0 {
		return nil
	}
	return &models.Error{Code: models.CodeInvalid, Detail: "Some fields need your attention.", Fields: wrong}
}

func addSite(ctx context.Context, tx *store.Tx, site *models.Site, noRules bool) error {
	err := tx.AddSite(ctx, site)
	if errors.Is(err, store.ErrConflict) {
		return models.Refuse(models.CodeConflict, "There is already a site %q. Choose another key.", site.Key)
	}
	if err != nil || noRules {
		return err
	}
	for _, r := range defaultRules(site.ID) {
		if err := tx.AddRule(ctx, &r, 0); err != nil {
			return err
		}
	}
	return nil
}

// defaultRules slow down machines, not people.
func defaultRules(site int64) []models.Rule {
	list := []models.Rule{
		{Name: "Too fast: a minute", Spec: `{"count":5,"seconds":60,"by":["author"]}`},
		{Name: "Too fast: an hour", Spec: `{"count":60,"seconds":3600,"by":["author"]}`},
		{Name: "Too fast: an address", Spec: `{"count":20,"seconds":60,"by":["address"]}`},
	}
	for i := range list {
		list[i].SiteID, list[i].Kind, list[i].Mode, list[i].Action, list[i].Promise = site, rules.Rate, rules.Enforce, models.Slow, -1
	}
	return list
}

func defaultReasons() []models.Reason {
	return []models.Reason{
		{Key: "off-topic", Label: "Off topic"},
		{Key: "abuse", Label: "Abuse or harassment"},
		{Key: "personal-data", Label: "Personal data"},
		{Key: "legal", Label: "Legal risk"},
		{Key: "spam", Label: "Spam"},
		{Key: "other", Label: "Other"},
	}
}

// PatchSite changes a site's settings. They hold at once, here and in every
// other process.
func (s *Service) PatchSite(ctx context.Context, key string, p SitePatch) (models.Site, error) {
	entry, err := s.site(key)
	if err != nil {
		return models.Site{}, err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		site, err := storedSite(ctx, tx.Query, entry.ID)
		if err != nil {
			return err
		}
		if err := p.change(&site); err != nil {
			return err
		}
		return tx.SaveSite(ctx, &site)
	})
	if err != nil {
		return models.Site{}, translate(err, "site")
	}
	return s.Site(ctx, key)
}

// storedSite reads a site from the database: memory may be behind what another
// process has just written.
func storedSite(ctx context.Context, q store.Query, id int64) (models.Site, error) {
	sites, err := q.Sites(ctx)
	if err != nil {
		return models.Site{}, err
	}
	i := slices.IndexFunc(sites, func(s models.Site) bool { return s.ID == id })
	if i < 0 {
		return models.Site{}, store.ErrNotFound
	}
	return sites[i], nil
}

func (p *SitePatch) change(site *models.Site) error {
	var wrong []models.FieldError
	if p.Origins != nil {
		site.Hosts, wrong = hostsOf(*p.Origins)
	}
	set(&site.Name, p.Name)
	set(&site.Mode, p.Mode)
	set(&site.MaxLength, p.MaxLength)
	set(&site.Language, p.Language)
	set(&site.Sample, p.Sample)
	set(&site.Counts.Zero, p.CountZero)
	set(&site.Counts.One, p.CountOne)
	set(&site.Counts.Many, p.CountMany)
	if p.Reasons != nil {
		site.Reasons = slices.Clone(*p.Reasons)
	}
	site.Name = tidy(site.Name)
	return fieldErrors(append(wrong, siteProblems(site)...))
}

// siteProblems names every setting that is wrong.
func siteProblems(site *models.Site) []models.FieldError {
	var wrong []models.FieldError
	note := func(bad bool, field, detail string) {
		if bad {
			wrong = append(wrong, models.FieldError{Field: field, Detail: detail})
		}
	}
	note(!isLabel(site.Name), "name", fmt.Sprintf("A name has 1 to %d characters.", maxLabel))
	note(!validMode(site.Mode), "mode", "Use post or pre.")
	note(site.MaxLength < 1 || site.MaxLength > MostMaxLength, "max_length", fmt.Sprintf("Use a number from 1 to %d.", MostMaxLength))
	note(site.Sample < 0 || site.Sample > mostSample, "sample", fmt.Sprintf("Use a number from 0 to %d: comments in a thousand.", mostSample))
	note(site.Language != "" && !languagePattern.MatchString(site.Language), "language", "Use a language tag such as en or pt-BR.")
	for _, text := range [...]struct{ field, text string }{
		{"count_zero", site.Counts.Zero}, {"count_one", site.Counts.One}, {"count_many", site.Counts.Many},
	} {
		note(!plain(text.text) || utf8.RuneCountInString(text.text) > maxCountText, text.field,
			fmt.Sprintf("Use at most %d characters on one line, with {num} for the number.", maxCountText))
	}
	note(site.Counts.Many != "" && !strings.Contains(site.Counts.Many, "{num}"), "count_many", "Say where the number stands: {num}.")
	note(len(site.Reasons) > MaxReasons, "reasons", fmt.Sprintf("A site has at most %d reasons.", MaxReasons))
	seen := map[string]bool{}
	for _, r := range site.Reasons[:min(len(site.Reasons), MaxReasons)] {
		note(!keyPattern.MatchString(r.Key) || seen[r.Key], "reasons",
			fmt.Sprintf("%q cannot be a key: use lower-case letters, digits and hyphens, and every key once.", clip(r.Key, 40)))
		note(!isLabel(r.Label), "reasons", fmt.Sprintf("The label of a reason has 1 to %d characters.", maxLabel))
		seen[r.Key] = true
	}
	return wrong
}

// hostsOf turns origins, URLs or hosts into the hosts that a site stores, each
// once.
func hostsOf(origins []string) (hosts []string, wrong []models.FieldError) {
	if len(origins) == 0 || len(origins) > MaxOrigins {
		return nil, []models.FieldError{{Field: "origins", Detail: fmt.Sprintf("Name 1 to %d addresses of the site's pages, such as https://example.com.", MaxOrigins)}}
	}
	for _, o := range origins {
		host, ok := hostKey(o)
		if !ok {
			wrong = append(wrong, models.FieldError{Field: "origins", Detail: fmt.Sprintf("%q is not an address such as https://example.com.", clip(o, 100))})
			continue
		}
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), wrong
}

// tidy makes one line of a text, without space around it.
func tidy(text string) string { return strings.Join(strings.Fields(text), " ") }

func isLabel(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= 1 && n <= maxLabel && plain(text)
}
