package inventory

import (
	"net/netip"
	"runtime"
	"strconv"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// large is the load of a big capture: half a million addresses behind 20,000
// MACs, a fact or two of each, 400,000 conversations.
func large(add func(plant.Observation)) int {
	const endpoints, conversations = 500_000, 400_000
	n := 0
	put := func(o plant.Observation) { n++; add(o) }
	var s plant.Sighting
	var c plant.Conversation
	for i := range endpoints {
		e := bigEndpoint(i)
		s = plant.Sighting{Endpoint: e, Slot: plant.NoSlot, Field: plant.FieldAddress, Value: e.IP.String(), Source: "ip", Confidence: 0.9, Count: 3, First: t0, Last: minute(1), Packet: plant.PacketRef(i + 1)}
		put(&s)
		s.Field, s.Value = plant.FieldTTL, "64"
		put(&s)
		if i%2 == 0 {
			s.Field, s.Value, s.Source = plant.FieldName, "host-"+strconv.Itoa(i), "dns"
			put(&s)
		}
	}
	for i := range conversations {
		c = plant.Conversation{Client: bigEndpoint(i), Server: bigEndpoint(i * 7 % endpoints), Transport: plant.TCP, Port: 443, Protocol: "tls", Confirmed: true, Answered: true, PacketsUp: 3, PacketsDown: 3, First: t0, Last: minute(1), Packet: 5}
		put(&c)
	}
	return n
}

func bigEndpoint(i int) plant.Endpoint {
	m := i / 25
	return plant.Endpoint{
		MAC: plant.MAC{0, 0x1b, 0x1b, byte(m >> 16), byte(m >> 8), byte(m)},
		IP:  netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}),
	}
}

func BenchmarkLarge(b *testing.B) {
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := New(Options{})
		n := large(x.Add)
		x.Build()
		runtime.GC()
		runtime.ReadMemStats(&after)
		assets := 0
		for range x.Assets() {
			assets++
		}
		if assets < 500_000 {
			b.Fatal(assets)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*b.N), "ns/observation")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/observation")
	}
}

func BenchmarkAdd(b *testing.B) {
	b.ReportAllocs()
	x := New(Options{})
	s := &plant.Sighting{Slot: plant.NoSlot, Field: plant.FieldFirmware, Value: "V3.2.6", Source: "s7comm.szl", Confidence: 0.9, Count: 1, First: t0, Last: t0}
	for i := range b.N {
		s.Endpoint = bigEndpoint(i % 100_000)
		x.Add(s)
	}
}
