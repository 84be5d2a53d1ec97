package moderation

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/models"
	"postbag/moderation/flood"
	"postbag/moderation/markup"
	"postbag/moderation/rules"
)

// styling matches the tags that pages put into their titles.
var styling = regexp.MustCompile(`(?i)</?(?:a|abbr|b|bdi|big|br|cite|code|em|font|i|img|kbd|mark|q|s|small|span|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>`)

// Limits of a submission, in characters unless they say bytes.
const (
	MaxName      = 60
	MaxEmail     = 254
	MaxTextBytes = markup.MaxMarkdown
	maxTitle     = 300
)

// job is one submission on its way: what was found out before the transaction,
// and its result.
type job struct {
	in      Submission
	site    *siteEntry
	doc     markup.Doc
	links   []string // targets
	reading *rules.Reading
	sketch  flood.Signature // blank when no rule of the site asks for copies
	from    origin
	parent  int64          // 0 for none
	known   int64          // the reader's earlier comment, by the edit token; 0 for none
	author  string         // key
	reader  *models.Reader // nil for a guest
	again   bool           // the rules changed while it waited, and it was read again

	done    chan struct{}
	receipt Receipt
	err     error
}

// Submit takes a comment: it is checked, judged by the rules, stored and
// counted, and readers or moderators see it, all or nothing. When it returns,
// the comment is on disk.
//
// A refusal is a *models.Error: invalid, origin, unauthorized (a session that
// ended, or a guest where only members may comment), closed, banned, not-found,
// conflict (the comment it answers is gone), rate-limited, rejected, busy.
func (s *Service) Submit(ctx context.Context, in Submission) (Receipt, error) {
	site, err := s.site(in.Site)
	if err != nil {
		return Receipt{}, err
	}
	j, err := s.prepare(site, in)
	if err != nil {
		return Receipt{}, err
	}
	return s.posts.do(ctx, j)
}

// prepare does everything that needs no database: checking, rendering, and the
// rules about the text.
func (s *Service) prepare(site *siteEntry, in Submission) (*job, error) {
	reader, err := s.poster(site, &in)
	if err != nil {
		return nil, err
	}
	if err := s.check(site, &in); err != nil {
		return nil, err
	}
	j := &job{in: in, reader: reader, from: s.originOf(in.Addr), done: make(chan struct{})}
	if j.doc, err = render(in.Text); err != nil {
		return nil, err
	}
	if in.Parent != "" {
		id, ok := models.CommentID.Parse(in.Parent)
		if !ok {
			return nil, models.Invalid("parent", "That is not the id of a comment.")
		}
		j.parent = id
	}
	j.known, j.links = s.knownComment(in.Token), targets(j.doc)
	j.author = s.authorKey(j, site)
	j.read(site)
	return j, nil
}

// poster finds the reader whom the site has signed in, whose name and e-mail are
// what the site says and not what was sent. It is nil for a guest.
func (s *Service) poster(site *siteEntry, in *Submission) (*models.Reader, error) {
	reader, err := s.readerAt(site.ID, in.Token)
	switch {
	case err != nil:
		return nil, err
	case reader != nil:
		in.Name, in.Email = reader.Name, reader.Email
	case site.membersOnly():
		return nil, models.Refuse(models.CodeUnauthorized, "Sign in on this site to comment. Your text is still here.")
	}
	return reader, nil
}

// authorKey is what makes the author of a submission the same author again: the
// sign-in, or else name, e-mail and network together.
func (s *Service) authorKey(j *job, site *siteEntry) string {
	if j.reader != nil {
		return j.reader.Login()
	}
	return hex.EncodeToString(s.sign("guest", strings.Join([]string{
		site.Key, strings.ToLower(j.in.Name), strings.ToLower(j.in.Email), string(j.from.network)}, "\x00")))
}

// read shows the text to the rules of the site as they are now.
func (j *job) read(site *siteEntry) {
	j.site = site
	j.reading = site.engine.Read(rules.Input{Text: j.in.Text, Name: j.in.Name, Email: j.in.Email, Links: j.links})
	if len(site.floods) > 0 {
		j.sketch = sketch(j.in.Text, j.links)
	}
}

// render turns a text into what readers see, and refuses one that shows
// nothing.
func render(text string) (markup.Doc, error) {
	doc, err := markup.Markdown(text)
	if err != nil {
		return doc, models.Invalid("text", "This text is too complicated to show. Use fewer lists, quotes and links.")
	}
	if strings.IndexFunc(doc.Text, shows) < 0 && len(doc.Links) == 0 {
		return doc, models.Invalid("text", "Write something first.")
	}
	return doc, nil
}

