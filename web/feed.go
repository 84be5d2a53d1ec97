package web

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/markup"
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
		thread, err := s.service.DisqusThread(ctx, key, name)
		if models.CodeOf(err) == models.CodeInvalid {
			err = models.Refuse(models.CodeNotFound, "There is no such thread.")
		}
		if err != nil {
			return rssChannel{}, err
		}
		channel.Title, channel.Link = "Comments: "+cmp.Or(thread.Title, site.Name), cmp.Or(thread.URL, wire.base)
	}
	posts, _, err := s.service.DisqusPosts(ctx, moderation.DisqusQuery{Site: key, Thread: name, Limit: feedItems})
	for i := range posts {
		channel.Items = append(channel.Items, wire.item(&posts[i]))
	}
	return channel, err
}

func (w disqusWire) item(p *moderation.DisqusPost) rssItem {
	address := w.address(p)
	return rssItem{
		Title: cmp.Or(p.Thread.Title, p.Thread.URL), Link: address, GUID: address, Creator: p.AuthorName,
		Date: p.CreatedAt.UTC().Format(time.RFC1123Z), Description: p.HTML,
	}
}

// recentComment is what the widget shows of a comment.
type recentComment struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Page  string `json:"page"`
	Date  string `json:"date"`
}

// recentScript lists comments behind its own script element, with the class
// names that themes style. It makes nodes, never markup.
const recentScript = `(function(items,size){
var at=document.currentScript;if(!at||!at.parentNode)return;
function add(to,tag,kind,text,href){var n=document.createElement(tag);n.className=kind;if(text)n.textContent=text;if(href)n.href=href;to.appendChild(n);return n}
var list=document.createElement("ul");list.className="dsq-widget-list";
items.forEach(function(c){
var li=add(list,"li","dsq-widget-item");
if(size){var i=add(li,"img","dsq-widget-avatar");i.src=` + "\"" + noFace + "\"" + `;i.alt="";i.width=i.height=size}
add(li,"span","dsq-widget-user",c.name);li.appendChild(document.createTextNode(" "));
add(li,"span","dsq-widget-comment",c.text);
var meta=add(li,"p","dsq-widget-meta");
add(meta,"a","",c.title,c.page);meta.appendChild(document.createTextNode(" \u00b7 "));
add(meta,"a","",c.date,c.url)});
at.parentNode.insertBefore(list,at.nextSibling)
})(`

// getRecentWidget serves a script that lists the newest comments of a site. Its
// four parameters are those of Disqus; what they ask for is brought into bounds,
// since old pages cannot be told.
func (s *Server) getRecentWidget(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	site := siteAsked(c, p)
	if _, err := s.service.Site(c.Request.Context(), site); err != nil {
		return err
	}
	posts, _, err := s.service.DisqusPosts(c.Request.Context(), moderation.DisqusQuery{Site: site, Limit: p.within("num_items", 5, 1, feedItems)})
	if err != nil {
		return err
	}
	size := p.within("avatar_size", 32, 8, 256)
	if hide := p.get("hide_avatars"); hide == "1" || hide == "true" {
		size = 0
	}
	wire, length := disqusWire{base: s.base(c)}, p.within("excerpt_length", 200, 1, 1000)
	items := make([]recentComment, len(posts))
	for i := range posts {
		if items[i], err = wire.recent(&posts[i], length); err != nil {
			return err
		}
	}
	data, err := json.Marshal(items)
	if err != nil {
		return err
	}
	script := bytesContent([]byte(recentScript+string(data)+","+strconv.Itoa(size)+");\n"), "text/javascript; charset=utf-8")
	return script.send(c)
}

func (w disqusWire) recent(p *moderation.DisqusPost, length int) (recentComment, error) {
	doc, err := markup.FromHTML(p.HTML)
	if err != nil {
		return recentComment{}, err
	}
	address := w.address(p)
	page, _, _ := strings.Cut(address, "#")
	return recentComment{
		Name: p.AuthorName, Text: shorten(strings.Join(strings.Fields(doc.Text), " "), length), URL: address, Page: page,
		Title: cmp.Or(p.Thread.Title, page), Date: p.CreatedAt.UTC().Format(time.DateOnly),
	}, nil
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
