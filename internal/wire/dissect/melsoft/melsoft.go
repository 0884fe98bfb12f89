// Package melsoft tells what Mitsubishi's engineering tools do with
// controllers: searches, reads and writes, starts and stops, file transfers,
// and the processors that answer.
package melsoft

import (
	"errors"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/melsoft"
)

// Protocol is MELSOFT over TCP and UDP, on the ports that modules have for it
// and any other.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "melsoft", TCP: []uint16{5001, 5002, 5007, 5562}, UDP: []uint16{5001, 5002, 5006, 5560},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	_, n, err := pdu.Decode(b)
	switch {
	case err == nil && (h.Stream || n == len(b)):
		return dissect.Strong
	case errors.Is(err, pdu.ErrShort) && h.Stream:
		return dissect.Short
	}
	if _, _, err := pdu.DecodeSearch(b); err == nil && !h.Stream {
		return dissect.Weak
	}
	return dissect.No
}

type parser struct {
	scratch []byte
}

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		return p.datagram(c, b)
	}
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		p.message(c, m)
		taken += n
	}
	return taken, nil
}

func (p *parser) datagram(c *dissect.Context, b []byte) (int, error) {
	if s, n, err := pdu.DecodeSearch(b); err == nil {
		p.search(c, s)
		return n, nil
	}
	m, n, err := pdu.Decode(b)
	if err == nil {
		p.message(c, m)
	}
	return n, err
}

func (p *parser) search(c *dissect.Context, s pdu.Search) {
	verb := searches.Get(uint32(s.Function))
	if !s.Response {
		c.Request(verb, searchID, dissect.Object{})
		return
	}
	c.Response(verb, searchID, dissect.Accepted)
	if s.Model != 0 {
		p.scratch = strconv.AppendUint(append(p.scratch[:0], "melsec:0x"...), uint64(s.Model), 16)
		c.Fact(dissect.Sender, plant.FieldProductCode, p.scratch, "melsoft.search", 0.9)
	}
}

// searchID pairs search frames, which have no number.
const searchID = 1 << 40

func (p *parser) message(c *dissect.Context, m pdu.Message) {
	id := uint64(m.Sequence)<<16 | uint64(m.Command)
	verb := verbs.Get(uint32(m.Command))
	if !m.Response {
		p.scratch = m.File(p.scratch[:0])
		o := dissect.Object{}
		if len(p.scratch) > 0 {
			o = dissect.Object{Space: "file", Name: p.scratch}
		}
		c.Request(verb, id, o)
		return
	}
	result := dissect.Accepted
	if m.Result != 0 {
		result = dissect.Refused
	}
	if _, ok := c.Response(verb, id, result); ok {
		c.SenderIsServer()
	}
	if model, ok := m.Model(); ok {
		identify(c, model)
	}
}

func identify(c *dissect.Context, model []byte) {
	const source = "melsoft.type-name"
	c.Fact(dissect.Sender, plant.FieldProduct, model, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldOrderNumber, model, source, 0.9)
	c.FactText(dissect.Sender, plant.FieldVendor, "Mitsubishi Electric", source, 0.8)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
}
