-- +goose Up
-- Lists that people come back to: a page of the console and what it asks for.
CREATE TABLE view (
  num        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  version    BIGINT NOT NULL,
  page       TEXT NOT NULL,
  name       TEXT NOT NULL,
  query      TEXT NOT NULL,
  shared     BIGINT NOT NULL,
  owner      TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  changed    BIGINT NOT NULL,
  UNIQUE (owner, page, name)
);
