-- +goose Up

-- The comments are in the file of the same name for SQLite.

ALTER TABLE sites ADD COLUMN tag TEXT NOT NULL DEFAULT '';

ALTER TABLE articles ADD COLUMN closed_run BIGINT NOT NULL DEFAULT 0;
CREATE INDEX articles_closed_run ON articles (closed_run, id) WHERE closed_run > 0;

ALTER TABLE imported ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

ALTER TABLE revisions ADD COLUMN run BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN run BIGINT NOT NULL DEFAULT 0;
ALTER TABLE decisions ADD COLUMN run BIGINT NOT NULL DEFAULT 0;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION decisions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.run > 0 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'decisions are append-only';
END $$;
-- +goose StatementEnd
