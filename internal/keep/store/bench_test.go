package store

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// minutesOf makes batches of a steady plant: each a minute with a row for each
// of so many conversations.
func minutesOf(conversations, minutes int) []*plant.Batch {
	var all []*plant.Batch
	for m := range minutes {
		from := now.Add(time.Duration(m) * time.Minute)
		b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: uint64(m + 1), From: from, To: from.Add(time.Minute), Made: from}
		for i := range conversations {
			b.Conversations = append(b.Conversations, plant.Conversation{
				Client: endpoint(i % 1000), Server: endpoint(1000 + i/10), Transport: plant.TCP, Port: uint16(i), Protocol: "modbus", Answered: true,
				Flows: 1, PacketsUp: 600, PacketsDown: 600, BytesUp: 48000, BytesDown: 60000, First: from, Last: from.Add(time.Minute - 1), Packet: plant.PacketRef(i + 1),
			})
		}
		all = append(all, b)
	}
	return all
}

func BenchmarkApply(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, size := range []struct{ conversations, minutes int }{{500, 60}, {10_000, 3}, {10_000, 1}, {500, 1}} {
			b.Run(fmt.Sprintf("%s/%d conversations, %d minutes at once", engine, size.conversations, size.minutes), func(b *testing.B) {
				db := openTest(b, emptyStore(b, engine), testOptions())
				batches := minutesOf(size.conversations, size.minutes)
				must[Applied](b)(db.Apply(ctx, clone(batches)))
				b.ResetTimer()
				before := cpu()
				for i := range b.N {
					for j, batch := range batches {
						batch.Sequence = uint64((i+1)*size.minutes + j + 1)
					}
					if _, err := db.Apply(ctx, batches); err != nil {
						b.Fatal(err)
					}
				}
				rows := float64(b.N * size.conversations * size.minutes)
				b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(rows/(cpu()-before).Seconds(), "rows/cpu-s")
			})
		}
	}
}

// cpu is what this process has used. On a machine that others use as well it
// says more than a clock; PostgreSQL's own is not in it.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// big is a store with many assets and ten conversations for each, made once
// for all benchmarks.
var big = map[string]func(testing.TB) *DB{}

func bigStore(b *testing.B, engine string, assets int) *DB {
	name := fmt.Sprint(engine, assets)
	if big[name] == nil {
		big[name] = sync.OnceValue(func() func(testing.TB) *DB {
			url := emptyStore(b, engine)
			if engine == "sqlite" {
				dir := must[string](b)(os.MkdirTemp("", "store"))
				url = dir + "/state.db"
				bigDirs = append(bigDirs, dir)
			}
			o := testOptions()
			o.Stale = 15 * time.Second
			o.Now = time.Now
			db := must[*DB](b)(Open(ctx, url, o))
			fill(b, db, assets)
			return func(testing.TB) *DB { return db }
		})()
	}
	return big[name](b)
}

var bigDirs []string

func bigEndpoint(n int) plant.Endpoint {
	return plant.Endpoint{MAC: plant.MAC{0, 0x1b, 0x1b, byte(n >> 16), byte(n >> 8), byte(n)}, IP: netip.AddrFrom4([4]byte{10, byte(n / 62500), byte(n / 250 % 250), byte(n%250 + 1)})}
}

