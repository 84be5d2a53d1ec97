package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/sso"
	"postbag/web/ui"
)

// The page on which a site's admins look after how it signs its readers in. A
// secret is on it once, in the answer to the form that made it.

func (s *Server) getSiteSignIn(c *gin.Context) error {
	return s.showSignIn(c, http.StatusOK, ui.SignInPage{})
}

// showSignIn draws the page around what a form has left in view.
func (s *Server) showSignIn(c *gin.Context, status int, view ui.SignInPage) error {
	ctx := c.Request.Context()
	site, err := s.service.Site(ctx, c.Param("site"))
	if err != nil {
		return err
	}
	keys, err := s.service.SSO(ctx, site.Key)
	if err != nil {
		return err
	}
	view.Frame, view.Key, view.Name = s.frame(c), site.Key, site.Name
	view.APIKey, view.Enabled, view.Generation, view.EarlierUntil = keys.APIKey, keys.Enabled, keys.Generation, keys.EarlierUntil
	if view.Settings.Values == nil {
		view.Settings = openForm("sign_in", onOff(keys.Enabled), "guests", onOff(!keys.MembersOnly), "verified_email", checkedIf(keys.VerifiedEmail))
		fillNumber(view.Settings.Values, ui.SignInMaxAge(), int(keys.MaxAge/time.Second))
		fillNumber(view.Settings.Values, ui.SignInSkew(), int(keys.Skew/time.Second))
	}
	if view.Take.Values == nil {
		view.Take = openForm("api_key", keys.APIKey)
	}
	return s.pages.SignIn(page(c, status), view)
}

func onOff(is bool) string {
	if is {
		return "on"
	}
	return "off"
}

func checkedIf(is bool) string {
	if is {
		return "1"
	}
	return ""
}

// postSiteSignIn does what one of the page's forms says.
func (s *Server) postSiteSignIn(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	switch c.Request.PostForm.Get("do") {
	case "make":
		return s.makeSecret(c)
	case "take":
		return s.takeSecret(c)
	case "settings":
		return s.saveSignIn(c)
	case "check":
		return s.checkSignIn(c)
	}
	return models.Refuse(models.CodeMalformed, "This form is not one of ours. Load the page again.")
}

// makeSecret makes a secret, the first or a new one, and shows it once.
func (s *Server) makeSecret(c *gin.Context) error {
	patch, err := secretPatch(c)
	if err != nil {
		return err
	}
	patch.Rotate = true
	keys, err := s.service.ConfigureSSO(c.Request.Context(), moderator(c), c.Param("site"), patch)
	if err != nil {
		return s.refuseSignIn(c, err, func(view *ui.SignInPage, form ui.Form) { view.Make = form })
	}
	return s.showSignIn(c, http.StatusOK, ui.SignInPage{Secret: keys.Secret})
}

// takeSecret takes over a secret that the site has already. It is not shown.
func (s *Server) takeSecret(c *gin.Context) error {
	patch, err := secretPatch(c)
	if err != nil {
		return err
	}
	secret, key := strings.TrimSpace(c.Request.PostForm.Get("secret")), strings.TrimSpace(c.Request.PostForm.Get("api_key"))
	patch.Secret, patch.APIKey = &secret, &key
	if _, err = s.service.ConfigureSSO(c.Request.Context(), moderator(c), c.Param("site"), patch); err != nil {
		return s.refuseSignIn(c, err, func(view *ui.SignInPage, form ui.Form) { view.Take = form })
	}
	return back(c, signInPath(c), "sign-in-taken")
}

// secretPatch is what both forms say that bring a new secret.
func secretPatch(c *gin.Context) (moderation.SSOPatch, error) {
	form := c.Request.PostForm
	known, err := strconv.Atoi(form.Get("generation"))
	if err != nil {
		return moderation.SSOPatch{}, models.Refuse(models.CodeMalformed, "This form is not one of ours. Load the page again.")
	}
	return moderation.SSOPatch{Generation: &known, AtOnce: form.Get("at_once") != ""}, nil
}

