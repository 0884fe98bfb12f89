// Package genisys tells what happens in Genisys conversations: which control
// office polls which field units, recalls indications and sends controls.
package genisys

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/genisys"
)

// Port is the port of serial converters that carry Genisys.
const Port = 10001

// Protocol is Genisys over TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "genisys", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("genisys", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.Acknowledge), Name: "Acknowledge", Kind: plant.Other},
	{Code: uint32(pdu.IndicationData), Name: "Indication Data", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ControlCheckback), Name: "Control Data Checkback", Kind: plant.Write},
	{Code: uint32(pdu.CommonControl), Name: "Common Control Data", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.AcknowledgePoll), Name: "Acknowledge Indication and Poll", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Poll), Name: "Poll", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ControlData), Name: "Control Data", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.Recall), Name: "Recall", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ExecuteControls), Name: "Execute Controls", Kind: plant.Write, Technique: "T0855"},
})

// probe is sure of a message with a right checksum, which a header, a
// terminator and three rules of escaping stand around.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	m, _, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil:
		return dissect.No
	case m.Checked:
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads the messages in b. Each is reported by its own header: a field
// unit answers a poll with whichever it has.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		message(c, m)
		taken += n
	}
	return taken, nil
}

func message(c *dissect.Context, m pdu.Message) {
	o := dissect.Object{Unit: uint32(m.Station)}
	address, value, rest, ok := pdu.Next(m.Pairs())
	if ok && (m.Header == pdu.ControlData || m.Header == pdu.CommonControl) {
		o.Space, o.Ranged, o.From, o.To = "control byte", true, uint32(address), uint32(address)
		o.Valued, o.Value = len(rest) == 0, int64(value)
	}
	c.Send(verbs.Get(uint32(m.Header)), o)
	if m.Header.FromField() {
		c.SenderIsServer()
	} else {
		c.SenderIsClient()
	}
}
