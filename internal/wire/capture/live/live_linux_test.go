package live

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live/livetest"
)

// small is a ring for tests. It is idle only after the kernel has handed over
// every frame that came.
func small(name string) Options {
	return Options{Interface: name, BlockSize: 1 << 16, Blocks: 16, Idle: 3 * retire * time.Millisecond}
}

func open(t *testing.T, o Options) *Handle {
	t.Helper()
	h, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, h) })
	return h
}

// end closes a handle and reads its sources to their end.
func end(t *testing.T, h *Handle) {
	t.Helper()
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	for i := range h.Sources() {
		for {
			if err := h.Source(i).Next(new(capture.Frame)); err == io.EOF {
				break
			} else if err != nil && !errors.Is(err, ErrIdle) {
				t.Fatal(err)
			}
		}
	}
}

// read takes n frames from a source, or fails after a time that no machine needs.
func read(t *testing.T, s *Source, n int) (frames []capture.Frame) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); len(frames) < n; {
		var f capture.Frame
		switch err := s.Next(&f); {
		case err == nil:
			f.Data = bytes.Clone(f.Data)
			frames = append(frames, f)
		case !errors.Is(err, ErrIdle):
			t.Fatal(err)
		case time.Now().After(until):
			t.Fatalf("%d of %d frames came", len(frames), n)
		}
	}
	return frames
}

// nothing fails if a frame comes within one idle time.
func nothing(t *testing.T, s *Source) {
	t.Helper()
	var f capture.Frame
	if err := s.Next(&f); !errors.Is(err, ErrIdle) {
		t.Fatalf("Next = %v, %d bytes; want ErrIdle", err, len(f.Data))
	}
}

// frame is an Ethernet frame with these tags (EtherType, TCI …) and a payload
// that tells its number.
func frame(number, size int, tags ...uint16) []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}
	for _, t := range tags {
		b = binary.BigEndian.AppendUint16(b, t)
	}
	b = binary.BigEndian.AppendUint16(b, 0x88b5) // for experiments, IEEE 802
	b = binary.BigEndian.AppendUint32(b, uint32(number))
	for len(b) < size {
		b = append(b, byte(len(b)*7+number))
	}
	return b
}

func TestFramesArriveCompleteAndInOrder(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	h := open(t, small(mirror0))
	send := livetest.NewSender(t, plant0)
	shapes := []struct {
		name string
		tags []uint16
	}{
		{"untagged", nil},
		{"802.1Q", []uint16{0x8100, 0x6007}},
		{"priority tag", []uint16{0x8100, 0xe000}},
		{"provider tag alone", []uint16{0x88a8, 100}},
		{"QinQ", []uint16{0x88a8, 100, 0x8100, 7}},
		{"two customer tags", []uint16{0x8100, 100, 0x8100, 7}},
		{"three tags", []uint16{0x88a8, 1, 0x8100, 2, 0x8100, 3}},
	}
	before := time.Now().Add(-time.Second)
	var sent [][]byte
	for round := range 40 {
		for _, s := range shapes {
			sent = append(sent, frame(len(sent), 60+round*36, s.tags...))
		}
	}
	send.Send(t, sent...)
	got := read(t, h.Source(0), len(sent))
	for i, f := range got {
		shape := shapes[i%len(shapes)].name
		if !bytes.Equal(f.Data, sent[i]) {
			t.Fatalf("frame %d (%s):\n got %x\nsent %x", i, shape, f.Data, sent[i])
		}
		if f.Wire != len(sent[i]) || f.Link != 1 {
			t.Fatalf("frame %d (%s): wire length %d of %d, link %d", i, shape, f.Wire, len(sent[i]), f.Link)
		}
		if at := time.Unix(0, f.Time); at.Before(before) || at.After(time.Now()) || i > 0 && f.Time < got[i-1].Time {
			t.Fatalf("frame %d has the time %v", i, at)
		}
	}
	nothing(t, h.Source(0))
	if st := h.Status(); st.Packets != uint64(len(sent)) || st.Dropped != 0 || st.State != plant.SensorWatching || st.MTU != 1500 {
		t.Errorf("status %+v", st)
	}
}

