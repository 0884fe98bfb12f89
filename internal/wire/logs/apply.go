package logs

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// message is what a row tells of: two ends, and which of them sent.
type message struct {
	desc      *description
	client    uint32
	server    uint32
	clientMAC plant.MAC
	serverMAC plant.MAC
	vlan      uint16
	port      uint16
	transport plant.Transport
	forward   bool // the client sent it
	answered  bool // the server was seen to send, too
	flipped   bool // client and server of the log were exchanged
	span      span
}

func (m *message) sender() uint32 {
	if m.forward {
		return m.client
	}
	return m.server
}

func (m *message) receiver() uint32 {
	if m.forward {
		return m.server
	}
	return m.client
}

// apply adds a row to the tables.
func (t *Table) apply(d *description, r *row) {
	s := r.spec
	m := message{desc: d, client: noEnd, server: noEnd, span: span{r.time, r.time, r.ref}}
	if s.lone {
		t.applyFacts(&m, r)
		return
	}
	t.resolve(&m, r)
	switch {
	case s.talk != nil:
		t.connection(&m, r)
	case s.anomaly == nil:
		t.exchange(&m, r)
	}
	t.applyFacts(&m, r)
	if a := s.anomaly; a != nil && a.when.holds(r) {
		t.applyAnomaly(&m, a, r)
	}
}

// resolve finds the two ends of a row and who sent.
func (t *Table) resolve(m *message, r *row) {
	e := &r.spec.ends
	client, server := r.addr(e.client), r.addr(e.server)
	from, to := r.port(e.clientPort), r.port(e.serverPort)
	m.clientMAC, m.serverMAC = r.mac(e.clientMAC), r.mac(e.serverMAC)
	if n := r.number(e.vlan); n < 4096 {
		m.vlan = uint16(n)
	}
	m.transport = transportOf(r.get(e.transport), r.spec.transport)
	m.forward = !isFalse(r.get(e.forward))
	if sender := r.addr(e.sender); sender.IsValid() && client != server {
		m.forward = sender == client
	}
	if m.flipped = t.backwards(m.transport, from, to); m.flipped {
		client, server, from, to = server, client, to, from
		m.clientMAC, m.serverMAC, m.forward = m.serverMAC, m.clientMAC, !m.forward
	}
	if m.transport != plant.TCP && m.transport != plant.UDP {
		to = 0 // a type and code of ICMP
	}
	m.port = to
	m.client, m.server = t.ends.find(client, m.clientMAC, m.vlan), t.ends.find(server, m.serverMAC, m.vlan)
}

// backwards reports whether what a sensor took for the server is the client: it
// came in the middle, and only the other port is known.
func (t *Table) backwards(transport plant.Transport, from, to uint16) bool {
	return from != 0 && to != from && t.book.suggested(transport, from) != "" && t.book.suggested(transport, to) == ""
}

func transportOf(v []byte, otherwise plant.Transport) plant.Transport {
	switch {
	case len(v) == 0:
		return otherwise
	case bytes.EqualFold(v, []byte("tcp")):
		return plant.TCP
	case bytes.EqualFold(v, []byte("udp")):
		return plant.UDP
	}
	return plant.OtherIP
}

// connection adds a row of a log of connections.
func (t *Table) connection(m *message, r *row) {
	s := r.spec.talk
	up, down := r.number(s.packetsUp), r.number(s.packetsDown)
	bytesUp, bytesDown := r.number(s.bytesUp), r.number(s.bytesDown)
	if m.flipped {
		up, down, bytesUp, bytesDown = down, up, bytesDown, bytesUp
	}
	if at := parseTime(r.get(s.start)); at != 0 {
		m.span.first = at
	}
	m.span.last = max(m.span.first, parseTime(r.get(s.end)), m.span.first+duration(r.get(s.duration)))
	if m.span.first == 0 {
		m.span.last = 0
	}
	t.ends.sent(m.client, m.clientMAC, m.vlan, up, m.span)
	t.ends.sent(m.server, m.serverMAC, m.vlan, down, m.span)
	k := t.talk(m)
	if k == nil {
		return
	}
	k.flows++
	k.packets[0] += up
	k.packets[1] += down
	k.bytes[0] += bytesUp
	k.bytes[1] += bytesDown
	k.lost += r.number(s.lost)
	k.span.cover(m.span)
	k.answered = k.answered || down > 0
	k.established = k.established || m.transport == plant.TCP && down > 0 && s.established.holds(r)
	t.nameTalk(k, m, r.get(s.service), r.get(r.spec.ends.transport))
}

// nameTalk names a conversation by what the sensor's decoders saw in it, else by
// its port.
func (t *Table) nameTalk(k *talk, m *message, services, transport []byte) {
	for v := range bytes.SplitSeq(services, []byte{listMark}) {
		for name := range bytes.SplitSeq(v, []byte{','}) {
			k.named(m.desc.serviceName(name))
		}
	}
	if k.confirmed || k.protocol != "" {
		return
	}
	if m.transport == plant.OtherIP {
		k.protocol = m.desc.serviceName(transport)
		return
	}
	k.protocol = t.book.suggested(m.transport, m.port)
}

