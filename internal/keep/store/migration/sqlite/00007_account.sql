-- +goose Up
-- Who may sign in, with what, and who is signed in. Secrets that only have to
-- be recognised are kept as hashes; times are as in 00001.

CREATE TABLE account (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  display  TEXT NOT NULL,
  mail     TEXT NOT NULL,
  grants   TEXT NOT NULL,
  password TEXT NOT NULL,
  secret   TEXT NOT NULL,
  step     BIGINT NOT NULL,
  provider TEXT NOT NULL,
  subject  TEXT NOT NULL,
  created  BIGINT NOT NULL,
  seen     BIGINT NOT NULL,
  unlocked BIGINT NOT NULL,
  version  BIGINT NOT NULL
);
CREATE INDEX account_mail ON account (mail);
CREATE INDEX account_subject ON account (provider, subject);

CREATE TABLE passkey (
  id         TEXT PRIMARY KEY,
  account    TEXT NOT NULL REFERENCES account (id),
  name       TEXT NOT NULL,
  host       TEXT NOT NULL,
  credential TEXT NOT NULL,
  suspect    BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  used       BIGINT NOT NULL
);
CREATE INDEX passkey_account ON passkey (account);

CREATE TABLE recovery (
  account TEXT NOT NULL REFERENCES account (id),
  hash    TEXT NOT NULL,
  PRIMARY KEY (account, hash)
) WITHOUT ROWID;

-- One-time links. The account is empty for the first set-up.
CREATE TABLE link (
  hash    TEXT PRIMARY KEY,
  kind    TEXT NOT NULL,
  account TEXT NOT NULL,
  maker   TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
  id      TEXT PRIMARY KEY,
  hash    TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES account (id),
  via     TEXT NOT NULL,
  origin  TEXT NOT NULL,
  agent   TEXT NOT NULL,
  created BIGINT NOT NULL,
  used    BIGINT NOT NULL,
  fresh   BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);

CREATE TABLE token (
  id      TEXT PRIMARY KEY,
  hash    TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES account (id),
  name    TEXT NOT NULL,
  role    TEXT NOT NULL,
  site    TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  used    BIGINT NOT NULL
);
CREATE INDEX token_account ON token (account);
