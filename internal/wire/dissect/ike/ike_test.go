package ike

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func datagram(responder, version, exchange, flags, next byte, body ...byte) []byte {
	b := make([]byte, 28)
	b[0], b[8], b[16], b[17], b[18], b[19] = 0xaa, responder, next, version, exchange, flags
	b = append(b, body...)
	b[27] = byte(len(b))
	return b
}

func TestAggressiveMode(t *testing.T) {
	identity := []byte{0, 0, 0, 13, 2, 17, 1, 0xf4, 's', 'i', 't', 'e', '1'}
	r := dissecttest.UDP(protocols, 500, dissecttest.C(datagram(0, 0x10, 4, 0, 1, append([]byte{5, 0, 0, 8, 0, 0, 0, 1}, identity...)...)),
		dissecttest.S(datagram(0xbb, 0x10, 4, 0, 5, identity...)))
	if op := r.Operation("4"); op.Requests != 1 || op.Responses != 1 || op.Verb.Technique != "T0822" {
		t.Errorf("got %+v", op)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "site1" {
		t.Errorf("name: got %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got == "" {
		t.Error("no weakness")
	}
}

func TestVersion2(t *testing.T) {
	first := datagram(0, 0x20, 34, 8, 33, 0, 0, 0, 8, 0, 0, 0, 1)
	r := dissecttest.UDP(protocols, 4500, dissecttest.C(append(make([]byte, 4), first...)),
		dissecttest.S(append(make([]byte, 4), datagram(0xbb, 0x20, 34, 0x20, 33, 0, 0, 0, 8, 0, 0, 0, 1)...)),
		dissecttest.C([]byte{0xff}), dissecttest.C([]byte{1, 2, 3, 4, 0, 0, 0, 1, 9, 9, 9, 9}))
	if op := r.Operation("34"); op.Requests != 1 || op.Responses != 1 {
		t.Errorf("got %+v", op)
	}
	if op := r.Operation("esp"); op.Requests != 1 || len(r.Anomalies) > 0 {
		t.Errorf("got %+v, %+v", op, r.Anomalies)
	}
}

func TestProbe(t *testing.T) {
	if got := probe(datagram(0, 0x20, 34, 8, 33, 0, 0, 0, 8, 0, 0, 0, 1), dissect.Hint{}); got != dissect.Strong {
		t.Errorf("first message: got %d", got)
	}
	if got := probe(datagram(1, 0x20, 35, 8, 46, 1, 2, 3, 4), dissect.Hint{}); got != dissect.Weak {
		t.Errorf("later message: got %d", got)
	}
	if got := probe(make([]byte, 40), dissect.Hint{}); got != dissect.No {
		t.Errorf("zeros: got %d", got)
	}
}
