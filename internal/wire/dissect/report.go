package dissect

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/session"
)

const (
	// holdBack is how long a conversation may go unreported while it is not
	// clear what it is or who serves: reported too early, its beginning would
	// stand under another name or the other way round.
	holdBack = 60e9 // nanoseconds
	// repeat is how often a fact that goes on being told is reported again.
	repeat = 3600 // seconds
)

// Drain ends every conversation in progress, so that its counters and
// operations stand in the tables, and the next Report holds nothing back.
func (e *Engine) Drain() {
	e.flows.Drain()
	e.ended = true
}

// Flush ends every conversation and hands over all that was learnt: Drain and
// the last Report.
func (e *Engine) Flush(emit func(plant.Observation)) {
	e.Drain()
	e.Report(time.Unix(0, 0), emit)
}

// Report hands over what was learnt since the last one; conversations go on.
// Counters are increments: all reports up to that after Drain add up to what
// one alone would have said. now is packet time. An observation is valid only
// during the call: the next one reuses it.
//
// Conversations and operations are one row each. A sighting comes when it is
// new and then at most once an hour, with what was counted in between. Held
// back are conversations that nobody can name yet, for a minute at most, and
// requests that may still be answered, as long.
func (e *Engine) Report(now time.Time, emit func(plant.Observation)) {
	ns := now.UnixNano()
	for f := range e.flows.All() {
		if f.Counted() && !e.held(f, ns) {
			e.fold(f, false, ns)
		}
	}
	e.reportEnds(ns, emit)
	e.reportFacts(ns, emit)
	for c := range e.Conversations() {
		emit(c)
	}
	for o := range e.Operations() {
		emit(o)
	}
	for a := range e.Anomalies() {
		emit(a)
	}
	e.talks.reset()
	e.operations.reset()
	clear(e.anomalies.rows)
	e.ended = false
	e.compact(ns)
}

// held reports whether a flow is not reported yet.
func (e *Engine) held(f *flow, now int64) bool {
	if f.Seen&session.SeenReported != 0 {
		return false
	}
	age := now - f.First
	return age >= 0 && age < holdBack && !(e.named(f) && e.directed(f))
}

// named reports whether a flow's protocol is as certain as it will be soon.
func (e *Engine) named(f *flow) bool {
	c := f.State
	if c == nil {
		return f.Key.Proto != 6 || f.Seen&session.SeenClose != 0
	}
	return c.deaf || c.name != "" || c.confirmed && (c.proto == nil || !c.proto.Carrier)
}

// directed reports whether both ends of a flow are known for what they are:
// until one answers, its MAC address is only what the other sends to, which may
// be a router's, and who serves may be a guess.
func (e *Engine) directed(f *flow) bool {
	if f.Sent(0) && f.Sent(1) {
		return f.Sure > 0
	}
	to := 0
	if f.Sent(0) {
		to = 1
	}
	k := &e.ends.at(f.End[to]).key
	return k.mac.IsGroup() || !k.ip.IsZero() && !k.ip.IsUnicast() // a group never answers
}

// due reports whether something reported at that second is to be reported now.
func (e *Engine) due(reported uint32, now int64) bool {
	age := now/1e9 - int64(reported)
	return reported == 0 || e.ended || age >= repeat || age < 0
}

// second is a time in nanoseconds as the tables keep it: never 0.
func second(ns int64) uint32 { return uint32(max(ns/1e9, 1)) }

func (e *Engine) reportEnds(now int64, emit func(plant.Observation)) {
	var s plant.Sighting
	for id := range e.ends.list.n {
		x := e.ends.at(id)
		if x.packets == 0 || x.ttl == x.ttlTold && !e.due(x.reported, now) {
			continue
		}
		e.presence(id, &s, func(s *plant.Sighting) bool { emit(s); return true })
		x.packets, x.reported, x.ttlTold = 0, second(now), x.ttl
	}
}

func (e *Engine) reportFacts(now int64, emit func(plant.Observation)) {
	var s plant.Sighting
	for i := range e.facts.list.n {
		r := e.facts.list.at(i)
		if r.count == 0 || !e.due(r.reported, now) {
			continue
		}
		e.told(r, &s, func(s *plant.Sighting) bool { emit(s); return true })
		r.count, r.reported = 0, second(now)
	}
}

func (t *talkTable) reset() {
	t.list.reset()
	t.idx.reset()
}

func (t *operationTable) reset() {
	t.list.reset()
	t.idx.reset()
}
