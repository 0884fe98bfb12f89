package gesrtp

import (
	"errors"
	"testing"
)

// request makes a request without text.
func request(service Service, parameters ...byte) []byte {
	b := make([]byte, headerLen)
	b[0], b[2], b[9], b[17], b[31] = TypeRequest, 7, 1, 1, MailRequest
	b[36], b[37], b[40], b[41], b[42] = 0x10, 0x0e, 1, 1, byte(service)
	copy(b[43:], parameters)
	return b
}

// response makes an acknowledgement with that status word and text.
func response(plc uint16, text string) []byte {
	b := make([]byte, headerLen, headerLen+len(text))
	b[0], b[2], b[4], b[31] = TypeResponse, 7, byte(len(text)), MailAck
	b[54], b[55] = byte(plc), byte(plc>>8)
	return append(b, text...)
}

func write() []byte {
	b := request(0, 0)
	b[4], b[31], b[50], b[51], b[52], b[54] = 4, MailRequestText, byte(WriteSystem), 0x08, 99, 2
	return append(b, 1, 0, 2, 0)
}

func TestDecode(t *testing.T) {
	m, n, err := Decode(append(request(ReadSystem, 0x08, 9, 0, 4, 0), 2))
	r, ok := m.Range()
	if err != nil || n != headerLen || m.Service != ReadSystem || !ok || r.Segment.String() != "%R" || r.Start != 9 || r.Count != 4 {
		t.Errorf("Decode of a read = %+v %+v, %d, %v", m, r, n, err)
	}
	m, n, err = Decode(write())
	r, ok = m.Range()
	if err != nil || n != 60 || m.Service != WriteSystem || !ok || r.Start != 99 || r.Count != 2 || len(m.Text) != 4 {
		t.Errorf("Decode of a write = %+v %+v, %d, %v", m, r, n, err)
	}
	m, n, err = Decode(response(0x2140, "CPE330\x00\x00rest"))
	state, ok := m.State()
	if err != nil || n != headerLen+12 || !ok || state != StateStopNoIO || !m.Programmer() || string(m.ControllerName()) != "CPE330" {
		t.Errorf("Decode of a response = %+v, state %d %v, %d, %v", m, state, ok, n, err)
	}
	if m, n, err := Decode(make([]byte, headerLen)); err != nil || n != headerLen || m.Type != TypeInit {
		t.Errorf("Decode of an init = %+v, %d, %v", m, n, err)
	}
}

func TestRejects(t *testing.T) {
	mail := request(ShortStatus)
	mail[31] = MailAck
	dirty := make([]byte, headerLen)
	dirty[20] = 1
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"type 4", []byte{4}, ErrHeader},
		{"second byte set", []byte{2, 1}, ErrHeader},
		{"acknowledgement in a request", mail, ErrHeader},
		{"init with something in it", dirty, ErrHeader},
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
	for _, whole := range [][]byte{request(ReadSystem), write(), response(0, "CPU")} {
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode of %d bytes = %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(request(SetRunStop, 1))
	f.Add(write())
	f.Add(response(0x1000, "NAME"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if (err == nil) != (n > 0) || n > len(b) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		if err == nil && len(m.Text) != n-headerLen {
			t.Fatalf("text %d of %d", len(m.Text), n)
		}
		m.Range()
		m.State()
		m.ControllerName()
	})
}

func BenchmarkDecode(b *testing.B) {
	in := write()
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(in)
		if _, ok := m.Range(); !ok {
			b.Fatal("no range")
		}
	}
}
