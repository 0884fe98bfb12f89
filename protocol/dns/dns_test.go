package dns

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// wire turns hexadecimal text with spaces into bytes.
func wire(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

const (
	queryA = "1234 0100 0001 0000 0000 0000  04 706c6331 05 6c6f63616c 00 0001 0001"
	// The answer's name points at the question's, as servers write it.
	answerA = "1234 8180 0001 0001 0000 0000  04 706c6331 05 6c6f63616c 00 0001 0001" +
		"c00c 0001 0001 00000078 0004 0a000005"
	refused = "1234 8183 0001 0000 0000 0000  04 706c6331 05 6c6f63616c 00 0001 0001"
	// An mDNS announcement: PTR to an instance, its SRV, TXT and AAAA.
	announce = "0000 8400 0000 0004 0000 0000" +
		"05 5f68747470 04 5f746370 05 6c6f63616c 00 000c 0001 00001194 0006 03 504c43 c00c" +
		"c028 0021 8001 00000078 0008 0000 0000 0050 c02a" +
		"c028 0010 8001 00001194 000b 0a 6d643d53372d31323030" +
		"c02a 001c 8001 00000078 0010 fe80000000000000020102fffe030405"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, bytes  string
		response     bool
		rcode        uint8
		records      int
		names, datum string
	}{
		{"query for an address", queryA, false, 0, 1, "plc1.local", ""},
		{"answer with a compressed name", answerA, true, 0, 2, "plc1.local plc1.local", "10.0.0.5"},
		{"no such name", refused, true, 3, 1, "plc1.local", ""},
		{"announcement", announce, true, 0, 4, "_http._tcp.local PLC._http._tcp.local PLC._http._tcp.local", "fe80::201:2ff:fe03:405"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := wire(c.bytes)
			m, n, err := Decode(b)
			if err != nil || n != len(b) {
				t.Fatalf("Decode = %d, %v, want all %d bytes", n, err, len(b))
			}
			if m.Response() != c.response || m.RCode() != c.rcode {
				t.Errorf("response %v, code %d", m.Response(), m.RCode())
			}
			names, datum, count := describe(m)
			if count != c.records || !strings.HasPrefix(names, c.names) || datum != c.datum {
				t.Errorf("got %d records, names %q, address %q", count, names, datum)
			}
		})
	}
}

// describe joins the names and keeps the last address of a message.
func describe(m Message) (names, addr string, count int) {
	r := m.Records()
	for {
		rec, ok := r.Next()
		if !ok {
			return strings.TrimSpace(names), addr, count
		}
		count++
		names += string(rec.Name.Append(nil)) + " "
		if a, ok := rec.Addr(); ok {
			addr = a.String()
		}
	}
}

func TestRecordData(t *testing.T) {
	m, _, err := Decode(wire(announce))
	if err != nil {
		t.Fatal(err)
	}
	r := m.Records()
	ptr, _ := r.Next()
	srv, _ := r.Next()
	txt, _ := r.Next()
	if n, ok := ptr.Target(); !ok || string(n.Append(nil)) != "PLC._http._tcp.local" {
		t.Errorf("PTR target = %q, %v", n.Append(nil), ok)
	}
	if p, ok := srv.Port(); !ok || p != 80 {
		t.Errorf("SRV port = %d, %v", p, ok)
	}
	if s, rest, ok := CutString(txt.Data); !ok || string(s) != "md=S7-1200" || len(rest) != 0 {
		t.Errorf("TXT = %q, %q, %v", s, rest, ok)
	}
	if _, ok := txt.Target(); ok {
		t.Error("a TXT record has no target")
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		want        error
	}{
		{"nothing", "", ErrShort},
		{"a header that promises a question", "1234 0100 0001 0000 0000 0000", ErrShort},
		{"a label of reserved length", "1234 0100 0001 0000 0000 0000 80 00", ErrFormat},
		{"a name above 255 bytes", "1234 0100 0001 0000 0000 0000" + strings.Repeat("3f"+strings.Repeat("41", 63), 5) + "00 0001 0001", ErrFormat},
	} {
		if _, _, err := Decode(wire(c.bytes)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestNameThatPointsAtItself(t *testing.T) {
	m, _, err := Decode(wire("1234 0100 0001 0000 0000 0000 c00c 0001 0001"))
	if err != nil {
		t.Fatal(err)
	}
	r := m.Records()
	rec, _ := r.Next()
	if got := rec.Name.Append(nil); len(got) != 0 {
		t.Errorf("name = %q, want none", got)
	}
}

func TestDecodeStream(t *testing.T) {
	b := append([]byte{0, byte(len(wire(queryA)))}, wire(queryA)...)
	if _, n, err := DecodeStream(append(b, 1, 2, 3)); err != nil || n != len(b) {
		t.Errorf("whole: %d, %v", n, err)
	}
	if _, _, err := DecodeStream(b[:len(b)-1]); !errors.Is(err, ErrShort) {
		t.Errorf("cut: %v", err)
	}
	b[1] -= 3
	if _, _, err := DecodeStream(b); !errors.Is(err, ErrFormat) {
		t.Errorf("a length that cuts the question: %v", err)
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{queryA, answerA, refused, announce} {
		b := wire(s)
		for i := range b {
			m, n, err := Decode(b[:i])
			if err == nil || n != 0 {
				t.Fatalf("prefix %d of %s: n %d, err %v", i, s, n, err)
			}
			describe(m)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{queryA, answerA, refused, announce} {
		f.Add(wire(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		names, _, _ := describe(m)
		if err != nil {
			return
		}
		if n > len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.Header != m.Header || !bytes.Equal(again.raw, m.raw) {
			t.Fatalf("decoding what was consumed gives %v, %d, %v", again, n2, err)
		}
		if again, _, _ := describe(again); again != names {
			t.Fatalf("names %q, then %q", names, again)
		}
		r := m.Records()
		for rec, ok := r.Next(); ok; rec, ok = r.Next() {
			var buf [MaxName]byte
			if got := rec.Name.Append(buf[:0]); len(got) > MaxName {
				t.Fatalf("name of %d bytes", len(got))
			}
			if target, ok := rec.Target(); ok {
				target.Append(buf[:0])
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := wire(announce)
	var buf [MaxName]byte
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(msg)
		if err != nil {
			b.Fatal(err)
		}
		r := m.Records()
		for rec, ok := r.Next(); ok; rec, ok = r.Next() {
			rec.Name.Append(buf[:0])
		}
	}
}
