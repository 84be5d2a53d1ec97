package moderation

import (
	"context"
	"errors"
	"fmt"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/redirects"
	"postbag/moderation/urlmap"
)

// maxSameTarget bounds how many pages may have gone to one: more were taken off
// the web and sent to some page, and their comments do not belong there.
const maxSameTarget = 5

// askedPulse is after how many pages it is written down how many were asked.
const askedPulse = 20

// PlanRedirects asks the pages of a site in the background where they went, as
// FindRedirects does, and plans a move of the answers. Until it is planned, or
// failed, Done and Total of the move count pages.
func (s *Service) PlanRedirects(ctx context.Context, by models.Moderator, site string, addOrigins bool, c *redirects.Crawler) (models.Move, error) {
	none, _ := urlmap.New(nil, urlmap.Options{Normal: NormalURL})
	p, err := s.newMovePlan(MoveRequest{Site: site, Kind: models.MoveRedirects, Map: none, AddOrigins: addOrigins})
	if err != nil {
		return models.Move{}, err
	}
	m, err := s.beginPlan(ctx, by, p)
	if err != nil {
		return m, err
	}
	s.run(func() { s.askAndPlan(s.life, p, m, c) })
	return m, nil
}

func (s *Service) askAndPlan(ctx context.Context, p *movePlan, m models.Move, c *redirects.Crawler) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	save := func() error {
		return s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveMove(ctx, &m, models.MovePlanning) })
	}
	req, err := s.FindRedirects(ctx, p.req.Site, c, func(done, total int) {
		if m.Done, m.Total = done, total; done%askedPulse == 0 && save() != nil {
			stop() // another plan took its place, or the process ends
		}
	})
	if err == nil {
		p.req.Map, p.req.Faults, p.req.Found = req.Map, req.Faults, req.Found
		err = s.fillPlan(ctx, p, &m)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	m.State, m.Problem = models.MoveFailed, "It failed, for a reason that is in Postbag's log. Start it again."
	if models.CodeOf(err) == models.CodeInvalid {
		m.Problem = fieldsOf(err)[0].Detail
	}
	if err := errors.Join(err, save()); err != nil {
		s.log.Error("a move could not be planned", "move", m.PublicID(), "error", err)
	}
}

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
