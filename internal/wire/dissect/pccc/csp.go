package pccc

import (
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pccc"
)

// Protocol is CSPv4, which carries PCCC on TCP port 2222.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name:  "cspv4",
		TCP:   []uint16{2222},
		Probe: probe,
		New:   func() dissect.Parser { return new(csp) },
	}
}

// probe accepts headers of the four kinds. Their first bytes are small numbers
// that other protocols send too, so nothing is taken as unmistakable.
func probe(b []byte, h dissect.Hint) dissect.Match {
	m, n, err := pdu.DecodeCSP(b)
	switch {
	case !h.Stream:
		return dissect.No
	case err == pdu.ErrShort:
		return dissect.Short
	case err != nil:
		return dissect.No
	case m.Register || len(m.Data) >= 4 && n <= len(b):
		return dissect.Weak
	}
	return dissect.No
}

// csp reads a CSPv4 stream.
type csp struct {
	Parser
}

// Parse implements dissect.Parser.
func (p *csp) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.DecodeCSP(b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		if m.Response {
			c.SenderIsServer()
		} else {
			c.SenderIsClient()
		}
		if !m.Register {
			p.Message(c, m.Data, uint64(m.Connection))
		}
		taken += n
	}
	return taken, nil
}
