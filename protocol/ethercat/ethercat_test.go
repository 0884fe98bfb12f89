package ethercat

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

var (
	toOp      = unhex("1c10 08 03 0000 2001 0280 0000 1100 0000 07 04 0000 3001 0200 0000 0800 0500")
	eeprom    = unhex("2610 05 01 e903 0205 0680 0000 0001 08000000 0100 04 02 e903 0805 0800 0000 0200000052304403 0100")
	eepromAll = unhex("1610 01 03 0200 0205 0a00 0000 0000 0e000000 2a000000 0100")
	download  = unhex("1c10 05 01 e903 0010 1000 0000 0a00 0000 00 13 0020 2f 1260 00 06000000 0100")
	name      = unhex("2010 04 01 e903 8010 1400 0000 0e00 0000 00 13 0030 41 0810 00 04000000 454c3130 0100")
	firmware  = unhex("1c10 05 01 e903 0010 1000 0000 0a00 0000 00 14 0200 00000000 66772e62 0100")
)

func datagrams(t *testing.T, b []byte) []Datagram {
	t.Helper()
	w, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	var all []Datagram
	for d, ok := w.Next(); ok; d, ok = w.Next() {
		all = append(all, d)
	}
	return all
}

func TestDatagrams(t *testing.T) {
	d := datagrams(t, toOp)
	if len(d) != 2 || d[0].Command != BWR || d[1].Command != BRD || d[1].Counter != 5 {
		t.Fatalf("%+v", d)
	}
	if s, ok := d[0].ALControl(); !ok || s != Init || s.String() != "INIT" {
		t.Errorf("%v %v", s, ok)
	}
	if _, ok := d[1].ALControl(); ok {
		t.Error("a status that is read is no control")
	}
}

func TestEEPROM(t *testing.T) {
	d := datagrams(t, eeprom)
	if len(d) != 2 {
		t.Fatalf("%+v", d)
	}
	if w, ok := d[0].EEPROMRequest(); !ok || w != WordVendor || d[0].Station != 1001 {
		t.Errorf("%x %v", w, ok)
	}
	if _, v, ok := d[1].EEPROMData(); !ok || hex.EncodeToString(v) != "0200000052304403" {
		t.Errorf("%x %v", v, ok)
	}
	d = datagrams(t, eepromAll)
	if w, v, ok := d[0].EEPROMData(); !ok || w != WordSerial || hex.EncodeToString(v) != "2a000000" {
		t.Errorf("%x %x %v", w, v, ok)
	}
}

func TestMailbox(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    []byte
		index uint16
		write bool
		resp  bool
		value string
	}{
		{"a parameter is written", download, 0x6012, true, false, "06"},
		{"the name is read", name, ObjectName, false, true, "454c3130"},
	} {
		d := datagrams(t, c.in)
		if len(d) != 1 {
			t.Fatalf("%s: %+v", c.name, d)
		}
		m, ok := d[0].Mailbox()
		s, ok2 := m.SDO()
		if !ok || !ok2 || s.Index != c.index || s.Write != c.write || s.Response != c.resp || hex.EncodeToString(s.Data) != c.value {
			t.Errorf("%s: %+v %+v", c.name, m, s)
		}
	}
	d := datagrams(t, firmware)
	m, _ := d[0].Mailbox()
	if f, ok := m.File(); !ok || !f.Write || string(f.Name) != "fw.b" {
		t.Errorf("%+v %v", f, ok)
	}
}

func TestRejects(t *testing.T) {
	if _, err := Decode(unhex("1c50 00")); !errors.Is(err, ErrType) {
		t.Errorf("mailbox gateway: %v", err)
	}
	if _, err := Decode(unhex("1c")); !errors.Is(err, ErrShort) {
		t.Errorf("one byte: %v", err)
	}
}

func walk(t *testing.T, b []byte) {
	w, err := Decode(b)
	if err != nil {
		return
	}
	total := 2
	for d, ok := w.Next(); ok; d, ok = w.Next() {
		total += datagramHeader + len(d.Data) + 2
		_, _ = d.ALControl()
		_, _ = d.EEPROMRequest()
		_, _, _ = d.EEPROMData()
		m, _ := d.Mailbox()
		_, _ = m.SDO()
		_, _ = m.File()
	}
	if total > len(b) {
		t.Fatalf("datagrams of %d bytes in %d", total, len(b))
	}
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{toOp, eeprom, eepromAll, download, name, firmware} {
		for i := range f {
			walk(t, f[:i])
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{toOp, eeprom, eepromAll, download, name, firmware} {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w, _ := Decode(toOp)
		for ok := true; ok; {
			_, ok = w.Next()
		}
	}
}
