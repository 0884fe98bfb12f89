package cdp

import (
	"bytes"
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

var switch1 = unhex(`02 b4 0000
	0001 000b 73776974636831
	0002 0011 00000001 01 01 cc 0004 c0a8000a
	0003 0008 47693031
	0004 0008 00000028
	000a 0006 0001`)

func TestDecode(t *testing.T) {
	v, w, err := Decode(switch1)
	if err != nil || v != 2 {
		t.Fatalf("version %d, err %v", v, err)
	}
	for _, want := range []struct {
		typ Type
		hex string
	}{
		{DeviceID, "73776974636831"},
		{Addresses, "000000010101cc0004c0a8000a"},
		{PortID, "47693031"},
		{Capabilities, "00000028"},
		{NativeVLAN, "0001"},
	} {
		x, ok := w.Next()
		if !ok || x.Type != want.typ || hex.EncodeToString(x.Value) != want.hex {
			t.Errorf("got %+v %v, want %+v", x, ok, want)
		}
		list := x.Addresses()
		if a, ok := list.Next(); ok != (x.Type == Addresses) || ok && !bytes.Equal(a, []byte{192, 168, 0, 10}) {
			t.Errorf("address %v %v", a, ok)
		}
	}
	if x, ok := w.Next(); ok {
		t.Errorf("one too many: %+v", x)
	}
}

func TestRejects(t *testing.T) {
	if _, _, err := Decode(unhex("03 b4 0000")); !errors.Is(err, ErrVersion) {
		t.Errorf("version 3: %v", err)
	}
}

func walk(t *testing.T, b []byte) {
	_, w, err := Decode(b)
	if err != nil {
		return
	}
	total := 4
	for {
		x, ok := w.Next()
		if !ok {
			break
		}
		total += 4 + len(x.Value)
		_, _ = x.Uint32()
		list := x.Addresses()
		for ok := true; ok; {
			_, ok = list.Next()
		}
	}
	if total > len(b) {
		t.Fatalf("values of %d bytes in %d", total, len(b))
	}
}

func TestTruncation(t *testing.T) {
	for i := range switch1 {
		walk(t, switch1[:i])
		if _, _, err := Decode(switch1[:i]); i < 4 && !errors.Is(err, ErrShort) {
			t.Errorf("cut to %d: %v", i, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(switch1)
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, w, _ := Decode(switch1)
		for ok := true; ok; {
			_, ok = w.Next()
		}
	}
}
