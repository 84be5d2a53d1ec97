package web

import (
	"bytes"
	"cmp"
	"html/template"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

// getPostPage shows one comment, for a frame in a page of any site. Disqus has it
// under the same name and with the same parameter p, which adds what the comment
// answers; m, about media, changes nothing, since comments hold none.
func (s *Server) getPostPage(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	single, err := s.service.SinglePost(c.Request.Context(), cmp.Or(siteAsked(c, p), p.get("forum")), c.Param("post"), p.get("p") == "1")
	if err != nil {
		return err
	}
	wire := disqusWire{base: s.base(c)}
	view := ui.PostPage{
		Language: s.speak(c, p.get("lang"), single.Site.Language), SiteName: single.Site.Name, Title: single.Post.Thread.Title,
		Comment: wire.single(&single.Post), URL: wire.address(&single.Post),
	}
	if single.Parent != nil {
		parent := wire.single(single.Parent)
		view.Parent, view.ParentURL = &parent, wire.address(single.Parent)
	}
	var body bytes.Buffer
	if err := s.pages.Post(&body, view); err != nil {
		return err
	}
	return bytesContent(body.Bytes(), htmlType).send(c)
}

func (w disqusWire) single(p *moderation.DisqusPost) ui.ThreadComment {
	out := ui.ThreadComment{
		ID: p.PublicID(), Anchor: "comment-" + p.Anchor, CreatedAt: p.CreatedAt, Edited: !p.EditedAt.IsZero(), Tombstone: p.Tombstone(), Likes: p.Likes,
	}
	if !out.Tombstone {
		out.Author, out.Badge, out.Body = p.AuthorName, p.Badge, template.HTML(p.HTML) // made by the comment renderer, from an allow list
	}
	return out
}

// writeFramedProblem says in a frame why there is no comment in it.
func (s *Server) writeFramedProblem(c *gin.Context, p problem) error {
	view := ui.PostPage{Language: s.speak(c, c.Query("lang"), ""), Missing: true}
	if p.Code != models.CodeNotFound {
		view.Detail = p.Detail
	}
	setProblemHeaders(c.Writer.Header(), p)
	return s.pages.Post(page(c, p.Status), view)
}
