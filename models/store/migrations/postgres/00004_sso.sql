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
    members_only   BOOLEAN NOT NULL
);

-- as the site said them last
ALTER TABLE authors ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN url TEXT NOT NULL DEFAULT '';

-- as it was when the comment was written, like author_name
ALTER TABLE comments ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
