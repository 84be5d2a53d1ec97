package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/web/ui"
)

func (s *Server) getAccountPage(c *gin.Context) error {
	return s.showAccount(c, http.StatusOK, ui.AccountPage{})
}

func (s *Server) showAccount(c *gin.Context, status int, view ui.AccountPage) error {
	tokens, err := s.accounts.Tokens(c.Request.Context(), moderator(c).ID)
	if err != nil {
		return err
	}
	view.Frame = s.frame(c)
	for _, t := range tokens {
		view.Tokens = append(view.Tokens, ui.Token{ID: strconv.FormatInt(t.ID, 10), Name: t.Label, CreatedAt: t.CreatedAt, UsedAt: t.UsedAt})
	}
	return s.pages.Account(page(c, status), view)
}

func (s *Server) postPasswordForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	session, err := s.accounts.ChangePassword(c.Request.Context(), moderator(c), form.Get("current"), form.Get("password"), address(c))
	if err != nil {
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.showAccount(c, status, ui.AccountPage{Password: refused})
	}
	s.setSession(c, session)
	return back(c, "/console/account", "password-changed")
}

// postTokenForm makes an API token and shows it once.
func (s *Server) postTokenForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	token, err := s.accounts.AddToken(c.Request.Context(), moderator(c).ID, c.Request.PostForm.Get("name"))
	if err != nil {
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.showAccount(c, status, ui.AccountPage{Token: refused})
	}
	return s.showAccount(c, http.StatusOK, ui.AccountPage{NewToken: token})
}

func (s *Server) postTokenRevoke(c *gin.Context) error {
	id, err := strconv.ParseInt(c.Param("token"), 10, 64)
	if err != nil {
		return models.Refuse(models.CodeNotFound, "There is no such token. It may have been revoked already.")
	}
	if err := s.accounts.Revoke(c.Request.Context(), moderator(c).ID, id); err != nil {
		return err
	}
	return back(c, "/console/account", "token-revoked")
}
