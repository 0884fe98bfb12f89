package stp

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

// run gives an engine one IEEE 802.3 frame around a message and returns the
// facts by field.
func run(head string, message string) map[plant.Field]string {
	b := append(unhex("0180c2000000 001122334401 0000"+head), unhex(message)...)
	b[12], b[13] = byte((len(b)-14)>>8), byte(len(b)-14)
	e := dissect.NewEngine([]dissect.Protocol{Protocol()}, dissect.Options{})
	e.Frame(&capture.Frame{Time: 1_700_000_000e9, Data: b, Wire: len(b), Link: packet.LinkEthernet}, plant.NewPacketRef(0, 1))
	facts := map[plant.Field]string{}
	e.Flush(func(o plant.Observation) {
		if s, ok := o.(*plant.Sighting); ok && s.Source == source {
			facts[s.Field] = s.Value
		}
	})
	return facts
}

const (
	llc  = "424203"
	snap = "aaaa03 00000c 010b"

	below = "0000 00 00 01 8001 001122334455 00000004 8001 001122334466 8002 0100 1400 0200 0f00"
	root  = "0000 02 02 3c 8001 001122334455 00000000 8001 001122334455 8001 0000 1400 0200 0f00 00"
)

func TestFacts(t *testing.T) {
	for _, tc := range []struct {
		name, head, message string
		field               plant.Field
		want                string
	}{
		{"a bridge", llc, below, plant.FieldRole, plant.RoleSwitch},
		{"its address", llc, below, plant.FieldFingerprint, "stp-bridge=00:11:22:33:44:66"},
		{"whom it takes for the root", llc, below, plant.FieldNeighbor, "spanning tree root 00:11:22:33:44:55"},
		{"the root", llc, root, plant.FieldService, "spanning tree root"},
		{"a tree for each VLAN", snap, root, plant.FieldService, "spanning tree root"},
	} {
		if got := run(tc.head, tc.message)[tc.field]; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
