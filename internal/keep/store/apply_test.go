package store

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var ctx = context.Background()

func endpoint(n int) plant.Endpoint {
	e := plant.Endpoint{MAC: plant.MAC{0, 0x1b, 0x1b, 0, byte(n >> 8), byte(n)}, VLAN: uint16(n % 3)}
	if n%7 != 0 { // some have no IP layer
		e.IP = netip.AddrFrom4([4]byte{10, 0, byte(n / 250), byte(n%250 + 1)})
	}
	return e
}

// stage makes batches of a plant that does not exist.
type stage struct {
	r       *rand.Rand
	hosts   int
	numbers map[string]uint64
	at      time.Time
}

func newStage(seed uint64, hosts int) *stage {
	return &stage{r: rand.New(rand.NewPCG(seed, 1)), hosts: hosts, numbers: map[string]uint64{}, at: now.Add(-2 * time.Hour)}
}

var protocols = []string{"modbus", "s7comm", "dns", "profinet"}

// batch is the next batch of a sensor, with about n rows.
func (g *stage) batch(site, sensor, epoch string, n int) *plant.Batch {
	g.numbers[site+sensor+epoch]++
	seq := g.numbers[site+sensor+epoch]
	g.at = g.at.Add(20 * time.Second)
	b := &plant.Batch{Site: site, Sensor: sensor, Epoch: epoch, Sequence: seq, Position: seq * 1000, From: g.at, To: g.at.Add(20 * time.Second), Made: g.at.Add(21 * time.Second)}
	b.Status = plant.SensorStatus{State: plant.SensorWatching, Packets: seq * 1000, Source: "eth1"}
	for range n {
		g.row(b)
	}
	return b
}

func (g *stage) row(b *plant.Batch) {
	x, y := endpoint(g.r.IntN(g.hosts)), endpoint(g.r.IntN(g.hosts))
	first := g.at.Add(time.Duration(g.r.IntN(20)) * time.Second)
	last := first.Add(time.Duration(g.r.IntN(1e9)))
	packet := plant.NewPacketRef(0, uint64(g.r.IntN(1e6)+1))
	n := func(max int) uint64 { return uint64(g.r.IntN(max)) }
	protocol := protocols[g.r.IntN(len(protocols))]
	switch g.r.IntN(8) {
	case 0:
		b.Sightings = append(b.Sightings, plant.Sighting{
			Endpoint: x, Slot: g.r.IntN(3) - 1, Field: plant.FieldFirmware, Value: fmt.Sprint("V", g.r.IntN(4)), Source: "lldp",
			Confidence: float64(g.r.IntN(10)) / 10, Count: 1 + n(5), First: first, Last: last, Packet: packet,
		})
	case 1, 2:
		b.Operations = append(b.Operations, plant.Operation{
			Verb:      plant.Verb{Protocol: protocol, Code: fmt.Sprint(g.r.IntN(3)), Name: "Write", Kind: plant.Write, Technique: "T0855"},
			Requester: x, Responder: y, Port: 502, Object: fmt.Sprint("DB", g.r.IntN(3)),
			Requests: n(9), Responses: n(9), Accepted: n(9), Refused: n(9), First: first, Last: last, Packet: packet,
		})
	case 3:
		b.Anomalies = append(b.Anomalies, plant.Anomaly{Source: x, Destination: y, Protocol: protocol, Kind: plant.AnomalyMalformed, Text: "short frame", Count: 1 + n(3), First: first, Last: last, Packet: packet})
	default:
		b.Conversations = append(b.Conversations, plant.Conversation{
			Client: x, Server: y, Transport: plant.Transport(g.r.IntN(4)), Port: uint16(g.r.IntN(3)), Protocol: protocol,
			Confirmed: g.r.IntN(2) == 0, Answered: g.r.IntN(2) == 0, Established: g.r.IntN(2) == 0,
			Flows: n(3), PacketsUp: n(100), PacketsDown: n(100), BytesUp: n(10000), BytesDown: n(10000), Lost: n(5), First: first, Last: last, Packet: packet,
		})
	}
}

// sum is what one key should add up to.
type sum struct {
	Counts      [8]uint64
	First, Last int64
	Packet      plant.PacketRef
}

