package openvpn

import (
	"errors"
	"testing"
)

var (
	reset   = []byte{0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0}
	answer  = []byte{0x40, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0}
	signed  = append([]byte{0x38, 1, 2, 3, 4, 5, 6, 7, 8}, make([]byte, 33)...)
	control = append([]byte{0x20, 1, 2, 3, 4, 5, 6, 7, 8}, make([]byte, 33)...)
	data    = []byte{0x48, 0, 0, 0, 1, 9, 9}
)

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name  string
		in    []byte
		op    Op
		plain bool
		err   error
	}{
		{"client opens", reset, HardResetC2, true, nil},
		{"server answers", answer, HardResetS2, true, nil},
		{"client opens with a digest", signed, HardResetC2, false, nil},
		{"control", control, Control, false, nil},
		{"data", data, DataV2, false, nil},
		{"reset with a key number", append([]byte{0x39}, reset[1:]...), 0, false, ErrProtocol},
		{"no session", make([]byte, 14), 0, false, ErrProtocol},
		{"DNS", []byte{0xab, 0xcd, 1, 0, 0, 1, 0, 0}, 0, false, ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, n, err := Decode(tc.in)
			if p.Op != tc.op || p.Plain != tc.plain || !errors.Is(err, tc.err) || err == nil && n != len(tc.in) {
				t.Errorf("got %+v, %d, %v", p, n, err)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	for i := range reset {
		p, n, err := Decode(reset[:i])
		if n > i || p.Plain || (i < header) != errors.Is(err, ErrShort) {
			t.Errorf("%d bytes: got %+v, %d, %v", i, p, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{reset, answer, signed, control, data} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if err == nil && n != len(b) || err != nil && n != 0 {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		if p.Plain && (len(b) != 14 && len(b) != 26 || p.Session == 0) {
			t.Fatalf("got %+v of %d bytes", p, len(b))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(reset); err != nil {
			b.Fatal(err)
		}
	}
}
