package ethercat

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
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
	c = dissecttest.C

	toOp     = unhex("0e10 05 01 e903 2001 0200 0000 0800 0000")
	toInit   = unhex("0e10 05 02 e903 2001 0200 0000 0100 0000")
	toBoot   = unhex("0e10 05 02 e903 2001 0200 0000 0300 0000")
	eeprom   = unhex("1610 04 03 e903 0205 0a00 0000 0000 08000000 02000000 0100")
	download = unhex("1c10 05 01 e903 0010 1000 0000 0a00 0000 00 13 0020 2f 1260 00 06000000 0000")
	mapping  = unhex("1c10 05 01 e903 0010 1000 0000 0a00 0000 00 13 0020 2f 121c 00 06000000 0000")
	name     = unhex("2010 04 01 e903 8010 1400 0000 0e00 0000 00 13 0030 41 0810 00 04000000 454c3130 0100")
	firmware = unhex("1c10 05 01 e903 0010 1000 0000 0a00 0000 00 14 0200 00000000 66772e62 0000")
	counted  = unhex("0e10 07 01 0200 3001 0200 0000 0800 0200")
	atPlace  = unhex("1610 01 03 0100 0205 0a00 0000 0000 0a000000 523c2c04 0100")
)

func frames(m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.Frames([]dissect.Protocol{Protocol()}, EtherType, m...)
}

func TestOperations(t *testing.T) {
	for _, tc := range []struct {
		name     string
		messages []dissecttest.Message
		verb     *plant.Verb
		object   string
		value    string
	}{
		{"a slave starts", []dissecttest.Message{c(toOp)}, stateChange, "unit 1001 OP", ""},
		{"a running slave is stopped", []dissecttest.Message{c(toOp), c(toInit)}, stateStop, "unit 1001 INIT", ""},
		{"a slave waits for firmware", []dissecttest.Message{c(toBoot)}, boot, "unit 1001 BOOT", ""},
		{"a parameter is written", []dissecttest.Message{c(download)}, sdoWrite, "unit 1001 object 24594", "6"},
		{"process data are mapped", []dissecttest.Message{c(mapping)}, sdoMap, "unit 1001 object 7186", "6"},
		{"firmware is written", []dissecttest.Message{c(firmware)}, fileWrite, "unit 1001 file fw.b", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, o := range frames(tc.messages...).Operations {
				if o.Verb == *tc.verb && o.Object == tc.object && o.Value == tc.value {
					return
				}
			}
			t.Errorf("not found in %+v", frames(tc.messages...).Operations)
		})
	}
}

func TestSlaves(t *testing.T) {
	for _, tc := range []struct {
		name     string
		messages []dissecttest.Message
		want     string
	}{
		{"vendor by EEPROM", []dissecttest.Message{c(eeprom)}, "ethercat slave 1001, vendor 0x00000002"},
		{"name by CoE", []dissecttest.Message{c(name)}, "ethercat slave 1001, product EL10"},
		{"by its place", []dissecttest.Message{c(counted), c(atPlace)}, "ethercat slave at place 1, product 0x042c3c52"},
	} {
		found := false
		for _, x := range frames(tc.messages...).Sightings {
			found = found || x.Field == plant.FieldUnit && x.Value == tc.want
		}
		if !found {
			t.Errorf("%s: no %q", tc.name, tc.want)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, f := range [][]byte{toOp, eeprom, download, name, firmware} {
		for i := range f {
			for _, a := range frames(c(f[:i])).Anomalies {
				if a.Kind == plant.AnomalyFailure {
					t.Fatalf("cut to %d: %s", i, a.Text)
				}
			}
		}
	}
}
