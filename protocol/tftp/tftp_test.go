package tftp

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const (
	read     = "\x00\x01fw_v2.bin\x00octet\x00blksize\x001428\x00"
	write    = "\x00\x02config.txt\x00NetASCII\x00"
	options6 = "\x00\x06blksize\x001428\x00"
	failure  = "\x00\x05\x00\x01File not found\x00"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, in, file string
		op             Opcode
		block, code    uint16
		err            error
	}{
		{"read", read, "fw_v2.bin", Read, 0, 0, nil},
		{"write", write, "config.txt", Write, 0, 0, nil},
		{"data", "\x00\x03\x00\x07" + strings.Repeat("x", 512), "", Data, 7, 0, nil},
		{"acknowledgement", "\x00\x04\x00\x07", "", Ack, 7, 0, nil},
		{"error", failure, "", Error, 0, 1, nil},
		{"options", options6, "", OptionsAck, 0, 0, nil},
		{"another mode", "\x00\x01a\x00binary\x00", "", 0, 0, 0, ErrFormat},
		{"no file", "\x00\x01\x00octet\x00", "", 0, 0, 0, ErrFormat},
		{"another opcode", "\x00\x09\x00\x01", "", 0, 0, 0, ErrFormat},
		{"error code 9", "\x00\x05\x00\x09x\x00", "", 0, 0, 0, ErrFormat},
		{"binary file name", "\x00\x01\x01\x02\x00octet\x00", "", 0, 0, 0, ErrFormat},
	} {
		p, n, err := Decode([]byte(c.in))
		if p.Opcode != c.op || string(p.File) != c.file || p.Block != c.block || p.Code != c.code || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", c.name, p, err)
		}
		if err == nil && n != len(c.in) {
			t.Errorf("%s: took %d of %d", c.name, n, len(c.in))
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{write, options6, failure} {
		for i := range s {
			if _, n, err := Decode([]byte(s[:i])); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Fatalf("prefix %q: %d, %v", s[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{read, write, options6, failure, "\x00\x03\x00\x07x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(p.File)+len(p.Data)+len(p.Text) > n {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.Opcode != p.Opcode || !bytes.Equal(again.File, p.File) {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := []byte(read)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(msg); err != nil {
			b.Fatal(err)
		}
	}
}
