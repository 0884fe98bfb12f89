package ike

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"
)

func message(version byte, x Exchange, flags, next byte, body ...byte) []byte {
	b := make([]byte, HeaderLen)
	b[0], b[16], b[17], b[18], b[19] = 0xaa, next, version, byte(x), flags
	b = append(b, body...)
	binary.BigEndian.PutUint32(b[24:], uint32(len(b)))
	return b
}

var (
	mainMode   = message(0x10, MainMode, 0, PayloadSA, PayloadVendor, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 6, 'v', 'v')
	aggressive = message(0x10, Aggressive, 0, PayloadID, 0, 0, 0, 13, 2, 17, 1, 0xf4, 's', 'i', 't', 'e', '1')
	quick      = message(0x10, QuickMode, flagEncrypted1, 8, 1, 2, 3, 4)
	saInit     = message(0x20, SAInit, 0x08, PayloadSA2, 0, 0, 0, 8, 0, 0, 0, 1)
	authReply  = message(0x20, Auth, 0x20, payloadSK, 1, 2, 3, 4)
	whole      = [][]byte{mainMode, aggressive, quick, saInit, authReply}
)

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name                string
		in                  []byte
		exchange            Exchange
		major               uint8
		response, encrypted bool
		payloads            int
	}{
		{"version 1, main mode", mainMode, MainMode, 1, false, false, 2},
		{"version 1, aggressive mode", aggressive, Aggressive, 1, false, false, 1},
		{"version 1, encrypted", quick, QuickMode, 1, false, true, 0},
		{"version 2, first message", saInit, SAInit, 2, false, false, 1},
		{"version 2, encrypted answer", authReply, Auth, 2, true, true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, n, err := Decode(tc.in)
			if err != nil || n != len(tc.in) || m.Exchange != tc.exchange || m.Major != tc.major || m.Response != tc.response || m.Encrypted != tc.encrypted {
				t.Fatalf("got %+v, %d, %v", m, n, err)
			}
			count := 0
			for p := m.Payloads(); ; count++ {
				if _, ok := p.Next(); !ok {
					break
				}
			}
			if count != tc.payloads {
				t.Errorf("got %d payloads, want %d", count, tc.payloads)
			}
		})
	}
	m, _, _ := Decode(aggressive)
	p := m.Payloads()
	if x, _ := p.Next(); string(x.Name()) != "site1" {
		t.Errorf("got %q", x.Name())
	}
}

func TestErrors(t *testing.T) {
	zero := message(0x10, MainMode, 0, 1)
	zero[0] = 0
	for _, tc := range []struct {
		name string
		in   []byte
	}{
		{"no initiator", zero},
		{"version 3", message(0x30, SAInit, 0, 1)},
		{"exchange of version 2 in version 1", message(0x10, SAInit, 0, 1)},
		{"flags of version 2 in version 1", message(0x10, MainMode, 0x20, 1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, ErrProtocol) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range whole {
		for i := range b {
			if _, n, err := Decode(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range whole {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		o := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		p := m.Payloads()
		for x, ok := p.Next(); ok; x, ok = p.Next() {
			s := x.Name()
			i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
			if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(n)) {
				t.Fatal("a name lies outside")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(mainMode)
		if err != nil {
			b.Fatal(err)
		}
		p := m.Payloads()
		p.Next()
	}
}
