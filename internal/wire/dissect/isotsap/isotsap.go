// Package isotsap reads what TCP port 102 carries: TPKT and COTP, and inside
// them S7comm, S7comm-plus or MMS, which the first bytes of the user data tell
// apart. It joins data units until the end mark, reports connections by the
// transport selectors they name, and hands the user data to the adapter of the
// protocol. Remote Desktop uses the same two layers on port 3389: its
// connection requests are left to its own adapter.
package isotsap

import (
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/mms"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/s7comm"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/s7plus"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	pdus7 "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
	pduplus "github.com/bulkhead-ot/bulkhead/protocol/s7plus"
)

// Port is the registered port of the ISO transport service.
const Port = 102

// Protocol is the ISO transport service on TCP with what it carries.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "tpkt", Carrier: true, TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

type parser struct {
	s7    s7comm.Parser
	plus  s7plus.Parser
	mms   mms.Parser
	tls   bool // S7comm-plus inside TLS
	sides [2]tsdu
}

// tsdu is the transport service data unit that one side is sending.
type tsdu struct {
	buf    []byte
	lost   bool // too long: nothing until the end mark
	adrift bool // bytes are missing: look for the next packet
	doubt  bool // bytes were missing: this unit may lack its beginning
}

// maxTSDU is the longest transport service data unit that is joined. S7 and
// MMS agree on units of 240 to 65,000 bytes.
const maxTSDU = 1 << 17

// Parse reads the packets in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	if s := &p.sides[c.Side()]; s.adrift {
		taken = find(b)
		s.adrift = taken == len(b)
	}
	for taken < len(b) {
		packet, n, err := cotp.Frame(b[taken:])
		if err == cotp.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		p.packet(c, packet)
		taken += n
	}
	return taken, nil
}

// find is where the first sound packet begins in bytes that may begin in the
// middle of one; len(b) when there is none.
func find(b []byte) int {
	for i := range b {
		if b[i] != 3 {
			continue
		}
		if m := probe(b[i:], dissect.Hint{Stream: true}); m >= dissect.Weak || m == dissect.Short && i == 0 {
			return i
		}
	}
	return len(b)
}

// Gap forgets the unit that the missing bytes were part of.
func (p *parser) Gap(c *dissect.Context, _ int) {
	s := &p.sides[c.Side()]
	s.done()
	s.adrift, s.doubt = true, true
}

func (p *parser) packet(c *dissect.Context, b []byte) {
	t, err := cotp.DecodeTPDU(b)
	if err != nil {
		c.Malformed("damaged COTP header")
		return
	}
	switch t.Type {
	case cotp.ConnectionRequest:
		p.reset()
		p.connect(c, t)
	case cotp.ConnectionConfirm, cotp.DisconnectRequest, cotp.Error:
		answer(c, t)
	case cotp.Data:
		p.data(c, t)
	}
}

// reset forgets a connection that another one replaces.
func (p *parser) reset() {
	p.tls = false
	for i := range p.sides {
		p.sides[i].buf, p.sides[i].lost = p.sides[i].buf[:0], false
	}
}

// data joins the parts of a unit and passes it on when it is whole. Siemens
// devices send empty parts without the end mark as acknowledgements.
func (p *parser) data(c *dissect.Context, t cotp.TPDU) {
	s := &p.sides[c.Side()]
	if !t.EOT {
		s.add(c, t.Data)
		return
	}
	unit := t.Data
	if len(s.buf) > 0 || s.lost {
		s.add(c, t.Data)
		unit = s.buf
	}
	if !s.lost && len(unit) > 0 {
		if err := p.user(c, unit); err != nil && !s.doubt {
			c.Malformed(err.Error())
		}
	}
	s.doubt = false
	s.done()
}

func (s *tsdu) add(c *dissect.Context, b []byte) {
	switch {
	case s.lost:
	case len(s.buf)+len(b) > maxTSDU:
		c.Malformed("a COTP data unit is longer than any of its kind")
		s.buf, s.lost = nil, true
	default:
		s.buf = append(s.buf, b...)
	}
}

// done readies for the next unit. A buffer that grew is given back.
func (s *tsdu) done() {
	const keep = 4096
	s.lost = false
	s.buf = s.buf[:0]
	if cap(s.buf) > keep {
		s.buf = nil
	}
}

// user hands over one whole unit. Its first byte names the protocol; behind a
// TLS handshake it says nothing any more.
func (p *parser) user(c *dissect.Context, b []byte) error {
	p.tls = p.tls || handshake(b)
	switch {
	case p.tls:
		c.Name("s7comm-plus")
		p.plus.Encrypted(c)
		return nil
	case b[0] == pdus7.ProtocolID:
		c.Name("s7comm")
		return p.s7.User(c, b)
	case b[0] == pduplus.ProtocolID:
		c.Name("s7comm-plus")
		return p.plus.User(c, b)
	}
	return p.mms.User(c, b) // the session layer, or MMS without one
}

// handshake reports a TLS client or server hello: controllers begin TLS inside
// COTP, after a message in clear that asks for it.
func handshake(b []byte) bool {
	return len(b) > 5 && b[0] == 0x16 && b[1] == 3 && b[2] <= 4 && (b[5] == 1 || b[5] == 2)
}
