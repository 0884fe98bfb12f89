// Package corpustest runs protocols on captures that nobody here made and reads
// the answers that lie beside them. The corpus is no part of this repository:
// tests that want it skip, naming the capture, where it is absent.
package corpustest

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// Path is where a file of the corpus lies: beside the repository, seen from a
// package four folders deep. The test is skipped when it is not there.
func Path(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "..", "shared", "corpus", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no capture corpus beside the repository: %s is missing", name)
	}
	return path
}

// Run reads a capture of the corpus with these protocols.
func Run(t *testing.T, name string, protocols ...dissect.Protocol) dissecttest.Result {
	t.Helper()
	file, err := os.Open(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	engine := dissect.NewEngine(protocols, dissect.Options{})
	var f capture.Frame
	for n := uint64(1); r.Next(&f) == nil; n++ { // to the end, or to a record cut off
		engine.Frame(&f, plant.NewPacketRef(0, n))
	}
	if engine.Failures > 0 {
		t.Errorf("%d decoder failures", engine.Failures)
	}
	return collect(engine)
}

func collect(engine *dissect.Engine) dissecttest.Result {
	var out dissecttest.Result
	engine.Flush(func(o plant.Observation) {
		switch o := o.(type) {
		case *plant.Sighting:
			out.Sightings = append(out.Sightings, *o)
		case *plant.Conversation:
			out.Conversations = append(out.Conversations, *o)
		case *plant.Operation:
			out.Operations = append(out.Operations, *o)
		case *plant.Anomaly:
			out.Anomalies = append(out.Anomalies, *o)
		}
	})
	return out
}

// Rows are the lines of a tab-separated file of the corpus without those that
// start with a number sign: a table of strings, or a log of Zeek.
func Rows(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows [][]string
	for s := bufio.NewScanner(file); s.Scan(); {
		if line := s.Text(); line != "" && !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// Messages counts requests and responses of operations, by a key that the
// caller makes.
func Messages(r dissecttest.Result, key func(o plant.Operation, response bool) string) map[string]uint64 {
	out := map[string]uint64{}
	for _, o := range r.Operations {
		out[key(o, false)] += o.Requests
		out[key(o, true)] += o.Responses
	}
	delete(out, "")
	for k, n := range out {
		if n == 0 {
			delete(out, k)
		}
	}
	return out
}

// Says reports whether a fact about that address has a value that contains the
// text.
func Says(r dissecttest.Result, address, text string) bool {
	for _, s := range r.Sightings {
		if s.Endpoint.Addr() == address && strings.Contains(s.Value, text) {
			return true
		}
	}
	return false
}
