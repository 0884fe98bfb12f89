package melsoft

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
)

func TestCorpusModel(t *testing.T) {
	r := corpustest.Run(t, "melsec/melsoft_UDP_clean_1.pcap", Protocol())
	for _, row := range corpustest.Rows(t, "melsec/melsoft_UDP_clean_1.strings.tsv") {
		if row[2] == "FXCPU" {
			continue // inside a parameter file that is transferred
		}
		if !corpustest.Says(r, row[0], row[2]) {
			t.Errorf("%s: no fact says %s", row[0], row[2])
		}
	}
	if o := r.Operation("0x1002"); o.Verb.Kind != plant.Mode || o.Requests != 1 {
		t.Errorf("remote stop = %+v", o)
	}
	if o := r.Operation("0x1869"); o.Verb.Technique != "T0843" || o.Requests != 17 {
		t.Errorf("write file = %+v", o)
	}
}

// TestCorpusDuplicates reads a capture that shows every packet twice, on the
// way in and out of a switch.
func TestCorpusDuplicates(t *testing.T) {
	r := corpustest.Run(t, "melsec/melsoft_129_clean.pcap", Protocol())
	if len(r.Anomalies) > 0 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
	if o := r.Operation("0x0411"); o.Requests < 240 || o.Accepted < 240 {
		t.Errorf("read = %+v", o)
	}
}
