package dissect_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// talker feeds an engine with datagrams between hosts 10.0.x.y and the server
// 10.9.9.9, port 7000, and keeps what it reports.
type talker struct {
	e    *dissect.Engine
	now  time.Time
	n    uint64
	port uint8 // of the hosts, low byte
	seen []plant.Observation
}

func newTalker(flows int) *talker {
	return &talker{e: dissect.NewEngine(protocols(), dissect.Options{MaxFlows: flows}), now: time.Unix(1_700_000_000, 0)}
}

// send is a datagram from or to a host.
func (k *talker) send(host uint16, toServer bool, payload []byte) {
	b := []byte{
		2, 0, 0, 0, 9, 9, 2, 0, 0, 0, 0, 0, 8, 0,
		0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 0, 10, 9, 9, 9,
		0xc3, byte(k.port), 0x1b, 0x58, 0, 0, 0, 0,
	}
	binary.BigEndian.PutUint16(b[10:], host)
	binary.BigEndian.PutUint16(b[28:], host)
	if !toServer {
		for _, r := range [][3]int{{0, 6, 6}, {26, 30, 4}, {34, 36, 2}} {
			for i := range r[2] {
				b[r[0]+i], b[r[1]+i] = b[r[1]+i], b[r[0]+i]
			}
		}
	}
	binary.BigEndian.PutUint16(b[16:], uint16(28+len(payload)))
	binary.BigEndian.PutUint16(b[38:], uint16(8+len(payload)))
	b = append(b, payload...)
	k.n++
	f := capture.Frame{Time: k.now.UnixNano(), Data: b, Wire: len(b), Link: packet.LinkEthernet}
	k.e.Frame(&f, plant.NewPacketRef(0, k.n))
}

// report keeps copies of what a report says.
func (k *talker) report() {
	k.seen = k.seen[:0]
	k.e.Report(k.now, func(o plant.Observation) {
		switch o := o.(type) {
		case *plant.Sighting:
			c := *o
			k.seen = append(k.seen, &c)
		case *plant.Conversation:
			c := *o
			k.seen = append(k.seen, &c)
		case *plant.Operation:
			c := *o
			k.seen = append(k.seen, &c)
		}
	})
}

func of[T plant.Observation](k *talker) (list []T) {
	for _, o := range k.seen {
		if x, ok := o.(T); ok {
			list = append(list, x)
		}
	}
	return list
}

// TestSteadyConversationIsOneRow polls a device every ten seconds for four hours:
// each minute has one row of it, what it says of itself comes once an hour, and
// everything adds up.
func TestSteadyConversationIsOneRow(t *testing.T) {
	k := newTalker(0)
	rows, names, told, requests, packets := 0, 0, uint64(0), uint64(0), uint64(0)
	for range 240 {
		for range 6 {
			k.send(1, true, message('q', 1, "a"))
			k.send(1, false, message('r', 1, "plc"))
			k.now = k.now.Add(10 * time.Second)
		}
		k.report()
		for _, c := range of[*plant.Conversation](k) {
			rows++
			packets += c.PacketsUp + c.PacketsDown
			if c.Last.Sub(c.First) > time.Minute || c.Client.IP.String() != "10.0.0.1" {
				t.Errorf("%+v", c)
			}
		}
		for _, o := range of[*plant.Operation](k) {
			requests += o.Requests
		}
		for _, s := range of[*plant.Sighting](k) {
			if s.Field == plant.FieldName {
				names++
				told += s.Count
			}
		}
	}
	if rows != 240 || names < 4 || names > 5 || requests != 1440 || packets != 2880 {
		t.Errorf("%d rows, %d names, %d requests, %d packets", rows, names, requests, packets)
	}
	k.e.Drain()
	k.report()
	for _, s := range of[*plant.Sighting](k) {
		if s.Field == plant.FieldName {
			told += s.Count
		}
	}
	if told != 1440 {
		t.Errorf("the name was told %d times", told)
	}
}

// TestRequestIsReportedWithItsAnswer reports between a request and its refusal,
// and then a request that nobody answers.
func TestRequestIsReportedWithItsAnswer(t *testing.T) {
	k := newTalker(0)
	step := func(kind byte, want string) {
		t.Helper()
		if kind != 0 {
			k.send(1, kind == 'q', message(kind, 1, "a"))
		}
		k.now = k.now.Add(30 * time.Second)
		k.report()
		got := ""
		for _, o := range of[*plant.Operation](k) {
			got += fmt.Sprintf("%d %d %d", o.Requests, o.Responses, o.Refused)
		}
		if got != want {
			t.Errorf("after %q: %q, want %q", kind, got, want)
		}
	}
	step('q', "")
	step('n', "1 1 1")
	step('q', "")
	step(0, "")
	step('p', "1 0 0"+"1 0 0") // the publication, and the request that is given up
}

