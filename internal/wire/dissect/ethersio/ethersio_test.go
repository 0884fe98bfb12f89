package ethersio

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func TestTransfer(t *testing.T) {
	telegram := []byte("ESIO\x00\x01\x00\x00\x00\x22\x00\x07\x00\x00\x00\x18\x00\x00\x00\x0d\x01\x00\x00\x00\x00\x5c\x00\x00\x00\x02\x00\x02ab")
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 7000, dissecttest.C(telegram))
	if got := r.Fact(dissecttest.Client, plant.FieldUnit); got != "ether-sio station 13" {
		t.Errorf("station = %q", got)
	}
	if o := r.Operation("1"); o.Object != "unit 2" || o.Requests != 1 {
		t.Errorf("transfer = %+v", o)
	}
}

func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "ethersio/ethersio.pcap", Protocol())
	var n uint64
	for _, o := range r.Operations {
		n += o.Requests
	}
	if n != 36 || len(r.Anomalies) > 0 {
		t.Errorf("%d telegrams, want 36; anomalies %+v", n, r.Anomalies)
	}
}
