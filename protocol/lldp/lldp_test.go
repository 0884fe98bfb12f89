package lldp

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

var (
	plant = unhex(`0208 07 73776974636831
		0409 07 706f72742d303031
		0602 0014
		0a07 73776974636831
		0c04 58323038
		0e04 0004 0004
		100c 05 01 c0a80006 02 00000001 00
		fe0a 000ecf 05 08000693cf32
		fe06 0080c2 01 0001
		0000`)
	phone = unhex(`0207 04 001122334455 0405 05 67693031 0602 0078
		fe0a 0012bb 09 5369656d656e fe08 0012bb 0a 58323038 fe08 00005e 01 68747470 0000`)
)

func TestDecode(t *testing.T) {
	w, err := Decode(plant)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		typ   Type
		oui   uint32
		sub   uint8
		value string
	}{
		{ChassisID, 0, ChassisLocal, "switch1"},
		{PortID, 0, PortLocal, "port-001"},
		{TimeToLive, 0, 0, "\x00\x14"},
		{SystemName, 0, 0, "switch1"},
		{SystemDescription, 0, 0, "X208"},
		{Capabilities, 0, 0, "\x00\x04\x00\x04"},
		{ManagementAddress, 0, 0, "\x05\x01\xc0\xa8\x00\x06\x02\x00\x00\x00\x01\x00"},
		{Organization, OUIProfinet, PNChassis, "\x08\x00\x06\x93\xcf\x32"},
		{Organization, OUI8021, PortVLAN, "\x00\x01"},
	} {
		x, ok := w.Next()
		if !ok || x.Type != want.typ || x.OUI != want.oui || x.Subtype != want.sub || string(x.Value) != want.value {
			t.Errorf("got %+v %v, want %+v", x, ok, want)
		}
		if a := x.Address(); x.Type == ManagementAddress && !bytes.Equal(a, []byte{192, 168, 0, 6}) {
			t.Errorf("address %v", a)
		}
		if c, ok := x.Enabled(); x.Type == Capabilities && (!ok || c != CapBridge) {
			t.Errorf("capabilities %x %v", c, ok)
		}
		if v, ok := x.VLAN(); x.OUI == OUI8021 && (!ok || v != 1) {
			t.Errorf("VLAN %d %v", v, ok)
		}
	}
	if x, ok := w.Next(); ok {
		t.Errorf("one too many: %+v", x)
	}
}

func TestRejects(t *testing.T) {
	if _, err := Decode(unhex("0409 07 706f72742d303031")); !errors.Is(err, ErrOrder) {
		t.Errorf("a port first: %v", err)
	}
	if _, err := Decode(nil); !errors.Is(err, ErrShort) {
		t.Errorf("nothing: %v", err)
	}
}

func walk(t *testing.T, b []byte) {
	w, err := Decode(b)
	if err != nil {
		return
	}
	total := 0
	for {
		x, ok := w.Next()
		if !ok {
			break
		}
		total += 2 + len(x.Value)
		_, _ = x.Enabled()
		_, _ = x.VLAN()
		if a := x.Address(); len(a) > len(x.Value) {
			t.Fatal("an address longer than its value")
		}
	}
	if total > len(b) {
		t.Fatalf("values of %d bytes in %d", total, len(b))
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{plant, phone} {
		for i := range f {
			walk(t, f[:i])
		}
		if _, err := Decode(f[:12]); !errors.Is(err, ErrShort) {
			t.Errorf("cut: %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(plant)
	f.Add(phone)
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w, _ := Decode(plant)
		for ok := true; ok; {
			_, ok = w.Next()
		}
	}
}
