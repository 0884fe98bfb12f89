package mrp

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

const common = "01 12 0007 ffffffffffffffffffffffffffffffff 00 00"

var (
	test    = unhex("0001 02 12 8000 08000693cf32 0000 0001 0003 0000abcd" + common)
	change  = unhex("0001 03 0a 8000 08000693cf32 0014" + common)
	down    = unhex("0001 04 0c 08000693cf33 0000 0014 0000" + common)
	nothing = unhex("0001 00 00")
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Frame
	}{
		{"the ring is closed", test, Frame{Type: Test, Priority: 0x8000, Source: [6]byte{8, 0, 6, 0x93, 0xcf, 0x32}, State: RingClosed, Transitions: 3, Sequence: 7}},
		{"the topology changes", change, Frame{Type: TopologyChange, Priority: 0x8000, Source: [6]byte{8, 0, 6, 0x93, 0xcf, 0x32}, Sequence: 7}},
		{"a link went down", down, Frame{Type: LinkDown, Source: [6]byte{8, 0, 6, 0x93, 0xcf, 0x33}, Sequence: 7}},
		{"nothing but the end", nothing, Frame{}},
	} {
		f, n, err := Decode(c.in)
		f.Domain = [16]byte{}
		if err != nil || n != len(c.in) || f != c.want {
			t.Errorf("%s: %+v, n %d of %d, err %v", c.name, f, n, len(c.in), err)
		}
	}
	if _, _, err := Decode(unhex("0002 0000")); !errors.Is(err, ErrVersion) {
		t.Errorf("version 2: %v", err)
	}
	if _, _, err := Decode(unhex("0001 02 02 8000 0000")); !errors.Is(err, ErrLength) {
		t.Errorf("a short block: %v", err)
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{test, change, down, nothing} {
		for i := range f {
			if _, n, err := Decode(f[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("cut to %d: n %d, err %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{test, change, down, nothing} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		if again, m, err := Decode(b[:n]); err != nil || m != n || again != x {
			t.Fatalf("decoded again: %+v %d %v", again, m, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(test); err != nil {
			b.Fatal(err)
		}
	}
}
