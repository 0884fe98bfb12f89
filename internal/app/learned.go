package app

import (
	"iter"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/logs"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// learned is what all inputs told: captures through the engines, other sensors'
// logs through a table.
type learned struct {
	pool *sensor.Pool
	logs *logs.Table // nil when no input is a log
}

// readLogs reads the inputs that are logs.
func (l *learned) readLogs(inputs []*input, flows int) (err error) {
	for _, in := range inputs {
		if in.log == nil {
			continue
		}
		if l.logs == nil {
			if l.logs, err = logs.New(logs.Options{MaxFlows: flows}); err != nil {
				return err
			}
		}
		l.logs.Read(in.log.format, in.log.text, in.index, in.info)
	}
	return nil
}

// Lost is the number of things that found no room.
func (l *learned) Lost() uint64 {
	if l.logs == nil {
		return l.pool.Lost()
	}
	return l.pool.Lost() + l.logs.Lost()
}

// Sightings are the facts that were learnt; as in the sequences below a value is
// reused by the next step.
func (l *learned) Sightings() iter.Seq[*plant.Sighting] {
	return both(l, l.pool.Sightings(), (*logs.Table).Sightings)
}

// Conversations are who talked to whom.
func (l *learned) Conversations() iter.Seq[*plant.Conversation] {
	return both(l, l.pool.Conversations(), (*logs.Table).Conversations)
}

// Operations are what was asked of whom.
func (l *learned) Operations() iter.Seq[*plant.Operation] {
	return both(l, l.pool.Operations(), (*logs.Table).Operations)
}

// Anomalies are what broke.
func (l *learned) Anomalies() iter.Seq[*plant.Anomaly] {
	return both(l, l.pool.Anomalies(), (*logs.Table).Anomalies)
}

// both walks what captures told and then what logs told.
func both[T any](l *learned, captures iter.Seq[T], ofLogs func(*logs.Table) iter.Seq[T]) iter.Seq[T] {
	if l.logs == nil {
		return captures
	}
	return func(yield func(T) bool) {
		for v := range captures {
			if !yield(v) {
				return
			}
		}
		ofLogs(l.logs)(yield)
	}
}
