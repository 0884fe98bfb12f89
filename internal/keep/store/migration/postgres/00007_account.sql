-- +goose Up
-- Who may sign in, with what, and who is signed in. Secrets that only have to
-- be recognised are kept as hashes; times are as in 00001.

CREATE TABLE account (
  id       TEXT COLLATE "C" PRIMARY KEY,
  name     TEXT COLLATE "C" NOT NULL UNIQUE,
  display  TEXT COLLATE "C" NOT NULL,
  mail     TEXT COLLATE "C" NOT NULL,
  grants   TEXT COLLATE "C" NOT NULL,
  password TEXT COLLATE "C" NOT NULL,
  secret   TEXT COLLATE "C" NOT NULL,
  step     BIGINT NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  subject  TEXT COLLATE "C" NOT NULL,
  created  BIGINT NOT NULL,
  seen     BIGINT NOT NULL,
  unlocked BIGINT NOT NULL,
  version  BIGINT NOT NULL
);
CREATE INDEX account_mail ON account (mail);
CREATE INDEX account_subject ON account (provider, subject);

CREATE TABLE passkey (
  id         TEXT COLLATE "C" PRIMARY KEY,
  account    TEXT COLLATE "C" NOT NULL REFERENCES account (id),
  name       TEXT COLLATE "C" NOT NULL,
  host       TEXT COLLATE "C" NOT NULL,
  credential TEXT COLLATE "C" NOT NULL,
  suspect    BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  used       BIGINT NOT NULL
);
CREATE INDEX passkey_account ON passkey (account);

CREATE TABLE recovery (
  account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
  hash    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (account, hash)
);

-- One-time links. The account is empty for the first set-up.
CREATE TABLE link (
  hash    TEXT COLLATE "C" PRIMARY KEY,
  kind    TEXT COLLATE "C" NOT NULL,
  account TEXT COLLATE "C" NOT NULL,
  maker   TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);

CREATE TABLE session (
  id      TEXT COLLATE "C" PRIMARY KEY,
  hash    TEXT COLLATE "C" NOT NULL UNIQUE,
  account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
  via     TEXT COLLATE "C" NOT NULL,
  origin  TEXT COLLATE "C" NOT NULL,
  agent   TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  used    BIGINT NOT NULL,
  fresh   BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);

CREATE TABLE token (
  id      TEXT COLLATE "C" PRIMARY KEY,
  hash    TEXT COLLATE "C" NOT NULL UNIQUE,
  account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
  name    TEXT COLLATE "C" NOT NULL,
  role    TEXT COLLATE "C" NOT NULL,
  site    TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  used    BIGINT NOT NULL
);
CREATE INDEX token_account ON token (account);
