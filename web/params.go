package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
)

// Limits of a query string, in bytes.
const (
	maxQuery = 32 << 10
	maxValue = 4 << 10
)

// params are the parameters of a query string in their order. The first of a
// name counts.
type params []param

type param struct{ name, value string }

// queryParams reads the query string. What is not valid Unicode, or too long, is
// refused here for all routes.
func queryParams(r *http.Request) (params, error) {
	raw := r.URL.RawQuery
	if len(raw) > maxQuery {
		return nil, models.Refuse(models.CodeTooLarge, "The address is too long. Ask for less at a time.")
	}
	if raw == "" {
		return nil, nil
	}
	list := make(params, 0, strings.Count(raw, "&")+1)
	for piece := range strings.SplitSeq(raw, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		p, err := newParam(name, value)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func newParam(name, value string) (param, error) {
	name, err := url.QueryUnescape(name)
	if err != nil || !soundText(name) {
		return param{}, models.Refuse(models.CodeMalformed, "The query of the address is not encoded correctly.")
	}
	value, err = url.QueryUnescape(value)
	if err != nil {
		return param{}, models.Refuse(models.CodeMalformed, "The parameter %q of the address is not encoded correctly.", name)
	}
	if !soundText(value) {
		return param{}, models.Invalid(name, badText)
	}
	if len(value) > maxValue {
		return param{}, models.Invalid(name, "This is too long.")
	}
	return param{name, value}, nil
}

// get returns a parameter, or "".
func (p params) get(name string) string {
	for i := range p {
		if p[i].name == name {
			return p[i].value
		}
	}
	return ""
}

// number returns a whole number that is at least 1, or 0 when it is not given;
// the upper bound is the service's.
func (p params) number(name string) (int, error) {
	text := p.get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, models.Invalid(name, "Use a whole number, 1 or more.")
	}
	return n, nil
}

// flag reads a parameter that says yes or no, no when it is not given. Anything
// else is refused: whoever asks for a trial must not get the real thing.
func (p params) flag(name string) (bool, error) {
	for i := range p {
		if p[i].name != name {
			continue
		}
		switch p[i].value {
		case "1", "true":
			return true, nil
		case "0", "false":
			return false, nil
		}
		return false, models.Invalid(name, "Use 1 or 0.")
	}
	return false, nil
}

// siteParams reads the query of a list that is of one site.
func siteParams(c *gin.Context) (params, string, error) {
	p, err := queryParams(c.Request)
	if err != nil {
		return nil, "", err
	}
	site := p.get("site")
	if site == "" {
		return nil, "", models.Invalid("site", "Say of which site: site=KEY.")
	}
	return p, site, nil
}

// article returns how a page names itself.
func (p params) article() models.ArticleRef {
	return models.ArticleRef{ID: p.get("id"), URL: p.get("url"), Title: p.get("title")}
}

// inQuery gives the fields of an article the names that they have in a query.
func inQuery(err error) error {
	var refusal *models.Error
	if !errors.As(err, &refusal) || refusal.Code != models.CodeInvalid {
		return err
	}
	renamed := *refusal
	renamed.Fields = slices.Clone(refusal.Fields)
	for i, f := range renamed.Fields {
		switch f.Field {
		case "article", "article.id":
			renamed.Fields[i].Field = "id"
		case "article.url":
			renamed.Fields[i].Field = "url"
		}
	}
	return &renamed
}

// bearer returns the token of the Authorization header, or "".
func bearer(c *gin.Context) string {
	kind, token, ok := strings.Cut(c.GetHeader("Authorization"), " ")
	if !ok || !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
