package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"postbag/models"
	"postbag/moderation"
)

// siteFlags are what can be said of a site.
type siteFlags struct {
	db, name, language *string
	origins            list
	mode               *choice
}

func (f *flags) site() *siteFlags {
	s := &siteFlags{
		db:       f.database(),
		name:     f.String("name", "", "the publication's `NAME`, shown to people"),
		language: f.String("language", "", "`TAG` of the language of its pages, such as en or pt-BR; the widget speaks en, de, fr, es and ar"),
		mode:     f.oneOf("mode", "comments appear at once (`post`) or wait for a moderator (pre)", string(models.PostMode), string(models.PreMode)),
	}
	f.Var(&s.origins, "origin", "`URL` of a site whose pages have comments, such as https://example.org; repeatable")
	return s
}

// patch is what the flags say that are given.
func (s *siteFlags) patch(f *flags) (p moderation.SitePatch) {
	if f.given["name"] {
		p.Name = s.name
	}
	if f.given["origin"] {
		p.Origins = (*[]string)(&s.origins)
	}
	if f.given["mode"] {
		mode := models.Mode(s.mode.value)
		p.Mode = &mode
	}
	if f.given["language"] {
		p.Language = s.language
	}
	return p
}

func (a *app) siteAdd(ctx context.Context, f *flags) error {
	s := f.site()
	public := f.publicURL(localURL)
	rules := f.oneOf("rules", "rate rules that no person meets (`default`), or none", "default", "none")
	args, err := f.parse("KEY")
	if err != nil {
		return err
	}
	if *s.name == "" || len(s.origins) == 0 {
		return wrong("--name and --origin are needed: postbag site add %s --name NAME --origin https://example.org", args[0])
	}
	return withService(ctx, *s.db, a.quiet(), func(svc *moderation.Service) error {
		site, err := svc.AddSite(ctx, moderation.NewSite{
			Key: args[0], Name: *s.name, Origins: s.origins, Mode: models.Mode(s.mode.value), Language: *s.language, NoRules: rules.value == "none",
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "Added site %s. Paste this where the comments belong:\n\n%s\n", site.Key, snippet(string(*public), site.Key))
		return err
	})
}

// snippet is what a site owner pastes into the article template.
func snippet(base, key string) string {
	return fmt.Sprintf("  <div data-postbag></div>\n  <script src=\"%s/embed.js?site=%s\" async></script>", base, key)
}

func (a *app) siteSet(ctx context.Context, f *flags) error {
	s := f.site()
	length := f.Int("max-length", 5000, "`CHARACTERS` in a comment, at most")
	zero := f.String("count-zero", "", "`TEXT` that count.js writes beside a link without comments; empty for that of the site's language")
	one := f.String("count-one", "", "`TEXT` beside a link with one comment")
	many := f.String("count-many", "", "`TEXT` beside a link with more; {num} stands for the number")
	args, err := f.parse("KEY")
	if err != nil {
		return err
	}
	patch := s.patch(f)
	if f.given["max-length"] {
		patch.MaxLength = length
	}
	if f.given["count-zero"] {
		patch.CountZero = zero
	}
	if f.given["count-one"] {
		patch.CountOne = one
	}
	if f.given["count-many"] {
		patch.CountMany = many
	}
	if patch == (moderation.SitePatch{}) {
		return wrong("say what to change: --name, --origin, --mode, --language, --max-length, --count-zero, --count-one or --count-many")
	}
	return a.service(ctx, *s.db, func(svc *moderation.Service) error {
		site, err := svc.PatchSite(ctx, args[0], patch)
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		return a.printSites([]models.Site{site})
	})
}

func (a *app) siteList(ctx context.Context, f *flags) error {
	db := f.database()
	if _, err := f.parse(); err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		sites, err := svc.Sites(ctx)
		if err != nil {
			return err
		}
		if len(sites) == 0 {
			fmt.Fprintln(a.stderr, "There is no site yet: postbag site add KEY --name NAME --origin https://example.org")
		}
		return a.printSites(sites)
	})
}

func (a *app) printSites(sites []models.Site) error {
	table := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	for _, s := range sites {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Key, s.Name, s.Mode, strings.Join(s.Hosts, ", "))
	}
	return table.Flush()
}

// knownSites adds the keys of all sites to an error about one that does not
// exist.
func knownSites(ctx context.Context, svc *moderation.Service, err error) error {
	if models.CodeOf(err) != models.CodeNotFound {
		return err
	}
	sites, listErr := svc.Sites(ctx)
	if listErr != nil || len(sites) == 0 {
		return fmt.Errorf("%s Add it first: postbag site add", sentence(err))
	}
	keys := make([]string, len(sites))
	for i, s := range sites {
		keys[i] = s.Key
	}
	return fmt.Errorf("%s The sites are: %s", sentence(err), strings.Join(keys, ", "))
}
