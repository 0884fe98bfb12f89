package lab

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// half is one direction of a TCP connection: addresses and ports.
type half [12]byte

func (h half) back() half {
	return half(append(append(append(append([]byte{}, h[4:8]...), h[:4]...), h[10:12]...), h[8:10]...))
}

// ledger holds every connection against what TCP allows.
type ledger struct {
	t      *testing.T
	next   map[half]uint32 // sequence number that must come
	closed map[half]bool
	opened map[half]int // connections from an address to an address and port
}

// segment takes the IPv4 packet of a frame, if it has a TCP segment.
func (l *ledger) segment(f *capture.Frame) {
	kind, p := binary.BigEndian.Uint16(f.Data[12:]), f.Data[14:]
	if kind == 0x8100 {
		kind, p = binary.BigEndian.Uint16(p[2:]), p[4:]
	}
	if kind != 0x0800 || p[9] != 6 {
		return
	}
	p = p[:binary.BigEndian.Uint16(p[2:])]
	tcp := p[20:]
	h := half(append(append([]byte{}, p[12:20]...), tcp[:4]...))
	seq, flags, size := binary.BigEndian.Uint32(tcp[4:]), tcp[13], uint32(len(tcp))-uint32(tcp[12]>>4)*4
	_, known := l.next[h]
	switch {
	case flags&2 != 0:
		if flags&16 == 0 {
			if known && !l.closed[h] {
				l.t.Fatalf("%v: %x is opened while it is open", time.Unix(0, f.Time).UTC(), h)
			}
			l.closed[h] = false
			o := h
			o[8], o[9] = 0, 0 // whatever the client's port
			l.opened[o]++
		}
		l.next[h] = seq + 1
		return
	case !known || seq != l.next[h]:
		l.t.Fatalf("%v: %x goes on at %d, not at %d (known: %v)", time.Unix(0, f.Time).UTC(), h, seq, l.next[h], known)
	case flags&1 != 0:
		l.closed[h] = true
		size++
	}
	l.next[h] = seq + size
	if back, both := l.next[h.back()]; flags&16 != 0 && both && binary.BigEndian.Uint32(tcp[8:]) != back {
		l.t.Fatalf("%v: %x acknowledges %d, not %d", time.Unix(0, f.Time).UTC(), h, binary.BigEndian.Uint32(tcp[8:]), back)
	}
}

// TestConnectionsLiveAsLongAsTheirMachines follows every TCP connection through
// days and nights: none loses count, the SCADA server's to a controller is opened
// once, an operator's once for each stretch of work between two breaks, and that
// of an office computer each morning.
func TestConnectionsLiveAsLongAsTheirMachines(t *testing.T) {
	l := &ledger{t: t, next: map[half]uint32{}, closed: map[half]bool{}, opened: map[half]int{}}
	walk(t, Options{Scenario: "quiet-week", Start: monday.Add(15 * time.Hour), Time: 60 * time.Hour, Thin: 300}, l.segment)
	for name, c := range map[string]struct {
		pair half
		want int
	}{
		"the SCADA server":       {half{10, 20, 20, 31, 10, 21, 1, 10, 0, 0, 0, 102}, 1},
		"the panel":              {half{10, 21, 1, 20, 10, 21, 1, 10, 0, 0, 0, 102}, 1 + 3 + 5 + 5},
		"an office computer":     {half{10, 10, 10, 51, 10, 10, 10, 11, 0, 0, 1, 189}, 3},
		"the historian's OPC UA": {half{10, 20, 20, 32, 10, 20, 20, 31, 0, 0, 18, 232}, 1},
	} {
		if got := l.opened[c.pair]; got != c.want {
			t.Errorf("%s opened %d connections, want %d", name, got, c.want)
		}
	}
}
