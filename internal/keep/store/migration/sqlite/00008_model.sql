-- +goose Up
-- The plant in its people's words: all versions of each site's text.
CREATE TABLE model (
  site    BIGINT NOT NULL REFERENCES site (id),
  version BIGINT NOT NULL,
  text    TEXT NOT NULL,
  author  TEXT NOT NULL,
  note    TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (site, version)
) WITHOUT ROWID;

-- Identifiers of zones and conduits, so that conversations keep numbers.
CREATE TABLE model_word (
  id   INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
);

-- The newest version; the one that conversations were judged by, and until when
-- that holds (conduits expire), 0 for ever.
ALTER TABLE site ADD COLUMN model BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN judged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN judged_until BIGINT NOT NULL DEFAULT 0;

-- Where an asset stands by the newest model; placed is 1 while that is so. why
-- is JSON.
ALTER TABLE asset ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN line TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN cell TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN owner_it TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN owner_ops TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN placed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX asset_unplaced ON asset (site, num) WHERE placed = 0;

-- What the model makes of a conversation: state is a model.State, kinds a set of
-- kinds of operation, the others numbers of model_word, 0 for none.
ALTER TABLE conversation ADD COLUMN from_zone BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN to_zone BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN state BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN conduit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN kinds BIGINT NOT NULL DEFAULT 0;
CREATE INDEX conversation_zones ON conversation (site, from_zone, to_zone) WHERE state > 1;

-- Which operations a conversation has is looked up for each that goes from zone
-- to zone, and the other way round.
DROP INDEX operation_requester;
CREATE INDEX operation_requester ON operation (requester, responder, port, kind);
DROP INDEX conversation_client;
CREATE INDEX conversation_client ON conversation (client, server);
