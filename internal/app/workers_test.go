package app

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWorkersAgree reads captures with one engine and with three: each
// conversation belongs to one of them, so the sums must be the same.
func TestWorkersAgree(t *testing.T) {
	captures(t)
	for _, name := range []string{"plant/mb2.pcap", "plant/cl5000-ip-address-change.pcap", "encap/vlan-collisions.pcap", "it/smb2.pcap", "profinet/profinet_io_cm_mixed_1.pcap"} {
		file := filepath.Join(corpusDir, name)
		if d := cmp.Diff(sums(t, file, 1), sums(t, file, 3)); d != "" {
			t.Errorf("%s (-one worker +three):\n%s", name, d)
		}
	}
}

// sums counts messages by what they are and whom they are between, and assets.
func sums(t *testing.T, file string, workers int) map[string]uint64 {
	t.Helper()
	a, err := Analyze(AnalyzeOptions{Files: []string{file}, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]uint64{}
	for o := range a.Operations {
		k := o.Verb.Protocol + " " + o.Verb.Code + " " + o.Requester.Addr() + " " + o.Responder.Addr()
		out[k+" requests"] += o.Requests
		out[k+" responses"] += o.Responses
	}
	for c := range a.Conversations {
		out["packets of "+c.Protocol] += c.PacketsUp + c.PacketsDown
	}
	for range a.Assets {
		out["assets"]++
	}
	return out
}