func (s *sum) add(first, last time.Time, packet plant.PacketRef, counts ...uint64) {
	for i, c := range counts {
		s.Counts[i] += c
	}
	if s.First == 0 || first.UnixNano() < s.First {
		s.First, s.Packet = first.UnixNano(), packet
	}
	s.Last = max(s.Last, last.UnixNano())
}

// truth adds up batches the simple way. number gives sensors their numbers.
func truth(site string, batches []*plant.Batch, number func(sensor string) int) map[string]sum {
	all := map[string]sum{}
	for _, b := range batches {
		if b.Site != site {
			continue
		}
		ref := func(p plant.PacketRef) plant.PacketRef { return plant.NewPacketRef(number(b.Sensor), p.Number()) }
		for _, o := range b.Sightings {
			note(all, fmt.Sprint("fact ", b.Sensor, o.Endpoint, o.Slot, o.Field, o.Value, o.Source), o.First, o.Last, ref(o.Packet), o.Count)
		}
		for _, o := range b.Conversations {
			note(all, conversationName(&o), o.First, o.Last, ref(o.Packet), o.Flows, o.PacketsUp, o.PacketsDown, o.BytesUp, o.BytesDown, o.Lost)
		}
		for _, o := range b.Operations {
			note(all, operationName(&o), o.First, o.Last, ref(o.Packet), o.Requests, o.Responses, o.Accepted, o.Refused)
		}
		for _, o := range b.Anomalies {
			note(all, fmt.Sprint("anomaly ", o.Source, o.Destination, o.Protocol, o.Kind, o.Text), o.First, o.Last, ref(o.Packet), o.Count)
		}
	}
	return all
}

func conversationName(o *plant.Conversation) string {
	return fmt.Sprint("conversation ", o.Client, o.Server, o.Transport, o.Port, o.Protocol)
}

func operationName(o *plant.Operation) string {
	return fmt.Sprint("operation ", o.Requester, o.Responder, o.Port, o.Verb, o.Object)
}

func note(all map[string]sum, name string, first, last time.Time, packet plant.PacketRef, counts ...uint64) {
	s := all[name]
	s.add(first, last, packet, counts...)
	all[name] = s
}

// kept is what the store says, in the shape of truth.
func keptSums(t testing.TB, db *DB, site string) map[string]sum {
	t.Helper()
	all := map[string]sum{}
	ok(t, db.Sightings(ctx, site, func(o *plant.Sighting) error {
		_, sensor, err := db.SensorOf(ctx, o.Packet.Capture())
		note(all, fmt.Sprint("fact ", sensor, o.Endpoint, o.Slot, o.Field, o.Value, o.Source), o.First, o.Last, o.Packet, o.Count)
		return err
	}))
	ok(t, db.ConversationTotals(ctx, site, func(o *plant.Conversation) error {
		note(all, conversationName(o), o.First, o.Last, o.Packet, o.Flows, o.PacketsUp, o.PacketsDown, o.BytesUp, o.BytesDown, o.Lost)
		return nil
	}))
	ok(t, db.OperationTotals(ctx, site, func(o *plant.Operation) error {
		note(all, operationName(o), o.First, o.Last, o.Packet, o.Requests, o.Responses, o.Accepted, o.Refused)
		return nil
	}))
	ok(t, db.AnomalyTotals(ctx, site, func(o *plant.Anomaly) error {
		note(all, fmt.Sprint("anomaly ", o.Source, o.Destination, o.Protocol, o.Kind, o.Text), o.First, o.Last, o.Packet, o.Count)
		return nil
	}))
	return all
}

// numberOf gives sensors the numbers that the store gave them.
func numberOf(t testing.TB, db *DB) func(string) int {
	all := map[string]int{}
	for _, s := range must[[]Sensor](t)(db.Sensors(ctx, "")) {
		all[s.Name] = s.ID
	}
	return func(name string) int { return all[name] }
}

// clone copies batches as a bus would deliver them again.
func clone(batches []*plant.Batch) []*plant.Batch {
	var all []*plant.Batch
	for _, b := range batches {
		c := *b
		c.Sightings, c.Conversations = slices.Clone(b.Sightings), slices.Clone(b.Conversations)
		c.Operations, c.Anomalies = slices.Clone(b.Operations), slices.Clone(b.Anomalies)
		all = append(all, &c)
	}
	return all
}

