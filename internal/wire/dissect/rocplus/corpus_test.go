package rocplus

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
)

// TestCorpus holds the number of messages of every opcode against Zeek's log.
func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "rocplus/roc-plus-all-opcodes-tcp.pcap", Protocol())
	want := map[string]uint64{}
	for _, row := range corpustest.Rows(t, "rocplus/roc-plus-all-opcodes-tcp.zeek/roc_plus.log") {
		_, code, _ := strings.Cut(row[10], "(")
		n, err := strconv.Atoi(strings.TrimSuffix(code, ")"))
		if err != nil {
			t.Fatalf("opcode %q: %v", row[10], err)
		}
		want[strconv.Itoa(n)]++
	}
	got := corpustest.Messages(r, func(o plant.Operation, _ bool) string {
		if o.Verb.Protocol != "roc-plus" {
			return ""
		}
		return o.Verb.Code
	})
	for code, n := range want {
		if got[code] != n {
			t.Errorf("opcode %s: %d messages, Zeek logs %d", code, got[code], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("opcodes %v, Zeek logs %v", got, want)
	}
	if !corpustest.Says(r, "192.168.1.100", "OP1") || !corpustest.Says(r, "192.168.1.200", "ROC800") {
		t.Error("operator or type of the device is missing")
	}
}
