// Package synchrophasor tells who sends phasor measurements to whom (IEEE
// C37.118), which stations a stream holds, and who starts and stops it.
package synchrophasor

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/synchrophasor"
)

// Protocol is C37.118 over TCP and UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "synchrophasor", TCP: []uint16{4712, 4722}, UDP: []uint16{4713, 4712, 4722},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// verbs of the frames that a measuring unit sends, and of commands unknown to
// the standard.
var verbs = dissect.NewVerbs("synchrophasor", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Data), Name: "Data", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Header), Name: "Header", Kind: plant.Identify},
	{Code: uint32(pdu.Config1), Name: "Configuration 1", Kind: plant.Identify},
	{Code: uint32(pdu.Config2), Name: "Configuration 2", Kind: plant.Identify},
	{Code: uint32(pdu.Command), Name: "Command", Kind: plant.Other},
	{Code: uint32(pdu.Config3), Name: "Configuration 3", Kind: plant.Identify},
})

// orders are the verbs of the standard's commands, all of frame type 4.
var orders = map[pdu.Order]*plant.Verb{
	pdu.StopData:    command("Turn off transmission", plant.Config, "T0804"),
	pdu.StartData:   command("Turn on transmission", plant.Read, "T0801"),
	pdu.SendHeader:  command("Send header", plant.Identify, "T0888"),
	pdu.SendConfig1: command("Send configuration 1", plant.Identify, "T0888"),
	pdu.SendConfig2: command("Send configuration 2", plant.Identify, "T0888"),
	pdu.SendConfig3: command("Send configuration 3", plant.Identify, "T0888"),
	pdu.Extended:    command("Extended frame", plant.Other, ""),
}

func command(name string, k plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "synchrophasor", Code: "4", Name: "Command: " + name, Kind: k, Technique: technique}
}

// probe takes a whole frame with a right checksum on any port. Of a frame that
// is longer than the first segment only the start can be judged.
func probe(b []byte, h dissect.Hint) dissect.Match {
	f, _, err := pdu.Decode(b)
	switch {
	case err == nil && f.Sound:
		return dissect.Strong
	case err == nil:
		return dissect.Weak
	case err == pdu.ErrShort && h.Stream && len(b) < pdu.MinSize:
		return dissect.Short
	case err == pdu.ErrShort && len(b) >= pdu.MinSize:
		return dissect.Weak
	}
	return dissect.No
}

type parser struct {
	text [64]byte
	told bool
}

// Parse reads the frames in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		f, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			if !c.Stream {
				return taken, err
			}
			break
		}
		if err != nil {
			return taken, err
		}
		p.frame(c, &f)
		taken += n
	}
	return taken, nil
}

func (p *parser) frame(c *dissect.Context, f *pdu.Frame) {
	if !f.Sound {
		c.Malformed("synchrophasor frame with a wrong checksum")
	}
	v := verbs.Get(uint32(f.Type))
	if f.Type == pdu.Command {
		c.SenderIsClient()
		order, _ := f.Order()
		if known := orders[order]; known != nil {
			v = known
		}
	} else {
		c.SenderIsServer()
		if !p.told {
			p.told = true
			c.FactText(dissect.Sender, plant.FieldRole, plant.RoleSensor, "synchrophasor", 0.4)
		}
	}
	c.Send(v, dissect.Object{Unit: uint32(f.ID)})
	if f.Sound {
		p.identify(c, f)
	}
}

// identify reads what configurations and headers say about the sender.
func (p *parser) identify(c *dissect.Context, f *pdu.Frame) {
	if text, ok := f.Text(); ok {
		c.Fact(dissect.Sender, plant.FieldDescription, text, "synchrophasor.header", 0.8)
		return
	}
	stations, n := f.Stations()
	for {
		s, ok := stations.Next()
		if !ok {
			break
		}
		if n == 1 {
			c.Fact(dissect.Sender, plant.FieldName, s.Name, "synchrophasor.config", 0.8)
		}
		b := strconv.AppendUint(append(p.text[:0], "pmu:"...), uint64(s.ID), 10)
		c.Fact(dissect.Sender, plant.FieldUnit, append(append(b, ' '), s.Name[:min(len(s.Name), 48)]...), "synchrophasor.config", 0.95)
	}
	if stations.Damaged() {
		c.Malformed("synchrophasor configuration is cut off")
	}
	if n > 1 {
		c.FactText(dissect.Sender, plant.FieldService, "phasor data concentrator", "synchrophasor.config", 0.8)
	}
}
