package cclink

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
	persuasion = unhex("10 01 000000 30 0001 01 00 00000000 0000")
	request    = unhex("5000 00 ff ff03 00 4200 0000 700e 0000 0100 0000 2400" + strings.Repeat("00", 14) +
		"0100 0000 2baf8d6881010000 808610ac 01 00 d806 f401 0300 0b00 0100 0100 0000 818610ac 00000000")
	response = unhex("d000 00 ff ff03 00 3a00 0000 0100 0000 2800" + strings.Repeat("00", 14) +
		"3412 0000 78563412 0200 0000 0100 0000 00000000 818610ac 01 00 d806 0000000000000000")
)

func TestFrames(t *testing.T) {
	r := dissecttest.Frames([]dissect.Protocol{Protocol()}, EtherType, dissecttest.C(persuasion))
	sender := plant.Endpoint{MAC: dissecttest.Client.MAC}
	if got := r.Fact(sender, plant.FieldUnit); got != "cc-link ie node 1, master station" {
		t.Errorf("unit %q", got)
	}
	if got := r.Fact(sender, plant.FieldRole); got != plant.RoleController {
		t.Errorf("role %q", got)
	}
	if o := r.Operation("0x10"); o.Verb.Name != "persuasion" || o.Requests != 1 {
		t.Errorf("%+v", o)
	}
}

func TestFieldBasic(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, Port, dissecttest.C(request), dissecttest.S(response))
	if got := r.Fact(dissecttest.Server, plant.FieldProductCode); got != "cclink:0x1234/0x12345678" {
		t.Errorf("product %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldMode); got != "run" {
		t.Errorf("mode %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldRole); got != plant.RoleController {
		t.Errorf("the master is %q", got)
	}
	o := r.Operation("0x0e70")
	if o.Requests != 1 || o.Responses != 1 || o.Accepted != 1 || r.Conversations[0].Protocol != nameBasic {
		t.Errorf("%+v %+v", o, r.Conversations)
	}
}
