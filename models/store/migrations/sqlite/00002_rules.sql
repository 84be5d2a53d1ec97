-- +goose Up

-- The rule engine: rules with a history, what it knew when it judged, and what
-- became of the comments it judged. Every new column has a default, so that a
-- process of the version before can go on beside one of this.

ALTER TABLE sites ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN sample INTEGER NOT NULL DEFAULT 20;

ALTER TABLE articles ADD COLUMN heat TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN heat_level INTEGER NOT NULL DEFAULT 0;

ALTER TABLE comments ADD COLUMN wide_hash BLOB;
ALTER TABLE comments ADD COLUMN sampled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE comments ADD COLUMN extra BOOLEAN NOT NULL DEFAULT FALSE;
-- the moderators' last word; of imported comments nobody here has said one
ALTER TABLE comments ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
UPDATE comments SET settled = CASE status WHEN 2 THEN 1 WHEN 3 THEN 2 ELSE 3 END
    WHERE reviewed AND status IN (2, 3, 4) AND NOT held_edit
    AND EXISTS (SELECT 1 FROM decisions AS d WHERE d.comment_id = comments.id AND d.moderator_id > 0);
-- the sample lane; a site's comments in the order of their time; those whose
-- address is not forgotten yet
CREATE INDEX comments_sample ON comments (site_id, queued_at, id) WHERE sampled AND lane = 3;
CREATE INDEX comments_time ON comments (site_id, created_at, id);
CREATE INDEX comments_address ON comments (created_at, id) WHERE addr_hash IS NOT NULL;

ALTER TABLE rules ADD COLUMN scope TEXT NOT NULL DEFAULT '{}';
ALTER TABLE rules ADD COLUMN tag TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rules ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN legal BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rules ADD COLUMN promise INTEGER NOT NULL DEFAULT -1;
-- Names were free until now: the later ones of equal names get their number.
-- Once more, because the new name may itself be taken.
UPDATE rules SET name = name || ' (' || id || ')' WHERE EXISTS (
    SELECT 1 FROM rules AS r WHERE r.site_id = rules.site_id AND lower(r.name) = lower(rules.name) AND r.id < rules.id);
UPDATE rules SET name = name || ' (' || id || ')' WHERE EXISTS (
    SELECT 1 FROM rules AS r WHERE r.site_id = rules.site_id AND lower(r.name) = lower(rules.name) AND r.id < rules.id);
CREATE UNIQUE INDEX rules_name ON rules (site_id, lower(name));

-- Every version of every rule, deleted ones too, with the revisions of the
-- site's rules in which it held: from since up to, not including, until; until
-- is 0 while it holds.
CREATE TABLE rule_versions (
    rule_id    INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    site_id    INTEGER NOT NULL REFERENCES sites (id),
    since      INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    by_id      INTEGER NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    action     INTEGER NOT NULL,
    mode       TEXT NOT NULL,
    tag        TEXT NOT NULL,
    priority   INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    code       TEXT NOT NULL,
    legal      BOOLEAN NOT NULL,
    promise    INTEGER NOT NULL,
    spec       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (rule_id, version)
);
CREATE INDEX rule_versions_site ON rule_versions (site_id, rule_id, version);
INSERT INTO rule_versions (rule_id, version, site_id, since, until, by_id, name, kind, scope, action, mode, tag, priority, reason, code, legal,
    promise, spec, created_at, updated_at)
    SELECT id, version, site_id, 0, 0, 0, name, kind, scope, action, mode, tag, priority, reason, code, legal, promise, spec, created_at, updated_at
    FROM rules;

-- verdict: the seq of the verdict that the finding belongs to; past: an edit
-- was judged since
ALTER TABLE findings ADD COLUMN would INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN tag TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN raise INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN verdict INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN past BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX findings_rule;
CREATE INDEX findings_rule ON findings (rule_id, comment_id) WHERE NOT past;

-- what was known when a comment was judged: seq 0 when it was posted, then one
-- for each edit
CREATE TABLE verdicts (
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    seq        INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    facts      TEXT NOT NULL,
    PRIMARY KEY (comment_id, seq)
);

-- what finds near copies of a comment and of its edits, for as long as flood
-- rules look back; the ids grow in the order of the commits
CREATE TABLE sketches (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    site_id    INTEGER NOT NULL,
    author_id  INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    sketch     BLOB NOT NULL
);
CREATE INDEX sketches_site ON sketches (site_id, id);
CREATE INDEX sketches_at ON sketches (at);

CREATE TABLE rule_tallies (
    rule_id          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    seen             INTEGER NOT NULL,
    fired            INTEGER NOT NULL,
    removed          INTEGER NOT NULL,
    approved         INTEGER NOT NULL,
    sampled          INTEGER NOT NULL,
    sampled_removed  INTEGER NOT NULL,
    sampled_approved INTEGER NOT NULL,
    networks         TEXT NOT NULL,
    first_at         INTEGER NOT NULL,
    last_at          INTEGER NOT NULL,
    PRIMARY KEY (rule_id, version)
) WITHOUT ROWID;
INSERT INTO rule_tallies (rule_id, version, seen, fired, removed, approved, sampled, sampled_removed, sampled_approved, networks, first_at, last_at)
    SELECT f.rule_id, f.version, 0, COUNT(*),
        SUM(CASE WHEN c.settled IN (2, 3) THEN 1 ELSE 0 END),
        SUM(CASE WHEN c.settled = 1 THEN 1 ELSE 0 END),
        0, 0, 0, '', MIN(c.created_at), MAX(c.created_at)
    FROM (SELECT DISTINCT rule_id, version, comment_id FROM findings WHERE rule_id > 0) AS f JOIN comments AS c ON c.id = f.comment_id
    GROUP BY f.rule_id, f.version;

CREATE TABLE sample_tallies (
    site_id  INTEGER PRIMARY KEY REFERENCES sites (id),
    drawn    INTEGER NOT NULL,
    removed  INTEGER NOT NULL,
    approved INTEGER NOT NULL
);

-- the log of a site, append-only like decisions
CREATE TABLE notes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id      INTEGER NOT NULL REFERENCES sites (id),
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    moderator_id INTEGER NOT NULL,
    rule_id      INTEGER NOT NULL,
    alert        BOOLEAN NOT NULL,
    text         TEXT NOT NULL,
    created_at   INTEGER NOT NULL
);
CREATE INDEX notes_site ON notes (site_id, id);
CREATE INDEX notes_kind ON notes (site_id, kind, id);
CREATE INDEX notes_rule ON notes (rule_id, kind, id) WHERE rule_id > 0;
CREATE INDEX notes_alert ON notes (site_id, id) WHERE alert;
-- +goose StatementBegin
CREATE TRIGGER notes_no_update BEFORE UPDATE ON notes BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER notes_no_delete BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
-- +goose StatementEnd

CREATE TABLE backtests (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id      INTEGER NOT NULL REFERENCES sites (id),
    rule_id      INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    moderator_id INTEGER NOT NULL,
    state        TEXT NOT NULL,
    rule         TEXT NOT NULL,
    from_at      INTEGER NOT NULL,
    to_at        INTEGER NOT NULL,
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    result       TEXT NOT NULL,
    problem      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
);
CREATE INDEX backtests_site ON backtests (site_id, id);
CREATE INDEX backtests_rule ON backtests (site_id, rule_id, id);
CREATE INDEX backtests_running ON backtests (id) WHERE state = 'running';