func targets(doc markup.Doc) []string {
	links := make([]string, len(doc.Links))
	for i, l := range doc.Links {
		links[i] = l.Href
	}
	return links
}

// plainTitle is a title as people read it: pages that were written for Disqus
// pass on HTML, with entities and tags.
func plainTitle(title string) string {
	title = strings.ToValidUTF8(html.UnescapeString(styling.ReplaceAllString(title, "")), "")
	return strings.Join(strings.FieldsFunc(title, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// check validates and tidies a submission. All fields that are wrong are named
// at once.
func (s *Service) check(site *siteEntry, in *Submission) error {
	var wrong []models.FieldError
	note := func(field string, err string) {
		if err != "" {
			wrong = append(wrong, models.FieldError{Field: field, Detail: err})
		}
	}
	in.Text = strings.TrimSpace(strings.ReplaceAll(in.Text, "\r\n", "\n"))
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	in.Email = strings.TrimSpace(in.Email)
	in.Article.ID = identifier(in.Article.ID)
	in.Article.Title = clip(plainTitle(in.Article.Title), maxTitle)
	note("text", textProblem(&site.Site, in.Text))
	note("author.name", nameProblem(in.Name))
	note("author.email", emailProblem(in.Email))
	note("key", keyProblem(in.Key))
	if len(wrong) > 0 {
		return &models.Error{Code: models.CodeInvalid, Detail: "Some fields need your attention.", Fields: wrong}
	}
	if in.Key == "" {
		var fresh [16]byte
		if _, err := io.ReadFull(s.rand, fresh[:]); err != nil {
			return fmt.Errorf("make a key: %w", err)
		}
		in.Key = hex.EncodeToString(fresh[:])
	}
	return checkRef(&site.Site, in.Article)
}

// cleanText tidies and checks a comment's text.
func cleanText(site *models.Site, text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if problem := textProblem(site, text); problem != "" {
		return "", models.Invalid("text", problem)
	}
	return text, nil
}

func textProblem(site *models.Site, text string) string {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "The text holds characters that cannot be stored."
	case n == 0:
		return "Write something first."
	case n > site.MaxLength:
		return fmt.Sprintf("The text has %d characters; at most %d fit. Please shorten it.", n, site.MaxLength)
	case len(text) > MaxTextBytes:
		return "The text is too long. Please shorten it."
	}
	return ""
}

func nameProblem(name string) string {
	switch {
	case !plain(name):
		return "The name holds characters that cannot be stored."
	case utf8.RuneCountInString(name) > MaxName:
		return fmt.Sprintf("A name has at most %d characters.", MaxName)
	}
	return ""
}

func emailProblem(email string) string {
	if email == "" {
		return ""
	}
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > MaxEmail || !plain(email) {
		return "This does not look like an e-mail address. Correct it, or leave it out."
	}
	return ""
}

func keyProblem(key string) string {
	ok := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_'
	}
	if key != "" && (len(key) < 8 || len(key) > 64 || strings.IndexFunc(key, func(r rune) bool { return !ok(r) }) >= 0) {
		return "A key has 8 to 64 letters, digits, hyphens or underscores."
	}
	return ""
}

// checkRef makes sure that an article can be one of the site's.
func checkRef(site *models.Site, ref models.ArticleRef) error {
	if !plain(ref.URL) {
		return models.Invalid("article.url", "The article's URL must be plain text.")
	}
	if len(ref.URL) > maxURL {
		return models.Invalid("article.url", fmt.Sprintf("A URL has at most %d bytes.", maxURL))
	}
	if ref.URL == "" {
		if ref.ID == "" {
			return models.Invalid("article", "Say which article this is about: send its id or its url.")
		}
		return nil
	}
	_, host, ok := normaliseURL(ref.URL)
	if !ok {
		return models.Invalid("article.url", "This is not an http or https address.")
	}
	if !allows(site, host) {
		return models.Refuse(models.CodeOrigin, "%s is not one of the addresses of this site. Its owner can add it in the site's settings.", clip(host, 100))
	}
	return nil
}

// knownComment returns the comment that an edit token is for, 0 when the token
// is not ours. Whether the comment exists is looked up later.
func (s *Service) knownComment(token string) int64 {
	id, mac, ok := strings.Cut(token, ".")
	if !ok || len(token) > 100 {
		return 0
	}
	if _, err := base64.RawURLEncoding.DecodeString(mac); err != nil {
		return 0
	}
	comment, _ := models.CommentID.Parse(id)
	return comment
}

// owns reports in constant time whether a token is the comment's edit token.
func (s *Service) owns(c *models.Comment, token string) bool {
	return subtle.ConstantTimeCompare([]byte(s.editToken(c)), []byte(token)) == 1
}
