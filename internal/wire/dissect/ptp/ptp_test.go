package ptp

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

const tail = "00 00 0208 0000000000000000 00000000 001c73fffe01ac5b 0001 0007 05 00"

var (
	own     = unhex("0b 02 0040" + tail + "00000000000000000000 0025 00 80 06 21 4e5d 80 001c73fffe01ac5b 0000 20")
	others  = unhex("0b 02 0040" + tail + "00000000000000000000 0025 00 80 06 21 4e5d 80 001122fffe334455 0001 20")
	setting = unhex("0d 02 0038" + tail + "ffffffffffffffffffff 01 01 01 00 0001 0004 2005 1000")
)

func TestAnnounce(t *testing.T) {
	all := []dissect.Protocol{Protocol()}
	r := dissecttest.UDP(all, portGeneral, dissecttest.C(own), dissecttest.C(own))
	if got := r.Fact(dissecttest.Client, plant.FieldService); got != "ptp grandmaster" {
		t.Errorf("service %q", got)
	}
	if o := r.Operation("11"); o.Requests != 2 {
		t.Errorf("%+v", o)
	}
	r = dissecttest.Frames(all, EtherType, dissecttest.C(others))
	if got := r.Fact(plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.FieldNeighbor); got != "ptp grandmaster 00:11:22:33:44:55" {
		t.Errorf("neighbour %q", got)
	}
	if o := dissecttest.UDP(all, portGeneral, dissecttest.C(setting)).Operation("13"); o.Verb.Kind != plant.Config {
		t.Errorf("%+v", o)
	}
}

func TestProbe(t *testing.T) {
	if probe(own, dissect.Hint{}) != dissect.Weak || probe(own[:30], dissect.Hint{}) != dissect.No || probe(own, dissect.Hint{Stream: true}) != dissect.No {
		t.Error("the probe is wrong")
	}
}
