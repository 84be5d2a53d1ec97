-- +goose Up

-- One row. Ids that must be known before the rows are written, or that must
-- never be used twice, are taken from here inside the writing transaction.
CREATE TABLE ids (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    comment  INTEGER NOT NULL,
    article  INTEGER NOT NULL,
    author   INTEGER NOT NULL,
    event    INTEGER NOT NULL
);
INSERT INTO ids VALUES (1, 0, 0, 0, 0);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sites (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    mode       TEXT NOT NULL,
    max_length INTEGER NOT NULL,
    reasons    TEXT NOT NULL,
    language   TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE site_hosts (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    host    TEXT NOT NULL,
    PRIMARY KEY (site_id, host)
) WITHOUT ROWID;

CREATE TABLE articles (
    id         INTEGER PRIMARY KEY,
    site_id    INTEGER NOT NULL REFERENCES sites (id),
    ident      TEXT NOT NULL,
    url        TEXT NOT NULL,
    title      TEXT NOT NULL,
    closed     BOOLEAN NOT NULL,
    mode       TEXT NOT NULL,
    notice     TEXT NOT NULL,
    approved   INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX articles_site ON articles (site_id, id);

-- kind: 1 an identifier, 2 an exact URL, 3 a normalised URL, 4 a thread id of an import
CREATE TABLE aliases (
    site_id    INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    value      TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (site_id, kind, value)
) WITHOUT ROWID;
CREATE INDEX aliases_article ON aliases (article_id, kind, value);

CREATE TABLE authors (
    id         INTEGER PRIMARY KEY,
    site_id    INTEGER NOT NULL REFERENCES sites (id),
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    approved   INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    removed    INTEGER NOT NULL,
    spam       INTEGER NOT NULL,
    sanction   TEXT NOT NULL,
    until      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (site_id, key)
);

CREATE TABLE comments (
    id           INTEGER PRIMARY KEY,
    site_id      INTEGER NOT NULL,
    article_id   INTEGER NOT NULL REFERENCES articles (id),
    parent_id    INTEGER NOT NULL,
    depth        INTEGER NOT NULL,
    root         BLOB NOT NULL,
    path         BLOB NOT NULL,
    status       INTEGER NOT NULL,
    reviewed     BOOLEAN NOT NULL,
    escalated    BOOLEAN NOT NULL,
    held_edit    BOOLEAN NOT NULL,
    lane         INTEGER NOT NULL,
    shown        BOOLEAN NOT NULL,
    version      INTEGER NOT NULL,
    queued_at    INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    priority     INTEGER NOT NULL,
    claim_id     INTEGER NOT NULL DEFAULT 0,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    author_id    INTEGER NOT NULL REFERENCES authors (id),
    author_name  TEXT NOT NULL,
    badge        TEXT NOT NULL,
    text         TEXT NOT NULL,
    format       INTEGER NOT NULL,
    tree         TEXT NOT NULL,
    html         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    edited_at    INTEGER NOT NULL,
    likes        INTEGER NOT NULL,
    live_replies INTEGER NOT NULL,
    thread_size  INTEGER NOT NULL,
    reports      INTEGER NOT NULL,
    external_id  TEXT NOT NULL,
    key          TEXT NOT NULL,
    addr_hash    BLOB,
    net_hash     BLOB
);
-- the thread in reading order; the newest and the most liked roots
CREATE INDEX comments_thread ON comments (article_id, root, path) WHERE shown;
CREATE INDEX comments_roots ON comments (article_id, root) WHERE shown AND parent_id = 0;
CREATE INDEX comments_top ON comments (article_id, likes, root) WHERE shown AND parent_id = 0;
-- the queue, of a site and of an article; by priority
CREATE INDEX comments_lane ON comments (site_id, lane, queued_at, id) WHERE lane > 0;
CREATE INDEX comments_lane_article ON comments (article_id, lane, queued_at, id) WHERE lane > 0;
CREATE INDEX comments_lane_priority ON comments (site_id, lane, priority DESC, queued_at, id) WHERE lane > 0;
-- what is no longer waiting
CREATE INDEX comments_status ON comments (site_id, status, changed_at, id);
CREATE INDEX comments_author ON comments (author_id, id);
CREATE INDEX comments_claim ON comments (claim_id) WHERE claim_id > 0;
CREATE UNIQUE INDEX comments_key ON comments (site_id, key) WHERE key <> '';
CREATE UNIQUE INDEX comments_external ON comments (site_id, external_id) WHERE external_id <> '';

CREATE TABLE revisions (
    id         INTEGER PRIMARY KEY,
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    text       TEXT NOT NULL,
    tree       TEXT NOT NULL,
    html       TEXT NOT NULL,
    held       BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX revisions_comment ON revisions (comment_id, id);

CREATE TABLE rules (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id    INTEGER NOT NULL REFERENCES sites (id),
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    action     INTEGER NOT NULL,
    mode       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    spec       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX rules_site ON rules (site_id, id);

CREATE TABLE findings (
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    seq        INTEGER NOT NULL,
    rule_id    INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    action     INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    detail     TEXT NOT NULL,
    matches    TEXT NOT NULL,
    PRIMARY KEY (comment_id, seq)
) WITHOUT ROWID;
CREATE INDEX findings_rule ON findings (rule_id, comment_id);

-- GCRA: the theoretical arrival time of each rule and key, in Unix nanoseconds
CREATE TABLE rates (
    rule_id INTEGER NOT NULL,
    key     TEXT NOT NULL,
    tat     INTEGER NOT NULL,
    PRIMARY KEY (rule_id, key)
) WITHOUT ROWID;
CREATE INDEX rates_tat ON rates (tat);

CREATE TABLE moderators (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL,
    created_at    INTEGER NOT NULL
);

-- Secrets that open something, by the SHA-256 of the secret: console sessions,
-- API tokens, and links that work once.
CREATE TABLE credentials (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    hash         BLOB NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    moderator_id INTEGER NOT NULL,
    label        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    used_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
);
CREATE INDEX credentials_moderator ON credentials (moderator_id, kind, id);

CREATE TABLE decisions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id      INTEGER NOT NULL,
    comment_id   INTEGER NOT NULL REFERENCES comments (id),
    moderator_id INTEGER NOT NULL,
    rule_id      INTEGER NOT NULL,
    choice       INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    note         TEXT NOT NULL,
    from_status  INTEGER NOT NULL,
    to_status    INTEGER NOT NULL,
    before       TEXT NOT NULL,
    after        INTEGER NOT NULL,
    undoes       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
);
CREATE INDEX decisions_comment ON decisions (comment_id, id);
CREATE INDEX decisions_moderator ON decisions (moderator_id, id);
CREATE UNIQUE INDEX decisions_undoes ON decisions (undoes) WHERE undoes > 0;
-- the record is append-only: the database refuses anything else
-- +goose StatementBegin
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
-- +goose StatementEnd

CREATE TABLE reports (
    id         INTEGER PRIMARY KEY,
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    reason     TEXT NOT NULL,
    text       TEXT NOT NULL,
    reporter   BLOB NOT NULL,
    open       BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (comment_id, reporter)
);

CREATE TABLE likes (
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    reader     BLOB NOT NULL,
    PRIMARY KEY (comment_id, reader)
) WITHOUT ROWID;

CREATE TABLE claims (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   BLOB NOT NULL UNIQUE,
    moderator_id INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
);
CREATE INDEX claims_expiry ON claims (expires_at);

CREATE TABLE lane_counts (
    site_id INTEGER NOT NULL,
    lane    INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (site_id, lane)
) WITHOUT ROWID;

CREATE TABLE events (
    id         INTEGER PRIMARY KEY,
    site_id    INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    comment_id INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    lane       INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    origin     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);

-- every post of an imported file, by its id there; digest finds equal posts
CREATE TABLE imported (
    site_id     INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    comment_id  INTEGER NOT NULL REFERENCES comments (id),
    digest      INTEGER NOT NULL,
    PRIMARY KEY (site_id, external_id)
) WITHOUT ROWID;
CREATE INDEX imported_digest ON imported (site_id, digest);
