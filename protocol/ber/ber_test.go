package ber

import (
	"bytes"
	"errors"
	"testing"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name        string
		in          []byte
		tag         Tag
		constructed bool
		body        []byte
		n           int
		err         error
	}{
		{name: "an integer", in: []byte{2, 1, 5}, tag: Integer, body: []byte{5}, n: 3},
		{name: "nothing in a null", in: []byte{5, 0, 0xaa}, tag: Null, n: 2},
		{name: "a sequence with one member", in: []byte{0x30, 3, 2, 1, 5}, tag: Sequence, constructed: true, body: []byte{2, 1, 5}, n: 5},
		{name: "a context tag", in: []byte{0xa3, 0}, tag: Context | 3, constructed: true, n: 2},
		{name: "an application tag above 30", in: []byte{0x7f, 0x4c, 1, 0}, tag: Application | 76, constructed: true, body: []byte{0}, n: 4},
		{name: "a context tag of two octets", in: []byte{0xbf, 0x81, 0x00, 0}, tag: Context | 128, constructed: true, n: 4},
		{name: "a private tag", in: []byte{0xc1, 0}, tag: Private | 1, n: 2},
		{name: "a long length", in: append([]byte{4, 0x81, 0x80}, make([]byte, 128)...), tag: OctetString, body: make([]byte, 128), n: 131},
		{name: "a long length with leading zeros", in: []byte{4, 0x84, 0, 0, 0, 1, 7}, tag: OctetString, body: []byte{7}, n: 7},
		{name: "an indefinite length", in: []byte{0x30, 0x80, 2, 1, 5, 0, 0, 9}, tag: Sequence, constructed: true, body: []byte{2, 1, 5}, n: 7},
		{name: "indefinite in indefinite", in: []byte{0x30, 0x80, 0x31, 0x80, 0, 0, 0, 0}, tag: Sequence, constructed: true, body: []byte{0x31, 0x80, 0, 0}, n: 8},
		{name: "zeros inside a definite member do not end it", in: []byte{0x30, 0x80, 4, 2, 0, 0, 0, 0}, tag: Sequence, constructed: true, body: []byte{4, 2, 0, 0}, n: 8},

		{name: "nothing", in: nil, err: ErrShort},
		{name: "a tag only", in: []byte{2}, err: ErrShort},
		{name: "a body cut off", in: []byte{2, 2, 5}, err: ErrShort},
		{name: "a length cut off", in: []byte{4, 0x82, 1}, err: ErrShort},
		{name: "an indefinite length without end", in: []byte{0x30, 0x80, 2, 1, 5}, err: ErrShort},
		{name: "an indefinite primitive", in: []byte{4, 0x80, 0, 0}, err: ErrLength},
		{name: "the reserved length", in: []byte{4, 0xff, 0, 0}, err: ErrLength},
		{name: "a length beyond reason", in: []byte{4, 0x84, 0x80, 0, 0, 0}, err: ErrLength},
		{name: "a tag number with a leading zero", in: []byte{0x9f, 0x80, 0x01, 0}, err: ErrTag},
		{name: "a tag number beyond reason", in: []byte{0x9f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0}, err: ErrTag},
		{name: "indefinite lengths without bottom", in: bytes.Repeat([]byte{0x30, 0x80}, 100), err: ErrDepth},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, n, err := Decode(c.in)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if e.Tag != c.tag || e.Constructed != c.constructed || !bytes.Equal(e.Body, c.body) || n != c.n {
				t.Errorf("got %+v and %d octets", e, n)
			}
		})
	}
}

func TestTag(t *testing.T) {
	tag := Application | 76
	if tag.Class() != Application || tag.Number() != 76 {
		t.Errorf("class %x number %d", tag.Class(), tag.Number())
	}
}

func TestCursor(t *testing.T) {
	in := []byte{0x30, 9, 2, 1, 5, 0x81, 1, 7, 4, 1, 'x'}
	e, _, err := Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	c := e.Children()
	if _, ok := c.Take(OctetString); ok {
		t.Error("Take gave a tag that is not next")
	}
	if v, ok := c.Take(Integer); !ok || v.Body[0] != 5 {
		t.Errorf("Take gave %+v, %v", v, ok)
	}
	if v, ok := c.Find(OctetString); !ok || string(v.Body) != "x" {
		t.Errorf("Find gave %+v, %v", v, ok)
	}
	if _, ok := c.Next(); ok || c.Err() != nil || len(c.Rest()) != 0 {
		t.Errorf("at the end: %v, %v, %x", ok, c.Err(), c.Rest())
	}
}

