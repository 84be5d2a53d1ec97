package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/web/ui"
)

// frame surrounds a page of the console: who is signed in, and the sentence
// that the last form left behind.
func (s *Server) frame(c *gin.Context) ui.Frame {
	n, _ := strconv.Atoi(c.Query("n")) // 0 for what is no number
	f := ui.Frame{Flash: s.pages.Flash(c.Query("done"), ui.Digits(n))}
	if who, ok := currentModerator(c); ok {
		f.User = newUser(who)
	}
	return f
}

func newUser(m models.Moderator) *ui.User {
	return &ui.User{Name: m.Name, Email: m.Email, Admin: m.Role == models.RoleAdmin}
}

// openForm is a form as it is opened, with stored values.
func openForm(pairs ...string) ui.Form {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return ui.Form{Values: values}
}

// refusedForm brings a form back as it was sent, with what was wrong, and the
// status to answer with. rename maps fields of the service to fields of the
// form. An error that is no refusal is returned.
func refusedForm(c *gin.Context, err error, rename map[string]string) (ui.Form, int, error) {
	var refusal *models.Error
	if !errors.As(err, &refusal) {
		return ui.Form{}, 0, err
	}
	p := newProblem(refusal)
	form := ui.Form{Values: c.Request.PostForm, Errors: map[string]string{}}
	for _, f := range p.Errors {
		name := f.Field
		if renamed, ok := rename[name]; ok {
			name = renamed
		}
		if form.Errors[name] == "" {
			form.Errors[name] = f.Detail
		}
	}
	if len(p.Errors) == 0 {
		form.Errors[""] = p.Detail
	}
	setProblemHeaders(c.Writer.Header(), p)
	c.Writer.Header().Del("WWW-Authenticate")
	return form, p.Status, nil
}

// back sends the browser to a page of the console after a form has done its
// work, with the code of the sentence to show there.
func back(c *gin.Context, path, done string) error {
	address, err := url.Parse(path)
	if err != nil {
		return err
	}
	q := address.Query()
	q.Set("done", done)
	address.RawQuery = q.Encode()
	c.Redirect(http.StatusSeeOther, address.String())
	return nil
}

// backCounted is back for a sentence with a number in it.
func backCounted(c *gin.Context, path, done string, n int) error {
	address, err := url.Parse(path)
	if err != nil {
		return err
	}
	q := address.Query()
	q.Set("n", strconv.Itoa(n))
	address.RawQuery = q.Encode()
	return back(c, address.String(), done)
}

// localPath returns a path of the console that came from outside, or otherwise
// when it leads anywhere else.
func localPath(path, otherwise string) string {
	u, err := url.Parse(path)
	inside := err == nil && u.Scheme == "" && u.Host == "" && u.User == nil &&
		(u.Path == "/console" || strings.HasPrefix(u.Path, "/console/")) && !strings.ContainsAny(path, "\\\r\n\t")
	if !inside {
		return otherwise
	}
	return path
}

// lines splits a text field with one entry a line; empty lines do not count.
func lines(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}