func fill(b testing.TB, db *DB, assets int) {
	r := rand.New(rand.NewPCG(1, 1))
	vendors := []string{"Siemens", "Rockwell Automation", "Schneider Electric", "Dell", "Cisco", "WAGO", "ABB", "Beckhoff"}
	roles := []string{plant.RoleController, plant.RolePC, plant.RoleHMI, plant.RoleDrive, plant.RoleSwitch, plant.RoleUnknown}
	protocols := []string{"modbus", "s7comm", "profinet", "dns", "tls", "smb", "opcua"}
	seq := uint64(0)
	for at := 0; at < assets*10; at += 5000 {
		seq++
		batch := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: seq, Made: now, To: now}
		for i := at; i < min(at+5000, assets*10); i++ {
			last := now.Add(-time.Duration(r.IntN(3600)) * time.Second)
			client, server := bigEndpoint(r.IntN(assets)), bigEndpoint(r.IntN(assets)/7*7)
			batch.Conversations = append(batch.Conversations, plant.Conversation{
				Client: client, Server: server, Transport: plant.TCP, Port: uint16(i), Protocol: protocols[r.IntN(7)], Answered: true,
				Flows: 1, PacketsUp: r.Uint64N(1e4), BytesUp: r.Uint64N(1e7), BytesDown: r.Uint64N(1e7), First: last, Last: last, Packet: 1,
			})
			if i%5 == 0 {
				batch.Operations = append(batch.Operations, plant.Operation{
					Verb: plant.Verb{Protocol: "modbus", Code: "3", Name: "Read Holding Registers", Kind: plant.Kind(r.IntN(9))}, Requester: client, Responder: server, Port: 502,
					Object: fmt.Sprint("holding registers ", r.IntN(100)), Requests: r.Uint64N(1e6), First: last, Last: last, Packet: 1,
				})
			}
		}
		must[Applied](b)(db.Apply(ctx, []*plant.Batch{batch}))
	}
	rows := func(yield func(AssetRow) bool) {
		for i := range assets {
			row := assetAt(i, func(a *plant.Asset) {
				a.Vendor, a.Role, a.Last = vendors[i%8], roles[i%6], now.Add(-time.Duration(i)*time.Second)
				a.Names = []string{fmt.Sprintf("station-%d-line%d", i, i%50)}
				if i%4 == 0 {
					office(a)
				}
				for j := range 12 {
					a.Facts = append(a.Facts, plant.Fact{Field: plant.FieldProduct, Value: fmt.Sprint("product ", j), Source: "s7comm.szl", Confidence: 0.9, Count: 3, First: now, Last: now, Packet: 5})
				}
			})
			e := bigEndpoint(i)
			row.Asset.IPs, row.Asset.MACs, row.Endpoints = []netip.Addr{e.IP}, []plant.MAC{e.MAC}, []plant.Endpoint{e}
			row.Network = fmt.Sprintf("10.%d.%d.0/24", i/62500, i/250%250)
			if !yield(row) {
				return
			}
		}
	}
	start := time.Now()
	must[Saved](b)(db.SaveInventory(ctx, "works", now, rows))
	first := time.Since(start)
	start = time.Now()
	must[Saved](b)(db.SaveInventory(ctx, "works", now, rows))
	b.Logf("inventory of %d assets and %d conversations: first %s, unchanged %s", assets, assets*10, first, time.Since(start))
	must[Saved](b)(db.SaveFindings(ctx, "works", now, []plant.Finding{{Rule: "x", Level: "high", Assets: []string{"a5", "a10"}}}))
	if _, err := db.write.Exec("ANALYZE"); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkQueries(b *testing.B) {
	yes := true
	type query struct {
		name string
		do   func(db *DB, i int) error
	}
	assets := func(f AssetFilter, sort string) func(db *DB, i int) error {
		return func(db *DB, _ int) error {
			_, err := db.Assets(ctx, f, Page{Sort: sort})
			return err
		}
	}
	talks := func(f TalkFilter, sort string) func(db *DB, i int) error {
		return func(db *DB, _ int) error {
			_, err := db.Conversations(ctx, f, Page{Sort: sort})
			return err
		}
	}
	queries := []query{
		{"assets", assets(AssetFilter{}, "")},
		{"assets by last seen", assets(AssetFilter{}, "-last_seen")},
		{"assets by findings", assets(AssetFilter{}, "-findings")},
		{"assets searched", assets(AssetFilter{Q: "line17 siemens"}, "")},
		{"assets of a vendor by role", assets(AssetFilter{Vendor: "ABB"}, "role")},
		{"assets of a protocol", assets(AssetFilter{Protocol: "smb"}, "")},
		{"assets searched anew", func(db *DB, i int) error {
			_, err := db.Assets(ctx, AssetFilter{Q: fmt.Sprint("station-", i%1000)}, Page{})
			return err
		}},
		{"facets", func(db *DB, _ int) error { _, err := db.AssetFacets(ctx, AssetFilter{}); return err }},
		{"facets of new searches", func(db *DB, i int) error {
			_, err := db.AssetFacets(ctx, AssetFilter{Q: fmt.Sprint("station-", i%1000)})
			return err
		}},
		{"asset", func(db *DB, i int) error { _, err := db.Asset(ctx, fmt.Sprint("a", i%1000)); return err }},
		{"peers", func(db *DB, i int) error {
			_, err := db.Peers(ctx, fmt.Sprint("a", i%1000), now.Add(-24*time.Hour), Page{})
			return err
		}},
		{"conversations", talks(TalkFilter{}, "")},
		{"conversations by bytes", talks(TalkFilter{}, "-bytes")},
		{"conversations by last seen", talks(TalkFilter{}, "-last_seen")},
		{"conversations by packets", talks(TalkFilter{}, "-packets")},
		{"conversations that cross", talks(TalkFilter{Crossing: &yes}, "")},
		{"conversations that cross by bytes", talks(TalkFilter{Crossing: &yes}, "-bytes")},
		{"conversations of a protocol by bytes", talks(TalkFilter{Protocol: "s7comm"}, "-bytes")},
		{"conversations of the last minutes", talks(TalkFilter{From: now.Add(-5 * time.Minute)}, "-last_seen")},
		{"conversations of an asset", talks(TalkFilter{Asset: "a70"}, "-bytes")},
		{"operations", func(db *DB, _ int) error {
			_, err := db.Operations(ctx, TalkFilter{Kind: "write"}, Page{Sort: "-requests"})
			return err
		}},
		{"operations of an asset", func(db *DB, i int) error { _, err := db.Operations(ctx, TalkFilter{Asset: "a70"}, Page{}); return err }},
		{"overview", func(db *DB, _ int) error { _, err := db.Overview(ctx, "works"); return err }},
		{"map", func(db *DB, _ int) error { _, err := db.Map(ctx, "works"); return err }},
		{"talkers", func(db *DB, _ int) error { _, err := db.TopTalkers(ctx, "works", now.Add(-time.Hour), 20); return err }},
		{"traffic", func(db *DB, _ int) error {
			_, err := db.Traffic(ctx, "works", "", now.Add(-time.Hour), now, time.Minute)
			return err
		}},
		{"traffic of an asset", func(db *DB, _ int) error {
			_, err := db.Traffic(ctx, "works", "a70", now.Add(-time.Hour), now, time.Minute)
			return err
		}},
		{"sensors", func(db *DB, _ int) error { _, err := db.Sensors(ctx, ""); return err }},
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, n := range []int{1000, 50_000} {
			b.Run(fmt.Sprintf("%s %d assets", engine, n), func(b *testing.B) {
				db := bigStore(b, engine, n)
				for _, q := range queries {
					b.Run(q.name, func(b *testing.B) { queryTimes(b, func(i int) error { return q.do(db, i) }) })
				}
			})
		}
	}
}

// queryTimes reports the first time, when nothing is cached, and the 95th
// percentile of the others.
func queryTimes(b *testing.B, do func(i int) error) {
	var times []time.Duration
	before := cpu()
	for i := range b.N {
		start := time.Now()
		if err := do(i); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(times[0].Microseconds())/1000, "first-ms")
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
}
