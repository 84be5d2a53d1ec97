package store

import (
	"encoding/json"
	"fmt"

	"postbag/models"
)

// commentRow is the comments table, all of it.
type commentRow struct {
	ID           int64
	SiteID       int64
	ArticleID    int64
	ParentID     int64
	Depth        int
	Root         []byte
	Path         []byte
	Status       models.Status
	Reviewed     bool
	Settled      models.Choice
	Escalated    bool
	HeldEdit     bool
	Lane         models.Lane
	Shown        bool
	Version      int
	QueuedAt     int64
	ChangedAt    int64
	Priority     int
	ClaimID      int64
	ClaimedUntil int64
	AuthorID     int64
	AuthorName   string
	Badge        string
	Avatar       string
	Text         string
	Format       models.Format
	Tree         string
	HTML         string `gorm:"column:html"`
	CreatedAt    int64  `gorm:"autoCreateTime:false"`
	EditedAt     int64
	Likes        int
	LiveReplies  int
	ThreadSize   int
	Reports      int
	ExternalID   string
	Key          string
	AddrHash     []byte
	NetHash      []byte
	WideHash     []byte
	Sampled      bool
	Extra        bool
}

func (commentRow) TableName() string { return "comments" }

// threadColumns are what a thread page needs; the rest of a comment is for
// moderators.
const threadColumns = "id, site_id, article_id, parent_id, depth, root, path, status, shown, version, author_id, author_name, badge, avatar, " +
	"tree, html, created_at, edited_at, likes, live_replies, thread_size, external_id"

func newCommentRow(c *models.Comment) commentRow {
	return commentRow{
		ID: c.ID, SiteID: c.SiteID, ArticleID: c.ArticleID, ParentID: c.ParentID, Depth: c.Depth, Root: c.Root, Path: notNil(c.Path),
		Status: c.Status, Reviewed: c.Reviewed, Settled: c.Settled, Escalated: c.Escalated, HeldEdit: c.HeldEdit, Lane: c.Lane, Shown: c.Shown,
		Version: c.Version, QueuedAt: millis(c.QueuedAt), ChangedAt: millis(c.ChangedAt), Priority: c.Priority,
		AuthorID: c.AuthorID, AuthorName: c.AuthorName, Badge: c.Badge, Avatar: c.Avatar, Text: c.Text, Format: c.Format, Tree: c.Tree, HTML: c.HTML,
		CreatedAt: millis(c.CreatedAt), EditedAt: millis(c.EditedAt), Likes: c.Likes, LiveReplies: c.LiveReplies,
		ThreadSize: c.ThreadSize, Reports: c.Reports, ExternalID: c.ExternalID, Key: c.Key, AddrHash: c.AddrHash, NetHash: c.NetHash,
		WideHash: c.WideHash, Sampled: c.Sampled, Extra: c.Extra,
	}
}

func (r *commentRow) model() models.Comment {
	return models.Comment{
		ID: r.ID, SiteID: r.SiteID, ArticleID: r.ArticleID, ParentID: r.ParentID, Depth: r.Depth, Root: r.Root, Path: notNil(r.Path),
		Status: r.Status, Reviewed: r.Reviewed, Settled: r.Settled, Escalated: r.Escalated, HeldEdit: r.HeldEdit, Lane: r.Lane, Shown: r.Shown,
		Version: r.Version, QueuedAt: fromMillis(r.QueuedAt), ChangedAt: fromMillis(r.ChangedAt), Priority: r.Priority,
		AuthorID: r.AuthorID, AuthorName: r.AuthorName, Badge: r.Badge, Avatar: r.Avatar, Text: r.Text, Format: r.Format, Tree: r.Tree, HTML: r.HTML,
		CreatedAt: fromMillis(r.CreatedAt), EditedAt: fromMillis(r.EditedAt), Likes: r.Likes, LiveReplies: r.LiveReplies,
		ThreadSize: r.ThreadSize, Reports: r.Reports, ExternalID: r.ExternalID, Key: r.Key, AddrHash: r.AddrHash, NetHash: r.NetHash,
		WideHash: r.WideHash, Sampled: r.Sampled, Extra: r.Extra,
	}
}

// notNil keeps an empty path empty: to a database nil is NULL, which compares
// with nothing.
func notNil(path []byte) []byte {
	if path == nil {
		return []byte{}
	}
	return path
}

func commentModels(rows []commentRow) []models.Comment {
	comments := make([]models.Comment, len(rows))
	for i := range rows {
		comments[i] = rows[i].model()
	}
	return comments
}

type articleRow struct {
	ID        int64
	SiteID    int64
	SiteKey   string `gorm:"->"`
	Ident     string
	URL       string `gorm:"column:url"`
	Title     string
	Closed    bool
	Mode      models.Mode
	Notice    string
	Heat      string
	HeatLevel int
	Approved  int
	Pending   int
	MovedTo   int64 `gorm:"->"`
	Run       int64 // the import that made it
	ClosedRun int64 // the import that closed it, until somebody sets anything
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (articleRow) TableName() string { return "articles" }

func (r *articleRow) model() models.Article {
	return models.Article{
		ID: r.ID, SiteID: r.SiteID, SiteKey: r.SiteKey, Ident: r.Ident, URL: r.URL, Title: r.Title, Closed: r.Closed, Mode: r.Mode,
		Notice: r.Notice, Heat: r.Heat, HeatLevel: r.HeatLevel, Approved: r.Approved, Pending: r.Pending, MovedTo: r.MovedTo,
		CreatedAt: fromMillis(r.CreatedAt),
	}
}

type authorRow struct {
	ID        int64
	SiteID    int64
	Kind      string
	Key       string
	Claimed   string `gorm:"column:claimed_key"`
	Name      string
	Email     string
	Avatar    string
	URL       string `gorm:"column:url"`
	Approved  int
	Pending   int
	Removed   int
	Spam      int
	Sanction  string
	Until     int64
	Run       int64 // the import that made it
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (authorRow) TableName() string { return "authors" }

func newAuthorRow(a *models.Author) authorRow {
	return authorRow{
		ID: a.ID, SiteID: a.SiteID, Kind: a.Kind, Key: a.Key, Claimed: a.Claimed, Name: a.Name, Email: a.Email, Avatar: a.Avatar, URL: a.URL,
		Approved: a.Approved, Pending: a.Pending, Removed: a.Removed, Spam: a.Spam, Sanction: a.Sanction, Until: millis(a.Until), CreatedAt: millis(a.CreatedAt),
	}
}

func (r *authorRow) model() models.Author {
	return models.Author{
		ID: r.ID, SiteID: r.SiteID, Kind: r.Kind, Key: r.Key, Claimed: r.Claimed, Name: r.Name, Email: r.Email, Avatar: r.Avatar, URL: r.URL,
		Approved: r.Approved, Pending: r.Pending, Removed: r.Removed, Spam: r.Spam, Sanction: r.Sanction, Until: fromMillis(r.Until), CreatedAt: fromMillis(r.CreatedAt),
	}
}

// encode writes a value that the database only keeps and never looks into.
func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err)) // plain data always encodes
	}
	return string(data)
}

func decode(data string, v any) error {
	if err := json.Unmarshal([]byte(data), v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}

// anyOf gathers conditions of which one must hold: SQLite and PostgreSQL read
// each by its index, which neither does in the same way for lists of tuples.
type anyOf struct {
	sql  string
	args []any
}

func (a *anyOf) add(sql string, args ...any) {
	if a.sql != "" {
		a.sql += " OR "
	}
	a.sql += "(" + sql + ")"
	a.args = append(a.args, args...)
}
