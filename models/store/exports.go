package store

import (
	"context"
	"database/sql"
	"fmt"

	"postbag/models"
)

// An export reads the database in chunks: each is one short query that is over
// before the caller gets its rows, so nothing is kept open while the export is
// written, however slow its reader. A chunk begins where the last one ended, by
// id, and ends early when its texts get large.
const (
	exportRows  = 500
	exportBytes = 4 << 20
)

// ExportedComment is a comment with what an export says about the one it answers.
// Its place in the thread and its node tree are not filled in.
type ExportedComment struct {
	models.Comment
	ParentExternal string // ExternalID of the parent
}

const exportColumns = "SELECT c.id, c.site_id, c.article_id, c.parent_id, c.status, c.reviewed, c.escalated, c.held_edit, c.version, c.author_id, " +
	"c.author_name, c.badge, c.avatar, c.queued_at, c.priority, c.settled, c.text, c.format, c.html, c.created_at, c.edited_at, c.changed_at, c.likes, c.reports, COALESCE(p.external_id, ''), "

const exportComments = exportColumns + "c.external_id FROM comments AS c LEFT JOIN comments AS p ON p.id = c.parent_id "

// The plus keeps a database from reading by the site, and sorting each time:
// these queries go along the primary key, once, from chunk to chunk.
const alongID = "WHERE +c.site_id = ? AND c.id > ? ORDER BY c.id LIMIT ?"

// CommentsAfter returns the next comments of a site with ids above after, in the
// order of their ids, so that none stands before the one it answers. None means
// the end; there may be more behind any other number.
func (q Query) CommentsAfter(ctx context.Context, site, after int64) ([]ExportedComment, error) {
	return chunkOf(ctx, q, scanComment, exportComments+alongID, site, after, exportRows)
}

// CommentsWith returns the comments with these ids, at most 500, in the order of
// the ids.
func (q Query) CommentsWith(ctx context.Context, ids []int64) ([]ExportedComment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return chunkOf(ctx, q, func(rows *sql.Rows, c *ExportedComment) (int, error) {
		_, err := scanComment(rows, c)
		return 0, err // all of them, whatever their size
	}, exportComments+"WHERE c.id IN ? ORDER BY c.id", ids)
}

// RepeatedAfter returns the next posts of other systems that were recognised as
// an equal one: each is the public or held comment that it was stored as, with
// its own external id. They come in the order of these, from above after.
func (q Query) RepeatedAfter(ctx context.Context, site int64, after string) ([]ExportedComment, error) {
	return chunkOf(ctx, q, scanComment, exportColumns+"i.external_id FROM imported AS i JOIN comments AS c ON c.id = i.comment_id "+
		"LEFT JOIN comments AS p ON p.id = c.parent_id WHERE i.site_id = ? AND i.external_id > ? AND c.external_id <> i.external_id "+
		"AND c.status IN (1, 2) ORDER BY i.external_id LIMIT ?", site, after, exportRows)
}

func scanComment(rows *sql.Rows, c *ExportedComment) (int, error) {
	var created, edited, changed, queued int64
	err := rows.Scan(&c.ID, &c.SiteID, &c.ArticleID, &c.ParentID, &c.Status, &c.Reviewed, &c.Escalated, &c.HeldEdit, &c.Version, &c.AuthorID,
		&c.AuthorName, &c.Badge, &c.Avatar, &queued, &c.Priority, &c.Settled, &c.Text, &c.Format, &c.HTML, &created, &edited, &changed, &c.Likes, &c.Reports, &c.ParentExternal, &c.ExternalID)
	c.CreatedAt, c.EditedAt, c.ChangedAt, c.QueuedAt = fromMillis(created), fromMillis(edited), fromMillis(changed), fromMillis(queued)
	return len(c.Text) + len(c.HTML), err
}

