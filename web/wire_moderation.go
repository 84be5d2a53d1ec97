package web

import (
	"encoding/json"
	"time"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/heat"
)

// itemJSON is a comment with what a moderator needs to decide.
type itemJSON struct {
	Comment  *queueCommentJSON `json:"comment"`
	Article  queueArticleJSON  `json:"article"`
	Author   queueAuthorJSON   `json:"author"`
	Parent   *parentJSON       `json:"parent"`
	Why      []findingJSON     `json:"why"`
	Reports  []reportJSON      `json:"reports"`
	Claim    *claimJSON        `json:"claim"`
	Decision *decisionJSON     `json:"decision"`
}

// queueCommentJSON is a comment as moderators see it.
type queueCommentJSON struct {
	ID         string            `json:"id"`
	Site       string            `json:"site"`
	Article    string            `json:"article"`
	Parent     *string           `json:"parent"`
	Status     string            `json:"status"`
	Version    int               `json:"version"`
	Reviewed   bool              `json:"reviewed"`
	Lane       string            `json:"lane"`
	Priority   int               `json:"priority"`
	Sampled    bool              `json:"sampled"`
	Text       string            `json:"text"`
	Format     string            `json:"format"`
	Body       json.RawMessage   `json:"body"`
	HTML       *string           `json:"html"`
	Edit       *editJSON         `json:"edit"`
	CreatedAt  time.Time         `json:"created_at"`
	QueuedAt   *time.Time        `json:"queued_at"`
	EditedAt   *time.Time        `json:"edited_at"`
	Likes      int               `json:"likes"`
	Replies    int               `json:"replies"`
	ExternalID *string           `json:"external_id"`
	Author     commentAuthorJSON `json:"author"`
}

type commentAuthorJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Badge string `json:"badge"`
}

// editJSON is a later text that waits for a moderator.
type editJSON struct {
	Text string          `json:"text"`
	Body json.RawMessage `json:"body"`
}

type queueArticleJSON struct {
	articleJSON
	Site string `json:"site"`
	Heat string `json:"heat"` // step of the heat ladder
}

type queueAuthorJSON struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Kind      string        `json:"kind"`
	Approved  int           `json:"approved"`
	Removed   int           `json:"removed"`
	Spam      int           `json:"spam"`
	Pending   int           `json:"pending"`
	Sanction  *sanctionJSON `json:"sanction"`
	FirstSeen *time.Time    `json:"first_seen"`
}

type sanctionJSON struct {
	Kind  string     `json:"kind"`
	Until *time.Time `json:"until"`
}

type parentJSON struct {
	ID     string `json:"id"`
	Author string `json:"author"`
	Text   string `json:"text"`
}

// findingJSON is one rule that fired. Action is empty in shadow mode, and Would
// then says what the rule would have done.
type findingJSON struct {
	Rule     string      `json:"rule"`
	Version  int         `json:"version"`
	Name     string      `json:"name"`
	Action   string      `json:"action"`
	Would    string      `json:"would"`
	Tag      string      `json:"tag"`
	Priority int         `json:"priority"`
	Code     string      `json:"code"`
	Detail   string      `json:"detail"`
	Matches  []matchJSON `json:"matches"`
}

type matchJSON struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

type reportJSON struct {
	Reason    string    `json:"reason"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at"`
}

type claimJSON struct {
	Moderator string    `json:"moderator"`
	Mine      bool      `json:"mine"`
	ExpiresAt time.Time `json:"expires_at"`
}

type decisionJSON struct {
	ID        string    `json:"id"`
	Comment   string    `json:"comment"`
	Action    string    `json:"action"`
	Reason    string    `json:"reason"`
	Note      string    `json:"note"`
	Moderator *string   `json:"moderator"`
	Rule      *string   `json:"rule"`
	From      string    `json:"from"`
	To        string    `json:"to"`
	CreatedAt time.Time `json:"created_at"`
	Undoes    *string   `json:"undoes"`
	Undone    bool      `json:"undone"`
}

// countsJSON holds the number of comments that wait in each lane.
type countsJSON struct {
	Pending   int `json:"pending"`
	Reported  int `json:"reported"`
	New       int `json:"new"`
	Escalated int `json:"escalated"`
	Sample    int `json:"sample"` // they are in New as well
}

func newCounts(n models.LaneCounts) countsJSON {
	return countsJSON{n[models.LanePending], n[models.LaneReported], n[models.LaneNew], n[models.LaneEscalated], n[models.LaneSample]}
}

func newItems(items []models.ModerationItem, by models.Moderator, now time.Time) []itemJSON {
	out := make([]itemJSON, len(items))
	for i := range items {
		out[i] = newItem(&items[i], by, now)
	}
	return out
}

