package modbus

import (
	"bytes"
	"errors"
	"testing"
)

var frames = map[string][]byte{
	"read holding registers":  {0, 1, 0, 0, 0, 6, 1, 3, 0, 100, 0, 2},
	"its response":            {0, 1, 0, 0, 0, 7, 1, 3, 4, 0, 1, 0, 2},
	"an exception":            {0, 1, 0, 0, 0, 3, 1, 0x83, 2},
	"write multiple":          {0, 2, 0, 0, 0, 11, 17, 16, 0, 1, 0, 2, 4, 0, 10, 1, 2},
	"device identification":   {0, 3, 0, 0, 0, 12, 1, 43, 14, 1, 1, 0, 0, 1, 0, 2, 'a', 'b'},
	"server id, running":      {0, 4, 0, 0, 0, 6, 1, 17, 3, 9, 0xff, 'x'},
	"unit and function alone": {0, 5, 0, 0, 0, 2, 1, 7},
}

func TestDecode(t *testing.T) {
	a, n, err := Decode(append(bytes.Clone(frames["an exception"]), 0xee))
	if err != nil || n != 9 || !a.Exception || a.Function != ReadHoldingRegisters || a.Transaction != 1 || a.Unit != 1 || !bytes.Equal(a.Data, []byte{2}) {
		t.Errorf("got %+v, %d, %v", a, n, err)
	}
	for name, c := range map[string]struct {
		b   []byte
		err error
	}{
		"protocol identifier": {[]byte{0, 1, 0, 9, 0, 6, 1, 3}, ErrProtocol},
		"length of 1":         {[]byte{0, 1, 0, 0, 0, 1, 1, 3}, ErrLength},
		"length of 65535":     {[]byte{0, 1, 0, 0, 255, 255, 1, 3}, ErrLength},
	} {
		if _, _, err := Decode(c.b); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryPrefixIsShort(t *testing.T) {
	for name, b := range frames {
		for cut := range b {
			if _, n, err := Decode(b[:cut]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut at %d: %d, %v", name, cut, n, err)
			}
		}
		if _, n, err := Decode(b); err != nil || n != len(b) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

func TestRequest(t *testing.T) {
	cases := []struct {
		name  string
		pdu   []byte
		want  Range
		value uint16
		ok    bool
	}{
		{"read 2 registers", []byte{3, 0, 100, 0, 2}, Range{100, 2}, 0, true},
		{"read of none", []byte{3, 0, 100, 0, 0}, Range{}, 0, false},
		{"read of too many", []byte{3, 0, 100, 0, 126}, Range{}, 0, false},
		{"a response is no request", []byte{3, 4, 0, 1, 0, 2}, Range{}, 0, false},
		{"write a register", []byte{6, 0, 5, 0x12, 0x34}, Range{5, 1}, 0x1234, true},
		{"write coils", []byte{15, 0, 5, 0, 9, 2, 0xff, 1}, Range{5, 9}, 0, true},
		{"write with a wrong byte count", []byte{16, 0, 5, 0, 2, 3, 1, 2, 3}, Range{}, 0, false},
		{"write one register the long way", []byte{16, 0, 5, 0, 1, 2, 0, 7}, Range{5, 1}, 7, true},
		{"read and write", []byte{23, 0, 1, 0, 2, 0, 10, 0, 1, 2, 0, 9}, Range{10, 1}, 0, true},
	}
	for _, c := range cases {
		a := ADU{Function: Function(c.pdu[0]), Data: c.pdu[1:]}
		r, v, ok := a.Request()
		if ok != c.ok || ok && (r != c.want || v != c.value) {
			t.Errorf("%s: got %v, %d, %v", c.name, r, v, ok)
		}
	}
}

func TestDeviceObjects(t *testing.T) {
	a, _, _ := Decode(frames["device identification"])
	var got []DeviceObject
	if !a.DeviceObjects(func(o DeviceObject) { got = append(got, o) }) || len(got) != 1 || string(got[0].Value) != "ab" {
		t.Errorf("got %v", got)
	}
	a.Data = a.Data[:len(a.Data)-1]
	if a.DeviceObjects(nil) {
		t.Error("an object longer than the message was accepted")
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range frames {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("an error and %d bytes taken", n)
			}
			return
		}
		if n > len(b) || len(a.Data) > n-8 {
			t.Fatalf("%d of %d bytes taken, data of %d", n, len(b), len(a.Data))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || again.Transaction != a.Transaction || !bytes.Equal(again.Data, a.Data) {
			t.Fatalf("decoding what was taken gives %+v, %d, %v", again, m, err)
		}
		if r, _, ok := a.Request(); ok && r.Last() < uint32(r.Address) {
			t.Fatalf("range %v ends before it begins", r)
		}
		a.DeviceObjects(func(DeviceObject) {})
		a.ServerID()
		a.Subfunction()
	})
}

func BenchmarkDecode(b *testing.B) {
	frame := frames["read holding registers"]
	b.ReportAllocs()
	for b.Loop() {
		a, _, _ := Decode(frame)
		a.Request()
	}
}
