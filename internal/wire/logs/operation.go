package logs

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// operationKey is what tells operations apart. Reads of ranges in one space
// share a row that spans them all, as they do for captures.
type operationKey struct {
	requester, responder uint32
	port                 uint16
	verb                 *verb
	object               string
	from, to             uint32 // of a range that is not merged
	ranged               bool
	detail               bool
}

type operation struct {
	operationKey
	value    string
	counts   counts
	min, max uint32 // the range
	span     span
}

// counts are messages each way and what the answers said.
type counts struct{ requests, responses, accepted, refused uint64 }

func (c *counts) add(o counts) {
	c.requests += o.requests
	c.responses += o.responses
	c.accepted += o.accepted
	c.refused += o.refused
}

type operationTable struct {
	list  []operation
	index map[operationKey]uint32
	max   int
	lost  uint64
	pairs pairTable
	texts map[string]string // objects, each kept once
}

func newOperationTable(limit int) operationTable {
	return operationTable{index: map[operationKey]uint32{}, max: limit, pairs: newPairTable(), texts: map[string]string{}}
}

// intern is an object's text, the same string each time.
func (t *operationTable) intern(b []byte) string {
	if s, ok := t.texts[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(t.texts) < t.max {
		t.texts[s] = s
	}
	return s
}

// noOperation is the index of none.
const noOperation = ^uint32(0)

// find is the row with that key. When the table is full the object is let go, so
// that the counts stay right.
func (t *operationTable) find(k operationKey) uint32 {
	if i, ok := t.index[k]; ok {
		return i
	}
	if len(t.list) >= t.max {
		t.lost++
		k = operationKey{requester: k.requester, responder: k.responder, port: k.port, verb: k.verb, detail: k.detail}
		if i, ok := t.index[k]; ok {
			return i
		}
		if len(t.list) >= 2*t.max {
			return noOperation
		}
	}
	i := uint32(len(t.list))
	t.list = append(t.list, operation{operationKey: k, min: ^uint32(0)})
	t.index[k] = i
	return i
}

// words is the object in words.
func (o *operation) words() string {
	if !o.ranged || o.min > o.max {
		return o.object
	}
	s := o.object
	if s != "" {
		s += " "
	}
	s += strconv.FormatUint(uint64(o.min), 10)
	if o.max != o.min {
		s += "-" + strconv.FormatUint(uint64(o.max), 10)
	}
	return s
}

// verbKey is what a header log and the logs with details of the same messages
// have in common.
type verbKey struct {
	requester, responder uint32
	protocol, code       string
}

func (o *operation) verbKey() verbKey {
	return verbKey{o.requester, o.responder, o.verb.Protocol, o.verb.Code}
}

// settle puts together what a log of all messages and a log with details say of
// the same ones: the details keep their rows, what they cover is taken off the
// others, and answers that all said the same are given to the details.
func (t *operationTable) settle() []counts {
	out := make([]counts, len(t.list))
	details := map[verbKey][]uint32{}
	for i := range t.list {
		out[i] = t.list[i].counts
		if o := &t.list[i]; o.detail {
			details[o.verbKey()] = append(details[o.verbKey()], uint32(i))
		}
	}
	if len(details) == 0 {
		return out
	}
	for i := range t.list {
		if o := &t.list[i]; !o.detail {
			for _, d := range details[o.verbKey()] {
				settle(&out[i], &out[d])
			}
		}
	}
	return out
}

// settle takes off all what d tells in detail, and gives d the answers it lacks.
func settle(all, d *counts) {
	all.requests -= min(all.requests, d.requests)
	all.responses -= min(all.responses, d.responses)
	all.accepted -= min(all.accepted, d.accepted)
	all.refused -= min(all.refused, d.refused)
	if open := d.requests - min(d.requests, d.responses); open > 0 {
		n := min(open, all.responses)
		switch {
		case all.refused == 0 && all.accepted >= n:
			d.accepted += n
			all.accepted -= n
		case all.accepted == 0 && all.refused >= n:
			d.refused += n
			all.refused -= n
		case all.accepted != 0 || all.refused != 0:
			return
		}
		d.responses += n
		all.responses -= n
	}
}

// pairTable remembers requests until their answers come. The oldest makes room.
type pairTable struct {
	index map[pairKey]waiting
	ring  []pairKey
	next  int
}

type pairKey struct {
	client, server uint32
	hash           uint64
}

type waiting struct {
	operation uint32
	at        int // in the ring
}

// maxWaiting is how many requests wait at most.
const maxWaiting = 1 << 14

func newPairTable() pairTable { return pairTable{index: map[pairKey]waiting{}} }

func (p *pairTable) wait(k pairKey, operation uint32) {
	if len(p.ring) < maxWaiting {
		p.ring = append(p.ring, k)
		p.index[k] = waiting{operation, len(p.ring) - 1}
		return
	}
	if old := p.ring[p.next]; p.index[old].at == p.next {
		delete(p.index, old)
	}
	p.ring[p.next] = k
	p.index[k] = waiting{operation, p.next}
	p.next = (p.next + 1) % maxWaiting
}

func (p *pairTable) answered(k pairKey) (uint32, bool) {
	w, ok := p.index[k]
	if ok {
		delete(p.index, k)
	}
	return w.operation, ok
}

// operationWord is an operation for the outside.
func (t *Table) operationWord(o *operation, c counts) plant.Operation {
	return plant.Operation{
		Verb: o.verb.Verb, Requester: t.ends.list[o.requester].word(), Responder: t.ends.list[o.responder].word(), Port: o.port,
		Object: o.words(), Value: o.value, Requests: c.requests, Responses: c.responses, Accepted: c.accepted, Refused: c.refused,
		First: stamp(o.span.first), Last: stamp(o.span.last), Packet: o.span.ref,
	}
}
