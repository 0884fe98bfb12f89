-- +goose Up
-- What people decided about assets: that some are one machine, or that one is
-- two. Decisions are about endpoints: identifiers of assets change with them.
CREATE TABLE decision (
  num         BIGINT PRIMARY KEY,
  id          TEXT COLLATE "C" NOT NULL UNIQUE,
  site        BIGINT NOT NULL REFERENCES site (id),
  kind        TEXT COLLATE "C" NOT NULL,
  assets      TEXT COLLATE "C" NOT NULL,
  reason      TEXT COLLATE "C" NOT NULL,
  author      TEXT COLLATE "C" NOT NULL,
  author_name TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  undoer      TEXT COLLATE "C" NOT NULL DEFAULT '',
  undoer_name TEXT COLLATE "C" NOT NULL DEFAULT '',
  undone      BIGINT NOT NULL DEFAULT 0,
  -- When the inventory first followed it, or followed its undoing; 0 for not yet.
  followed    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX decision_site ON decision (site, num);

CREATE TABLE decision_endpoint (
  decision BIGINT NOT NULL REFERENCES decision (num) ON DELETE CASCADE,
  place    BIGINT NOT NULL,
  part     BIGINT NOT NULL,
  mac      TEXT COLLATE "C" NOT NULL,
  ip       TEXT COLLATE "C" NOT NULL,
  vlan     BIGINT NOT NULL,
  PRIMARY KEY (decision, place)
);
CREATE INDEX decision_endpoint_address ON decision_endpoint (ip, mac, vlan);

-- Which identifier a former one went into, and whose a change was before: so
-- that a merge can be undone with all that it moved.
ALTER TABLE asset_alias ADD COLUMN via TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE asset_change ADD COLUMN former TEXT COLLATE "C" NOT NULL DEFAULT '';