// serviceName is our name of a protocol, "" for what names none.
func (d *description) serviceName(v []byte) string {
	if len(v) == 0 || len(v) > 40 || v[0] == '-' { // "-http": looked like it and was not
		return ""
	}
	var buf [40]byte
	lower := buf[:len(v)]
	for i, c := range v {
		if lower[i] = c; c >= 'A' && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	if name, ok := d.service[string(lower)]; ok {
		return name
	}
	if v := d.book.verbs(string(lower)); v != nil {
		return v.protocol
	}
	return tidy(lower)
}

func (t *Table) talk(m *message) *talk {
	if m.client == noEnd || m.server == noEnd {
		return nil
	}
	return t.talks.find(talkKey{m.client, m.server, m.port, m.transport})
}

// exchange adds a row of a protocol's log: an operation, and that the two talked.
func (t *Table) exchange(m *message, r *row) {
	s := r.spec
	m.answered = s.answered.holds(r) && (len(s.answered) > 0 || len(s.operations) == 0)
	for i := range s.operations {
		if o := &s.operations[i]; o.when.holds(r) {
			t.operate(m, o, r)
		}
	}
	t.ends.sent(m.sender(), m.macOf(m.forward), m.vlan, 1, m.span)
	if m.answered {
		t.ends.sent(m.receiver(), m.macOf(!m.forward), m.vlan, 1, m.span)
	}
	if s.carrier == "" {
		return
	}
	if k := t.talk(m); k != nil {
		k.named(s.carrier)
		k.span.cover(m.span)
		k.guessed = len(r.get(s.ends.transport)) == 0 && m.transport != plant.Ethernet
		k.sent(s, m.forward)
		if m.answered && m.forward {
			k.sent(s, false)
		}
		if m.answered || !m.forward {
			k.answered = true
			k.established = k.established || m.transport == plant.TCP
		}
	}
}

func (m *message) macOf(client bool) plant.MAC {
	if client {
		return m.clientMAC
	}
	return m.serverMAC
}

// applyFacts adds what a row says about someone.
func (t *Table) applyFacts(m *message, r *row) {
	for i := range r.spec.facts {
		f := &r.spec.facts[i]
		switch {
		case !f.when.holds(r):
		case f.each == noColumn:
			t.applyFact(f, m, r)
		default:
			list := r.get(f.each)
			for v := range bytes.SplitSeq(list, []byte{listMark}) {
				r.values[f.each] = v
				t.applyFact(f, m, r)
			}
			r.values[f.each] = list
		}
	}
}

func (t *Table) applyFact(f *factSpec, m *message, r *row) {
	id := t.about(m, f, r)
	if id == noEnd || f.inside && !t.inside(id, f, r) {
		return
	}
	v, ok := r.get(f.each), true
	if f.value != nil {
		t.scratch, ok = f.value.append(t.scratch[:0], r)
		v = t.scratch
	}
	v = tidyBytes(v)
	if f.field == plant.FieldName {
		v = hostName(v)
	}
	if ok && len(v) > 0 {
		t.facts.add(id, f, v, m.span)
	}
}

// inside reports whether a fact is about an address of the site.
func (t *Table) inside(id uint32, f *factSpec, r *row) bool {
	ip := t.ends.list[id].key.ip
	if f.each != noColumn {
		ip = r.addr(f.each)
	}
	return ip.IsPrivate() || ip.IsLinkLocalUnicast()
}

// hostName is a name without the port behind it, nothing for an address.
func hostName(v []byte) []byte {
	if i := bytes.LastIndexByte(v, ':'); i > 0 && bytes.IndexByte(v, ':') == i {
		if _, ok := number(v[i+1:]); ok {
			v = v[:i]
		}
	}
	if len(v) < 46 {
		if _, err := netip.ParseAddr(strings.Trim(string(v), "[]")); err == nil {
			return nil
		}
	}
	return v
}

// about is the endpoint that a fact is about.
func (t *Table) about(m *message, f *factSpec, r *row) uint32 {
	switch f.about {
	case aboutReceiver:
		return m.receiver()
	case aboutClient:
		if m.flipped {
			return m.server
		}
		return m.client
	case aboutServer:
		if m.flipped {
			return m.client
		}
		return m.server
	case aboutHost:
		return t.host(r.addr(f.ip), r.mac(f.mac))
	}
	return m.sender()
}

// host is an endpoint that a row names beside the two ends. Addresses that are
// nobody's are left out.
func (t *Table) host(ip netip.Addr, mac plant.MAC) uint32 {
	if ip.IsValid() && (ip.IsUnspecified() || ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255})) {
		ip = netip.Addr{}
	}
	return t.ends.find(ip, mac, 0)
}

func (t *Table) applyAnomaly(m *message, a *anomalySpec, r *row) {
	var ok bool
	if t.scratch, ok = a.text.append(t.scratch[:0], r); !ok {
		return
	}
	text := tidy(t.scratch)
	t.anomalies.add(anomalyKey{m.client, m.server, m.desc.serviceName(r.get(a.protocol)), text}, m.span)
}
