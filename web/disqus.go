package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

const maxCallback = 128 // bytes of the name of a JSONP callback

// disqusRequest is a question to the API of Disqus.
type disqusRequest struct {
	params
	query moderation.DisqusQuery
	wire  disqusWire
}

// disqusEndpoint answers one method of the API, as the part "response" of the
// answer, with the cursor of the next page where the method has pages.
type disqusEndpoint func(s *Server, ctx context.Context, r *disqusRequest) (response any, cursor *disqusCursor, err error)

// disqusEndpoints are the methods of the API that read what is public.
func disqusEndpoints() map[string]disqusEndpoint {
	return map[string]disqusEndpoint{
		"threads/set":               (*Server).disqusThreadSet,
		"threads/list":              (*Server).disqusThreadList,
		"forums/listThreads":        (*Server).disqusThreadList,
		"threads/details":           (*Server).disqusThreadDetails,
		"threads/listPosts":         (*Server).disqusThreadPosts,
		"threads/listPostsThreaded": (*Server).disqusThreadTree,
		"threads/listPopular":       (*Server).disqusPopular,
		"threads/listHot":           (*Server).disqusHot,
		"forums/details":            (*Server).disqusForumDetails,
		"forums/listPosts":          (*Server).disqusForumPosts,
		"posts/list":                (*Server).disqusPostList,
		"posts/details":             (*Server).disqusPostDetails,
	}
}

// disqusMethod finds the method and the format that an address names.
func disqusMethod(c *gin.Context) (endpoint disqusEndpoint, format string, err error) {
	method, format, _ := strings.Cut(c.Param("method"), ".")
	endpoint = disqusEndpoints()[c.Param("resource")+"/"+method]
	if endpoint == nil || format != "" && format != "json" && format != "jsonp" {
		err = models.Refuse(models.CodeNotFound, "Endpoint not valid.")
	}
	return endpoint, format, err
}

// refuseDisqus answers requests that want to change something.
func (s *Server) refuseDisqus(c *gin.Context) error {
	if _, _, err := disqusMethod(c); err != nil {
		return err
	}
	c.Header("Allow", "GET, HEAD")
	return &problemError{problem{
		Type: problemType(codeMethod), Title: "Method not allowed", Status: http.StatusMethodNotAllowed, Code: codeMethod,
		Detail: "You cannot access this resource using " + c.Request.Method + ". Use GET: this server answers questions only.",
	}}
}

// getDisqus answers programs that were written for API 3.0 of Disqus. Whatever
// api_key they send, what they read is public.
func (s *Server) getDisqus(c *gin.Context) error {
	endpoint, format, err := disqusMethod(c)
	if err != nil {
		return err
	}
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	callback, err := disqusCallback(format, p)
	if err != nil {
		return err
	}
	r, err := s.disqusRequest(c, p)
	if err != nil {
		return err
	}
	response, cursor, err := endpoint(s, c.Request.Context(), r)
	if err != nil {
		return err
	}
	body, err := disqusBody(disqusAnswer{Response: response, Cursor: cursor}, callback)
	if err != nil {
		return err
	}
	return bytesContent(body, disqusType(callback)).send(c)
}

// disqusCallback returns the name of the function that JSONP calls, "" for
// JSON.
func disqusCallback(format string, p params) (string, error) {
	if format != "jsonp" {
		return "", nil
	}
	name := p.get("callback")
	sound := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '.'
	}
	if name == "" || len(name) > maxCallback || strings.IndexFunc(name, func(r rune) bool { return !sound(r) }) >= 0 {
		return "", models.Invalid("callback", "Use letters, digits, dots and underscores, at most "+strconv.Itoa(maxCallback)+".")
	}
	return name, nil
}

// disqusRequest reads what the methods have in common.
func (s *Server) disqusRequest(c *gin.Context, p params) (*disqusRequest, error) {
	site, err := s.forum(c, p)
	if err != nil {
		return nil, err
	}
	limit, err := p.number("limit")
	if err != nil {
		return nil, err
	}
	since, err := disqusSince(p.get("since"))
	if err != nil {
		return nil, err
	}
	r := &disqusRequest{
		params: p, wire: disqusWire{base: s.base(c)},
		query: moderation.DisqusQuery{Site: site.Key, Order: p.get("order"), Since: since, Limit: limit, Cursor: p.get("cursor")},
	}
	related := p.choices("related")
	r.wire.withThread = slices.Contains(related, "thread")
	if slices.Contains(related, "forum") {
		r.wire.withForum = &site
	}
	return r, nil
}

