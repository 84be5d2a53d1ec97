package moderation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/urlmap"
)

const (
	planBatch = 500 // articles looked at together
	maxNamed  = 20  // further addresses that one article is given
)

// movePlan works out what a move does to which article.
type movePlan struct {
	s      *Service
	site   *siteEntry
	req    MoveRequest
	report MoveReport
	sink   func([]models.MoveStep) error // of what is found; nil to look only

	seq     int
	waiting []planned
	seen    map[int64]string // article → its new normalised address
	taken   map[string]int64 // new normalised address → the article that gets it
	hosts   map[string]bool  // of new addresses, that are not the site's
}

// planned is a step that is not checked yet.
type planned struct {
	step models.MoveStep
	old  string // the address that leads to it
	line int
}

// NormalURL is what of an address tells pages apart, for reading a URL map.
func NormalURL(raw string) (string, bool) {
	normal, _, ok := normaliseURL(raw)
	return normal, ok
}

func (s *Service) newMovePlan(req MoveRequest) (*movePlan, error) {
	site, err := s.site(req.Site)
	if err != nil {
		return nil, err
	}
	p := &movePlan{s: s, site: site, req: req, seen: map[int64]string{}, taken: map[string]int64{}, hosts: map[string]bool{}}
	return p, p.check()
}

// check refuses requests that say too little.
func (p *movePlan) check() error {
	r := &p.req
	switch r.Kind {
	case models.MoveMap, models.MoveRedirects:
		if r.Map == nil {
			return models.Invalid("map", "Name a list of old and new addresses.")
		}
	case models.MoveHost:
		var ok bool
		if r.From, ok = hostKey(r.From); !ok {
			return models.Invalid("from", "Name the old host, such as old.example.org.")
		}
		to, ok := hostKey(r.To)
		if !ok {
			return models.Invalid("to", "Name the new host, such as new.example.org.")
		}
		if to == r.From {
			return models.Invalid("to", "This is the old host; www., http and https make no difference.")
		}
		if r.To = strings.TrimRight(strings.TrimSpace(r.To), "/"); !strings.Contains(r.To, "://") {
			r.To = "https://" + r.To
		}
		if _, path, _ := strings.Cut(r.To, "://"); strings.ContainsAny(path, "/?#") {
			return models.Invalid("to", "Name the host only. For pages that went to another folder use a URL map with a rule.")
		}
	case models.MoveMerge:
		if r.Article == "" || r.Into == "" {
			return models.Invalid("article", "Name both articles, by key or address.")
		}
	case models.MoveSplit:
		if r.Article == "" || r.Thread == "" || r.URL == "" {
			return models.Invalid("thread", "Name the article, the thread, and the address of the page that gets its comments.")
		}
	default:
		return models.Invalid("kind", "There is no such kind of move.")
	}
	return nil
}

// title says in one line what was asked.
func (p *movePlan) title() string {
	r := &p.req
	switch r.Kind {
	case models.MoveMap:
		return clip(cmp.Or(r.File, "Typed list"), 200)
	case models.MoveRedirects:
		return "Redirects of the pages"
	case models.MoveHost:
		return clip(r.From+" → "+strings.TrimPrefix(strings.TrimPrefix(r.To, "https://"), "http://"), 200)
	case models.MoveSplit:
		return clip("Thread "+r.Thread+" out of "+r.Article, 200)
	}
	return clip(r.Article+" into "+r.Into, 200)
}

// make finds the steps and fills in the report.
func (p *movePlan) make(ctx context.Context) error {
	err := inOrder(
		func() error { return p.find(ctx) },
		func() error { return p.flush(ctx) },
		p.checkHosts,
	)
	if err != nil {
		return fmt.Errorf("plan move: %w", err)
	}
	return nil
}

