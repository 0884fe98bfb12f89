// Package app builds the roles of the program from a configuration. It is the
// only package that imports all others, and it decides nothing: it makes lists
// (of protocols, of rules) and hands values from one floor to the next.
package app

import (
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// AnalyzeOptions say what to read and how much memory may be used for it.
type AnalyzeOptions struct {
	Files []string
	// MemoryMB bounds what is remembered, in MiB; 0 is the default.
	MemoryMB int
	// Progress is told how many input bytes were read since the last call.
	Progress func(bytes int)
}

// DefaultMemoryMB is the bound on what is remembered when none is given.
const DefaultMemoryMB = 512

// bytesPerFlow is what a conversation in progress costs with its share of the
// other tables, measured on the mixed benchmark capture (docs/performance.md).
const bytesPerFlow = 1500

// Analysis is what a run of Analyze found.
type Analysis struct {
	report.Source
	Failures uint64 // decoder failures
	Lost     uint64 // observations that found no room
}

// Analyze reads captures and judges what they show. An input that is no capture
// is an error; one that ends too early or is damaged is not: what it held is
// analysed and its description says so.
func Analyze(o AnalyzeOptions) (*Analysis, error) {
	if o.Progress == nil {
		o.Progress = func(int) {}
	}
	if o.MemoryMB <= 0 {
		o.MemoryMB = DefaultMemoryMB
	}
	captures := make([]plant.Capture, len(o.Files))
	var inputs []*input
	defer func() {
		for _, in := range inputs {
			in.close()
		}
	}()
	for i, name := range o.Files {
		in, err := openInput(i, name, &captures[i], o.Progress)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	engine := dissect.NewEngine(Protocols(), dissect.Options{MaxFlows: o.MemoryMB << 20 / bytesPerFlow})
	readAll(engine, inputs)
	return judge(engine, captures), nil
}

func readAll(engine *dissect.Engine, inputs []*input) {
	for in := earliest(inputs); in != nil; in = earliest(inputs) {
		undecoded, duplicates := engine.Undecoded, engine.Duplicates
		engine.Frame(&in.frame, in.ref())
		in.info.Undecoded += engine.Undecoded - undecoded
		in.info.Duplicates += engine.Duplicates - duplicates
		in.advance()
	}
	engine.Drain()
}

// judge folds what the engine learnt into an inventory and findings.
func judge(engine *dissect.Engine, captures []plant.Capture) *Analysis {
	b := inventory.New(inventory.Options{})
	for s := range engine.Sightings() {
		b.Add(s)
	}
	for c := range engine.Conversations() {
		b.Add(c)
	}
	for op := range engine.Operations() {
		b.Add(op)
	}
	return &Analysis{
		Source: report.Source{
			Captures: captures, Assets: b.Assets(), Conversations: engine.Conversations(), Operations: engine.Operations(),
			Anomalies: engine.Anomalies(), AssetID: b.AssetID,
		},
		Failures: engine.Failures, Lost: engine.Lost(),
	}
}
