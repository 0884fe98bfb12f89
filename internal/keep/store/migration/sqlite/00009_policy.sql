-- +goose Up
-- Revisions of a site's boundary policy: never changed, only signed once both
-- sides have approved. policy is its canonical JSON, body what else was kept as
-- JSON (changes, notes); times are as in 00001.
CREATE TABLE policy_revision (
  site        BIGINT NOT NULL REFERENCES site (id),
  n           BIGINT NOT NULL,
  parent      BIGINT NOT NULL,
  hash        TEXT NOT NULL,
  policy      TEXT NOT NULL,
  text        TEXT NOT NULL,
  model       BIGINT NOT NULL,
  author      TEXT NOT NULL,
  author_name TEXT NOT NULL,
  at          BIGINT NOT NULL,
  reason      TEXT NOT NULL,
  body        TEXT NOT NULL,
  signature   TEXT NOT NULL DEFAULT '',
  signed      BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (site, n)
) WITHOUT ROWID;

-- One side's yes. An account can speak for one side of a revision only.
CREATE TABLE policy_approval (
  site         BIGINT NOT NULL,
  n            BIGINT NOT NULL,
  side         TEXT NOT NULL,
  person       TEXT NOT NULL,
  name         TEXT NOT NULL,
  account      TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (site, n, side),
  FOREIGN KEY (site, n) REFERENCES policy_revision (site, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX policy_approval_account ON policy_approval (site, n, account);

-- What was put into force, and how it ended.
CREATE TABLE policy_application (
  num      INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  site     BIGINT NOT NULL REFERENCES site (id),
  revision BIGINT NOT NULL,
  hash     TEXT NOT NULL,
  state    TEXT NOT NULL,
  author      TEXT NOT NULL,
  author_name TEXT NOT NULL,
  at       BIGINT NOT NULL,
  until    BIGINT NOT NULL,
  forced   BIGINT NOT NULL,
  reason   TEXT NOT NULL,
  ended    BIGINT NOT NULL DEFAULT 0,
  ender    TEXT NOT NULL DEFAULT '',
  says     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX policy_application_site ON policy_application (site, num);

-- What is stopped for a time. body is what it stops, as JSON.
CREATE TABLE policy_containment (
  num         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  site        BIGINT NOT NULL REFERENCES site (id),
  state       TEXT NOT NULL,
  body        TEXT NOT NULL,
  until       BIGINT NOT NULL,
  reason      TEXT NOT NULL,
  author      TEXT NOT NULL,
  author_name TEXT NOT NULL,
  at          BIGINT NOT NULL,
  consent     TEXT NOT NULL DEFAULT '',
  consented   BIGINT NOT NULL DEFAULT 0,
  ended       BIGINT NOT NULL DEFAULT 0,
  ender       TEXT NOT NULL DEFAULT '',
  says        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX policy_containment_site ON policy_containment (site, num);

-- What people answered to kinds of conversation that a draft would stop.
CREATE TABLE policy_mark (
  site        BIGINT NOT NULL REFERENCES site (id),
  kind        TEXT NOT NULL,
  says        TEXT NOT NULL,
  until       BIGINT NOT NULL,
  author      TEXT NOT NULL,
  author_name TEXT NOT NULL,
  at          BIGINT NOT NULL,
  reason      TEXT NOT NULL,
  PRIMARY KEY (site, kind)
) WITHOUT ROWID;

-- The newest look at something of the boundary: what was read back, a canary, a
-- rehearsal. body is JSON.
CREATE TABLE policy_look (
  site BIGINT NOT NULL REFERENCES site (id),
  kind TEXT NOT NULL,
  at   BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (site, kind)
) WITHOUT ROWID;
