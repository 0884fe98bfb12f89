// Package mms tells what happens in MMS associations: who reads and writes
// which variables of which logical device, who loads, starts and stops
// programs, who takes files, and what servers say about themselves. It is
// IEC 61850 client-server traffic as well as ICCP/TASE.2. The transport below
// belongs to another adapter, which hands over whole COTP data units.
package mms

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/ber"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/mms"
)

// Parser reads the user data of one COTP connection. The zero value is ready.
type Parser struct {
	name  [2 * maxName]byte // room for a domain and an item
	roles bool              // the roles of the two ends were told
}

const maxName = 129 // octets of an IEC 61850 object reference

// User reads one whole unit of transport user data.
func (p *Parser) User(c *dissect.Context, b []byte) error {
	u, err := pdu.Open(b)
	if err != nil {
		return err
	}
	c.Name("mms")
	authentication(c, &u)
	for {
		b, ok := u.Next()
		if !ok {
			return nil
		}
		m, _, err := pdu.Decode(b)
		if err != nil {
			return err
		}
		p.message(c, &m)
	}
}

// authentication tells how an association is protected.
func authentication(c *dissect.Context, u *pdu.Unit) {
	switch {
	case u.Layer == pdu.Connect && u.Password:
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "mms password", "mms.associate", 0.95)
	case u.Layer == pdu.Accept && u.Mechanism == nil:
		c.FactText(dissect.Sender, plant.FieldSecurity, "mms.authentication=none", "mms.associate", 0.9)
	}
}

func (p *Parser) message(c *dissect.Context, m *pdu.PDU) {
	switch m.Kind {
	case pdu.ConfirmedRequest:
		p.request(c, m)
	case pdu.ConfirmedResponse:
		response(c, m)
	case pdu.ConfirmedError, pdu.Reject:
		refusal(c, m)
	case pdu.Unconfirmed:
		c.Send(unconfirmed[min(int(m.Service), len(unconfirmed)-1)], dissect.Object{})
	case pdu.InitiateRequest:
		c.SenderIsClient()
		c.Send(session[m.Kind], dissect.Object{})
	case pdu.InitiateResponse, pdu.InitiateError:
		c.SenderIsServer()
		c.Send(session[m.Kind], dissect.Object{})
	default:
		c.Send(session[m.Kind], dissect.Object{})
	}
}

// pairing keeps invoke numbers apart from the references that the transport
// below pairs its own requests by.
func pairing(m *pdu.PDU) uint64 { return uint64(m.Invoke) }

func (p *Parser) request(c *dissect.Context, m *pdu.PDU) {
	if !m.Serviced {
		c.Malformed("MMS request without a service")
		return
	}
	name := m.Object()
	v, o := requests[m.Service], dissect.Object{}
	switch {
	case m.Service == pdu.Write:
		v = writeVerb(name)
		values := m.Values()
		if e, ok := values.Next(); ok {
			o.Value, o.Valued = pdu.Number(e)
		}
	case v.Kind == plant.Read || v.Kind == plant.Identify:
		// Who polls which device matters, not each of a thousand points.
		if len(name.Domain) > 0 {
			name.Item = nil
		} else {
			name = pdu.Name{}
		}
	}
	if o.Name = p.join(name); len(o.Name) > 0 {
		o.Space = space(m.Service)
	}
	w := c.Request(v, pairing(m), o)
	w.Tag = tag(m)
	p.role(c, m)
}

// join writes a name into the parser's room.
func (p *Parser) join(n pdu.Name) []byte {
	n.Domain, n.Item = n.Domain[:min(len(n.Domain), maxName)], n.Item[:min(len(n.Item), maxName-1)]
	return n.Append(p.name[:0])
}

func space(s pdu.Service) string {
	switch {
	case s >= pdu.CreateProgramInvocation && s <= pdu.GetProgramAttributes:
		return "program"
	case s >= pdu.InitiateDownload && s < pdu.CreateProgramInvocation:
		return "domain"
	case s == pdu.ObtainFile || s >= pdu.FileOpen:
		return "file"
	}
	return ""
}

// response counts under a code of its own, with the kind of its request.
func response(c *dissect.Context, m *pdu.PDU) {
	w, asked := c.Peek(pairing(m))
	if !m.Serviced {
		// Some servers answer without naming the service.
		if asked {
			c.Settle(pairing(m), dissect.Answered)
			c.Response(unserviced, pairing(m), dissect.Answered)
		}
		return
	}
	v := responses[m.Service]
	r := dissect.Accepted
	if m.Refused() {
		r = dissect.Refused
	}
	if asked && w.Verb.Reply == v.Code {
		v = nil
	}
	c.Response(v, pairing(m), r)
	identify(c, m, w.Tag, asked)
}

func refusal(c *dissect.Context, m *pdu.PDU) {
	c.Settle(pairing(m), dissect.Refused)
	c.Response(session[m.Kind], pairing(m), dissect.Refused)
}

