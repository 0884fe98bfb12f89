package nbns

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

// half is a name in half-ASCII, as hexadecimal text with its length before it.
func half(text string, suffix byte) string {
	padded := append([]byte(text+strings.Repeat(" ", 15-len(text))), suffix)
	out := []byte{32}
	for _, c := range padded {
		out = append(out, 'A'+c>>4, 'A'+c&15)
	}
	return hex.EncodeToString(append(out, 0))
}

var (
	query    = "8001 0110 0001 0000 0000 0000" + half("HMI-3", SuffixServer) + "0020 0001"
	register = "8002 2910 0001 0000 0000 0001" + half("PLANT", SuffixWorkstation) + "0020 0001" +
		"c00c 0020 0001 000493e0 0006 8000 0a000007"
	status = "8003 8400 0000 0001 0000 0000" + half("*", 0) + "0021 0001 00000000 002b 02" +
		hex.EncodeToString([]byte("WINCC-SRV      ")) + "00 0400" +
		hex.EncodeToString([]byte("PLANT          ")) + "00 8400" + "001b1b010203"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, bytes, text string
		op                uint8
		suffix            byte
	}{
		{"query", query, "HMI-3", OpQuery, SuffixServer},
		{"registration", register, "PLANT", OpRegister, SuffixWorkstation},
		{"node status", status, "*", OpQuery, ' '},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := wire(c.bytes)
			m, n, err := Decode(b)
			if err != nil || n != len(b) {
				t.Fatalf("Decode = %d, %v", n, err)
			}
			records := m.Records()
			r, _ := records.Next()
			name, err := RecordName(r)
			if err != nil || string(name.Append(nil)) != c.text || m.Opcode() != c.op {
				t.Errorf("opcode %d, name %q, %v", m.Opcode(), name.Append(nil), err)
			}
			if c.suffix != ' ' && name.Suffix != c.suffix {
				t.Errorf("suffix %#x", name.Suffix)
			}
		})
	}
}

func TestOwner(t *testing.T) {
	m, _, _ := Decode(wire(register))
	records := m.Records()
	records.Next()
	r, _ := records.Next()
	o, rest, ok := CutOwner(r.Data)
	if !ok || !o.Group || o.Addr.String() != "10.0.0.7" || len(rest) != 0 {
		t.Errorf("owner %+v, rest %d, %v", o, len(rest), ok)
	}
}

func TestStatus(t *testing.T) {
	m, _, _ := Decode(wire(status))
	records := m.Records()
	r, _ := records.Next()
	s, err := DecodeStatus(r.Data)
	if err != nil || s.Len() != 2 || s.MAC != [6]byte{0, 0x1b, 0x1b, 1, 2, 3} {
		t.Fatalf("status %+v, %v", s, err)
	}
	if e := s.At(0); string(e.Name.Append(nil)) != "WINCC-SRV" || e.Group {
		t.Errorf("first %+v", e)
	}
	if e := s.At(1); string(e.Name.Append(nil)) != "PLANT" || !e.Group {
		t.Errorf("second %+v", e)
	}
	for i := range r.Data {
		if s, err := DecodeStatus(r.Data[:i]); err == nil && s.Len() != 2 {
			t.Errorf("prefix %d: %d names", i, s.Len())
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		want        error
	}{
		{"a DNS name", "8001 0110 0001 0000 0000 0000 04 706c6331 00 0020 0001", ErrFormat},
		{"letters above P", "8001 0110 0001 0000 0000 0000 20" + strings.Repeat("5a", 32) + "00 0020 0001", ErrFormat},
		{"another record type", "8001 0110 0001 0000 0000 0000" + half("A", 0) + "00ff 0001", ErrFormat},
		{"an unknown operation", "8001 1110 0001 0000 0000 0000" + half("A", 0) + "0020 0001", ErrFormat},
		{"no record", "8001 0110 0000 0000 0000 0000", ErrFormat},
		{"a cut record", "8001 0110 0001 0000 0000 0000 20 4142", ErrShort},
	} {
		if _, _, err := Decode(wire(c.bytes)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{query, register, status} {
		b := wire(s)
		for i := range b {
			if _, n, err := Decode(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Fatalf("prefix %d: %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{query, register, status} {
		f.Add(wire(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.Header != m.Header {
			t.Fatalf("decoding what was consumed gives %v, %d, %v", again, n2, err)
		}
		records := m.Records()
		for r, ok := records.Next(); ok; r, ok = records.Next() {
			name, _ := RecordName(r)
			if len(name.Append(nil)) > 15 {
				t.Fatal("name above 15 bytes")
			}
			s, err := DecodeStatus(r.Data)
			for i := 0; err == nil && i < s.Len(); i++ {
				s.At(i)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := wire(register)
	var buf [16]byte
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(msg)
		if err != nil {
			b.Fatal(err)
		}
		records := m.Records()
		r, _ := records.Next()
		name, _ := RecordName(r)
		name.Append(buf[:0])
	}
}
