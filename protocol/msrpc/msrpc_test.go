package msrpc

import (
	"encoding/binary"
	"testing"
	"unsafe"
)

func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return append(b, 0, 0)
}

func ndr(s string, pad bool) []byte {
	w := wide(s)
	n := uint32(len(w) / 2)
	b := binary.LittleEndian.AppendUint32(nil, n)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, n)
	b = append(b, w...)
	for pad && len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

var (
	service   = join(make([]byte, 20), ndr("PSEXESVC", true), make([]byte, 40))
	challenge = join([]byte{0, 0, 2, 0}, ndr(`\\DC1`, true), ndr("EWS7", false), make([]byte, 8))
	list      = join([]byte{BindingTCP, 0}, wide("SCADA1"), []byte{BindingTCP, 0}, wide("10.0.0.5"), []byte{0, 0})
	alive     = func() []byte {
		security := len(list) / 2
		all := join(list, []byte{10, 0, 0xff, 0xff, 0, 0, 0, 0})
		n := len(all) / 2
		return join([]byte{5, 0, 7, 0, 0, 0, 2, 0}, []byte{byte(n), 0, 0, 0, byte(n), 0, byte(security), 0}, all, make([]byte, 8))
	}()
)

func TestServiceName(t *testing.T) {
	if s, ok := ServiceName(service); !ok || s.String() != "PSEXESVC" {
		t.Errorf("got %q, %v", s.String(), ok)
	}
}

func TestReadChallenge(t *testing.T) {
	c, ok := ReadChallenge(challenge)
	if !ok || c.Computer.String() != "EWS7" || !c.Zero {
		t.Errorf("got %+v, %v", c, ok)
	}
	drawn := append([]byte(nil), challenge...)
	drawn[len(drawn)-1] = 1
	if c, ok := ReadChallenge(drawn); !ok || c.Zero {
		t.Errorf("got %+v, %v", c, ok)
	}
	if c, ok := ReadChallenge(join(make([]byte, 4), ndr("EWS7", false), make([]byte, 8))); !ok || c.Computer.String() != "EWS7" {
		t.Errorf("no server's name: got %+v, %v", c, ok)
	}
}

func TestBindings(t *testing.T) {
	l, ok := ReadServerAlive(alive)
	if !ok {
		t.Fatal("not read")
	}
	for _, want := range []string{"SCADA1", "10.0.0.5"} {
		if p, a, ok := l.Next(); !ok || p != BindingTCP || a.String() != want {
			t.Errorf("got %d, %q, want %q", p, a.String(), want)
		}
	}
	if _, _, more := l.Next(); more {
		t.Error("a third binding: security bindings are no addresses")
	}
	if _, ok := ReadResolved(alive[4:]); !ok {
		t.Error("ResolveOxid2 is not read")
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range [][]byte{service, challenge, alive} {
		for i := range b {
			walk(t, b[:i])
		}
	}
}

func walk(t *testing.T, b []byte) {
	s, _ := ServiceName(b)
	c, _ := ReadChallenge(b)
	inside(t, b, s.Raw, c.Computer.Raw)
	for _, read := range []func([]byte) (Bindings, bool){ReadServerAlive, ReadResolved} {
		l, _ := read(b)
		for left := len(b); ; left-- {
			_, a, ok := l.Next()
			if !ok {
				break
			}
			inside(t, b, a.Raw)
			if left < 0 {
				t.Fatal("the bindings have no end")
			}
		}
	}
}

func inside(t *testing.T, outer []byte, inner ...[]byte) {
	o := uintptr(unsafe.Pointer(unsafe.SliceData(outer)))
	for _, s := range inner {
		i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
		if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(len(outer))) {
			t.Fatalf("%q lies outside the stub", s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(service)
	f.Add(challenge)
	f.Add(alive)
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		l, _ := ReadServerAlive(alive)
		for _, _, ok := l.Next(); ok; _, _, ok = l.Next() {
		}
	}
}
