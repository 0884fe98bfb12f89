package dissect

import (
	"iter"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/session"
)

// talk is one conversation as people count them: over all client ports.
type talk struct {
	client, server uint32
	port           uint16
	transport      plant.Transport
	confirmed      bool
	answered       bool
	established    bool
	protocol       uint32 // a text
	flows          uint64
	packets, bytes [2]uint64 // up, down
	lost           uint64
	first, last    int64
	ref            plant.PacketRef
}

func (t *talk) hash() uint64 {
	h := mix(uint64(t.client)<<32|uint64(t.server), uint64(t.port)<<8|uint64(t.transport))
	return mix(h, uint64(t.protocol))
}

func (t *talk) same(o *talk) bool {
	return t.client == o.client && t.server == o.server && t.port == o.port && t.transport == o.transport && t.protocol == o.protocol
}

type talkTable struct {
	list slab[talk]
	idx  index
	max  int
	Lost uint64
}

func (t *talkTable) init(limit int) { t.max = limit }

// find is the row of that key; when the table is full, nil.
func (t *talkTable) find(k *talk) *talk {
	h := k.hash()
	if i, ok := t.idx.find(h, func(i uint32) bool { return t.list.at(i).same(k) }); ok {
		return t.list.at(i)
	}
	if int(t.list.n) >= t.max {
		t.Lost++
		return nil
	}
	r, i := t.list.add()
	*r = talk{client: k.client, server: k.server, port: k.port, transport: k.transport, protocol: k.protocol, first: k.first, last: k.last, ref: k.ref}
	t.idx.add(h, i, func(i uint32) uint64 { return t.list.at(i).hash() })
	return r
}

// operation is the operationRows of all conversations of two endpoints. Its
// verb, space and name are numbers.
type operation struct {
	verb        uint32
	space, name uint32
	requester   uint32
	responder   uint32
	unit        uint32
	from, to    uint32
	port        uint16
	ranged      bool
	valued      bool
	merges      bool
	value       int64
	requests    uint64
	responses   uint64
	accepted    uint64
	refused     uint64
	first, last int64
	ref         plant.PacketRef
}

func (o *operation) hash() uint64 {
	h := mix(uint64(o.requester)<<32|uint64(o.responder), uint64(o.port)<<32|uint64(o.unit))
	h = mix(h^uint64(o.verb), uint64(o.space)<<32|uint64(o.name))
	if !o.merges {
		h = mix(h, uint64(o.from)<<32|uint64(o.to))
	}
	return h
}

func (o *operation) same(p *operation) bool {
	return o.requester == p.requester && o.responder == p.responder && o.port == p.port && o.verb == p.verb &&
		o.unit == p.unit && o.ranged == p.ranged && o.space == p.space && o.name == p.name &&
		(o.merges || o.from == p.from && o.to == p.to)
}

type operationTable struct {
	list slab[operation]
	idx  index
	max  int
	Lost uint64
}

func (t *operationTable) init(limit int) { t.max = limit }

func (t *operationTable) add(o *operation) {
	h := o.hash()
	same := func(i uint32) bool { return t.list.at(i).same(o) }
	if i, ok := t.idx.find(h, same); ok {
		t.list.at(i).merge(o)
		return
	}
	if int(t.list.n) >= t.max { // keep the counts right and let the object go
		t.Lost++
		o.space, o.name, o.unit, o.from, o.to, o.ranged, o.valued = 0, 0, 0, 0, 0, false, false
		h = o.hash()
		if i, ok := t.idx.find(h, same); ok {
			t.list.at(i).merge(o)
			return
		}
		if int(t.list.n) >= 2*t.max {
			return
		}
	}
	r, i := t.list.add()
	*r = *o
	t.idx.add(h, i, func(i uint32) uint64 { return t.list.at(i).hash() })
}

func (o *operation) merge(p *operation) {
	if o.ranged {
		o.from, o.to = min(o.from, p.from), max(o.to, p.to)
	}
	if p.valued && (!o.valued || p.last >= o.last) {
		o.valued, o.value = true, p.value
	}
	o.requests += p.requests
	o.responses += p.responses
	o.accepted += p.accepted
	o.refused += p.refused
	o.first, o.last, o.ref = min(o.first, p.first), max(o.last, p.last), min(o.ref, p.ref)
}

// verbList numbers the verbs that occur: a few hundred.
type verbList struct {
	list []*plant.Verb
	ids  map[*plant.Verb]uint32
}

func (l *verbList) id(v *plant.Verb) uint32 {
	if id, ok := l.ids[v]; ok {
		return id
	}
	if l.ids == nil {
		l.ids = make(map[*plant.Verb]uint32)
	}
	id := uint32(len(l.list))
	l.list, l.ids[v] = append(l.list, v), id
	return id
}

