package synchrophasor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// frame makes a frame of that type as the standard lays it out: common part,
// body, checksum.
func frame(kind byte, body ...[]byte) []byte {
	b := []byte{sync, kind, 0, 0, 0, 7, 0x5f, 0x5e, 0x10, 0, 0, 0, 0, 0}
	for _, p := range body {
		b = append(b, p...)
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)+2))
	return binary.BigEndian.AppendUint16(b, checksum(b))
}

func words(w ...uint16) (b []byte) {
	for _, x := range w {
		b = binary.BigEndian.AppendUint16(b, x)
	}
	return b
}

func name(s string) []byte { return append([]byte(s), bytes.Repeat([]byte{' '}, nameLen-len(s))...) }

func short(s string) []byte { return append([]byte{byte(len(s))}, s...) }

// station2 is a station of configuration 2 with one phasor, one analog value
// and one digital word.
func station2(n string, id uint16) []byte {
	b := append(name(n), words(id, 0, 1, 1, 1)...)
	b = append(b, bytes.Repeat(name("CH"), 18)...)
	b = append(b, make([]byte, 12)...)
	return append(b, words(1, 4)...)
}

// station3 is a station of configuration 3 with two phasors.
func station3(n string, id uint16) []byte {
	b := append(short(n), words(id)...)
	b = append(b, make([]byte, 16)...)
	b = append(b, words(0, 2, 0, 0)...)
	b = append(b, short("VA")...)
	b = append(b, short("")...)
	b = append(b, make([]byte, 24+12+1+4+4)...)
	return append(b, words(0, 9)...)
}

func config2() []byte {
	return frame(0x31, words(0, 0xffff, 2), station2("NORTH", 61), station2("SOUTH", 62), words(50))
}

func config3() []byte {
	return frame(0x52, words(0, 0, 0xffff, 2), station3("EAST", 1), station3("WEST", 2), words(0xfffe))
}

func TestChecksum(t *testing.T) {
	// The check value of CRC-16/CCITT-FALSE.
	if got := checksum([]byte("123456789")); got != 0x29b1 {
		t.Errorf("got %04x", got)
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    []byte
		kind  Type
		sound bool
		err   error
	}{
		{name: "a data frame", in: frame(0x01, words(0, 1, 2)), kind: Data, sound: true},
		{name: "a command", in: frame(0x41, words(2)), kind: Command, sound: true},
		{name: "a wrong checksum", in: append(frame(0x41, words(2))[:16], 0, 0), kind: Command},
		{name: "nothing", err: ErrShort},
		{name: "another first octet", in: []byte{0xab}, err: ErrProtocol},
		{name: "a type that does not exist", in: []byte{0xaa, 0x61}, err: ErrProtocol},
		{name: "a version that does not exist", in: []byte{0xaa, 0x40}, err: ErrProtocol},
		{name: "a size below the least", in: []byte{0xaa, 0x41, 0, 15}, err: ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, n, err := Decode(c.in)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v", err)
			}
			if err == nil && (f.Type != c.kind || f.Sound != c.sound || f.ID != 7 || f.Seconds != 1600000000 || n != len(c.in)) {
				t.Errorf("got %+v, %d", f, n)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	f, _, _ := Decode(frame(0x41, words(5)))
	if o, ok := f.Order(); !ok || o != SendConfig2 {
		t.Errorf("got %d, %v", o, ok)
	}
	f, _, _ = Decode(frame(0x41))
	if _, ok := f.Order(); ok {
		t.Error("an order out of nothing")
	}
	f, _, _ = Decode(frame(0x11, []byte("bay 4")))
	if s, ok := f.Text(); !ok || string(s) != "bay 4" {
		t.Errorf("text %q, %v", s, ok)
	}
}

func TestStations(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    []byte
		want  []string
		rate  int16
		hertz uint8
	}{
		{"configuration 2", config2(), []string{"NORTH", "SOUTH"}, 50, 50},
		{"configuration 3", config3(), []string{"EAST", "WEST"}, -2, 60},
		{"a later frame of configuration 3", frame(0x52, words(2, 0, 0, 1), station3("X", 1), words(1)), nil, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _, err := Decode(c.in)
			if err != nil || !f.Sound {
				t.Fatal(err)
			}
			s, n := f.Stations()
			if n != len(c.want) {
				t.Errorf("%d stations", n)
			}
			for _, w := range c.want {
				st, ok := s.Next()
				if !ok || string(bytes.TrimRight(st.Name, " ")) != w || st.Nominal != c.hertz {
					t.Errorf("got %+v, %v, want %s", st, ok, w)
				}
			}
			if _, ok := s.Next(); ok || s.Damaged() {
				t.Error("more stations than it says")
			}
			if r, ok := f.Rate(); !ok || r != c.rate {
				t.Errorf("rate %d, %v", r, ok)
			}
		})
	}
}

func TestStationsCutOff(t *testing.T) {
	for _, whole := range [][]byte{config2(), config3()} {
		kind, body := whole[1], whole[headerLen:len(whole)-2]
		for i := range body {
			f, _, err := Decode(frame(kind, body[:i]))
			if err != nil {
				t.Fatal(err)
			}
			s, _ := f.Stations()
			n := 0
			for {
				if _, ok := s.Next(); !ok {
					break
				}
				n++
			}
			if n > 1 && i < len(body)-2 {
				t.Errorf("%d stations in %d of %d octets", n, i, len(body))
			}
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, in := range [][]byte{config2(), config3(), frame(0x41, words(2))} {
		for i := range in {
			if f, n, err := Decode(in[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%d bytes: %+v, %d, %v", i, f, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(config2())
	f.Add(config3())
	f.Add(frame(0x41, words(2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		fr, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes with %v", n, err)
			}
			return
		}
		if n > len(b) || len(fr.Body) != n-MinSize {
			t.Fatalf("%d bytes of %d, body %d", n, len(b), len(fr.Body))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || again.ID != fr.ID || again.Sound != fr.Sound {
			t.Fatalf("again %+v, %d, %v", again, m, err)
		}
		s, _ := fr.Stations()
		left := len(fr.Body)
		for {
			st, ok := s.Next()
			if !ok {
				break
			}
			if left -= len(st.Name); left < 0 {
				t.Fatal("more names than bytes")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := frame(0x01, make([]byte, 60))
	b.ReportAllocs()
	for b.Loop() {
		if f, _, err := Decode(in); err != nil || !f.Sound {
			b.Fatal(err)
		}
	}
}

func BenchmarkStations(b *testing.B) {
	f, _, err := Decode(config2())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, _ := f.Stations()
		for {
			if _, ok := s.Next(); !ok {
				break
			}
		}
	}
}
