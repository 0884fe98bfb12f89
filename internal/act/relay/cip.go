package relay

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	verbs "github.com/bulkhead-ot/bulkhead/internal/wire/dissect/cip"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"
	"github.com/bulkhead-ot/bulkhead/protocol/pccc"
)

// maxDepth bounds how deep messages may hold messages.
const maxDepth = 5

// Classes of what stands behind a gateway.
const classDHPlus = 0xa6 // connections to a Data Highway Plus node carry PCCC

// nothing is the verb of bytes that are no CIP request.
var nothing = &plant.Verb{Protocol: "cip", Code: "0xff", Name: "No CIP request"}

// message judges a CIP message of the client and those inside it. conn is the
// connection that it came on, nil for none.
func (e *enipReader) message(b []byte, conn *connection, depth int, r *rule) bool {
	if conn != nil && conn.class == classDHPlus && depth == 0 {
		return e.dataHighway(b, r)
	}
	m, _, err := pdu.Decode(b)
	if err != nil || m.Reply || depth > maxDepth {
		return e.unknown(nothing, r)
	}
	a := m.Path.Address()
	class, clear := addressed(&a, conn)
	switch clear = clear && ordinary(m.Path); {
	case !clear:
	case m.Service == pdu.MultipleServicePacket:
		if class != pdu.ClassMessageRouter {
			break
		}
		return e.packet(m.Data, depth, r)
	case class == pdu.ClassConnectionManager:
		return e.manage(&m, depth, r)
	case class == pdu.ClassPCCC && m.Service == pdu.ExecutePCCC:
		return e.execute(m.Data, r)
	default:
		return e.service(&m, &a, class, r)
	}
	v, _ := verbs.Asked(class, m.Service)
	return e.unknown(v, r)
}

func (e *enipReader) unknown(v *plant.Verb, r *rule) bool {
	_, ok := e.ledger.decide(r, v, v.Kind, false, nil)
	return ok
}

// addressed is the class that a path leads to. It is not clear when a server
// might read the path in another way.
func addressed(a *pdu.Address, conn *connection) (class uint32, clear bool) {
	switch {
	case !a.Complete || a.Hops > 0:
		return a.Class, false
	case a.Symbol != nil:
		return pdu.ClassSymbol, !a.HasClass
	case a.HasClass:
		return a.Class, true
	case conn != nil && len(a.Symbol) == 0:
		return conn.class, conn.class != 0
	}
	return 0, false
}

// ordinary reports a path of nothing but what names an object: no ports, keys,
// data or kinds of segment that were added later.
func ordinary(p pdu.Path) bool {
	for len(p) > 0 {
		s, n := p.Next()
		if n == 0 || s.Kind == pdu.OtherSegment || s.Kind == pdu.PortSegment {
			return false
		}
		p = p[n:]
	}
	return true
}

// service judges a service on an object.
func (e *enipReader) service(m *pdu.Message, a *pdu.Address, class uint32, r *rule) bool {
	v, certain := verbs.Asked(class, m.Service)
	kind, known := effect(v)
	switch {
	case class == pdu.ClassIdentity && m.Service == 0x4b:
		known = true // flash LEDs: to find a device in the cabinet
	case class == pdu.ClassTagList && m.Service == pdu.ReadTag:
		certain = true // the values of a client's own list
	case class == pdu.ClassChanges && m.Service == 0x4b:
		kind, known = plant.Auth, true // a session of a programming tool
	}
	if a.HasClass && a.Outer != 0 {
		// An object inside another, such as a tag of a program: what the outer one
		// would do counts, too, where it has such a service.
		if outer, has := verbs.Asked(a.Outer, m.Service); has {
			k, sure := effect(outer)
			kind, known = max(kind, k), known && sure
		}
	}
	t := e.object(v, m, a, class)
	_, ok := e.ledger.decide(r, v, kind, known && certain, &t)
	return ok
}

// packet judges the services of a Multiple Service Packet: it passes if all do.
func (e *enipReader) packet(data []byte, depth int, r *rule) bool {
	p, err := pdu.DecodePacket(data)
	if err != nil || p.Len() == 0 {
		return e.unknown(nothing, r)
	}
	all := true
	for i := range p.Len() {
		// They name their objects themselves, whatever the connection leads to.
		all = e.message(p.At(i), nil, depth+1, r) && all
	}
	return all
}

