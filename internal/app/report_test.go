package app

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// tally adds up observations in the way of the hub.
type tally struct {
	sums      map[string]uint64
	inventory *inventory.Builder
}

func newTally() *tally {
	return &tally{sums: map[string]uint64{}, inventory: inventory.New(inventory.Options{})}
}

func (t *tally) add(o plant.Observation) {
	switch o := o.(type) {
	case *plant.Conversation:
		t.sums["packets"] += o.PacketsUp + o.PacketsDown
		t.sums["bytes"] += o.BytesUp + o.BytesDown
		t.sums["flows"] += o.Flows
		t.sums["lost"] += o.Lost
	case *plant.Operation:
		k := o.Verb.Protocol + " " + o.Verb.Code + " " + o.Requester.Addr() + " " + o.Responder.Addr()
		t.sums[k+" requests"] += o.Requests
		t.sums[k+" responses"] += o.Responses
		t.sums[k+" accepted"] += o.Accepted
		t.sums[k+" refused"] += o.Refused
	case *plant.Anomaly:
		t.sums["anomaly "+o.Kind+" "+o.Text+" "+o.Source.Addr()+" "+o.Destination.Addr()] += o.Count
	case *plant.Sighting:
		if o.Field != plant.FieldTTL { // the highest so far, not a count
			t.sums[fmt.Sprintf("sighting %s %d %s %s %s", o.Endpoint.Addr(), o.Slot, o.Field, o.Value, o.Source)] += o.Count
		}
	}
	t.inventory.Add(o)
}

// assets are what the inventory makes of the observations.
func (t *tally) assets() map[string]string {
	m := map[string]string{}
	for a := range t.inventory.Assets() {
		m[a.ID] = fmt.Sprint(a.Role, a.Vendor, a.Product, a.OrderNumber, a.Firmware, a.Serial, a.Names, a.Side, a.Level, a.IPs, a.MACs, a.VLANs, a.Protocols, len(a.Modules))
	}
	return m
}

// reported reads a capture and reports about every n-th frame, at random; n = 0
// reports once, at the end.
func reported(t *testing.T, file []byte, workers, n int, seed uint64) *tally {
	t.Helper()
	return read(t, file, sensor.NewPool(workers, Protocols, dissect.Options{}), n, seed)
}

func read(t *testing.T, file []byte, e *sensor.Pool, n int, seed uint64) *tally {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	sum := newTally()
	var f capture.Frame
	for i := uint64(1); r.Next(&f) == nil; i++ {
		if n > 0 && rng.IntN(n) == 0 {
			e.Report(time.Unix(0, f.Time), sum.add)
		}
		e.Frame(&f, plant.NewPacketRef(0, i))
	}
	e.Drain()
	e.Report(time.Unix(0, 0), sum.add)
	if e.Lost() > 0 {
		t.Errorf("%d observations lost", e.Lost())
	}
	return sum
}

// labCapture is a capture of the simulated plant.
func labCapture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := lab.Write(&b, lab.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestReportsAddUp reports at random points of every capture: all reports
// together must say what one says.
func TestReportsAddUp(t *testing.T) {
	t.Run("lab", func(t *testing.T) { addUp(t, labCapture(t), 2000) })
	for _, path := range captures(t) {
		name, err := filepath.Rel(corpusDir, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if testing.Short() && len(b) > 1<<20 {
				t.Skip("a large capture")
			}
			addUp(t, b, 1+len(b)/10_000)
		})
	}
}

func addUp(t *testing.T, file []byte, n int) {
	t.Helper()
	whole := reported(t, file, 1, 0, 0)
	for seed := range uint64(2) {
		parts := reported(t, file, 1, n, seed)
		if d := cmp.Diff(whole.sums, parts.sums); d != "" {
			t.Errorf("seed %d, reports about every %d frames: sums differ (-once +often):\n%s", seed, n, d)
		}
		if d := cmp.Diff(whole.assets(), parts.assets()); d != "" {
			t.Errorf("seed %d, reports about every %d frames: assets differ (-once +often):\n%s", seed, n, d)
		}
	}
}

// TestSamplingCountsTheSame reads every capture with and without leaving steady
// cyclic frames out: what was asked of whom, how often, and who is there must be
// the same. Facts are told as often as they were read, but the same facts.
func TestSamplingCountsTheSame(t *testing.T) {
	sampled := uint64(0)
	check := func(t *testing.T, file []byte) {
		t.Helper()
		whole := reported(t, file, 1, 0, 0)
		pool := sensor.NewPool(1, Protocols, dissect.Options{Sample: true})
		parts := read(t, file, pool, 500, 1)
		sampled += pool.Sampled()
		for _, x := range []*tally{whole, parts} {
			for k := range x.sums {
				if strings.HasPrefix(k, "sighting") {
					x.sums[k] = 1
				}
			}
		}
		if d := cmp.Diff(whole.sums, parts.sums); d != "" {
			t.Errorf("sums differ (-all read +sampled):\n%s", d)
		}
		if d := cmp.Diff(whole.assets(), parts.assets()); d != "" {
			t.Errorf("assets differ (-all read +sampled):\n%s", d)
		}
	}
	t.Run("lab", func(t *testing.T) { check(t, labCapture(t)) })
	for _, path := range captures(t) {
		switch strings.Split(strings.TrimPrefix(path, corpusDir), "/")[1] {
		case "goose", "sv", "ethercat", "enip", "profinet", "plant", "mms":
			t.Run(filepath.Base(path), func(t *testing.T) {
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				check(t, b)
			})
		}
	}
	if t.Logf("%d frames were left out", sampled); sampled == 0 {
		t.Error("nothing was sampled")
	}
}
