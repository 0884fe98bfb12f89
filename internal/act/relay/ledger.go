package relay

import (
	"net/netip"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// ledger adds up what was decided in one connection until it is collected.
type ledger struct {
	mu       sync.Mutex
	rows     []entry
	passed   uint64 // since the connection began
	refused  uint64
	unlisted uint64
}

// entry is one verb, on one object where it was refused.
type entry struct {
	verb        *plant.Verb
	object, why string
	shadow      bool
	count       uint64
	first, last time.Time
}

const (
	maxEntries   = 64    // of one connection between two reports
	maxDecisions = 8_192 // of all connections between two reports
)

// pass counts a request that goes to the server. It allocates only for verbs
// that are new since the last report.
func (l *ledger) pass(v *plant.Verb) {
	l.mu.Lock()
	l.passed++
	for i := range l.rows {
		if e := &l.rows[i]; e.verb == v && e.why == "" {
			e.count++
			e.last = time.Now()
			l.mu.Unlock()
			return
		}
	}
	l.add(entry{verb: v})
	l.mu.Unlock()
}

// refuse counts a request that the relay answers, or that passes because
// nothing is enforced.
func (l *ledger) refuse(v *plant.Verb, t *target, why string, shadow bool) {
	var room [160]byte
	object := room[:0]
	if t != nil {
		object = t.appendTo(object)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if shadow {
		l.passed++
	} else {
		l.refused++
	}
	for i := range l.rows {
		if e := &l.rows[i]; e.verb == v && e.why == why && e.shadow == shadow && e.object == string(object) {
			e.count++
			e.last = time.Now()
			return
		}
	}
	if len(l.rows) >= maxEntries {
		object = nil
		l.unlisted++
	}
	l.add(entry{verb: v, object: string(object), why: why, shadow: shadow})
}

// add makes a row, or adds to the one without an object when there are enough.
func (l *ledger) add(e entry) {
	now := time.Now()
	if len(l.rows) >= maxEntries {
		for i := range l.rows {
			if o := &l.rows[i]; o.verb == e.verb && o.why == e.why && o.shadow == e.shadow && o.object == "" {
				o.count++
				o.last = now
				return
			}
		}
	}
	if len(l.rows) >= 2*maxEntries {
		return
	}
	e.count, e.first, e.last = 1, now, now
	l.rows = append(l.rows, e)
}

// key tells decisions apart that are reported as one.
type key struct {
	client, server netip.Addr
	port           uint16
	verb           *plant.Verb
	object, why    string
	shadow         bool
}

// book adds up the decisions of all connections.
type book struct {
	at   map[key]int
	list []Decision
	lost uint64
}

// collect moves what a connection decided into the book.
func (b *book) collect(l *ledger, client netip.Addr, server netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.lost += l.unlisted
	l.unlisted = 0
	for i := range l.rows {
		e := &l.rows[i]
		b.add(key{client, server.Addr(), server.Port(), e.verb, e.object, e.why, e.shadow}, e)
	}
	clear(l.rows)
	l.rows = l.rows[:0]
}

func (b *book) add(k key, e *entry) {
	if len(b.list) >= maxDecisions && k.object != "" {
		k.object = ""
		b.lost++
	}
	i, ok := b.at[k]
	if !ok {
		if len(b.list) >= 2*maxDecisions {
			b.lost++
			return
		}
		if b.at == nil {
			b.at = make(map[key]int)
		}
		i = len(b.list)
		b.at[k] = i
		b.list = append(b.list, Decision{Why: k.why, Shadow: k.shadow, Operation: plant.Operation{
			Verb: *k.verb, Requester: plant.Endpoint{IP: k.client}, Responder: plant.Endpoint{IP: k.server}, Port: k.port,
			Object: k.object, First: e.first,
		}})
	}
	d := &b.list[i]
	d.Requests += e.count
	if k.why != "" && !k.shadow {
		d.Refused += e.count
	}
	if e.first.Before(d.First) {
		d.First = e.first
	}
	if e.last.After(d.Last) {
		d.Last = e.last
	}
}

// take is what was added up, and an empty book.
func (b *book) take() []Decision {
	list := b.list
	b.list = nil
	clear(b.at)
	return list
}
