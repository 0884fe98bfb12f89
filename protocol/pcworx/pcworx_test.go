package pcworx

import (
	"errors"
	"testing"
)

func frame(marker, command byte, n int) []byte {
	b := make([]byte, n)
	b[0], b[1], b[2], b[3], b[5] = marker, command, byte(n>>8), byte(n), 2
	return b
}

func identity() []byte {
	b := frame(0x81, Query, 176)
	copy(b[30:], "ILC 151 ETH")
	copy(b[66:], "4.42T")
	copy(b[79:], "Jan 10 2015")
	copy(b[91:], "10:20:30")
	copy(b[152:], "2700974")
	return b
}

func TestDecode(t *testing.T) {
	m, n, err := Decode(append(frame(0x01, Query, 14), 1))
	if err != nil || n != 14 || m.Reply || m.Command != Query || m.Sequence != 2 {
		t.Errorf("Decode = %+v, %d, %v", m, n, err)
	}
	m, _, err = Decode(identity())
	id, ok := m.Identity()
	if err != nil || !ok || string(id.Type) != "ILC 151 ETH" || string(id.Model) != "2700974" || string(id.Firmware) != "4.42T" || string(id.Date) != "Jan 10 2015" {
		t.Errorf("Identity = %q, %v, %v", id, ok, err)
	}
	m, _, _ = Decode(frame(0x81, Query, 176))
	if _, ok := m.Identity(); ok {
		t.Error("an empty reply names a controller")
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"another marker", []byte{0x02}, ErrMarker},
		{"length below the header", []byte{1, 1, 0, 4, 0, 0, 0, 0}, ErrLength},
		{"command 0", []byte{1, 0, 0, 9, 0, 0, 0, 0}, ErrLength},
		{"empty", nil, ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(tt.in); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	whole := identity()
	for i := range whole {
		if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
			t.Errorf("Decode of %d bytes = %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(identity())
	f.Add(frame(0x01, Open, 26))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if (err == nil) != (n > 0) || n > len(b) || len(m.Frame) != n {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		if id, ok := m.Identity(); ok && len(id.Type)+len(id.Model) > n {
			t.Fatal("texts outside the frame")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := identity()
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(in)
		if _, ok := m.Identity(); !ok {
			b.Fatal("no identity")
		}
	}
}
