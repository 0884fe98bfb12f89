package coap

import (
	"encoding/hex"
	"errors"
	"testing"
)

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	get     = "4201" + "0007" + "abcd" + "bb" + "2e77656c6c2d6b6e6f776e" + "04" + "636f7265"
	put     = "4003" + "0008" + "b1" + "61" + "01" + "62" + "ff" + "31"
	content = "6045" + "0007" + "c0" + "ff" + "3c2f613e"
	ack     = "6000" + "0008"
	long    = "4001" + "0009" + "bd01" + "6161616161616161616161616161" + "e00001"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in, path string
		code           Code
		kind           Type
		payload        int
	}{
		{"discovery", get, "/.well-known/core", Get, Confirmable, 0},
		{"put with a payload", put, "/a/b", Put, Confirmable, 1},
		{"content", content, "", 0x45, Acknowledgement, 4},
		{"empty acknowledgement", ack, "", Empty, Acknowledgement, 0},
		{"extended delta and length", long, "/aaaaaaaaaaaaaa", Get, Confirmable, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bytesOf(t, tt.in)
			m, n, err := Decode(b)
			if err != nil || n != len(b) {
				t.Fatalf("Decode = %d of %d, %v", n, len(b), err)
			}
			if string(m.AppendPath(nil)) != tt.path || m.Code != tt.code || m.Type != tt.kind || len(m.Payload) != tt.payload {
				t.Errorf("Decode = %+v, path %q", m, m.AppendPath(nil))
			}
		})
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"version 0", "0001", ErrHeader},
		{"token of nine bytes", "4901", ErrHeader},
		{"undefined code", "40ff", ErrHeader},
		{"empty message with data", "4000000100", ErrHeader},
		{"reserved nibble", "40010001f0", ErrOption},
		{"option past the end", "4001000105", ErrShort},
		{"marker without a payload", "40010001ff", ErrShort},
		{"nothing", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{get, put, content, ack, long} {
		whole := bytesOf(t, s)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{get, put, content, ack, long} {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n != len(b) || len(m.Token)+len(m.Options)+len(m.Payload) > n {
			t.Fatalf("took %d of %d: %+v", n, len(b), m)
		}
		if path := m.AppendPath(nil); len(path) > len(m.Options) {
			t.Fatal("path longer than the options")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := bytesOf(b, get)
	path := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(in)
		if path = m.AppendPath(path[:0]); err != nil || len(path) != 17 {
			b.Fatal(err)
		}
	}
}
