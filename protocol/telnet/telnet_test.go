package telnet

import (
	"bytes"
	"errors"
	"testing"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, in string
		command  uint8
		option   uint8
		data     string
		n        int
		err      error
	}{
		{"text", "login: \xff\xfb\x01", 0, 0, "login: ", 7, nil},
		{"text alone", "abc", 0, 0, "abc", 3, nil},
		{"the server will echo", "\xff\xfb\x01login", Will, OptEcho, "", 3, nil},
		{"a byte 255", "\xff\xff", 0, 0, "\xff", 2, nil},
		{"terminal type", "\xff\xfa\x18\x00vt100\xff\xf0x", SB, OptTerminalType, "\x00vt100", 11, nil},
		{"255 in a subnegotiation", "\xff\xfa\x1f\xff\xff\xff\xf0", SB, OptWindowSize, "\xff\xff", 7, nil},
		{"go ahead", "\xff\xf9", 249, 0, "", 2, nil},
		{"half a negotiation", "\xff\xfd", 0, 0, "", 0, ErrShort},
		{"half a subnegotiation", "\xff\xfa\x18\x00v", 0, 0, "", 0, ErrShort},
		{"endless subnegotiation", "\xff\xfa\x18" + string(make([]byte, maxSub+1)), 0, 0, "", 0, ErrFormat},
		{"no such command", "\xff\x10", 0, 0, "", 0, ErrFormat},
		{"nothing", "", 0, 0, "", 0, ErrShort},
	} {
		tok, n, err := Decode([]byte(c.in))
		if tok.Command != c.command || tok.Option != c.option || string(tok.Data) != c.data || n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %d, %v", c.name, tok, n, err)
		}
	}
}

func TestNegotiates(t *testing.T) {
	for _, c := range []struct {
		in    string
		count int
		ok    bool
	}{
		{"\xff\xfd\x18\xff\xfb\x01login:", 2, true},
		{"\xff\xfd\x18\xff", 1, true},
		{"\xff\xd8\xff\xe0", 0, false}, // a JPEG picture
		{"\xff\xfa\x25\x02\x02\xff\xf0", 2, true},
		{"\xff\xff\xff\xff\xff\xff", 0, false}, // the marker of BGP
		{"text", 0, true},
	} {
		if count, ok := Negotiates([]byte(c.in)); count != c.count || ok != c.ok {
			t.Errorf("%q: %d, %v", c.in, count, ok)
		}
	}
}

func TestTruncation(t *testing.T) {
	whole := []byte("\xff\xfa\x18\x00vt100\xff\xf0")
	for i := range whole {
		if _, n, err := Decode(whole[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xff\xfd\x18\xff\xfb\x01login: "))
	f.Add([]byte("\xff\xfa\x18\x00vt100\xff\xf0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		Negotiates(b)
		tok, n, err := Decode(b)
		if err != nil {
			return
		}
		if n < 1 || n > len(b) || len(tok.Data) > n {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.Command != tok.Command || !bytes.Equal(again.Data, tok.Data) {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := []byte("\xff\xfa\x18\x00vt100\xff\xf0")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(msg); err != nil {
			b.Fatal(err)
		}
	}
}
