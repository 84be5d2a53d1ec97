package moderation

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// prepare finds out what is known of past comments, and reads their texts. It
// needs nothing that depends on their order.
func (t *trial) prepare(ctx context.Context, comments []past) error {
	var bare []*past
	for i := range comments {
		p := &comments[i]
		if p.derived = p.Facts == ""; p.derived {
			bare = append(bare, p)
			continue
		}
		if err := t.s.recorded(ctx, p); err != nil {
			return err
		}
	}
	if err := t.derive(ctx, bare); err != nil {
		return fmt.Errorf("work out facts: %w", err)
	}
	for i := range comments {
		for k := range comments[i].moments {
			t.read(&comments[i], &comments[i].moments[k])
		}
	}
	return nil
}

// read asks the engine about one text.
func (t *trial) read(p *past, m *moment) {
	m.input = rules.Input{Text: m.text, Name: p.AuthorName, Email: m.facts.Email, Links: m.facts.Links}
	m.reading = t.watch.Read(m.input)
	if t.live.floods.index != nil {
		m.sketch = sketch(m.text, m.facts.Links)
	}
}

// recorded takes the moments of a comment from what was stored with its
// verdicts.
func (s *Service) recorded(ctx context.Context, p *past) error {
	if !p.Edited {
		p.moments = []moment{{text: p.Text, revision: p.Revision}}
		return decodeFacts(p.Facts, &p.moments[0].facts)
	}
	verdicts, err := s.store.Verdicts(ctx, p.ID)
	if err != nil {
		return err
	}
	p.moments, err = s.momentsOf(ctx, p.ID, p.Text, verdicts)
	return err
}

// momentsOf returns the moments of a comment: its verdicts, each with the text
// that it judged. That is the present text, or one that was kept when the author
// changed it; should it be gone, the present text stands in for it.
func (s *Service) momentsOf(ctx context.Context, comment int64, text string, verdicts []store.Verdict) ([]moment, error) {
	revisions, err := s.store.Revisions(ctx, comment)
	if err != nil {
		return nil, err
	}
	texts := []string{text}
	for _, r := range revisions {
		texts = append(texts, r.Text)
	}
	moments := make([]moment, 0, len(verdicts))
	for _, v := range verdicts {
		m := moment{seq: v.Seq, revision: v.Revision}
		if err := decodeFacts(v.Facts, &m.facts); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(texts, func(t string) bool { return rules.Digest(t) == m.facts.Text })
		m.gone = i < 0
		m.text = texts[max(i, 0)]
		moments = append(moments, m)
	}
	return moments, nil
}

func decodeFacts(stored string, f *rules.Facts) error {
	if err := json.Unmarshal([]byte(stored), f); err != nil {
		return fmt.Errorf("decode facts: %w", err)
	}
	return nil
}

// derive works out the facts of comments that have none, because they were
// imported or are older than the facts are: as much as is stored. The history of
// their authors is counted later, in order.
func (t *trial) derive(ctx context.Context, bare []*past) error {
	if len(bare) == 0 {
		return nil
	}
	authors, err := t.s.store.Authors(ctx, distinct(bare, func(p *past) int64 { return p.AuthorID }))
	if err != nil {
		return err
	}
	articles, err := t.s.store.Articles(ctx, distinct(bare, func(p *past) int64 { return p.ArticleID }))
	if err != nil {
		return err
	}
	links, err := t.linksOf(ctx, bare)
	if err != nil {
		return err
	}
	if err := t.before(ctx, bare); err != nil {
		return err
	}
	for _, p := range bare {
		author, article := authors[p.AuthorID], articles[p.ArticleID]
		facts := rules.Facts{Now: p.CreatedAt, Email: author.Email, Links: links[p.ID], Article: articleFacts(&t.site.Site, &article)}
		facts.Article.Heat = 0
		facts.Author = rules.AuthorFacts{ID: author.ID, Kind: author.Kind, Since: author.CreatedAt.UnixMilli()}
		p.moments = []moment{{text: p.Text, facts: facts}}
	}
	return nil
}

// distinct lists a number of each comment, each once.
func distinct(comments []*past, of func(*past) int64) []int64 {
	ids := make([]int64, len(comments))
	for i, p := range comments {
		ids[i] = of(p)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// linksOf returns the targets of the links of comments, from what was rendered
// when they were stored.
func (t *trial) linksOf(ctx context.Context, bare []*past) (map[int64][]string, error) {
	var ids []int64
	for _, p := range bare {
		if mayLink(p.Text) {
			ids = append(ids, p.ID)
		}
	}
	rendered, err := t.s.store.Comments(ctx, ids)
	if err != nil {
		return nil, err
	}
	links := make(map[int64][]string, len(rendered))
	for i := range rendered {
		links[rendered[i].ID] = hrefs(rendered[i].HTML)
	}
	return links, nil
}

// mayLink reports whether a text, Markdown or HTML, can hold a link at all. A
// target is absolute, so it has one of these, or hides it in an entity.
func mayLink(text string) bool {
	return strings.Contains(text, "//") || strings.Contains(text, ":") && strings.Contains(strings.ToLower(text), "mailto:") ||
		strings.Contains(text, "&#")
}

// hrefs returns the targets of the links of our own HTML, in order.
func hrefs(safe string) []string {
	var list []string
	for {
		_, rest, ok := strings.Cut(safe, ` href="`)
		if !ok {
			return list
		}
		target, after, ok := strings.Cut(rest, `"`)
		if !ok {
			return list
		}
		list, safe = append(list, html.UnescapeString(target)), after
	}
}

// before counts what authors had written before the first comment that the run
// looks at.
func (t *trial) before(ctx context.Context, bare []*past) error {
	if t.start <= 0 {
		return nil
	}
	earlier, err := t.s.store.AuthorsBefore(ctx, distinct(bare, func(p *past) int64 { return p.AuthorID }), t.start)
	if err != nil {
		return err
	}
	for _, p := range bare {
		p.earlier = earlier[p.AuthorID]
	}
	return nil
}

// memory is what an author without stored facts had written so far, by what
// became of it.
type memory struct {
	approved, pending, removed, spam int32
	first                            int64 // Unix milliseconds
}

// recall completes the facts of a comment with the history of its author, and
// adds the comment to that.
func (t *trial) recall(p *past) {
	m, met := t.authors[p.AuthorID]
	if !met {
		e := &p.earlier
		m = memory{int32(e.Approved), int32(e.Pending), int32(e.Removed), int32(e.Spam), p.CreatedAt}
	}
	facts := &p.moments[0].facts
	a := &facts.Author
	a.Approved, a.Pending, a.Removed, a.Spam = int(m.approved), int(m.pending), int(m.removed), int(m.spam)
	a.Since = min(a.Since, m.first)
	facts.Keys = rateKeys(keySource{
		site: t.site.ID, article: p.ArticleID, author: p.AuthorID, from: origin{p.AddrHash, p.NetHash, p.WideHash}, links: facts.Links,
		newcomer: a.Approved == 0,
	})
	m.add(p.Status)
	t.authors[p.AuthorID] = m
}

func (m *memory) add(s models.Status) {
	switch s {
	case models.Approved:
		m.approved++
	case models.Pending:
		m.pending++
	case models.Removed:
		m.removed++
	case models.Spam:
		m.spam++
	}
}
