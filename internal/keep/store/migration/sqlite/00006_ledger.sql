-- +goose Up
-- The latest signed checkpoint of each ledger, kept away from its folder: what
-- was taken from the end of the folder's files is missed here.
CREATE TABLE ledger_checkpoint (
  name TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  text TEXT NOT NULL
);
