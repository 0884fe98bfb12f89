// Package bsap tells what happens in BSAP conversations over IP: who reads and
// writes which signals of Bristol and Emerson RTUs.
package bsap

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/bsap"
)

// Protocol is BSAP over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "bsap", UDP: []uint16{1234, 1235},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("bsap", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.ReadByAddress), Name: "Read Signal by Address", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadLogicalByAddress), Name: "Read Logical by Address", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadByName), Name: "Read Signal by Name", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadLogicalByName), Name: "Read Logical by Name", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadByList), Name: "Read Signals by List", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadByListMore), Name: "Read Signals by List (continue)", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadLogicalByList), Name: "Read Logicals by List", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadLogicalListMore), Name: "Read Logicals by List (continue)", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteByAddress), Name: "Write Signal by Address", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteByName), Name: "Write Signal by Name", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteByList), Name: "Write Signals by List", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteByListMore), Name: "Write Signals by List (continue)", Kind: plant.Write, Technique: "T0855"},
})

// extended are the extensions to remote database access of the gas flow
// computer GFC 3308.
var extended = dissect.NewVerbs("bsap", "0xa1.%04x", []dissect.VerbRow{
	{Code: 0x0101, Name: "Reset System", Kind: plant.Mode, Technique: "T0816"},
	{Code: 0x0102, Name: "Reset Diagnostics", Kind: plant.Config},
	{Code: 0x0201, Name: "Read Date and Time", Kind: plant.Read},
	{Code: 0x0202, Name: "Read Date", Kind: plant.Read},
	{Code: 0x0203, Name: "Read Time", Kind: plant.Read},
	{Code: 0x0281, Name: "Write Date and Time", Kind: plant.Config, Technique: "T0838"},
	{Code: 0x0400, Name: "Change Local Node Address", Kind: plant.Config, Technique: "T0836"},
})

// exchanges are requests to other message exchanges than the database.
var exchanges = dissect.NewVerbs("bsap", "exchange 0x%02x", []dissect.VerbRow{
	{Code: pdu.ExchangeFlash, Name: "Flash Download", Kind: plant.Firmware, Technique: "T0857"},
	{Code: pdu.ExchangeFlashConf, Name: "Flash Configuration", Kind: plant.Config, Technique: "T0836"},
	{Code: pdu.ExchangeDownload, Name: "Download", Kind: plant.Program, Technique: "T0843"},
	{Code: pdu.ExchangeAlarmAck, Name: "Acknowledge Alarm", Kind: plant.Config, Technique: "T0878"},
	{Code: pdu.ExchangeAlarmInit, Name: "Initialize Alarms", Kind: plant.Config, Technique: "T0878"},
	{Code: pdu.ExchangeAlarm, Name: "Alarm Report", Kind: plant.Other},
})

// Datagrams and messages that say nothing of themselves.
var (
	poll       = &plant.Verb{Protocol: "bsap", Code: "poll", Name: "Poll", Kind: plant.Other}
	unseen     = &plant.Verb{Protocol: "bsap", Code: "response", Name: "Response to an unseen request", Kind: plant.Other}
	serialLine = &plant.Verb{Protocol: "bsap", Code: "serial", Name: "Serial BSAP", Kind: plant.Other}
)

// probe is sure of a request to the database that is whole: five fields must
// fit each other.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		return dissect.No
	}
	if pdu.IsSerial(b) {
		return dissect.Weak
	}
	d, _, err := pdu.Decode(b)
	if err != nil {
		return dissect.No
	}
	m, _, err := pdu.Next(d.Messages)
	switch {
	case d.Kind == pdu.Poll:
		return dissect.Weak
	case err != nil:
		return dissect.No
	}
	if a, ok := m.Access(); ok && d.Kind == pdu.Request && a.Exchange == pdu.ExchangeDatabase && len(a.Names()) > 0 {
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	told bool // that the side which answers is a controller
}

// Parse reads the datagram b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if pdu.IsSerial(b) {
		c.Send(serialLine, dissect.Object{})
		return len(b), nil
	}
	d, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	if d.Kind == pdu.Poll {
		c.Send(poll, dissect.Object{})
		return n, nil
	}
	for rest := d.Messages; len(rest) > 0; {
		m, next, err := pdu.Next(rest)
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return 0, err
		}
		if rest = next; d.Kind.Asks() {
			request(c, m)
		} else {
			p.response(c, m)
		}
	}
	return n, nil
}

// request pairs by the sequence number of the message, which the response
// repeats.
func request(c *dissect.Context, m pdu.Message) {
	verb, o := poll, dissect.Object{}
	a, ok := m.Access()
	switch {
	case !ok:
	case a.Exchange == pdu.ExchangeDatabase:
		verb = verbs.Get(uint32(a.Function))
		if name, _, ok := pdu.NextName(a.Names()); ok {
			o = dissect.Object{Space: "signal", Name: name}
		}
	case a.Exchange == pdu.ExchangeDatabaseX && len(a.Body) >= 1:
		verb = extended.Get(uint32(binary.LittleEndian.Uint16([]byte{byte(a.Function), a.Body[0]})))
	default:
		verb = exchanges.Get(uint32(a.Exchange))
	}
	c.Request(verb, uint64(m.Sequence), o)
	c.SenderIsClient()
}

func (p *parser) response(c *dissect.Context, m pdu.Message) {
	result := dissect.Answered
	if status, _, ok := m.Answer(); ok {
		result = dissect.Accepted
		if status&0x80 != 0 {
			result = dissect.Refused
		}
	}
	id := uint64(m.Sequence)
	verb := unseen
	if _, ok := c.Peek(id); ok {
		verb = nil
	}
	c.Response(verb, id, result)
	c.SenderIsServer()
	if !p.told {
		p.told = true
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, "bsap.response", 0.6)
	}
}
