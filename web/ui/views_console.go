package ui

import (
	"io"
	"time"
)

// LoginPage is GET /console/login. Its form posts email, password and next to /console/login; with Token set it is instead one button that
// posts token and next there (a link that signs in once must not be spent by a program that only looks at it).
type LoginPage struct {
	Frame Frame
	Form  Form
	Next  string // path to open after sign-in, "" for the queue
	Token string
	Name  string // whom Token signs in
}

// Login renders the sign-in page.
func (p *Pages) Login(w io.Writer, v LoginPage) error { return p.render(w, "login", v) }

// InvitePage is where a new moderator's one-time link leads. Its form posts token and password to Action.
type InvitePage struct {
	Frame       Frame
	Form        Form
	Token       string
	Action      string // "/console/invite" when empty
	Name, Email string
}

// Invite renders the page on which an invited moderator chooses a password.
func (p *Pages) Invite(w io.Writer, v InvitePage) error {
	if v.Action == "" {
		v.Action = "/console/invite"
	}
	return p.render(w, "invite", v)
}

// SetupPage is GET /console/setup. Its form posts token, name, email, password, site_key, site_name, origins (one a line) and mode
// ("post" or "pre") to /console/setup.
type SetupPage struct {
	Frame Frame
	Form  Form
	Token string
}

// Setup renders the form that makes the first account and the first site.
func (p *Pages) Setup(w io.Writer, v SetupPage) error { return p.render(w, "setup", v) }

// Snippet is what a site owner pastes into the article template, and the shortname for those who keep their Disqus code.
type Snippet struct {
	SiteKey   string
	Embed     string // the lines to paste, shown as text
	Count     string // the line that fills comment counts into a list of articles
	Shortname string // HOST/KEY, for an existing Disqus code
}

// SetupDonePage follows a successful set-up: what to paste and what to do next.
type SetupDonePage struct {
	Frame    Frame
	SiteName string
	Snippet  Snippet
}

// SetupDone renders the "paste this" page.
func (p *Pages) SetupDone(w io.Writer, v SetupDonePage) error { return p.render(w, "setup_done", v) }

// QueuePage is GET /console: the shell that console.js fills.
type QueuePage struct {
	Frame Frame
	API   string // base of the moderation interface, "/api/v1/moderation" when empty
}

// Queue renders the shell of the queue screen.
func (p *Pages) Queue(w io.Writer, v QueuePage) error {
	if v.API == "" {
		v.API = "/api/v1/moderation"
	}
	return p.render(w, "queue", v)
}

// Option is one choice of a select: its value and what it is called.
type Option struct{ Value, Label string }

// ArticlesPage is GET /console/articles?site=&q=. Each row's form posts state, mode, notice, heat and return (the page's own address) to
// /console/articles/{key}, and cool=1 from the button that takes a busy article back to normal.
type ArticlesPage struct {
	Frame    Frame
	Sites    []Option
	Site     string // chosen site key, "" for all
	Query    string
	Return   string // path and query of this page
	Articles []ArticleRow
	Steps    []string // of the heat ladder
	NextURL  string   // "" on the last page
}

// ArticleRow is one article in the list.
type ArticleRow struct {
	Key, Title, URL, ID, Site string
	State                     string // open, closed
	Mode                      string // post, pre, "" for the site's
	SiteMode                  string // what "" means here
	Notice                    string
	Heat                      string // step of the heat ladder: normal, slow, hold-new, hold-all, read-only
	Why                       string // why it is there, "" when that is not known
	Approved, Pending         int
	ThreadURL                 string // the readers' page without JavaScript
}

// Articles renders the list of articles.
func (p *Pages) Articles(w io.Writer, v ArticlesPage) error { return p.render(w, "articles", v) }

// SitesPage is GET /console/sites. Its form (admins) posts key, name, origins and mode to /console/sites.
type SitesPage struct {
	Frame Frame
	Sites []SiteRow
	Form  Form
}

// SiteRow is one site in the list.
type SiteRow struct {
	Key, Name, Mode string
	Origins         []string
	Queue           int // comments that are held
}

// Sites renders the list of sites.
func (p *Pages) Sites(w io.Writer, v SitesPage) error { return p.render(w, "sites", v) }

// SitePage is GET /console/sites/{key}. Its form (admins) posts name, origins (one a line), mode, reasons (one a line, "key: label") and sample to
// the same path.
type SitePage struct {
	Frame   Frame
	Key     string
	APIKey  string // public
	Form    Form
	Snippet Snippet
}

// Site renders a site's settings and its snippet.
func (p *Pages) Site(w io.Writer, v SitePage) error { return p.render(w, "site", v) }

// TeamPage is GET /console/team. The form posts name, email, role (admin, moderator), how (link, password) and password to /console/team;
// each row posts do=role with role, do=disable, do=enable or do=link to /console/team/{id}.
type TeamPage struct {
	Frame   Frame
	Members []Member
	Form    Form
	Invite  *InviteLink // just made, shown once
}

// Member is one moderator.
type Member struct {
	ID, Name, Email, Role string
	Disabled, Self        bool
	Invited               bool // has not chosen a password yet
	LastSeen              time.Time
}

// InviteLink is a one-time link for a new moderator.
type InviteLink struct {
	Email, URL string
	ExpiresAt  time.Time
}

// Team renders the list of moderators.
func (p *Pages) Team(w io.Writer, v TeamPage) error { return p.render(w, "team", v) }

// AccountPage is GET /console/account. Forms post current and password to /console/account/password, name to /console/account/tokens,
// nothing to /console/account/tokens/{id}/revoke and to /console/logout.
type AccountPage struct {
	Frame    Frame
	Password Form
	Token    Form
	Tokens   []Token
	NewToken string // just made, shown once
}

// Token is one bearer token of the moderator.
type Token struct {
	ID, Name          string
	CreatedAt, UsedAt time.Time
}

// Account renders the moderator's own page.
func (p *Pages) Account(w io.Writer, v AccountPage) error { return p.render(w, "account", v) }

// ErrorPage says what went wrong and offers one way on.
type ErrorPage struct {
	Frame     Frame
	Status    int
	Title     string
	Detail    string
	NextURL   string
	NextLabel string
}

// Error renders a problem for a person.
func (p *Pages) Error(w io.Writer, v ErrorPage) error { return p.render(w, "error", v) }
