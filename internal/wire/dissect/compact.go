package dissect

// compaction remembers how large the tables were when they were last compacted.
type compaction struct {
	at                 int64
	ends, facts, texts int
}

// forget is how long an endpoint or a fact is kept after it was seen last: long
// enough for its last increment to be reported (repeat). Seen again, it is new.
const forget = 2 * repeat * 1e9 // nanoseconds

// compact forgets what was not seen for a while, when the tables have grown by
// half or an hour has passed: its cost is that of walking them once.
func (e *Engine) compact(now int64) {
	c := &e.compacted
	ends, facts, texts := int(e.ends.list.n), int(e.facts.list.n), len(e.texts.list)
	age := now - c.at
	hour := (age < 0 || age >= repeat*1e9) && (ends > c.ends || facts > c.facts || texts > c.texts)
	if !hour && !grown(ends, c.ends, e.ends.max) && !grown(facts, c.facts, e.facts.max) && !grown(texts, c.texts, e.texts.max) {
		return
	}
	e.compactFacts(now)
	e.compactEnds(now)
	e.compactTexts()
	e.facts.rebuild()
	*c = compaction{now, int(e.ends.list.n), int(e.facts.list.n), len(e.texts.list)}
}

// grown reports whether a table that kept some rows last time has grown enough
// for compacting to be worth it.
func grown(n, kept, limit int) bool {
	return n-kept >= max(slabPart, min(kept, limit-kept)/2)
}

// stale reports whether something seen last at that time is to be forgotten. A
// time far ahead is from before the clock was set back.
func stale(last, now int64) bool {
	age := now - last
	return age > forget || age < -forget
}

// compactFacts drops facts that are stale and reported.
func (e *Engine) compactFacts(now int64) {
	n := uint32(0)
	for i := range e.facts.list.n {
		r := e.facts.list.at(i)
		if r.count == 0 && stale(r.last, now) {
			continue
		}
		*e.facts.list.at(n) = *r
		n++
	}
	e.facts.list.cut(n)
}

// compactEnds drops endpoints that are stale and that no conversation and no
// fact names.
func (e *Engine) compactEnds(now int64) {
	place := make([]uint32, e.ends.list.n)
	for f := range e.flows.All() {
		place[f.End[0]], place[f.End[1]] = 1, 1
	}
	for i := range e.facts.list.n {
		place[e.facts.list.at(i).end] = 1
	}
	n := uint32(0)
	e.ends.idx.reset()
	for id := range place {
		x := e.ends.at(uint32(id))
		if place[id] == 0 && x.packets == 0 && stale(x.last, now) {
			continue
		}
		place[id] = n
		*e.ends.at(n) = *x
		e.ends.idx.add(x.key.hash(), n)
		n++
	}
	e.ends.list.cut(n)
	for f := range e.flows.All() {
		f.End[0], f.End[1] = place[f.End[0]], place[f.End[1]]
	}
	for i := range e.facts.list.n {
		r := e.facts.list.at(i)
		r.end = place[r.end]
	}
}

// compactTexts drops texts that no fact names.
func (e *Engine) compactTexts() {
	t := &e.texts
	place := make([]uint32, len(t.list))
	for i := range e.facts.list.n {
		r := e.facts.list.at(i)
		place[r.field], place[r.source], place[r.value] = 1, 1, 1
	}
	n := uint32(0)
	t.idx.reset()
	for id, s := range t.list {
		if place[id] == 0 && id != 0 { // text 0 is ""
			continue
		}
		place[id], t.list[n] = n, s
		t.idx.add(hashString(0, s), n)
		n++
	}
	clear(t.list[n:])
	t.list = t.list[:n]
	for i := range e.facts.list.n {
		r := e.facts.list.at(i)
		r.field, r.source, r.value = place[r.field], place[r.source], place[r.value]
	}
}

// rebuild makes the index anew after rows moved.
func (t *factTable) rebuild() {
	t.idx.reset()
	for i := range t.list.n {
		t.idx.add(t.list.at(i).hash(), i)
	}
}
