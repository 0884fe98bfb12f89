package pnrt

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
	pull = unhex(`fe01 0001 0002 11 01 0001 ffff 0020
		0002 001c 0100 0003 00000000 0003 0001 00000102 00000001 0001 8000 00000000`)
	pullAck = unhex("fe01 0002 0001 11 01 0001 0001 0014 8002 0010 0100 0003 00000000 0003 0001 0001 00000000")
	ack     = unhex("fc01 0001 0002 13 00 ffff 0001 0000")
	cyclic  = append(append(unhex("8001"), make([]byte, 40)...), unhex("1234 35 00")...)
)

func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		id   uint16
		want Class
	}{
		{0x0020, Time},
		{0x0080, Time},
		{0x0100, Isochron},
		{0x8000, Cyclic},
		{0xbc00, Cyclic},
		{0xc000, Cyclic},
		{0xfc01, Alarm},
		{0xfe01, Alarm},
		{0xfc02, Reserved},
		{0xfefc, DCP},
		{0xfeff, DCP},
		{0xff00, Time},
		{0xff43, Time},
		{0xff80, Fragment},
		{0xffff, Reserved},
	} {
		if got := ClassOf(c.id); got != c.want {
			t.Errorf("%04x: %d, want %d", c.id, got, c.want)
		}
	}
}

func TestDecodeAlarm(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want AlarmFrame
	}{
		{"a module was pulled", pull, AlarmFrame{Kind: AlarmData, Type: 3, Slot: 3, Subslot: 1, Module: 0x102, Submodule: 1}},
		{"acknowledged", pullAck, AlarmFrame{Kind: AlarmData, Acknowledges: true, Type: 3, Slot: 3, Subslot: 1}},
		{"received", ack, AlarmFrame{High: true, Kind: AlarmAck}},
	} {
		if got, err := DecodeAlarm(c.in); err != nil || got != c.want {
			t.Errorf("%s: %+v, err %v", c.name, got, err)
		}
	}
	if _, err := DecodeAlarm(cyclic); !errors.Is(err, ErrAlarm) {
		t.Errorf("cyclic data is an alarm: %v", err)
	}
	if AlarmName(3) != "pull" || AlarmName(0x1f) != "pull module" || AlarmName(0x999) != "" {
		t.Error("names of alarms")
	}
}

func TestCyclicStatus(t *testing.T) {
	s, ok := CyclicStatus(cyclic)
	if !ok || s.Cycle != 0x1234 || s.Data&StatusRun == 0 || s.Data&StatusValid == 0 {
		t.Errorf("%+v %v", s, ok)
	}
}

func walk(t *testing.T, b []byte) {
	if a, err := DecodeAlarm(b); err == nil && a.Kind == 0 {
		t.Fatal("an alarm of no kind")
	}
	if id, ok := FrameID(b); ok && ClassOf(id) == Unknown {
		t.Fatalf("%04x has no class", id)
	}
	_, _ = CyclicStatus(b)
}

func TestTruncation(t *testing.T) {
	for _, f := range [][]byte{pull, pullAck, ack, cyclic} {
		for i := range f {
			walk(t, f[:i])
			if _, err := DecodeAlarm(f[:i]); i < alarmHeader && !errors.Is(err, ErrShort) {
				t.Errorf("cut to %d: %v", i, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{pull, pullAck, ack, cyclic} {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		id, _ := FrameID(cyclic)
		_ = ClassOf(id)
		_, _ = CyclicStatus(cyclic)
	}
}