// fold adds a flow that ended to the tables.
func (e *Engine) fold(f *flow) {
	server := uint8(f.Server)
	client := 1 - server
	k := talk{client: f.End[client], server: f.End[server], port: f.Key.PortB, transport: transportOf(&f.Key), first: f.First, last: f.Last, ref: f.Ref}
	if server == 0 {
		k.port = f.Key.PortA
	}
	k.protocol = e.texts.id(e.protocolName(f, k.port))
	if t := e.talks.find(&k); t != nil {
		t.add(f, client)
	}
	if f.State == nil {
		return
	}
	for i := range f.State.rows {
		r := &f.State.rows[i]
		e.operations.add(&operation{
			verb: e.verbs.id(r.verb), space: e.texts.id(r.space), name: e.texts.id(r.name), requester: f.End[r.requester], responder: f.End[1-r.requester],
			unit: r.unit, from: r.from, to: r.to, port: k.port, ranged: r.ranged, valued: r.valued, merges: r.ranged && r.verb.Kind == plant.Read,
			value: r.value, requests: r.requests, responses: r.responses, accepted: r.accepted, refused: r.refused, first: r.first, last: r.last, ref: r.ref,
		})
	}
}

func (t *talk) add(f *flow, client uint8) {
	t.flows++
	t.packets[0] += f.Packets[client]
	t.packets[1] += f.Packets[1-client]
	t.bytes[0] += f.Bytes[client]
	t.bytes[1] += f.Bytes[1-client]
	t.first, t.last, t.ref = min(t.first, f.First), max(t.last, f.Last), min(t.ref, f.Ref)
	both := f.Packets[0] > 0 && f.Packets[1] > 0
	t.answered = t.answered || both
	t.established = t.established || f.Seen&session.SeenSYNACK != 0 || f.State != nil && both && f.Seen&session.SeenSYN == 0
	if c := f.State; c != nil {
		t.confirmed = t.confirmed || c.confirmed
		t.lost += c.sides[0].stream.Lost + c.sides[1].stream.Lost
	}
}

func transportOf(k *session.Key) plant.Transport {
	switch {
	case k.IsLink():
		return plant.Ethernet
	case k.Proto == 6:
		return plant.TCP
	case k.Proto == 17:
		return plant.UDP
	}
	return plant.OtherIP
}

// protocolName is the best honest name of a conversation: what was read in it,
// what its port or frame type suggests, or "unknown".
func (e *Engine) protocolName(f *flow, port uint16) string {
	if c := f.State; c != nil {
		if c.name != "" {
			return c.name
		}
		if c.proto != nil {
			return c.proto.Name
		}
	}
	k := &f.Key
	if k.IsLink() {
		return linkName(uint32(k.Proto))
	}
	switch k.Proto {
	case 6, 17:
		if p := e.protocols.suggested(k.Proto, port); p != nil {
			return p.Name
		}
		return "unknown"
	}
	return ipName(uint8(k.Proto))
}

func ipName(proto uint8) string {
	switch proto {
	case 1, 58:
		return "icmp"
	case 2:
		return "igmp"
	case 47:
		return "gre"
	case 50:
		return "esp"
	case 51:
		return "ah"
	case 88:
		return "eigrp"
	case 89:
		return "ospf"
	case 103:
		return "pim"
	case 112:
		return "vrrp"
	case 132:
		return "sctp"
	}
	return "unknown"
}

func linkName(t uint32) string {
	switch t {
	case 0x0806:
		return "arp"
	case 0x8809:
		return "slow-protocols"
	case 0x888e:
		return "eapol"
	case 0x9000:
		return "loop"
	}
	return "unknown"
}

// Drain ends every conversation in progress, so that its counters and
// operations stand in the tables.
func (e *Engine) Drain() { e.flows.Drain() }

// Flush hands over everything that was learnt up to now and forgets it. An
// observation is valid only during the call: the next one reuses it.
func (e *Engine) Flush(emit func(plant.Observation)) {
	e.Drain()
	for s := range e.Sightings() {
		emit(s)
	}
	for c := range e.Conversations() {
		emit(c)
	}
	for o := range e.Operations() {
		emit(o)
	}
	for a := range e.Anomalies() {
		emit(a)
	}
	e.facts = factTable{max: e.facts.max}
	e.talks = talkTable{max: e.talks.max}
	e.operations = operationTable{max: e.operations.max}
	e.anomalies = anomalyTable{}
	e.ends = endpointTable{max: e.ends.max}
	limit := e.texts.max
	e.texts = texts{}
	e.texts.init(limit)
}

