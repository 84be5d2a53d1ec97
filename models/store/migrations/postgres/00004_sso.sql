-- +goose Up

-- How a site vouches for its readers. max_age and skew are in seconds; earlier
-- is the secret before, accepted until earlier_until.
CREATE TABLE sso (
    site_id        BIGINT PRIMARY KEY REFERENCES sites (id),
    enabled        BOOLEAN NOT NULL,
    api_key        TEXT NOT NULL,
    secret         TEXT NOT NULL,
    earlier        TEXT NOT NULL,
    earlier_until  BIGINT NOT NULL,
    generation     BIGINT NOT NULL,
    max_age        BIGINT NOT NULL,
    skew           BIGINT NOT NULL,
    verified_email BOOLEAN NOT NULL,
    members_only   BOOLEAN NOT NULL
);

-- avatar and url as the site said them last; login is the sign-in that has
-- claimed an imported author
ALTER TABLE authors ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN login TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX authors_login ON authors (site_id, login) WHERE login <> '';
CREATE INDEX authors_claimable ON authors (site_id, lower(email)) WHERE kind = 'imported' AND email <> '';

-- as it was when the comment was written, like author_name
ALTER TABLE comments ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