// manage judges a request to the Connection Manager.
func (e *enipReader) manage(m *pdu.Message, depth int, r *rule) bool {
	v, _ := verbs.Asked(pdu.ClassConnectionManager, m.Service)
	switch m.Service {
	case pdu.UnconnectedSendCode:
		u, err := pdu.DecodeUnconnectedSend(m.Data)
		if err != nil || len(u.Route) == 0 || len(u.Message) == 0 {
			return e.unknown(v, r)
		}
		route := u.Route.Address()
		if !route.Complete || route.HasClass || route.Symbol != nil {
			return e.unknown(v, r)
		}
		e.slot = route.Slot
		return e.message(u.Message, nil, depth+1, r)
	case pdu.ForwardOpen, pdu.LargeForwardOpen:
		return e.open(m, v, depth, r)
	case pdu.ForwardClose:
		if _, err := pdu.DecodeCloseRequest(m.Data); err != nil {
			return e.unknown(v, r)
		}
		e.ledger.pass(v)
		return true
	}
	a := m.Path.Address()
	return e.service(m, &a, pdu.ClassConnectionManager, r)
}

// open judges a Forward Open. Classes 0 and 1 carry I/O, which drives outputs
// past every relay; 2 and 3 carry messages, which are judged one by one.
func (e *enipReader) open(m *pdu.Message, v *plant.Verb, depth int, r *rule) bool {
	o, err := pdu.DecodeOpenRequest(m.Data, m.Service == pdu.LargeForwardOpen)
	if err != nil {
		return e.unknown(v, r)
	}
	a := o.Path.Address()
	kind, known := plant.Other, a.Complete && depth <= 1
	t := target{number: -1, space: "explicit connection"}
	switch {
	case o.Class() < 2:
		kind, t.space = plant.Write, "I/O connection"
	case o.Class() > 3 || a.Class != pdu.ClassMessageRouter && a.Class != classDHPlus:
		known = false
	}
	if configures(o.Path) {
		kind = max(kind, plant.Config) // it writes settings while it opens
	}
	t.name = append(e.place(&pdu.Address{}, a.Slot), ' ')
	if len(t.name) == 1 {
		t.name = t.name[:0]
	}
	t.name = append(t.name, verbs.ClassName(a.Class)...)
	if _, ok := e.ledger.decide(r, v, kind, known, &t); !ok {
		return false
	}
	if o.Class() < 2 {
		return true
	}
	return e.conns.opening(&o, &a) || r.all
}

// configures reports a path that carries data for the target.
func configures(p pdu.Path) bool {
	for len(p) > 0 {
		_, n := p.Next()
		if n == 0 {
			return false
		}
		if p[0] == 0x80 { // simple data segment
			return true
		}
		p = p[n:]
	}
	return false
}

// execute judges the PCCC command in an Execute PCCC.
func (e *enipReader) execute(data []byte, r *rule) bool {
	_, n, err := pccc.DecodeRequestor(data)
	if err != nil {
		return e.unknown(nothing, r)
	}
	return e.command(data[n:], r)
}

// dataHighway judges what goes to a Data Highway Plus node: link and node of
// receiver and sender, two bytes each, then PCCC.
func (e *enipReader) dataHighway(b []byte, r *rule) bool {
	if len(b) < 12 {
		return e.unknown(nothing, r)
	}
	return e.command(b[8:], r)
}

func (e *enipReader) command(b []byte, r *rule) bool {
	v, o := e.pccc.Asked(b)
	if v == nil {
		return e.unknown(nothing, r)
	}
	kind, known := effect(v)
	t := target{number: -1, space: o.Space, name: o.Name, ranged: o.Ranged, from: o.From, to: o.To}
	_, ok := e.ledger.decide(r, v, kind, known, &t)
	return ok
}

// object is what a service is about, in the words of operations.
func (e *enipReader) object(v *plant.Verb, m *pdu.Message, a *pdu.Address, class uint32) target {
	t := target{number: -1}
	switch {
	case a.Symbol != nil:
		t.space, t.name = "tag", m.Path.AppendTag(e.name[:0])
	case class == pdu.ClassSymbol && m.Service >= pdu.ReadTag && m.Service <= pdu.WriteTagFragmented:
		t.space = "tag"
	case v.Kind == plant.Read && class >= firstVendorClass && class <= lastVendorClass:
		t.space = vendorObjects
	default:
		t.space, t.name = verbs.ClassName(class), e.place(a, e.slot)
	}
	return t
}

// Classes that makers define as they like; sensors give reads of them one name.
const (
	firstVendorClass = 0x64
	lastVendorClass  = 0xc7
	vendorObjects    = "vendor objects"
)

