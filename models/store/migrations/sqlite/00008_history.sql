-- +goose Up

-- What an import of our own form brings along: the history of comments. Every new
-- column has a default, so that a process of the version before can go on beside
-- one of this.

-- What the ids of the site's own comments begin with in exports, when the site was
-- restored from one; empty for one made from the server's secret.
ALTER TABLE sites ADD COLUMN tag TEXT NOT NULL DEFAULT '';

-- The import that closed an article which was there before, until somebody sets
-- anything of the article.
ALTER TABLE articles ADD COLUMN closed_run INTEGER NOT NULL DEFAULT 0;
CREATE INDEX articles_closed_run ON articles (closed_run, id) WHERE closed_run > 0;

-- the version with which a comment was stored
ALTER TABLE imported ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- the import that brought it, 0 for what happened here
ALTER TABLE revisions ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decisions ADD COLUMN run INTEGER NOT NULL DEFAULT 0;

-- What was decided here stays for good; what an import brought goes with it when
-- that is undone.
DROP TRIGGER decisions_no_delete;
-- +goose StatementBegin
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions WHEN OLD.run = 0 BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
-- +goose StatementEnd
