package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/intake"
)

// Class says what an import makes of one post of a file.
type Class int8

// The classes of posts. A post is in the first that fits, in this order; the
// held ones stand beside the approved ones.
const (
	ClassOrphaned  Class = 1 // its thread is not in the file, or names no page
	ClassDeleted   Class = 2
	ClassSpam      Class = 3
	ClassDuplicate Class = 4 // equal to an earlier post of the same page
	ClassApproved  Class = 5
	ClassHeld      Class = 6
)

// StagedThread is a thread of a file that is being imported.
type StagedThread struct {
	ID        string // in the system it comes from
	Line      int
	Ident     string // empty when the page has none
	Link      string // without fragment; as text when it is no absolute URL
	Exact     string // the URL to the letter, empty when Link is none
	Normal    string // the normalised URL, empty when Link is none
	Host      string // of the normalised URL
	Own       bool   // the host belongs to the site, or is not known
	Title     string
	Closed    bool
	Deleted   bool
	More      []Alias // further names of its page; SiteID is not kept
	Page      StagedPage
	CreatedAt time.Time

	IdentLeads bool // the identifier leads to this thread's article; these two are set by Sort
	URLLeads   bool // the URL does; other articles of the file may have the same
}

// StagedPage is what few systems know of a page.
type StagedPage struct {
	Mode   models.Mode `json:"mode,omitempty"`
	Notice string      `json:"notice,omitempty"`
}

// StagedAuthor is who wrote posts of a file.
type StagedAuthor struct {
	Key   string // what makes the author the same author
	Name  string
	Email string
	More  StagedPerson
}

// StagedPerson is what few systems know of an author.
type StagedPerson struct {
	Key       string    `json:"key,omitempty"` // to be stored instead of the one in the staging
	Sanction  string    `json:"sanction,omitempty"`
	Until     time.Time `json:"until,omitzero"`
	CreatedAt time.Time `json:"created_at,omitzero"`

	Self *intake.Self `json:"self,omitempty"` // who it is where the file is the site's own
}

// StagedPost is a post of a file that is being imported.
type StagedPost struct {
	ID        string // in the system it comes from
	External  string // with its system, such as disqus:12; empty for the one of the staging and ID, filled in once sorted
	Line      int
	Thread    string // id of its thread there
	Parent    string // id of the post it answers there; once sorted, External of the one that was kept
	CreatedAt time.Time
	Deleted   bool
	Spam      bool
	Held      bool
	Author    StagedAuthor
	Name      string // of the author, when the post was written
	Text      string
	Extra     StagedExtra
	Digest    int64 // of author, second and text: equal posts have equal digests

	Seq      int64 // place in the file; the fields from here are set by the staging
	AuthorID int64 // number of the author in the staging
	Class    Class
	Article  int64  // number of the article in the staging
	KeptAs   string // External of the equal post that was kept instead
}

// StagedExtra is what few systems know of a post.
type StagedExtra struct {
	Aliases  []string      `json:"aliases,omitempty"` // external ids under which it may be stored already
	Format   models.Format `json:"format,omitempty"`
	Removed  bool          `json:"removed,omitempty"` // by a moderator; Deleted is set too
	Likes    int           `json:"likes,omitempty"`
	EditedAt time.Time     `json:"edited_at,omitzero"`
	State    *intake.State `json:"state,omitempty"`
}

// Staging is a temporary database that holds a file while it is looked at as a
// whole: which threads are one article, which posts are equal, who answers whom.
// It keeps the import's memory constant, whatever the size of the file, and it
// is gone when closed. It is not safe for concurrent use.
type Staging struct {
	db      *sql.DB
	dir     string
	system  string // what external ids begin with, a colon at the end
	posts   int64
	threads int64
	authors map[string]int64 // some of those in the database
	stmts   map[string]*sql.Stmt
	pending []any // values of posts not written yet
	texts   []any
	ordered bool // every post stands behind its parent

	// Apart: the file's pages and posts are those of a site already, so none is
	// joined with another. Set before Sort.
	Apart bool
}

