package cdp

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

// tlv is one value with its type and length.
func tlv(typ byte, value string) []byte {
	return append([]byte{0, typ, 0, byte(len(value) + 4)}, value...)
}

// run gives an engine one IEEE 802.3 frame around a message and returns the
// facts by field.
func run(message []byte) map[plant.Field][]string {
	b := unhex("01000ccccccc 001122334455 0000 aaaa03 00000c 2000")
	b = append(b, message...)
	b[12], b[13] = byte((len(b)-14)>>8), byte(len(b)-14)
	e := dissect.NewEngine([]dissect.Protocol{Protocol()}, dissect.Options{})
	e.Frame(&capture.Frame{Time: 1_700_000_000e9, Data: b, Wire: len(b), Link: packet.LinkEthernet}, plant.NewPacketRef(0, 1))
	facts := map[plant.Field][]string{}
	e.Flush(func(o plant.Observation) {
		if s, ok := o.(*plant.Sighting); ok && s.Source == source {
			facts[s.Field] = append(facts[s.Field], s.Value)
		}
	})
	return facts
}

func TestFacts(t *testing.T) {
	m := unhex("02 b4 0000")
	m = append(m, tlv(1, "switch1.plant")...)
	m = append(m, tlv(2, "\x00\x00\x00\x01\x01\x01\xcc\x00\x04\xc0\xa8\x00\x0a")...)
	m = append(m, tlv(3, "GigabitEthernet0/1")...)
	m = append(m, tlv(4, "\x00\x00\x00\x28")...)
	m = append(m, tlv(5, "Cisco IOS Software, C3560 Software, Version 12.2(25)SEB4, RELEASE SOFTWARE (fc1)")...)
	m = append(m, tlv(6, "cisco WS-C3560G-24PS")...)
	facts := run(m)
	for f, want := range map[plant.Field]string{
		plant.FieldName: "switch1.plant", plant.FieldAddress: "192.168.0.10", plant.FieldPort: "GigabitEthernet0/1",
		plant.FieldRole: plant.RoleSwitch, plant.FieldFirmware: "12.2(25)SEB4", plant.FieldProduct: "cisco WS-C3560G-24PS", plant.FieldVendor: "Cisco",
	} {
		if got := facts[f]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
	for i := range m {
		run(m[:i])
	}
}
