package dhcp

import (
	"bytes"
	"errors"
	"testing"
)

// message builds a message with those options.
func message(op byte, your [4]byte, options ...[]byte) []byte {
	b := make([]byte, Size)
	b[0], b[1], b[2] = op, 1, 6
	copy(b[4:], []byte{0xde, 0xad, 0xbe, 0xef})
	copy(b[16:], your[:])
	copy(b[28:], []byte{0x00, 0x0e, 0x8c, 1, 2, 3})
	b = append(b, 0x63, 0x82, 0x53, 0x63)
	for _, o := range options {
		b = append(b, o...)
	}
	return append(b, optEnd)
}

func option(code byte, data string) []byte {
	return append([]byte{code, byte(len(data))}, data...)
}

var (
	discover = message(Request, [4]byte{}, option(OptType, "\x01"), option(OptHostname, "plc-7"),
		[]byte{optPad, optPad}, option(OptVendorClass, "MSFT 5.0"), option(OptParameters, "\x01\x03\x06"))
	ack = message(Reply, [4]byte{10, 0, 0, 5}, option(OptType, "\x05"), option(OptRouter, "\x0a\x00\x00\x01"),
		option(OptServer, "\x0a\x00\x00\x02"))
)

func TestDecode(t *testing.T) {
	m, n, err := Decode(discover)
	if err != nil || n != len(discover) || m.Type() != Discover || !m.Cookie || m.XID != 0xdeadbeef {
		t.Fatalf("discover: %+v, %d, %v", m, n, err)
	}
	if !bytes.Equal(m.Hardware, []byte{0x00, 0x0e, 0x8c, 1, 2, 3}) {
		t.Errorf("hardware % x", m.Hardware)
	}
	if got := find(m, OptHostname); string(got.Data) != "plc-7" {
		t.Errorf("host name %q", got.Data)
	}
	if got := find(m, OptVendorClass); string(got.Data) != "MSFT 5.0" {
		t.Errorf("vendor class %q", got.Data)
	}
	m, n, err = Decode(ack)
	if err != nil || n != len(ack) || m.Type() != Ack || m.Your.String() != "10.0.0.5" {
		t.Fatalf("ack: %+v, %d, %v", m, n, err)
	}
	if a, ok := find(m, OptRouter).Addr(); !ok || a.String() != "10.0.0.1" {
		t.Errorf("router %v, %v", a, ok)
	}
}

func find(m Message, code uint8) Option {
	o := m.Options()
	for {
		opt, ok := o.Next()
		if !ok || opt.Code == code {
			return opt
		}
	}
}

func TestOptionsInTheFileField(t *testing.T) {
	b := message(Request, [4]byte{}, option(OptType, "\x03"), option(OptOverload, "\x01"))
	copy(b[108:], append(option(OptHostname, "cell4"), optEnd))
	m, _, err := Decode(b)
	if err != nil || string(find(m, OptHostname).Data) != "cell4" || len(m.File) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestBootp(t *testing.T) {
	b := make([]byte, 300)
	b[0], b[1], b[2] = Request, 1, 6
	copy(b[108:], "boot.img")
	m, n, err := Decode(b)
	if err != nil || n != Size || m.Cookie || m.Type() != 0 || string(m.File) != "boot.img" {
		t.Errorf("%+v, %d, %v", m, n, err)
	}
}

func TestFQDN(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"text", "\x00\x00\x00plc-7.plant", "plc-7.plant"},
		{"DNS form", "\x04\x00\x00\x05plc-7\x05plant\x00", "plc-7.plant"},
		{"label beyond the data", "\x04\x00\x00\x05plc-7\x09plant", "plc-7"},
		{"empty", "\x00\x00\x00", ""},
	} {
		var buf [255]byte
		if got := (Option{OptFQDN, []byte(c.data)}).FQDN(buf[:]); string(got) != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	long := bytes.Clone(discover)
	long[2] = 17
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"operation 3", append([]byte{3}, discover[1:]...), ErrFormat},
		{"operation 3, cut", []byte{3}, ErrFormat},
		{"hardware address of 17 bytes", long, ErrFormat},
		{"half a message", discover[:100], ErrShort},
	} {
		if _, _, err := Decode(c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTruncation(t *testing.T) {
	for i := range discover {
		m, n, err := Decode(discover[:i])
		if i < Size && !errors.Is(err, ErrShort) || n > i {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
		if err == nil && len(find(m, OptVendorClass).Data) > 8 {
			t.Fatalf("prefix %d: invented bytes", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(discover)
	f.Add(ack)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.XID != m.XID || again.Type() != m.Type() {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
		sum := 0
		var buf [255]byte
		o := m.Options()
		for opt, ok := o.Next(); ok; opt, ok = o.Next() {
			sum += len(opt.Data)
			opt.FQDN(buf[:])
			opt.Addr()
		}
		if sum > len(b) {
			t.Fatalf("%d bytes of options in %d bytes", sum, len(b))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(discover)
		if err != nil || m.Type() != Discover {
			b.Fatal(err)
		}
	}
}