func newItem(item *models.ModerationItem, by models.Moderator, now time.Time) itemJSON {
	out := itemJSON{
		Comment: newQueueComment(item), Article: newQueueArticle(&item.Article), Author: newQueueAuthor(&item.Author, now),
		Why: newFindings(item.Why), Reports: newReports(item.Reports),
	}
	out.Article.Site = item.Site
	if p := item.Parent; p != nil {
		out.Parent = &parentJSON{ID: p.PublicID(), Author: p.AuthorName, Text: p.Text}
	}
	if item.Claim != nil {
		out.Claim = newClaim(item.Claim, by)
	}
	if item.Decision != nil {
		out.Decision = newDecision(item.Decision)
	}
	return out
}

func newQueueComment(item *models.ModerationItem) *queueCommentJSON {
	c := &item.Comment
	out := &queueCommentJSON{
		ID: c.PublicID(), Site: item.Site, Article: models.ArticleID.Format(c.ArticleID), Parent: orNull(models.CommentID.Format(c.ParentID)),
		Status: c.Status.String(), Version: c.Version, Reviewed: c.Reviewed, Lane: c.Lane.String(), Priority: c.Priority, Sampled: c.Sampled,
		Text: c.Text, Format: c.Format.String(), Body: newBody(c.Tree, "", treeBody),
		CreatedAt: c.CreatedAt.UTC(), EditedAt: timeOrNull(c.EditedAt), Likes: c.Likes, Replies: c.LiveReplies, ExternalID: orNull(c.ExternalID),
		Author: commentAuthorJSON{models.AuthorID.Format(c.AuthorID), c.AuthorName, c.Badge},
	}
	if c.Lane != models.NoLane {
		out.QueuedAt = timeOrNull(c.QueuedAt)
	}
	if item.Edit != nil {
		out.Edit = &editJSON{item.Edit.Text, newBody(item.Edit.Tree, "", treeBody)}
	}
	return out
}

func newQueueArticle(a *models.Article) queueArticleJSON {
	out := queueArticleJSON{newArticle(a), a.SiteKey, heat.Level(a.HeatLevel).String()}
	out.State, out.Mode = articleState(a.Closed), a.Mode
	return out
}

func newQueueAuthor(a *models.Author, now time.Time) queueAuthorJSON {
	out := queueAuthorJSON{
		ID: models.AuthorID.Format(a.ID), Name: a.Name, Kind: a.Kind, Approved: a.Approved, Removed: a.Removed, Spam: a.Spam,
		Pending: a.Pending, FirstSeen: timeOrNull(a.CreatedAt),
	}
	if kind := a.SanctionAt(now); kind != "" {
		out.Sanction = &sanctionJSON{kind, timeOrNull(a.Until)}
	}
	return out
}

func newFindings(list []models.Finding) []findingJSON {
	out := make([]findingJSON, len(list))
	for i, f := range list {
		out[i] = findingJSON{
			Rule: models.RuleID.Format(f.RuleID), Version: f.Version, Name: f.Name, Action: f.Action.String(), Would: f.Would.String(),
			Tag: f.Tag, Priority: f.Priority, Code: f.Code, Detail: f.Detail, Matches: make([]matchJSON, len(f.Matches)),
		}
		for j, m := range f.Matches {
			out[i].Matches[j] = matchJSON(m)
		}
	}
	return out
}

func newReports(list []models.Report) []reportJSON {
	out := make([]reportJSON, len(list))
	for i, r := range list {
		out[i] = reportJSON{r.Reason, r.Text, r.CreatedAt.UTC()}
	}
	return out
}

func newClaim(c *models.Claim, by models.Moderator) *claimJSON {
	return &claimJSON{c.ModeratorName, by.ID != 0 && c.ModeratorID == by.ID, c.ExpiresAt.UTC()}
}

func newDecision(d *models.Decision) *decisionJSON {
	return &decisionJSON{
		ID: models.DecisionID.Format(d.ID), Comment: models.CommentID.Format(d.CommentID), Action: d.Choice.String(), Reason: d.Reason, Note: d.Note,
		Moderator: orNull(d.ModeratorName), Rule: orNull(models.RuleID.Format(d.RuleID)), From: d.From.String(), To: d.To.String(),
		CreatedAt: d.CreatedAt.UTC(), Undoes: orNull(models.DecisionID.Format(d.Undoes)), Undone: d.Undone,
	}
}

// outcomeJSON is the result of a decision.
type outcomeJSON struct {
	Decision *decisionJSON     `json:"decision"`
	Comment  *queueCommentJSON `json:"comment"`
	Counts   countsJSON        `json:"counts"`
}

func newOutcome(o moderation.Outcome) outcomeJSON {
	return outcomeJSON{newDecision(&o.Decision), newQueueComment(&o.Item), newCounts(o.Counts)}
}
