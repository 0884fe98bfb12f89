package logs

import (
	"hash/maphash"
	"math"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var seed = maphash.MakeSeed()

// maxObject bounds an object's name.
const maxObject = 200

// maxOperationValue is what is kept of a written value: of small writes only.
const maxOperationValue = 64

// operate adds the message of a row.
func (t *Table) operate(m *message, o *operationSpec, r *row) {
	if m.client == noEnd || m.server == noEnd || t.repeated(o, r) {
		return
	}
	if o.reverse {
		m.forward = false
	}
	both, response := o.both.met(r), o.response.met(r)
	c, answer := counts{requests: 1}, counts{responses: 1}
	if o.times != noColumn {
		c.requests = r.number(o.times)
		answer.responses = c.requests
	}
	switch {
	case o.refused.met(r):
		answer.refused = 1
	case o.accepted.met(r):
		answer.accepted = 1
	}
	k, pair := t.key(m, o, r, response), t.pair(m, o, r)
	switch {
	case k.verb == nil && !response:
		return
	case both:
		m.answered = true
		c.add(answer)
		t.count(m, o, r, k, c)
	case response:
		m.answered = true
		if i, ok := t.operations.pairs.answered(pair); ok && t.answers(k, i) {
			t.operations.list[i].counts.add(answer)
			t.operations.list[i].span.cover(m.span)
		} else if k.verb != nil {
			k.object, k.ranged = "", false
			t.count(m, o, r, k, answer)
		}
	default:
		if i := t.count(m, o, r, k, c); i != noOperation && pair != (pairKey{}) && !o.send.met(r) {
			t.operations.pairs.wait(pair, i)
		}
	}
}

// answers reports whether the operation with that index can be what a response
// is to: where the response names a verb it must be the same.
func (t *Table) answers(k operationKey, i uint32) bool {
	asked := &t.operations.list[i]
	return k.verb == nil || k.verb.Code == asked.verb.Code && k.verb.Protocol == asked.verb.Protocol
}

// repeated reports whether the row tells of the message that the row before it
// told of: some logs have a row for each item of a message.
func (t *Table) repeated(o *operationSpec, r *row) bool {
	if o.once == nil {
		return false
	}
	var ok bool
	if t.scratch, ok = o.once.append(t.scratch[:0], r); !ok {
		return false
	}
	h := maphash.Bytes(seed, t.scratch)
	same := h == t.once
	t.once = h
	return same
}

// key is the operation that a row is about. Its verb is nil when the row does
// not name one.
func (t *Table) key(m *message, o *operationSpec, r *row, response bool) operationKey {
	k := operationKey{requester: m.sender(), responder: m.receiver(), port: m.port, verb: t.verb(o, r), detail: o.detail}
	if response {
		k.requester, k.responder = k.responder, k.requester
	}
	if k.verb == nil {
		return k
	}
	k.object = t.object(o, k.verb, r)
	if from, ok := number(first(r.either(o.from))); ok && from <= math.MaxUint32 {
		n, _ := number(first(r.either(o.count)))
		k.ranged, k.from = true, uint32(from)
		k.to = uint32(min(from+min(max(n, 1), math.MaxUint32)-1, math.MaxUint32))
	}
	return k
}

// object says in words what a row's operation is about.
func (t *Table) object(o *operationSpec, v *verb, r *row) string {
	b := t.words[:0]
	if o.unit != nil {
		unit, ok := o.unit.append(t.scratch[:0], r)
		t.scratch = unit[:0]
		if ok && string(unit) != "0" && string(unit) != "255" { // those are the device itself
			b = append(append(b, "unit "...), unit...)
		}
	}
	b = appendWord(b, []byte(v.space))
	if o.object != nil {
		object, ok := o.object.append(t.scratch[:0], r)
		t.scratch = object[:0]
		if ok {
			word := tidyBytes(object)
			b = appendWord(b, word[:min(len(word), maxObject)])
		}
	}
	t.words = b
	return t.operations.intern(b)
}

func appendWord(b, word []byte) []byte {
	if len(b) > 0 && len(word) > 0 {
		b = append(b, ' ')
	}
	return append(b, word...)
}

// verb is the verb that a row names.
func (t *Table) verb(o *operationSpec, r *row) *verb {
	var name []byte
	var key [160]byte
	for _, text := range o.verb {
		v, ok := text.append(t.scratch[:0], r)
		t.scratch = v[:0]
		if !ok || len(v) == 0 {
			continue
		}
		for _, end := range o.cut {
			if len(v) > len(end) && string(v[len(v)-len(end):]) == end {
				v = v[:len(v)-len(end)]
			}
		}
		name = v
		if x := o.verbs.find(appendKey(key[:0], v)); x != nil {
			return x
		}
	}
	if len(name) == 0 {
		return nil
	}
	return t.unknownVerb(o.verbs, name)
}

// maxUnknown bounds the verbs that the protocols' tables lack.
const maxUnknown = 1024

// verbName is a verb that a protocol's table lacks.
type verbName struct {
	of   *verbs
	name string
}

// unknownVerb is a verb that the table lacks, called as the log calls it.
func (t *Table) unknownVerb(of *verbs, name []byte) *verb {
	if x := t.unknown[verbName{of, string(name)}]; x != nil {
		return x
	}
	code := tidy(name)
	if len(t.unknown) >= maxUnknown || len(code) > 80 {
		code = "other"
		if x := t.unknown[verbName{of, code}]; x != nil {
			return x
		}
	}
	x := &verb{Verb: plant.Verb{Protocol: of.protocol, Code: code, Name: "Unknown (" + code + ")", Kind: plant.Other}}
	if code == "other" {
		name = []byte(code)
	}
	t.unknown[verbName{of, string(name)}] = x
	return x
}

// pair is what a request and its answer have in common.
func (t *Table) pair(m *message, o *operationSpec, r *row) pairKey {
	if o.pair == nil {
		return pairKey{}
	}
	b, ok := o.pair.append(append(t.scratch[:0], r.get(m.desc.uid)...), r)
	t.scratch = b[:0]
	if !ok {
		return pairKey{}
	}
	return pairKey{m.client, m.server, maphash.Bytes(seed, b)}
}

// count adds messages to an operation.
func (t *Table) count(m *message, o *operationSpec, r *row, k operationKey, c counts) uint32 {
	from, to := k.from, k.to
	if k.ranged && k.verb.Kind == plant.Read {
		k.from, k.to = 0, 0
	}
	i := t.operations.find(k)
	if i == noOperation {
		return i
	}
	x := &t.operations.list[i]
	if k.ranged {
		x.min, x.max = min(x.min, from), max(x.max, to)
	}
	if o.value != nil && (k.verb.Kind == plant.Write || k.verb.Kind == plant.Mode || k.verb.Kind == plant.Config) {
		if v, ok := o.value.append(t.scratch[:0], r); ok && len(v) <= maxOperationValue {
			t.scratch = v[:0]
			x.value = tidy(v)
		}
	}
	x.counts.add(c)
	x.span.cover(m.span)
	return i
}
