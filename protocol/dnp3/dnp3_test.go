package dnp3

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frame makes a link frame from station 3 to 10 as the standard lays it out.
func frame(control byte, data []byte) []byte {
	b := []byte{start1, start2, byte(5 + len(data)), control, 10, 0, 3, 0}
	b = binary.LittleEndian.AppendUint16(b, crc(b))
	for len(data) > 0 {
		n := min(blockLen, len(data))
		b = append(b, data[:n]...)
		b = binary.LittleEndian.AppendUint16(b, crc(data[:n]))
		data = data[n:]
	}
	return b
}

// Application fragments written by hand from the standard.
const (
	readClasses   = "c0 01 3c0206 3c0306 3c0406 3c0106"
	directOperate = "c3 05 0c0128 0100 0500 03 01 64000000 00000000 00"
	operated      = "c3 81 0000 0c0128 0100 0500 03 01 64000000 00000000 00"
	notOperated   = "c3 81 0000 0c0128 0100 0500 03 01 64000000 00000000 04"
	unknownObject = "c0 81 8002"
	setPoint      = "c4 05 290217 01 07 9cff 00"
	setTime       = "c5 02 320107 01 a0b0c0d0e000"
	clearRestart  = "c6 02 500100 0707 00"
	attributes    = "c7 81 0000 00f20000 00 0103 312e32 00fc0000 00 0103 414345"
	openFile      = "c8 19 46035b01 1d00 1a00 0300 000000000000 0000 00000000 00000000 0100 0004 0100 2e2f41"
	fileLogin     = "c9 1d 46025b01 1300 0c00 0400 1000 0300 00000000 726f6f74 616263"
	events        = "e1 82 0000 020117 02 01 81 03 01 1e0100 0001 01 11223344 01 55667788"
)

func TestCRC(t *testing.T) {
	// The check value of CRC-16/DNP.
	if got := crc([]byte("123456789")); got != 0xea82 {
		t.Errorf("got %04x", got)
	}
}

func TestDecode(t *testing.T) {
	long := bytes.Repeat([]byte{0xc0}, MaxData)
	wrongBlock := frame(0xc4, long)
	wrongBlock[headerLen+20] ^= 1
	wrongHeader := frame(0xc4, long)
	wrongHeader[4] ^= 1
	for _, c := range []struct {
		name    string
		in      []byte
		data    int
		hasData bool
		err     error
		dataErr error
	}{
		{name: "a frame without data", in: frame(0x49, nil)},
		{name: "one block", in: frame(0xc4, long[:5]), data: 5, hasData: true},
		{name: "a whole block", in: frame(0xc4, long[:16]), data: 16, hasData: true},
		{name: "the longest frame", in: frame(0xc4, long), data: MaxData, hasData: true},
		{name: "data of an acknowledgement is none", in: frame(0x00, long[:5]), data: 5},
		{name: "a wrong block", in: wrongBlock, data: MaxData, hasData: true, dataErr: ErrBlock},
		{name: "a wrong header", in: wrongHeader, err: ErrHeader},
		{name: "nothing", err: ErrShort},
		{name: "another start", in: []byte{5, 0x65}, err: ErrStart},
		{name: "a length below the least", in: []byte{5, 0x64, 4, 0, 0, 0, 0, 0, 0, 0}, err: ErrLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, n, err := Decode(c.in)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			if n != len(c.in) || f.Length != c.data || f.HasData() != c.hasData || f.Destination != 10 || f.Source != 3 {
				t.Errorf("got %+v, %d", f, n)
			}
			got, err := f.AppendData(nil)
			if !errors.Is(err, c.dataErr) || err == nil && !bytes.Equal(got, long[:c.data]) {
				t.Errorf("data %x, %v", got, err)
			}
		})
	}
}

