-- +goose Up

-- An imported account that a reader whom the site signs in took over keeps the key
-- by which imports know it.
ALTER TABLE authors ADD COLUMN claimed_key TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX authors_claimed ON authors (site_id, claimed_key) WHERE claimed_key <> '';
-- accounts that can be taken over
CREATE INDEX authors_claimable ON authors (site_id, lower(email)) WHERE kind = 'imported' AND email <> '' AND key LIKE '%:user:%';

-- the site vouches for its readers' e-mail addresses too
ALTER TABLE sso ADD COLUMN verified_email BOOLEAN NOT NULL DEFAULT FALSE;
