package app

import (
	"errors"
	"io"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// watched reads the frames of a simulation and judges what they show.
func watched(t *testing.T, o lab.Options) *Analysis {
	t.Helper()
	s, err := lab.NewSource(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l := &learned{pool: sensor.NewPool(1, Protocols, dissect.Options{MaxFlows: 100_000})}
	captures := []plant.Capture{{File: o.Scenario, Format: "pcap"}}
	var f capture.Frame
	for err = s.Next(&f); err == nil; err = s.Next(&f) {
		l.pool.Frame(&f, plant.NewPacketRef(0, s.Frames()))
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	l.pool.Drain()
	c := l.pool.Counts(0)
	captures[0].Packets, captures[0].Undecoded, captures[0].Duplicates = s.Frames(), c.Undecoded, c.Duplicates
	a, err := judge(l, captures)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
