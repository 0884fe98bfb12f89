package mms

import (
	"errors"
	"testing"
)

// Transport units written by hand from the standards.
const (
	dataUnit     = "01000100 6112 3010 020103 a00b a009 020101 8204 00000000"
	connectUnit  = "0d39 0506 130100 160102 14020002 c12b 3129 a003800101 a222 61 20 301e 020101 a019 6017 a107 0605 28ca220203 be0c 280a 020103 a005 a803 820105"
	passwordUnit = "0d31 c12f 312d a003800101 a226 6124 3022 020101 a01d 601b 8b03 520301 ac08 8006 736563726574 be0a 2808 020103 a003 a80180"
	abortUnit    = "1900"
)

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    string
		layer Layer
		pdu   byte // first octet of the only PDU, 0 for none
	}{
		{"data behind a token", dataUnit, Data, 0xa0},
		{"data without a token", "0100 6112 3010 020103 a00b a009 020101 8204 00000000", Data, 0},
		{"data as one octet string", "01000100 610e 300c 020103 8107 a105 020101 8200", Data, 0xa1},
		{"data in the simple encoding", "01000100 6007 a005 020101 8200", Data, 0xa0},
		{"data of indefinite length", "01000100 6180 3080 020103 a080 8b00 0000 0000 0000", Data, 0x8b},
		{"a connection with an association", connectUnit, Connect, 0xa8},
		{"an acceptance without user data", "0e05 0503 130100", Accept, 0},
		{"a refusal", "0c03 320100", Refuse, 0},
		{"an end with a release", "0900", Finish, 0},
		{"an abort", abortUnit, Abort, 0},
		{"MMS without the layers between", identifyRequest, Bare, 0xa0},
		{"only a token", "0100", Data, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := Open(unhex(t, c.in))
			if c.name == "data without a token" {
				// A data unit alone is told from a token by nothing but what
				// follows, and 0x61 is no session unit.
				if !errors.Is(err, ErrSession) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || u.Layer != c.layer {
				t.Fatalf("layer %d, %v", u.Layer, err)
			}
			b, ok := u.Next()
			if ok != (c.pdu != 0) || ok && b[0] != c.pdu {
				t.Errorf("PDU %x, %v", b, ok)
			}
			if _, ok = u.Next(); ok {
				t.Error("a second PDU")
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		err  error
	}{
		{"one octet", "01", ErrShort},
		{"S7comm", "32010000000100080000f0000001000101e0", ErrSession},
		{"RDP", "0202", ErrShort},
		{"a token before no data", "0100 0d00", ErrSession},
		{"data cut off", "01000100 6112 3010 020103", ErrShort},
		{"a long unit cut off", "0dff0100", ErrShort},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Open(unhex(t, c.in)); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
		})
	}
}

func TestAuthentication(t *testing.T) {
	u, err := Open(unhex(t, passwordUnit))
	if err != nil || !u.Password || string(u.Mechanism) != "\x52\x03\x01" {
		t.Errorf("password %v, mechanism %x, %v", u.Password, u.Mechanism, err)
	}
	if b, ok := u.Next(); !ok || b[0] != 0xa8 {
		t.Errorf("PDU %x, %v", b, ok)
	}
	if u, _ = Open(unhex(t, connectUnit)); u.Password {
		t.Error("a password where none is")
	}
}

func TestOpenTruncation(t *testing.T) {
	for _, s := range []string{dataUnit, connectUnit, passwordUnit, abortUnit} {
		in := unhex(t, s)
		for i := range in {
			u, err := Open(in[:i])
			if err == nil {
				drain(&u)
			}
		}
	}
}

func drain(u *Unit) (n int) {
	for {
		b, ok := u.Next()
		if !ok {
			return n
		}
		n++
		if p, _, err := Decode(b); err == nil {
			walk(p)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{dataUnit, connectUnit, passwordUnit, abortUnit, identifyRequest} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := Open(b)
		if err != nil {
			return
		}
		again := u
		if n := drain(&u); n != drain(&again) || n > len(b) {
			t.Fatalf("%d PDUs in %d octets", n, len(b))
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	in := unhex(b, dataUnit)
	b.ReportAllocs()
	for b.Loop() {
		u, err := Open(in)
		if err != nil {
			b.Fatal(err)
		}
		if _, ok := u.Next(); !ok {
			b.Fatal("no PDU")
		}
	}
}
