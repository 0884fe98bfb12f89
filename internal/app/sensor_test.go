package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// memoryBus keeps batches and adds them up as the hub does. A sensor that dies
// at it dies before or after the bus has the batch.
type memoryBus struct {
	t       *testing.T
	last    *plant.Batch
	sum     *tally
	batches int
}

var errDead = errors.New("the sensor is dead")

func (m *memoryBus) take(b *plant.Batch) {
	want := uint64(1)
	if m.last != nil {
		want = m.last.Sequence + 1
		if b.Epoch != m.last.Epoch {
			m.t.Errorf("epoch %s after %s", b.Epoch, m.last.Epoch)
		}
	}
	if b.Sequence != want {
		m.t.Errorf("batch %d after %d", b.Sequence, want-1)
	}
	m.last = b
	m.batches++
	for i := range b.Sightings {
		m.sum.add(&b.Sightings[i])
	}
	for i := range b.Conversations {
		m.sum.add(&b.Conversations[i])
	}
	for i := range b.Operations {
		m.sum.add(&b.Operations[i])
	}
	for i := range b.Anomalies {
		m.sum.add(&b.Anomalies[i])
	}
}

// life runs a sensor over a capture until it ends, or dies at its n-th batch.
func (m *memoryBus) life(file []byte, workers, dies int, stored bool) error {
	ctx, kill := context.WithCancel(m.t.Context())
	defer kill()
	n, dead := 0, false
	s := sensor.New(sensor.Options{
		Site: "plant", Name: "test", Kind: sensor.Recorded, Workers: workers, MaxRows: 40, Protocols: Protocols,
		Last: func(context.Context) (*plant.Batch, error) { return m.last, nil },
		Publish: func(_ context.Context, b *plant.Batch) error {
			if n++; n != dies && !dead {
				m.take(b)
				return nil
			}
			if !dead && stored {
				m.take(b)
			}
			dead = true
			kill()
			return errDead
		},
		Log: slog.New(slog.DiscardHandler),
	})
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		m.t.Fatal(err)
	}
	if err := s.Run(ctx, r); err != nil && !dead {
		return err
	}
	if dead {
		return errDead
	}
	return nil
}

// TestSensorDiesAndGoesOn kills a sensor at random batches, before and after the
// bus has them and in the middle of reports, and starts it again until its
// capture is read: the batches must add up to the capture's truth.
func TestSensorDiesAndGoesOn(t *testing.T) {
	files := map[string][]byte{"lab": labCapture(t)}
	for _, name := range []string{"plant/mb2.pcap", "it/smb2.pcap", "modbus/ModbusTCP.pcap", "goose/Sample_File_GOOSE.pcap"} {
		if b, err := os.ReadFile(filepath.Join(corpusDir, name)); err == nil {
			files[name] = b
		}
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			// Which idle flow is folded away depends on the others of its
			// engine: with two there is another number of them.
			whole := map[int]*tally{1: reported(t, file, 1, 0, 0), 2: reported(t, file, 2, 0, 0)}
			for seed := range uint64(10) {
				rng, workers := rand.New(rand.NewPCG(seed, 3)), 1+int(seed%2)
				synctest.Test(t, func(t *testing.T) {
					m := &memoryBus{t: t, sum: newTally()}
					deaths := 0
					for m.life(file, workers, 1+rng.IntN(30), rng.IntN(2) == 0) != nil {
						deaths++
					}
					t.Logf("%d batches, %d deaths", m.batches, deaths)
					if d := cmp.Diff(whole[workers].sums, m.sum.sums); d != "" {
						t.Errorf("seed %d, %d deaths: sums differ (-truth +batches):\n%s", seed, deaths, d)
					}
					if m.last.Status.State != plant.SensorEnded || m.last.Position != m.last.Status.Packets {
						t.Errorf("the last batch: %+v", m.last)
					}
				})
			}
		})
	}
}

// TestSensorReadsAnEmptyCapture makes one batch that says so.
func TestSensorReadsAnEmptyCapture(t *testing.T) {
	m := &memoryBus{t: t, sum: newTally()}
	if err := m.life([]byte(emptyPcap), 1, 0, false); err != nil {
		t.Fatal(err)
	}
	if m.batches != 1 || m.last.Status.State != plant.SensorEnded || m.last.Position != 0 {
		t.Errorf("%d batches, %+v", m.batches, m.last)
	}
	if err := m.life([]byte(emptyPcap), 1, 0, false); err != nil || m.batches != 1 {
		t.Errorf("read again: %v, %d batches", err, m.batches)
	}
}

// TestSensorReadsATruncatedCapture reports what was good and then the error.
func TestSensorReadsATruncatedCapture(t *testing.T) {
	m := &memoryBus{t: t, sum: newTally()}
	file := labCapture(t)
	err := m.life(file[:len(file)-5], 1, 0, false)
	if !errors.Is(err, capture.ErrTruncated) || errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
	if m.last.Status.State != plant.SensorEnded || m.last.Status.Problem == "" || m.last.Status.Packets == 0 {
		t.Errorf("%+v", m.last.Status)
	}
}
