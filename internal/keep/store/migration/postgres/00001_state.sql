-- +goose Up
-- Times are nanoseconds since 1970 UTC, 0 for none. Packets are
-- plant.PacketRef: the sensor's number in the upper 16 bits, the packet's
-- number in the lower 48.

-- The next number of each table, and the generation that Forget raises so that
-- every process drops what it remembers of numbers.
CREATE TABLE serial (
  name TEXT COLLATE "C" PRIMARY KEY,
  next BIGINT NOT NULL
);

-- Observations that found no room, by table.
CREATE TABLE counter (
  name  TEXT COLLATE "C" PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE site (
  id   BIGINT PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE sensor (
  id       BIGINT PRIMARY KEY,
  site     BIGINT NOT NULL REFERENCES site (id),
  name     TEXT COLLATE "C" NOT NULL,
  epoch    TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  position BIGINT NOT NULL,
  batches  BIGINT NOT NULL,
  missing  BIGINT NOT NULL,
  made     BIGINT NOT NULL,
  heard    BIGINT NOT NULL,
  observed BIGINT NOT NULL,
  status   TEXT COLLATE "C" NOT NULL,
  UNIQUE (site, name)
);

-- The highest sequence of each epoch, and the numbers below it that are missing.
CREATE TABLE epoch (
  sensor   BIGINT NOT NULL REFERENCES sensor (id),
  epoch    TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  heard    BIGINT NOT NULL,
  PRIMARY KEY (sensor, epoch)
);

CREATE TABLE gap (
  sensor BIGINT NOT NULL REFERENCES sensor (id),
  epoch  TEXT COLLATE "C" NOT NULL,
  low    BIGINT NOT NULL,
  high   BIGINT NOT NULL,
  PRIMARY KEY (sensor, epoch, low)
);

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
);

CREATE TABLE asset (
  num          BIGINT PRIMARY KEY,
  id           TEXT COLLATE "C" NOT NULL UNIQUE,
  site         BIGINT NOT NULL REFERENCES site (id),
  kind         TEXT COLLATE "C" NOT NULL,
  side         TEXT COLLATE "C" NOT NULL,
  level        DOUBLE PRECISION NOT NULL,
  role         TEXT COLLATE "C" NOT NULL,
  label        TEXT COLLATE "C" NOT NULL,
  sorted       TEXT COLLATE "C" NOT NULL,
  network      TEXT COLLATE "C" NOT NULL,
  vendor       TEXT COLLATE "C" NOT NULL,
  product      TEXT COLLATE "C" NOT NULL,
  order_number TEXT COLLATE "C" NOT NULL,
  firmware     TEXT COLLATE "C" NOT NULL,
  hardware     TEXT COLLATE "C" NOT NULL,
  serial       TEXT COLLATE "C" NOT NULL,
  os           TEXT COLLATE "C" NOT NULL,
  names        TEXT COLLATE "C" NOT NULL,
  ips          TEXT COLLATE "C" NOT NULL,
  macs         TEXT COLLATE "C" NOT NULL,
  vlans        TEXT COLLATE "C" NOT NULL,
  protocols    TEXT COLLATE "C" NOT NULL,
  search       TEXT COLLATE "C" NOT NULL,
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
  hash         BYTEA NOT NULL
);
CREATE INDEX asset_sorted ON asset (sorted, num);

-- The whole plant.Asset as JSON, apart so that lists read narrow rows.
CREATE TABLE asset_doc (
  asset BIGINT PRIMARY KEY REFERENCES asset (num) ON DELETE CASCADE,
  doc   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE asset_alias (
  former TEXT COLLATE "C" PRIMARY KEY,
  asset  BIGINT NOT NULL REFERENCES asset (num) ON DELETE CASCADE
);
CREATE INDEX asset_alias_asset ON asset_alias (asset);

CREATE TABLE asset_change (
  id    BIGINT PRIMARY KEY,
  site  BIGINT NOT NULL REFERENCES site (id),
  asset BIGINT NOT NULL REFERENCES asset (num) ON DELETE CASCADE,
  field TEXT COLLATE "C" NOT NULL,
  old   TEXT COLLATE "C" NOT NULL,
  new   TEXT COLLATE "C" NOT NULL,
  at    BIGINT NOT NULL
);
CREATE INDEX asset_change_asset ON asset_change (asset, id);

CREATE TABLE endpoint (
  id    BIGINT PRIMARY KEY,
  site  BIGINT NOT NULL REFERENCES site (id),
  mac   TEXT COLLATE "C" NOT NULL,
  ip    TEXT COLLATE "C" NOT NULL,
  vlan  BIGINT NOT NULL,
  asset BIGINT REFERENCES asset (num) ON DELETE SET NULL,
  UNIQUE (site, ip, mac, vlan)
);
CREATE INDEX endpoint_asset ON endpoint (asset);

-- key is a hash of what makes a row one of a kind: texts of devices can be
-- longer than an index may hold.
CREATE TABLE fact (
  id         BIGINT PRIMARY KEY,
  key        BYTEA NOT NULL UNIQUE,
  endpoint   BIGINT NOT NULL REFERENCES endpoint (id),
  sensor     BIGINT NOT NULL REFERENCES sensor (id),
  slot       BIGINT NOT NULL,
  field      TEXT COLLATE "C" NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  source     TEXT COLLATE "C" NOT NULL,
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
  id           BIGINT PRIMARY KEY,
  key          BYTEA NOT NULL UNIQUE,
  site         BIGINT NOT NULL REFERENCES site (id),
  client       BIGINT NOT NULL REFERENCES endpoint (id),
  server       BIGINT NOT NULL REFERENCES endpoint (id),
  transport    BIGINT NOT NULL,
  port         BIGINT NOT NULL,
  protocol     TEXT COLLATE "C" NOT NULL,
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
  id              BIGINT PRIMARY KEY,
  key             BYTEA NOT NULL UNIQUE,
  site            BIGINT NOT NULL REFERENCES site (id),
  requester       BIGINT NOT NULL REFERENCES endpoint (id),
  responder       BIGINT NOT NULL REFERENCES endpoint (id),
  port            BIGINT NOT NULL,
  protocol        TEXT COLLATE "C" NOT NULL,
  code            TEXT COLLATE "C" NOT NULL,
  name            TEXT COLLATE "C" NOT NULL,
  kind            BIGINT NOT NULL,
  technique       TEXT COLLATE "C" NOT NULL,
  reply           TEXT COLLATE "C" NOT NULL,
  object          TEXT COLLATE "C" NOT NULL,
  value           TEXT COLLATE "C" NOT NULL,
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
  id          BIGINT PRIMARY KEY,
  key         BYTEA NOT NULL UNIQUE,
  site        BIGINT NOT NULL REFERENCES site (id),
  source      BIGINT NOT NULL REFERENCES endpoint (id),
  destination BIGINT NOT NULL REFERENCES endpoint (id),
  protocol    TEXT COLLATE "C" NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  text        TEXT COLLATE "C" NOT NULL,
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
  id           BIGINT PRIMARY KEY,
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
  id        BIGINT PRIMARY KEY,
  site      BIGINT NOT NULL,
  operation BIGINT NOT NULL REFERENCES operation (id),
  sensor    BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  last      BIGINT NOT NULL,
  value     TEXT COLLATE "C" NOT NULL,
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
  protocol TEXT COLLATE "C" NOT NULL,
  packets  BIGINT NOT NULL,
  bytes    BIGINT NOT NULL,
  PRIMARY KEY (site, minute, protocol)
);

CREATE TABLE finding (
  num      BIGINT PRIMARY KEY,
  id       TEXT COLLATE "C" NOT NULL UNIQUE,
  site     BIGINT NOT NULL REFERENCES site (id),
  rule     TEXT COLLATE "C" NOT NULL,
  level    TEXT COLLATE "C" NOT NULL,
  severity BIGINT NOT NULL,
  title    TEXT COLLATE "C" NOT NULL,
  count    BIGINT NOT NULL,
  first    BIGINT NOT NULL,
  last     BIGINT NOT NULL,
  opened   BIGINT NOT NULL,
  closed   BIGINT NOT NULL,
  doc      TEXT COLLATE "C" NOT NULL
);

CREATE TABLE finding_asset (
  finding BIGINT NOT NULL REFERENCES finding (num) ON DELETE CASCADE,
  asset   TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (finding, asset)
);
CREATE INDEX finding_asset_asset ON finding_asset (asset);

CREATE TABLE segment (
  path   TEXT COLLATE "C" PRIMARY KEY,
  site   TEXT COLLATE "C" NOT NULL,
  kind   TEXT COLLATE "C" NOT NULL,
  step   TEXT COLLATE "C" NOT NULL,
  low    BIGINT NOT NULL,
  high   BIGINT NOT NULL,
  rows   BIGINT NOT NULL,
  bytes  BIGINT NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL
);
CREATE INDEX segment_low ON segment (site, kind, low);

CREATE TABLE capture (
  num        BIGINT PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL UNIQUE,
  site       TEXT COLLATE "C" NOT NULL,
  name       TEXT COLLATE "C" NOT NULL,
  sensor     TEXT COLLATE "C" NOT NULL,
  path       TEXT COLLATE "C" NOT NULL,
  size       BIGINT NOT NULL,
  sha256     TEXT COLLATE "C" NOT NULL,
  state      TEXT COLLATE "C" NOT NULL,
  read_bytes BIGINT NOT NULL,
  packets    BIGINT NOT NULL,
  problem    TEXT COLLATE "C" NOT NULL,
  created    BIGINT NOT NULL,
  started    BIGINT NOT NULL,
  ended      BIGINT NOT NULL
);

CREATE TABLE kept (
  num     BIGINT PRIMARY KEY,
  id      TEXT COLLATE "C" NOT NULL UNIQUE,
  site    TEXT COLLATE "C" NOT NULL,
  sensor  TEXT COLLATE "C" NOT NULL,
  note    TEXT COLLATE "C" NOT NULL,
  path    TEXT COLLATE "C" NOT NULL,
  size    BIGINT NOT NULL,
  sha256  TEXT COLLATE "C" NOT NULL,
  packets BIGINT NOT NULL,
  low     BIGINT NOT NULL,
  high    BIGINT NOT NULL,
  created BIGINT NOT NULL
);

CREATE TABLE setting (
  key     TEXT COLLATE "C" PRIMARY KEY,
  version BIGINT NOT NULL,
  value   TEXT COLLATE "C" NOT NULL
);
