package nbss

import (
	"errors"
	"testing"
)

// encode is the first-level encoding of a name.
func encode(name string, suffix byte) []byte {
	b := []byte{32}
	for i := range 16 {
		c := byte(' ')
		switch {
		case i == 15:
			c = suffix
		case i < len(name):
			c = name[i]
		}
		b = append(b, 'A'+c>>4, 'A'+c&15)
	}
	return append(b, 0)
}

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want Header
		err  error
	}{
		{"message", []byte{0, 0, 1, 2}, Header{Message, 258}, nil},
		{"message of more than 17 bits", []byte{0, 0x10, 0, 0}, Header{Message, 1 << 20}, nil},
		{"session request", []byte{0x81, 0, 0, 68}, Header{Request, 68}, nil},
		{"positive response", []byte{0x82, 0, 0, 0}, Header{Positive, 0}, nil},
		{"negative response", []byte{0x83, 0, 0, 1}, Header{Negative, 1}, nil},
		{"retarget", []byte{0x84, 0, 0, 6}, Header{Retarget, 6}, nil},
		{"keep-alive", []byte{0x85, 0, 0, 0}, Header{KeepAlive, 0}, nil},
		{"keep-alive with a body", []byte{0x85, 0, 0, 1}, Header{}, ErrProtocol},
		{"request too short for two names", []byte{0x81, 0, 0, 10}, Header{}, ErrProtocol},
		{"TLS", []byte{0x16, 3, 1, 0}, Header{}, ErrProtocol},
		{"three bytes", []byte{0, 0, 0}, Header{}, ErrShort},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, n, err := Decode(tc.in)
			if got != tc.want || !errors.Is(err, tc.err) || (err == nil) != (n == HeaderLen) {
				t.Errorf("got %+v, %d, %v", got, n, err)
			}
		})
	}
}

func TestDecodeRequest(t *testing.T) {
	body := append(encode("*SMBSERVER", 0x20), encode("HMI-2", 0)...)
	called, calling, err := DecodeRequest(body)
	if err != nil || string(called.Bytes()) != "*SMBSERVER" || called.Suffix != 0x20 || string(calling.Bytes()) != "HMI-2" {
		t.Fatalf("got %s<%02x>, %s, %v", called.Bytes(), called.Suffix, calling.Bytes(), err)
	}
	for i := range body {
		if _, _, err := DecodeRequest(body[:i]); !errors.Is(err, ErrShort) {
			t.Fatalf("%d bytes: got %v, want ErrShort", i, err)
		}
	}
}

func TestDecodeNameWithScope(t *testing.T) {
	b := encode("PLC", 0)
	b = append(b[:33], 4, 'c', 'e', 'l', 'l', 0)
	if _, n, err := DecodeName(b); err != nil || n != len(b) {
		t.Errorf("got %d, %v", n, err)
	}
	b[33] = 0xc0
	if _, _, err := DecodeName(b); !errors.Is(err, ErrProtocol) {
		t.Errorf("pointer as scope: got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(append([]byte{0x81, 0, 0, 68}, append(encode("A", 0x20), encode("B", 0)...)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, n, err := Decode(b); err == nil && (n != HeaderLen || h.Length < 0 || h.Length >= 1<<24) {
			t.Fatalf("got %+v, %d", h, n)
		}
		name, n, err := DecodeName(b)
		if err != nil {
			return
		}
		again, m, err := DecodeName(b[:n])
		if n > len(b) || again != name || m != n || err != nil {
			t.Fatalf("%x reads as %+v of %d, then as %+v of %d, %v", b, name, n, again, m, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := append(encode("*SMBSERVER", 0x20), encode("HMI-2", 0)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := DecodeRequest(in); err != nil {
			b.Fatal(err)
		}
	}
}