// Sizes of what a staging holds in memory.
const (
	stagingRows    = 64   // rows in one statement
	stagingAuthors = 4096 // known keys
	postColumns    = 10
	textColumns    = 4
)

const stagingSchema = `
CREATE TABLE threads (
	seq INTEGER PRIMARY KEY, dsq TEXT NOT NULL UNIQUE, line INTEGER, ident TEXT, link TEXT, exact TEXT, normal TEXT, host TEXT, own BOOLEAN,
	title TEXT, closed BOOLEAN, deleted BOOLEAN, more TEXT, page TEXT, created INTEGER, article INTEGER NOT NULL DEFAULT 0,
	ident_leads BOOLEAN NOT NULL DEFAULT 0, url_leads BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE articles (seq INTEGER PRIMARY KEY, own BOOLEAN, threads INTEGER, posts INTEGER NOT NULL DEFAULT 0, target INTEGER NOT NULL DEFAULT 0);
CREATE TABLE authors (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT, email TEXT, more TEXT NOT NULL DEFAULT '', target INTEGER NOT NULL DEFAULT 0);
CREATE TABLE posts (
	seq INTEGER PRIMARY KEY, line INTEGER, dsq TEXT, thread TEXT, parent TEXT, created INTEGER, flags INTEGER, author INTEGER, digest INTEGER, ext TEXT,
	class INTEGER NOT NULL DEFAULT 1, article INTEGER NOT NULL DEFAULT 0, up INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0,
	ord INTEGER NOT NULL DEFAULT 0, level INTEGER NOT NULL DEFAULT 0, cut BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE texts (seq INTEGER PRIMARY KEY, name TEXT, text TEXT, extra TEXT);
CREATE TABLE past (seq INTEGER PRIMARY KEY, post TEXT NOT NULL, line INTEGER, kind INTEGER, id INTEGER, data TEXT, UNIQUE (kind, id));`

// Flags of staged posts.
const (
	flagDeleted = 1
	flagSpam    = 2
	flagHeld    = 4
)

// encodeFew encodes a value that is empty most of the time; then it takes no
// room.
func encodeFew(v any) string {
	switch text := encode(v); text {
	case "{}", "null", "[]":
		return ""
	default:
		return text
	}
}

// OpenStaging makes an empty staging in a directory of its own below dir, the
// system's directory for temporary files when empty. Nothing in it survives, so
// it is written without a journal. Posts get external ids of the named system.
func OpenStaging(ctx context.Context, dir, system string) (*Staging, error) {
	dir, err := os.MkdirTemp(dir, "postbag-import-")
	if err != nil {
		return nil, fmt.Errorf("open staging: %w", err)
	}
	s := &Staging{dir: dir, system: system + ":", authors: make(map[string]int64), stmts: make(map[string]*sql.Stmt)}
	s.db, err = openTemporary(filepath.Join(dir, "staging.db"))
	if err == nil {
		_, err = s.db.ExecContext(ctx, stagingSchema+"BEGIN")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open staging: %w", err), s.Close())
	}
	// Where the system lets an open file go (not on Windows), nothing is left even when the process is killed.
	_ = os.RemoveAll(dir)
	return s, nil
}

