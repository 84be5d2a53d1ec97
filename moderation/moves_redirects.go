package moderation

import (
	"context"
	"fmt"

	"postbag/models"
	"postbag/moderation/redirects"
	"postbag/moderation/urlmap"
)

// maxSameTarget bounds how many pages may have gone to one: more were taken off
// the web and sent to some page, and their comments do not belong there.
const maxSameTarget = 5

// FindRedirects asks every page of a site that has comments where it went, and
// makes a URL map of the answers. Pages on hosts that are not the site's are not
// asked. progress, when set, is told how many pages were asked, and of how many.
func (s *Service) FindRedirects(ctx context.Context, site string, c *redirects.Crawler, progress func(done, total int)) (MoveRequest, error) {
	entry, err := s.site(site)
	if err != nil {
		return MoveRequest{}, err
	}
	addresses, err := s.addressesOf(ctx, entry)
	if err != nil {
		return MoveRequest{}, fmt.Errorf("find redirects: %w", err)
	}
	req := MoveRequest{Site: site, Kind: models.MoveRedirects}
	var pairs []urlmap.Pair
	done, same := 0, map[string]int{}
	err = c.Follow(ctx, addresses, func(r redirects.Result) {
		done++
		if progress != nil {
			progress(done, len(addresses))
		}
		to, host, ok := normaliseURL(r.To)
		from, _ := NormalURL(r.From)
		if r.Problem != "" {
			req.Found = append(req.Found, MoveNote{Text: r.From, Detail: r.Problem})
		}
		switch {
		case !ok || to == from:
		case to == host:
			req.Found = append(req.Found, MoveNote{Text: r.From, Detail: "It leads to the front page, so it was taken off the web rather than moved. It is left out."})
		default:
			same[to]++
			pairs = append(pairs, urlmap.Pair{From: r.From, To: r.To})
		}
	})
	if err != nil {
		return req, err
	}
	kept, told := pairs[:0], map[string]bool{}
	for _, p := range pairs {
		switch to, _ := NormalURL(p.To); {
		case same[to] <= maxSameTarget:
			kept = append(kept, p)
		case !told[to]:
			told[to] = true
			req.Found = append(req.Found, MoveNote{Text: p.To, Detail: fmt.Sprintf("%d pages lead there, so they were taken off the web rather than moved. They are left out.", same[to])})
		}
	}
	req.Map, req.Faults = urlmap.New(kept, urlmap.Options{Normal: NormalURL})
	return req, nil
}

// addressesOf lists the addresses of a site's articles on its own hosts.
func (s *Service) addressesOf(ctx context.Context, site *siteEntry) ([]string, error) {
	var addresses []string
	for after := int64(0); ; {
		articles, err := s.store.ArticlesByAge(ctx, site.ID, after, true, planBatch)
		if err != nil || len(articles) == 0 {
			return addresses, err
		}
		for i := range articles {
			after = articles[i].ID
			if _, host, ok := normaliseURL(articles[i].URL); ok && allows(&site.Site, host) {
				addresses = append(addresses, exactURL(articles[i].URL))
			}
		}
	}
}
