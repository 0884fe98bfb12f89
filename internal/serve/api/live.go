package api

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Topic is what events are about.
type Topic string

// Topics of events.
const (
	TopicAssets   Topic = "assets"
	TopicSensors  Topic = "sensors"
	TopicCaptures Topic = "captures"
	TopicFindings Topic = "findings"
	TopicOverview Topic = "overview"
	TopicModel    Topic = "model"  // the plant model of a site, which is the identifier
	TopicPolicy   Topic = "policy" // the boundary of a site, which is the identifier
)

// Topics are all topics, in the order in which their states are sent.
var Topics = []Topic{TopicOverview, TopicSensors, TopicCaptures, TopicFindings, TopicModel, TopicPolicy, TopicAssets}

// Op is what happened to a thing.
type Op string

// What happens to things.
const (
	OpPut    Op = "put" // it is new or other than before
	OpRemove Op = "remove"
)

// LiveOptions bound what Live keeps. A zero field is its default.
type LiveOptions struct {
	Events int // that can be sent again to one who was away; 4,096
	Bytes  int // of them together; 8 MiB
	Value  int // bytes of one value, larger ones are left out; 64 KiB
}

// Live hands events from those who change something to those who watch. It
// keeps the last ones in a ring that all readers share: a reader that is slow,
// or was away, goes on from where it was as long as the ring still has it, and
// is told when it has not. So no reader can make the publisher wait, and none
// has a queue of its own that could grow.
type Live struct {
	epoch string // of this process; an ID of another cannot be resumed
	limit LiveOptions

	mu      sync.Mutex
	ring    []event       // by sequence modulo its length
	oldest  uint64        // sequence of the oldest in the ring
	next    uint64        // sequence of the next event, from 1
	bytes   int           // in the ring
	changed chan struct{} // closed when something is published
	dropped uint64        // values that were too large or could not be encoded
}

type event struct {
	topic Topic
	data  []byte // a Change as JSON
}

// NewLive makes one with nothing in it.
func NewLive(o LiveOptions) *Live {
	orDefault(&o.Events, 4096)
	orDefault(&o.Bytes, 8<<20)
	orDefault(&o.Value, 64<<10)
	return &Live{epoch: rand.Text()[:12], limit: o, ring: make([]event, o.Events), oldest: 1, next: 1, changed: make(chan struct{})}
}

// Publish tells those who watch a topic of a change. The value is what the
// topic's list route gives for the thing, so a Change, Sensor, Job … of this
// package; nil where there is none or it is not known here, and readers then
// ask. It never waits for a reader. The value is encoded before it returns.
func (l *Live) Publish(topic Topic, op Op, id string, value any) {
	c := Change{Topic: string(topic), Op: string(op), ID: id, Value: value}
	data, err := json.Marshal(c)
	large := err != nil || len(data) > l.limit.Value
	if large {
		c.Value = nil
		data, _ = json.Marshal(c) // strings only
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if large {
		l.dropped++
	}
	l.push(event{topic, data})
	close(l.changed)
	l.changed = make(chan struct{})
}

// push adds an event and drops the oldest until the bounds hold.
func (l *Live) push(e event) {
	n := uint64(len(l.ring))
	for l.oldest < l.next && (l.next-l.oldest >= n || l.bytes+len(e.data) > l.limit.Bytes) {
		old := &l.ring[l.oldest%n]
		l.bytes -= len(old.data)
		*old = event{}
		l.oldest++
	}
	l.ring[l.next%n] = e
	l.bytes += len(e.data)
	l.next++
}

// Published is how many events there were, and how many of them went without
// their value because it was too large.
func (l *Live) Published() (events, withoutValue uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1, l.dropped
}

// now is the cursor of one who has seen everything up to here.
func (l *Live) now() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next
}

// id is the name of a cursor for clients.
func (l *Live) id(cursor uint64) string { return l.epoch + "-" + strconv.FormatUint(cursor, 36) }

// resume is the cursor that an ID names, false if what came after it is gone.
func (l *Live) resume(id string) (uint64, bool) {
	epoch, seq, ok := strings.Cut(id, "-")
	if !ok || epoch != l.epoch {
		return 0, false
	}
	cursor, err := strconv.ParseUint(seq, 36, 64)
	if err != nil {
		return 0, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return cursor, cursor >= l.oldest && cursor <= l.next
}

// since gives the events of some topics from a cursor on, at most max that were
// looked at, and the cursor after them. More is closed when there are newer ones. It
// reports false if events from the cursor on are gone.
func (l *Live) since(cursor uint64, topics map[Topic]bool, max int) (events []event, after uint64, more <-chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if cursor < l.oldest || cursor > l.next {
		return nil, l.next, l.changed, false
	}
	for ; cursor < l.next && len(events) < max; cursor++ {
		if e := l.ring[cursor%uint64(len(l.ring))]; topics[e.topic] {
			events = append(events, e)
		}
	}
	return events, cursor, l.changed, true
}

// parseTopics is the set that a query names; all if it names none.
func parseTopics(names []string) (map[Topic]bool, error) {
	set := map[Topic]bool{}
	for _, n := range names {
		set[Topic(n)] = true
	}
	if len(set) == 0 {
		for _, t := range Topics {
			set[t] = true
		}
	}
	known := 0
	for _, t := range Topics {
		if set[t] {
			known++
		}
	}
	if known != len(set) {
		return nil, refuse(ErrInvalid, fmt.Sprintf("Topics are %v.", Topics))
	}
	return set, nil
}
