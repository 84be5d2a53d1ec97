package web

import (
	"cmp"
	"context"
	"encoding/xml"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

// feedItems is how many comments a feed holds.
const feedItems = 25

// rssFeed is an RSS 2.0 document, as far as it is used here.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Names   string     `xml:"xmlns:dc,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	GUID        string `xml:"guid"`
	Creator     string `xml:"dc:creator"`
	Date        string `xml:"pubDate"`
	Description string `xml:"description"` // safe HTML
}

// siteAsked is the key of the site of the path, or else of the query.
func siteAsked(c *gin.Context, p params) string { return cmp.Or(c.Param("site"), p.get("site")) }

// getFeed serves the newest comments of a site, or of the thread that the path
// or the query names.
func (s *Server) getFeed(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	name := cmp.Or(append([]string{c.Param("name")}, p.threads()...)...)
	channel, err := s.feed(c.Request.Context(), disqusWire{base: s.base(c)}, siteAsked(c, p), name)
	if err != nil {
		return err
	}
	body, err := xml.Marshal(rssFeed{Version: "2.0", Names: "http://purl.org/dc/elements/1.1/", Channel: channel})
	if err != nil {
		return err
	}
	return bytesContent(append([]byte(xml.Header), body...), "application/rss+xml; charset=utf-8").send(c)
}

// feed reads the newest comments of a site, or with a name of one of its
// threads.
func (s *Server) feed(ctx context.Context, wire disqusWire, key, name string) (rssChannel, error) {
	site, err := s.service.Site(ctx, key)
	if err != nil {
		return rssChannel{}, err
	}
	channel := rssChannel{Title: "Comments: " + site.Name, Link: wire.base, Description: "The latest comments."}
	if name != "" {
		thread, err := s.feedThread(ctx, key, name)
		if err != nil {
			return rssChannel{}, err
		}
		name = thread.Key()
		channel.Title, channel.Link = "Comments: "+cmp.Or(thread.Title, site.Name), cmp.Or(thread.URL, wire.base)
	}
	posts, _, err := s.service.DisqusPosts(ctx, moderation.DisqusQuery{Site: key, Thread: name, Limit: feedItems})
	for i := range posts {
		channel.Items = append(channel.Items, wire.item(&posts[i]))
	}
	return channel, err
}

// feedThread finds the thread of a feed, by one of its names or by what pages may
// have put into the address: its identifier alone.
func (s *Server) feedThread(ctx context.Context, key, name string) (*moderation.DisqusThread, error) {
	thread, err := s.service.DisqusThread(ctx, key, name)
	if models.CodeOf(err) == models.CodeInvalid {
		thread, err = s.service.DisqusThread(ctx, key, "ident:"+name)
	}
	if models.CodeOf(err) == models.CodeInvalid {
		err = models.Refuse(models.CodeNotFound, "There is no such thread.")
	}
	return thread, err
}

func (w disqusWire) item(p *moderation.DisqusPost) rssItem {
	address := w.address(p)
	return rssItem{
		Title: cmp.Or(p.Thread.Title, p.Thread.URL), Link: address, GUID: address, Creator: p.AuthorName,
		Date: p.CreatedAt.UTC().Format(time.RFC1123Z), Description: p.HTML,
	}
}
