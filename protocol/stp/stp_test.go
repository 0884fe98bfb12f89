package stp

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

var (
	config = unhex("0000 00 00 01 8001 001122334455 00000004 8001 001122334466 8002 0100 1400 0200 0f00")
	rapid  = unhex("0000 02 02 3c 8001 001122334455 00000000 8001 001122334455 8001 0000 1400 0200 0f00 00")
	change = unhex("0000 00 80")
)

func TestDecode(t *testing.T) {
	root := BridgeID{0x8001, [6]byte{0, 0x11, 0x22, 0x33, 0x44, 0x55}}
	for _, c := range []struct {
		name string
		in   []byte
		want Frame
		root bool
	}{
		{"below the root", config, Frame{Type: Config, Flags: FlagChange, Root: root, Cost: 4, Bridge: BridgeID{0x8001, [6]byte{0, 0x11, 0x22, 0x33, 0x44, 0x66}}, Port: 0x8002, Hello: 512}, false},
		{"the root, rapid", rapid, Frame{Type: Rapid, Version: 2, Flags: 0x3c, Root: root, Bridge: root, Port: 0x8001, Hello: 512}, true},
		{"topology change", change, Frame{Type: TopologyChange}, false},
	} {
		f, n, err := Decode(c.in)
		if err != nil || n > len(c.in) || f != c.want || f.IsRoot() != c.root {
			t.Errorf("%s: %+v, n %d, err %v", c.name, f, n, err)
		}
	}
	if _, _, err := Decode(unhex("0001 00 00")); !errors.Is(err, ErrProtocol) {
		t.Errorf("another protocol: %v", err)
	}
	if _, _, err := Decode(unhex("0000 00 05")); !errors.Is(err, ErrType) {
		t.Errorf("another type: %v", err)
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{config, rapid, change} {
		for i := range f[:min(len(f), configSize)] {
			if _, n, err := Decode(f[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("cut to %d: n %d, err %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{config, rapid, change} {
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
		if _, _, err := Decode(config); err != nil {
			b.Fatal(err)
		}
	}
}