// ArticlesAfter returns the next articles of a site with ids above after, in the
// order of their ids, without those that went into another. SiteKey is not
// filled in.
func (q Query) ArticlesAfter(ctx context.Context, site, after int64) ([]models.Article, error) {
	return chunkOf(ctx, q, scanArticle, "SELECT c.id, c.site_id, c.ident, c.url, c.title, c.closed, c.mode, c.notice, c.approved, c.pending, c.created_at "+
		"FROM articles AS c WHERE c.site_id = ? AND c.id > ? AND c.moved_to = 0 ORDER BY c.id LIMIT ?", site, after, exportRows)
}

func scanArticle(rows *sql.Rows, a *models.Article) (int, error) {
	var created int64
	err := rows.Scan(&a.ID, &a.SiteID, &a.Ident, &a.URL, &a.Title, &a.Closed, &a.Mode, &a.Notice, &a.Approved, &a.Pending, &created)
	a.CreatedAt = fromMillis(created)
	return len(a.URL) + len(a.Title) + len(a.Notice), err
}

// AliasesOf returns all names of articles, by kind and value; at most 1,000
// articles.
func (q Query) AliasesOf(ctx context.Context, articles []int64) (map[int64][]Alias, error) {
	found := make(map[int64][]Alias, len(articles))
	if len(articles) == 0 {
		return found, nil
	}
	var rows []aliasRow
	err := q.exec(ctx, "SELECT site_id, kind, value, article_id FROM aliases WHERE article_id IN ? ORDER BY article_id, kind, value", &rows, articles)
	if err != nil {
		return nil, fmt.Errorf("list aliases: %w", err)
	}
	for _, r := range rows {
		found[r.ArticleID] = append(found[r.ArticleID], Alias{r.SiteID, r.Kind, r.Value})
	}
	return found, nil
}

// AuthorsAfter returns the next authors of a site with ids above after, in the
// order of their ids.
func (q Query) AuthorsAfter(ctx context.Context, site, after int64) ([]models.Author, error) {
	return chunkOf(ctx, q, scanAuthor, "SELECT c.id, c.site_id, c.kind, c.key, c.claimed_key, c.name, c.email, c.avatar, c.url, c.approved, c.pending, c.removed, c.spam, c.sanction, "+
		"c.until, c.created_at FROM authors AS c "+alongID, site, after, exportRows)
}

func scanAuthor(rows *sql.Rows, a *models.Author) (int, error) {
	var until, created int64
	err := rows.Scan(&a.ID, &a.SiteID, &a.Kind, &a.Key, &a.Claimed, &a.Name, &a.Email, &a.Avatar, &a.URL, &a.Approved, &a.Pending, &a.Removed, &a.Spam, &a.Sanction, &until, &created)
	a.Until, a.CreatedAt = fromMillis(until), fromMillis(created)
	return len(a.Name) + len(a.Email), err
}

// RevisionsAfter returns the next revisions of comments of a site with ids above
// after, in the order of their ids. Their trees are not filled in.
func (q Query) RevisionsAfter(ctx context.Context, site, after int64) ([]models.Revision, error) {
	return chunkOf(ctx, q, scanRevision, "SELECT r.id, r.comment_id, r.text, r.html, r.held, r.created_at FROM revisions AS r "+ofSite("r"),
		after, site, exportRows)
}

func scanRevision(rows *sql.Rows, r *models.Revision) (int, error) {
	var created int64
	err := rows.Scan(&r.ID, &r.CommentID, &r.Text, &r.HTML, &r.Held, &created)
	r.CreatedAt = fromMillis(created)
	return len(r.Text) + len(r.HTML), err
}

// ReportsAfter returns the next reports on comments of a site with ids above
// after, in the order of their ids.
func (q Query) ReportsAfter(ctx context.Context, site, after int64) ([]models.Report, error) {
	return chunkOf(ctx, q, scanReport, "SELECT r.id, r.comment_id, r.reason, r.text, r.open, r.created_at FROM reports AS r "+ofSite("r"),
		after, site, exportRows)
}

func scanReport(rows *sql.Rows, r *models.Report) (int, error) {
	var created int64
	err := rows.Scan(&r.ID, &r.CommentID, &r.Reason, &r.Text, &r.Open, &created)
	r.CreatedAt = fromMillis(created)
	return len(r.Text), err
}

