package store

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// maxSensors is how many sensors a packet reference can name.
const maxSensors = 1<<16 - 1

// maxGaps bounds the missing stretches that are remembered for one epoch. When
// there are more, the oldest are given up: their batches stay missing.
const maxGaps = 256

// sensorState is one sensor while batches are applied.
type sensorState struct {
	id, site  int64
	name      string
	epoch     string // of the latest batch
	sequence  int64
	position  int64
	batches   int64
	missing   int64
	made      int64
	heard     int64
	observed  int64
	status    string
	epochs    map[string]*epochState
	samples   []Sample
	isChanged bool
}

// epochState is which batches of one epoch have come: all up to sequence but
// for the gaps.
type epochState struct {
	sequence int64
	gaps     []stretch // in order
	isNew    bool
	changed  bool
}

type stretch struct{ low, high int64 }

// admit decides whether a batch counts.
func (e *epochState) admit(n int64) (Outcome, int64) {
	if n > e.sequence {
		missing := n - e.sequence - 1
		if missing > 0 {
			e.gaps = append(e.gaps, stretch{e.sequence + 1, n - 1})
		}
		if len(e.gaps) > maxGaps {
			e.gaps = e.gaps[1:]
		}
		e.sequence, e.changed = n, true
		return Counted, missing
	}
	for i, g := range e.gaps {
		if n < g.low || n > g.high {
			continue
		}
		rest := append([]stretch(nil), e.gaps[:i]...)
		if g.low < n {
			rest = append(rest, stretch{g.low, n - 1})
		}
		if n < g.high {
			rest = append(rest, stretch{n + 1, g.high})
		}
		e.gaps, e.changed = append(rest, e.gaps[i+1:]...), true
		return Late, 0
	}
	return Duplicate, 0
}

// sensorOfBatch finds or makes the batch's sensor.
func (a *application) sensorOfBatch(b *plant.Batch) (*sensorState, error) {
	site, err := a.site(b.Site)
	if err != nil {
		return nil, err
	}
	name := text(b.Sensor)
	at := sensorKey{site, name}
	if s := a.sensors[at]; s != nil {
		return s, nil
	}
	s := &sensorState{site: site, name: name, epochs: map[string]*epochState{}}
	found, err := a.t.row("SELECT id, epoch, sequence, position, batches, missing, made, heard, observed, status FROM sensor WHERE site = ? AND name = ?",
		[]any{site, name}, &s.id, &s.epoch, &s.sequence, &s.position, &s.batches, &s.missing, &s.made, &s.heard, &s.observed, &s.status)
	if err != nil {
		return nil, err
	}
	if !found {
		if s.id = a.serials.take("sensor"); s.id > maxSensors {
			return nil, fmt.Errorf("sensor %q: there were %d sensors already, more cannot be told apart: %w", name, maxSensors, ErrInvalid)
		}
		s.status = "{}"
		if _, err := a.t.exec("INSERT INTO sensor (id, site, name, epoch, sequence, position, batches, missing, made, heard, observed, status) VALUES (?, ?, ?, '', 0, 0, 0, 0, 0, 0, 0, '{}')",
			s.id, site, name); err != nil {
			return nil, err
		}
	}
	a.sensors[at] = s
	return s, nil
}

type sensorKey struct {
	site int64
	name string
}

// epochOf finds or makes what is known of an epoch.
func (a *application) epochOf(s *sensorState, epoch string) (*epochState, error) {
	if e := s.epochs[epoch]; e != nil {
		return e, nil
	}
	e := &epochState{}
	found, err := a.t.row("SELECT sequence FROM epoch WHERE sensor = ? AND epoch = ?", []any{s.id, epoch}, &e.sequence)
	if err != nil {
		return nil, err
	}
	e.isNew = !found
	err = a.t.each("SELECT low, high FROM gap WHERE sensor = ? AND epoch = ? ORDER BY low", []any{s.id, epoch}, func(scan func(...any) error) error {
		var g stretch
		err := scan(&g.low, &g.high)
		e.gaps = append(e.gaps, g)
		return err
	})
	s.epochs[epoch] = e
	return e, err
}