func (s *Server) saveSignIn(c *gin.Context) error {
	ctx, form := c.Request.Context(), c.Request.PostForm
	keys, err := s.service.SSO(ctx, c.Param("site"))
	if err != nil {
		return err
	}
	var wrong faults
	enabled, members, verified := form.Get("sign_in") == "on", form.Get("guests") == "off", form.Get("verified_email") != ""
	maxAge, skew := formTime(form, "max_age", &wrong), formTime(form, "skew", &wrong)
	if err = wrong.err(); err == nil && keys.APIKey == "" {
		err = models.Refuse(models.CodeConflict, "Make the keys first.")
	}
	if err == nil {
		_, err = s.service.ConfigureSSO(ctx, moderator(c), c.Param("site"),
			moderation.SSOPatch{MaxAge: &maxAge, Skew: &skew, Enabled: &enabled, MembersOnly: &members, VerifiedEmail: &verified})
	}
	if err != nil {
		return s.refuseSignIn(c, err, func(view *ui.SignInPage, form ui.Form) { view.Settings = form })
	}
	return back(c, signInPath(c), "sign-in-saved")
}

// formTime reads a time with its unit.
func formTime(form url.Values, field string, wrong *faults) time.Duration {
	n := formNumber(form.Get(field), field, wrong)
	unit, err := strconv.Atoi(form.Get(field + "_unit"))
	if err != nil || unit < 1 || unit > 86400 || n < 0 || n > 1<<31 {
		wrong.add(field, "Choose a number and a unit from the list.")
		return 0
	}
	return time.Duration(n*unit) * time.Second
}

// checkSignIn says what a payload or a token is worth.
func (s *Server) checkSignIn(c *gin.Context) error {
	form := c.Request.PostForm
	in := credentials(form.Get("payload"))
	in.APIKey = strings.TrimSpace(form.Get("page_key"))
	reader, err := s.service.CheckSignIn(c.Request.Context(), c.Param("site"), in)
	view := ui.SignInPage{Check: ui.Form{Values: form}}
	var fault *sso.Fault
	switch {
	case err == nil:
		view.Checked = &ui.SignInChecked{ID: reader.ID, Name: reader.Name, Email: reader.Email, Avatar: reader.Avatar, URL: reader.URL}
	case !errors.As(err, &fault):
		return err
	default:
		view.Checked = &ui.SignInChecked{Fault: s.faultText(fault)}
	}
	return s.showSignIn(c, http.StatusOK, view)
}

// credentials tells a payload from a token: a token has dots in it, and no
// white space; a payload is the other way round.
func credentials(text string) moderation.SignIn {
	text = strings.TrimSpace(text)
	if strings.Contains(text, ".") && !strings.ContainsAny(text, " \t\r\n") {
		return moderation.SignIn{JWT: text}
	}
	return moderation.SignIn{Payload: text}
}

// faultText says what is wrong, and what to do.
func (s *Server) faultText(f *sso.Fault) string {
	if f.Hint != "" {
		return s.pages.Text("signin.hint." + f.Hint)
	}
	return s.pages.Text("signin.fault."+string(f.Kind), s.pages.Span(f.By))
}

// refuseSignIn shows the page again; put lays the refused form where it came
// from.
func (s *Server) refuseSignIn(c *gin.Context, err error, put func(*ui.SignInPage, ui.Form)) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return err
	}
	form, status, err := refusedForm(c, err, nil)
	if err != nil {
		return err
	}
	form.Values.Del("secret")
	var view ui.SignInPage
	put(&view, form)
	return s.showSignIn(c, status, view)
}

func signInPath(c *gin.Context) string {
	return fmt.Sprintf("/console/sites/%s/sign-in", url.PathEscape(c.Param("site")))
}
