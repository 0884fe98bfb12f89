package mms

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// Frames written by hand from the standards. Spaces only structure them.
const (
	identifyRequest  = "a0 05 020107 8200"
	identifyResponse = "a1 13 020107 a20e 8003 414243 8102 4d31 8203 312e32"
	readNamed        = "a0 1e 020108 a419 a117 a015 3013 a011 a10f 1a03 4c4431 1a08 4c4c4e30244d4f44"
	readFailed       = "a1 0a 020108 a405 a103 80010a"
	writeControl     = "a0 2e 02012c a529 a01c 301a a018 a116 1a03 4c4431 1a0f 435357493124434f24506f7324 4f70 a009 a207 8301ff 860100 00"
	writeDone        = "a1 07 02012c a502 8100"
	writeFailed      = "a1 08 02012c a503 800103"
	accessError      = "a2 0b 8001 09 a206 a004 8702 0002"
	rejected         = "a4 06 800109 810101"
	report           = "a3 12 a010 a107 8005 5250542e31 a005 8301ff 8400"
	initiate         = "a8 25 80020fa0 810105 820105 830105 a416 800101 810305e100 820c 030000000000000000000000"
	conclude         = "8b00"
	nameList         = "a0 10 020101 a10b a003 800109 a104 80 02 0000"
	nameListResponse = "a1 10 020101 a10b a006 1a01 41 1a01 42 810100"
	stop             = "a0 0a 020101 bf2904 8002 5031"
	download         = "a0 0e 020101 ba09 8002 4431 a100 8201 00"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name     string
		in       string
		kind     Kind
		invoke   uint32
		serviced bool
		service  Service
	}{
		{"an identify request", identifyRequest, ConfirmedRequest, 7, true, Identify},
		{"an identify response", identifyResponse, ConfirmedResponse, 7, true, Identify},
		{"a read", readNamed, ConfirmedRequest, 8, true, Read},
		{"a request behind a modifier", "a0 0a 020107 3003 800101 8200", ConfirmedRequest, 7, true, Identify},
		{"a response without a service", "a1 03 020100", ConfirmedResponse, 0, false, 0},
		{"an error", accessError, ConfirmedError, 9, false, 0},
		{"a rejection", rejected, Reject, 9, false, 0},
		{"a report", report, Unconfirmed, 0, true, InformationReport},
		{"an initiation", initiate, InitiateRequest, 0, false, 0},
		{"a conclusion", conclude, ConcludeRequest, 0, false, 0},
		{"a cancellation", "85 01 2c", CancelRequest, 44, false, 0},
		{"a stop, whose tag has two octets", stop, ConfirmedRequest, 1, true, Stop},
		{"a deletion with its name as the whole body", "a0 09 020101 9f2703 505231", ConfirmedRequest, 1, true, DeleteProgramInvocation},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := unhex(t, c.in)
			p, n, err := Decode(in)
			if err != nil || n != len(in) {
				t.Fatalf("%d of %d octets, %v", n, len(in), err)
			}
			if p.Kind != c.kind || p.Invoke != c.invoke || p.Serviced != c.serviced || p.Service != c.service {
				t.Errorf("got %+v", p)
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
		{"a sequence", "3000", ErrProtocol},
		{"a confirmed request without a number", "a002 8200", ErrProtocol},
		{"a reserved length", "a0ff", ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := Decode(unhex(t, c.in)); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
		})
	}
}

