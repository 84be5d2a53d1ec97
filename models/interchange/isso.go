package interchange

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/intake"
)

// IssoReader reads the database of Isso: the table threads, then the table
// comments, row by row. Who wrote is what was typed: a name, an e-mail address,
// both or none. Texts are Markdown; those that Isso took over from Disqus are HTML
// and begin with a paragraph. What was deleted keeps its row where others answer it.
type IssoReader struct {
	db      *sql.DB
	maxText int
	base    string
	rows    *sql.Rows
	stage   int // 0 before the threads, 1 in them, 2 in the comments, 3 at the end
	last    int64
	record  int
	err     error
}

// NewIssoReader reads a database with comments of at most maxText bytes. base is
// the scheme and host of the pages; without one Next fails with ErrNoBase when it
// comes to a page whose address is relative. What is not a database of Isso is
// refused with an *intake.SyntaxError.
func NewIssoReader(db *sql.DB, maxText int, base string) (*IssoReader, error) {
	r := &IssoReader{db: db, maxText: maxText, base: strings.TrimRight(base, "/")}
	for _, table := range [...]string{"threads", "comments"} {
		var plain, computed int
		err := db.QueryRow("SELECT COUNT(*), (SELECT COUNT(*) FROM pragma_table_xinfo(?1) WHERE hidden <> 0) FROM sqlite_master "+
			"WHERE type = 'table' AND name = ?1 AND rootpage > 0", table).Scan(&plain, &computed)
		switch {
		case err != nil:
			return nil, r.broken(err)
		case plain == 0:
			return nil, r.syntax(nil, "The database has no table %q: this is not the database of Isso.", table)
		case computed > 0: // a computed column could take any time and memory
			return nil, r.syntax(nil, "The table %q has computed columns: this is not the database of Isso.", table)
		}
	}
	return r, nil
}

// What is read of each row: numbers that are numbers, texts of bounded length.
// ?1 bounds a name or an address, ?2 a text, in bytes.
const (
	issoThreads  = "SELECT rowid, " + issoField + ", CASE WHEN octet_length(title) <= ?1 THEN title END FROM threads ORDER BY rowid"
	issoField    = "CASE WHEN octet_length(uri) <= ?1 THEN uri END"
	issoComments = `SELECT rowid,
		CASE WHEN typeof(tid) = 'integer' THEN tid END, CASE WHEN typeof(parent) = 'integer' THEN parent END,
		CASE WHEN typeof(created) IN ('real', 'integer') THEN created END, CASE WHEN typeof(modified) IN ('real', 'integer') THEN modified END,
		CASE WHEN typeof(mode) = 'integer' THEN mode END, CASE WHEN typeof(likes) = 'integer' THEN likes END,
		CASE WHEN octet_length(author) <= ?1 THEN author END, CASE WHEN octet_length(email) <= ?1 THEN email END,
		CASE WHEN octet_length(text) <= ?2 THEN text END, octet_length(text) FROM comments ORDER BY rowid`
)

func (r *IssoReader) syntax(err error, format string, args ...any) error {
	return &intake.SyntaxError{Line: max(1, r.record), Detail: fmt.Sprintf(format, args...), Err: err}
}

func (r *IssoReader) broken(err error) error {
	return r.syntax(err, "The database cannot be read behind record %d: %v.", r.record, err)
}

// Close ends the reading.
func (r *IssoReader) Close() error {
	if r.rows == nil {
		return nil
	}
	return r.rows.Close()
}

// Next returns the next *intake.Thread or *intake.Post. After an
// *intake.RecordError the next record can be read; any other error stays. io.EOF
// says that there are no more.
func (r *IssoReader) Next() (intake.Record, error) {
	for r.err == nil {
		if r.rows != nil && r.rows.Next() {
			record, err := r.row()
			var bad *intake.RecordError
			if err != nil && !errors.As(err, &bad) {
				r.err = err
			}
			return record, err
		}
		r.err = r.turn()
	}
	return nil, r.err
}

// turn goes on with the next table.
func (r *IssoReader) turn() (err error) {
	if r.rows != nil {
		if err := errors.Join(r.rows.Err(), r.rows.Close()); err != nil {
			return r.broken(err)
		}
	}
	r.last = math.MinInt64
	switch r.stage++; r.stage {
	case 1:
		r.rows, err = r.db.Query(issoThreads, exportField)
	case 2:
		r.rows, err = r.db.Query(issoComments, exportField, r.maxText)
	default:
		return io.EOF
	}
	if err != nil {
		return r.syntax(err, "This is not the database of Isso: %v.", err)
	}
	return nil
}

