package fox

import (
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
)

// TestCorpus holds that every text of a hello that names or describes stands in
// a fact about its sender.
func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "fox/fox_info.pcap", Protocol())
	for _, row := range corpustest.Rows(t, "fox/fox_info.strings.tsv") {
		key, value, _ := strings.Cut(row[2], "=")
		_, value, _ = strings.Cut(value, ":")
		switch key {
		case "lang", "fox.version", "sysInfo":
			continue // say nothing about the device
		}
		if key == "hostName" && value == "192.168.2.15" {
			continue // an address instead of a name: told as "fox host"
		}
		if !corpustest.Says(r, row[0], value) {
			t.Errorf("%s: no fact says %s", row[0], row[2])
		}
	}
}
