-- +goose Up
-- Revisions of a site's boundary policy: never changed, only signed once both
-- sides have approved. policy is its canonical JSON, body what else was kept as
-- JSON (changes, notes); times are as in 00001.
CREATE TABLE policy_revision (
  site        BIGINT NOT NULL REFERENCES site (id),
  n           BIGINT NOT NULL,
  parent      BIGINT NOT NULL,
  hash        TEXT COLLATE "C" NOT NULL,
  policy      TEXT COLLATE "C" NOT NULL,
  text        TEXT COLLATE "C" NOT NULL,
  model       BIGINT NOT NULL,
  author      TEXT COLLATE "C" NOT NULL,
  author_name TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  reason      TEXT COLLATE "C" NOT NULL,
  body        TEXT COLLATE "C" NOT NULL,
  signature   TEXT COLLATE "C" NOT NULL DEFAULT '',
  signed      BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (site, n)
);

-- One side's yes. An account can speak for one side of a revision only.
CREATE TABLE policy_approval (
  site         BIGINT NOT NULL,
  n            BIGINT NOT NULL,
  side         TEXT COLLATE "C" NOT NULL,
  person       TEXT COLLATE "C" NOT NULL,
  name         TEXT COLLATE "C" NOT NULL,
  account      TEXT COLLATE "C" NOT NULL,
  account_name TEXT COLLATE "C" NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (site, n, side),
  FOREIGN KEY (site, n) REFERENCES policy_revision (site, n)
);
CREATE UNIQUE INDEX policy_approval_account ON policy_approval (site, n, account);

-- What was put into force, and how it ended.
CREATE TABLE policy_application (
  num      BIGINT PRIMARY KEY,
  id       TEXT COLLATE "C" NOT NULL UNIQUE,
  site     BIGINT NOT NULL REFERENCES site (id),
  revision BIGINT NOT NULL,
  hash     TEXT COLLATE "C" NOT NULL,
  state    TEXT COLLATE "C" NOT NULL,
  author      TEXT COLLATE "C" NOT NULL,
  author_name TEXT COLLATE "C" NOT NULL,
  at       BIGINT NOT NULL,
  until    BIGINT NOT NULL,
  forced   BIGINT NOT NULL,
  reason   TEXT COLLATE "C" NOT NULL,
  ended    BIGINT NOT NULL DEFAULT 0,
  ender    TEXT COLLATE "C" NOT NULL DEFAULT '',
  says     TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX policy_application_site ON policy_application (site, num);

-- What is stopped for a time. body is what it stops, as JSON.
CREATE TABLE policy_containment (
  num         BIGINT PRIMARY KEY,
  id          TEXT COLLATE "C" NOT NULL UNIQUE,
  site        BIGINT NOT NULL REFERENCES site (id),
  state       TEXT COLLATE "C" NOT NULL,
  body        TEXT COLLATE "C" NOT NULL,
  until       BIGINT NOT NULL,
  reason      TEXT COLLATE "C" NOT NULL,
  author      TEXT COLLATE "C" NOT NULL,
  author_name TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  consent     TEXT COLLATE "C" NOT NULL DEFAULT '',
  consented   BIGINT NOT NULL DEFAULT 0,
  ended       BIGINT NOT NULL DEFAULT 0,
  ender       TEXT COLLATE "C" NOT NULL DEFAULT '',
  says        TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX policy_containment_site ON policy_containment (site, num);

-- What people answered to kinds of conversation that a draft would stop.
CREATE TABLE policy_mark (
  site        BIGINT NOT NULL REFERENCES site (id),
  kind        TEXT COLLATE "C" NOT NULL,
  says        TEXT COLLATE "C" NOT NULL,
  until       BIGINT NOT NULL,
  author      TEXT COLLATE "C" NOT NULL,
  author_name TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  reason      TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (site, kind)
);

-- The newest look at something of the boundary: what was read back, a canary, a
-- rehearsal. body is JSON.
CREATE TABLE policy_look (
  site BIGINT NOT NULL REFERENCES site (id),
  kind TEXT COLLATE "C" NOT NULL,
  at   BIGINT NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (site, kind)
);
