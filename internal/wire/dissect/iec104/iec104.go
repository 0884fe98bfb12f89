// Package iec104 tells what happens in IEC 60870-5-104 conversations: who
// commands which objects of which station, what was confirmed and what refused,
// and which stations report.
package iec104

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/iec104"
)

// Port is the registered port.
const Port = 2404

// Protocol is IEC 60870-5-104.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "iec104", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe takes a start, stop or test, whose six octets are fixed, and an ASDU
// whose objects fill it exactly, on any port. An acknowledgement alone is weak.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	match := dissect.Weak
	for first := true; len(b) > 0; first = false {
		a, n, err := pdu.Decode(b)
		switch {
		case err == pdu.ErrShort && first:
			return dissect.Short
		case err == pdu.ErrShort:
			return match
		case err != nil:
			return dissect.No
		case strong(&a):
			match = dissect.Strong
		}
		b = b[n:]
	}
	return match
}

func strong(a *pdu.APDU) bool {
	switch a.Format {
	case pdu.Unnumbered:
		return true
	case pdu.Information:
		d, err := pdu.DecodeASDU(a.ASDU)
		return err == nil && d.Exact() && plausible(d.Cause)
	}
	return false
}

// plausible says that the standard has such a cause of transmission.
func plausible(c pdu.Cause) bool {
	return c >= 1 && c <= 13 || c >= 20 && c <= 41 || c >= 44 && c <= 47
}

// parser remembers what it told last, so as not to tell it again each time.
type parser struct {
	station [2]uint32 // common address + 1, by the side that has it
	roles   bool
	text    [32]byte
}

// Parse reads the APDUs in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		a, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		p.apdu(c, &a)
		taken += n
	}
	return taken, nil
}

func (p *parser) apdu(c *dissect.Context, a *pdu.APDU) {
	switch a.Format {
	case pdu.Unnumbered:
		unnumbered(c, a.Function)
	case pdu.Information:
		d, err := pdu.DecodeASDU(a.ASDU)
		if err != nil {
			c.Malformed("IEC 104 ASDU is shorter than its header")
			return
		}
		if _, known := d.Type.Size(); known && !d.Exact() {
			c.Malformed("IEC 104 ASDU does not fit its type and count")
		}
		p.asdu(c, &d)
	}
}

// unnumbered reports the start, stop and test of a transfer. The controlling
// station starts and stops; both test.
func unnumbered(c *dissect.Context, f pdu.Function) {
	switch f {
	case pdu.StartAct, pdu.StopAct:
		c.SenderIsClient()
		c.Request(control[f], uint64(f), dissect.Object{})
	case pdu.StartCon:
		c.SenderIsServer()
		c.Response(control[pdu.StartAct], uint64(pdu.StartAct), dissect.Accepted)
	case pdu.StopCon:
		c.SenderIsServer()
		c.Response(control[pdu.StopAct], uint64(pdu.StopAct), dissect.Accepted)
	case pdu.TestAct:
		c.Request(control[f], uint64(f), dissect.Object{})
	case pdu.TestCon:
		c.Response(control[pdu.TestAct], uint64(pdu.TestAct), dissect.Accepted)
	}
}

func (p *parser) asdu(c *dissect.Context, d *pdu.ASDU) {
	switch {
	case d.Type.Monitors():
		p.tell(c, c.Side(), dissect.Sender, d.Address)
		c.Send(verbs.Get(uint32(d.Type)), span(d))
	case d.Type >= pdu.FileReady:
		c.Send(fileVerb(c, d.Type), dissect.Object{Unit: uint32(d.Address)})
	default:
		p.command(c, d)
	}
}

// fileVerb tells loading a file into a station from fetching one by who sends.
func fileVerb(c *dissect.Context, t pdu.Type) *plant.Verb {
	if c.ToPort == Port && c.FromPort != Port {
		return loads.Get(uint32(t))
	}
	return verbs.Get(uint32(t))
}

// span is the range of object addresses in a report.
func span(d *pdu.ASDU) dissect.Object {
	o := dissect.Object{Unit: uint32(d.Address), Space: "objects"}
	objects := d.Objects()
	for {
		x, ok := objects.Next()
		if !ok {
			return o
		}
		if !o.Ranged {
			o.Ranged, o.From, o.To = true, x.Address, x.Address
		}
		o.From, o.To = min(o.From, x.Address), max(o.To, x.Address)
	}
}

// command reports what goes to a station and comes back mirrored: the cause of
// transmission tells which of the two it is.
func (p *parser) command(c *dissect.Context, d *pdu.ASDU) {
	objects := d.Objects()
	x, _ := objects.Next()
	id := uint64(d.Type) | uint64(d.Address)<<8 | uint64(x.Address)<<24
	switch d.Cause {
	case pdu.Activation, pdu.Deactivation, pdu.Request:
		c.SenderIsClient()
		p.tell(c, 1-c.Side(), dissect.Receiver, d.Address)
		c.Request(verbOf(d, x), id, object(d, x))
	case pdu.Confirmation, pdu.DeactivationDone, pdu.Termination:
		c.SenderIsServer()
		p.tell(c, c.Side(), dissect.Sender, d.Address)
		r := dissect.Accepted
		switch {
		case d.Negative:
			r = dissect.Refused
		case d.Cause == pdu.Termination:
			r = dissect.Answered
		}
		respond(c, verbOf(d, x), id, r)
	case pdu.UnknownType, pdu.UnknownCause, pdu.UnknownAddress, pdu.UnknownObject:
		c.SenderIsServer()
		respond(c, verbOf(d, x), id, dissect.Refused)
	default:
		c.Send(verbOf(d, x), object(d, x))
	}
}

// respond answers the request that waits, or counts the answer alone.
func respond(c *dissect.Context, v *plant.Verb, id uint64, r dissect.Result) {
	if _, ok := c.Peek(id); ok {
		v = nil
	}
	c.Response(v, id, r)
}

func verbOf(d *pdu.ASDU, x pdu.Object) *plant.Verb {
	if x.Select() {
		return selects.Get(uint32(d.Type))
	}
	return verbs.Get(uint32(d.Type))
}

func object(d *pdu.ASDU, x pdu.Object) dissect.Object {
	o := dissect.Object{Unit: uint32(d.Address)}
	if !d.Type.Commands() && d.Type < pdu.NormalisedParameter && d.Type != pdu.ReadCommand {
		return o // about the station as a whole
	}
	o.Space, o.Ranged, o.From, o.To = "object", true, x.Address, x.Address
	// Set points in floating point are only told where they are whole numbers.
	if v, ok := x.Value(); ok && v == float64(int64(v)) {
		o.Valued, o.Value = true, int64(v)
	}
	return o
}

// tell reports the common address of a station, and once the roles.
func (p *parser) tell(c *dissect.Context, side int, who dissect.Subject, address uint16) {
	if p.station[side] == uint32(address)+1 {
		return
	}
	p.station[side] = uint32(address) + 1
	c.Fact(who, plant.FieldUnit, strconv.AppendUint(append(p.text[:0], "iec104:"...), uint64(address), 10), "iec104", 0.9)
	if p.roles {
		return
	}
	p.roles = true
	other := dissect.Receiver
	if who == dissect.Receiver {
		other = dissect.Sender
	}
	c.FactText(who, plant.FieldRole, plant.RoleController, "iec104", 0.4)
	c.FactText(other, plant.FieldRole, plant.RoleSCADA, "iec104", 0.4)
}
