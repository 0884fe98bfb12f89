package history

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Conversation is one conversation in one step of time, as one sensor saw it.
// Times are kept in milliseconds.
type Conversation struct {
	Site   string // set when it is read; a row that is written is of its Spec's site
	Sensor string
	Start  time.Time // of the minute, hour or day, UTC
	plant.Conversation
}

// Operation is one operation in one step of time, as one sensor saw it.
// Times are kept in milliseconds.
type Operation struct {
	Site   string // set when it is read; a row that is written is of its Spec's site
	Sensor string
	Start  time.Time // of the minute, hour or day, UTC
	plant.Operation
}

// Spec says what a new segment is: its site, what a row covers, and the stretch
// of time [From, To) that the starts of all its rows are in. Both are multiples
// of the step and of one day.
type Spec struct {
	Site     string
	Step     plant.Step
	From, To time.Time
	// Piece tells segments of the same stretch apart that could have the same
	// rows, as when a capture is imported twice: how many segments the stretch
	// has on record already. Without it the second would meet the first's path.
	Piece int
}

// Length is how long a step is, 0 for one that is none. Days are those of UTC.
func Length(s plant.Step) time.Duration {
	switch s {
	case plant.StepMinute:
		return time.Minute
	case plant.StepHour:
		return time.Hour
	case plant.StepDay:
		return 24 * time.Hour
	}
	return 0
}
