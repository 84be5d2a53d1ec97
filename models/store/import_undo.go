package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

// TakenOver is a comment that a run of an import noted, with what was done to it
// since. Of the comment only what is needed to take it out again is filled in.
type TakenOver struct {
	models.Comment
	Own      bool // the run stored it; otherwise it was recognised as an equal post
	Decided  bool // somebody decided about it, or its author withdrew it
	Reported bool
	Edited   bool // also when the edit waits, or anything else changed it
}

// NotedBy returns the comments that posts of a run are stored as, from below an
// id (0: from the top) down, at most limit. None is below its replies.
func (q Query) NotedBy(ctx context.Context, run, below int64, limit int) ([]int64, error) {
	where, args := "run = ?", []any{run}
	if below > 0 {
		where, args = where+" AND comment_id < ?", append(args, below)
	}
	var ids []int64
	err := q.db.WithContext(ctx).Raw("SELECT DISTINCT comment_id FROM imported WHERE "+where+" ORDER BY comment_id DESC LIMIT ?", append(args, limit)...).
		Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("list what an import stored: %w", err)
	}
	return ids, nil
}

const takenOver = "SELECT c.id, c.site_id, c.article_id, c.parent_id, c.root, c.status, c.lane, c.sampled, c.shown, c.version, c.author_id, " +
	"(SELECT COUNT(*) FROM likes AS l WHERE l.comment_id = c.id AND length(l.reader) <> 8) AS likes, " +
	"c.edited_at, c.external_id, c.created_at, " +
	"(EXISTS (SELECT 1 FROM imported AS i WHERE i.site_id = c.site_id AND i.external_id = c.external_id AND i.run = %[1]d) OR c.external_id = '') AS own, " +
	"EXISTS (SELECT 1 FROM decisions AS d WHERE d.comment_id = c.id AND d.run <> %[1]d) AS decided, " +
	"EXISTS (SELECT 1 FROM reports AS r WHERE r.comment_id = c.id AND r.run <> %[1]d) AS reported, " +
	"EXISTS (SELECT 1 FROM revisions AS v WHERE v.comment_id = c.id AND v.run <> %[1]d) OR " +
	"c.version > COALESCE((SELECT MAX(i.version) FROM imported AS i WHERE i.comment_id = c.id AND i.run = %[1]d), 1) AS edited " +
	"FROM comments AS c WHERE c.id IN (%[2]s) ORDER BY c.id DESC"

// TakenOver returns comments that NotedBy listed, the newest id first. Their Likes
// are those that readers gave here, without those that came with them.
func (q Query) TakenOver(ctx context.Context, run int64, ids []int64) ([]TakenOver, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []struct {
		Comment                        commentRow `gorm:"embedded"`
		Own, Decided, Reported, Edited bool
	}
	if err := q.exec(ctx, fmt.Sprintf(takenOver, run, list(ids)), &rows); err != nil {
		return nil, fmt.Errorf("read what an import stored: %w", err)
	}
	found := make([]TakenOver, len(rows))
	for i := range rows {
		found[i] = TakenOver{rows[i].Comment.model(), rows[i].Own, rows[i].Decided, rows[i].Reported, rows[i].Edited}
	}
	return found, nil
}

// ReplyTo is a comment that answers another one.
type ReplyTo struct {
	ID       int64
	ParentID int64
	Own      bool // the run stored it
}

// RepliesTo returns all comments that answer one of these.
func (q Query) RepliesTo(ctx context.Context, run int64, ids []int64) ([]ReplyTo, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var replies []ReplyTo
	err := q.exec(ctx, fmt.Sprintf("SELECT k.id, k.parent_id, EXISTS (SELECT 1 FROM imported AS i WHERE i.comment_id = k.id AND i.run = %d) AS own "+
		"FROM comments AS c JOIN comments AS k ON k.article_id = c.article_id AND k.parent_id = c.id WHERE c.id IN (%s)", run, list(ids)), &replies)
	if err != nil {
		return nil, fmt.Errorf("find replies to imported comments: %w", err)
	}
	return replies, nil
}

