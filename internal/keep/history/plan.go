package history

import (
	"cmp"
	"maps"
	"slices"
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
	// NoRoom says that a roll-up found no room on the disk: the plan then removes
	// what is above MaxBytes, at least the oldest segment, without rolling it up.
	NoRoom bool
}

// DefaultRetention keeps minutes for 7 days, hours for 90 days and days for 3
// years, within 20 GB.
func DefaultRetention() Retention {
	const day = 24 * time.Hour
	return Retention{Minute: 7 * day, Hour: 90 * day, Day: 3 * 365 * day, MaxBytes: 20e9}
}

// Plan is what to do with an archive next: remove, then roll up.
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

// maxPieces is how many segments of minutes one hour may have before they become
// one: rows that come late are sealed by themselves.
const maxPieces = 8

// settle is how long after its end a day or an hour waits before the ceiling or
// the number of pieces rolls it up, so that what is late is in it.
const settle = 2 * time.Hour

// Decide says what to do with segments at the time now. It changes nothing. The
// caller does the tasks, records the results, and asks again until the plan is
// empty: a ceiling may take several rounds.
func Decide(now time.Time, segments []plant.Segment, r Retention) Plan {
	p := planner{now: now, keep: r, left: map[string]plant.Segment{}}
	for _, s := range segments {
		p.left[s.Path] = s
	}
	p.expire()
	p.age(plant.StepHour, plant.StepMinute, r.Minute)
	p.age(plant.StepDay, plant.StepHour, r.Hour)
	p.join()
	p.ceiling()
	return p.plan
}

// planner takes segments out of left as it decides on them.
type planner struct {
	now  time.Time
	keep Retention
	left map[string]plant.Segment
	plan Plan
}

// sorted is the segments left, oldest first and the finest of the same age first.
func (p *planner) sorted() []plant.Segment {
	return slices.SortedFunc(maps.Values(p.left), func(a, b plant.Segment) int {
		return cmp.Or(a.To.Compare(b.To), cmp.Compare(Length(a.Step), Length(b.Step)), cmp.Compare(a.Path, b.Path))
	})
}

func (p *planner) remove(s plant.Segment) {
	p.plan.Remove = append(p.plan.Remove, s)
	delete(p.left, s.Path)
}

func (p *planner) rollUp(step plant.Step, list []plant.Segment) {
	p.plan.RollUp = append(p.plan.RollUp, Task{step, list})
	for _, s := range list {
		delete(p.left, s.Path)
	}
}

// expire removes what is older than all steps are kept. Minutes and hours can be
// that old only if nobody asked for long.
func (p *planner) expire() {
	if p.keep.Day == 0 {
		return
	}
	for _, s := range p.sorted() {
		if !s.To.After(p.now.Add(-p.keep.Day)) {
			p.remove(s)
		}
	}
}

// age rolls up the days of a step that are older than it is kept, with what
// there is already of the coarser step.
func (p *planner) age(to, from plant.Step, keep time.Duration) {
	if keep == 0 {
		return
	}
	for _, day := range p.days() {
		if day.end.After(p.now.Add(-keep)) || !day.has(from) {
			continue
		}
		if from == plant.StepHour && day.has(plant.StepMinute) && (p.keep.Minute == 0 || day.end.After(p.now.Add(-p.keep.Minute))) {
			continue // its minutes are kept longer
		}
		p.rollUp(p.target(day, to), day.segments)
	}
}

// target is the step a day becomes: the one asked for, or what is there already
// in coarser rows, which cannot be made finer.
func (p *planner) target(d planDay, step plant.Step) plant.Step {
	if d.has(plant.StepDay) {
		return plant.StepDay
	}
	return step
}

// planDay is the segments of one site, kind and day.
type planDay struct {
	part
	end      time.Time
	segments []plant.Segment
}

func (d *planDay) has(step plant.Step) bool {
	return slices.ContainsFunc(d.segments, func(s plant.Segment) bool { return s.Step == step })
}

// days is the segments left by day, the oldest first.
func (p *planner) days() []planDay {
	at := map[part]int{}
	var list []planDay
	for _, s := range p.sorted() {
		k := partOf(s, plant.StepDay)
		i, ok := at[k]
		if !ok {
			i = len(list)
			at[k] = i
			list = append(list, planDay{part: k, end: k.from.Add(k.size)})
		}
		list[i].segments = append(list[i].segments, s)
	}
	slices.SortFunc(list, func(a, b planDay) int {
		return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.site, b.site), cmp.Compare(a.kind, b.kind))
	})
	return list
}

// join makes one segment of the many pieces of an hour.
func (p *planner) join() {
	pieces := map[part][]plant.Segment{}
	var order []part
	for _, s := range p.sorted() {
		k := partOf(s, plant.StepMinute)
		if s.Step != plant.StepMinute || k.size != time.Hour || s.To.After(p.now.Add(-settle)) {
			continue
		}
		if pieces[k] == nil {
			order = append(order, k)
		}
		pieces[k] = append(pieces[k], s)
	}
	for _, k := range order {
		if len(pieces[k]) > maxPieces {
			p.rollUp(plant.StepMinute, pieces[k])
		}
	}
}

// ceiling brings the archive below its size. What a roll-up leaves is not known
// before, so it plans no more roll-ups than could be enough, and the next round
// sees what came of them.
func (p *planner) ceiling() {
	var all uint64
	for _, s := range p.left {
		all += s.Bytes
	}
	for _, t := range p.plan.RollUp {
		all += bytesOf(t.Segments)
	}
	var over uint64
	if p.keep.MaxBytes != 0 && all > p.keep.MaxBytes {
		over = all - p.keep.MaxBytes
	}
	switch {
	case p.keep.NoRoom:
		p.oldest(max(over, 1))
	case over == 0 || len(p.plan.RollUp) > 0:
	case p.early(over, plant.StepMinute, plant.StepHour), p.early(over, plant.StepHour, plant.StepDay):
	default:
		p.oldest(over)
	}
}

// early rolls up the oldest days that are over, before their time.
func (p *planner) early(over uint64, from, to plant.Step) bool {
	var found uint64
	for _, day := range p.days() {
		if found >= over {
			break
		}
		if day.end.After(p.now.Add(-settle)) || !day.has(from) {
			continue
		}
		found += bytesOf(day.segments)
		p.rollUp(p.target(day, to), day.segments)
	}
	return found > 0
}

// oldest removes segments, the oldest first and the finest of one age first,
// until enough is gone.
func (p *planner) oldest(over uint64) {
	var found uint64
	for _, s := range p.sorted() {
		if found >= over {
			return
		}
		found += s.Bytes
		p.remove(s)
	}
}

func bytesOf(list []plant.Segment) (n uint64) {
	for _, s := range list {
		n += s.Bytes
	}
	return n
}
