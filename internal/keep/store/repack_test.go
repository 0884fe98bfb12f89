package store

import (
	"database/sql"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// TestRowsOfAnEarlierVersionArePacked fills a store of schema 1, where each row
// by the minute was a row of SQL, opens it and holds that they are all there.
func TestRowsOfAnEarlierVersionArePacked(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			url := emptyStore(t, engine)
			makeSchema1(t, url)
			db := openTest(t, url, testOptions())
			want := []plant.Conversation{
				{First: now, Last: now.Add(1e9), Packet: plant.NewPacketRef(1, 77), Answered: true, Flows: 1, PacketsUp: 2, PacketsDown: 3, BytesUp: 4, BytesDown: 5, Lost: 6},
				{First: now.Add(61e9), Last: now.Add(62e9), Packet: plant.NewPacketRef(1, 99), Flows: 10, PacketsUp: 20, PacketsDown: 30, BytesUp: 40, BytesDown: 50, Lost: 60},
			}
			for i := range want {
				want[i].Client, want[i].Server = endpoint(1), endpoint(2)
				want[i].Transport, want[i].Port, want[i].Protocol = plant.TCP, 502, "modbus"
			}
			var got []plant.Conversation
			upTo := must[int64](t)(db.RecentConversations(ctx, "works", now, func(sensor string, c *plant.Conversation) error {
				if sensor != "west" {
					t.Errorf("seen by %q", sensor)
				}
				got = append(got, *c)
				return nil
			}))
			if d := cmp.Diff(want, got, cmp.Comparer(func(a, b plant.Endpoint) bool { return a == b })); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			var values []string
			must[int64](t)(db.RecentOperations(ctx, "works", now, func(_ string, o *plant.Operation) error {
				values = append(values, o.Value)
				return nil
			}))
			if d := cmp.Diff([]string{"12"}, values); d != "" {
				t.Errorf("values (-want +got):\n%s", d)
			}
			// Sealing removes them, and none of what came since.
			late := talk(1, [2]int{1, 2})
			late.Conversations[0].First = now
			must[Applied](t)(db.Apply(ctx, []*plant.Batch{late}))
			ok(t, db.Sealed(ctx, Hour{Site: "works", At: now, Kind: plant.SegmentConversations}, upTo, nil))
			left := 0
			must[int64](t)(db.RecentConversations(ctx, "works", now, func(string, *plant.Conversation) error { left++; return nil }))
			if left != 1 {
				t.Errorf("%d rows are left, 1 came after the others were read", left)
			}
		})
	}
}

// makeSchema1 makes a store as the first version did, with two rows of a
// conversation and one of an operation.
func makeSchema1(t *testing.T, url string) {
	t.Helper()
	d, driver, source := &sqliteDialect, "sqlite", dsn(url, writerPragmas, "")
	if isPostgres(url) {
		d, driver, source = &postgresDialect, "pgx", url
	}
	conn := must[*sql.DB](t)(sql.Open(driver, source))
	defer conn.Close()
	files := must[fs.FS](t)(fs.Sub(migrations, d.schema))
	p := must[*goose.Provider](t)(goose.NewProvider(d.goose, conn, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())))
	must[[]*goose.MigrationResult](t)(p.UpTo(ctx, 1))
	one, other := endpoint(1), endpoint(2)
	for _, statement := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO site (id, name) VALUES (1, 'works')", nil},
		{"INSERT INTO sensor (id, site, name, epoch, sequence, position, batches, missing, made, heard, observed, status) VALUES (1, 1, 'west', '', 0, 0, 0, 0, 0, 0, 0, '{}')", nil},
		{"INSERT INTO endpoint (id, site, mac, ip, vlan) VALUES (1, 1, ?, ?, ?), (2, 1, ?, ?, ?)", []any{macText(one.MAC), ipText(one.IP), int64(one.VLAN), macText(other.MAC), ipText(other.IP), int64(other.VLAN)}},
		{
			"INSERT INTO conversation (id, key, site, client, server, transport, port, protocol, flags, flows, packets_up, packets_down, bytes_up, bytes_down, lost, first, last, packet) VALUES (5, ?, 1, 1, 2, ?, 502, 'modbus', 2, 11, 22, 33, 44, 55, 66, ?, ?, 0)",
			[]any{[]byte("k"), int64(plant.TCP), now.UnixNano(), now.Add(62e9).UnixNano()},
		},
		{
			"INSERT INTO recent_conversation (id, site, conversation, sensor, at, last, flags, flows, packets_up, packets_down, bytes_up, bytes_down, lost, packet) VALUES (8, 1, 5, 1, ?, ?, 2, 1, 2, 3, 4, 5, 6, ?), (9, 1, 5, 1, ?, ?, 0, 10, 20, 30, 40, 50, 60, ?)",
			[]any{now.UnixNano(), now.Add(1e9).UnixNano(), int64(plant.NewPacketRef(1, 77)), now.Add(61e9).UnixNano(), now.Add(62e9).UnixNano(), int64(plant.NewPacketRef(1, 99))},
		},
		{
			"INSERT INTO operation (id, key, site, requester, responder, port, protocol, code, name, kind, technique, reply, object, value, requests, responses, accepted, refused, first, last, packet) VALUES (6, ?, 1, 1, 2, 502, 'modbus', '3', 'Read', 1, '', '', '', '', 1, 1, 1, 0, ?, ?, 0)",
			[]any{[]byte("o"), now.UnixNano(), now.UnixNano()},
		},
		{"INSERT INTO recent_operation (id, site, operation, sensor, at, last, value, requests, responses, accepted, refused, packet) VALUES (7, 1, 6, 1, ?, ?, '12', 1, 1, 1, 0, 0)", []any{now.UnixNano(), now.UnixNano()}},
		{"INSERT INTO serial (name, next) VALUES ('site', 1), ('sensor', 1), ('endpoint', 2), ('conversation', 5), ('operation', 6), ('recent_conversation', 9), ('recent_operation', 7)", nil},
	} {
		_, err := conn.Exec(numbered(statement.query), statement.args...)
		ok(t, err)
	}
}
