package genisys

import (
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
)

// TestCorpus holds the number of messages of every header against Zeek's log,
// on the usual port and on another.
func TestCorpus(t *testing.T) {
	for _, name := range []string{"genisys", "genisys_otherport"} {
		t.Run(name, func(t *testing.T) {
			r := corpustest.Run(t, "genisys/"+name+".pcap", Protocol())
			want := map[string]uint64{}
			for _, row := range corpustest.Rows(t, "genisys/"+name+".zeek/genisys.log") {
				want[strings.TrimSuffix(row[7], " Client")]++
			}
			got := corpustest.Messages(r, func(o plant.Operation, _ bool) string {
				if o.Verb.Protocol != "genisys" {
					return ""
				}
				return o.Verb.Name
			})
			got["Recall Header"] = got["Recall"]
			for header, n := range want {
				if got[header] != n {
					t.Errorf("%s: %d messages, Zeek logs %d", header, got[header], n)
				}
			}
		})
	}
}
