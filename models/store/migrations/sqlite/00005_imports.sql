-- +goose Up

-- Import runs: what was imported when and by whom, so that a whole import can be
-- taken back. Every new column has a default, so that a process of the version
-- before can go on beside one of this.

-- state: uploaded, running, looked (after a dry run), done, failed, cancelled,
-- interrupted, undoing, undone. owner: the process that works on it. undo: how far
-- an undo has come, JSON.
CREATE TABLE imports (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id      INTEGER NOT NULL REFERENCES sites (id),
    moderator_id INTEGER NOT NULL,
    format       TEXT NOT NULL,
    file         TEXT NOT NULL,
    bytes        INTEGER NOT NULL,
    upload       TEXT NOT NULL,
    dry_run      BOOLEAN NOT NULL,
    options      TEXT NOT NULL,
    state        TEXT NOT NULL,
    owner        INTEGER NOT NULL,
    stage        TEXT NOT NULL,
    read_bytes   INTEGER NOT NULL,
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    added        INTEGER NOT NULL,
    report       TEXT NOT NULL,
    undo         TEXT NOT NULL,
    problem      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL,
    undone_at    INTEGER NOT NULL
);
CREATE INDEX imports_site ON imports (site_id, id);
CREATE INDEX imports_active ON imports (id) WHERE state IN ('running', 'undoing');

-- The run that stored it; 0 for what came before runs were kept, and for what no
-- import brought. thread: the id of its thread in the other system, as in the
-- aliases of kind 4, such as disqus:123.
ALTER TABLE imported ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imported ADD COLUMN thread TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE aliases ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authors ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
CREATE INDEX imported_comment ON imported (comment_id, run);
CREATE INDEX articles_run ON articles (run, id) WHERE run > 0;
CREATE INDEX aliases_run ON aliases (run, kind, value) WHERE run > 0;
CREATE INDEX authors_run ON authors (run, id) WHERE run > 0;

-- all comments of an article, and the replies to each, whatever their state
CREATE INDEX comments_article ON comments (article_id, parent_id);
CREATE INDEX sketches_comment ON sketches (comment_id);
