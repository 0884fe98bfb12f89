package sv

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frame wraps units into a PDU and a frame.
func frame(t testing.TB, count byte, units string) []byte {
	t.Helper()
	u := unhex(t, units)
	pdu := append([]byte{0x80, 1, count, 0xa2, byte(len(u))}, u...)
	pdu = append([]byte{0x60, byte(len(pdu))}, pdu...)
	return append([]byte{0x40, 1, 0, byte(len(pdu) + headerLen), 0, 0, 0, 0}, pdu...)
}

// oneUnit is a unit written by hand from IEC 61850-9-2.
const oneUnit = "3018 8003 4d5531 82020118 830400000001 850102 8704fffe5982"

func TestDecode(t *testing.T) {
	in := frame(t, 2, oneUnit+oneUnit)
	f, n, err := Decode(append(in, 0, 0))
	if err != nil || n != len(in) || f.AppID != 0x4001 || f.Simulated || f.Cut {
		t.Fatalf("got %+v, %d, %v", f, n, err)
	}
	p, err := DecodePDU(f.PDU)
	if err != nil || p.Count != 2 {
		t.Fatalf("got %+v, %v", p, err)
	}
	units := p.Units()
	for range 2 {
		u, ok := units.Next()
		if !ok || string(u.ID) != "MU1" || u.Counter != 280 || u.Configuration != 1 || u.Synchronisation != 2 || len(u.Samples) != 4 {
			t.Errorf("got %+v, %v", u, ok)
		}
	}
	if _, ok := units.Next(); ok {
		t.Error("a third unit")
	}
}

func TestDecodeDamaged(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		err  error
	}{
		{"nothing", "", ErrShort},
		{"half a header", "4001 0028", ErrShort},
		{"a length below the header's", "4001 0007 00000000", ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := Decode(unhex(t, c.in)); !errors.Is(err, c.err) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestDecodePDUDamaged(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    string
		err   error
		units int
	}{
		{"nothing", "", ErrShort, 0},
		{"a GOOSE PDU", "6100", ErrProtocol, 0},
		{"no count", "6002 a200", ErrProtocol, 0},
		{"no units", "6003 800101", ErrProtocol, 0},
		{"a count without octets", "6002 8000", ErrProtocol, 0},
		{"the second unit cut off", "6035 800102 a230" + oneUnit + "30 17 80", ErrShort, 1},
		{"a unit that is no sequence", "6007 800101 a202 3100", nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := DecodePDU(unhex(t, c.in))
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v", err)
			}
			units, n := p.Units(), 0
			for {
				if _, ok := units.Next(); !ok {
					break
				}
				n++
			}
			if n != c.units {
				t.Errorf("%d units", n)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	in := frame(t, 1, oneUnit)
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
	f.Add(frame(f, 1, oneUnit))
	f.Add(frame(f, 2, oneUnit+oneUnit))
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
		p, _ := DecodePDU(fr.PDU)
		units, left := p.Units(), len(fr.PDU)
		for {
			u, ok := units.Next()
			if !ok {
				break
			}
			if left -= len(u.Samples); left < 0 {
				t.Fatal("more samples than bytes")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := frame(b, 1, oneUnit)
	b.ReportAllocs()
	for b.Loop() {
		f, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		p, err := DecodePDU(f.PDU)
		if err != nil {
			b.Fatal(err)
		}
		units := p.Units()
		if _, ok := units.Next(); !ok {
			b.Fatal("no unit")
		}
	}
}
