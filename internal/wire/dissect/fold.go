package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/session"
)

// fold adds what was counted of a flow since it was last folded to the tables.
// over says that the flow has ended, so that nothing more is to be waited for;
// else now is the time.
func (e *Engine) fold(f *flow, over bool, now int64) {
	e.decideServer(f)
	for side := range 2 {
		if f.Packets[side] > 0 {
			e.ends.at(f.End[side]).count(uint64(f.Packets[side]), f.First, f.Last, f.TTL[side], f.Ref)
		}
	}
	server := uint8(f.Server)
	client := 1 - server
	k := talk{client: f.End[client], server: f.End[server], port: f.Key.PortB, transport: transportOf(&f.Key), first: f.First, last: f.Last, ref: f.Ref}
	if server == 0 {
		k.port = f.Key.PortA
	}
	if f.Counted() || f.State.lacks() {
		k.protocol = e.texts.id(e.protocolName(f, k.port))
		if t := e.talks.find(&k); t != nil {
			t.add(f, client)
		}
	}
	if f.State != nil {
		e.foldRows(f, k.port, over, now)
	}
	if !over {
		f.Reported()
	}
}

// foldRows adds the operations of a conversation to the table.
func (e *Engine) foldRows(f *flow, port uint16, over bool, now int64) {
	c := f.State
	if !over {
		c.holdBack(now)
	}
	for i := range c.rows {
		r := &c.rows[i]
		r.requests -= uint64(r.waiting)
		r.used = !r.idle()
		if r.used {
			e.operations.add(&operation{
				verb: e.verbs.id(r.verb), space: e.texts.id(r.space), name: e.texts.id(r.name), requester: f.End[r.requester], responder: f.End[1-r.requester],
				unit: r.unit, from: r.from, to: r.to, port: port, ranged: r.ranged, valued: r.valued, merges: r.ranged && r.verb.Kind == plant.Read,
				value: r.value, requests: r.requests, responses: r.responses, accepted: r.accepted, refused: r.refused, first: r.first, last: r.last, ref: r.ref,
			})
			r.first = r.last
		}
		r.requests, r.responses, r.accepted, r.refused = uint64(r.waiting), 0, 0, 0
		r.waiting = 0
	}
	if !over {
		e.dropRows(c)
	}
}

func (t *talk) add(f *flow, client uint8) {
	if f.Seen&session.SeenReported == 0 {
		t.flows++
	}
	t.packets[0] += uint64(f.Packets[client])
	t.packets[1] += uint64(f.Packets[1-client])
	t.bytes[0] += f.Bytes[client]
	t.bytes[1] += f.Bytes[1-client]
	t.first, t.last, t.ref = min(t.first, f.First), max(t.last, f.Last), min(t.ref, f.Ref)
	both := f.Sent(0) && f.Sent(1)
	t.answered = t.answered || both
	t.established = t.established || f.Seen&session.SeenSYNACK != 0 || f.State != nil && both && f.Seen&session.SeenSYN == 0
	if c := f.State; c != nil {
		t.confirmed = t.confirmed || c.confirmed
		for i := range c.sides {
			t.lost += c.sides[i].stream.Lost
			c.sides[i].stream.Lost = 0
		}
	}
}

// lacks reports whether bytes were found missing since the last report.
func (v *conversation) lacks() bool {
	return v != nil && v.sides[0].stream.Lost|v.sides[1].stream.Lost != 0
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
