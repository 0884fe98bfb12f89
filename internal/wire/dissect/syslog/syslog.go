// Package syslog tells who sends log messages to whom, and the names by which
// hosts log. What the messages say is not read.
package syslog

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/syslog"
)

const port = 514

// Protocol is syslog on UDP, and on TCP where each message is a line.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "syslog", TCP: []uint16{port, 601}, UDP: []uint16{port},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

// verbs are severities.
var verbs = dissect.NewVerbs("syslog", "%d", []dissect.VerbRow{
	{Code: 0, Name: "Emergency"},
	{Code: 1, Name: "Alert"},
	{Code: 2, Name: "Critical"},
	{Code: 3, Name: "Error"},
	{Code: 4, Name: "Warning"},
	{Code: 5, Name: "Notice"},
	{Code: 6, Name: "Information"},
	{Code: 7, Name: "Debug"},
})

// probe is sure of a priority with a time in the right form behind it.
func probe(b []byte, h dissect.Hint) dissect.Match {
	m, _, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort && h.Stream:
		return dissect.Short
	case err != nil:
		return dissect.No
	case m.Stamped:
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads one datagram, or the whole lines of a stream.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		m, n, err := pdu.Decode(b)
		if err != nil {
			return 0, err
		}
		message(c, &m)
		return n, nil
	}
	taken := 0
	for {
		end := bytes.IndexByte(b[taken:], '\n')
		if end < 0 {
			return taken, nil
		}
		m, _, err := pdu.Decode(counted(b[taken : taken+end]))
		if err != nil && end > 0 {
			return taken, err
		}
		if err == nil {
			message(c, &m)
		}
		taken += end + 1
	}
}

// counted removes the length that may stand in front of a message on TCP (RFC
// 6587 section 3.4.1).
func counted(line []byte) []byte {
	rest := bytes.TrimLeft(line, "0123456789")
	if len(rest) > 1 && rest[0] == ' ' && rest[1] == '<' {
		return rest[1:]
	}
	return line
}

func message(c *dissect.Context, m *pdu.Message) {
	c.SenderIsClient()
	c.Send(verbs.Get(uint32(m.Severity)), dissect.Object{})
	// A collector that hands on messages keeps the name of their origin.
	if !isAddress(m.Host) {
		c.Fact(dissect.Sender, plant.FieldName, m.Host, "syslog", 0.6)
	}
}

// isAddress reports whether a host is given by its address: digits and dots,
// or anything with a colon.
func isAddress(host []byte) bool {
	return bytes.IndexByte(host, ':') >= 0 || len(bytes.Trim(host, "0123456789.")) == 0
}
