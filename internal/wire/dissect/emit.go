package dissect

import (
	"iter"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func stamp(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// Sightings are the facts learnt since the last Report: first the endpoints that
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
			if r := e.facts.list.at(i); r.count > 0 && !e.told(r, &s, yield) {
				return
			}
		}
	}
}

// told tells what a message said.
func (e *Engine) told(r *factRow, s *plant.Sighting, yield func(*plant.Sighting) bool) bool {
	*s = plant.Sighting{
		Endpoint: e.ends.at(r.end).word(), Slot: int(r.slot), Field: plant.Field(e.texts.text(r.field)), Value: e.texts.text(r.value), Source: e.texts.text(r.source),
		Confidence: float64(r.confidence), Count: uint64(r.count), First: stamp(r.first), Last: stamp(r.last), Packet: r.ref,
	}
	return yield(s)
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

// Conversations are who talked to whom since the last Report.
func (e *Engine) Conversations() iter.Seq[*plant.Conversation] {
	return func(yield func(*plant.Conversation) bool) {
		var c plant.Conversation
		for i := range e.talks.list.n {
			t := e.talks.list.at(i)
			c = plant.Conversation{
				Client: e.ends.word(t.client), Server: e.ends.word(t.server), Transport: t.transport, Port: t.port,
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

// Operations are what was asked of whom since the last Report.
func (e *Engine) Operations() iter.Seq[*plant.Operation] {
	return func(yield func(*plant.Operation) bool) {
		var o plant.Operation
		for i := range e.operations.list.n {
			x := e.operations.list.at(i)
			o = plant.Operation{
				Verb: *e.verbs.list[x.verb], Requester: e.ends.word(x.requester), Responder: e.ends.word(x.responder), Port: x.port,
				Object: e.object(&x), Requests: x.requests, Responses: x.responses, Accepted: x.accepted, Refused: x.refused,
				First: stamp(x.first), Last: stamp(x.last), Packet: x.ref,
			}
			if x.valued {
				o.Value = strconv.FormatInt(x.value, 10)
			}
			if !yield(&o) {
				return
			}
		}
	}
}

// Anomalies are what broke since the last Report, in order of their first packet.
func (e *Engine) Anomalies() iter.Seq[*plant.Anomaly] {
	return func(yield func(*plant.Anomaly) bool) {
		var a plant.Anomaly
		for _, k := range e.anomalies.sorted() {
			r := e.anomalies.rows[k]
			a = plant.Anomaly{
				Source: e.ends.word(k.src), Destination: e.ends.word(k.dst), Protocol: k.protocol, Kind: k.kind, Text: k.text,
				Count: r.count, First: stamp(r.first), Last: stamp(r.last), Packet: r.ref,
			}
			if !yield(&a) {
				return
			}
		}
	}
}