// TestAnyDeliveryGivesTheSameTotals holds that whatever comes again, late,
// together or after a restart, each batch counts once.
func TestAnyDeliveryGivesTheSameTotals(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(engine, " seed ", seed), func(t *testing.T) {
				url := emptyStore(t, engine)
				db := openTest(t, url, testOptions())
				g := newStage(seed, 12)
				var sent []*plant.Batch
				for i := range 40 {
					sensor := []string{"west", "east"}[g.r.IntN(2)]
					sent = append(sent, g.batch("works", sensor, fmt.Sprint("life ", i/15), 12))
				}
				db = deliver(t, db, url, g.r, sent)
				want := truth("works", sent, numberOf(t, db))
				if d := cmp.Diff(want, keptSums(t, db, "works")); d != "" {
					t.Errorf("totals differ (-want +got):\n%s", d)
				}
				for _, s := range must[[]Sensor](t)(db.Sensors(ctx, "works")) {
					if s.Missing != 0 {
						t.Errorf("sensor %s lacks %d batches", s.Name, s.Missing)
					}
				}
			})
		}
	}
}

// deliver hands batches over in the worst ways a bus has.
func deliver(t *testing.T, db *DB, url string, r *rand.Rand, sent []*plant.Batch) *DB {
	waiting := slices.Clone(sent)
	for len(waiting) > 0 {
		n := min(1+r.IntN(6), len(waiting))
		part := slices.Clone(waiting[:n])
		waiting = waiting[n:]
		switch r.IntN(5) {
		case 0: // again, with what came before
			part = append(part, sent[:r.IntN(len(sent)-len(waiting)+1)]...)
		case 1: // out of order
			r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
		case 2: // the first of them much later
			waiting = append(waiting, part[0])
			part = part[1:]
		case 3: // the hub starts again
			ok(t, db.Close())
			db = openTest(t, url, testOptions())
		}
		must[Applied](t)(db.Apply(ctx, clone(part)))
	}
	return db
}

func TestApplySaysWhatBecameOfEachBatch(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		g := newStage(1, 5)
		one, two, three, four := g.batch("works", "west", "a", 3), g.batch("works", "west", "a", 3), g.batch("works", "west", "a", 3), g.batch("works", "west", "a", 3)
		other := g.batch("works", "west", "b", 3)
		tests := []struct {
			name    string
			batch   *plant.Batch
			want    AppliedBatch
			missing uint64
		}{
			{"the first is a new epoch", one, AppliedBatch{Sensor: 1, Outcome: Counted, NewEpoch: true}, 0},
			{"it comes again", one, AppliedBatch{Sensor: 1, Outcome: Duplicate}, 0},
			{"two are left out", four, AppliedBatch{Sensor: 1, Outcome: Counted, Missing: 2}, 2},
			{"the second comes late", two, AppliedBatch{Sensor: 1, Outcome: Late}, 1},
			{"the second comes again", two, AppliedBatch{Sensor: 1, Outcome: Duplicate}, 1},
			{"a new epoch begins at 1", other, AppliedBatch{Sensor: 1, Outcome: Counted, NewEpoch: true}, 1},
			{"the old epoch comes again", four, AppliedBatch{Sensor: 1, Outcome: Duplicate}, 1},
			{"the old epoch is completed", three, AppliedBatch{Sensor: 1, Outcome: Late}, 0},
		}
		for _, tt := range tests {
			done := must[Applied](t)(db.Apply(ctx, clone([]*plant.Batch{tt.batch})))
			if d := cmp.Diff([]AppliedBatch{tt.want}, done.Batches); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, d)
			}
			if s := must[Sensor](t)(db.Sensor(ctx, "works", "west")); s.Missing != tt.missing {
				t.Errorf("%s: %d batches are missing, want %d", tt.name, s.Missing, tt.missing)
			}
		}
	})
}

