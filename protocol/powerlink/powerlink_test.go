package powerlink

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
	soc   = unhex("01 ff f0 00 00 00 0000000000000000")
	ident = unhex(`06 f0 20 01 00 00 1d 00 20 00 01000000 dc05 2400 2400 10000000 0000
		91010f00 37000000 02000000 01000000 2a000000 0000000000000000 00000000 00000000 00000000 00000000
		c0a86420 ffffff00 c0a864fe 696f2d3332` + strings.Repeat("00", 27))
	stop  = unhex("06 20 f0 04 22 00")
	read  = unhex("06 00 00 05 0206 0000 00 01 00 02 0400 0000 0610 00 00")
	write = unhex("06 00 00 05 0206 0000 00 01 00 01 0800 0000 0610 00 00 e8030000")
	empty = unhex("06 00 00 05 0001 0000")
)

func TestDecode(t *testing.T) {
	f, err := Decode(ident)
	if err != nil || f.Type != ASnd || f.Source != 0x20 {
		t.Fatalf("%+v %v", f, err)
	}
	id, ok := f.Identity()
	if !ok || id.Vendor != 0x37 || id.Product != 2 || id.Revision != 1 || id.Serial != 42 || id.DeviceType != 0x000f0191 ||
		id.Address != [4]byte{192, 168, 100, 32} || string(id.Host) != "io-32" {
		t.Errorf("%+v %v", id, ok)
	}
	f, _ = Decode(stop)
	if c, ok := f.Command(); !ok || c != 0x22 || f.Destination != 0x20 {
		t.Errorf("%x %v", c, ok)
	}
	if f, err := Decode(soc); err != nil || f.Type != SoC || f.Source != NodeManager {
		t.Errorf("%+v %v", f, err)
	}
}

func TestSDO(t *testing.T) {
	for _, c := range []struct {
		name    string
		in      []byte
		ok      bool
		command uint8
		data    string
	}{{"read", read, true, ReadByIndex, ""}, {"write", write, true, WriteByIndex, "e8030000"}, {"only a sequence", empty, false, 0, ""}} {
		f, _ := Decode(c.in)
		s, ok := f.SDO()
		if ok != c.ok || s.Command != c.command || hex.EncodeToString(s.Data) != c.data || ok && s.Index != 0x1006 {
			t.Errorf("%s: %+v %v", c.name, s, ok)
		}
	}
}

func TestRejects(t *testing.T) {
	if _, err := Decode(unhex("02 00 00 00")); !errors.Is(err, ErrType) {
		t.Errorf("unknown type: %v", err)
	}
}

func walk(t *testing.T, b []byte) {
	f, err := Decode(b)
	if err != nil {
		return
	}
	if len(f.Data) > len(b) {
		t.Fatal("more data than bytes")
	}
	_, _ = f.Identity()
	_, _ = f.Command()
	_, _ = f.SDO()
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{soc, ident, stop, read, write, empty} {
		for i := range f {
			walk(t, f[:i])
			if _, err := Decode(f[:i]); i < 3 && !errors.Is(err, ErrShort) {
				t.Errorf("cut to %d: %v", i, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{soc, ident, stop, read, write, empty} {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f, _ := Decode(ident)
		_, _ = f.Identity()
	}
}
