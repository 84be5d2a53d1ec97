-- +goose Up

-- how numbers of comments are written beside links; empty for what the site's language says
ALTER TABLE sites ADD COLUMN count_zero TEXT NOT NULL DEFAULT '';
ALTER TABLE sites ADD COLUMN count_one TEXT NOT NULL DEFAULT '';
ALTER TABLE sites ADD COLUMN count_many TEXT NOT NULL DEFAULT '';
