package ethersio

import (
	"encoding/hex"
	"errors"
	"testing"
)

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	transfer = "4553494f" + "0001" + "0000" + "0022" + "0007" + "00000018" + "0000000d" + "01" + "00" + "0000005c" + "00000001" + "0002" + "beef"
	status   = "4553494f" + "0002" + "0000" + "0018" + "0000" + "0001" + "000c" + "0000000d" + "00" + "03" + "0100"
)

func TestDecode(t *testing.T) {
	b := bytesOf(t, transfer)
	tel, n, err := Decode(b)
	if err != nil || n != len(b) || tel.Type != Transfer || tel.Station != 13 || tel.Transfers != 1 || tel.Transaction != 7 {
		t.Fatalf("Decode = %+v, %d, %v", tel, n, err)
	}
	x, rest, ok := Next(tel.Data)
	if !ok || x.ID != 92 || x.Destination != 1 || len(x.Values) != 2 || len(rest) != 0 {
		t.Errorf("Next = %+v, %x, %v", x, rest, ok)
	}
	tel, _, err = Decode(bytesOf(t, status))
	if err != nil || tel.Type != Status || tel.Station != 13 || tel.Lost != 3 {
		t.Errorf("Decode = %+v, %v", tel, err)
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"another magic", "4553494e", ErrMagic},
		{"unknown type", "4553494f" + "0009" + "0000" + "0018" + "0000", ErrHeader},
		{"length below the header", "4553494f" + "0001" + "0000" + "0008" + "0000", ErrHeader},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{transfer, status} {
		whole := bytesOf(t, s)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(bytesOf(f, transfer))
	f.Add(bytesOf(f, status))
	f.Fuzz(func(t *testing.T, b []byte) {
		tel, n, err := Decode(b)
		if (err == nil) != (n > 0) || n > len(b) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		for rest := tel.Data; ; {
			_, next, ok := Next(rest)
			if !ok {
				break
			}
			if len(next) >= len(rest) {
				t.Fatal("Next does not advance")
			}
			rest = next
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := bytesOf(b, transfer)
	b.ReportAllocs()
	for b.Loop() {
		if _, n, err := Decode(in); err != nil || n == 0 {
			b.Fatal(err)
		}
	}
}
