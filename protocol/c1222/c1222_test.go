package c1222

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// Messages written by hand from the standard, around an information field.
const head = "a207 0605 2b06010401 a603 8001 05 a804 0202 0102"

func message(t testing.TB, information string) []byte {
	t.Helper()
	data := unhex(t, information)
	octets := append([]byte{0x81, byte(len(data))}, data...)
	external := append([]byte{0x28, byte(len(octets))}, octets...)
	field := append([]byte{0xbe, byte(len(external))}, external...)
	b := append(unhex(t, head), field...)
	return append([]byte{0x60, byte(len(b))}, b...)
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	identify  = "80 01 20"
	readTwo   = "80 03 30 0001 08 3f 0803 000000 0010"
	writeFull = "90 6d657465 07 40 0007 0001 aa 01"
	logon     = "80 0f 50 0002 6f70657261746f720000 0000"
	ciphered  = "88 aabbccdd"
	answer    = "80 8103 00 0102"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name     string
		in       string
		security Security
		class    string
		codes    []Code
		err      error // of the walk
	}{
		{"an identification", identify, Clear, "", []Code{Identify}, nil},
		{"two reads", readTwo, Clear, "", []Code{FullRead, 0x3f}, nil},
		{"a write to a class of device", writeFull, Clear, "mete", []Code{FullWrite}, nil},
		{"a logon", logon, Clear, "", []Code{Logon}, nil},
		{"a ciphered request", ciphered, Ciphered, "", nil, nil},
		{"a response with a long length", answer, Clear, "", []Code{OK}, nil},
		{"authentication behind a service", "84 01 20 ff", Authenticated, "", []Code{Identify}, ErrShort},
		{"a control octet without its top bit", "00 01 20", Clear, "", []Code{Identify}, nil},
		{"a service of no length", "80 00", Clear, "", nil, ErrShort},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := message(t, c.in)
			m, n, err := Decode(in)
			if err != nil || n != len(in) {
				t.Fatalf("%d of %d bytes, %v", n, len(in), err)
			}
			if m.Security != c.security || string(m.Class) != c.class || m.Invocation != 258 || len(m.Called.Body) != 5 || m.Answering || m.Marked == (c.name == "a control octet without its top bit") {
				t.Errorf("got %+v", m)
			}
			s := m.Services()
			for _, w := range c.codes {
				if got, ok := s.Next(); !ok || got.Code != w {
					t.Errorf("service %+v, %v, want %x", got, ok, w)
				}
			}
			if got, ok := s.Next(); ok || !errors.Is(s.Err(), c.err) {
				t.Errorf("more: %+v, %v", got, s.Err())
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		err  error
	}{
		{"nothing", "", ErrShort},
		{"half a tag of another kind", "30", ErrProtocol},
		{"a sequence", "3000", ErrProtocol},
		{"a message without information", "6004 a202 0600", ErrProtocol},
		{"information that is no EXTERNAL", "6004 be02 3000", ErrProtocol},
		{"information without octets", "6006 be04 2802 8100", ErrProtocol},
		{"a class cut off", "6009 be07 2805 81039061 62", ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, _, err := Decode(unhex(t, c.in)); !errors.Is(err, c.err) {
				t.Errorf("got %+v, %v", m, err)
			}
		})
	}
}

func first(t *testing.T, s string) Service {
	t.Helper()
	m, _, err := Decode(message(t, s))
	if err != nil {
		t.Fatal(err)
	}
	w := m.Services()
	x, _ := w.Next()
	return x
}

func TestService(t *testing.T) {
	if n, ok := first(t, readTwo).Table(); !ok || n != 1 {
		t.Errorf("table %d, %v", n, ok)
	}
	if n, ok := first(t, writeFull).Table(); !ok || n != 7 {
		t.Errorf("table %d, %v", n, ok)
	}
	if _, ok := first(t, identify).Table(); ok {
		t.Error("an identification has a table")
	}
	if u, ok := first(t, logon).User(); !ok || string(u) != "operator\x00\x00" {
		t.Errorf("user %q, %v", u, ok)
	}
	if _, ok := first(t, identify).User(); ok {
		t.Error("an identification has a user")
	}
	if !OK.Response() || Identify.Response() {
		t.Error("responses")
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{identify, readTwo, logon, answer} {
		in := message(t, s)
		for i := range in {
			if m, n, err := Decode(in[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut to %d: %+v, %d, %v", s, i, m, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{identify, readTwo, writeFull, logon, ciphered, answer} {
		f.Add(message(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes with %v", n, err)
			}
			return
		}
		if n > len(b) || len(m.services) > n {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
		if again, k, err := Decode(b[:n]); err != nil || k != n || again.Invocation != m.Invocation || again.Security != m.Security {
			t.Fatalf("again %+v, %d, %v", again, k, err)
		}
		s, left := m.Services(), len(m.services)
		for {
			x, ok := s.Next()
			if !ok {
				break
			}
			x.Table()
			x.User()
			if left -= 2 + len(x.Data); left < 0 {
				t.Fatal("more services than bytes")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := message(b, readTwo)
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		s := m.Services()
		for {
			if _, ok := s.Next(); !ok {
				break
			}
		}
	}
}
