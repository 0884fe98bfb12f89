package wire_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/sim"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// tape is a clock that only counts.
type tape struct {
	now    time.Duration
	frames [][]byte
	alarms []*sim.Alarm
}

func (c *tape) Wait(d time.Duration)                            { c.now += d }
func (c *tape) Set(a *sim.Alarm, _ time.Duration)               { c.alarms = append(c.alarms, a) }
func (c *tape) Clear(*sim.Alarm)                                {}
func (c *tape) Emit(frame []byte)                               { c.frames = append(c.frames, bytes.Clone(frame)) }
func (c *tape) Jitter(d time.Duration, _ float64) time.Duration { return d }
func (c *tape) Noise(n int) []byte                              { return bytes.Repeat([]byte{7}, n) }

func end(ip string, s wire.Stack, src, dst byte) wire.End {
	return wire.End{
		Host: wire.NewHost(netip.MustParseAddr(ip), s, 1),
		Link: wire.Link{Src: plant.MAC{2, 0, 0, 0, 0, src}, Dst: plant.MAC{2, 0, 0, 0, 0, dst}},
	}
}

// dial opens a connection from 10.0.0.1 to 10.0.0.2.
func dial(c *tape, client, server wire.Stack, port uint16) *wire.Conn {
	a, b := end("10.0.0.1", client, 1, 2), end("10.0.0.2", server, 2, 1)
	return wire.Dial(c, a.Route(b.Host.IP), b.Route(a.Host.IP), port)
}

// segment is what the test looks at of a TCP frame without a VLAN.
type segment struct {
	flags    byte
	seq, ack uint32
	data     string
}

func parse(t *testing.T, frame []byte) segment {
	t.Helper()
	ip := frame[14:]
	ip = ip[:binary.BigEndian.Uint16(ip[2:])]
	if s := checksum(ip[:20], 0); s != 0xffff {
		t.Errorf("IP checksum: sum %04x", s)
	}
	tcp := ip[20:]
	if s := checksum(tcp, uint32(len(tcp))+6+uint32(checksum(ip[12:20], 0))); s != 0xffff {
		t.Errorf("TCP checksum: sum %04x", s)
	}
	return segment{tcp[13], binary.BigEndian.Uint32(tcp[4:]), binary.BigEndian.Uint32(tcp[8:]), string(tcp[tcp[12]>>4*4:])}
}

func checksum(b []byte, s uint32) uint16 {
	for i, x := range b {
		s += uint32(x) << (8 - 8*(i%2))
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

func TestConversationKeepsCount(t *testing.T) {
	c := &tape{}
	x := dial(c, wire.Windows, wire.Embedded, 502)
	x.Ask([]byte("ask"), []byte("answer"), time.Millisecond)
	for _, alarm := range c.alarms {
		alarm.Do()
	}
	x.Close()
	const start = 0x07070707
	want := []segment{
		{0x02, start, 0, ""},
		{0x12, start, start + 1, ""},
		{0x10, start + 1, start + 1, ""},
		{0x18, start + 1, start + 1, "ask"},
		{0x18, start + 1, start + 4, "answer"},
		{0x10, start + 4, start + 7, ""}, // late, because the client had nothing to say
		{0x11, start + 4, start + 7, ""},
		{0x11, start + 7, start + 5, ""},
		{0x10, start + 5, start + 8, ""},
	}
	if len(c.frames) != len(want) {
		t.Fatalf("%d frames, want %d", len(c.frames), len(want))
	}
	for i, f := range c.frames {
		if got := parse(t, f); got != want[i] {
			t.Errorf("frame %d: %+v, want %+v", i, got, want[i])
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	c := &tape{}
	x := dial(c, wire.Linux, wire.Linux, 443)
	c.frames = nil
	x.Say(bytes.Repeat([]byte("x"), 3000))
	var sizes []int
	for _, f := range c.frames {
		sizes = append(sizes, len(parse(t, f).data))
	}
	if !slices.Equal(sizes, []int{1460, 1460, 0, 80}) { // the receiver acknowledges each second one
		t.Errorf("segments of %v bytes", sizes)
	}
}

func TestDatagram(t *testing.T) {
	e := end("10.0.0.1", wire.Siemens, 1, 2)
	e.Hops = 3
	f := e.Route(netip.MustParseAddr("10.0.0.2")).UDP(nil, 1000, 53, []byte("abc"))
	if len(f) != 60 {
		t.Errorf("a short frame has %d bytes, want 60", len(f))
	}
	ip := f[14 : 14+31]
	if ip[8] != 27 {
		t.Errorf("time-to-live %d after three routers, want 27", ip[8])
	}
	udp := ip[20:]
	if s := checksum(udp, uint32(len(udp))+17+uint32(checksum(ip[12:20], 0))); s != 0xffff {
		t.Errorf("UDP checksum: sum %04x", s)
	}
}

func TestVLANTag(t *testing.T) {
	l := wire.Link{Src: plant.MAC{2, 0, 0, 0, 0, 1}, Dst: wire.Broadcast, VLAN: 101, Priority: 6}
	got := hex.EncodeToString(l.Frame(wire.TypeARP, nil)[:18])
	if want := "ffffffffffff0200000000018100c0650806"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPortsAreNotUsedTwice(t *testing.T) {
	h := wire.NewHost(netip.MustParseAddr("10.0.0.1"), wire.Windows, 65000)
	seen := map[uint16]bool{}
	for range 10000 {
		p := h.Port()
		if seen[p] || p < wire.Windows.FirstPort {
			t.Fatalf("port %d", p)
		}
		seen[p] = true
	}
}

func TestAClosedPortRefuses(t *testing.T) {
	c := &tape{}
	a, b := end("10.0.0.1", wire.Linux, 1, 2), end("10.0.0.2", wire.Embedded, 2, 1)
	wire.Refused(c, a.Route(b.Host.IP), b.Route(a.Host.IP), 80)
	want := []segment{{0x02, 0x07070707, 0, ""}, {0x14, 0, 0x07070708, ""}}
	for i, f := range c.frames {
		if got := parse(t, f); i >= len(want) || got != want[i] {
			t.Errorf("frame %d: %+v, want %+v", i, got, want)
		}
	}
}

// TestAMachineThatIsDown is asked, repeated to and given up.
func TestAMachineThatIsDown(t *testing.T) {
	c := &tape{}
	a, b := end("10.0.0.1", wire.Windows, 1, 2), end("10.0.0.2", wire.Siemens, 2, 1)
	to, back := a.Route(b.Host.IP), b.Route(a.Host.IP)
	x := wire.Dial(c, to, back, 102)
	b.Host.Down = true
	c.frames = nil
	x.Ask([]byte("ask"), []byte("answer"), 0)
	if len(c.frames) != 7 || !x.Lost() {
		t.Fatalf("%d frames, lost %v: want a request, five repeats and a reset", len(c.frames), x.Lost())
	}
	first := parse(t, c.frames[0])
	for _, f := range c.frames[:6] {
		if got := parse(t, f); got != first {
			t.Errorf("a repeat is %+v, the first was %+v", got, first)
		}
	}
	if last := parse(t, c.frames[6]); last.flags != 0x14 || last.seq != first.seq+3 {
		t.Errorf("it gave up with %+v", last)
	}
	c.frames = nil
	if x = wire.Dial(c, to, back, 102); !x.Lost() || len(c.frames) != 3 {
		t.Errorf("%d frames, lost %v: want three attempts", len(c.frames), x.Lost())
	}
}
