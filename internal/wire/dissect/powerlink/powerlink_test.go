package powerlink

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
	c, s = dissecttest.C, dissecttest.S

	soc        = unhex("01 ff f0 00 00 00 0000000000000000")
	identified = unhex(`06 f0 20 01 00 00 1d 00 20 00 01000000 dc05 2400 2400 10000000 0000
		91010f00 37000000 02000000 01000000 2a000000 0000000000000000 00000000 00000000 00000000 00000000
		c0a86420 ffffff00 c0a864fe 696f2d3332` + strings.Repeat("00", 27))
	stopNode  = unhex("06 20 f0 04 22 00")
	resetNode = unhex("06 20 f0 04 28 00")
	writeObj  = unhex("06 00 00 05 0206 0000 00 01 00 01 0800 0000 0610 00 00 e8030000")
	done      = unhex("06 00 00 05 0606 0000 00 01 80 01 0000 0000")
	aborted   = unhex("06 00 00 05 0606 0000 00 01 c0 01 0400 0000 00000206")
)

func TestFrames(t *testing.T) {
	frames := func(m ...dissecttest.Message) dissecttest.Result {
		return dissecttest.Frames([]dissect.Protocol{Protocol()}, EtherType, m...)
	}
	manager, node := plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.Endpoint{MAC: dissecttest.Server.MAC}
	r := frames(c(soc), s(identified))
	if got := r.Fact(manager, plant.FieldRole); got != plant.RoleController {
		t.Errorf("the managing node is %q", got)
	}
	for f, want := range map[plant.Field]string{
		plant.FieldName: "io-32", plant.FieldSerial: "42", plant.FieldVendorID: "powerlink:0x00000037", plant.FieldUnit: "powerlink node 32",
		plant.FieldProductCode: "powerlink:0x00000037/0x00000002", plant.FieldAddress: "192.168.100.32",
	} {
		if got := r.Fact(node, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
	for _, tc := range []struct {
		in   []byte
		want *plant.Verb
	}{{stopNode, stop}, {resetNode, reset}} {
		if o := frames(c(tc.in)).Operation("6.4"); o.Verb != *tc.want || o.Object != "unit 32 node" {
			t.Errorf("%+v", o)
		}
	}
}

func TestSDO(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer []byte
		counts [4]uint64
	}{{"done", done, [4]uint64{1, 1, 1, 0}}, {"aborted", aborted, [4]uint64{1, 1, 0, 1}}} {
		o := dissecttest.UDP([]dissect.Protocol{Protocol()}, Port, c(writeObj), s(tc.answer)).Operation("6.5")
		if got := [4]uint64{o.Requests, o.Responses, o.Accepted, o.Refused}; got != tc.counts || o.Verb != *write || o.Object != "object 4102" || o.Value != "1000" {
			t.Errorf("%s: %+v", tc.name, o)
		}
	}
}
