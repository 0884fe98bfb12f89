package ring

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// FuzzScan holds that any bytes are read to an end, that no packet is longer
// than what was read, and that what was read can be written and read again.
func FuzzScan(f *testing.F) {
	b := appendSection(nil, about{Sensor: "s", Epoch: "e"})
	b = appendInterface(b, 1, "s")
	for n := uint64(1); n < 4; n++ {
		d := udp(n, 1, 2)
		b = appendPacket(b, &record{n * n, d.Time, 0, d.Wire, d.Data}, n != 2, []byte("why"))
	}
	f.Add(b)
	f.Add(b[:len(b)-7])
	f.Fuzz(func(t *testing.T, b []byte) {
		s := scanner{r: bytes.NewReader(b)}
		if s.head() != nil {
			return
		}
		total := 0
		for {
			var p record
			err := s.packet(&p)
			if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errDamaged) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if total += len(p.data) + packetHead; total > len(b) {
				t.Fatalf("%d bytes of packets in %d", total, len(b))
			}
			again(t, p, s.links[p.iface])
		}
	})
}

// again writes a packet and reads it back.
func again(t *testing.T, p record, link int) {
	t.Helper()
	p.iface = 0
	b := appendInterface(appendSection(nil, about{}), link, "")
	b = appendPacket(b, &p, true, nil)
	s := scanner{r: bytes.NewReader(b)}
	var back record
	if err := errors.Join(s.head(), s.packet(&back)); err != nil {
		t.Fatal(err)
	}
	if back.number != p.number || back.time != p.time || !bytes.Equal(back.data, p.data) || back.wire != max(p.wire, len(p.data)) || s.links[0] != link&0xffff {
		t.Fatalf("written %+v, read %+v", p, back)
	}
}
