package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/auth"
	"postbag/web/ui"
)

// getRoot sends people who know only the server's name to the console.
func (s *Server) getRoot(*gin.Context) error { return &redirect{"/console"} }

// getLogin shows the sign-in form; who is signed in already goes on.
func (s *Server) getLogin(c *gin.Context) error {
	next := localPath(c.Query("next"), "")
	if _, err := s.accounts.Session(c.Request.Context(), sessionOf(c)); err == nil {
		return &redirect{localPath(next, "/console")}
	}
	view := ui.LoginPage{Frame: s.frame(c), Next: next}
	needed, err := s.service.SetUpNeeded(c.Request.Context())
	if err != nil {
		return err
	}
	if needed {
		view.Form.Errors = map[string]string{"": "There is no account yet. Open the set-up link that the server printed when it started."}
	}
	return s.pages.Login(page(c, http.StatusOK), view)
}

// postLogin signs in by password, or by the token of a link that works once.
func (s *Server) postLogin(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form, ctx := c.Request.PostForm, c.Request.Context()
	var session string
	var err error
	if token := form.Get("token"); token != "" {
		session, _, err = s.accounts.OpenConsole(ctx, token)
	} else {
		session, _, err = s.accounts.SignIn(ctx, form.Get("email"), form.Get("password"), address(c))
	}
	next := localPath(form.Get("next"), "")
	if err != nil {
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.pages.Login(page(c, status), ui.LoginPage{Frame: s.frame(c), Form: refused, Next: next})
	}
	s.setSession(c, session)
	return &redirect{localPath(next, "/console")}
}

func (s *Server) postLogout(c *gin.Context) error {
	if err := s.accounts.SignOut(c.Request.Context(), sessionOf(c)); err != nil {
		return err
	}
	s.setSession(c, "")
	return back(c, "/console/login", "signed-out")
}

// getOpenConsole shows a button instead of signing in: programs look at links,
// and a link that signs in once must not be spent by one of them.
func (s *Server) getOpenConsole(c *gin.Context) error {
	token := c.Query("token")
	who, err := s.accounts.LinkedConsole(c.Request.Context(), token)
	if err != nil {
		return spentLink(err)
	}
	return s.pages.Login(page(c, http.StatusOK), ui.LoginPage{
		Frame: s.frame(c), Token: token, Name: who.Name, Next: localPath(c.Query("next"), ""),
	})
}

// spentLink is the refusal of a link that does not work any more, which is not
// put right by signing in.
func spentLink(err error) error {
	if models.CodeOf(err) != models.CodeUnauthorized {
		return err
	}
	p := problemOf(err)
	p.Status, p.Code, p.Title = http.StatusForbidden, models.CodeForbidden, "This link does not work any more"
	p.Type = problemType(p.Code)
	return &problemError{p}
}

func (s *Server) getInvitation(c *gin.Context) error {
	token := c.Query("token")
	who, err := s.accounts.Invitation(c.Request.Context(), token)
	if err != nil {
		return spentLink(err)
	}
	return s.pages.Invite(page(c, http.StatusOK), ui.InvitePage{Frame: s.frame(c), Token: token, Name: who.Name, Email: who.Email})
}

func (s *Server) postInvitation(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	token := c.Request.PostForm.Get("token")
	session, who, err := s.accounts.AcceptInvitation(c.Request.Context(), token, c.Request.PostForm.Get("password"))
	if models.CodeOf(err) == models.CodeInvalid {
		form, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.pages.Invite(page(c, status), ui.InvitePage{Frame: s.frame(c), Form: form, Token: token, Name: who.Name, Email: who.Email})
	}
	if err != nil {
		return spentLink(err)
	}
	s.setSession(c, session)
	return &redirect{"/console"}
}

func (s *Server) getSetUp(c *gin.Context) error {
	token := c.Query("token")
	if err := s.accounts.CheckSetUp(c.Request.Context(), token); err != nil {
		return spentLink(err)
	}
	return s.pages.Setup(page(c, http.StatusOK), ui.SetupPage{Frame: s.frame(c), Token: token, Form: openForm("mode", "post")})
}

// postSetUp makes the first account and the first site, and shows what to paste
// into the site's pages.
func (s *Server) postSetUp(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form, ctx := c.Request.PostForm, c.Request.Context()
	owner := auth.Owner{Email: form.Get("email"), Name: form.Get("name"), Password: form.Get("password")}
	made, err := s.accounts.SetUp(ctx, form.Get("token"), owner, moderation.NewSite{
		Key: form.Get("site_key"), Name: form.Get("site_name"), Origins: lines(form.Get("origins")), Mode: models.Mode(form.Get("mode")),
	})
	if models.CodeOf(err) == models.CodeUnauthorized {
		return spentLink(err)
	}
	if err != nil {
		refused, status, err := refusedForm(c, err, setUpFields(form.Get("site_name")))
		if err != nil {
			return err
		}
		return s.pages.Setup(page(c, status), ui.SetupPage{Frame: s.frame(c), Form: refused, Token: form.Get("token")})
	}
	s.setSession(c, made.Session)
	return s.pages.SetupDone(page(c, http.StatusOK), ui.SetupDonePage{Frame: s.frame(c), SiteName: made.Site.Name, Snippet: s.snippet(c, made.Site.Key)})
}

// setUpFields names the form's fields. The account and the site both have a
// name; it is the site's that is wrong when that is empty or too long.
func setUpFields(siteName string) map[string]string {
	fields := map[string]string{"key": "site_key"}
	if n := len([]rune(siteName)); n == 0 || n > 100 {
		fields["name"] = "site_name"
	}
	return fields
}

func (s *Server) getConsole(c *gin.Context) error {
	return s.pages.Queue(page(c, http.StatusOK), ui.QueuePage{Frame: s.frame(c)})
}
