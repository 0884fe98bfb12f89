package syslog

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }

func TestMessages(t *testing.T) {
	r := dissecttest.UDP(protocols, 11514,
		c("<34>Oct 11 22:14:15 plc-gw su: failed"), c("<165>1 2023-08-24T05:14:15Z 10.0.0.9 app - - - text"))
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "plc-gw" {
		t.Errorf("name %q", got)
	}
	if r.Operation("2").Requests != 1 || r.Operation("5").Requests != 1 || len(r.Sightings) != 1 {
		t.Errorf("%+v, %+v", r.Operations, r.Sightings)
	}
}

func TestLines(t *testing.T) {
	r := dissecttest.TCP(protocols, 514, c("<34>Oct 11 22:14:15 plc-gw su: a\n27 <3"), c("5>Oct 11 22:14:16 plc-gw b\n\n"))
	if r.Operation("2").Requests != 1 || r.Operation("3").Requests != 1 || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01", "<999>"} {
		r := dissecttest.UDP(protocols, 514, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
