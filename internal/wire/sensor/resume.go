package sensor

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// A capture gives the same frames each time, and reports follow packet time:
// read from its first frame the same reports come again, with the same numbers.
// So a run that goes on reads everything, and leaves out the batches that the
// bus has. Nothing is lost and nothing counted twice, wherever the last run
// ended, also between two batches of one report.

// caughtUp is called when all frames are read that the bus's last batch and those
// before it account for. A report must have come here as it did then. If it did
// not, because another version of the program or other settings made it, what
// was read up to here is taken for told.
func (r *run) caughtUp() {
	if r.position == r.skip.Position {
		return // what the bus has of the next report, that report shows
	}
	r.differs(r.skip)
	r.pool.Report(r.time(), func(plant.Observation) {})
	r.sequence, r.position, r.quiet, r.skip = r.skip.Sequence, r.skip.Position, true, nil
}

// unsent are the batches of a report that the bus lacks.
func (r *run) unsent(batches []*plant.Batch) []*plant.Batch {
	switch {
	case r.skip == nil:
		return batches
	case r.position <= r.skip.Position:
		return nil
	}
	skip := r.skip
	r.skip = nil
	for i, b := range batches {
		switch {
		case i == 0 && b.Sequence == skip.Sequence+1:
			return batches // the last batch was the end of a report
		case b.Sequence == skip.Sequence && b.From.Equal(skip.From) && b.To.Equal(skip.To):
			return batches[i+1:] // it was in the middle of this one
		}
	}
	r.differs(skip)
	r.sequence = skip.Sequence
	for _, b := range batches {
		r.sequence++
		b.Sequence = r.sequence
	}
	return batches
}

func (r *run) differs(last *plant.Batch) {
	r.o.Log.Warn("reports fall differently than before the restart; going on after the last one", "sensor", r.o.Name, "position", last.Position)
}
