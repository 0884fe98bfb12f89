package bsap

import (
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
)

// TestCorpus holds the requests against those that Zeek's parser logs. Its
// responses are held in number only: it takes the function of a response from
// the last request, which is wrong for one datagram with two responses and for
// one whose request the capture lacks.
func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "bsap/bsap-ip_example.pcap", Protocol())
	requests, responses := map[string]uint64{}, uint64(0)
	for _, row := range corpustest.Rows(t, "bsap/bsap-ip_example.zeek/bsap_ip_rdb.log") {
		if row[6] == "T" {
			requests[row[18]]++
		} else {
			responses++
		}
	}
	got := corpustest.Messages(r, func(o plant.Operation, response bool) string {
		switch {
		case o.Verb.Protocol != "bsap" || o.Verb == *poll:
			return ""
		case response:
			return "response"
		}
		return strings.ToUpper(strings.ReplaceAll(o.Verb.Name, " ", "_"))
	})
	for name, n := range requests {
		if got[name] != n {
			t.Errorf("%s: %d requests, Zeek logs %d", name, got[name], n)
		}
	}
	// Two responses in one datagram are one row in the log, and two responses of
	// the kind that promises more are none.
	if got["response"] != responses+3 {
		t.Errorf("%d responses, Zeek logs %d rows", got["response"], responses)
	}
}
