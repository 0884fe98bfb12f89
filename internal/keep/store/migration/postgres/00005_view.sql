-- +goose Up
-- Lists that people come back to: a page of the console and what it asks for.
CREATE TABLE view (
  num        BIGINT PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL UNIQUE,
  version    BIGINT NOT NULL,
  page       TEXT COLLATE "C" NOT NULL,
  name       TEXT COLLATE "C" NOT NULL,
  query      TEXT COLLATE "C" NOT NULL,
  shared     BIGINT NOT NULL,
  owner      TEXT COLLATE "C" NOT NULL,
  owner_name TEXT COLLATE "C" NOT NULL,
  changed    BIGINT NOT NULL,
  UNIQUE (owner, page, name)
);
