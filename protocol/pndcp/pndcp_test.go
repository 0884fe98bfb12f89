package pndcp

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
	identifyAll = unhex("fefe 05 00 01020304 00ff 0004 ffff0000")
	identified  = unhex(`feff 05 01 01020304 0000 0036
		0202 0007 0000 706c632d31 00
		0203 0006 0000 002a 0101
		0204 0004 0000 0200
		0102 000e 0001 c0a8000b ffffff00 c0a80001
		0205 0002 0000`)
	setAddress = unhex("fefd 04 00 00000007 0000 0012 0102 000e 0001 c0a8000a ffffff00 c0a80001")
	setDone    = unhex("fefd 04 01 00000007 0000 0008 0504 0003 010200 00")
	setName    = unhex("fefd 04 00 00000008 0000 000c 0202 0007 0001 706c632d32 00")
	reset      = unhex("fefd 04 00 00000009 0000 0006 0506 0002 0002")
	get        = unhex("fefd 03 00 0000000a 0000 0004 0202 0102")
	hello      = unhex("fefc 06 00 0000000b 0000 000c 0202 0007 0000 706c632d31 00")
)

var good = []struct {
	name   string
	frame  []byte
	typ    Service
	blocks []Block
}{
	{"identify all", identifyAll, Identify, []Block{{0xff, 0xff, 0, nil}}},
	{"identified", identified, Identify, []Block{
		{OptionDevice, DeviceName, 0, []byte("plc-1")},
		{OptionDevice, DeviceID, 0, unhex("002a0101")},
		{OptionDevice, DeviceRole, 0, unhex("0200")},
		{OptionIP, IPSuite, IPSet, unhex("c0a8000b ffffff00 c0a80001")},
		{OptionDevice, DeviceOptions, 0, nil},
	}},
	{"address is set", setAddress, Set, []Block{{OptionIP, IPSuite, 1, unhex("c0a8000a ffffff00 c0a80001")}}},
	{"set is done", setDone, Set, []Block{{OptionControl, ControlResponse, 0, unhex("010200")}}},
	{"name is set", setName, Set, []Block{{OptionDevice, DeviceName, 1, []byte("plc-2")}}},
	{"reset to factory", reset, Set, []Block{{OptionControl, ControlReset, 2, nil}}},
	{"get", get, Get, []Block{{OptionDevice, DeviceName, 0, nil}, {OptionIP, IPSuite, 0, nil}}},
	{"hello", hello, Hello, []Block{{OptionDevice, DeviceName, 0, []byte("plc-1")}}},
}

func TestDecode(t *testing.T) {
	for _, c := range good {
		t.Run(c.name, func(t *testing.T) {
			padded := append(bytes.Clone(c.frame), make([]byte, 20)...)
			m, n, err := Decode(padded)
			if err != nil || n != len(c.frame) || m.Service != c.typ || m.Cut {
				t.Fatalf("got %+v, n %d of %d, err %v", m, n, len(c.frame), err)
			}
			w := m.Blocks()
			for _, want := range c.blocks {
				b, ok := w.Next()
				if !ok || b.Option != want.Option || b.Sub != want.Sub || b.Info != want.Info || !bytes.Equal(b.Value, want.Value) {
					t.Errorf("got %+v %v, want %+v", b, ok, want)
				}
			}
			if b, ok := w.Next(); ok {
				t.Errorf("one too many: %+v", b)
			}
		})
	}
}

func TestValues(t *testing.T) {
	m, _, _ := Decode(setAddress)
	w := m.Blocks()
	b, _ := w.Next()
	if s, ok := b.Suite(); !ok || s.Address != [4]byte{192, 168, 0, 10} || s.Gateway != [4]byte{192, 168, 0, 1} {
		t.Errorf("suite %+v %v", s, ok)
	}
	m, _, _ = Decode(setDone)
	w = m.Blocks()
	b, _ = w.Next()
	if a, ok := b.Answer(); !ok || a != (Answer{OptionIP, IPSuite, 0}) {
		t.Errorf("answer %+v %v", a, ok)
	}
}

func TestRejects(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"cyclic data", unhex("8000 0000 0000 0000 0000 0000"), ErrFrameID},
		{"unknown service", unhex("fefd 09 00 00000007 0000 0000"), ErrService},
		{"nothing", nil, ErrShort},
	} {
		if _, _, err := Decode(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func walk(t *testing.T, b []byte) {
	m, n, err := Decode(b)
	if err != nil {
		return
	}
	if n > len(b) || len(m.Data) > n {
		t.Fatalf("took %d of %d", n, len(b))
	}
	if again, k, err := Decode(b[:n]); err != nil || k != n || !bytes.Equal(again.Data, m.Data) {
		t.Fatalf("decoded again: %+v %d %v", again, k, err)
	}
	left := len(m.Data)
	for w := m.Blocks(); ; left-- {
		x, ok := w.Next()
		if !ok {
			break
		}
		if left <= 0 {
			t.Fatal("more blocks than bytes")
		}
		_, _ = x.Suite()
		_, _ = x.Answer()
	}
}

func TestTruncation(t *testing.T) {
	for _, c := range good {
		for i := range c.frame {
			walk(t, c.frame[:i])
			if _, _, err := Decode(c.frame[:i]); i < headerSize && !errors.Is(err, ErrShort) {
				t.Errorf("%s cut to %d: %v", c.name, i, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range good {
		f.Add(c.frame)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(identified)
		for w := m.Blocks(); ; {
			if _, ok := w.Next(); !ok {
				break
			}
		}
	}
}
