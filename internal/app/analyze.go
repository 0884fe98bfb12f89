// Package app builds the roles of the program from a configuration. It is the
// only package that imports all others, and it decides nothing: it makes lists
// (of protocols, of rules) and hands values from one floor to the next.
package app

import (
	"runtime"

	"github.com/bulkhead-ot/bulkhead/internal/judge/detect"
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// AnalyzeOptions say what to read and how much memory may be used for it.
type AnalyzeOptions struct {
	Files []string
	// MemoryMB bounds what is remembered, in MiB; 0 is the default.
	MemoryMB int
	// Workers is how many cores share the work; 0 takes all there are.
	Workers int
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

// Analyze reads captures and logs and judges what they show. An input that is
// neither is an error; one that ends too early or is damaged is not: what it held is
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
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	flows := o.MemoryMB << 20 / bytesPerFlow
	l := &learned{pool: sensor.NewPool(o.Workers, Protocols, dissect.Options{MaxFlows: flows})}
	readCaptures(l.pool, inputs)
	if err := l.readLogs(inputs, flows); err != nil {
		return nil, err
	}
	return judge(l, captures)
}

func readCaptures(pool *sensor.Pool, inputs []*input) {
	for in := earliest(inputs); in != nil; in = earliest(inputs) {
		pool.Frame(&in.frame, in.ref())
		in.advance()
	}
	pool.Finish()
	for _, in := range inputs {
		c := pool.Counts(in.index)
		in.info.Undecoded, in.info.Duplicates = c.Undecoded, c.Duplicates
	}
}

// judge folds what was learnt into an inventory and findings.
func judge(l *learned, captures []plant.Capture) (*Analysis, error) {
	b := inventory.New(inventory.Options{})
	for s := range l.Sightings() {
		b.Add(s)
	}
	l.pool.ForgetSightings() // the inventory has them
	for c := range l.Conversations() {
		b.Add(c)
	}
	for op := range l.Operations() {
		b.Add(op)
	}
	b.Seal()
	knowledge, err := detect.Builtin()
	if err != nil {
		return nil, err
	}
	f := &finder{learned: l, inventory: b, captures: captures, knowledge: knowledge}
	return &Analysis{
		Source: report.Source{
			Captures: captures, Assets: f.assets, Conversations: f.conversations, Operations: f.operations,
			Anomalies: l.Anomalies(), Findings: f.findings, Number: b.Number,
		},
		Failures: l.pool.Failures(), Lost: l.Lost() + b.Dropped(),
	}, nil
}
