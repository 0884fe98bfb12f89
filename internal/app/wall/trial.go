package wall

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// A conversation may be silent for patience times its period, and never less
// than leastSilence longer than it: a client that must connect anew after a
// change waits a moment before it tries.
const (
	patience     = 2.5
	leastSilence = 3 * time.Second
)

// allowed is how long a conversation of a period may be silent.
func allowed(period time.Duration) time.Duration {
	return max(time.Duration(float64(period)*patience), period+leastSilence)
}

// trial judges a change by what is seen of the critical conversations. It reads
// no clock: who calls it says what time it is.
type trial struct {
	began, until time.Time
	watched      []watched
	confirmed    bool
}

// watched is one critical conversation.
type watched struct {
	critical policy.Critical
	count    uint64 // of replies, as the kernel last said
	replies  uint64 // since the change
	first    time.Time
	last     time.Time
}

// again reports whether a conversation goes on: its replies are spread over time
// as its period has it. One reply could be the end of a connection that stood
// before the change.
func (w *watched) again() bool { return w.replies > 1 && w.last.Sub(w.first) >= w.critical.Period/2 }

// newTrial begins when the change is done; base are the counts of replies then.
func newTrial(critical []policy.Critical, base []uint64, began time.Time, within time.Duration) *trial {
	t := &trial{began: began, until: began.Add(within)}
	for i, c := range critical {
		w := watched{critical: c}
		if i < len(base) {
			w.count = base[i]
		}
		t.watched = append(t.watched, w)
	}
	return t
}

// look takes the kernel's counts. A count that fell was set anew meanwhile.
func (t *trial) look(counts []uint64, now time.Time) {
	for i := range t.watched {
		if i >= len(counts) {
			return
		}
		w := &t.watched[i]
		more := counts[i] - w.count
		if counts[i] < w.count {
			more = counts[i]
		}
		if w.count = counts[i]; more > 0 {
			if w.replies == 0 {
				w.first = now
			}
			w.replies += more
			w.last = now
		}
	}
}

// silentFrom is when the silence of a conversation began.
func (t *trial) silentFrom(w *watched) time.Time {
	if w.last.IsZero() {
		return t.began
	}
	return w.last
}

// decision is what becomes of a trial.
type decision struct {
	keep, back bool // neither: it goes on
	why        string
	missed     *policy.Critical
	since      time.Time
}

// judge decides. Silence counts before confirmation: the operator may not see
// what a line misses.
func (t *trial) judge(now time.Time) decision {
	for i := range t.watched {
		if w := &t.watched[i]; now.Sub(t.silentFrom(w)) > allowed(w.critical.Period) {
			return t.silent(w, now)
		}
	}
	var unseen *watched
	for i := range t.watched {
		if w := &t.watched[i]; !w.again() {
			unseen = w
		}
	}
	switch over := !now.Before(t.until); {
	case t.confirmed && unseen == nil:
		return decision{keep: true, why: keptBecause(len(t.watched))}
	case over && unseen != nil:
		d := t.silent(unseen, now)
		d.why = "the time is over, and " + d.why
		return d
	case over:
		return decision{back: true, why: fmt.Sprintf("nobody confirmed it within %s", t.until.Sub(t.began))}
	}
	return decision{}
}

func keptBecause(n int) string {
	switch n {
	case 0:
		return "it was confirmed; no critical conversation is named"
	case 1:
		return "it was confirmed, and the one critical conversation was seen again"
	}
	return "it was confirmed, and all " + strconv.Itoa(n) + " critical conversations were seen again"
}

func (t *trial) silent(w *watched, now time.Time) decision {
	d := decision{back: true, missed: &w.critical, since: w.last}
	silence := now.Sub(t.silentFrom(w)).Round(time.Millisecond)
	if w.last.IsZero() {
		d.why = fmt.Sprintf("%s was not seen in the %s since the change; it came every %s", says(&w.critical), silence, w.critical.Period)
	} else {
		d.why = fmt.Sprintf("%s has been silent for %s; it came every %s", says(&w.critical), silence, w.critical.Period)
	}
	return d
}

// says names a conversation.
func says(c *policy.Critical) string {
	text := fmt.Sprintf("%s to %s", c.Client, netip.AddrPortFrom(c.Server, c.Port))
	if c.Says != "" {
		text = c.Says + " (" + text + ")"
	}
	if c.Line != "" {
		text += " of line " + c.Line
	}
	return text
}

// seen is how the conversations fare.
func (t *trial) seen() []Seen {
	list := make([]Seen, 0, len(t.watched))
	for i := range t.watched {
		w := &t.watched[i]
		list = append(list, Seen{
			Critical: w.critical, Replies: w.replies, Last: w.last,
			Until: t.silentFrom(w).Add(allowed(w.critical.Period)), OK: w.again(),
		})
	}
	return list
}

// interval is how often to look: several times in the shortest period, and often
// enough for a person who waits.
func (t *trial) interval() time.Duration {
	every := 200 * time.Millisecond
	for i := range t.watched {
		every = min(every, t.watched[i].critical.Period/4)
	}
	return max(every, 50*time.Millisecond)
}
