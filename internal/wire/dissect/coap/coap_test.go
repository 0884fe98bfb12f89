package coap

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func TestConversation(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C([]byte("\x42\x01\x00\x07\xab\xcd\xbb.well-known\x04core")),
		dissecttest.S([]byte("\x62\x45\x00\x07\xab\xcd\xc1\x28\xff</a>")),
		dissecttest.C([]byte("\x40\x03\x00\x08\xb5valve\xff1")),
		dissecttest.S([]byte("\x60\x84\x00\x08")),
	)
	if o := r.Operation("1"); o.Verb.Technique != "T0846" || o.Accepted != 1 {
		t.Errorf("discovery = %+v", o)
	}
	if o := r.Operation("3"); o.Object != "resource /valve" || o.Refused != 1 || o.Verb.Kind != plant.Write {
		t.Errorf("put = %+v", o)
	}
}

func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "coap/coap_mqtt.pcap", Protocol())
	var requests, responses uint64
	for _, o := range r.Operations {
		requests += o.Requests
		responses += o.Responses
	}
	if requests+responses != 19 {
		t.Errorf("%d requests and %d responses, want 19 messages", requests, responses)
	}
}
