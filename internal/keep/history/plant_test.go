package history

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// monday is when the test plant begins.
var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// testPlant makes the conversations of a plant: controllers that are polled, a
// few machines that talk now and then.
type testPlant struct {
	r     *rand.Rand
	talks []talk
	now   int // minutes since monday
	pkt   uint64
}

type talk struct {
	plant.Conversation
	perMinute float64
}

func newTestPlant(seed uint64, conversations int) *testPlant {
	p := &testPlant{r: rand.New(rand.NewPCG(seed, 7)), pkt: 1000}
	protocols := []struct {
		name string
		port uint16
	}{{"modbus", 502}, {"s7comm", 102}, {"enip", 44818}, {"opcua", 4840}, {"tls", 443}, {"smb", 445}, {"dns", 53}, {"rdp", 3389}}
	for i := range conversations {
		proto := protocols[p.r.IntN(len(protocols))]
		t := talk{perMinute: float64(1 + p.r.IntN(600))}
		t.Client = endpoint(1, p.r.IntN(1+conversations/15))
		t.Server = endpoint(2+i%4, i%(1+conversations/3))
		t.Transport, t.Port, t.Protocol = plant.TCP, proto.port, proto.name
		t.Confirmed, t.Answered, t.Established = true, true, true
		if i%25 == 24 { // PROFINET and the like have no IP
			t.Client.IP, t.Server.IP = netip.Addr{}, netip.Addr{}
			t.Transport, t.Port, t.Protocol, t.Established = plant.Ethernet, 0, "profinet", false
		}
		p.talks = append(p.talks, t)
	}
	return p
}

func endpoint(network, host int) plant.Endpoint {
	return plant.Endpoint{
		MAC:  plant.MAC{0, 0x1b, 0x1b, byte(network), byte(host >> 8), byte(host)},
		IP:   netip.AddrFrom4([4]byte{10, byte(host >> 8), byte(network), byte(host)}),
		VLAN: uint16(10 * network),
	}
}

// minute is the rows of the next minute.
func (p *testPlant) minute() []Conversation {
	start := monday.Add(time.Duration(p.now) * time.Minute)
	p.now++
	var rows []Conversation
	for _, t := range p.talks {
		if t.perMinute < 60 && p.r.IntN(3) == 0 {
			continue
		}
		n := uint64(max(1, t.perMinute*(0.98+0.04*p.r.Float64())))
		c := Conversation{Sensor: "sensor-1", Start: start, Conversation: t.Conversation}
		if p.r.IntN(20) == 0 {
			c.Flows = 1
		}
		c.PacketsUp, c.PacketsDown = n, n-p.r.Uint64N(2)
		c.BytesUp = n*66 + 12*p.r.Uint64N(3)
		c.BytesDown = n*uint64(70+t.Port%50) + p.r.Uint64N(n+1)
		if p.r.IntN(500) == 0 {
			c.Lost = p.r.Uint64N(1460)
		}
		gap := 60000 / int64(n)
		c.First = start.Add(time.Duration(p.r.Int64N(gap+1)) * time.Millisecond)
		c.Last = start.Add(time.Minute - time.Duration(1+p.r.Int64N(gap+1))*time.Millisecond)
		c.Packet = plant.PacketRef(p.pkt + p.r.Uint64N(uint64(10*gap+1)))
		rows = append(rows, c)
	}
	p.pkt += 60000
	return rows
}

// minutes is the rows of n minutes.
func (p *testPlant) minutes(n int) iter.Seq2[Conversation, error] {
	return func(yield func(Conversation, error) bool) {
		for range n {
			for _, c := range p.minute() {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

func rowsOf[R any](rows []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func openTest(t testing.TB) (*Archive, string) {
	t.Helper()
	dir := t.TempDir()
	a, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, dir
}

// hour is the spec of an hour of minutes since monday.
func hour(n int) Spec {
	from := monday.Add(time.Duration(n) * time.Hour)
	return Spec{Site: "north", Step: plant.StepMinute, From: from, To: from.Add(time.Hour)}
}

// hours seals n hours of the plant.
func (p *testPlant) hours(t testing.TB, a *Archive, n int) []plant.Segment {
	t.Helper()
	var list []plant.Segment
	for range n {
		s, err := a.WriteConversations(context.Background(), hour(p.now/60), p.minutes(60))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// operations are n operations of each of some minutes.
func operations(n, minutes int) []Operation {
	var rows []Operation
	for m := range minutes {
		start := monday.Add(time.Duration(m) * time.Minute)
		for i := range n {
			rows = append(rows, Operation{Sensor: "sensor-1", Start: start, Operation: plant.Operation{
				Verb:      plant.Verb{Protocol: "modbus", Code: "16", Name: "Write Multiple Registers", Kind: plant.Write, Technique: "T0855"},
				Requester: endpoint(1, i%3), Responder: endpoint(2, i),
				Port: 502, Object: fmt.Sprintf("holding registers %d-%d", i, i+4), Value: fmt.Sprint(m % 7),
				Requests: uint64(10 + m%3), Responses: uint64(10 + m%3), Accepted: uint64(10 + m%3 - m%2), Refused: uint64(m % 2),
				First: start.Add(time.Duration(i) * time.Millisecond), Last: start.Add(59 * time.Second), Packet: plant.PacketRef(1000*m + i + 1),
			}})
		}
	}
	return rows
}
