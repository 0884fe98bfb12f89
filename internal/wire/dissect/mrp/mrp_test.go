package mrp

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// test is a test frame that says whether the ring is closed.
func test(state string) dissecttest.Message {
	b, err := hex.DecodeString(strings.ReplaceAll("0001 02 12 8000 08000693cf32 0000 "+state+" 0003 0000abcd 01 12 0007 "+strings.Repeat("ff", 16)+" 0000", " ", ""))
	if err != nil {
		panic(err)
	}
	return dissecttest.C(b)
}

func TestRing(t *testing.T) {
	r := dissecttest.Frames([]dissect.Protocol{Protocol()}, EtherType, test("0001"), test("0001"), test("0000"))
	if o := r.Operation("2"); o.Requests != 3 || o.Verb.Name != "Test" {
		t.Errorf("%+v", o)
	}
	seen := map[string]bool{}
	for _, x := range r.Sightings {
		if x.Field == plant.FieldService {
			seen[x.Value] = true
		}
	}
	if !seen["mrp manager, ring closed"] || !seen["mrp manager, ring open"] {
		t.Errorf("%v", seen)
	}
}