// forum returns the site asked for: KEY, HOST/KEY as pages have it that carry
// our host in their shortname, the site of the path, or the one that the rest of
// the question tells.
func (s *Server) forum(c *gin.Context, p params) (models.Site, error) {
	ctx, name := c.Request.Context(), p.get("forum")
	key := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".disqus.com")
	if key == "" {
		key = c.Param("site")
	}
	if key == "" {
		thread, _ := p.thread()
		var err error
		if key, err = s.service.DisqusSite(ctx, cmp.Or(p.get("api_key"), p.get("public_key")), thread, p.get("post")); err != nil {
			return models.Site{}, err
		}
	}
	site, err := s.service.Site(ctx, key)
	if models.CodeOf(err) == models.CodeNotFound {
		return site, models.Invalid("forum", "Unable to find forum '"+clip(key, 100)+"'.")
	}
	return site, err
}

// disqusSince reads seconds since 1970, a date, or a time with or without a
// zone.
func disqusSince(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n < 1e11 {
		return time.Unix(int64(n), 0), nil
	}
	for _, layout := range [...]string{disqusTime, time.RFC3339, "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, models.Invalid("since", "Use seconds since 1970 or a time like 2026-11-23T09:30:00.")
}

// list returns the values of a parameter that may be repeated, as NAME, NAME[]
// or NAME[0].
func (p params) list(name string) (values []string) {
	for i := range p {
		if base, _, _ := strings.Cut(p[i].name, "["); base == name {
			values = append(values, p[i].value)
		}
	}
	return values
}

// choices returns the values of a parameter that may be repeated or hold several
// with commas between them.
func (p params) choices(name string) (values []string) {
	for _, list := range p.list(name) {
		values = append(values, strings.Split(list, ",")...)
	}
	return values
}

// threads returns the names of the threads asked for, in their order: thread=
// with a number, ident: or link:, and thread:ident= or thread:link=.
func (p params) threads() (names []string) {
	for i := range p {
		base, _, _ := strings.Cut(p[i].name, "[")
		switch base {
		case "thread":
			names = append(names, p[i].value)
		case "thread:ident", "thread:link":
			names = append(names, strings.TrimPrefix(base, "thread:")+":"+p[i].value)
		}
	}
	return names
}

// thread returns the one thread that a method needs.
func (p params) thread() (string, error) {
	names := p.threads()
	if len(names) == 0 || names[0] == "" {
		return "", models.Invalid("thread", "This argument is required.")
	}
	return names[0], nil
}

// disqusThreadSet leaves out threads that do not exist: a page that nobody has
// commented on has none.
func (s *Server) disqusThreadSet(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	names := r.threads()
	if len(names) == 0 {
		return nil, nil, models.Invalid("thread", "This argument is required.")
	}
	threads, err := s.service.DisqusThreads(ctx, r.query.Site, names)
	return r.wire.threads(threads), nil, err
}

// disqusThreadList lists threads that are open, or closed, or with both in
// include all of them, as without it.
func (s *Server) disqusThreadList(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	states, err := r.included("open", "closed", "killed")
	if err != nil {
		return nil, nil, err
	}
	var threads []*moderation.DisqusThread
	var cursor moderation.DisqusCursor
	if names := r.threads(); len(names) > 0 {
		threads, err = s.service.DisqusThreads(ctx, r.query.Site, names)
	} else {
		threads, cursor, err = s.service.DisqusThreadList(ctx, r.query)
	}
	if len(states) > 0 {
		threads = slices.DeleteFunc(threads, func(t *moderation.DisqusThread) bool {
			if closedThread(t) {
				return !slices.Contains(states, "closed")
			}
			return !slices.Contains(states, "open")
		})
	}
	return r.wire.threads(threads), newDisqusCursor(cursor), err
}

// included reads include, whose values must be known ones.
func (r *disqusRequest) included(known ...string) ([]string, error) {
	values := r.choices("include")
	for _, value := range values {
		if !slices.Contains(known, value) {
			return nil, models.Invalid("include", "Use "+strings.Join(known, ", ")+".")
		}
	}
	return values, nil
}

// postStates are the states by which Disqus lists posts. Only those that are
// approved are told of here.
func postStates() []string {
	return []string{"approved", "unapproved", "spam", "deleted", "flagged", "highlighted"}
}

func (s *Server) disqusThreadDetails(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	name, err := r.thread()
	if err != nil {
		return nil, nil, err
	}
	thread, err := s.service.DisqusThread(ctx, r.query.Site, name)
	if err != nil {
		return nil, nil, err
	}
	return r.wire.thread(thread), nil, nil
}

func (s *Server) disqusThreadPosts(ctx context.Context, r *disqusRequest) (_ any, _ *disqusCursor, err error) {
	if r.query.Thread, err = r.thread(); err != nil {
		return nil, nil, err
	}
	return s.disqusForumPosts(ctx, r)
}

// disqusForumPosts answers a question for states without the public one with
// nothing: its sender must not take public comments for spam.
func (s *Server) disqusForumPosts(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	states, err := r.included(postStates()...)
	if err != nil {
		return nil, nil, err
	}
	if len(states) > 0 && !slices.Contains(states, "approved") {
		return r.wire.posts(nil), newDisqusCursor(moderation.DisqusCursor{}), nil
	}
	posts, cursor, err := s.service.DisqusPosts(ctx, r.query)
	return r.wire.posts(posts), newDisqusCursor(cursor), err
}

// disqusPostList is forums/listPosts, and with a thread threads/listPosts.
func (s *Server) disqusPostList(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	switch names := r.threads(); len(names) {
	case 0:
	case 1:
		r.query.Thread = names[0]
	default:
		return nil, nil, models.Invalid("thread", "Ask for one thread at a time.")
	}
	return s.disqusForumPosts(ctx, r)
}

func (s *Server) disqusForumDetails(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	site, err := s.service.Site(ctx, r.query.Site)
	return newDisqusForum(&site), nil, err
}

func (s *Server) disqusThreadTree(ctx context.Context, r *disqusRequest) (_ any, _ *disqusCursor, err error) {
	if r.query.Thread, err = r.thread(); err != nil {
		return nil, nil, err
	}
	posts, cursor, err := s.service.DisqusTree(ctx, r.query)
	return r.wire.posts(posts), newDisqusCursor(cursor), err
}

func (s *Server) disqusPopular(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	within, err := disqusInterval(r.get("interval"))
	if err != nil {
		return nil, nil, err
	}
	return s.disqusBusy(ctx, r, within)
}

// disqusHot is what is popular in the last 24 hours.
func (s *Server) disqusHot(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	return s.disqusBusy(ctx, r, 24*time.Hour)
}

func (s *Server) disqusBusy(ctx context.Context, r *disqusRequest, within time.Duration) (any, *disqusCursor, error) {
	threads, err := s.service.DisqusPopular(ctx, r.query, within)
	return r.wire.threads(threads), nil, err
}

// disqusInterval reads one of the times that Disqus knows.
func disqusInterval(name string) (time.Duration, error) {
	hours, ok := map[string]int{"": 7 * 24, "1h": 1, "6h": 6, "12h": 12, "1d": 24, "3d": 3 * 24, "7d": 7 * 24, "30d": 30 * 24, "90d": 90 * 24}[name]
	if !ok {
		return 0, models.Invalid("interval", "Use 1h, 6h, 12h, 1d, 3d, 7d, 30d or 90d.")
	}
	return time.Duration(hours) * time.Hour, nil
}

func (s *Server) disqusPostDetails(ctx context.Context, r *disqusRequest) (any, *disqusCursor, error) {
	number := r.get("post")
	if number == "" {
		return nil, nil, models.Invalid("post", "This argument is required.")
	}
	post, err := s.service.DisqusPost(ctx, r.query.Site, number)
	if err != nil {
		return nil, nil, err
	}
	return r.wire.post(&post), nil, nil
}

// writeDisqusProblem refuses in the way of Disqus. To JSONP the status is 200,
// since browsers run no script that comes with an error.
func writeDisqusProblem(c *gin.Context, p problem) error {
	code, status, text := disqusProblem(p)
	callback := ""
	if query, err := queryParams(c.Request); err == nil && strings.HasSuffix(c.Param("method"), ".jsonp") {
		callback, _ = disqusCallback("jsonp", query)
	}
	body, err := disqusBody(disqusAnswer{Code: code, Response: text}, callback)
	if err != nil {
		return err
	}
	setProblemHeaders(c.Writer.Header(), p)
	if callback != "" {
		status = http.StatusOK
	}
	c.Data(status, disqusType(callback), body)
	return nil
}
