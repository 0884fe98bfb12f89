package coverage

import (
	"slices"
	"time"
)

// merged are intervals in order that do not touch.
func merged(in []Interval) []Interval {
	all := slices.DeleteFunc(slices.Clone(in), func(x Interval) bool { return !x.From.Before(x.To) })
	slices.SortFunc(all, func(a, b Interval) int { return a.From.Compare(b.From) })
	var out []Interval
	for _, x := range all {
		if n := len(out); n > 0 && !x.From.After(out[n-1].To) {
			if x.To.After(out[n-1].To) {
				out[n-1].To = x.To
			}
			continue
		}
		out = append(out, x)
	}
	return out
}

// within is how much of an interval others cover, which are merged.
func within(x Interval, all []Interval) time.Duration {
	i, _ := slices.BinarySearchFunc(all, x.From, func(a Interval, at time.Time) int {
		if a.To.After(at) {
			return 1
		}
		return -1
	})
	var sum time.Duration
	for ; i < len(all) && all[i].From.Before(x.To); i++ {
		from, to := all[i].From, all[i].To
		if from.Before(x.From) {
			from = x.From
		}
		if to.After(x.To) {
			to = x.To
		}
		sum += to.Sub(from)
	}
	return sum
}

// enough is the share of a shift, a day or a weekend that must have been watched
// for it to count: a sensor is started anew, a capture begins somewhere.
const enough = 0.9

func covered(x Interval, all []Interval) bool {
	d := x.To.Sub(x.From)
	return d > 0 && float64(within(x, all)) >= enough*float64(d)
}
