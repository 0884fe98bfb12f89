package vnc

import (
	"errors"
	"testing"
)

var serverInit = append([]byte{
	0x04, 0x00, 0x03, 0x00, // 1024 by 768
	32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0,
	0, 0, 0, 9,
}, "panel-7 X"...)

func TestDecodeVersion(t *testing.T) {
	for _, c := range []struct {
		in           string
		major, minor int
		err          error
	}{
		{"RFB 003.008\n", 3, 8, nil},
		{"RFB 004.001\nmore", 4, 1, nil},
		{"RFB 003", 0, 0, ErrShort},
		{"RFB x03.008\n", 0, 0, ErrFormat},
		{"SSH-2.0-x\r\n", 0, 0, ErrFormat},
	} {
		if major, minor, err := DecodeVersion([]byte(c.in)); major != c.major || minor != c.minor || !errors.Is(err, c.err) {
			t.Errorf("%q: %d.%d, %v", c.in, major, minor, err)
		}
	}
}

func TestDecodeSecurity(t *testing.T) {
	types, n, err := DecodeSecurity([]byte{2, SecurityNone, SecurityVNC, 9})
	if err != nil || n != 3 || len(types) != 2 || types[0] != SecurityNone {
		t.Errorf("%v, %d, %v", types, n, err)
	}
	if _, _, err := DecodeSecurity([]byte{2, 1}); !errors.Is(err, ErrShort) {
		t.Error(err)
	}
}

func TestDecodeInit(t *testing.T) {
	m, n, err := DecodeInit(serverInit)
	if err != nil || n != len(serverInit) || m.Width != 1024 || m.Height != 768 || string(m.Name) != "panel-7 X" {
		t.Errorf("%+v, %d, %v", m, n, err)
	}
	bad := append([]byte{}, serverInit...)
	bad[4] = 7
	if _, _, err := DecodeInit(bad); !errors.Is(err, ErrFormat) {
		t.Error("7 bits per pixel:", err)
	}
}

func TestTruncation(t *testing.T) {
	for i := range serverInit {
		if _, n, err := DecodeInit(serverInit[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
	for i := range VersionSize {
		if _, _, err := DecodeVersion([]byte("RFB 003.008\n")[:i]); !errors.Is(err, ErrShort) {
			t.Fatalf("prefix %d: %v", i, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(serverInit)
	f.Add([]byte("RFB 003.008\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if major, minor, err := DecodeVersion(b); err == nil && (major > 999 || minor > 999 || major < 0) {
			t.Fatal(major, minor)
		}
		if types, n, err := DecodeSecurity(b); err == nil && (n > len(b) || len(types) != n-1) {
			t.Fatal(types, n)
		}
		m, n, err := DecodeInit(b)
		if err != nil {
			return
		}
		again, n2, err := DecodeInit(b[:n])
		if n > len(b) || err != nil || n2 != n || string(again.Name) != string(m.Name) {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := DecodeInit(serverInit); err != nil {
			b.Fatal(err)
		}
	}
}