func TestNothingIsSent(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	o := small(mirror0)
	o.Workers = 2
	h := open(t, o)
	send := livetest.NewSender(t, plant0)
	for i := range 2000 {
		send.Send(t, frame(i, 64))
	}
	read(t, h.Source(0), 1) // one pair of addresses: all go to one source
	if n := livetest.Sent(t, mirror0); n != 0 {
		t.Fatalf("%d frames left %s", n, mirror0)
	}
	// Not even when asked to.
	if !h.Status().Mute {
		t.Skip("needs Linux 4.11 for a socket that cannot send")
	}
	f := frame(1, 64)
	to := &unix.SockaddrLinklayer{Ifindex: h.Source(0).sock.bound(), Protocol: networkOrder(0x88b5), Halen: 6, Addr: [8]byte{2, 0, 0, 0, 0, 1}}
	for _, fd := range h.Descriptors() {
		_, _ = unix.Write(fd, f)
		_ = unix.Send(fd, f, 0)
		_ = unix.Sendto(fd, f, 0, to)
		_ = unix.Sendmsg(fd, f, nil, to, 0)
		_, _ = unix.Writev(fd, [][]byte{f})
	}
	if n := livetest.Sent(t, mirror0); n != 0 {
		t.Fatalf("%d frames left %s", n, mirror0)
	}
	// Another socket can, or what is above proves nothing.
	livetest.NewSender(t, mirror0).Send(t, frame(1, 64))
	if n := livetest.Sent(t, mirror0); n != 1 {
		t.Fatalf("the kernel counts %d frames", n)
	}
}

func TestOwnFramesAreLeftOut(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	without, with := open(t, small(mirror0)), small(mirror0)
	with.Outgoing = true
	both := open(t, with)
	own := livetest.NewSender(t, mirror0)
	own.ByQueue(t)
	var f capture.Frame
	for until := time.Now().Add(10 * time.Second); both.Source(0).Next(&f) != nil; {
		if time.Now().After(until) {
			t.Fatal("no frame of its own came although they are asked for")
		}
		own.Send(t, frame(1, 64))
	}
	livetest.NewSender(t, plant0).Send(t, frame(2, 64))
	if f := read(t, without.Source(0), 1); !bytes.Equal(f[0].Data, frame(2, 64)) {
		t.Errorf("got %x", f[0].Data)
	}
	nothing(t, without.Source(0))
}

func TestInterfaceComesAndGoes(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	h := open(t, small(mirror0))
	s := h.Source(0)
	livetest.NewSender(t, plant0).Send(t, frame(1, 64))
	read(t, s, 1)

	state := func(want plant.SensorState) {
		t.Helper()
		nothing(t, s)
		if st := h.Status(); st.State != want || (st.Problem == "") != (want == plant.SensorWatching) {
			t.Fatalf("state %q (%s), want %q", st.State, st.Problem, want)
		}
	}
	livetest.IP(t, "link set plant0 down")
	state(plant.SensorNoLink)
	livetest.IP(t, "link set plant0 up")
	livetest.IP(t, "link set mirror0 down")
	state(plant.SensorNoLink)
	livetest.IP(t, "link set mirror0 up")
	state(plant.SensorWatching)
	livetest.NewSender(t, plant0).Send(t, frame(2, 64))
	read(t, s, 1)

	for i := range 3 {
		livetest.IP(t, "link del mirror0")
		state(plant.SensorNoLink)
		livetest.Cable(t)
		state(plant.SensorWatching) // bound anew in the pause
		livetest.NewSender(t, plant0).Send(t, frame(i, 64))
		if f := read(t, s, 1); !bytes.Equal(f[0].Data, frame(i, 64)) {
			t.Fatalf("got %x", f[0].Data)
		}
	}
	nothing(t, s)
	if st := h.Status(); st.Rebinds != 3 || st.Packets != 5 {
		t.Errorf("status %+v", st)
	}
}

func TestInterfaceIsDownAtFirst(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	livetest.IP(t, "link set mirror0 down")
	h := open(t, small(mirror0))
	nothing(t, h.Source(0))
	if st := h.Status(); st.State != plant.SensorNoLink {
		t.Errorf("status %+v", st)
	}
	livetest.IP(t, "link set mirror0 up")
	nothing(t, h.Source(0)) // the other side sends only after a moment
	livetest.NewSender(t, plant0).Send(t, frame(1, 64))
	read(t, h.Source(0), 1)
}

func TestInterfaceIsRenamed(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	h := open(t, small(mirror0))
	livetest.IP(t, "link set mirror0 down")
	livetest.IP(t, "link set mirror0 name other0 up")
	nothing(t, h.Source(0))
	livetest.NewSender(t, plant0).Send(t, frame(1, 64))
	read(t, h.Source(0), 1)
	if st := h.Status(); st.State != plant.SensorWatching || st.Problem == "" || st.Rebinds != 0 {
		t.Errorf("status %+v", st)
	}
}

func TestSilentLineIsToldFromNoLink(t *testing.T) {
	_, mirror0 := livetest.Pair(t)
	o := small(mirror0)
	o.Silent = time.Nanosecond
	if st := open(t, o).Status(); st.State != plant.SensorSilent || st.Problem == "" {
		t.Errorf("status %+v", st)
	}
}

func TestDropsAreCounted(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	o := small(mirror0)
	o.BlockSize, o.Blocks = 1<<14, 4
	h := open(t, o)
	send := livetest.NewSender(t, plant0)
	const n = 500
	for i := range n {
		send.Send(t, frame(i, 1000))
	}
	var f capture.Frame
	for h.Source(0).Next(&f) == nil {
	}
	st := h.Status()
	if st.Dropped == 0 || st.Packets+st.Dropped != n || st.Freezes == 0 {
		t.Errorf("sent %d into a ring of 64 KiB: status %+v", n, st)
	}
}