func stamp(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// Sightings are the facts learnt since the last Flush: first the endpoints that
// sent something with their hop counts, then what messages told. The value is
// reused by the next step, here and in the sequences below; conversations in
// progress count only after Drain.
func (e *Engine) Sightings() iter.Seq[*plant.Sighting] {
	return func(yield func(*plant.Sighting) bool) {
		var s plant.Sighting
		for id := range e.ends.list.n {
			if !e.presence(id, &s, yield) {
				return
			}
		}
		for i := range e.facts.list.n {
			r := e.facts.list.at(i)
			s = plant.Sighting{
				Endpoint: e.ends.at(r.end).word(), Slot: int(r.slot), Field: plant.Field(e.texts.text(r.field)), Value: e.texts.text(r.value), Source: e.texts.text(r.source),
				Confidence: float64(r.confidence), Count: uint64(r.count), First: stamp(r.first), Last: stamp(r.last), Packet: r.ref,
			}
			if !yield(&s) {
				return
			}
		}
	}
}

// presence tells that an endpoint sent, and its hop count.
func (e *Engine) presence(id uint32, s *plant.Sighting, yield func(*plant.Sighting) bool) bool {
	x := e.ends.at(id)
	if x.packets == 0 || !x.key.ip.IsZero() && !x.key.ip.IsUnicast() {
		return true
	}
	var buf [64]byte
	*s = plant.Sighting{
		Endpoint: x.word(), Slot: plant.NoSlot, Field: plant.FieldAddress, Source: "ip", Confidence: 0.9,
		Count: x.packets, First: stamp(x.first), Last: stamp(x.last), Packet: x.ref,
	}
	if x.key.ip.IsZero() {
		s.Source, s.Value = "ethernet", string(x.key.mac.AppendTo(buf[:0]))
		return yield(s)
	}
	s.Value = s.Endpoint.IP.String()
	if !yield(s) {
		return false
	}
	if x.ttl == 0 {
		return true
	}
	s.Field, s.Value, s.Confidence = plant.FieldTTL, strconv.Itoa(int(x.ttl)), 0.3
	return yield(s)
}

// Conversations are who talked to whom since the last Flush.
func (e *Engine) Conversations() iter.Seq[*plant.Conversation] {
	return func(yield func(*plant.Conversation) bool) {
		var c plant.Conversation
		for i := range e.talks.list.n {
			t := e.talks.list.at(i)
			c = plant.Conversation{
				Client: e.ends.at(t.client).word(), Server: e.ends.at(t.server).word(), Transport: t.transport, Port: t.port,
				Protocol: e.texts.text(t.protocol), Confirmed: t.confirmed, Answered: t.answered, Established: t.established, Flows: t.flows,
				PacketsUp: t.packets[0], PacketsDown: t.packets[1], BytesUp: t.bytes[0], BytesDown: t.bytes[1], Lost: t.lost,
				First: stamp(t.first), Last: stamp(t.last), Packet: t.ref,
			}
			if !yield(&c) {
				return
			}
		}
	}
}

// Operations are what was asked of whom since the last Flush.
func (e *Engine) Operations() iter.Seq[*plant.Operation] {
	return func(yield func(*plant.Operation) bool) {
		var o plant.Operation
		for i := range e.operations.list.n {
			x := e.operations.list.at(i)
			o = plant.Operation{Verb: *e.verbs.list[x.verb], Requester: e.ends.at(x.requester).word(), Responder: e.ends.at(x.responder).word(), Port: x.port,
				Object: e.object(x), Requests: x.requests, Responses: x.responses, Accepted: x.accepted, Refused: x.refused,
				First: stamp(x.first), Last: stamp(x.last), Packet: x.ref}
			if x.valued {
				o.Value = strconv.FormatInt(x.value, 10)
			}
			if !yield(&o) {
				return
			}
		}
	}
}

// ForgetFacts gives back the memory of what messages told, which Sightings hands
// out: after it only the endpoints are left there.
func (e *Engine) ForgetFacts() { e.facts = factTable{max: e.facts.max, Lost: e.facts.Lost} }

// Anomalies are what broke since the last Flush, in order of their first packet.
func (e *Engine) Anomalies() iter.Seq[*plant.Anomaly] {
	return func(yield func(*plant.Anomaly) bool) {
		var a plant.Anomaly
		for _, k := range e.anomalies.sorted() {
			r := e.anomalies.rows[k]
			a = plant.Anomaly{
				Source: e.ends.at(k.src).word(), Destination: e.ends.at(k.dst).word(), Protocol: k.protocol, Kind: k.kind, Text: k.text,
				Count: r.count, First: stamp(r.first), Last: stamp(r.last), Packet: r.ref,
			}
			if !yield(&a) {
				return
			}
		}
	}
}
