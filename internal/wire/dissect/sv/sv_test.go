package sv

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// frame is a frame of one unit of stream MU1.
func frame(counter, simulated byte) dissecttest.Message {
	unit := []byte{0x80, 3, 'M', 'U', '1', 0x82, 2, 0, counter, 0x83, 1, 1, 0x85, 1, 2, 0x87, 2, 0xff, 0xfe}
	pdu := append([]byte{0x80, 1, 1, 0xa2, byte(2 + len(unit)), 0x30, byte(len(unit))}, unit...)
	pdu = append([]byte{0x60, byte(len(pdu))}, pdu...)
	return dissecttest.C(append([]byte{0x40, 1, 0, byte(8 + len(pdu)), simulated, 0, 0, 0}, pdu...))
}

func TestStream(t *testing.T) {
	sender := plant.Endpoint{MAC: dissecttest.Client.MAC}
	r := dissecttest.Frames([]dissect.Protocol{Protocol()}, 0x88ba, frame(1, 0), frame(2, 0), frame(3, 0))
	if len(r.Operations) != 1 || r.Operations[0].Requests != 3 || r.Operations[0].Object != "MU1" {
		t.Errorf("%+v", r.Operations)
	}
	if got := r.Fact(sender, plant.FieldService); got != "sv MU1" {
		t.Errorf("service %q", got)
	}
	r = dissecttest.Frames([]dissect.Protocol{Protocol()}, 0x88ba, frame(1, 0x80))
	if got := r.Fact(sender, plant.FieldSecurity); got != "sv.simulation=on" || r.Operations[0].Verb.Technique != "T0856" {
		t.Errorf("security %q, %+v", got, r.Operations)
	}
}

func TestDamage(t *testing.T) {
	r := dissecttest.Frames([]dissect.Protocol{Protocol()}, 0x88ba, dissecttest.C([]byte{0x40, 1, 0, 12, 0, 0, 0, 0, 0x61, 2, 0, 0}))
	if len(r.Anomalies) != 1 || len(r.Operations) != 1 {
		t.Errorf("%+v %+v", r.Anomalies, r.Operations)
	}
}
