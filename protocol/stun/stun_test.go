package stun

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func wire(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

const (
	request = "0001 0010 2112a442 000102030405060708090a0b 8022 0005 6c69626a73 000000 0006 0000"
	success = "0101 0000 2112a442 000102030405060708090a0b"
)

func TestDecode(t *testing.T) {
	m, n, err := Decode(wire(request))
	if err != nil || n != 36 || m.Class != Request || m.Method != 1 || m.Transaction != 0x0405060708090a0b {
		t.Errorf("%+v, %d, %v", m, n, err)
	}
	if got := m.Attribute(AttrSoftware); string(got) != "libjs" {
		t.Errorf("software %q", got)
	}
	if got := m.Attribute(AttrRealm); got != nil {
		t.Errorf("realm %q", got)
	}
	if m, _, err := Decode(wire(success)); err != nil || m.Class != Success || m.Method != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	for name, s := range map[string]string{
		"no cookie":     "0001 0000 00000000 000102030405060708090a0b",
		"top bits":      "8001 0000 2112a442 000102030405060708090a0b",
		"an odd length": "0001 0001 2112a442 000102030405060708090a0b",
	} {
		if _, _, err := Decode(wire(s)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTruncation(t *testing.T) {
	b := wire(request)
	for i := range b {
		m, n, err := Decode(b[:i])
		if !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
		m.Attribute(AttrSoftware)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(wire(request))
	f.Add(wire(success))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(m.Attribute(AttrSoftware)) > n {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		if again, n2, err := Decode(b[:n]); err != nil || n2 != n || again.Transaction != m.Transaction {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := wire(request)
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(msg)
		if err != nil || len(m.Attribute(AttrSoftware)) == 0 {
			b.Fatal(err)
		}
	}
}