func (p *movePlan) find(ctx context.Context) error {
	switch p.req.Kind {
	case models.MoveHost:
		return p.walk(ctx, p.onNewHost)
	case models.MoveMerge:
		return p.merge(ctx)
	case models.MoveSplit:
		return p.split(ctx)
	}
	m := p.req.Map
	p.report.Lines, p.report.Rules, p.report.Unchanged, p.report.Chains = m.Lines, len(m.Rules), m.Unchanged, m.Chains
	for _, f := range p.req.Faults {
		p.report.fault(MoveNote(f))
	}
	for _, n := range p.req.Found {
		p.report.note(n)
	}
	if m.Temporary > 0 {
		p.report.note(MoveNote{Text: plural(m.Temporary, "temporary redirect", "temporary redirects"), Detail: "Only redirects for good (301, 308) say that a page moved."})
	}
	if err := p.lines(ctx, m.Exact); err != nil || len(m.Rules) == 0 {
		return err
	}
	return p.walk(ctx, m.Rewrite)
}

// lines finds the articles that exact lines are about.
func (p *movePlan) lines(ctx context.Context, pairs []urlmap.Pair) error {
	for some := range slices.Chunk(pairs, planBatch) {
		exact, normal := make([]string, len(some)), make([]string, len(some))
		for i := range some {
			exact[i] = exactURL(some[i].From)
			normal[i], _ = NormalURL(some[i].From)
		}
		byExact, err := p.s.store.AliasesNamed(ctx, p.site.ID, store.AliasURL, exact)
		if err != nil {
			return err
		}
		byNormal, err := p.s.store.AliasesNamed(ctx, p.site.ID, store.AliasNormalised, normal)
		if err != nil {
			return err
		}
		for i := range some {
			if err := p.line(ctx, &some[i], cmp.Or(byExact[exact[i]], byNormal[normal[i]])); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *movePlan) line(ctx context.Context, pair *urlmap.Pair, article int64) error {
	target, _ := NormalURL(pair.To)
	switch before, seen := p.seen[article]; {
	case article == 0:
		p.report.Unknown++
		return nil
	case seen && before == target:
		p.report.Unchanged++
		return nil
	case seen:
		p.report.fault(MoveNote{Line: pair.Line, Text: pair.From, Detail: "An earlier line moves the same page, under another of its addresses, elsewhere."})
		return nil
	}
	return p.add(ctx, planned{models.MoveStep{How: models.StepURL, ArticleID: article, URL: exactURL(pair.To)}, pair.From, pair.Line})
}

// walk shows the addresses of every article to rewrite.
func (p *movePlan) walk(ctx context.Context, rewrite func(string) (string, bool)) error {
	for after := int64(0); ; {
		articles, err := p.s.store.ArticlesByAge(ctx, p.site.ID, after, true, planBatch)
		if err != nil || len(articles) == 0 {
			return err
		}
		after = articles[len(articles)-1].ID
		ids := make([]int64, len(articles))
		for i := range articles {
			ids[i] = articles[i].ID
		}
		exact, err := p.s.store.AliasesOfKind(ctx, store.AliasURL, ids)
		if err != nil {
			return err
		}
		normal, err := p.s.store.AliasesOfKind(ctx, store.AliasNormalised, ids)
		if err != nil {
			return err
		}
		for i := range articles {
			a := &articles[i]
			step, ok := rewritten(a, exact[a.ID], normal[a.ID], rewrite)
			if _, seen := p.seen[a.ID]; seen || !ok {
				continue
			}
			if err := p.add(ctx, planned{step, a.URL, 0}); err != nil {
				return err
			}
		}
	}
}

// rewritten says what becomes of an article when its addresses do. Only an
// article that is found by its URL takes part in merges: where two articles of
// different identifiers share an address, the second has it as a text only.
func rewritten(a *models.Article, exact, normal []string, rewrite func(string) (string, bool)) (models.MoveStep, bool) {
	step := models.MoveStep{How: models.StepText, ArticleID: a.ID, URL: a.URL}
	url, changed := rewrite(a.URL)
	if url = exactURL(url); changed && url != "" {
		step.URL = url
	}
	own, _ := NormalURL(a.URL)
	if slices.Contains(exact, exactURL(a.URL)) || slices.Contains(normal, own) {
		step.How = models.StepURL
	}
	for _, name := range exact {
		if url, ok := rewrite(name); ok && len(step.Names) < maxNamed {
			if url = exactURL(url); url != "" && url != step.URL {
				step.Names = append(step.Names, url)
			}
		}
	}
	return step, changed && url != "" || len(step.Names) > 0
}

// onNewHost is an address on the new host instead of the old one.
func (p *movePlan) onNewHost(address string) (string, bool) {
	_, host, ok := normaliseURL(address)
	if !ok {
		return "", false
	}
	to := p.req.To
	if host != p.req.From {
		sub, below := strings.CutSuffix(host, "."+p.req.From)
		if !below || !p.req.Subdomains {
			return "", false
		}
		scheme, rest, _ := strings.Cut(to, "://")
		to = scheme + "://" + sub + "." + strings.TrimPrefix(rest, "www.")
	}
	_, rest, _ := strings.Cut(address, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return to + rest[i:], true
	}
	return to, true
}

// merge plans that one article goes into another.
func (p *movePlan) merge(ctx context.Context) error {
	from, err := p.article(ctx, "article", p.req.Article)
	if err != nil {
		return err
	}
	into, err := p.article(ctx, "into", p.req.Into)
	if err != nil {
		return err
	}
	if from.ID == into.ID {
		return models.Invalid("into", "This is the same article.")
	}
	return p.add(ctx, planned{models.MoveStep{How: models.StepMerge, ArticleID: from.ID, TargetID: into.ID, URL: into.URL}, cmp.Or(from.URL, from.Ident), 0})
}

// article finds an article of the site by its key, identifier or address.
func (p *movePlan) article(ctx context.Context, field, name string) (models.Article, error) {
	id, ok := models.ArticleID.Parse(name)
	if !ok {
		ref := models.ArticleRef{ID: name}
		if looksAbsolute(name) {
			ref = models.ArticleRef{URL: name}
		}
		names := aliasesOf(p.site.ID, ref)
		found, err := p.s.store.Aliases(ctx, names)
		if err != nil {
			return models.Article{}, err
		}
		id, _ = choose(names, found)
	}
	a, err := present(ctx, p.s.store.Query, id)
	if err != nil || a.SiteID != p.site.ID {
		return a, models.Invalid(field, fmt.Sprintf("There is no article %q on this site.", clip(name, 200)))
	}
	return a, nil
}

func looksAbsolute(address string) bool {
	_, ok := cutScheme(address)
	return ok
}

// add takes a step that is to be checked with others.
func (p *movePlan) add(ctx context.Context, w planned) error {
	p.seen[w.step.ArticleID], _ = NormalURL(w.step.URL)
	if p.waiting = append(p.waiting, w); len(p.waiting) < planBatch {
		return nil
	}
	return p.flush(ctx)
}

// flush checks what waits, and hands it on.
func (p *movePlan) flush(ctx context.Context) error {
	if len(p.waiting) == 0 {
		return nil
	}
	found, articles, err := p.look(ctx)
	if err != nil {
		return err
	}
	var steps []models.MoveStep
	for i := range p.waiting {
		w := &p.waiting[i]
		if !p.describe(w, found, articles) {
			continue
		}
		p.seq++
		w.step.Seq = p.seq
		steps = append(steps, w.step)
	}
	p.waiting = p.waiting[:0]
	if p.sink == nil || len(steps) == 0 {
		return nil
	}
	return p.sink(steps)
}

// look reads which articles have the new addresses, and all that are concerned.
func (p *movePlan) look(ctx context.Context) (map[store.Alias]int64, map[int64]models.Article, error) {
	steps := make([]*models.MoveStep, len(p.waiting))
	for i := range p.waiting {
		steps[i] = &p.waiting[i].step
	}
	found, err := newNames(ctx, p.s.store.Query, p.site.ID, steps)
	if err != nil {
		return nil, nil, err
	}
	articles, err := articlesOfSteps(ctx, p.s.store.Query, steps, found)
	return found, articles, err
}

// newNames finds out which articles have the names that steps give.
func newNames(ctx context.Context, q store.Query, site int64, steps []*models.MoveStep) (map[store.Alias]int64, error) {
	values := map[store.AliasKind][]string{}
	for _, s := range steps {
		for _, url := range append([]string{s.URL}, s.Names...) {
			for _, n := range aliasesOf(site, models.ArticleRef{URL: url}) {
				values[n.Kind] = append(values[n.Kind], n.Value)
			}
		}
	}
	found := map[store.Alias]int64{}
	for kind, list := range values {
		some, err := q.AliasesNamed(ctx, site, kind, list)
		if err != nil {
			return nil, err
		}
		for value, article := range some {
			found[store.Alias{SiteID: site, Kind: kind, Value: value}] = article
		}
	}
	return found, nil
}

func articlesOfSteps(ctx context.Context, q store.Query, steps []*models.MoveStep, found map[store.Alias]int64) (map[int64]models.Article, error) {
	ids := map[int64]bool{}
	for _, s := range steps {
		ids[s.ArticleID], ids[s.TargetID] = true, true
	}
	for _, id := range found {
		ids[id] = true
	}
	delete(ids, 0)
	articles := make(map[int64]models.Article, len(ids))
	for some := range slices.Chunk(keys(ids), planBatch) {
		part, err := q.Articles(ctx, some)
		if err != nil {
			return nil, err
		}
		for id, a := range part {
			articles[id] = a
		}
	}
	return articles, nil
}

// describe adds a step to the report. It reports false for one that changes
// nothing.
func (p *movePlan) describe(w *planned, found map[store.Alias]int64, articles map[int64]models.Article) bool {
	a, ok := articles[w.step.ArticleID]
	if !ok || a.MovedTo != 0 {
		return false
	}
	names := aliasesOf(p.site.ID, models.ArticleRef{URL: w.step.URL})
	target, _ := choose(names, found)
	normal, host, _ := normaliseURL(w.step.URL)
	switch {
	case w.step.How == models.StepMerge:
		target = w.step.TargetID
	case w.step.How == models.StepSplit:
	case w.step.How == models.StepText:
		target = 0
	case target == 0:
		target = p.taken[normal]
	}
	if w.step.How == models.StepURL && (target == 0 || target == a.ID) {
		p.taken[normal] = a.ID
	}
	if target == a.ID && w.step.How == models.StepURL && a.URL == w.step.URL && len(w.step.Names) == 0 {
		p.report.Unchanged++
		return false
	}
	if host != "" && !allows(&p.site.Site, host) && w.step.URL != a.URL && w.step.How != models.StepMerge {
		p.hosts[host] = true
	}
	c := MoveChange{Article: a.Key(), From: cmp.Or(a.URL, w.old), To: w.step.URL, Comments: a.Approved + a.Pending}
	if w.step.How == models.StepSplit {
		c.Comments = w.step.Comments
	}
	p.report.Articles++
	p.report.Comments += c.Comments
	if target != 0 && target != a.ID && w.step.How != models.StepSplit {
		p.report.Merged++
		c.Into = models.ArticleID.Format(target)
		c.Detail = p.differ(&a, target, articles)
	}
	p.report.change(c)
	return true
}

// differ says what of two articles that become one does not agree.
func (p *movePlan) differ(a *models.Article, target int64, articles map[int64]models.Article) string {
	into, ok := articles[target]
	if !ok {
		return ""
	}
	var list []string
	if a.Ident != "" && into.Ident != "" && a.Ident != into.Ident {
		list = append(list, fmt.Sprintf("Their identifiers differ: %q and %q.", clip(a.Ident, 60), clip(into.Ident, 60)))
	}
	if a.Closed != into.Closed {
		list = append(list, "Only one of them is closed: the one that stays decides.")
	}
	return strings.Join(list, " ")
}

// checkHosts makes sure that new addresses are the site's.
func (p *movePlan) checkHosts() error {
	missing := keys(p.hosts)
	slices.Sort(missing)
	switch {
	case len(missing) == 0:
		return nil
	case !p.req.AddOrigins:
		return models.Invalid("origins", fmt.Sprintf("New addresses are on hosts that do not belong to the site: %s. If they should, say that they are to be added.",
			clip(strings.Join(missing, ", "), 300)))
	case len(p.site.Hosts)+len(missing) > MaxOrigins:
		return models.Invalid("origins", fmt.Sprintf("The new addresses are on %d hosts that do not belong to the site, and it can have %d in all.", len(missing), MaxOrigins))
	}
	p.report.Origins = missing
	return nil
}