func decode(t testing.TB, s string) PDU {
	t.Helper()
	p, _, err := Decode(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestObject(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
	}{
		{"the variable of a read", readNamed, "LD1/LLN0$MOD"},
		{"the domain of a download", download, "D1"},
		{"the program of a stop", stop, "P1"},
		{"the program of a deletion", "a0 09 020101 9f2703 505231", "PR1"},
		{"the file to open", "a0 11 020101 bf480b a005 1903 412e42 810100 00", "A.B"},
		{"the file to delete", "a0 0b 020101 bf4c05 1903 412e42", "A.B"},
		{"the source of a copy", "a0 13 020101 bf2e0d a105 1903 412e42 a204 1902 4344", "A.B"},
		{"the domain whose names are asked", "a0 12 020101 a10d a003 800100 a105 8103 4c4431 00", "LD1"},
		{"a variable of the device", "a0 10 020101 a40b a109 a007 3005 a003 800141", "A"},
		{"a variable by its attributes", "a0 0c 020101 a607 a005 8003 414243", "ABC"},
		{"a list by its attributes", "a0 0e 020101 ac09 a107 1a01 41 1a02 4243", "A/BC"},
		{"a list to define", "a0 0c 020101 ab07 8003 414243 a000", "ABC"},
		{"a variable by its address", "a0 0c 020101 a407 a105 a003 3001 00", ""},
		{"an upload by number", "a0 06 020101 9e0105", ""},
		{"an identification has none", identifyRequest, ""},
		{"a response has none", identifyResponse, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _, err := Decode(unhex(t, c.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Object().Append(nil); string(got) != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	p, _, err := Decode(unhex(t, writeControl))
	if err != nil {
		t.Fatal(err)
	}
	v := p.Variables()
	n, ok := v.Next()
	if !ok || string(n.Append(nil)) != "LD1/CSWI1$CO$Pos$Op" || string(n.Constraint()) != "CO" {
		t.Errorf("name %q, constraint %q", n.Append(nil), n.Constraint())
	}
	if _, ok = v.Next(); ok {
		t.Error("a second variable")
	}
	c := p.Values()
	e, _ := c.Next()
	if x, ok := Number(e); !ok || x != 255 {
		t.Errorf("value %d, %v", x, ok)
	}
	if decode(t, writeDone).Refused() {
		t.Error("a success is refused")
	}
	if !decode(t, writeFailed).Refused() || !decode(t, readFailed).Refused() {
		t.Error("a failure is not refused")
	}
	if decode(t, "a1 0d 020108 a408 a106 80010a 8301ff").Refused() {
		t.Error("a read that gave one of two values is refused")
	}
}

func TestConstraint(t *testing.T) {
	for in, want := range map[string]string{"LLN0$DC$NamPlt": "DC", "LLN0": "", "LLN0$LONG$X": "", "A$": ""} {
		if got := (Name{Item: []byte(in)}).Constraint(); string(got) != want {
			t.Errorf("%s: %q", in, got)
		}
	}
}

func TestReport(t *testing.T) {
	p := decode(t, report)
	v := p.Variables()
	if n, ok := v.Next(); !ok || string(n.Item) != "RPT.1" {
		t.Errorf("name %q, %v", n.Item, ok)
	}
	if _, ok := v.Next(); ok {
		t.Error("a list has two names")
	}
	c := p.Values()
	if e, ok := c.Next(); !ok || e.Tag != Boolean {
		t.Errorf("value %+v, %v", e, ok)
	}
}

func TestIdentity(t *testing.T) {
	id, ok := decode(t, identifyResponse).Identity()
	if !ok || string(id.Vendor) != "ABC" || string(id.Model) != "M1" || string(id.Revision) != "1.2" {
		t.Errorf("got %q %q %q, %v", id.Vendor, id.Model, id.Revision, ok)
	}
	if _, ok := decode(t, writeDone).Identity(); ok {
		t.Error("a write response has an identity")
	}
}

func TestNames(t *testing.T) {
	if class, ok := decode(t, nameList).NameClass(); !ok || class != 9 {
		t.Errorf("class %d, %v", class, ok)
	}
	c := decode(t, nameListResponse).Names()
	var got []string
	for {
		e, ok := c.Next()
		if !ok {
			break
		}
		got = append(got, string(e.Body))
	}
	if strings.Join(got, ",") != "A,B" {
		t.Errorf("got %v", got)
	}
}

func TestErrorClass(t *testing.T) {
	class, code, ok := decode(t, accessError).ErrorClass()
	if !ok || class != 7 || code != 2 {
		t.Errorf("got %d, %d, %v", class, code, ok)
	}
	if _, _, ok := decode(t, writeDone).ErrorClass(); ok {
		t.Error("a response has an error class")
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want int64
		ok   bool
	}{
		{"a negative integer", "8501fe", -2, true},
		{"an unsigned", "860200ff", 255, true},
		{"a float is none", "870508 41200000", 0, false},
		{"an empty structure is none", "a200", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := decode(t, "a3 "+hexLen(c.in, 6)+" a0"+hexLen(c.in, 4)+" 8000 a0"+hexLen(c.in, 0)+c.in)
			cur := p.Values()
			e, _ := cur.Next()
			if got, ok := Number(e); got != c.want || ok != c.ok {
				t.Errorf("got %d, %v", got, ok)
			}
		})
	}
}

func hexLen(s string, more int) string {
	n := len(strings.ReplaceAll(s, " ", ""))/2 + more
	return hex.EncodeToString([]byte{byte(n)})
}

func TestServiceNames(t *testing.T) {
	for s, want := range map[Service]string{Read: "read", ObtainFile: "obtainFile", FileDirectory: "fileDirectory", Stop: "stop", 200: "unknown service"} {
		if s.String() != want {
			t.Errorf("%d: %s", s, s)
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{identifyResponse, readNamed, writeControl, accessError, rejected, report, initiate, nameList, stop, download} {
		in := unhex(t, s)
		for i := range in {
			if p, n, err := Decode(in[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut to %d: %+v, %d, %v", s, i, p, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{identifyResponse, readNamed, writeControl, accessError, rejected, report, initiate, nameList, nameListResponse, stop, download} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d octets with %v", n, err)
			}
			return
		}
		if n > len(b) {
			t.Fatalf("%d of %d octets", n, len(b))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || again.Kind != p.Kind || again.Invoke != p.Invoke || again.Service != p.Service {
			t.Fatalf("again %+v, %d, %v", again, m, err)
		}
		name := p.Object()
		if !bytes.Contains(b, name.Domain) || !bytes.Contains(b, name.Item) {
			t.Fatal("a name from elsewhere")
		}
		walk(p)
	})
}

func walk(p PDU) {
	p.Refused()
	p.ErrorClass()
	p.Identity()
	p.NameClass()
	v := p.Variables()
	for {
		n, ok := v.Next()
		if !ok {
			break
		}
		n.Constraint()
	}
	values := p.Values()
	for {
		e, ok := values.Next()
		if !ok {
			break
		}
		Number(e)
		Text(e)
	}
}

func BenchmarkDecode(b *testing.B) {
	in := unhex(b, writeControl)
	b.ReportAllocs()
	for b.Loop() {
		p, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		if p.Object().Item == nil {
			b.Fatal("no name")
		}
	}
}