// place is slot, instance and attribute in the words of operations.
func (e *enipReader) place(a *pdu.Address, slot int) []byte {
	b := e.name[:0]
	word := func(name string, n uint32) {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(append(append(b, name...), ' '), uint64(n), 10)
	}
	if slot >= 0 {
		word("slot", uint32(slot))
	}
	if a.Class > 255 {
		word("number", a.Class)
	}
	if a.HasInstance {
		word("instance", a.Instance)
	}
	if a.HasAttribute {
		word("attribute", a.Attribute)
	}
	return b
}

// deny appends what the server would say to a message that it may not carry
// out. It has the shape that the client waits for: each service of a packet is
// answered, and what travels inside an Unconnected Send answers for itself.
func (e *enipReader) deny(b, request []byte, conn *connection) []byte {
	m, _, err := pdu.Decode(request)
	if len(request) == 0 {
		return append(b, 0x80, 0, byte(pdu.ServiceUnsupported), 0)
	}
	if err != nil || m.Reply {
		return append(b, request[0]|0x80, 0, byte(pdu.ServiceUnsupported), 0)
	}
	a := m.Path.Address()
	class, clear := addressed(&a, conn)
	switch {
	case m.Service == pdu.MultipleServicePacket:
		if p, err := pdu.DecodePacket(m.Data); err == nil {
			return denyPacket(b, p)
		}
	case class == pdu.ClassConnectionManager && m.Service == pdu.UnconnectedSendCode:
		if u, err := pdu.DecodeUnconnectedSend(m.Data); err == nil && len(u.Message) > 1 {
			return e.deny(b, u.Message, nil)
		}
	case class == pdu.ClassConnectionManager && (m.Service == pdu.ForwardOpen || m.Service == pdu.LargeForwardOpen):
		if o, err := pdu.DecodeOpenRequest(m.Data, m.Service == pdu.LargeForwardOpen); err == nil {
			return denyOpen(b, &m, &o)
		}
	}
	return append(b, byte(m.Service)|0x80, 0, byte(status(class, m.Service, clear && ordinary(m.Path))), 0)
}

// status is privilege violation for what is known and not allowed, service not
// supported for what is not known.
func status(class uint32, s pdu.Service, clear bool) pdu.Status {
	if v, certain := verbs.Asked(class, s); clear && certain && v.Kind != plant.Other {
		return pdu.PrivilegeViolation
	}
	return pdu.ServiceUnsupported
}

// denyPacket answers each service of a packet that none of it was carried out.
func denyPacket(b []byte, p pdu.Packet) []byte {
	b = append(b, byte(pdu.MultipleServicePacket)|0x80, 0, byte(pdu.EmbeddedError), 0)
	n := min(p.Len(), maxPacked)
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	for i := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(2+2*n+4*i))
	}
	for i := range n {
		s := byte(0x80)
		if m := p.At(i); len(m) > 0 {
			s |= m[0]
		}
		b = append(b, s, 0, byte(pdu.PrivilegeViolation), 0)
	}
	return b
}

// maxPacked is how many services a packet can hold: each takes eight bytes at
// least.
const maxPacked = 8192

// denyOpen answers a Forward Open: the connection manager refuses the transport
// class (extended status 0x0103), or has no connection left (0x0113).
func denyOpen(b []byte, m *pdu.Message, o *pdu.OpenRequest) []byte {
	extended := uint16(0x0103)
	if o.Class() >= 2 {
		extended = 0x0113
	}
	b = append(b, byte(m.Service)|0x80, 0, byte(pdu.ConnectionFailure), 1)
	b = binary.LittleEndian.AppendUint16(b, extended)
	b = binary.LittleEndian.AppendUint16(b, o.Triad.Connection)
	b = binary.LittleEndian.AppendUint16(b, o.Triad.Vendor)
	b = binary.LittleEndian.AppendUint32(b, o.Triad.Originator)
	return append(b, 0, 0) // the path that was left to go
}

// parseCIP reads "tags", "tag Line.Speed", a class ("assembly"), or objects of
// one ("assembly instance 3 attribute 3").
func parseCIP(text string) ([]scope, bool) {
	text = strings.TrimSpace(text)
	s := scope{number: -1}
	if text == "tags" {
		s.space = "tag"
		return []scope{s}, true
	}
	spaces := []string{"tag", vendorObjects, "I/O connection", "explicit connection", "data file", "file"}
	for class := range uint32(256) {
		spaces = append(spaces, verbs.ClassName(class))
	}
	for _, space := range spaces {
		rest, ok := strings.CutPrefix(text, space)
		if ok && (rest == "" || rest[0] == ' ') && len(space) > len(s.space) {
			s.space, s.name = space, strings.TrimSpace(rest)
		}
	}
	return []scope{s}, s.space != "" && (s.space != "tag" || s.name != "")
}