// RemoveImported takes comments out of the database, with all that is counted
// about them and the notes which posts they were. Nobody may have answered them
// but one of themselves, and nothing may have been done to them. Moderators see
// them leave the queue.
func (tx *Tx) RemoveImported(ctx context.Context, comments []models.Comment) error {
	if len(comments) == 0 {
		return nil
	}
	tx.tally.ready()
	ids := make([]int64, len(comments))
	going := make(map[int64]bool, len(comments))
	for i := range comments {
		ids[i], going[comments[i].ID] = comments[i].ID, true
	}
	for i := range comments {
		c := &comments[i]
		tx.tally.status(c, c.Status, -1)
		tx.tally.lane(c, -1)
		if c.Lane != models.NoLane {
			tx.emitComment(c, models.EventLeft, c.Lane)
		}
		if c.Shown && c.ParentID != 0 && !going[c.ParentID] {
			tx.tally.replies[c.ParentID]--
		}
		if root := rootID(c.Root); c.Shown && !going[root] {
			tx.tally.sizes[root]--
		}
	}
	for _, from := range []string{"imported WHERE comment_id", "likes WHERE comment_id", "reports WHERE comment_id", "revisions WHERE comment_id",
		"decisions WHERE comment_id", "comments WHERE id"} {
		if err := tx.exec(ctx, "DELETE FROM "+from+" IN ("+list(ids)+")", nil); err != nil {
			return fmt.Errorf("remove imported comments: %w", err)
		}
	}
	return nil
}

// ForgetNotes removes the notes of a run about comments that stay because
// another run stored them.
func (tx *Tx) ForgetNotes(ctx context.Context, run int64, comments []int64) error {
	if len(comments) == 0 {
		return nil
	}
	if err := tx.exec(ctx, fmt.Sprintf("DELETE FROM imported WHERE run = %d AND comment_id IN (%s)", run, list(comments)), nil); err != nil {
		return fmt.Errorf("forget notes of an import: %w", err)
	}
	return nil
}

// AddedName is a name that a run gave an article that was there before.
type AddedName struct {
	Alias
	ArticleID int64
	Used      bool // somebody wrote in the article since
}

const addedNames = "SELECT a.site_id, a.kind, a.value, a.article_id, EXISTS (SELECT 1 FROM comments AS c WHERE c.article_id = a.article_id " +
	"AND c.external_id = '' AND c.created_at >= ?) AS used FROM aliases AS a JOIN articles AS t ON t.id = a.article_id " +
	"WHERE a.run > 0 AND a.run = ? AND t.run <> ? AND (a.kind > ? OR a.kind = ? AND a.value > ?) ORDER BY a.kind, a.value LIMIT ?"

// NamesAddedBy returns names that a run gave to articles of others, in their
// order from behind a name, at most limit; since is when the run began.
func (q Query) NamesAddedBy(ctx context.Context, run int64, since int64, after Alias, limit int) ([]AddedName, error) {
	var rows []struct {
		SiteID    int64
		Kind      AliasKind
		Value     string
		ArticleID int64
		Used      bool
	}
	err := q.db.WithContext(ctx).Raw(addedNames, since, run, run, after.Kind, after.Kind, after.Value, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list names that an import added: %w", err)
	}
	names := make([]AddedName, len(rows))
	for i, r := range rows {
		names[i] = AddedName{Alias{r.SiteID, r.Kind, r.Value}, r.ArticleID, r.Used}
	}
	return names, nil
}

// RemoveNames takes names away from articles.
func (tx *Tx) RemoveNames(ctx context.Context, names []AddedName) error {
	for _, n := range names {
		err := tx.db.WithContext(ctx).Exec("DELETE FROM aliases WHERE site_id = ? AND kind = ? AND value = ? AND article_id = ?",
			n.SiteID, n.Kind, n.Value, n.ArticleID).Error
		if err != nil {
			return fmt.Errorf("remove name: %w", err)
		}
		tx.Emit(models.Event{SiteID: n.SiteID, ArticleID: n.ArticleID, Kind: models.EventMoved, Count: -1})
	}
	return nil
}

// Made is an article or an author that a run made.
type Made struct {
	ID    int64
	Empty bool // it has no comments, and nobody has changed or moved it
}

// notOwn leaves out the comments that a run stored, for whoever asks how it would
// be without them.
const notOwn = " AND NOT EXISTS (SELECT 1 FROM imported AS i WHERE i.comment_id = c.id AND i.run = m.run)"

// articleUntouched: nobody has set anything, and no move knows the article.
const articleUntouched = "m.mode = '' AND m.notice = '' AND m.moved_to = 0 AND NOT EXISTS (SELECT 1 FROM move_steps AS s WHERE s.article_id = m.id) " +
	"AND NOT EXISTS (SELECT 1 FROM move_steps AS s WHERE s.target_id > 0 AND s.target_id = m.id)"