func TestAssembler(t *testing.T) {
	seg := func(b byte, s string) Segment {
		x, err := DecodeSegment(append([]byte{b}, s...))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		name string
		in   []Segment
		want string
	}{
		{"one segment", []Segment{seg(0xc5, "ab")}, "ab"},
		{"three segments over the end of the count", []Segment{seg(0x7f, "ab"), seg(0x00, "cd"), seg(0x81, "e")}, "abcde"},
		{"a repeated segment", []Segment{seg(0x40, "ab"), seg(0x01, "cd"), seg(0x01, "cd"), seg(0x82, "e")}, "abcde"},
		{"a missing segment", []Segment{seg(0x40, "ab"), seg(0x82, "e")}, ""},
		{"joined in the middle", []Segment{seg(0x01, "cd"), seg(0x82, "e")}, ""},
		{"begun anew", []Segment{seg(0x40, "xx"), seg(0x45, "ab"), seg(0x86, "c")}, "abc"},
		{"a single one within another", []Segment{seg(0x40, "xx"), seg(0xc5, "ab"), seg(0x81, "c")}, "ab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a Assembler
			var got string
			for _, s := range c.in {
				if b, ok := a.Add(s); ok {
					got += string(b)
				}
			}
			if got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
	if _, err := DecodeSegment(nil); !errors.Is(err, ErrShort) {
		t.Errorf("no segment: %v", err)
	}
}

func TestAssemblerIsBounded(t *testing.T) {
	var a Assembler
	a.Add(Segment{First: true, Data: make([]byte, 249)})
	for i := range 1000 {
		a.Add(Segment{Sequence: uint8(i+1) & 0x3f, Data: make([]byte, 249)})
	}
	if cap(a.buf) > 2*MaxFragment {
		t.Errorf("%d bytes kept", cap(a.buf))
	}
}

func TestDecodeFragment(t *testing.T) {
	f, err := DecodeFragment(unhex(t, events))
	if err != nil || !f.First || !f.Final || !f.Confirm || f.Unsolicited || f.Sequence != 1 || f.Function != Unsolicited {
		t.Errorf("got %+v, %v", f, err)
	}
	f, err = DecodeFragment(unhex(t, unknownObject))
	if err != nil || f.Indications != UnknownObject|DeviceRestart || !f.Refused() {
		t.Errorf("got %+v, %v", f, err)
	}
	if _, err = DecodeFragment([]byte{0xc0, 0x81, 0}); !errors.Is(err, ErrShort) {
		t.Errorf("half the indications: %v", err)
	}
	if !DirectOperateNoAck.NoAck() || DirectOperate.NoAck() || !Response.Response() || Read.Response() {
		t.Error("functions")
	}
}

func fragment(t testing.TB, s string) Fragment {
	t.Helper()
	f, err := DecodeFragment(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestHeaders(t *testing.T) {
	type header struct {
		group, variation uint8
		count            uint32
		points           int
	}
	for _, c := range []struct {
		name string
		in   string
		want []header
		err  error
	}{
		{"a read of classes", readClasses, []header{{60, 2, 0, 0}, {60, 3, 0, 0}, {60, 4, 0, 0}, {60, 1, 0, 0}}, nil},
		{"a control", directOperate, []header{{12, 1, 1, 1}}, nil},
		{"a set point", setPoint, []header{{41, 2, 1, 1}}, nil},
		{"a clock", setTime, []header{{50, 1, 1, 1}}, nil},
		{"packed bits", clearRestart, []header{{80, 1, 1, 0}}, nil},
		{"attributes", attributes, []header{{0, 242, 1, 1}, {0, 252, 1, 1}}, nil},
		{"a file", openFile, []header{{70, 3, 1, 1}}, nil},
		{"events and values", events, []header{{2, 1, 2, 2}, {30, 1, 2, 2}}, nil},
		{"a read of three points by index", "c0 01 1e0117 03 010203", []header{{30, 1, 3, 3}}, nil},
		{"a read of a range of 16 bits", "c0 01 1e0101 0000 ff00", []header{{30, 1, 256, 0}}, nil},
		{"an unknown object", "c0 81 0000 c80107 01 aabb", []header{{200, 1, 1, 0}}, ErrShort},
		{"more objects than bytes", "c4 04 0c0101 0001 0003 01 01 00000000 00000000 00 0101", []header{{12, 1, 513, 1}}, ErrShort},
		{"a range that ends before it begins", "c0 01 1e0100 0501", nil, ErrShort},
		{"a reserved qualifier", "c0 01 1e010f 00", nil, ErrShort},
		{"half a header", "c0 01 1e01", nil, ErrShort},
		{"all points there can be", "c0 01 1e0102 00000000 ffffffff", []header{{30, 1, 0, 0}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := fragment(t, c.in).Headers()
			for _, w := range c.want {
				got, ok := h.Next()
				p, n := got.Points(), 0
				for {
					if _, ok := p.Next(); !ok {
						break
					}
					n++
				}
				if !ok || (header{got.Group, got.Variation, got.Count, n}) != w {
					t.Errorf("got %+v with %d points, %v, want %v", got, n, ok, w)
				}
			}
			if got, ok := h.Next(); ok || !errors.Is(h.Err(), c.err) {
				t.Errorf("more: %+v, %v", got, h.Err())
			}
		})
	}
}

// first is the first point of a fragment.
func first(t *testing.T, s string) Point {
	t.Helper()
	h := fragment(t, s).Headers()
	x, _ := h.Next()
	points := x.Points()
	p, ok := points.Next()
	if !ok {
		t.Fatal("no point")
	}
	return p
}

func TestControl(t *testing.T) {
	p := first(t, directOperate)
	h := fragment(t, directOperate).Headers()
	if x, _ := h.Next(); !x.Indexed() || x.All() || x.Ranged {
		t.Errorf("header %+v", x)
	}
	if c, ok := p.Control(); !ok || c.Operation != 3 || c.Count != 1 || c.On != 100 || p.Index != 5 {
		t.Errorf("got %+v at %d, %v", c, p.Index, ok)
	}
	if fragment(t, operated).Refused() || !fragment(t, notOperated).Refused() || fragment(t, directOperate).Refused() {
		t.Error("the status of a control")
	}
	p = first(t, setPoint)
	if v, ok := p.Setpoint(); !ok || v != -100 || p.Index != 7 {
		t.Errorf("set point %v at %d, %v", v, p.Index, ok)
	}
	for in, want := range map[string]float64{
		"c4 05 290117 01 07 01000000 00":        1,
		"c4 05 290317 01 07 0000803f 00":        1,
		"c4 05 290417 01 07 000000000000f03f00": 1,
	} {
		p := first(t, in)
		if v, ok := p.Setpoint(); !ok || v != want {
			t.Errorf("%s: %v, %v", in, v, ok)
		}
	}
}

func TestAttribute(t *testing.T) {
	if s, ok := first(t, attributes).Attribute(); !ok || string(s) != "1.2" {
		t.Errorf("got %q, %v", s, ok)
	}
	if _, ok := (Point{Group: 0, Data: []byte{2, 1, 5}}).Attribute(); ok {
		t.Error("a number is text")
	}
}

func TestFile(t *testing.T) {
	name, mode, ok := first(t, openFile).File()
	if !ok || string(name) != "./A" || mode != FileRead {
		t.Errorf("got %q, %d, %v", name, mode, ok)
	}
	user, secret, ok := first(t, fileLogin).Login()
	if !ok || string(user) != "root" || !secret {
		t.Errorf("got %q, %v, %v", user, secret, ok)
	}
	p := Point{Group: GroupFile, Variation: 3, Data: append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 22)...)}
	if _, _, ok := p.File(); ok {
		t.Error("a name outside its object")
	}
}

func TestTruncation(t *testing.T) {
	whole := frame(0xc4, append([]byte{0xc0}, unhex(t, directOperate)...))
	for i := range whole {
		if f, n, err := Decode(whole[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Errorf("%d bytes: %+v, %d, %v", i, f, n, err)
		}
	}
	for _, s := range []string{readClasses, directOperate, operated, attributes, openFile, fileLogin, events} {
		in := unhex(t, s)
		for i := range in {
			if f, err := DecodeFragment(in[:i]); err == nil {
				walk(t, f)
			}
		}
	}
}

// walk reads all there is in a fragment and counts it.
func walk(t testing.TB, f Fragment) {
	f.Refused()
	h, n := f.Headers(), 0
	for {
		x, ok := h.Next()
		if !ok {
			break
		}
		p := x.Points()
		for {
			v, ok := p.Next()
			if !ok {
				break
			}
			if n++; n > 2*len(f.Objects)+2 {
				t.Fatalf("%d points in %d bytes", n, len(f.Objects))
			}
			v.Control()
			v.Setpoint()
			v.Attribute()
			v.File()
			v.Login()
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(frame(0xc4, append([]byte{0xc0}, unhex(f, directOperate)...)))
	f.Add(frame(0x49, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		// Random bytes hardly ever have a right CRC: make a frame of them.
		if data := b[:min(len(b), MaxData)]; len(data) > 0 {
			fr, n, err := Decode(frame(0xc4, data))
			got, _ := fr.AppendData(nil)
			if err != nil || n > MaxFrame || !bytes.Equal(got, data) {
				t.Fatalf("a frame of %d octets: %d, %v", len(data), n, err)
			}
		}
		fr, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes with %v", n, err)
			}
			return
		}
		if n > len(b) {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
		data, err := fr.AppendData(nil)
		if len(data) > fr.Length || err == nil && len(data) != fr.Length {
			t.Fatalf("%d of %d bytes of data, %v", len(data), fr.Length, err)
		}
		if again, m, err := Decode(b[:n]); err != nil || m != n || again.Source != fr.Source {
			t.Fatalf("again %+v, %d, %v", again, m, err)
		}
	})
}

func FuzzFragment(f *testing.F) {
	for _, s := range []string{readClasses, directOperate, operated, setPoint, setTime, attributes, openFile, fileLogin, events} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := DecodeFragment(b)
		if err != nil {
			return
		}
		if len(x.Objects) > len(b)-2 {
			t.Fatalf("%d bytes of objects in %d", len(x.Objects), len(b))
		}
		walk(t, x)
	})
}

func BenchmarkDecode(b *testing.B) {
	in := frame(0xc4, append([]byte{0xc0}, unhex(b, operated)...))
	var room [MaxData]byte
	b.ReportAllocs()
	for b.Loop() {
		f, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		data, err := f.AppendData(room[:0])
		if err != nil {
			b.Fatal(err)
		}
		s, _ := DecodeSegment(data)
		x, err := DecodeFragment(s.Data)
		if err != nil || x.Refused() {
			b.Fatal(err)
		}
	}
}
