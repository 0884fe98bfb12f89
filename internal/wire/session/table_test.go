package session

import (
	"math/rand/v2"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

func key(n int) *Key {
	return &Key{A: packet.Addr{Lo: 1}, B: packet.Addr{Lo: 2}, PortA: uint16(n), PortB: uint16(n >> 16), Proto: 6}
}

func TestKeyIsTheSameBothWays(t *testing.T) {
	p := packet.Packet{Kind: packet.TCP, Proto: 6, Src: packet.Addr{Lo: 9}, Dst: packet.Addr{Lo: 3}, SrcPort: 40000, DstPort: 502}
	q := p
	q.Src, q.Dst, q.SrcPort, q.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	a, sideA := KeyOf(&p)
	b, sideB := KeyOf(&q)
	if a != b || sideA == sideB {
		t.Errorf("%v side %d and %v side %d", a, sideA, b, sideB)
	}
	q.VLAN = 7
	if c, _ := KeyOf(&q); c != a {
		t.Error("a VLAN tag made another conversation")
	}
}

func TestKeyOfOneAddressTalkingToItself(t *testing.T) {
	p := packet.Packet{Kind: packet.TCP, Proto: 6, Src: packet.Addr{Lo: 9}, Dst: packet.Addr{Lo: 9}, SrcPort: 40000, DstPort: 102}
	q := p
	q.SrcPort, q.DstPort = p.DstPort, p.SrcPort
	a, sideA := KeyOf(&p)
	b, sideB := KeyOf(&q)
	if a != b || sideA == sideB {
		t.Errorf("%v side %d and %v side %d", a, sideA, b, sideB)
	}
}

func TestKeyOfHostsWithoutAnAddress(t *testing.T) {
	p := packet.Packet{
		Kind: packet.UDP, Proto: 17, Src: packet.Addr4([]byte{0, 0, 0, 0}), Dst: packet.Addr4([]byte{255, 255, 255, 255}), SrcPort: 68, DstPort: 67,
		SrcMAC: plant.MAC{2, 0, 0, 0, 0, 1},
	}
	q := p
	q.SrcMAC[5] = 2
	a, _ := KeyOf(&p)
	b, _ := KeyOf(&q)
	if a == b {
		t.Error("two clients share a conversation")
	}
}

func TestKeyOfFramesUsesMACs(t *testing.T) {
	p := packet.Packet{Kind: packet.Link, Type: 0x8892, SrcMAC: plant.MAC{2, 0, 0, 0, 0, 9}, DstMAC: plant.MAC{2, 0, 0, 0, 0, 1}}
	k, side := KeyOf(&p)
	if !k.IsLink() || side != 1 {
		t.Errorf("%v side %d", k, side)
	}
}

// TestTableAgainstAMap does the same to a table and to a map: the table, whose
// removal closes gaps in place, must know the same flows.
func TestTableAgainstAMap(t *testing.T) {
	gone := 0
	table := NewTable[int](1<<14, func(*Flow[int]) { gone++ })
	have := map[Key]uint32{}
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 200_000 {
		k := key(rng.IntN(3000))
		f, fresh := table.Find(k, int64(i))
		if _, known := have[*k]; known == fresh {
			t.Fatalf("step %d: fresh is %v, the map says known is %v", i, fresh, known)
		}
		f.Packets[0]++
		have[*k]++
		if f.Packets[0] != have[*k] {
			t.Fatalf("step %d: %d packets, want %d", i, f.Packets[0], have[*k])
		}
		if rng.IntN(20) == 0 { // this one ends
			f.Seen, f.Last = SeenClose, int64(i)-idleClosed-1
			table.remove(indexOf(table, f))
			delete(have, *k)
		}
	}
	if table.Len() != len(have) {
		t.Errorf("%d flows, want %d", table.Len(), len(have))
	}
}

func indexOf(t *Table[int], f *Flow[int]) uint32 {
	for i := range uint32(len(t.slabs) * slabSize) {
		if t.at(i) == f {
			return i
		}
	}
	panic("no such flow")
}

func TestTableIsBoundedAndLosesNothing(t *testing.T) {
	var out uint64
	table := NewTable[int](1000, func(f *Flow[int]) { out += uint64(f.Packets[0]) })
	for i := range 50_000 {
		f, _ := table.Find(key(i), 0)
		f.Packets[0]++
		if table.Len() > 1000 {
			t.Fatalf("%d flows, the bound is 1000", table.Len())
		}
	}
	table.Drain()
	if out != 50_000 {
		t.Errorf("%d packets came out, 50000 went in", out)
	}
	if table.Forced == 0 {
		t.Error("flows in use had to go and were not counted")
	}
}

func TestTableFoldsIdleFlows(t *testing.T) {
	var ended []Key
	table := NewTable[int](1<<20, func(f *Flow[int]) { ended = append(ended, f.Key) })
	closed, _ := table.Find(key(1), 0)
	closed.Packets = [2]uint32{1, 1}
	closed.Seen |= SeenClose
	open, _ := table.Find(key(2), 0)
	open.Packets = [2]uint32{1, 1}
	for i := range 2 * slabSize {
		table.Find(key(100+i), idleClosed+1)
	}
	if len(ended) != 1 || ended[0] != *key(1) {
		t.Errorf("ended: %v", ended)
	}
}

func BenchmarkFind(b *testing.B) {
	table := NewTable[int](1<<20, func(*Flow[int]) {})
	keys := make([]*Key, 4096)
	for i := range keys {
		keys[i] = key(i * 7)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f, _ := table.Find(keys[i&4095], 0)
		f.Packets[0]++
		i++
	}
}
