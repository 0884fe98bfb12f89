package cclink

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
	persuasion = unhex("10 01 000000 30 0001 01 00 00000000 0000")
	status     = unhex("20 02 000013 01 0003 01 00 00000000 0000")
	detection  = unhex("c1 00")
	request    = unhex("5000 00 ff ff03 00 4200 0000 700e 0000 0100 0000 2400" + strings.Repeat("00", 14) +
		"0100 0000 2baf8d6881010000 808610ac 01 00 d806 f401 0300 0b00 0100 0100 0000 818610ac 00000000")
	response = unhex("d000 00 ff ff03 00 3a00 0000 0100 0000 2800" + strings.Repeat("00", 14) +
		"3412 0000 78563412 0200 0000 0100 0000 00000000 818610ac 01 00 d806 0000000000000000")
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Frame
		node string
	}{
		{"persuasion of a master", persuasion, Frame{Type: Persuasion, DataType: 1, NodeType: '0', Node: 1, Network: NetworkField}, "master station"},
		{"status", status, Frame{Type: 0x20, DataType: 2, NodeType: 1, Node: 3, Network: NetworkField}, ""},
		{"detection on TSN", detection, Frame{Type: 0xc1}, ""},
	} {
		f, err := Decode(c.in)
		if err != nil || f != c.want || f.NodeName() != c.node {
			t.Errorf("%s: %+v %q %v", c.name, f, f.NodeName(), err)
		}
	}
	if _, err := Decode(unhex("77 00")); !errors.Is(err, ErrType) {
		t.Errorf("unknown type: %v", err)
	}
}

func TestDecodeBasic(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Basic
	}{
		{"the master polls", request, Basic{UnitInfo: 1, Master: [4]byte{172, 16, 134, 128}, Group: 1, Sequence: 0x6d8}},
		{"a station answers", response, Basic{Response: true, Vendor: 0x1234, Model: 0x12345678, Version: 2, UnitInfo: 1, Station: [4]byte{172, 16, 134, 129}, Group: 1, Sequence: 0x6d8}},
	} {
		m, n, err := DecodeBasic(c.in)
		if err != nil || n != len(c.in) || m != c.want {
			t.Errorf("%s: %+v, n %d of %d, %v", c.name, m, n, len(c.in), err)
		}
	}
	if _, _, err := DecodeBasic(unhex("5000 00 ff ff03 00 0c00 1000 0104 0000 640000 a8 0100")); !errors.Is(err, ErrFormat) {
		t.Errorf("a read by SLMP: %v", err)
	}
}

func walk(t *testing.T, b []byte) {
	if f, err := Decode(b); err == nil {
		_ = f.NodeName()
	}
	m, n, err := DecodeBasic(b)
	if err != nil {
		return
	}
	if n > len(b) {
		t.Fatalf("took %d of %d", n, len(b))
	}
	if again, k, err := DecodeBasic(b[:n]); err != nil || k != n || again != m {
		t.Fatalf("decoded again: %+v %d %v", again, k, err)
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{request, response} {
		for i := range f {
			if _, _, err := DecodeBasic(f[:i]); !errors.Is(err, ErrShort) {
				t.Errorf("cut to %d: %v", i, err)
			}
		}
	}
	for i := range persuasion[:headerSize] {
		if _, err := Decode(persuasion[:i]); !errors.Is(err, ErrShort) {
			t.Errorf("cut to %d: %v", i, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{persuasion, status, detection, request, response} {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Decode(persuasion)
		_, _, _ = DecodeBasic(response)
	}
}
