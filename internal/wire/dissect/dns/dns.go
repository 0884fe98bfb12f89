// Package dns tells who asks which names of whom, and what hosts say about
// themselves in Multicast DNS and LLMNR: their names, services and models.
package dns

import (
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dns"
)

// Ports of the three protocols.
const (
	portDNS   = 53
	portMDNS  = 5353
	portLLMNR = 5355
)

// Protocol is DNS; conversations on the ports of Multicast DNS and LLMNR are
// named for those.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "dns", TCP: []uint16{portDNS, portLLMNR}, UDP: []uint16{portDNS, portMDNS, portLLMNR},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

// verbs are operation codes.
var verbs = dissect.NewVerbs("dns", "%d", []dissect.VerbRow{
	{Code: pdu.OpQuery, Name: "Query"},
	{Code: pdu.OpStatus, Name: "Status"},
	{Code: pdu.OpNotify, Name: "Notify"},
	{Code: pdu.OpUpdate, Name: "Dynamic Update", Kind: plant.Config},
})

var (
	transfer      = &plant.Verb{Protocol: "dns", Code: "0", Name: "Zone Transfer", Kind: plant.Identify, Technique: "T0846"}
	llmnrQuery    = &plant.Verb{Protocol: "llmnr", Code: "0", Name: "Query"}
	mdnsQuery     = &plant.Verb{Protocol: "mdns", Code: "query", Name: "Query"}
	mdnsAnnounces = &plant.Verb{Protocol: "mdns", Code: "response", Name: "Announcement", Kind: plant.Identify}
)

// probe is sure of a message that ends where its datagram does and asks one
// thing of the Internet class: nothing else looks like that.
func probe(b []byte, h dissect.Hint) dissect.Match {
	var m pdu.Message
	var n int
	var err error
	if h.Stream {
		m, n, err = pdu.DecodeStream(b)
	} else {
		m, n, err = pdu.Decode(b)
	}
	switch {
	case err == pdu.ErrShort && h.Stream && plausible(b):
		return dissect.Short
	case err != nil || !known(m.Opcode()) || m.Flags&0x0040 != 0:
		return dissect.No
	case h.FromPort == portMDNS || h.ToPort == portMDNS:
		return dissect.Weak
	case n == len(b) && m.Counts[pdu.Question] == 1 && m.Counts[pdu.Additional] < 64 && internet(m):
		return dissect.Strong
	}
	return dissect.Weak
}

// plausible looks at the start of a stream: the length and the operation.
func plausible(b []byte) bool {
	return len(b) < 5 || b[0] < 0x20 && known(b[4]>>3&0x0f)
}

func known(op uint8) bool {
	return op == pdu.OpQuery || op == pdu.OpStatus || op == pdu.OpNotify || op == pdu.OpUpdate
}

// internet reports whether the question is of class IN, of a type below 300,
// and about a name in printable letters.
func internet(m pdu.Message) bool {
	r := m.Records()
	q, ok := r.Next()
	if !ok || q.Class != 1 || q.Type == 0 || q.Type > 300 || q.Type == pdu.TypeNB {
		return false
	}
	labels := q.Name.Labels()
	some := false
	for label, ok := labels.Next(); ok; label, ok = labels.Next() {
		some = true
		for _, c := range label {
			if c <= ' ' || c > '~' {
				return false
			}
		}
	}
	return some
}

// parser keeps nothing of its own.
type parser struct{}

// Parse reads one datagram, or the whole messages of a stream.
func (p parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		m, n, err := pdu.Decode(b)
		if err == pdu.ErrFormat || err != nil && len(b) < pdu.HeaderSize {
			return 0, err
		}
		p.message(c, m) // what stands before a cut is still true
		return n, nil
	}
	taken := 0
	for {
		m, n, err := pdu.DecodeStream(b[taken:])
		switch err {
		case nil:
		case pdu.ErrShort:
			return taken, nil
		default:
			return taken, err
		}
		p.message(c, m)
		taken += n
	}
}

func (p parser) message(c *dissect.Context, m pdu.Message) {
	switch {
	case c.FromPort == portMDNS || c.ToPort == portMDNS:
		c.Name("mdns")
		multicast(c, m)
		return
	case c.FromPort == portLLMNR || c.ToPort == portLLMNR:
		c.Name("llmnr")
		p.unicast(c, m, llmnrQuery)
	default:
		p.unicast(c, m, verbs.Get(uint32(m.Opcode())))
	}
	if !m.Response() || m.RCode() != 0 {
		return
	}
	r := m.Records()
	for rec := (pdu.Record{}); r.Into(&rec); {
		if rec.Section != pdu.Question {
			answer(c, &rec)
		}
	}
}

// unicast reports a question or its answer.
func (p parser) unicast(c *dissect.Context, m pdu.Message, verb *plant.Verb) {
	id := uint64(m.ID)
	r := m.Records()
	q, ok := r.Next()
	if ok && (q.Type == pdu.TypeAXFR || q.Type == pdu.TypeIXFR) && m.Opcode() == pdu.OpQuery {
		verb = transfer
	}
	if !m.Response() {
		c.SenderIsClient()
		if !ok || q.Section != pdu.Question {
			c.Request(verb, id, dissect.Object{})
			return
		}
		c.Request(verb, id, dissect.Object{Name: asked(q.Name, c.Room())})
		return
	}
	c.SenderIsServer()
	result := dissect.Accepted
	if m.RCode() != 0 {
		result = dissect.Refused
	}
	c.Response(verb, id, result)
}

// asked is the name asked for, in lower case since some resolvers mix cases to
// make forgery harder. Names made of addresses say nothing new.
func asked(n pdu.Name, room []byte) []byte {
	name := n.Append(room)
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			name[i] = c + 'a' - 'A'
		}
	}
	if suffix(name, ".arpa") {
		return nil
	}
	return name
}

// answer reports which names of the site stand for which addresses.
func answer(c *dissect.Context, rec *pdu.Record) {
	a, ok := rec.Addr()
	if !ok {
		return
	}
	if a == c.Src().IP {
		c.Fact(dissect.Sender, plant.FieldName, rec.Name.Append(c.Room()), "dns", 0.7)
		return
	}
	resolves(c, rec.Name, a)
}

// resolves reports a name of the site. Names of the world are left out: there
// is no end of them.
func resolves(c *dissect.Context, name pdu.Name, a netip.Addr) {
	if a.IsPrivate() || a.IsLinkLocalUnicast() {
		b := append(name.Append(c.Room()), '=')
		c.Fact(dissect.Sender, plant.FieldResolves, a.AppendTo(b), "dns", 0.5)
	}
}

func suffix(b []byte, s string) bool { return len(b) >= len(s) && string(b[len(b)-len(s):]) == s }
