package wireguard

import (
	"errors"
	"testing"
)

func message(t Type, n int) []byte {
	b := make([]byte, n)
	b[0] = byte(t)
	for i := 4; i < n; i++ {
		b[i] = byte(i)
	}
	if t == Initiation || t == Response {
		clear(b[n-16:])
	}
	return b
}

func TestDecode(t *testing.T) {
	loaded := message(Response, lenResponse)
	loaded[lenResponse-1] = 1
	for _, tc := range []struct {
		name  string
		in    []byte
		want  Type
		plain bool
		err   error
	}{
		{"initiation", message(Initiation, lenInitiation), Initiation, true, nil},
		{"response", message(Response, lenResponse), Response, true, nil},
		{"response with a cookie", loaded, Response, false, nil},
		{"cookie", message(Cookie, lenCookie), Cookie, false, nil},
		{"keep-alive", message(Transport, lenTransport), Transport, false, nil},
		{"data", message(Transport, 96), Transport, false, nil},
		{"data of a length that no padding makes", message(Transport, 97), 0, false, ErrProtocol},
		{"initiation with more behind it", message(Initiation, lenInitiation+1), 0, false, ErrProtocol},
		{"fifth type", message(5, 64), 0, false, ErrProtocol},
		{"reserved bytes in use", []byte{1, 0, 1, 0}, 0, false, ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, n, err := Decode(tc.in)
			if m.Type != tc.want || m.Plain != tc.plain || !errors.Is(err, tc.err) || err == nil && n != len(tc.in) {
				t.Errorf("got %+v, %d, %v", m, n, err)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range [][]byte{message(Initiation, lenInitiation), message(Response, lenResponse), message(Cookie, lenCookie), message(Transport, lenTransport)} {
		for i := range b {
			if _, n, err := Decode(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(message(Initiation, lenInitiation))
	f.Add(message(Transport, 96))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err == nil && n != len(b) || err != nil && n != 0 {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		if m.Plain && m.Type != Initiation && m.Type != Response {
			t.Fatalf("got %+v", m)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := message(Initiation, lenInitiation)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}
