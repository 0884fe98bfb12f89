// Package nbns tells which NetBIOS names hosts register, ask for and list: the
// names of machines and of their workgroup or domain.
package nbns

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/dns"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/nbns"
)

// Protocol is the NetBIOS Name Service.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "nbns", UDP: []uint16{137},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("nbns", "%d", []dissect.VerbRow{
	{Code: pdu.OpQuery, Name: "Name Query"},
	{Code: pdu.OpRegister, Name: "Name Registration"},
	{Code: pdu.OpRelease, Name: "Name Release"},
	{Code: pdu.OpWait, Name: "Wait"},
	{Code: pdu.OpRefresh, Name: "Name Refresh"},
	{Code: pdu.OpRefreshAlternate, Name: "Name Refresh"},
	{Code: pdu.OpMultiHomeRegister, Name: "Multi-homed Name Registration"},
})

// status asks any node for all that it is: what scanners begin with.
var status = &plant.Verb{Protocol: "nbns", Code: "0", Name: "Node Status", Kind: plant.Identify, Technique: "T0888"}

// probe needs no port: names of 32 letters from A to P are of no one else.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if _, _, err := pdu.Decode(b); err != nil || h.Stream {
		return dissect.No
	}
	return dissect.Strong
}

// parser keeps the buffer for the name in a question, which an Object borrows.
type parser struct{ question [16]byte }

// Parse reads one message.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	r := m.Records()
	first, _ := r.Next()
	verb := verbs.Get(uint32(m.Opcode()))
	if first.Type == pdu.TypeNBSTAT {
		verb = status
	}
	id := uint64(m.ID)
	if m.Response() {
		result := dissect.Accepted
		if m.RCode() != 0 {
			result = dissect.Refused
		}
		c.Response(verb, id, result)
	} else {
		c.Request(verb, id, p.object(first))
	}
	if m.RCode() == 0 && m.Opcode() != pdu.OpRelease {
		records(c, m)
	}
	return n, nil
}

// object is the name asked for.
func (p *parser) object(r dns.Record) dissect.Object {
	name, err := pdu.RecordName(r)
	if err != nil || name.Wildcard() || name.Browsers() {
		return dissect.Object{}
	}
	return dissect.Object{Name: name.Append(p.question[:0])}
}

func records(c *dissect.Context, m pdu.Message) {
	r := m.Records()
	for rec, ok := r.Next(); ok; rec, ok = r.Next() {
		if rec.Section == dns.Question {
			continue
		}
		switch rec.Type {
		case pdu.TypeNB:
			if name, err := pdu.RecordName(rec); err == nil {
				owners(c, name, rec.Data)
			}
		case pdu.TypeNBSTAT:
			nodeStatus(c, rec.Data)
		}
	}
}

// owners reads the addresses of a name: the sender's own in registrations and
// in most answers, those of others in answers of a WINS server.
func owners(c *dissect.Context, name pdu.Name, data []byte) {
	for o, rest, ok := pdu.CutOwner(data); ok; o, rest, ok = pdu.CutOwner(rest) {
		switch {
		case o.Addr == c.Src().IP:
			owns(c, name, o.Group, "nbns", 0.9)
		case o.Addr.IsPrivate() && !o.Group && !name.Wildcard():
			var buf [64]byte
			b := append(name.Append(buf[:0]), '=')
			c.Fact(dissect.Sender, plant.FieldResolves, o.Addr.AppendTo(b), "nbns", 0.5)
		}
	}
}

func nodeStatus(c *dissect.Context, data []byte) {
	s, err := pdu.DecodeStatus(data)
	if err != nil {
		c.Malformed("a node status is cut short")
		return
	}
	for i := range s.Len() {
		e := s.At(i)
		owns(c, e.Name, e.Group, "nbns.status", 0.95)
	}
}

// owns reports a name that the sender has.
func owns(c *dissect.Context, name pdu.Name, group bool, source string, confidence float64) {
	if name.Browsers() || name.Wildcard() {
		return
	}
	var buf [16]byte
	text := name.Append(buf[:0])
	switch {
	case group && (name.Suffix == pdu.SuffixWorkstation || name.Suffix == pdu.SuffixElection):
		c.Fact(dissect.Sender, plant.FieldDomain, text, source, confidence)
	case group && name.Suffix == pdu.SuffixDomain, !group && name.Suffix == pdu.SuffixDomainMaster:
		c.Fact(dissect.Sender, plant.FieldDomain, text, source, confidence)
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleDomain, source, 0.7)
	case !group && name.Suffix == pdu.SuffixWorkstation:
		c.Fact(dissect.Sender, plant.FieldName, text, source, confidence)
	case !group && name.Suffix == pdu.SuffixServer:
		c.Fact(dissect.Sender, plant.FieldName, text, source, confidence)
		c.FactText(dissect.Sender, plant.FieldService, "smb", source, 0.8)
	}
}