// role guesses what the two ends are from the names that are asked for.
func (p *Parser) role(c *dissect.Context, m *pdu.PDU) {
	if p.roles || m.Service != pdu.Read && m.Service != pdu.Write {
		return
	}
	name := m.Object()
	switch {
	case name.Constraint() != nil:
		p.roles = true
		c.FactText(dissect.Receiver, plant.FieldService, "iec61850", "mms", 0.8)
		c.FactText(dissect.Receiver, plant.FieldRole, plant.RoleRelay, "mms", 0.4)
	case isTASE2(name.Item):
		p.roles = true
		c.FactText(dissect.Receiver, plant.FieldService, "tase.2", "mms", 0.8)
		c.FactText(dissect.Receiver, plant.FieldRole, plant.RoleSCADA, "mms", 0.5)
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleSCADA, "mms", 0.5)
	}
}

// isTASE2 knows the names that only control centres use (IEC 60870-6-503).
func isTASE2(item []byte) bool {
	for _, s := range [...]string{"Bilateral_Table_ID", "TASE2_Version", "Next_DSTransfer_Set", "Supported_Features"} {
		if string(item) == s {
			return true
		}
	}
	return false
}

// identify reads what a server says about itself in a response.
func identify(c *dissect.Context, m *pdu.PDU, tag uint64, asked bool) {
	switch m.Service {
	case pdu.Identify:
		id, _ := m.Identity()
		c.Fact(dissect.Sender, plant.FieldVendor, id.Vendor, "mms.identify", 0.95)
		c.Fact(dissect.Sender, plant.FieldProduct, id.Model, "mms.identify", 0.95)
		c.Fact(dissect.Sender, plant.FieldFirmware, id.Revision, "mms.identify", 0.95)
	case pdu.Read:
		values := m.Values()
		for ; tag != 0; tag >>= wordBits {
			e, ok := values.Next()
			if !ok {
				return
			}
			plate(c, word(tag&(1<<wordBits-1)), e)
		}
	case pdu.GetNameList:
		if asked && tag == uint64(domainNames) {
			names := m.Names()
			for range maxDomains {
				e, ok := names.Next()
				if !ok {
					return
				}
				c.Fact(dissect.Sender, plant.FieldUnit, e.Body, "mms.domain", 0.9)
			}
		}
	}
}

// maxDomains bounds how many logical devices of one answer are told.
const maxDomains = 64

// word is what a variable of IEC 61850's name plates tells.
type word uint8

const (
	nothing word = iota
	vendor
	model
	software
	hardware
	serial
	location
	name
	physical // the whole of a device's name plate
	logical  // the whole of a logical node's
	domainNames
)

// wordBits is the room of a word in a request's tag: sixteen variables fit.
const wordBits = 4

// tag remembers until the response which variables a request asks for.
func tag(m *pdu.PDU) (t uint64) {
	if class, ok := m.NameClass(); ok {
		const domains = 9
		if class == domains {
			return uint64(domainNames)
		}
		return 0
	}
	if m.Service != pdu.Read {
		return 0
	}
	v := m.Variables()
	for shift := 0; shift < 64; shift += wordBits {
		n, ok := v.Next()
		if !ok {
			break
		}
		t |= uint64(wordOf(n.Item)) << shift
	}
	return t
}

// wordOf reads a name such as LPHD1$DC$PhyNam$serNum: the device's name plate,
// or that of logical node zero, which stands for a whole logical device.
func wordOf(item []byte) word {
	node, rest, ok := bytes.Cut(item, []byte("$DC$"))
	if !ok || !bytes.HasPrefix(node, []byte("LPHD")) && !bytes.Equal(node, []byte("LLN0")) {
		return nothing
	}
	object, attribute, _ := bytes.Cut(rest, []byte{'$'})
	switch string(object) {
	case "PhyNam":
		return attributeOf(attribute, physical)
	case "NamPlt":
		return attributeOf(attribute, logical)
	}
	return nothing
}

func attributeOf(attribute []byte, whole word) word {
	switch string(attribute) {
	case "":
		return whole
	case "vendor":
		return vendor
	case "model":
		return model
	case "swRev":
		return software
	case "hwRev":
		return hardware
	case "serNum":
		return serial
	case "location":
		return location
	case "name":
		return name
	}
	return nothing
}

// The attributes of whole name plates in the order of IEC 61850-7-3: the
// vendor is always there, the others only in a plate that is complete.
var (
	physicalOrder = [...]word{vendor, hardware, software, serial, model, location}
	logicalOrder  = [...]word{vendor, software}
)

// plate tells one attribute of a name plate, or those of a whole one.
func plate(c *dissect.Context, w word, e ber.Element) {
	switch w {
	case nothing:
	case physical:
		plates(c, physicalOrder[:], e)
	case logical:
		plates(c, logicalOrder[:], e)
	default:
		if s, ok := pdu.Text(e); ok {
			c.Fact(dissect.Sender, fields[w], s, "mms.nameplate", 0.95)
		}
	}
}

func plates(c *dissect.Context, order []word, e ber.Element) {
	if e.Tag != pdu.Structure {
		return
	}
	count, all := 0, e.Children()
	for {
		if _, ok := all.Next(); !ok {
			break
		}
		count++
	}
	if count < len(order) {
		order = order[:1]
	}
	members := e.Children()
	for _, w := range order {
		m, ok := members.Next()
		if !ok {
			return
		}
		plate(c, w, m)
	}
}

var fields = [...]plant.Field{
	vendor: plant.FieldVendor, model: plant.FieldProduct, software: plant.FieldFirmware, hardware: plant.FieldHardware,
	serial: plant.FieldSerial, location: plant.FieldLocation, name: plant.FieldName,
}
