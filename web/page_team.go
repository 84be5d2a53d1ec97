package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/web/ui"
)

func (s *Server) getTeamPage(c *gin.Context) error {
	return s.showTeam(c, http.StatusOK, ui.Form{}, nil)
}

func (s *Server) showTeam(c *gin.Context, status int, form ui.Form, invite *ui.InviteLink) error {
	team, err := s.service.Moderators(c.Request.Context())
	if err != nil {
		return err
	}
	view := ui.TeamPage{Frame: s.frame(c), Form: form, Invite: invite}
	for _, m := range team {
		id := models.ModeratorID.Format(m.ID)
		if c.Query("done") == "member-added" && c.Query("who") == id {
			view.Frame.Flash = s.pages.Flash("member-added", m.Name)
		}
		view.Members = append(view.Members, ui.Member{
			ID: id, Name: m.Name, Email: m.Email, Role: string(m.Role), Disabled: m.Disabled,
			Self: m.ID == moderator(c).ID, Invited: m.PasswordHash == "",
		})
	}
	return s.pages.Team(page(c, status), view)
}

// postTeamForm adds a moderator, with a password or with a link to choose one.
func (s *Server) postTeamForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	password := ""
	if form.Get("how") == "password" {
		if password = form.Get("password"); password == "" {
			return s.refuseTeam(c, models.Invalid("password", "Choose a password, or let a link be made."))
		}
	}
	added, err := s.accounts.AddModerator(c.Request.Context(), form.Get("email"), form.Get("name"), password, models.Role(form.Get("role")))
	if err != nil {
		return s.refuseTeam(c, err)
	}
	if password == "" {
		return s.showInvitation(c, added)
	}
	return back(c, "/console/team?who="+models.ModeratorID.Format(added.ID), "member-added")
}

func (s *Server) refuseTeam(c *gin.Context, err error) error {
	form, status, err := refusedForm(c, err, nil)
	if err != nil {
		return err
	}
	return s.showTeam(c, status, form, nil)
}

// showInvitation makes a link and shows it once.
func (s *Server) showInvitation(c *gin.Context, m models.Moderator) error {
	secret, expires, err := s.accounts.Invite(c.Request.Context(), m.ID)
	if err != nil {
		return err
	}
	link := s.base(c) + "/console/invite?token=" + url.QueryEscape(secret)
	return s.showTeam(c, http.StatusOK, ui.Form{}, &ui.InviteLink{Email: m.Email, URL: link, ExpiresAt: expires})
}

// postMemberForm changes the account of somebody else: the role, whether it
// works, or a new link for who has lost the password.
func (s *Server) postMemberForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	ctx, form := c.Request.Context(), c.Request.PostForm
	id, ok := models.ModeratorID.Parse(c.Param("member"))
	if !ok {
		return models.Refuse(models.CodeNotFound, "There is no such account.")
	}
	member, err := s.service.Moderator(ctx, id)
	if err != nil {
		return err
	}
	done := "member-saved"
	switch form.Get("do") {
	case "role":
		member.Role = models.Role(form.Get("role"))
	case "disable":
		member.Disabled, done = true, "member-disabled"
	case "enable":
		member.Disabled, done = false, "member-enabled"
	case "link":
		return s.showInvitation(c, member)
	default:
		return models.Refuse(models.CodeMalformed, "This form is not one of ours. Load the page again.")
	}
	if err := s.service.PatchModerator(ctx, id, member.Role, member.Disabled); err != nil {
		return s.refuseTeam(c, err)
	}
	return back(c, "/console/team", done)
}
