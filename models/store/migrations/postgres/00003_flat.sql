-- +goose Up

-- the comments of an article by time, whatever they answer
CREATE INDEX comments_flat ON comments (article_id, created_at, id) WHERE shown;