func TestPacketsCarryTheirSensor(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		g := newStage(1, 5)
		west, east := g.batch("works", "west", "a", 20), g.batch("works", "east", "a", 20)
		east.Conversations[0].Packet = 0
		done := must[Applied](t)(db.Apply(ctx, []*plant.Batch{west, east}))
		if got := east.Conversations[0].Packet; got != 0 {
			t.Errorf("no packet became %v", got)
		}
		for i, b := range []*plant.Batch{west, east} {
			p := b.Conversations[1].Packet
			site, name, err := db.SensorOf(ctx, p.Capture())
			if err != nil || site != "works" || name != b.Sensor || p.Capture() != done.Batches[i].Sensor || p.Number() == 0 {
				t.Errorf("packet %d of sensor %d is of %q %q (%v), want works %q", p.Number(), p.Capture(), site, name, err, b.Sensor)
			}
		}
		_, _, err := db.SensorOf(ctx, 77)
		wantKind(t, err, ErrNotFound)
	})
}

func TestABatchThatIsNoneChangesNothing(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		g := newStage(1, 5)
		good, bad := g.batch("works", "west", "a", 20), g.batch("works", "west", "a", 20)
		bad.Sequence = 0
		_, err := db.Apply(ctx, []*plant.Batch{good, bad})
		wantKind(t, err, ErrInvalid)
		if got := keptSums(t, db, "works"); len(got) != 0 {
			t.Errorf("%d totals after a failed Apply, want none", len(got))
		}
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{good}))
		if got := slices.Sorted(maps.Keys(keptSums(t, db, "works"))); len(got) == 0 {
			t.Error("the good batch alone left no totals")
		}
	})
}

func TestTextsThatDatabasesRefuse(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		long := string(make([]byte, 100_000))
		for i, value := range []string{"a\x00b", "\xff\xfe", long, "Stra\u00dfe", "'; DROP TABLE fact; --", ""} {
			b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: uint64(i + 1), Made: now}
			b.Sightings = []plant.Sighting{{Endpoint: endpoint(1), Slot: plant.NoSlot, Field: "name", Value: value, Source: "lldp", Count: 1 << 63, First: now, Last: now, Packet: 1}}
			b.Operations = []plant.Operation{{Requester: endpoint(1), Responder: endpoint(2), Object: value, Value: value, Requests: 1 << 63, First: now.AddDate(-2000, 0, 0)}}
			must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		}
		var values []string
		ok(t, db.Sightings(ctx, "works", func(o *plant.Sighting) error {
			values = append(values, o.Value)
			return nil
		}))
		if len(values) != 6 || !slices.Contains(values, "a\uFFFDb") || !slices.Contains(values, "Stra\u00dfe") {
			t.Errorf("kept %.200q", values)
		}
	})
}

func TestLimitsAreCounted(t *testing.T) {
	o := testOptions()
	o.Limits = Limits{Endpoints: 4, Conversations: 2, Operations: 1, Facts: 3, Anomalies: 1}
	enginesWith(t, o, func(t *testing.T, db *DB) {
		b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: 1, Made: now, To: now}
		for i := range 5 {
			b.Sightings = append(b.Sightings, plant.Sighting{Endpoint: endpoint(1), Field: "name", Value: fmt.Sprint(i), Count: 1})
			b.Conversations = append(b.Conversations, plant.Conversation{Client: endpoint(1), Server: endpoint(2), Port: uint16(i), Flows: 1})
			b.Operations = append(b.Operations, plant.Operation{Requester: endpoint(1), Responder: endpoint(2), Object: fmt.Sprint(i), Requests: 1})
			b.Anomalies = append(b.Anomalies, plant.Anomaly{Source: endpoint(1), Destination: endpoint(2), Text: fmt.Sprint(i), Count: 1})
		}
		b.Conversations = append(b.Conversations, plant.Conversation{Client: endpoint(50), Server: endpoint(51)}, plant.Conversation{Client: endpoint(52), Server: endpoint(53)})
		done := must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		want := map[string]uint64{"fact": 2, "conversation": 4, "operation": 4, "anomaly": 4, "endpoint": 1}
		if d := cmp.Diff(want, must[map[string]uint64](t)(db.Counters(ctx))); d != "" || done.LeftOut != 15 {
			t.Errorf("left out %d, want 15 (-want +got):\n%s", done.LeftOut, d)
		}
		// What is known goes on counting.
		b.Sequence = 2
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		ok(t, db.ConversationTotals(ctx, "works", func(c *plant.Conversation) error {
			if c.Flows != 2 {
				t.Errorf("conversation on port %d has %d flows, want 2", c.Port, c.Flows)
			}
			return nil
		}))
	})
}