// Close removes the staging and everything in it.
func (s *Staging) Close() error {
	var errs []error
	for _, stmt := range s.stmts {
		errs = append(errs, stmt.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errors.Join(errs...), os.RemoveAll(s.dir))
}

// AddThread adds the next thread of the file. It reports false, and adds
// nothing, when there is a thread with this id.
func (s *Staging) AddThread(ctx context.Context, t *StagedThread) (bool, error) {
	result, err := s.exec(ctx, "INSERT INTO threads (seq, dsq, line, ident, link, exact, normal, host, own, title, closed, deleted, more, page, created) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dsq) DO NOTHING", s.threads+1, t.ID, t.Line, t.Ident, t.Link, t.Exact, t.Normal,
		t.Host, t.Own, t.Title, t.Closed, t.Deleted, encodeFew(t.More), encodeFew(t.Page), millis(t.CreatedAt))
	if err != nil {
		return false, fmt.Errorf("stage thread: %w", err)
	}
	n, err := result.RowsAffected()
	s.threads += n
	return n == 1, err
}

// AddPost adds the next post of the file.
func (s *Staging) AddPost(ctx context.Context, p *StagedPost) error {
	author, err := s.author(ctx, &p.Author)
	if err != nil {
		return fmt.Errorf("stage author: %w", err)
	}
	flags := 0
	if p.Deleted {
		flags |= flagDeleted
	}
	if p.Spam {
		flags |= flagSpam
	}
	if p.Held {
		flags |= flagHeld
	}
	s.posts++
	s.pending = append(s.pending, s.posts, p.Line, p.ID, p.Thread, p.Parent, millis(p.CreatedAt), flags, author, p.Digest, p.External)
	s.texts = append(s.texts, s.posts, p.Name, p.Text, encodeFew(&p.Extra))
	if len(s.texts) < stagingRows*textColumns {
		return nil
	}
	return s.flush(ctx)
}

// author returns the number of an author, and stores an author seen for the
// first time.
func (s *Staging) author(ctx context.Context, a *StagedAuthor) (id int64, err error) {
	if id, ok := s.authors[a.Key]; ok {
		return id, nil
	}
	row, err := s.row(ctx, "INSERT INTO authors (key, name, email) VALUES (?, ?, ?) "+
		"ON CONFLICT (key) DO UPDATE SET name = CASE WHEN authors.name = '' THEN excluded.name ELSE authors.name END, "+
		"email = CASE WHEN authors.email = '' THEN excluded.email ELSE authors.email END RETURNING id", a.Key, a.Name, a.Email)
	if err == nil {
		err = row.Scan(&id)
	}
	if len(s.authors) >= stagingAuthors {
		clear(s.authors)
	}
	s.authors[a.Key] = id
	return id, err
}

// AddPerson says who an author is, before or after posts by that author.
func (s *Staging) AddPerson(ctx context.Context, a *StagedAuthor) error {
	_, err := s.exec(ctx, "INSERT INTO authors (key, name, email, more) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (key) DO UPDATE SET name = CASE WHEN excluded.name = '' THEN authors.name ELSE excluded.name END, "+
		"email = CASE WHEN excluded.email = '' THEN authors.email ELSE excluded.email END, more = excluded.more", a.Key, a.Name, a.Email, encodeFew(&a.More))
	if err != nil {
		return fmt.Errorf("stage author: %w", err)
	}
	return nil
}

func (s *Staging) flush(ctx context.Context) error {
	err := s.insert(ctx, "INSERT INTO posts (seq, line, dsq, thread, parent, created, flags, author, digest, ext) VALUES ", postColumns, s.pending)
	if err == nil {
		err = s.insert(ctx, "INSERT INTO texts (seq, name, text, extra) VALUES ", textColumns, s.texts)
	}
	s.pending, s.texts = s.pending[:0], s.texts[:0]
	if err != nil {
		return fmt.Errorf("stage posts: %w", err)
	}
	return nil
}

func (s *Staging) insert(ctx context.Context, head string, width int, values []any) error {
	if len(values) == 0 {
		return nil
	}
	row := "(?" + strings.Repeat(",?", width-1) + ")"
	_, err := s.exec(ctx, head+row+strings.Repeat(","+row, len(values)/width-1), values...)
	return err
}

// prepare keeps a statement for use again and again. There are few different
// ones.
func (s *Staging) prepare(ctx context.Context, sql string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts[sql]; ok {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, sql)
	if err == nil {
		s.stmts[sql] = stmt
	}
	return stmt, err
}

func (s *Staging) exec(ctx context.Context, sql string, args ...any) (sql.Result, error) {
	stmt, err := s.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (s *Staging) query(ctx context.Context, sql string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (s *Staging) row(ctx context.Context, sql string, args ...any) (*sql.Row, error) {
	stmt, err := s.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	return stmt.QueryRowContext(ctx, args...), nil
}

// run executes statements one after the other.
func (s *Staging) run(ctx context.Context, what string, statements ...string) error {
	for _, sql := range statements {
		if _, err := s.db.ExecContext(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}