// ofSite goes along the primary key of a table of what belongs to comments.
func ofSite(table string) string {
	return "WHERE " + table + ".id > ? AND (SELECT c.site_id FROM comments AS c WHERE c.id = " + table + ".comment_id) = ? ORDER BY " + table + ".id LIMIT ?"
}

// DecisionsAfter returns the next decisions on comments of a site with ids above
// after, in the order of their ids.
func (q Query) DecisionsAfter(ctx context.Context, site, after int64) ([]models.Decision, error) {
	return chunkOf(ctx, q, scanDecision, "SELECT c.id, c.comment_id, c.moderator_id, COALESCE(m.name, ''), c.rule_id, c.choice, c.reason, c.note, "+
		"c.from_status, c.to_status, c.before, c.after, c.undoes, c.created_at FROM decisions AS c LEFT JOIN moderators AS m ON m.id = c.moderator_id "+alongID,
		site, after, exportRows)
}

func scanDecision(rows *sql.Rows, d *models.Decision) (int, error) {
	var created int64
	var before string
	err := rows.Scan(&d.ID, &d.CommentID, &d.ModeratorID, &d.ModeratorName, &d.RuleID, &d.Choice, &d.Reason, &d.Note, &d.From, &d.To, &before, &d.After,
		&d.Undoes, &created)
	d.CreatedAt = fromMillis(created)
	if err == nil && before != "" {
		err = decode(before, &d.Before)
	}
	return len(d.Note), err
}

// ModeratorsOf returns who decided about comments of a site, by id.
func (q Query) ModeratorsOf(ctx context.Context, site int64) ([]models.Moderator, error) {
	var rows []moderatorRow
	err := q.exec(ctx, "SELECT m.id, m.email, m.name FROM moderators AS m WHERE m.id IN "+
		"(SELECT DISTINCT moderator_id FROM decisions WHERE site_id = ?) ORDER BY m.id", &rows, site)
	if err != nil {
		return nil, fmt.Errorf("list moderators of a site: %w", err)
	}
	moderators := make([]models.Moderator, len(rows))
	for i := range rows {
		moderators[i] = rows[i].model()
	}
	return moderators, nil
}

// chunkOf reads rows until there are no more, or their texts have exportBytes.
func chunkOf[T any](ctx context.Context, q Query, scan func(*sql.Rows, *T) (int, error), query string, args ...any) ([]T, error) {
	rows, err := q.db.WithContext(ctx).Raw(query, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("read for an export: %w", err)
	}
	defer rows.Close()
	var chunk []T
	for size := 0; size < exportBytes && rows.Next(); {
		var one T
		n, err := scan(rows, &one)
		if err != nil {
			return nil, fmt.Errorf("read for an export: %w", err)
		}
		size += n
		chunk = append(chunk, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read for an export: %w", err)
	}
	return chunk, rows.Close()
}

// LastComment returns the highest id of all comments, of whatever site.
func (q Query) LastComment(ctx context.Context) (int64, error) {
	var id int64
	if err := q.exec(ctx, "SELECT COALESCE(MAX(id), 0) FROM comments", &id); err != nil {
		return 0, fmt.Errorf("find last comment: %w", err)
	}
	return id, nil
}

// CommentPlaces finds the article, the place and the time of those comments of a site that
// exist, by id.
func (q Query) CommentPlaces(ctx context.Context, site int64, ids []int64) (map[int64]models.Comment, error) {
	found := make(map[int64]models.Comment, len(ids))
	for len(ids) > 0 {
		some := ids[:min(len(ids), exportRows)]
		ids = ids[len(some):]
		var rows []commentRow
		err := q.exec(ctx, "SELECT id, site_id, article_id, depth, root, path, created_at FROM comments WHERE id IN ? AND site_id = ?", &rows, some, site)
		if err != nil {
			return nil, fmt.Errorf("find comments: %w", err)
		}
		for i := range rows {
			found[rows[i].ID] = rows[i].model()
		}
	}
	return found, nil
}
