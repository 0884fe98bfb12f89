package goose

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// frame is a GOOSE frame with that state and sequence number.
func frame(state, sequence, simulation byte) dissecttest.Message {
	members := []byte("\x80\x0bLD1/LLN0$GO\x81\x02\x07\xd0\x82\x05LD1/D\x83\x02G1\x84\x08\x5f\x5e\x10\x00\x80\x00\x0a\x0a")
	members = append(members, 0x85, 1, state, 0x86, 1, sequence, 0x87, 1, simulation, 0x88, 1, 2, 0x89, 1, 0, 0x8a, 1, 1, 0xab, 3, 0x83, 1, 0xff)
	b := append([]byte{0x30, 1, 0, byte(10 + len(members)), 0, 0, 0, 0, 0x61, byte(len(members))}, members...)
	return dissecttest.C(b)
}

func run(messages ...dissecttest.Message) dissecttest.Result {
	return dissecttest.Frames([]dissect.Protocol{Protocol()}, 0x88b8, messages...)
}

func TestPublication(t *testing.T) {
	r := run(frame(3, 0, 0), frame(3, 1, 0), frame(4, 0, 0), frame(1, 0, 0))
	if len(r.Operations) != 1 || r.Operations[0].Requests != 4 || r.Operations[0].Object != "LD1/LLN0$GO" || r.Operations[0].Verb.Code != "0x3001" {
		t.Errorf("%+v", r.Operations)
	}
	sender := plant.Endpoint{MAC: dissecttest.Client.MAC}
	if got := r.Fact(sender, plant.FieldService); got != "goose LD1/LLN0$GO" {
		t.Errorf("service %q", got)
	}
	if len(r.Anomalies) != 0 {
		t.Errorf("%+v", r.Anomalies)
	}
}

func TestStateThatGoesBack(t *testing.T) {
	r := run(frame(9, 0, 0), frame(5, 0, 0), frame(9, 1, 0))
	var stale, fresh uint64
	for _, o := range r.Operations {
		if o.Verb.Technique == "T0856" {
			stale += o.Requests
		} else {
			fresh += o.Requests
		}
	}
	if stale != 1 || fresh != 2 {
		t.Errorf("%d stale and %d fresh messages", stale, fresh)
	}
}

func TestSimulation(t *testing.T) {
	r := run(frame(3, 0, 1))
	if got := r.Fact(plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.FieldSecurity); got != "goose.simulation=on" {
		t.Errorf("security %q", got)
	}
	if r.Operations[0].Verb.Technique != "T0856" {
		t.Errorf("%+v", r.Operations[0].Verb)
	}
}

func TestDamagedPDUIsCounted(t *testing.T) {
	r := run(dissecttest.C([]byte{0x30, 1, 0, 12, 0, 0, 0, 0, 0x62, 2, 0x80, 0}))
	if len(r.Operations) != 1 || r.Operations[0].Requests != 1 || len(r.Anomalies) != 1 {
		t.Errorf("%+v %+v", r.Operations, r.Anomalies)
	}
	r = run(dissecttest.C([]byte{0x30, 1, 0, 13, 0, 0, 0, 0, 0x61, 3, 0x85, 1, 1}))
	if len(r.Operations) != 1 || len(r.Anomalies) != 1 {
		t.Errorf("a PDU without its control block: %+v %+v", r.Operations, r.Anomalies)
	}
}

func TestVerbTableIsBounded(t *testing.T) {
	x := verbTable{seen: make(map[uint16]*verbs)}
	for i := range 2 * maxVerbs {
		if x.get(uint16(i)).appID != uint16(i) {
			t.Fatal("another's verbs")
		}
	}
	if len(x.seen) != maxVerbs {
		t.Errorf("%d kept", len(x.seen))
	}
}
