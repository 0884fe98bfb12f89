// Package tftp tells who fetches and stores which files by TFTP, the way that
// switches, panels and drives load firmware and settings. There is no sign-in.
//
// A transfer goes on between two new ports: those conversations are recognised
// by their first packets where these are unmistakable.
package tftp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/tftp"
)

const port = 69

// Protocol is TFTP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "tftp", UDP: []uint16{port},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var verbs = dissect.NewVerbs("tftp", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Read), Name: "Read Request", Kind: plant.Read},
	{Code: uint32(pdu.Write), Name: "Write Request", Kind: plant.Config, Technique: "T0867"},
	{Code: uint32(pdu.Data), Name: "Data"},
	{Code: uint32(pdu.Ack), Name: "Acknowledgement"},
	{Code: uint32(pdu.Error), Name: "Error"},
	{Code: uint32(pdu.OptionsAck), Name: "Option Acknowledgement"},
})

var (
	firmwareIn  = &plant.Verb{Protocol: "tftp", Code: "2", Name: "Write Firmware", Kind: plant.Firmware, Technique: "T0857"}
	firmwareOut = &plant.Verb{Protocol: "tftp", Code: "1", Name: "Read Firmware", Kind: plant.Firmware, Technique: "T0857"}
)

// probe is sure of requests, of options, and of a first block that is full or
// an error with words in it.
func probe(b []byte, h dissect.Hint) dissect.Match {
	p, _, err := pdu.Decode(b)
	if err != nil || h.Stream {
		return dissect.No
	}
	switch p.Opcode {
	case pdu.Read, pdu.Write:
		return dissect.Strong
	case pdu.OptionsAck:
		if len(b) > 10 {
			return dissect.Strong
		}
	case pdu.Data:
		if p.Block == 1 && len(p.Data) == pdu.BlockSize {
			return dissect.Strong
		}
	case pdu.Error:
		if len(p.Text) > 4 && len(b) == 5+len(p.Text) {
			return dissect.Strong
		}
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads one packet.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	verb := verbs.Get(uint32(m.Opcode))
	switch m.Opcode {
	case pdu.Read, pdu.Write:
		c.SenderIsClient()
		c.Send(purpose(&m, verb), dissect.Object{Space: "file", Name: m.File})
	default:
		c.Send(verb, dissect.Object{})
	}
	return n, nil
}

// purpose tells firmware by the file's name.
func purpose(m *pdu.Packet, verb *plant.Verb) *plant.Verb {
	named := textline.Contains(m.File, "FIRMWARE")
	for _, end := range [...]string{".FW", ".FWU", ".IMG", ".SFW", ".TRX", ".CHK", ".UPD", ".STK"} {
		if len(m.File) > len(end) && textline.HasPrefix(m.File[len(m.File)-len(end):], end) {
			named = true
		}
	}
	switch {
	case named && m.Opcode == pdu.Write:
		return firmwareIn
	case named:
		return firmwareOut
	}
	return verb
}
