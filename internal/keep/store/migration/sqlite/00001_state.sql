-- +goose Up
-- Times are nanoseconds since 1970 UTC, 0 for none. Packets are
-- plant.PacketRef: the sensor's number in the upper 16 bits, the packet's
-- number in the lower 48.

-- The next number of each table, and the generation that Forget raises so that
-- every process drops what it remembers of numbers.
CREATE TABLE serial (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
);

-- Observations that found no room, by table.
CREATE TABLE counter (
  name  TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE site (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE sensor (
  id       INTEGER PRIMARY KEY,
  site     BIGINT NOT NULL REFERENCES site (id),
  name     TEXT NOT NULL,
  epoch    TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  position BIGINT NOT NULL,
  batches  BIGINT NOT NULL,
  missing  BIGINT NOT NULL,
  made     BIGINT NOT NULL,
  heard    BIGINT NOT NULL,
  observed BIGINT NOT NULL,
  status   TEXT NOT NULL,
  UNIQUE (site, name)
);

-- The highest sequence of each epoch, and the numbers below it that are missing.
CREATE TABLE epoch (
  sensor   BIGINT NOT NULL REFERENCES sensor (id),
  epoch    TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  heard    BIGINT NOT NULL,
  PRIMARY KEY (sensor, epoch)
) WITHOUT ROWID;

CREATE TABLE gap (
  sensor BIGINT NOT NULL REFERENCES sensor (id),
  epoch  TEXT NOT NULL,
  low    BIGINT NOT NULL,
  high   BIGINT NOT NULL,
  PRIMARY KEY (sensor, epoch, low)
) WITHOUT ROWID;

CREATE TABLE sample (
  sensor     BIGINT NOT NULL REFERENCES sensor (id),
  at         BIGINT NOT NULL,
  packets    BIGINT NOT NULL,
  bytes      BIGINT NOT NULL,
  dropped    BIGINT NOT NULL,
  lost       BIGINT NOT NULL,
  flows      BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  undecoded  BIGINT NOT NULL,
  failures   BIGINT NOT NULL,
  PRIMARY KEY (sensor, at)
) WITHOUT ROWID;

CREATE TABLE asset (
  num          INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  site         BIGINT NOT NULL REFERENCES site (id),
  kind         TEXT NOT NULL,
  side         TEXT NOT NULL,
  level        DOUBLE PRECISION NOT NULL,
  role         TEXT NOT NULL,
  label        TEXT NOT NULL,
  sorted       TEXT NOT NULL,
  network      TEXT NOT NULL,
  vendor       TEXT NOT NULL,
  product      TEXT NOT NULL,
  order_number TEXT NOT NULL,
  firmware     TEXT NOT NULL,
  hardware     TEXT NOT NULL,
  serial       TEXT NOT NULL,
  os           TEXT NOT NULL,
  names        TEXT NOT NULL,
  ips          TEXT NOT NULL,
  macs         TEXT NOT NULL,
  vlans        TEXT NOT NULL,
  protocols    TEXT NOT NULL,
  search       TEXT NOT NULL,
  facts        BIGINT NOT NULL,
  modules      BIGINT NOT NULL,
  conflicts    BIGINT NOT NULL,
  first        BIGINT NOT NULL,
  last         BIGINT NOT NULL,
  gone         BIGINT NOT NULL DEFAULT 0,
  high         BIGINT NOT NULL DEFAULT 0,
  medium       BIGINT NOT NULL DEFAULT 0,
  low          BIGINT NOT NULL DEFAULT 0,
  info         BIGINT NOT NULL DEFAULT 0,
  hash         BLOB NOT NULL
);
CREATE INDEX asset_sorted ON asset (sorted, num);

-- The whole plant.Asset as JSON, apart so that lists read narrow rows.
CREATE TABLE asset_doc (
  asset INTEGER PRIMARY KEY REFERENCES asset (num) ON DELETE CASCADE,
  doc   TEXT NOT NULL
);

CREATE TABLE asset_alias (
  former TEXT PRIMARY KEY,
  asset  BIGINT NOT NULL REFERENCES asset (num) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX asset_alias_asset ON asset_alias (asset);

CREATE TABLE asset_change (
  id    INTEGER PRIMARY KEY,
  site  BIGINT NOT NULL REFERENCES site (id),
  asset BIGINT NOT NULL REFERENCES asset (num) ON DELETE CASCADE,
  field TEXT NOT NULL,
  old   TEXT NOT NULL,
  new   TEXT NOT NULL,
  at    BIGINT NOT NULL
);
CREATE INDEX asset_change_asset ON asset_change (asset, id);

CREATE TABLE endpoint (
  id    INTEGER PRIMARY KEY,
  site  BIGINT NOT NULL REFERENCES site (id),
  mac   TEXT NOT NULL,
  ip    TEXT NOT NULL,
  vlan  BIGINT NOT NULL,
  asset BIGINT REFERENCES asset (num) ON DELETE SET NULL,
  UNIQUE (site, ip, mac, vlan)
);
CREATE INDEX endpoint_asset ON endpoint (asset);

-- key is a hash of what makes a row one of a kind: texts of devices can be
-- longer than an index may hold.
CREATE TABLE fact (
  id         INTEGER PRIMARY KEY,
  key        BLOB NOT NULL UNIQUE,
  endpoint   BIGINT NOT NULL REFERENCES endpoint (id),
  sensor     BIGINT NOT NULL REFERENCES sensor (id),
  slot       BIGINT NOT NULL,
  field      TEXT NOT NULL,
  value      TEXT NOT NULL,
  source     TEXT NOT NULL,
  count      BIGINT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  first      BIGINT NOT NULL,
  last       BIGINT NOT NULL,
  packet     BIGINT NOT NULL
);
CREATE INDEX fact_endpoint ON fact (endpoint, field);

-- flags: 1 confirmed, 2 answered, 4 established. placed is 1 while the assets
-- and crossing are those of the inventory.
CREATE TABLE conversation (
  id           INTEGER PRIMARY KEY,
  key          BLOB NOT NULL UNIQUE,
  site         BIGINT NOT NULL REFERENCES site (id),
  client       BIGINT NOT NULL REFERENCES endpoint (id),
  server       BIGINT NOT NULL REFERENCES endpoint (id),
  transport    BIGINT NOT NULL,
  port         BIGINT NOT NULL,
  protocol     TEXT NOT NULL,
  flags        BIGINT NOT NULL,
  flows        BIGINT NOT NULL,
  packets_up   BIGINT NOT NULL,
  packets_down BIGINT NOT NULL,
  bytes_up     BIGINT NOT NULL,
  bytes_down   BIGINT NOT NULL,
  lost         BIGINT NOT NULL,
  first        BIGINT NOT NULL,
  last         BIGINT NOT NULL,
  packet       BIGINT NOT NULL,
  client_asset BIGINT,
  server_asset BIGINT,
  crossing     BIGINT NOT NULL DEFAULT 0,
  placed       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX conversation_client ON conversation (client);
CREATE INDEX conversation_server ON conversation (server);
CREATE INDEX conversation_client_asset ON conversation (client_asset);
CREATE INDEX conversation_server_asset ON conversation (server_asset);
CREATE INDEX conversation_last ON conversation (last, id);
CREATE INDEX conversation_bytes ON conversation ((bytes_up + bytes_down), id);
CREATE INDEX conversation_crossing ON conversation (id) WHERE crossing = 1;
CREATE INDEX conversation_unplaced ON conversation (id) WHERE placed = 0;

CREATE TABLE operation (
  id              INTEGER PRIMARY KEY,
  key             BLOB NOT NULL UNIQUE,
  site            BIGINT NOT NULL REFERENCES site (id),
  requester       BIGINT NOT NULL REFERENCES endpoint (id),
  responder       BIGINT NOT NULL REFERENCES endpoint (id),
  port            BIGINT NOT NULL,
  protocol        TEXT NOT NULL,
  code            TEXT NOT NULL,
  name            TEXT NOT NULL,
  kind            BIGINT NOT NULL,
  technique       TEXT NOT NULL,
  reply           TEXT NOT NULL,
  object          TEXT NOT NULL,
  value           TEXT NOT NULL,
  requests        BIGINT NOT NULL,
  responses       BIGINT NOT NULL,
  accepted        BIGINT NOT NULL,
  refused         BIGINT NOT NULL,
  first           BIGINT NOT NULL,
  last            BIGINT NOT NULL,
  packet          BIGINT NOT NULL,
  requester_asset BIGINT,
  responder_asset BIGINT,
  crossing        BIGINT NOT NULL DEFAULT 0,
  placed          BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX operation_requester ON operation (requester);
CREATE INDEX operation_responder ON operation (responder);
CREATE INDEX operation_requester_asset ON operation (requester_asset);
CREATE INDEX operation_responder_asset ON operation (responder_asset);
CREATE INDEX operation_last ON operation (last, id);
CREATE INDEX operation_requests ON operation (requests, id);
CREATE INDEX operation_kind ON operation (kind, id);
CREATE INDEX operation_crossing ON operation (id) WHERE crossing = 1;
CREATE INDEX operation_unplaced ON operation (id) WHERE placed = 0;

CREATE TABLE anomaly (
  id          INTEGER PRIMARY KEY,
  key         BLOB NOT NULL UNIQUE,
  site        BIGINT NOT NULL REFERENCES site (id),
  source      BIGINT NOT NULL REFERENCES endpoint (id),
  destination BIGINT NOT NULL REFERENCES endpoint (id),
  protocol    TEXT NOT NULL,
  kind        TEXT NOT NULL,
  text        TEXT NOT NULL,
  count       BIGINT NOT NULL,
  first       BIGINT NOT NULL,
  last        BIGINT NOT NULL,
  packet      BIGINT NOT NULL
);
CREATE INDEX anomaly_source ON anomaly (source);
CREATE INDEX anomaly_destination ON anomaly (destination);

-- Rows by the minute until they are sealed. Numbers only go up, so that what
-- was read for sealing can be told from what came later.
CREATE TABLE recent_conversation (
  id           INTEGER PRIMARY KEY,
  site         BIGINT NOT NULL,
  conversation BIGINT NOT NULL REFERENCES conversation (id),
  sensor       BIGINT NOT NULL,
  at           BIGINT NOT NULL,
  last         BIGINT NOT NULL,
  flags        BIGINT NOT NULL,
  flows        BIGINT NOT NULL,
  packets_up   BIGINT NOT NULL,
  packets_down BIGINT NOT NULL,
  bytes_up     BIGINT NOT NULL,
  bytes_down   BIGINT NOT NULL,
  lost         BIGINT NOT NULL,
  packet       BIGINT NOT NULL
);
CREATE INDEX recent_conversation_at ON recent_conversation (site, at);
CREATE INDEX recent_conversation_of ON recent_conversation (conversation, at);

CREATE TABLE recent_operation (
  id        INTEGER PRIMARY KEY,
  site      BIGINT NOT NULL,
  operation BIGINT NOT NULL REFERENCES operation (id),
  sensor    BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  last      BIGINT NOT NULL,
  value     TEXT NOT NULL,
  requests  BIGINT NOT NULL,
  responses BIGINT NOT NULL,
  accepted  BIGINT NOT NULL,
  refused   BIGINT NOT NULL,
  packet    BIGINT NOT NULL
);
CREATE INDEX recent_operation_at ON recent_operation (site, at);
CREATE INDEX recent_operation_of ON recent_operation (operation, at);

-- What each protocol carried in each minute, for the plant's traffic.
CREATE TABLE traffic (
  site     BIGINT NOT NULL,
  minute   BIGINT NOT NULL,
  protocol TEXT NOT NULL,
  packets  BIGINT NOT NULL,
  bytes    BIGINT NOT NULL,
  PRIMARY KEY (site, minute, protocol)
) WITHOUT ROWID;

CREATE TABLE finding (
  num      INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  site     BIGINT NOT NULL REFERENCES site (id),
  rule     TEXT NOT NULL,
  level    TEXT NOT NULL,
  severity BIGINT NOT NULL,
  title    TEXT NOT NULL,
  count    BIGINT NOT NULL,
  first    BIGINT NOT NULL,
  last     BIGINT NOT NULL,
  opened   BIGINT NOT NULL,
  closed   BIGINT NOT NULL,
  doc      TEXT NOT NULL
);

CREATE TABLE finding_asset (
  finding BIGINT NOT NULL REFERENCES finding (num) ON DELETE CASCADE,
  asset   TEXT NOT NULL,
  PRIMARY KEY (finding, asset)
) WITHOUT ROWID;
CREATE INDEX finding_asset_asset ON finding_asset (asset);

CREATE TABLE segment (
  path   TEXT PRIMARY KEY,
  site   TEXT NOT NULL,
  kind   TEXT NOT NULL,
  step   TEXT NOT NULL,
  low    BIGINT NOT NULL,
  high   BIGINT NOT NULL,
  rows   BIGINT NOT NULL,
  bytes  BIGINT NOT NULL,
  sha256 TEXT NOT NULL
);
CREATE INDEX segment_low ON segment (site, kind, low);

CREATE TABLE capture (
  num        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  site       TEXT NOT NULL,
  name       TEXT NOT NULL,
  sensor     TEXT NOT NULL,
  path       TEXT NOT NULL,
  size       BIGINT NOT NULL,
  sha256     TEXT NOT NULL,
  state      TEXT NOT NULL,
  read_bytes BIGINT NOT NULL,
  packets    BIGINT NOT NULL,
  problem    TEXT NOT NULL,
  created    BIGINT NOT NULL,
  started    BIGINT NOT NULL,
  ended      BIGINT NOT NULL
);

CREATE TABLE kept (
  num     INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  site    TEXT NOT NULL,
  sensor  TEXT NOT NULL,
  note    TEXT NOT NULL,
  path    TEXT NOT NULL,
  size    BIGINT NOT NULL,
  sha256  TEXT NOT NULL,
  packets BIGINT NOT NULL,
  low     BIGINT NOT NULL,
  high    BIGINT NOT NULL,
  created BIGINT NOT NULL
);

CREATE TABLE setting (
  key     TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  value   TEXT NOT NULL
);
