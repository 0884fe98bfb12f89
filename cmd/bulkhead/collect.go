package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// When garbage is collected. The large tables hold no pointers, so collecting
// is cheap, and memory is what a small PC has least of; but below what every PC
// has to spare it is not worth even that (docs/performance.md).
const (
	collectAt    = 12        // per cent of garbage over what is in use
	collectFrom  = 160 << 20 // bytes in use and garbage together
	smallestHeap = 4 << 20   // what the runtime reckons with at least
)

// pacer sets when garbage is collected while captures are read: what is in use
// grows then. GOGC in the environment goes before it.
type pacer struct {
	off     bool
	live    []metrics.Sample
	percent int
}

func newPacer() *pacer {
	p := &pacer{off: os.Getenv("GOGC") != "", live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	p.read()
	return p
}

// read is called after each piece of input.
func (p *pacer) read() {
	if p.off {
		return
	}
	metrics.Read(p.live)
	used := max(p.live[0].Value.Uint64(), smallestHeap)
	p.set(max(collectAt, int(collectFrom*100/used)-100))
}

// done is called when everything is read.
func (p *pacer) done() {
	if !p.off {
		p.set(collectAt)
	}
}

func (p *pacer) set(percent int) {
	if percent != p.percent {
		p.percent = percent
		debug.SetGCPercent(percent)
	}
}
