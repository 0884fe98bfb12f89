package goose

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// Frames written by hand from IEC 61850-8-1: a breaker's position and its
// quality.
const (
	body = "800a 4c44312f4c4c4e302447 8102 07d0 8204 4c44312f 8302 4731 8408 5f5e100080000a0a 850103 860107 870100 880102 890100 8a0102 ab07 8301ff 84020680"
	good = "3001 0049 0000 0000 613f" + body
	test = "0001 0049 8000 0000 613f" + body
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name      string
		in        string
		appID     uint16
		simulated bool
		cut       bool
		n         int
		pdu       int
		err       error
	}{
		{name: "a frame", in: good, appID: 0x3001, n: 73, pdu: 65},
		{name: "a frame of a test set", in: test, appID: 1, simulated: true, n: 73, pdu: 65},
		{name: "padding behind it", in: "0001 000a 0000 0000 6100 000000", appID: 1, n: 10, pdu: 2},
		{name: "a frame that the capture cut", in: "0001 0041 0000 0000 6137 80", appID: 1, cut: true, n: 11, pdu: 3},
		{name: "half a header", in: "0001 0041 00", err: ErrShort},
		{name: "a length below the header's", in: "0001 0007 0000 0000 61", err: ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, n, err := Decode(unhex(t, c.in))
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if f.AppID != c.appID || f.Simulated != c.simulated || f.Cut != c.cut || n != c.n || len(f.PDU) != c.pdu {
				t.Errorf("got %+v, %d bytes", f, n)
			}
		})
	}
}

func TestDecodePDU(t *testing.T) {
	p, err := DecodePDU(unhex(t, "613f"+body))
	if err != nil {
		t.Fatal(err)
	}
	if !p.Whole() || string(p.ControlBlock) != "LD1/LLN0$G" || string(p.LogicalDevice()) != "LD1" || string(p.DataSet) != "LD1/" || string(p.ID) != "G1" {
		t.Errorf("got %+v", p)
	}
	if p.TimeAllowed != 2000 || p.State != 3 || p.Sequence != 7 || p.Configuration != 2 || p.Entries != 2 || p.Simulation || p.Commissioning || len(p.Time) != 8 {
		t.Errorf("got %+v", p)
	}
	c, n := p.Values(), 0
	for {
		if _, ok := c.Next(); !ok {
			break
		}
		n++
	}
	if n != int(p.Entries) || c.Err() != nil {
		t.Errorf("%d values, %v", n, c.Err())
	}
}

func TestDecodePDUDamaged(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		err  error
		has  uint16
	}{
		{"nothing", "", ErrShort, 0},
		{"another tag", "6200", ErrProtocol, 0},
		{"a member of another class", "6103 020101", ErrProtocol, 0},
		{"a counter without octets", "6102 8500", ErrProtocol, 0},
		{"a counter too large", "6107 8505 0100000000", ErrProtocol, 0},
		{"cut in the second member", "6137 850103 8602", ErrShort, HasState},
		{"a member longer than the PDU", "6106 850103 86 0201", ErrShort, HasState},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := DecodePDU(unhex(t, c.in))
			if !errors.Is(err, c.err) || p.Fields != c.has {
				t.Errorf("fields %x, %v", p.Fields, err)
			}
		})
	}
}

func TestDecodePDUTolerates(t *testing.T) {
	p, err := DecodePDU(unhex(t, "610a 8501f0 8c0100 860200ff"))
	if err != nil || p.State != 240 || p.Sequence != 255 || p.Whole() {
		t.Errorf("a counter with its top bit set, a member of a later edition: %+v, %v", p, err)
	}
	if p.LogicalDevice() != nil {
		t.Error("a logical device out of nothing")
	}
}

func TestTruncation(t *testing.T) {
	in := unhex(t, good)
	for i := range in {
		f, n, err := Decode(in[:i])
		if i < headerLen {
			if !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: %v", i, err)
			}
			continue
		}
		if err != nil || n != i || !f.Cut {
			t.Errorf("%d bytes: %+v, %d, %v", i, f, n, err)
		}
		if _, err := DecodePDU(f.PDU); !errors.Is(err, ErrShort) {
			t.Errorf("%d bytes: PDU %v", i, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(unhex(f, good))
	f.Add(unhex(f, test))
	f.Fuzz(func(t *testing.T, b []byte) {
		fr, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes with %v", n, err)
			}
			return
		}
		if n > len(b) || headerLen+len(fr.PDU) != n {
			t.Fatalf("%d bytes of %d, PDU of %d", n, len(b), len(fr.PDU))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || again.AppID != fr.AppID || !bytes.Equal(again.PDU, fr.PDU) {
			t.Fatalf("again %+v, %d, %v", again, m, err)
		}
		p, err := DecodePDU(fr.PDU)
		if err == nil && p.Has(HasData) && len(p.Data) > len(fr.PDU) {
			t.Fatal("data from elsewhere")
		}
		c := p.Values()
		for {
			if _, ok := c.Next(); !ok {
				break
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := unhex(b, good)
	b.ReportAllocs()
	for b.Loop() {
		f, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := DecodePDU(f.PDU); err != nil {
			b.Fatal(err)
		}
	}
}
