package genisys

import (
	"errors"
	"testing"
)

// message makes a message with a checksum that starts with seed.
func message(h Header, seed uint16, body ...byte) []byte {
	c := update(seed, byte(h))
	out := []byte{byte(h)}
	put := func(v byte) {
		if v >= escape {
			out = append(out, escape, v&0x0f)
		} else {
			out = append(out, v)
		}
	}
	for _, v := range body {
		c = update(c, v)
		put(v)
	}
	put(byte(c))
	put(byte(c >> 8))
	return append(out, terminator)
}

var (
	ack        = []byte{0xf1, 0x01, terminator}
	poll       = []byte{0xfb, 0x01, 0x83, 0x40, terminator} // from the wire: CRC starts with 0xffff
	bare       = []byte{0xfb, 0x01, terminator}
	indication = message(IndicationData, 0xffff, 1, 0x10, 0x05, 0x11, 0xf3)
	control    = message(ControlData, 0, 0xf6, 0x01, 0x80)
	// A checksum of 0xf472 that is not escaped.
	unescaped = []byte{0xf2, 0x01, 0x04, 0x06, 0x07, 0x04, 0x0b, 0x04, 0x10, 0x06, 0x19, 0x05, 0x23, 0x04, 0x24, 0x06, 0x29, 0x04, 0x72, 0xf4, terminator}
	good      = [][]byte{ack, poll, bare, indication, control, unescaped}
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name    string
		in      []byte
		header  Header
		station uint8
		checked bool
		pairs   [][2]uint8
	}{
		{"acknowledgement", ack, Acknowledge, 1, false, nil},
		{"poll with checksum", poll, Poll, 1, true, nil},
		{"poll without", bare, Poll, 1, false, nil},
		{"indication with an escaped value", indication, IndicationData, 1, true, [][2]uint8{{0x10, 5}, {0x11, 0xf3}}},
		{"indication whose checksum is not escaped", unescaped, IndicationData, 1, true, [][2]uint8{{4, 6}, {7, 4}, {11, 4}, {16, 6}, {0x19, 5}, {0x23, 4}, {0x24, 6}, {0x29, 4}}},
		{"control to an escaped station", control, ControlData, 0xf6, true, [][2]uint8{{1, 0x80}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, n, err := Decode(append(tt.in[:len(tt.in):len(tt.in)], 0xf1))
			if err != nil || n != len(tt.in) || m.Header != tt.header || m.Station != tt.station || m.Checked != tt.checked {
				t.Fatalf("Decode = %+v, %d, %v", m, n, err)
			}
			rest := m.Pairs()
			for _, want := range tt.pairs {
				a, v, next, ok := Next(rest)
				if !ok || a != want[0] || v != want[1] {
					t.Errorf("Next = %#x %#x %v, want %v", a, v, ok, want)
				}
				rest = next
			}
			if len(rest) != 0 {
				t.Errorf("%d bytes left", len(rest))
			}
		})
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"no header", []byte{0x01}, ErrHeader},
		{"undefined header", []byte{0xf5, 1, terminator}, ErrHeader},
		{"header inside", []byte{0xfb, 0xfb, 0, 0, 0}, ErrBody},
		{"escape before a large byte", []byte{0xfb, 0xf0, 0x83, 0, 0, 0}, ErrBody},
		{"acknowledgement with data", []byte{0xf1, 1, 2, 3, terminator}, ErrBody},
		{"wrong checksum", []byte{0xfb, 1, 2, 3, terminator}, ErrCRC},
		{"nothing inside", []byte{0xfb, terminator}, ErrBody},
		{"empty", nil, ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(tt.in); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, whole := range good {
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range good {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(m.Body) > n-2 {
			t.Fatalf("took %d of %d, body %d", n, len(b), len(m.Body))
		}
		for rest := m.Pairs(); ; {
			_, _, next, ok := Next(rest)
			if !ok {
				break
			}
			if len(next) >= len(rest) {
				t.Fatal("Next does not advance")
			}
			rest = next
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if m, _, err := Decode(indication); err != nil || m.Station != 1 {
			b.Fatal(err)
		}
	}
}
