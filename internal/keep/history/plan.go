package history

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Retention says how long rows of each step are kept. After it, minutes become
// hours, hours become days, and days are removed. Zero keeps a step for ever.
type Retention struct {
	Minute, Hour, Day time.Duration
	// MaxBytes is the ceiling of all segments together, 0 for none. Above it the
	// oldest whole days are rolled up early, minutes first; when nothing is left
	// to roll up the oldest are removed, finest first.
	MaxBytes uint64
	// NoRoom says that a roll-up found no room on the disk: what MaxBytes asks
	// for is then removed without being rolled up.
	NoRoom bool
}

// DefaultRetention keeps minutes for 7 days, hours for 90 days and days for 3
// years, within 20 GB.
func DefaultRetention() Retention {
	const day = 24 * time.Hour
	return Retention{Minute: 7 * day, Hour: 90 * day, Day: 3 * 365 * day, MaxBytes: 20e9}
}

// Plan is what to do with an archive next.
type Plan struct {
	RollUp []Task
	Remove []plant.Segment // oldest first
}

// Task is one roll-up: the segments of one site, kind and day (or hour) and the
// step they become.
type Task struct {
	Step     plant.Step
	Segments []plant.Segment
}

// Empty reports whether there is nothing to do.
func (p Plan) Empty() bool { return len(p.RollUp) == 0 && len(p.Remove) == 0 }

// Decide says what to do with segments at the time now. It changes nothing. The
// caller does the tasks, records the results, and asks again until the plan is
// empty: a ceiling may take several rounds.
func Decide(now time.Time, segments []plant.Segment, r Retention) Plan { return Plan{} }
