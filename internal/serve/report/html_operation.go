package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// operationSum is one row of the page: who did what to whom, objects added up.
type operationSum struct {
	from, to            int64 // endpoints
	verb                plant.Verb
	port                uint16
	objects             []string
	more                int
	value               string
	requests, responses uint64
	accepted, refused   uint64
	first, last         time.Time
	packet              plant.PacketRef
}

type operationKey struct {
	from, to       int64
	protocol, code string
	name           string
}

// objectsPerOperation is how many objects a row names.
const objectsPerOperation = 6

// operationRows writes what was done and returns how many operations found no
// row. What changes something is taken first, so that reads cannot push it out.
func (p *pageData) operationRows() (left int) {
	sums := map[operationKey]*operationSum{}
	for _, reads := range []bool{false, true} {
		for o := range p.source.Operations {
			if (o.Verb.Kind < plant.Auth) == reads && !p.addOperation(sums, o) {
				left++
			}
		}
	}
	list := make([]*operationSum, 0, len(sums))
	for _, s := range sums {
		list = append(list, s)
	}
	slices.SortFunc(list, compareOperations)
	for _, s := range list {
		p.array(func() { p.operation(s) })
	}
	return left
}

func compareOperations(a, b *operationSum) int {
	return cmp.Or(
		cmp.Compare(b.verb.Kind, a.verb.Kind), cmp.Compare(max(b.requests, b.responses), max(a.requests, a.responses)),
		cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.verb.Protocol, b.verb.Protocol),
		cmp.Compare(a.verb.Code, b.verb.Code), cmp.Compare(a.verb.Name, b.verb.Name),
	)
}

func (p *pageData) addOperation(sums map[operationKey]*operationSum, o *plant.Operation) bool {
	k := operationKey{p.end(&o.Requester), p.end(&o.Responder), o.Verb.Protocol, o.Verb.Code, o.Verb.Name}
	s := sums[k]
	if s == nil {
		if len(sums) == pageOperations {
			return false
		}
		s = &operationSum{from: k.from, to: k.to, verb: o.Verb, port: o.Port, first: o.First, last: o.Last, packet: o.Packet}
		sums[k] = s
	}
	s.add(o)
	return true
}

func (s *operationSum) add(o *plant.Operation) {
	s.requests += o.Requests
	s.responses += o.Responses
	s.accepted += o.Accepted
	s.refused += o.Refused
	if o.First.Before(s.first) {
		s.first, s.packet = o.First, o.Packet
	}
	if o.Last.After(s.last) {
		s.last = o.Last
	}
	if o.Verb.Kind > s.verb.Kind {
		s.verb = o.Verb
	}
	if o.Object == "" || slices.Contains(s.objects, o.Object) {
		return
	}
	if len(s.objects) == objectsPerOperation {
		s.more++
		return
	}
	s.objects = append(s.objects, o.Object)
	if s.value = ""; len(s.objects) == 1 {
		s.value = o.Value
	}
}

func (p *pageData) operation(s *operationSum) {
	p.int(s.from)
	p.int(s.to)
	p.text(s.verb.Protocol)
	p.text(s.verb.Code)
	p.text(s.verb.Name)
	p.text(s.verb.Kind.String())
	p.text(s.verb.Technique)
	p.uint(uint64(s.port))
	p.next()
	p.values(func() {
		for _, o := range s.objects {
			p.text(o)
		}
	})
	p.int(int64(s.more))
	p.text(s.value)
	p.uint(s.requests)
	p.uint(s.responses)
	p.uint(s.accepted)
	p.uint(s.refused)
	p.moment(s.first)
	p.moment(s.last)
	p.ref(s.packet)
	p.next()
	p.b = append(p.b, map[bool]string{true: "1", false: "0"}[officeProtocols[s.verb.Protocol]]...)
}