// TestObjectsOfALongConnection writes another object every minute for a day: each
// has its own row, as on the first day.
func TestObjectsOfALongConnection(t *testing.T) {
	k := newTalker(0)
	for i := range 24 * 60 {
		name := fmt.Sprint("block ", i)
		k.send(1, true, message('q', 1, name))
		k.send(1, false, message('r', 1, "plc"))
		k.now = k.now.Add(time.Minute)
		k.report()
		if ops := of[*plant.Operation](k); len(ops) != 1 || ops[0].Object != "thing "+name {
			t.Fatalf("minute %d: %+v", i, ops)
		}
	}
}

// TestUnnamedIsHeldBack reports a conversation whose protocol is not clear yet
// after a minute, and one that is at once.
func TestUnnamedIsHeldBack(t *testing.T) {
	k := newTalker(0)
	k.send(1, true, []byte("T"))
	k.send(1, false, []byte("T"))
	k.send(2, true, message('q', 1, "a"))
	k.send(2, false, message('r', 1, "a"))
	k.now = k.now.Add(20 * time.Second)
	k.report()
	if c := of[*plant.Conversation](k); len(c) != 1 || c[0].Client.IP.String() != "10.0.0.2" {
		t.Errorf("%v", c)
	}
	k.now = k.now.Add(45 * time.Second)
	k.report()
	if c := of[*plant.Conversation](k); len(c) != 1 || c[0].PacketsUp+c[0].PacketsDown != 2 {
		t.Errorf("%v", c)
	}
	k.report()
	if len(k.seen) != 0 {
		t.Errorf("told again: %v", k.seen)
	}
}

// TestWeeks meets fifty new hosts with new names each minute for a week, twenty
// times what the tables hold: what is gone is forgotten and nothing is lost.
func TestWeeks(t *testing.T) {
	if testing.Short() {
		t.Skip("a week takes a second")
	}
	k := newTalker(4096)
	packets := uint64(0)
	for minute := range 7 * 24 * 60 {
		for i := range 50 {
			host := uint16(minute*50 + i)
			k.send(host, true, message('q', 1, "a"))
			k.send(host, false, message('r', 1, fmt.Sprint("plc", minute, ".", i)))
		}
		k.now = k.now.Add(time.Minute)
		k.report()
		for _, c := range of[*plant.Conversation](k) {
			packets += c.PacketsUp + c.PacketsDown
		}
	}
	if n := k.e.Lost(); n > 0 {
		t.Errorf("%d observations lost", n)
	}
	if packets != k.n {
		t.Errorf("%d packets of %d", packets, k.n)
	}
}

// TestClockSetBack goes on after the clock was set back by years.
func TestClockSetBack(t *testing.T) {
	k := newTalker(0)
	packets := uint64(0)
	for _, step := range []time.Duration{0, time.Minute, -20 * 365 * 24 * time.Hour, time.Minute, 30 * 365 * 24 * time.Hour, time.Minute} {
		k.now = k.now.Add(step)
		for range 3 {
			k.send(1, true, message('q', 1, "a"))
			k.send(1, false, message('r', 1, "plc"))
		}
		k.report()
		for _, c := range of[*plant.Conversation](k) {
			packets += c.PacketsUp + c.PacketsDown
		}
	}
	if packets != k.n {
		t.Errorf("%d packets of %d", packets, k.n)
	}
}

// BenchmarkReport measures how long the packet path rests for a report, with
// 100,000 conversations in progress of which some were active since the last.
func BenchmarkReport(b *testing.B) {
	const flows = 100_000
	for _, active := range []int{0, 1000, 10_000, flows} {
		b.Run(fmt.Sprint("active=", active), func(b *testing.B) {
			k := newTalker(2 * flows)
			send := func(n int) {
				for i := range n {
					k.flow(i)
				}
			}
			send(flows)
			k.now = k.now.Add(2 * time.Minute)
			k.e.Report(k.now, func(plant.Observation) {})
			rows := 0
			for b.Loop() {
				b.StopTimer()
				k.now = k.now.Add(time.Second)
				send(active)
				rows = 0
				b.StartTimer()
				k.e.Report(k.now, func(plant.Observation) { rows++ })
			}
			b.ReportMetric(float64(rows), "rows")
		})
	}
}

// BenchmarkCompact measures the report that comes with forgetting: once an hour,
// 100,000 conversations and 20,000 hosts are walked.
func BenchmarkCompact(b *testing.B) {
	k := newTalker(200_000)
	for i := range 100_000 {
		k.flow(i)
	}
	for b.Loop() {
		b.StopTimer()
		k.send(uint16(k.n), true, message('q', 0, "a"))
		k.send(uint16(k.n), false, message('r', 0, fmt.Sprint("new", k.n)))
		k.now = k.now.Add(61 * time.Minute)
		b.StartTimer()
		k.e.Report(k.now, func(plant.Observation) {})
	}
}

// flow sends a request and its answer in the i-th conversation: one of 20,000
// hosts and five ports.
func (k *talker) flow(i int) {
	k.port = uint8(i / 20_000)
	k.send(uint16(i%20_000), true, message('q', byte(i/20_000), "a"))
	k.send(uint16(i%20_000), false, message('r', byte(i/20_000), "plc"))
}
