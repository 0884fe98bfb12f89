package ptp

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

const tail = "00 00 0208 0000000000000000 00000000 001c73fffe01ac5b 0001 0007 05 00"

var (
	announce = unhex("0b 02 0040" + tail + "00000000000000000000 0025 00 80 06 21 4e5d 80 001c73fffe01ac5b 0000 20")
	syncMsg  = unhex("00 02 002c" + tail + "00000000000000000000")
	setPrio  = unhex("0d 02 0038" + tail + "ffffffffffffffffffff 01 01 01 00 0001 0004 2005 1000")
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		typ  Type
	}{{"announce", announce, Announce}, {"sync", syncMsg, Sync}, {"management", setPrio, Management}} {
		m, n, err := Decode(append(bytes.Clone(c.in), 0, 0))
		if err != nil || n != len(c.in) || m.Type != c.typ || m.Sequence != 7 || m.Port != 1 {
			t.Errorf("%s: %+v, n %d of %d, err %v", c.name, m, n, len(c.in), err)
		}
	}
	m, _, _ := Decode(announce)
	g, ok := m.Grandmaster()
	if !ok || g.Class != 6 || g.Priority1 != 128 || g.TimeSource != 0x20 || g.ID != m.Source {
		t.Errorf("%+v %v", g, ok)
	}
	if mac, ok := g.ID.MAC(); !ok || mac != [6]byte{0, 0x1c, 0x73, 1, 0xac, 0x5b} {
		t.Errorf("%x %v", mac, ok)
	}
	m, _, _ = Decode(setPrio)
	if a, id, ok := m.Managed(); !ok || a != ActionSet || id != 0x2005 {
		t.Errorf("%d %x %v", a, id, ok)
	}
}

func TestRejects(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"version 1", unhex("00 01 0001"), ErrVersion},
		{"reserved type", unhex("05 02 002c"), ErrType},
		{"shorter than its header", unhex("00 02 0010"), ErrLength},
	} {
		if _, _, err := Decode(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func walk(t *testing.T, b []byte) {
	m, n, err := Decode(b)
	if err != nil {
		return
	}
	if n > len(b) || len(m.Body) > n {
		t.Fatalf("took %d of %d", n, len(b))
	}
	_, _ = m.Grandmaster()
	_, _, _ = m.Managed()
	if again, k, err := Decode(b[:n]); err != nil || k != n || again.Source != m.Source {
		t.Fatalf("decoded again: %+v %d %v", again, k, err)
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{announce, syncMsg, setPrio} {
		for i := range f {
			if _, _, err := Decode(f[:i]); !errors.Is(err, ErrShort) {
				t.Errorf("cut to %d: %v", i, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{announce, syncMsg, setPrio} {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(announce)
		_, _ = m.Grandmaster()
	}
}