func (r *IssoReader) row() (intake.Record, error) {
	r.record++
	if r.stage == 1 {
		return r.thread()
	}
	return r.comment()
}

// ordered makes sure that rows come in order, each once.
func (r *IssoReader) ordered(id int64) error {
	if id <= r.last {
		return r.syntax(nil, "The database is damaged: record %d stands behind record %d.", id, r.last)
	}
	r.last = id
	return nil
}

func (r *IssoReader) thread() (intake.Record, error) {
	var id int64
	var uri, title sql.NullString
	if err := r.rows.Scan(&id, &uri, &title); err != nil {
		return nil, r.broken(err)
	}
	if err := r.ordered(id); err != nil {
		return nil, err
	}
	t := &intake.Thread{ID: strconv.FormatInt(id, 10), Title: sound(title.String), Line: r.record}
	if uri.String == "" {
		return nil, &intake.RecordError{Kind: "thread", ID: t.ID, Line: r.record, Code: intake.CodeTooLarge, Detail: fmt.Sprintf("Its address is missing or longer than %d bytes.", exportField)}
	}
	var err error
	t.Identifiers, t.Links, err = namesOf(sound(uri.String), r.base)
	return t, err
}

// issoRow is a row of comments.
type issoRow struct {
	id                  int64
	thread, parent      sql.NullInt64
	created, modified   sql.NullFloat64
	mode, likes, size   sql.NullInt64
	author, email, text sql.NullString
}

func (r *IssoReader) comment() (intake.Record, error) {
	var c issoRow
	err := r.rows.Scan(&c.id, &c.thread, &c.parent, &c.created, &c.modified, &c.mode, &c.likes, &c.author, &c.email, &c.text, &c.size)
	if err != nil {
		return nil, r.broken(err)
	}
	if err := r.ordered(c.id); err != nil {
		return nil, err
	}
	p := &intake.Post{
		ID: strconv.FormatInt(c.id, 10), Text: plain(c.text.String), Format: models.Markdown, Status: c.status(),
		Likes: int(min(max(c.likes.Int64, 0), math.MaxInt32)), Author: intake.Author{Name: sound(c.author.String), Email: mailAddress(sound(c.email.String))}, Line: r.record,
	}
	bad := &intake.RecordError{Kind: "post", ID: p.ID, Line: r.record}
	var dated bool
	switch p.CreatedAt, dated = issoTime(c.created.Float64); {
	case !c.created.Valid || !dated:
		bad.Code, bad.Detail = intake.CodeBadDate, "Its time is not a number of seconds since 1970."
		return nil, bad
	case c.size.Int64 > int64(r.maxText):
		bad.Code, bad.Detail = intake.CodeTooLarge, textProblem(intake.CodeTooLarge, r.maxText)
		return nil, bad
	case !utf8.ValidString(p.Text):
		bad.Code, bad.Detail = intake.CodeInvalidUTF8, textProblem(intake.CodeInvalidUTF8, r.maxText)
		return nil, bad
	}
	if c.thread.Valid {
		p.Thread = strconv.FormatInt(c.thread.Int64, 10)
	}
	if c.parent.Valid {
		p.Parent = strconv.FormatInt(c.parent.Int64, 10)
	}
	if c.modified.Valid {
		p.EditedAt, _ = issoTime(c.modified.Float64)
	}
	if strings.HasPrefix(p.Text, "<p>") {
		p.Format = models.HTML
	}
	if p.Status == models.Deleted {
		p.Author.Email = "" // Isso leaves it there
	}
	return p, nil
}

// status is what became of a comment. What is none of the known modes waits for a
// moderator.
func (c *issoRow) status() models.Status {
	switch c.mode.Int64 {
	case 1:
		return models.Approved
	case 4:
		return models.Deleted
	}
	return models.Pending
}

// issoTime reads seconds since 1970, to the year 9999.
func issoTime(seconds float64) (time.Time, bool) {
	if !(seconds > 0 && seconds < 253402300800) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), true
}

// sound is a short text as it can be shown.
func sound(text string) string { return plain(strings.ToValidUTF8(text, "\uFFFD")) }
