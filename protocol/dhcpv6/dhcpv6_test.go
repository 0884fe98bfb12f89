package dhcpv6

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
	solicit = "01 123456  0001 000e 0001 0001 1b2c3d4e 000e8c010203" +
		"0003 000c 00000001 00000000 00000000" +
		"0010 000e 00000137 0008 4d53465420352e30" +
		"0027 0008 00 05 706c632d37 00"
	reply = "07 123456  0003 0028 00000001 00000000 00000000" +
		"0005 0018 fd000000000000000000000000000005 00000e10 00001c20"
)

// relay wraps a message as the first relay on its way does.
func relay(inner string) string {
	return "0c 00" + strings.Repeat("00", 32) + "0009" + hex.EncodeToString([]byte{0, byte(len(wire(inner)))}) + inner
}

func TestClient(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		relayed     bool
	}{
		{"direct", solicit, false},
		{"through a relay", relay(solicit), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := wire(c.bytes)
			m, n, err := Decode(b)
			if err != nil || n != len(b) || m.Type != Solicit || m.Transaction != 0x123456 || m.Relayed != c.relayed {
				t.Fatalf("%+v, %d, %v", m, n, err)
			}
			o := m.Options()
			id, _ := o.Next()
			if mac, ok := id.MAC(); !ok || mac != [6]byte{0, 0x0e, 0x8c, 1, 2, 3} {
				t.Errorf("DUID %x, %v", mac, ok)
			}
			o.Next()
			class, _ := o.Next()
			if e, text, ok := class.VendorClass(); !ok || e != 311 || string(text) != "MSFT 5.0" {
				t.Errorf("vendor class %d %q %v", e, text, ok)
			}
			fqdn, _ := o.Next()
			if got := fqdn.FQDN(nil); string(got) != "plc-7" {
				t.Errorf("name %q", got)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	m, _, err := Decode(wire(reply))
	if err != nil || !m.Type.FromServer() {
		t.Fatal(m.Type, err)
	}
	o := m.Options()
	ia, _ := o.Next()
	nested := ia.Nested()
	a, _ := nested.Next()
	if ip, ok := a.Addr(); !ok || ip.String() != "fd00::5" {
		t.Errorf("address %v, %v", ip, ok)
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := solicit
	for range maxRelays + 2 {
		deep = relay0(deep)
	}
	for _, c := range []struct {
		name, bytes string
		want        error
	}{
		{"an unknown type", "30 123456", ErrFormat},
		{"type 0", "00 123456", ErrFormat},
		{"a relay without a message", "0c 00" + strings.Repeat("00", 32), ErrShort},
		{"too many relays", deep, ErrFormat},
	} {
		if _, _, err := Decode(wire(c.bytes)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// relay0 is relay for inner messages above 255 bytes.
func relay0(inner string) string {
	n := len(wire(inner))
	return "0c 00" + strings.Repeat("00", 32) + "0009" + hex.EncodeToString([]byte{byte(n >> 8), byte(n)}) + inner
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{solicit, reply, relay(solicit)} {
		b := wire(s)
		for i := range b {
			if _, n, err := Decode(b[:i]); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Fatalf("prefix %d: %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{solicit, reply, relay(solicit)} {
		f.Add(wire(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		o := m.Options()
		for opt, ok := o.Next(); ok; opt, ok = o.Next() {
			opt.MAC()
			opt.VendorClass()
			if len(opt.FQDN(nil)) > 255 {
				t.Fatal("name above 255 bytes")
			}
			nested := opt.Nested()
			for in, ok := nested.Next(); ok; in, ok = nested.Next() {
				in.Addr()
			}
		}
		if err != nil {
			return
		}
		if again, n2, err := Decode(b[:n]); err != nil || n2 != n || again.Type != m.Type {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := wire(relay(solicit))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(msg); err != nil {
			b.Fatal(err)
		}
	}
}
