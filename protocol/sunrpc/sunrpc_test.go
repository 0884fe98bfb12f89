package sunrpc

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"
)

func words(v ...uint32) []byte {
	var b []byte
	for _, w := range v {
		b = binary.BigEndian.AppendUint32(b, w)
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
	getPort = join(words(7, 0, 2, Portmap, 2, PortmapGetPort, 0, 0, 0, 0), words(NFS, 3, 6, 0))
	mount   = join(words(8, 0, 2, Mount, 3, MountMount, 1, 28, 99, 5), []byte("ews-7\x00\x00\x00"), words(0, 0, 0, 0, 0), words(7), []byte("/export\x00"))
	reply   = words(7, 1, 0, 0, 0, 0, 2049)
	denied  = words(7, 1, 1, 1, 1)
	dump    = words(9, 1, 0, 0, 0, 0, 1, Portmap, 2, 17, 111, 1, NFS, 3, 6, 2049, 0)
	whole   = [][]byte{getPort, mount, reply, denied, dump}
)

func TestDecode(t *testing.T) {
	m, n, err := Decode(mount)
	if err != nil || n != len(mount) || !m.Call || m.Program != Mount || m.Version != 3 || m.Procedure != MountMount || string(m.Machine) != "ews-7" {
		t.Fatalf("got %+v, %d, %v", m, n, err)
	}
	if p, ok := ReadPath(m.Body); !ok || string(p) != "/export" {
		t.Errorf("got %q", p)
	}
	m, _, _ = Decode(getPort)
	if x, ok := ReadMapping(m.Body); !ok || x != (Mapping{NFS, 3, 6, 0}) || m.Machine != nil {
		t.Errorf("got %+v", x)
	}
	m, _, _ = Decode(reply)
	if port, ok := ReadPort(m.Body); !ok || port != 2049 || m.Call || m.Failed() || m.XID != 7 {
		t.Errorf("got %d, %+v", port, m)
	}
	m, _, err = Decode(denied)
	if err != nil || !m.Failed() {
		t.Errorf("got %+v, %v", m, err)
	}
	m, _, _ = Decode(dump)
	d := ReadDump(m.Body)
	one, _ := d.Next()
	two, _ := d.Next()
	if _, more := d.Next(); one.Port != 111 || two != (Mapping{NFS, 3, 6, 2049}) || more {
		t.Errorf("got %+v, %+v", one, two)
	}
	if !Known(NFS) || Known(1) {
		t.Error("Known is wrong")
	}
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"neither call nor reply", words(1, 2, 3, 4), ErrProtocol},
		{"version 3 of the protocol", words(7, 0, 3, Portmap, 2, 3, 0, 0, 0, 0), ErrProtocol},
		{"credential of a kilobyte", words(7, 0, 2, Portmap, 2, 3, 1, 1000, 0, 0), ErrProtocol},
		{"unknown state of acceptance", words(7, 1, 0, 0, 0, 9), ErrProtocol},
		{"third kind of reply", words(7, 1, 2, 0, 0, 0), ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMark(t *testing.T) {
	if n, last, err := Mark([]byte{0x80, 0, 0, 40}); n != 40 || !last || err != nil {
		t.Errorf("got %d, %v, %v", n, last, err)
	}
	if _, _, err := Mark([]byte("HTTP")); !errors.Is(err, ErrProtocol) {
		t.Errorf("got %v", err)
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range whole {
		for i := range b {
			if _, n, err := Decode(b[:i]); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range whole {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		path, _ := ReadPath(m.Body)
		o := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		for _, s := range [][]byte{m.Machine, m.Body, path} {
			i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
			if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(len(b))) {
				t.Fatal("a string lies outside")
			}
		}
		d := ReadDump(m.Body)
		for range len(b) + 1 {
			if _, ok := d.Next(); !ok {
				return
			}
		}
		t.Fatal("the mappings have no end")
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(mount); err != nil {
			b.Fatal(err)
		}
	}
}
