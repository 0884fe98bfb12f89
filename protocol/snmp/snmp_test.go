package snmp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Messages written by hand from the RFCs.
const (
	getSysDescr = "3026 020100 0406 7075626c6963 a019 020101 020100 020100 300e 300c 0608 2b06010201010100 0500"
	sysName     = "3029 020101 0406 7075626c6963 a21c 020101 020100 020100 3011 300f 0608 2b06010201010500 0403 706c63"
	noSuchName  = "3026 020100 0406 7075626c6963 a219 020101 020102 020101 300e 300c 0608 2b06010201010100 0500"
	twoNames    = "3037 020100 0406 7075626c6963 a22a 020101 020100 020100 301f 300c 0608 2b06010201010100 0500 300f 0608 2b06010201010500 0403 706c63"
	trapV1      = "302a 020100 0406 7075626c6963 a41d 0606 2b0601040109 4004 0a000001 020106 020101 430164 3000 0000 0000"
	discovery   = "3038 020103 300d 020107 020205dc 040104 020103 0410 300e 0400 020100 020100 0400 0400 0400 3012 0400 0400 a00c 020107 020100 020100 3000 0000"
	encrypted   = "3036 020103 300e 020108 020300ffe3 040103 020103 041a 3018 0405 8000000903 020101 020102 0405 61646d696e 0400 0400 0406 aabbccddeeff"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	// The hand-written outer length is only a reminder: compute it.
	if len(b) > 2 && b[0] == 0x30 {
		b[1] = byte(len(b) - 2)
	}
	return b
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want Message
	}{
		{"a request of version 1", getSysDescr, Message{Version: V1, Community: []byte("public"), HasPDU: true, Type: Get, Request: 1}},
		{"a response of version 2c", sysName, Message{Version: V2c, Community: []byte("public"), HasPDU: true, Type: Response, Request: 1}},
		{"a response that says no", noSuchName, Message{Version: V1, Community: []byte("public"), HasPDU: true, Type: Response, Request: 1, Error: 2}},
		{"a trap of version 1", trapV1, Message{Version: V1, Community: []byte("public"), HasPDU: true, Type: TrapV1, Enterprise: []byte("\x2b\x06\x01\x04\x01\x09"), Agent: []byte{10, 0, 0, 1}}},
		{"a discovery of version 3", discovery, Message{Version: V3, Flags: Reportable, ID: 7, HasPDU: true, Type: Get, Request: 7}},
		{"an encrypted message", encrypted, Message{Version: V3, Flags: Authenticated | Encrypted, ID: 8, Engine: []byte("\x80\x00\x00\x09\x03"), User: []byte("admin")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := unhex(t, c.in)
			m, n, err := Decode(in)
			if err != nil || n != len(in) || !m.Whole {
				t.Fatalf("%d of %d bytes, %v", n, len(in), err)
			}
			w := c.want
			if m.Version != w.Version || m.HasPDU != w.HasPDU || m.Type != w.Type || m.Request != w.Request || m.Error != w.Error || m.Flags != w.Flags || m.ID != w.ID {
				t.Errorf("got %+v", m)
			}
			for i, p := range [][2][]byte{{m.Community, w.Community}, {m.Engine, w.Engine}, {m.User, w.User}, {m.Enterprise, w.Enterprise}, {m.Agent, w.Agent}} {
				if !bytes.Equal(p[0], p[1]) {
					t.Errorf("field %d is %x", i, p[0])
				}
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
		{"a set", "3100", ErrProtocol},
		{"no version", "3002 0400", ErrProtocol},
		{"an unknown version", "3005 020102 0400", ErrProtocol},
		{"no community", "3003 020100", ErrProtocol},
		{"no PDU", "3005 020100 0400", ErrProtocol},
		{"an LDAP bind", "300c 020101 6007 020103 0400 8000", ErrProtocol},
		{"a PDU of an unknown type", "3007 020100 0400 a900", ErrProtocol},
		{"a PDU without numbers", "3007 020100 0400 a000", ErrProtocol},
		{"version 3 without security", "3005 020103 3000", ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, _, err := Decode(unhex(t, c.in)); !errors.Is(err, c.err) {
				t.Errorf("got %+v, %v", m, err)
			}
		})
	}
}

func TestBindings(t *testing.T) {
	m, _, err := Decode(unhex(t, sysName))
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bindings()
	v, ok := b.Next()
	if !ok {
		t.Fatal("no variable")
	}
	if n, ok := SystemScalar(v.OID); !ok || n != SysName {
		t.Errorf("scalar %d, %v", n, ok)
	}
	if s, ok := v.Text(); !ok || string(s) != "plc" {
		t.Errorf("text %q, %v", s, ok)
	}
	if _, ok := b.Next(); ok {
		t.Error("a second variable")
	}
}

func TestOIDs(t *testing.T) {
	if _, ok := SystemScalar([]byte(System + "\x01\x01")); ok {
		t.Error("an instance that is not 0")
	}
	if col, row, ok := EntityCell([]byte(Entity + "\x0b\x87\x69")); !ok || col != EntitySerial || row != 1001 {
		t.Errorf("cell %d, %d, %v", col, row, ok)
	}
	if _, _, ok := EntityCell([]byte(Entity + "\x0b\x01\x01")); ok {
		t.Error("a cell with two indexes")
	}
	if v, ok := Enterprise([]byte(Enterprises + "\x82\x37\x01")); !ok || v != 311 {
		t.Errorf("enterprise %d, %v", v, ok)
	}
	if _, ok := Enterprise([]byte(Enterprises + "\xff\xff\xff\xff\xff\x01")); ok {
		t.Error("an enterprise above 32 bits")
	}
	if _, ok := Enterprise([]byte(System)); ok {
		t.Error("an enterprise elsewhere")
	}
}

func TestEngine(t *testing.T) {
	v, form, rest, ok := Engine([]byte{0x80, 0, 0, 9, 3, 0, 0xaa, 0xbb, 0xcc, 0, 1})
	if !ok || v != 9 || form != 3 || len(rest) != 6 {
		t.Errorf("got %d, %d, %x, %v", v, form, rest, ok)
	}
	if _, _, _, ok := Engine([]byte{0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8}); ok {
		t.Error("the old form")
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{getSysDescr, sysName, trapV1, discovery, encrypted} {
		in := unhex(t, s)
		for i := range in {
			m, n, err := Decode(in[:i])
			if err == nil && (n != i || m.Whole) || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("%s cut to %d: %+v, %d, %v", s, i, m, n, err)
			}
			drain(m)
		}
	}
	// What is whole is read.
	in := unhex(t, twoNames)
	m, _, err := Decode(in[:len(in)-2])
	if err != nil || m.Whole || drain(m) != 1 {
		t.Errorf("%+v with %d variables, %v", m, drain(m), err)
	}
}

func drain(m Message) (n int) {
	b := m.Bindings()
	for {
		v, ok := b.Next()
		if !ok {
			return n
		}
		n++
		v.Text()
		SystemScalar(v.OID)
		EntityCell(v.OID)
		Enterprise(v.OID)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{getSysDescr, sysName, noSuchName, trapV1, discovery, encrypted} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes with %v", n, err)
			}
			return
		}
		if n > len(b) || len(m.Community)+len(m.Engine)+len(m.User) > n {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
		again, k, err := Decode(b[:n])
		if err != nil || k != n || again.Type != m.Type || again.Request != m.Request || drain(again) != drain(m) {
			t.Fatalf("again %+v, %d, %v", again, k, err)
		}
		Engine(m.Engine)
	})
}

func BenchmarkDecode(b *testing.B) {
	in := unhex(b, sysName)
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		w := m.Bindings()
		if v, ok := w.Next(); !ok || v.Value.Tag != ber.OctetString {
			b.Fatal("no variable")
		}
	}
}
