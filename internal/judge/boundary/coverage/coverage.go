// Package coverage says whether a plant was watched long enough to put a wall
// into it. It counts in what a plant lives by, not in days: the shifts of a
// week, ends of months, changeovers, weekends and maintenance windows.
//
// A week in which the night shift was not watched is no week: what runs only
// then was not learnt, and would be stopped. Shifts are those of the plant
// model in the site's time zone; nights in which clocks are changed are as long
// as they are.
package coverage

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Interval is a stretch of time, To not included.
type Interval struct{ From, To time.Time }

// Input is what is counted.
type Input struct {
	// Model is nil where there is none: shifts of eight hours from six o'clock are
	// assumed then, and where it names no shifts.
	Model *model.Model
	// Watched is when sensors saw traffic, in any order; it may overlap.
	Watched []Interval
	Changes []Change
	Talks   []record.Talk // for jobs of every week; may be nil
	Now     time.Time
	// Steady says that somebody answered for it that this plant has no
	// changeovers.
	Steady bool
}

// Change is a sign that a line made something else: an operation that changed a
// mode, a program or a recipe, or a polling that paused.
type Change struct {
	At   time.Time
	Line string
	Kind plant.Kind
}

// Coverage is what was watched.
type Coverage struct {
	Enough  bool   // to enforce
	Says    string // "18 of 21 shifts of a week: 3 night shifts missing, 1 month-end, 0 changeovers"
	Missing []string
	// Slots are the shifts of a week.
	Slots             []Slot
	Shifts, ShiftsOf  int
	Assumed           bool // nobody wrote down shifts
	Weeks             int  // whole ones, from Monday
	Weekends          int
	MonthEnds         int // with the last working day and the first of the next month
	Changeovers       int
	ChangeoversByLine map[string]int
	Windows           int // maintenance windows
	WeeklyJobs        int // conversations that come once a week, and came twice
	Watched           time.Duration
	LongestGap        time.Duration
	From, To          time.Time
}

// Slot is one shift on one day of the week.
type Slot struct {
	Team, Shift string
	Day         time.Weekday
	From, To    model.Clock
	Seen        int // how often it was watched
	Passed      int // how often it came between the first and the last packet
}
