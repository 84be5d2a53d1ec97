-- +goose Up

-- Moves: runs that give articles other names, or comments to other articles, and
-- what each of them did, so that it can be taken back.

-- The article that this one went into: it has no names and no comments any more,
-- and whoever has its key is led there. 0 for every other article.
ALTER TABLE articles ADD COLUMN moved_to INTEGER NOT NULL DEFAULT 0;

-- state: planning, planned, running, done, undoing, undone, failed. origins: the
-- hosts that the run adds to the site, JSON. total and done count steps.
CREATE TABLE moves (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id      INTEGER NOT NULL REFERENCES sites (id),
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    moderator_id INTEGER NOT NULL,
    title        TEXT NOT NULL,
    origins      TEXT NOT NULL,
    report       TEXT NOT NULL,
    problem      TEXT NOT NULL,
    total        INTEGER NOT NULL,
    done         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    undone_by    INTEGER NOT NULL
);
CREATE INDEX moves_site ON moves (site_id, id);
CREATE INDEX moves_open ON moves (id) WHERE state IN ('planning', 'running', 'undoing');

-- One step is about one article. how: 1 another URL, 2 another text of the URL
-- only, 3 all comments go to another article, 4 those of one thread go to an
-- article of their own. state: 0 planned, 1 comments are left to move, 2 done,
-- 3 left out, 4 taken back. names: more URLs, one a line. url_was: what the
-- article's URL was before.
CREATE TABLE move_steps (
    move_id    INTEGER NOT NULL REFERENCES moves (id),
    seq        INTEGER NOT NULL,
    how        INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    target_id  INTEGER NOT NULL,
    url        TEXT NOT NULL,
    names      TEXT NOT NULL,
    thread     TEXT NOT NULL,
    url_was    TEXT NOT NULL,
    comments   INTEGER NOT NULL,
    PRIMARY KEY (move_id, seq)
) WITHOUT ROWID;
CREATE INDEX move_steps_article ON move_steps (article_id, move_id);
CREATE INDEX move_steps_target ON move_steps (target_id, move_id) WHERE target_id > 0;

-- the names that a step added (was_id 0) or gave to another article
CREATE TABLE move_names (
    move_id INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    value   TEXT NOT NULL,
    was_id  INTEGER NOT NULL,
    now_id  INTEGER NOT NULL,
    PRIMARY KEY (move_id, seq, kind, value)
) WITHOUT ROWID;

-- the root comments that a step took along, each with everything below it
CREATE TABLE move_roots (
    move_id    INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    comment_id INTEGER NOT NULL,
    PRIMARY KEY (move_id, seq, comment_id)
) WITHOUT ROWID;

-- what readers do not see of a thread, branch by branch
CREATE INDEX comments_hidden ON comments (article_id, root) WHERE NOT shown;