func TestCursorStopsAtDamage(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		err  error
	}{
		{"a member cut off", []byte{2, 1, 5, 4, 3, 'x'}, ErrShort},
		{"end-of-contents where none can be", []byte{2, 1, 5, 0, 0}, ErrEnd},
	} {
		t.Run(c.name, func(t *testing.T) {
			cur := Over(c.in)
			if _, ok := cur.Next(); !ok {
				t.Fatal("the first member is lost")
			}
			if _, ok := cur.Next(); ok || !errors.Is(cur.Err(), c.err) {
				t.Errorf("got %v, %v", ok, cur.Err())
			}
			if _, ok := cur.Take(Integer); ok {
				t.Error("Take went on after damage")
			}
		})
	}
}

func TestChildrenOfPrimitive(t *testing.T) {
	c := Element{Tag: OctetString, Body: []byte{2, 1, 5}}.Children()
	if _, ok := c.Next(); ok || c.Err() != nil {
		t.Error("a primitive element has children")
	}
}

func TestDecodePrefix(t *testing.T) {
	e, n, cut, err := DecodePrefix([]byte{0x30, 9, 2, 1, 5, 4})
	if err != nil || !cut || n != 6 || !bytes.Equal(e.Body, []byte{2, 1, 5, 4}) {
		t.Errorf("got %+v %d %v %v", e, n, cut, err)
	}
	if _, n, cut, err := DecodePrefix([]byte{2, 1, 5, 9}); err != nil || cut || n != 3 {
		t.Errorf("a whole element: %d %v %v", n, cut, err)
	}
	if _, _, _, err := DecodePrefix([]byte{0x30}); !errors.Is(err, ErrShort) {
		t.Errorf("half a header: %v", err)
	}
}

// TestTruncation decodes every prefix of a nest of elements.
func TestTruncation(t *testing.T) {
	whole := []byte{0x30, 0x80, 0xa0, 0x80, 2, 1, 5, 0, 0, 4, 0x81, 2, 'x', 'y', 0xbf, 0x81, 0x00, 1, 0, 0, 0}
	for i := range whole {
		if e, n, err := Decode(whole[:i]); !errors.Is(err, ErrShort) {
			t.Errorf("%d octets: %+v, %d, %v", i, e, n, err)
		}
	}
	if _, n, err := Decode(whole); err != nil || n != len(whole) {
		t.Errorf("whole: %d, %v", n, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 2, 1, 5, 0, 0})
	f.Add([]byte{0x7f, 0x4c, 0x82, 0, 1, 0})
	f.Add([]byte{6, 3, 0x2b, 6, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d octets taken with %v", n, err)
			}
			return
		}
		if n > len(b) || len(e.Body) > n {
			t.Fatalf("%d of %d octets, body %d", n, len(b), len(e.Body))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || again.Tag != e.Tag || !bytes.Equal(again.Body, e.Body) {
			t.Fatalf("again: %+v %d %v", again, m, err)
		}
		left := len(e.Body)
		for c := e.Children(); ; {
			child, ok := c.Next()
			if !ok {
				break
			}
			if len(c.Rest()) >= left {
				t.Fatal("the cursor stands still")
			}
			left = len(c.Rest())
			values(child)
		}
		values(e)
	})
}

func values(e Element) {
	e.Int64()
	e.Uint64()
	e.Bool()
	e.Bits()
	var room [64]byte
	AppendOID(room[:0], e.Body)
}

func BenchmarkDecode(b *testing.B) {
	in := []byte{0x30, 0x80, 0x30, 14, 6, 8, 0x2b, 6, 1, 2, 1, 1, 5, 0, 4, 2, 'h', 'i', 2, 1, 5, 0, 0}
	b.ReportAllocs()
	for b.Loop() {
		e, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		c := e.Children()
		for {
			if _, ok := c.Next(); !ok {
				break
			}
		}
	}
}
