package ber

import "testing"

func TestInt64(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want int64
		ok   bool
	}{
		{"zero", []byte{0}, 0, true},
		{"minus one", []byte{0xff}, -1, true},
		{"128 needs two octets", []byte{0, 0x80}, 128, true},
		{"the least", []byte{0x80, 0, 0, 0, 0, 0, 0, 0}, -1 << 63, true},
		{"padded with zeros", []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 5}, 5, true},
		{"padded with ones", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}, -2, true},
		{"nothing", nil, 0, false},
		{"too large", []byte{0, 0x80, 0, 0, 0, 0, 0, 0, 0}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v, ok := (Element{Body: c.in}).Int64(); v != c.want || ok != c.ok {
				t.Errorf("got %d, %v", v, ok)
			}
		})
	}
}

func TestUint64(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want uint64
		ok   bool
	}{
		{"zero", []byte{0}, 0, true},
		{"the most", []byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1<<64 - 1, true},
		{"negative", []byte{0x80}, 0, false},
		{"too large", []byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, 0, false},
		{"nothing", nil, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v, ok := (Element{Body: c.in}).Uint64(); v != c.want || ok != c.ok {
				t.Errorf("got %d, %v", v, ok)
			}
		})
	}
	if v, ok := Unsigned([]byte{0x80}); v != 128 || !ok {
		t.Errorf("a counter without its zero octet: %d, %v", v, ok)
	}
}

func TestBoolAndBits(t *testing.T) {
	if v, ok := (Element{Body: []byte{0xff}}).Bool(); !v || !ok {
		t.Error("true is not true")
	}
	if _, ok := (Element{Body: []byte{0, 0}}).Bool(); ok {
		t.Error("two octets are a boolean")
	}
	if o, n, ok := (Element{Body: []byte{3, 0xa0}}).Bits(); !ok || n != 5 || o[0] != 0xa0 {
		t.Errorf("bits %x %d %v", o, n, ok)
	}
	if _, _, ok := (Element{Body: []byte{3}}).Bits(); ok {
		t.Error("unused bits of nothing")
	}
	if _, _, ok := (Element{Body: []byte{8, 0}}).Bits(); ok {
		t.Error("eight unused bits")
	}
}

func TestAppendOID(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want string
		ok   bool
	}{
		{"sysDescr.0", []byte{0x2b, 6, 1, 2, 1, 1, 1, 0}, "1.3.6.1.2.1.1.1.0", true},
		{"a large second arc under 2", []byte{0x88, 0x37}, "2.999", true},
		{"a long arc", []byte{0x2b, 6, 1, 4, 1, 0x82, 0x37}, "1.3.6.1.4.1.311", true},
		{"0.0", []byte{0}, "0.0", true},
		{"nothing", nil, "", false},
		{"an arc cut off", []byte{0x2b, 0x82}, "", false},
		{"an arc with a leading zero", []byte{0x2b, 0x80, 1}, "", false},
		{"an arc too large", []byte{0x2b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := AppendOID(nil, c.in)
			if string(got) != c.want || ok != c.ok {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}
