package iec104

import (
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"
)

// Frames written by hand from the standard.
const (
	startAct      = "6804 07000000"
	supervisory   = "6804 01000a00"
	interrogation = "680e 00000000 64 01 0600 0300 000000 14"
	singleCommand = "680e 02000200 2d 01 0600 0300 d20400 81"
	negative      = "680e 02000200 2d 01 4701 0300 d20400 01"
	floatSetpoint = "6812 04000200 32 01 0600 0300 010000 0000803f 00"
	scaledTime    = "6817 04000200 3e 01 0600 0300 010000 feff 00 e803000101010a"
	points        = "6812 00000000 01 02 0300 0300 010000 01 050000 00"
	sequence      = "6810 00000000 01 83 1400 0300 010000 01 00 01"
	fileSegment   = "6813 00000000 7d 01 0d00 0300 000000 0100 01 02 aabb"
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
		name     string
		in       string
		format   Format
		function Function
		send     uint16
		receive  uint16
		err      error
	}{
		{name: "the start of a transfer", in: startAct, format: Unnumbered, function: StartAct},
		{name: "an acknowledgement", in: supervisory, format: Supervisory, receive: 5},
		{name: "an interrogation", in: interrogation, format: Information},
		{name: "a command", in: singleCommand, format: Information, send: 1, receive: 1},
		{name: "nothing", err: ErrShort},
		{name: "only the start", in: "68", err: ErrShort},
		{name: "another start", in: "6904 07000000", err: ErrStart},
		{name: "too short a length", in: "6803 070000", err: ErrLength},
		{name: "too long a length", in: "68fe 07000000", err: ErrLength},
		{name: "two functions at once", in: "6804 0f000000", err: ErrControl},
		{name: "a function that is not whole", in: "6804 07000001", err: ErrControl},
		{name: "an acknowledgement with data", in: "6805 01000a0000", err: ErrControl},
		{name: "information without data", in: "6804 00000000", err: ErrControl},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := unhex(t, c.in)
			a, n, err := Decode(in)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v", err)
			}
			if err == nil && (a.Format != c.format || a.Function != c.function || a.Send != c.send || a.Receive != c.receive || n != len(in)) {
				t.Errorf("got %+v, %d", a, n)
			}
		})
	}
}

func asdu(t testing.TB, s string) ASDU {
	t.Helper()
	a, _, err := Decode(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	d, err := DecodeASDU(a.ASDU)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecodeASDU(t *testing.T) {
	a := asdu(t, negative)
	if a.Type != SingleCommand || a.Cause != Confirmation || !a.Negative || a.Test || a.Originator != 1 || a.Address != 3 || a.Count != 1 {
		t.Errorf("got %+v", a)
	}
	if _, err := DecodeASDU(make([]byte, 5)); !errors.Is(err, ErrShort) {
		t.Errorf("half a header: %v", err)
	}
}

func TestExact(t *testing.T) {
	for _, s := range []string{interrogation, singleCommand, floatSetpoint, scaledTime, points, sequence, fileSegment} {
		if !asdu(t, s).Exact() {
			t.Errorf("%s is not exact", s)
		}
	}
	for _, s := range []string{
		"680f 00000000 64 01 0600 0300 000000 14 00", // an octet too many
		"680d 00000000 64 01 0600 0300 000000",       // one too few
		"680e 00000000 29 01 0600 0300 000000 14",    // a type that does not exist
		"680e 00000000 64 00 0600 0300 000000 14",    // no object
		"680e 00000000 ff 01 0600 0300 000000 14",    // a private type
	} {
		if asdu(t, s).Exact() {
			t.Errorf("%s is exact", s)
		}
	}
}

func TestObjects(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []uint32
	}{
		{"each with its address", points, []uint32{1, 5}},
		{"a sequence", sequence, []uint32{1, 2, 3}},
		{"one command", singleCommand, []uint32{1234}},
		{"fewer than it says", "680e 00000000 01 05 0300 0300 010000 01", []uint32{1}},
		{"a sequence without an address", "680c 00000000 01 83 1400 0300 0100", nil},
		{"an unknown type", "680e 00000000 29 01 0600 0300 000000 14", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := asdu(t, c.in).Objects()
			for _, w := range c.want {
				x, ok := o.Next()
				if !ok || x.Address != w {
					t.Errorf("got %+v, %v, want %d", x, ok, w)
				}
			}
			if x, ok := o.Next(); ok {
				t.Errorf("more: %+v", x)
			}
		})
	}
}

func TestValue(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     float64
		selects  bool
	}{
		{"a command that selects", singleCommand, 1, true},
		{"a command that executes", negative, 1, false},
		{"a set point", floatSetpoint, 1, false},
		{"a scaled set point with time", scaledTime, -2, false},
		{"a normalised set point", "6810 04000200 30 01 0600 0300 010000 0040 80", 0.5, true},
		{"a double command", "680e 02000200 2e 01 0600 0300 d20400 02", 2, false},
		{"32 bits", "6811 02000200 33 01 0600 0300 d20400 01020000", 513, false},
		{"a group", interrogation, 20, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := asdu(t, c.in).Objects()
			x, _ := o.Next()
			v, ok := x.Value()
			if !ok || math.Abs(v-c.want) > 1e-9 || x.Select() != c.selects {
				t.Errorf("got %v, %v, select %v", v, ok, x.Select())
			}
		})
	}
	if _, ok := (Object{Type: 1, Element: []byte{1}}).Value(); ok {
		t.Error("a state is a command's value")
	}
	if _, ok := (Object{Type: SingleCommand}).Value(); ok {
		t.Error("a value without an element")
	}
}

func TestTypes(t *testing.T) {
	if !Type(1).Monitors() || !EndOfInitialisation.Monitors() || SingleCommand.Monitors() || Type(0).Monitors() {
		t.Error("monitoring types")
	}
	if !SingleCommand.Commands() || !BitCommandTime.Commands() || Interrogation.Commands() || Type(52).Commands() {
		t.Error("commands")
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{startAct, supervisory, interrogation, floatSetpoint, sequence, fileSegment} {
		in := unhex(t, s)
		for i := range in {
			if a, n, err := Decode(in[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut to %d: %+v, %d, %v", s, i, a, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{startAct, supervisory, interrogation, floatSetpoint, scaledTime, sequence, fileSegment} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes with %v", n, err)
			}
			return
		}
		if n > len(b) || len(a.ASDU) > n-asduAt {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || again.Format != a.Format || again.Send != a.Send {
			t.Fatalf("again %+v, %d, %v", again, m, err)
		}
		d, err := DecodeASDU(a.ASDU)
		if err != nil {
			return
		}
		d.Exact()
		o, count := d.Objects(), 0
		for {
			x, ok := o.Next()
			if !ok {
				break
			}
			x.Value()
			x.Select()
			if count++; count > int(d.Count) {
				t.Fatal("more objects than it says")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := unhex(b, sequence)
	b.ReportAllocs()
	for b.Loop() {
		a, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		d, _ := DecodeASDU(a.ASDU)
		o := d.Objects()
		for {
			if _, ok := o.Next(); !ok {
				break
			}
		}
	}
}
