package knx

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

const description = "36 01 02 00 1101 0000 00c501020304 e000170c 000e8c001122 4b4e58204950205265757365" +
	"000000000000000000000000000000000000" + "0a 02 02 01 03 01 04 01 05 01"

var (
	search   = unhex("0610 0201 000e 08 01 c0a858e7 a17f")
	found    = unhex("0610 0202 004e 08 01 c0a80105 0e57" + description)
	describe = unhex("0610 0204 0046" + description)
	switchOn = unhex("0610 0420 0015 04 01 00 00 11 00 bc e0 0000 0801 01 00 81")
	routed   = unhex("0610 0530 0013 29 00 bc d0 1101 0802 03 00 80 0c1a")
	restart  = unhex("0610 0420 0015 04 01 01 00 11 00 b0 60 0000 1105 01 03 80")
	connect  = unhex("0610 0420 0014 04 01 01 00 11 00 b0 60 0000 1105 00 80")
	reset    = unhex("0610 0310 000b 04 01 00 00 f1")
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Service
	}{{"search", search, SearchRequest}, {"found", found, SearchResponse}, {"description", describe, DescriptionResponse}, {"tunnelled", switchOn, Tunnel}, {"routed", routed, Routing}} {
		m, n, err := Decode(c.in)
		if err != nil || n != len(c.in) || m.Service != c.want || !m.Service.Known() {
			t.Errorf("%s: %+v, n %d of %d, %v", c.name, m, n, len(c.in), err)
		}
	}
	if _, _, err := Decode(unhex("0611 0201 000e")); !errors.Is(err, ErrHeader) {
		t.Errorf("another version: %v", err)
	}
	if _, _, err := Decode(unhex("0610 0201 0003")); !errors.Is(err, ErrLength) {
		t.Errorf("too short: %v", err)
	}
}

func TestDevice(t *testing.T) {
	for _, f := range [][]byte{found, describe} {
		m, _, _ := Decode(f)
		d, ok := m.Device()
		if !ok || string(d.Name) != "KNX IP Reuse" || d.Serial != [6]byte{0, 0xc5, 1, 2, 3, 4} || d.MAC != [6]byte{0, 0xe, 0x8c, 0, 0x11, 0x22} {
			t.Errorf("%+v %v", d, ok)
		}
		if a, l, n := d.Address.Parts(); a != 1 || l != 1 || n != 1 {
			t.Errorf("%d.%d.%d", a, l, n)
		}
	}
}

func TestTelegram(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Telegram
		data string
	}{
		{"switch on", switchOn, Telegram{Code: 0x11, Group: true, Destination: 0x0801, Service: GroupWrite, Small: 1}, ""},
		{"temperature", routed, Telegram{Code: 0x29, Group: true, Source: 0x1101, Destination: 0x0802, Service: GroupWrite}, "0c1a"},
		{"restart", restart, Telegram{Code: 0x11, Destination: 0x1105, Service: Restart}, ""},
		{"transport connect", connect, Telegram{Code: 0x11, Destination: 0x1105, Control: true}, ""},
		{"reset of the interface", reset, Telegram{Code: ResetRequest}, ""},
	} {
		m, _, _ := Decode(c.in)
		x, ok := m.Telegram()
		data := hex.EncodeToString(x.Data)
		x.Data = nil
		if !ok || data != c.data || x.Code != c.want.Code || x.Group != c.want.Group || x.Source != c.want.Source ||
			x.Destination != c.want.Destination || x.Service != c.want.Service || x.Small != c.want.Small || x.Control != c.want.Control {
			t.Errorf("%s: %+v %s %v", c.name, x, data, ok)
		}
	}
}

func frames() [][]byte {
	return [][]byte{search, found, describe, switchOn, routed, restart, connect, reset}
}

func walk(t *testing.T, b []byte) {
	m, n, err := Decode(b)
	if err != nil {
		return
	}
	if n > len(b) || len(m.Body) > n {
		t.Fatalf("took %d of %d", n, len(b))
	}
	d, _ := m.Device()
	x, _ := m.Telegram()
	if len(d.Name) > 30 || len(x.Data) > n {
		t.Fatal("more than the message holds")
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range frames() {
		for i := range f {
			if _, _, err := Decode(f[:i]); !errors.Is(err, ErrShort) {
				t.Errorf("cut to %d: %v", i, err)
			}
			cut := append([]byte{}, f[:i]...)
			if i >= headerSize {
				cut[4], cut[5] = 0, byte(i)
			}
			walk(t, cut)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range frames() {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(routed)
		_, _ = m.Telegram()
	}
}
