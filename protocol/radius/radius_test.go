package radius

import (
	"errors"
	"testing"
)

// packet is a packet with those attributes.
func packet(code Code, attributes string) []byte {
	b := append([]byte{byte(code), 7, 0, byte(minimum + len(attributes))}, make([]byte, 16)...)
	return append(b, attributes...)
}

var request = packet(AccessRequest, "\x01\x06bob \x20\x06sw-2")

func TestDecode(t *testing.T) {
	p, n, err := Decode(append(request, 9, 9))
	if err != nil || n != len(request) || p.Code != AccessRequest || p.ID != 7 {
		t.Fatalf("%+v, %d, %v", p, n, err)
	}
	a := p.Attributes()
	kind, user, _ := a.Next()
	if kind != AttrUserName || string(user) != "bob " {
		t.Errorf("%d %q", kind, user)
	}
	kind, nas, _ := a.Next()
	if kind != AttrNASIdentifier || string(nas) != "sw-2" {
		t.Errorf("%d %q", kind, nas)
	}
	for name, b := range map[string][]byte{
		"an unknown code":        packet(99, ""),
		"a length below 20":      {1, 7, 0, 19},
		"an attribute of length": packet(AccessReject, "\x01\x01"),
		"half an attribute":      packet(AccessReject, "\x01\x09ab"),
	} {
		if _, _, err := Decode(b); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTruncation(t *testing.T) {
	for i := range request {
		if _, n, err := Decode(request[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(request)
	f.Add(packet(AccessReject, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || n > maximum {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		if again, n2, err := Decode(b[:n]); err != nil || n2 != n || again.Code != p.Code {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(request); err != nil {
			b.Fatal(err)
		}
	}
}
