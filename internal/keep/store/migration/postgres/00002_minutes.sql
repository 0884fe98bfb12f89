-- +goose Up
-- All rows of one minute that one Apply brought, packed as pack.go says, until
-- they are sealed. Numbers only go up, so that what was read for sealing can be
-- told from what came later. minute counts from 1970. Packs are small already:
-- the server need not try to compress them.
CREATE TABLE conversation_minute (
  id     BIGINT PRIMARY KEY,
  site   BIGINT NOT NULL REFERENCES site (id),
  minute BIGINT NOT NULL,
  pack   BYTEA NOT NULL
);
ALTER TABLE conversation_minute ALTER COLUMN pack SET STORAGE EXTERNAL;
CREATE INDEX conversation_minute_at ON conversation_minute (site, minute, id);

CREATE TABLE operation_minute (
  id     BIGINT PRIMARY KEY,
  site   BIGINT NOT NULL REFERENCES site (id),
  minute BIGINT NOT NULL,
  pack   BYTEA NOT NULL
);
ALTER TABLE operation_minute ALTER COLUMN pack SET STORAGE EXTERNAL;
CREATE INDEX operation_minute_at ON operation_minute (site, minute, id);