// admit decides whether a batch counts and notes what its sensor says.
func (a *application) admit(b *plant.Batch) (*sensorState, AppliedBatch, error) {
	if b.Sequence == 0 || b.Sequence > math.MaxInt64 || b.Sensor == "" {
		return nil, AppliedBatch{}, fmt.Errorf("batch %d of sensor %q: a batch has a sensor and a number from 1: %w", b.Sequence, b.Sensor, ErrInvalid)
	}
	s, err := a.sensorOfBatch(b)
	if err != nil {
		return nil, AppliedBatch{}, err
	}
	epoch := text(b.Epoch)
	e, err := a.epochOf(s, epoch)
	if err != nil {
		return nil, AppliedBatch{}, err
	}
	outcome, missing := e.admit(int64(b.Sequence))
	done := AppliedBatch{Sensor: int(s.id), Outcome: outcome, Missing: uint64(missing)}
	if outcome == Duplicate {
		return s, done, nil
	}
	done.NewEpoch, e.isNew = e.isNew, false
	s.isChanged = true
	s.batches++
	s.missing += missing
	if outcome == Late {
		s.missing--
	}
	s.heard = nanos(a.now)
	s.observed = max(s.observed, nanos(b.To))
	// An old epoch can still deliver; what the sensor says now is what it made
	// last.
	if made := nanos(b.Made); outcome == Counted && made >= s.made {
		err = s.hear(b, epoch, made)
	}
	return s, done, err
}

func (s *sensorState) hear(b *plant.Batch, epoch string, made int64) error {
	s.made, s.epoch, s.sequence, s.position = made, epoch, int64(b.Sequence), counter(b.Position)
	st := b.Status
	status, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("write the status of sensor %q: %w", s.name, err)
	}
	s.status = string(status)
	s.samples = append(s.samples, Sample{
		At: b.Made, Packets: st.Packets, Bytes: st.Bytes, Dropped: st.Dropped, Lost: st.Lost, Flows: st.Flows,
		Duplicates: st.Duplicates, Undecoded: st.Undecoded, Failures: st.Failures,
	})
	return nil
}

// saveSensors writes what admit changed.
func (a *application) saveSensors() error {
	for _, s := range a.sensors {
		if !s.isChanged {
			continue
		}
		if _, err := a.t.exec("UPDATE sensor SET epoch = ?, sequence = ?, position = ?, batches = ?, missing = ?, made = ?, heard = ?, observed = ?, status = ? WHERE id = ?",
			s.epoch, s.sequence, s.position, s.batches, s.missing, s.made, s.heard, s.observed, s.status, s.id); err != nil {
			return err
		}
		for epoch, e := range s.epochs {
			if err := a.saveEpoch(s, epoch, e); err != nil {
				return err
			}
		}
		if err := a.saveSamples(s); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) saveEpoch(s *sensorState, epoch string, e *epochState) error {
	if !e.changed {
		return nil
	}
	if _, err := a.t.exec("INSERT INTO epoch (sensor, epoch, sequence, heard) VALUES (?, ?, ?, ?) ON CONFLICT (sensor, epoch) DO UPDATE SET sequence = excluded.sequence, heard = excluded.heard",
		s.id, epoch, e.sequence, s.heard); err != nil {
		return err
	}
	if _, err := a.t.exec("DELETE FROM gap WHERE sensor = ? AND epoch = ?", s.id, epoch); err != nil {
		return err
	}
	for _, g := range e.gaps {
		if _, err := a.t.exec("INSERT INTO gap (sensor, epoch, low, high) VALUES (?, ?, ?, ?)", s.id, epoch, g.low, g.high); err != nil {
			return err
		}
	}
	return a.forgetEpochs(s)
}

// forgetEpochs keeps the table small if a sensor loses its state again and
// again. The oldest go, whose batches the bus no longer has.
func (a *application) forgetEpochs(s *sensorState) error {
	for _, table := range []string{"gap", "epoch"} {
		if _, err := a.t.exec("DELETE FROM "+table+" WHERE sensor = ? AND epoch IN (SELECT epoch FROM epoch WHERE sensor = ? ORDER BY heard DESC, epoch LIMIT 1000000 OFFSET ?)",
			s.id, s.id, a.limits.Epochs); err != nil {
			return err
		}
	}
	return nil
}

// sampleEvery is how far samples are apart at least.
const sampleEvery = int64(10e9)

func (a *application) saveSamples(s *sensorState) error {
	if len(s.samples) == 0 {
		return nil
	}
	var last int64
	if _, err := a.t.row("SELECT COALESCE(MAX(at), 0) FROM sample WHERE sensor = ?", []any{s.id}, &last); err != nil {
		return err
	}
	for _, m := range s.samples {
		at := nanos(m.At)
		if at < last+sampleEvery {
			continue
		}
		last = at
		if _, err := a.t.exec("INSERT INTO sample (sensor, at, packets, bytes, dropped, lost, flows, duplicates, undecoded, failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			s.id, at, counter(m.Packets), counter(m.Bytes), counter(m.Dropped), counter(m.Lost), counter(m.Flows),
			counter(m.Duplicates), counter(m.Undecoded), counter(m.Failures)); err != nil {
			return err
		}
	}
	_, err := a.t.exec("DELETE FROM sample WHERE sensor = ? AND at < (SELECT MIN(at) FROM (SELECT at FROM sample WHERE sensor = ? ORDER BY at DESC LIMIT ?) newest)",
		s.id, s.id, a.limits.Samples)
	return err
}