func TestLongFrames(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	o := small(mirror0)
	whole := open(t, o)
	o.Snaplen = 96
	short := open(t, o)
	merged := append(frame(0, 0)[:12], 8, 0)
	merged = append(merged, ipv4(6, 20+9000, [4]byte{10, 0, 0, 1}, [4]byte{10, 0, 0, 2})...)
	merged = append(merged, 0, 80, 0, 81, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 1, 0, 0, 0, 0, 0)
	merged = append(merged, make([]byte, 9000)...)
	livetest.NewSender(t, plant0).SendMerged(t, merged, 54, 1000)
	if f := read(t, whole.Source(0), 1)[0]; len(f.Data) != len(merged) || !bytes.Equal(f.Data[54:], merged[54:]) {
		t.Errorf("%d of %d bytes came", len(f.Data), len(merged))
	}
	nothing(t, whole.Source(0))
	if st := whole.Status(); st.Merged != 1 || st.Cut != 0 || st.Problem == "" {
		t.Errorf("status %+v", st)
	}
	if f := read(t, short.Source(0), 1)[0]; len(f.Data) != 96 || f.Wire != len(merged) {
		t.Errorf("%d bytes of %d", len(f.Data), f.Wire)
	}
	nothing(t, short.Source(0))
	if st := short.Status(); st.Cut != 1 {
		t.Errorf("status %+v", st)
	}
}

// ipv4 is an IPv4 header without a checksum, which no one here looks at.
func ipv4(proto byte, payload int, src, dst [4]byte) []byte {
	b := []byte{0x45, 0, 0, 0, 0, 1, 0, 0, 64, proto, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(20+payload))
	return append(append(b, src[:]...), dst[:]...)
}

func TestWorkersShareConversations(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	o := small(mirror0)
	o.Workers = 3
	h := open(t, o)
	send := livetest.NewSender(t, plant0)
	const pairs = 60
	for i := range pairs {
		a, b := [4]byte{10, 0, byte(i), 1}, [4]byte{10, 0, byte(i * 7), 2}
		tags := [][]uint16{nil, {0x8100, 5}, {0x88a8, 5, 0x8100, 6}}[i%3]
		for _, ends := range [][2][4]byte{{a, b}, {b, a}} {
			head := frame(0, 0, tags...)
			head = append(head[:len(head)-6], 8, 0)
			send.Send(t, append(append(head, ipv4(17, 40, ends[0], ends[1])...), make([]byte, 40)...))
		}
	}
	seen, all, busy := map[string]int{}, 0, 0
	for i := range h.Sources() {
		n := 0
		for {
			var f capture.Frame
			err := h.Source(i).Next(&f)
			if errors.Is(err, ErrIdle) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			ip := f.Data[len(f.Data)-60:]
			x, y := ip[12:16], ip[16:20]
			if bytes.Compare(x, y) > 0 {
				x, y = y, x
			}
			key := fmt.Sprintf("%x %x", x, y)
			if at, ok := seen[key]; ok && at != i {
				t.Errorf("%s at source %d and %d", key, at, i)
			}
			seen[key] = i
			n++
		}
		all += n
		if n > 0 {
			busy++
		}
	}
	if all != 2*pairs || busy != 3 {
		t.Errorf("%d of %d frames came, at %d sources", all, 2*pairs, busy)
	}
}

func TestCloseWakesAReader(t *testing.T) {
	_, mirror0 := livetest.Pair(t)
	o := small(mirror0)
	o.Idle = time.Hour
	h, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- h.Source(0).Next(new(capture.Frame)) }()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != io.EOF {
		t.Errorf("Next = %v", err)
	}
	if err := h.Source(0).Next(new(capture.Frame)); err != io.EOF {
		t.Errorf("Next after it = %v", err)
	}
	if st := h.Status(); st.RingBytes != 0 {
		t.Errorf("status %+v", st)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	_, mirror0 := livetest.Pair(t)
	if _, err := Open(small("nosuch0")); !errors.Is(err, ErrNoInterface) {
		t.Errorf("an unknown interface: %v", err)
	}
	o := small(mirror0)
	o.BlockSize = 5000
	if _, err := Open(o); err == nil {
		t.Error("a block of 5000 bytes is taken")
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	plant0, mirror0 := livetest.Pair(t)
	h := open(t, small(mirror0))
	send := livetest.NewSender(t, plant0)
	out := frame(1, 64, 0x8100, 5)
	for range 1000 {
		send.Send(t, out)
	}
	f := new(capture.Frame)
	if n := testing.AllocsPerRun(999, func() {
		for h.Source(0).Next(f) != nil {
		}
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
