package teamviewer

import (
	"errors"
	"testing"
)

var (
	hello = []byte{0x17, 0x24, 0x0a, 0x20, 0}
	later = []byte{0x11, 0x30, 0x3c, 0, 0x70, 0x0a, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x1b, 0, 0, 0, 0x18, 0, 0, 0}
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want Frame
		n    int
		err  error
	}{
		{"first frame", hello, Frame{true, 0x0a}, 37, nil},
		{"later frame, body still to come", later, Frame{false, 0x3c}, 24 + 0x0a70, nil},
		{"half a header", later[:23], Frame{}, 0, ErrShort},
		{"another protocol", []byte("GET / HTTP"), Frame{}, 0, ErrFormat},
		{"an enormous length", append([]byte{0x11, 0x30, 1, 0, 0, 0, 0, 0xff}, make([]byte, 16)...), Frame{}, 0, ErrFormat},
	} {
		if f, n, err := Decode(c.b); f != c.want || n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %d, %v", c.name, f, n, err)
		}
	}
}

func TestDecodeDatagram(t *testing.T) {
	good := append(make([]byte, 10), 3, 0x17, 0x24, 0x73, 4, 0, 0, 0, 0, 0)
	if f, n, err := DecodeDatagram(good); err != nil || n != len(good) || f.Command != 0x73 {
		t.Errorf("%+v, %d, %v", f, n, err)
	}
	for i := range good {
		if _, n, err := DecodeDatagram(good[:i]); err == nil || n != 0 {
			t.Errorf("prefix %d: %d, %v", i, n, err)
		}
	}
	if _, _, err := DecodeDatagram(append(good, 0)); !errors.Is(err, ErrFormat) {
		t.Error("bytes behind the frame:", err)
	}
}

func TestTruncation(t *testing.T) {
	for i := range later {
		if _, n, err := Decode(later[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(hello)
	f.Add(later)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, n, err := DecodeDatagram(b); err == nil && n != len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		if _, n, err := Decode(b); err == nil && (n < helloSize || n > maxBody+frameSize) {
			t.Fatalf("frame of %d bytes", n)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(later); err != nil {
			b.Fatal(err)
		}
	}
}
