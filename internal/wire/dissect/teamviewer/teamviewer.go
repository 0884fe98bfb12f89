// Package teamviewer tells which machines are reached from outside by
// TeamViewer's own protocol.
package teamviewer

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/teamviewer"
)

// Protocol is TeamViewer on TCP and UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "teamviewer", TCP: []uint16{5938}, UDP: []uint16{5938},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

// frame counts all frames alike: what they do is not published.
var frame = &plant.Verb{Protocol: "teamviewer", Code: "frame", Name: "Frame", Technique: "T0822"}

func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		if _, _, err := pdu.DecodeDatagram(b); err != nil {
			return dissect.No
		}
		return dissect.Strong
	}
	f, n, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrFormat:
		return dissect.No
	case err == pdu.ErrShort:
		return dissect.Short
	case f.Hello && f.Command == 0x0a && n == 37 && len(b) >= 9 && b[5]|b[6]|b[7]|b[8] == 0:
		return dissect.Strong // the first message of every connection
	}
	return dissect.Weak
}

type parser struct{}

// Parse counts frames and skips their bodies.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		_, n, err := pdu.DecodeDatagram(b)
		if err == nil {
			count(c)
		}
		return n, nil // peers also send datagrams of other forms
	}
	taken := 0
	for taken < len(b) {
		_, n, err := pdu.Decode(b[taken:])
		switch {
		case err == pdu.ErrShort:
			return taken, nil
		case err != nil:
			return taken, err
		}
		count(c)
		taken += n
	}
	return taken, nil
}

func count(c *dissect.Context) {
	c.Send(frame, dissect.Object{})
	c.FactText(dissect.Sender, plant.FieldSoftware, "TeamViewer", "teamviewer", 0.9)
}
