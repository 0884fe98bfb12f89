package dcerpc

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
	bind = unhex(`05 00 0b 03 10000000 4800 0000 01000000
		b810 b810 00000000 01 00 0000
		0000 01 00 08 83 af e1 1f 5d c9 11 91 a4 08 00 2b 14 a0 fa 0300 0000
		04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 0200 0000`)
	bindAck = unhex(`05 00 0c 03 10000000 3c00 0000 01000000
		b810 b810 53f00000 0400 313335 00 0000
		01 00 0000
		0000 0000 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 0200 0000`)
	request  = unhex(`05 00 00 03 10000000 1c00 0000 02000000 04000000 0000 0300 aabbccdd`)
	object   = unhex(`05 00 00 83 10000000 2c00 0000 02000000 04000000 0000 0300 00112233445566778899aabbccddeeff aabbccdd`)
	response = unhex(`05 00 02 03 10000000 1c00 0000 02000000 04000000 0000 00 00 01020304`)
	fault    = unhex(`05 00 03 03 10000000 2000 0000 02000000 00000000 0000 00 00 04000000 00000000`)
	bigEnd   = unhex(`05 00 00 03 00000000 001c 0000 00000002 00000004 0000 0003 aabbccdd`)
	signed   = unhex(`05 00 00 03 10000000 3000 0800 02000000 04000000 0000 0300 aabbccdd 00000000
		0a 06 04 00 00000000 4e544c4d53535000`)
	datagram = append(unhex(`04 00 20 00 100000 00
		0000a0de976cd111827100010003015a
		0100a0de976cd111827100a02442df7d
		902f1413000000 1000a994d21068 90ca
		00000000 01000000 05000000 0200 ffff ffff 0400 0000 00 00`), 1, 2, 3, 4)
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name  string
		frame []byte
		typ   Type
		id    uint32
	}{
		{"bind", bind, Bind, 1},
		{"bind acknowledged", bindAck, BindAck, 1},
		{"request", request, Request, 2},
		{"request for an object", object, Request, 2},
		{"response", response, Response, 2},
		{"fault", fault, Fault, 2},
		{"big endian sender", bigEnd, Request, 2},
		{"signed request", signed, Request, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, n, err := Decode(c.frame)
			if err != nil || n != len(c.frame) {
				t.Fatalf("n %d of %d, err %v", n, len(c.frame), err)
			}
			if p.Type != c.typ || p.ID != c.id || !p.First() || !p.Last() {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestCall(t *testing.T) {
	for _, c := range []struct {
		name   string
		frame  []byte
		opnum  uint16
		status uint32
		stub   string
	}{
		{"request", request, 3, 0, "aabbccdd"},
		{"object", object, 3, 0, "aabbccdd"},
		{"response", response, 0, 0, "01020304"},
		{"fault", fault, 0, 4, "00000000"},
		{"big endian", bigEnd, 3, 0, "aabbccdd"},
		{"signed, padding removed", signed, 3, 0, "aabbccdd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _, _ := Decode(c.frame)
			x, err := p.ReadCall()
			if err != nil || x.Opnum != c.opnum || x.Status != c.status || hex.EncodeToString(x.Stub) != c.stub {
				t.Errorf("got %+v, err %v", x, err)
			}
		})
	}
	p, _, _ := Decode(signed)
	if p.AuthType != 10 || p.AuthLevel != 6 || string(p.Auth) != "NTLMSSP\x00" {
		t.Errorf("auth %d level %d %q", p.AuthType, p.AuthLevel, p.Auth)
	}
}

func TestBind(t *testing.T) {
	p, _, _ := Decode(bind)
	x := p.Contexts()
	c, ok := x.Next()
	if !ok || c.Interface.UUID != EPM || c.Interface.Major != 3 || c.Transfer.UUID.String() != "8a885d04-1ceb-11c9-9fe8-08002b104860" {
		t.Errorf("got %+v %v", c, ok)
	}
	if _, ok := x.Next(); ok {
		t.Error("one context, got a second")
	}
	p, _, _ = Decode(bindAck)
	addr, o, err := p.Accepted()
	if err != nil || string(addr) != "135" {
		t.Fatalf("address %q, err %v", addr, err)
	}
	r, ok := o.Next()
	if !ok || r.Result != 0 || r.Transfer.Major != 2 {
		t.Errorf("got %+v %v", r, ok)
	}
}

func TestRejects(t *testing.T) {
	for _, c := range []struct {
		name  string
		frame []byte
		want  error
	}{
		{"another version", unhex("06 00 00 03 10000000 1c00 0000 02000000"), ErrVersion},
		{"a connectionless type", unhex("05 00 07 03 10000000 1c00 0000 02000000"), ErrType},
		{"unknown integers", unhex("05 00 00 03 30000000 1c00 0000 02000000"), ErrRep},
		{"shorter than its header", unhex("05 00 00 03 10000000 0900 0000 02000000"), ErrLength},
		{"a credential longer than the message", unhex("05 00 00 03 10000000 1000 0800 02000000"), ErrLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := Decode(c.frame); !errors.Is(err, c.want) {
				t.Errorf("err %v, want %v", err, c.want)
			}
		})
	}
}

func TestDecodeDatagram(t *testing.T) {
	d, n, err := DecodeDatagram(datagram)
	if err != nil || n != len(datagram) || d.Cut || !d.Whole() {
		t.Fatalf("n %d, err %v, %+v", n, err, d)
	}
	if d.Interface.String() != "dea00001-6c97-11d1-8271-00a02442df7d" || d.Opnum != 2 || d.Sequence != 5 || !bytes.Equal(d.Body, []byte{1, 2, 3, 4}) {
		t.Errorf("got %+v", d)
	}
	d, n, err = DecodeDatagram(datagram[:82])
	if err != nil || n != 82 || !d.Cut {
		t.Errorf("cut datagram: n %d, err %v, cut %v", n, err, d.Cut)
	}
}

func TestParseUUID(t *testing.T) {
	const s = "e1af8308-5d1f-11c9-91a4-08002b14a0fa"
	if ParseUUID(s) != EPM || EPM.String() != s {
		t.Error("the endpoint mapper's UUID does not survive its text form")
	}
	for _, s := range []string{"", "e1af8308", "zzaf8308-5d1f-11c9-91a4-08002b14a0fa"} {
		if !ParseUUID(s).IsZero() {
			t.Errorf("%q is a UUID", s)
		}
	}
}

// tower serves the endpoint mapper itself at TCP 49152 of 10.0.0.5.
var tower = unhex(`0500
	1300 0d 0883afe11f5dc91191a408002b14a0fa 0300 0200 0000
	1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000
	0100 0b 0200 0000
	0100 07 0200 c000
	0100 09 0400 0a000005`)

func lookup() []byte {
	b := unhex(`00000000 00000000000000000000000000000000 01000000 f4010000 00000000 01000000
		00000000000000000000000000000000 03000000 00000000 06000000`)
	b = append(b, "S7-15\x00\x00\x00"...)
	b = append(b, byte(len(tower)), 0, 0, 0, byte(len(tower)), 0, 0, 0)
	b = append(b, tower...)
	return append(b, 0, 0, 0, 0, 0, 0, 0)
}

func TestLookup(t *testing.T) {
	e, err := DecodeLookup(true, lookup())
	if err != nil {
		t.Fatal(err)
	}
	x, ok := e.Next()
	if !ok || string(x.Annotation) != "S7-15" || x.Tower.Port != 49152 || x.Tower.Transport != FloorTCP ||
		x.Tower.IPv4 != [4]byte{10, 0, 0, 5} || x.Tower.Interface.UUID != EPM {
		t.Errorf("got %+v %v", x, ok)
	}
	if _, ok := e.Next(); ok {
		t.Error("one entry, got a second")
	}
}

func TestMap(t *testing.T) {
	b := unhex(`00000000 00000000000000000000000000000000 01000000 04000000 00000000 01000000 03000000`)
	b = append(b, byte(len(tower)), 0, 0, 0, byte(len(tower)), 0, 0, 0)
	b = append(b, tower...)
	m, err := DecodeMap(true, b)
	if err != nil {
		t.Fatal(err)
	}
	if x, ok := m.Next(); !ok || x.Port != 49152 {
		t.Errorf("got %+v %v", x, ok)
	}
}

// walk reads everything there is to read in b.
func walk(t *testing.T, b []byte) {
	if p, n, err := Decode(b); err == nil {
		if n > len(b) || n < len(p.Body) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		_, _ = p.ReadCall()
		for c := p.Contexts(); ; {
			if _, ok := c.Next(); !ok {
				break
			}
		}
		if _, o, err := p.Accepted(); err == nil {
			for ok := true; ok; {
				_, ok = o.Next()
			}
		}
		if again, m, err := Decode(b[:n]); err != nil || m != n || again.ID != p.ID || !bytes.Equal(again.Body, p.Body) {
			t.Fatalf("decoded again: %+v, %d, %v", again, m, err)
		}
	}
	if d, n, err := DecodeDatagram(b); err == nil && (n > len(b) || len(d.Body) > n) {
		t.Fatalf("took %d of %d", n, len(b))
	}
	for _, rep := range []Rep{true, false} {
		if e, err := DecodeLookup(rep, b); err == nil {
			for ok := true; ok; {
				_, ok = e.Next()
			}
		}
		if m, err := DecodeMap(rep, b); err == nil {
			for ok := true; ok; {
				_, ok = m.Next()
			}
		}
	}
	_, _ = DecodeTower(b)
}

func frames() [][]byte {
	return [][]byte{bind, bindAck, request, object, response, fault, bigEnd, signed, datagram, lookup(), tower}
}

func TestTruncation(t *testing.T) {
	for _, f := range frames() {
		for i := range f {
			walk(t, f[:i])
			_, _, err := Decode(f[:i])
			if f[0] == 5 && !errors.Is(err, ErrShort) && len(f) != len(tower) {
				t.Errorf("%x cut to %d: %v", f[:4], i, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range frames() {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		p, _, err := Decode(request)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = p.ReadCall()
		_, _, _ = DecodeDatagram(datagram)
	}
}