// ArticlesMadeBy returns articles that a run made, by id from behind after, at
// most limit. With without, comments of the run do not count.
func (q Query) ArticlesMadeBy(ctx context.Context, run, after int64, without bool, limit int) ([]Made, error) {
	return q.madeBy(ctx, "articles", "article_id", articleUntouched, run, after, without, limit)
}

// AuthorsMadeBy is ArticlesMadeBy for authors. One with a sanction, or whose
// account somebody has claimed, is not empty.
func (q Query) AuthorsMadeBy(ctx context.Context, run, after int64, without bool, limit int) ([]Made, error) {
	return q.madeBy(ctx, "authors", "author_id", "m.sanction = '' AND m.kind = 'imported'", run, after, without, limit)
}

func (q Query) madeBy(ctx context.Context, table, column, untouched string, run, after int64, without bool, limit int) ([]Made, error) {
	own := ""
	if without {
		own = notOwn
	}
	var made []Made
	err := q.db.WithContext(ctx).Raw("SELECT m.id, "+untouched+" AND NOT EXISTS (SELECT 1 FROM comments AS c WHERE c."+column+" = m.id"+own+") AS empty "+
		"FROM "+table+" AS m WHERE m.run > 0 AND m.run = ? AND m.id > ? ORDER BY m.id LIMIT ?", run, after, limit).Scan(&made).Error
	if err != nil {
		return nil, fmt.Errorf("list %s that an import made: %w", table, err)
	}
	return made, nil
}

// RemoveArticles takes articles without comments out of the database, with their
// names.
func (tx *Tx) RemoveArticles(ctx context.Context, site int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	for _, from := range []string{"aliases WHERE article_id", "articles WHERE id"} {
		if err := tx.exec(ctx, "DELETE FROM "+from+" IN ("+list(ids)+")", nil); err != nil {
			return fmt.Errorf("remove articles: %w", err)
		}
	}
	for _, id := range ids {
		tx.Emit(models.Event{SiteID: site, ArticleID: id, Kind: models.EventMoved, Count: -1})
	}
	return nil
}

// RemoveAuthors takes authors without comments out of the database.
func (tx *Tx) RemoveAuthors(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := tx.exec(ctx, "DELETE FROM authors WHERE id IN ("+list(ids)+")", nil); err != nil {
		return fmt.Errorf("remove authors: %w", err)
	}
	return nil
}

// CloseFor closes an article on behalf of an import, whose undo opens it again
// unless somebody set anything of it since.
func (tx *Tx) CloseFor(ctx context.Context, site, id, run int64) error {
	n, err := gorm.G[articleRow](tx.db).Where("id = ? AND NOT closed", id).Select("Closed", "ClosedRun").Updates(ctx, articleRow{Closed: true, ClosedRun: run})
	if err != nil {
		return fmt.Errorf("close article: %w", err)
	}
	if n > 0 {
		tx.Emit(models.Event{SiteID: site, ArticleID: id, Kind: models.EventArticle, Count: -1})
	}
	return nil
}

// ClosedArticle is an article that is closed because of an import.
type ClosedArticle struct {
	ID  int64
	Own bool // the import made it
}

// ClosedFor returns articles that are closed because of a run, by id from behind
// after, at most limit.
func (q Query) ClosedFor(ctx context.Context, run, after int64, limit int) ([]ClosedArticle, error) {
	var found []ClosedArticle
	err := q.exec(ctx, fmt.Sprintf("SELECT id, run = %[1]d AS own FROM articles WHERE closed_run > 0 AND closed_run = %[1]d AND closed AND id > %[2]d ORDER BY id LIMIT %[3]d",
		run, after, limit), &found)
	if err != nil {
		return nil, fmt.Errorf("list articles that an import closed: %w", err)
	}
	return found, nil
}

// Open opens articles that were closed for an import.
func (tx *Tx) Open(ctx context.Context, site int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := tx.exec(ctx, "UPDATE articles SET closed = FALSE, closed_run = 0 WHERE id IN ("+list(ids)+")", nil); err != nil {
		return fmt.Errorf("open articles: %w", err)
	}
	for _, id := range ids {
		tx.Emit(models.Event{SiteID: site, ArticleID: id, Kind: models.EventArticle, Count: -1})
	}
	return nil
}
