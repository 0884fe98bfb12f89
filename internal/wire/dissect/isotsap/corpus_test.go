package isotsap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// corpus is the folder of captures with ground truth, beside the repository.
const corpus = "../../../../../shared/corpus/s7comm-plus"

// analyze reads a capture with this protocol alone.
func analyze(t *testing.T, name string) (ops []plant.Operation, facts []plant.Sighting) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := capture.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	engine := dissect.NewEngine([]dissect.Protocol{Protocol()}, dissect.Options{})
	var frame capture.Frame
	for n := uint64(1); ; n++ {
		if err := r.Next(&frame); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		engine.Frame(&frame, plant.NewPacketRef(0, n))
	}
	engine.Flush(func(o plant.Observation) {
		switch o := o.(type) {
		case *plant.Operation:
			ops = append(ops, *o)
		case *plant.Sighting:
			facts = append(facts, *o)
		}
	})
	if engine.Failures > 0 {
		t.Errorf("%s: %d decoder failures", name, engine.Failures)
	}
	return ops, facts
}

// rows are the tab-separated lines of a file, without comments.
func rows(t *testing.T, name string) (out [][]string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := s.Text(); !strings.HasPrefix(line, "#") {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}

func needCorpus(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(corpus); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no ../shared/corpus/s7comm-plus beside the repository")
	}
}

// TestStrings holds the facts against the order numbers that stand in raw
// payloads. Only those that a controller sent name a device: its client repeats
// them.
func TestStrings(t *testing.T) {
	needCorpus(t)
	names, _ := filepath.Glob(filepath.Join(corpus, "*.strings.tsv"))
	for _, name := range names {
		base := strings.TrimSuffix(name, ".strings.tsv")
		t.Run(filepath.Base(base), func(t *testing.T) {
			captures, _ := filepath.Glob(base + ".pcap*")
			ops, facts := analyze(t, captures[0])
			for _, row := range rows(t, name) {
				if !serves(ops, row[0]) {
					continue
				}
				for _, part := range strings.Split(row[2], ";") {
					if !stated(facts, row[0], strings.TrimSpace(part)) {
						t.Errorf("%s does not have %q", row[0], part)
					}
				}
			}
		})
	}
}

func serves(ops []plant.Operation, ip string) bool {
	for _, o := range ops {
		if o.Verb.Protocol == "s7comm-plus" && o.Verb.Code == "0x04ca" && o.Responder.Addr() == ip {
			return true
		}
	}
	return false
}

func stated(facts []plant.Sighting, ip, value string) bool {
	for _, f := range facts {
		if f.Endpoint.Addr() == ip && f.Value == value {
			return true
		}
	}
	return false
}

// TestZeek holds the counts of functions by sender and receiver against the
// logs of the ICSNPP parser.
func TestZeek(t *testing.T) {
	needCorpus(t)
	ops, _ := analyze(t, filepath.Join(corpus, "s7comm_plus.pcap"))
	ours := map[string]int{}
	count := func(src, dst plant.Endpoint, code string, n uint64) {
		if n > 0 {
			ours[fmt.Sprint(src.Addr(), " ", dst.Addr(), " ", code)] += int(n)
		}
	}
	for _, o := range ops {
		if o.Verb.Protocol == "s7comm-plus" {
			count(o.Requester, o.Responder, o.Verb.Code, o.Requests)
			count(o.Responder, o.Requester, o.Verb.Code, o.Responses)
		}
	}
	zeek := map[string]int{}
	for _, row := range rows(t, filepath.Join(corpus, "s7comm_plus.zeek", "s7comm_plus.log")) {
		code := row[14] // function, or the opcode of messages that have none
		if code == "-" {
			code = row[12]
		}
		zeek[fmt.Sprint(row[7], " ", row[9], " ", code)]++
	}
	if !maps.Equal(ours, zeek) {
		t.Errorf("ours %v\nzeek %v", ours, zeek)
	}
}
