package web

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/markup"
	"postbag/web/ui"
)

// listsJSON is what the script of a list shows (ui/src/lists).
type listsJSON struct {
	Recent     []recentJSON   `json:"recent,omitempty"`
	Popular    []popularJSON  `json:"popular,omitempty"`
	People     []personJSON   `json:"people,omitempty"`
	Text       *countSentence `json:"text,omitempty"` // of numbers of comments; nil for the script's own, English ones
	Size       int            `json:"size"`           // pixels of a picture; 0 for none
	Horizontal bool           `json:"horizontal,omitempty"`
	Color      string         `json:"color,omitempty"` // of the open tab
	Tab        string         `json:"tab,omitempty"`   // which is open
	Labels     *tabLabels     `json:"labels,omitempty"`
}

// tabLabels are what the tabs say.
type tabLabels struct {
	People  string `json:"people"`
	Recent  string `json:"recent"`
	Popular string `json:"popular"`
}

type recentJSON struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Page  string `json:"page"`
	Date  string `json:"date"`
}

type popularJSON struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Count int    `json:"count"`
}

type personJSON struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Parameters are those of Disqus. What they ask for is brought into bounds,
// since old pages cannot be told.
const (
	listItems   = 5  // unless asked otherwise
	avatarSize  = 32 // pixels
	excerptSize = 200
	popularDays = 7
)

func (r *scriptRequest) items() int { return r.within("num_items", listItems, 1, feedItems) }

func (r *scriptRequest) size() int {
	if hide := r.get("hide_avatars"); hide == "1" || hide == "true" {
		return 0
	}
	return r.within("avatar_size", avatarSize, 8, 256)
}

// recentList lists the newest comments of a site.
func (s *Server) recentList(ctx context.Context, r *scriptRequest) (content, error) {
	recent, err := s.recent(ctx, r)
	if err != nil {
		return content{}, err
	}
	return listScript(listsJSON{Recent: recent, Size: r.size()})
}

// popularList lists the articles with the most comments of the last days.
func (s *Server) popularList(ctx context.Context, r *scriptRequest) (content, error) {
	popular, err := s.popular(ctx, r)
	if err != nil {
		return content{}, err
	}
	return listScript(listsJSON{Popular: popular, Text: s.listText(r)})
}

// topList lists who has written the most.
func (s *Server) topList(ctx context.Context, r *scriptRequest) (content, error) {
	people, err := s.people(ctx, r)
	if err != nil {
		return content{}, err
	}
	return listScript(listsJSON{People: people, Text: s.listText(r), Size: r.size(), Horizontal: r.get("orientation") == "horizontal"})
}

// allLists puts the three behind tabs.
func (s *Server) allLists(ctx context.Context, r *scriptRequest) (content, error) {
	lists := listsJSON{Text: s.listText(r), Size: r.size(), Color: r.oneOf("color", "blue", "grey", "green", "red", "orange"), Tab: r.oneOf("default_tab", "people", "recent", "popular")}
	var err error
	if lists.Labels, err = newTabLabels(s.pages.Language(r.site.Language)); err != nil {
		return content{}, err
	}
	if lists.Recent, err = s.recent(ctx, r); err != nil {
		return content{}, err
	}
	if lists.Popular, err = s.popular(ctx, r); err != nil {
		return content{}, err
	}
	if lists.People, err = s.people(ctx, r); err != nil {
		return content{}, err
	}
	return listScript(lists)
}

func newTabLabels(l ui.Language) (*tabLabels, error) {
	people, err1 := l.T("tabPeople")
	recent, err2 := l.T("tabRecent")
	popular, err3 := l.T("tabPopular")
	return &tabLabels{people, recent, popular}, errors.Join(err1, err2, err3)
}

// listText is how a site writes numbers of comments when it does not do it as
// Disqus does in English, which suits links and not lists.
func (s *Server) listText(r *scriptRequest) *countSentence {
	own, usual := s.countSentence(&r.site), s.countSentence(&models.Site{})
	if own == usual {
		return nil
	}
	return &own
}

// listScript wraps the built script in a function of its data.
func listScript(lists listsJSON) (content, error) {
	code, _ := ui.Asset("lists.js")
	return scriptCall("(function(__LISTS__){"+string(code.Bytes)+"})(", lists, ");\n")
}

func (s *Server) recent(ctx context.Context, r *scriptRequest) ([]recentJSON, error) {
	posts, _, err := s.service.DisqusPosts(ctx, moderation.DisqusQuery{Site: r.site.Key, Limit: r.items()})
	if err != nil {
		return nil, err
	}
	wire, length := disqusWire{base: r.base}, r.within("excerpt_length", excerptSize, 1, 1000)
	list := make([]recentJSON, len(posts))
	for i := range posts {
		if list[i], err = wire.recent(&posts[i], length); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (w disqusWire) recent(p *moderation.DisqusPost, length int) (recentJSON, error) {
	doc, err := markup.FromHTML(p.HTML)
	if err != nil {
		return recentJSON{}, err
	}
	page := w.page(p.Thread)
	return recentJSON{
		Name: p.AuthorName, Text: shorten(strings.Join(strings.Fields(doc.Text), " "), length), URL: w.address(p), Page: page,
		Title: cmp.Or(p.Thread.Title, page), Date: p.CreatedAt.UTC().Format(time.DateOnly),
	}, nil
}

func (s *Server) popular(ctx context.Context, r *scriptRequest) ([]popularJSON, error) {
	threads, err := s.service.DisqusPopular(ctx, moderation.DisqusQuery{Site: r.site.Key, Limit: r.items()}, popularDays*24*time.Hour)
	wire, list := disqusWire{base: r.base}, make([]popularJSON, len(threads))
	for i, t := range threads {
		page := wire.page(t)
		list[i] = popularJSON{Title: cmp.Or(t.Title, page), URL: page, Count: t.Approved}
	}
	return list, err
}

func (s *Server) people(ctx context.Context, r *scriptRequest) ([]personJSON, error) {
	authors, err := s.service.DisqusTop(ctx, r.site.Key, r.items())
	list := make([]personJSON, len(authors))
	for i, a := range authors {
		list[i] = personJSON{Name: a.Name, Count: a.Comments}
	}
	return list, err
}

// shorten cuts a text after a number of characters.
func shorten(text string, length int) string {
	if utf8.RuneCountInString(text) <= length {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:length])) + "…"
}

// within returns a whole number brought into bounds, or the usual one.
func (p params) within(name string, usual, least, most int) int {
	n, err := strconv.Atoi(p.get(name))
	if err != nil {
		return usual
	}
	return min(max(n, least), most)
}

// oneOf returns a parameter that is one of the values, or the first of them.
func (p params) oneOf(name string, values ...string) string {
	for _, v := range values {
		if p.get(name) == v {
			return v
		}
	}
	return values[0]
}
