// Package dnp3 tells what happens in DNP3 conversations: which master operates
// which outputs of which outstation, who restarts, loads and silences them, what
// was refused, and what outstations say about themselves.
package dnp3

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dnp3"
)

// Port is the registered port.
const Port = 20000

// Protocol is DNP3 over TCP and UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "dnp3", TCP: []uint16{Port}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

const headerLen = 10

// probe takes start octets and a right header checksum on any port.
func probe(b []byte, h dissect.Hint) dissect.Match {
	_, _, err := pdu.Decode(b)
	switch {
	case err == nil:
		return dissect.Strong
	case err != pdu.ErrShort || !h.Stream:
		return dissect.No
	case len(b) >= headerLen: // the header was checked before its data was missed
		return dissect.Strong
	}
	return dissect.Short
}

type parser struct {
	data    [pdu.MaxData]byte
	sources [maxSources]source
	next    uint8
	said    [2]said
}

// maxSources bounds the stations of one conversation whose fragments are
// joined at the same time: behind a terminal server there may be several.
const maxSources = 4

// source is a sender of segments.
type source struct {
	used      bool
	side      uint8
	src, dst  uint16
	assembler pdu.Assembler
}

// Parse reads the link frames in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		f, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort && c.Stream {
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
	if !f.HasData() {
		code := uint32(f.Function)
		if f.Primary {
			code |= linkPrimary
		}
		c.Send(links.Get(code), dissect.Object{})
		return
	}
	data, err := f.AppendData(p.data[:0])
	if err != nil {
		c.Malformed("DNP3 data block with a wrong checksum")
		return
	}
	s, err := pdu.DecodeSegment(data)
	if err != nil {
		return
	}
	whole, ok := p.source(c, f).assembler.Add(s)
	if !ok {
		return
	}
	x, err := pdu.DecodeFragment(whole)
	if err != nil {
		c.Malformed("DNP3 fragment is shorter than its header")
		return
	}
	p.fragment(c, f, &x)
}

// source finds the sender's place; a new one takes that of the oldest.
func (p *parser) source(c *dissect.Context, f *pdu.Frame) *source {
	for i := range p.sources {
		s := &p.sources[i]
		if s.used && int(s.side) == c.Side() && s.src == f.Source && s.dst == f.Destination {
			return s
		}
	}
	s := &p.sources[p.next%maxSources]
	p.next++
	*s = source{used: true, side: uint8(c.Side()), src: f.Source, dst: f.Destination, assembler: s.assembler}
	s.assembler.Reset()
	return s
}

// pairing joins a response to its request: the two stations and the sequence
// number, which a response repeats.
func pairing(master, outstation uint16, x *pdu.Fragment) uint64 {
	return uint64(master)<<24 | uint64(outstation)<<8 | uint64(x.Sequence)
}

func (p *parser) fragment(c *dissect.Context, f *pdu.Frame, x *pdu.Fragment) {
	if x.Function.Response() {
		c.SenderIsServer()
		p.tell(c, f.Source, f.Destination, dissect.Sender)
		p.response(c, f, x)
		return
	}
	c.SenderIsClient()
	p.tell(c, f.Destination, f.Source, dissect.Receiver)
	request(c, f, x)
}

func request(c *dissect.Context, f *pdu.Frame, x *pdu.Fragment) {
	headers := x.Headers()
	h, _ := headers.Next()
	points := h.Points()
	first, some := points.Next()
	v := requestVerb(x, h, first)
	o := dissect.Object{Unit: uint32(f.Destination)}
	if v.Kind != plant.Read {
		describe(&o, h, first, some)
	}
	if name, _, ok := first.File(); ok {
		o.Space, o.Name = "file", name
	}
	if x.Function.NoAck() {
		c.Send(v, o)
	} else {
		c.Request(v, pairing(f.Source, f.Destination, x), o)
	}
	if user, secret, ok := first.Login(); ok && secret {
		var text [64]byte
		b := append(append(text[:0], "dnp3 file user "...), user[:min(len(user), 48)]...)
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, b, "dnp3.file", 0.95)
	}
}

// spaces are the names of the groups that masters write.
var spaces = map[uint8]string{
	pdu.GroupBinaryOutput: "binary output", pdu.GroupControl: "binary output", 13: "binary output",
	40: "analog output", pdu.GroupAnalogOutput: "analog output", 20: "counter", 21: "frozen counter",
	groupDeadband: "analog input deadband", pdu.GroupTime: "clock", pdu.GroupFile: "file", pdu.GroupClass: "class",
	pdu.GroupIndications: "internal indication", pdu.GroupApplication: "application", pdu.GroupString: "octet string",
}

// describe says what a request is about: the points of its first object header,
// and the value where it is one point.
func describe(o *dissect.Object, h pdu.Header, first pdu.Point, some bool) {
	o.Space = spaces[h.Group]
	switch {
	case h.Ranged && h.Count > 0:
		o.Ranged, o.From, o.To = true, h.First, h.Last()
	case some && h.Indexed():
		o.Ranged, o.From, o.To = true, first.Index, first.Index
	}
	if !some || h.Count != 1 {
		return
	}
	if ctl, ok := first.Control(); ok {
		o.Valued, o.Value = true, int64(ctl.Code)
	}
	if v, ok := first.Setpoint(); ok && v == float64(int64(v)) {
		o.Valued, o.Value = true, int64(v)
	}
}

func (p *parser) response(c *dissect.Context, f *pdu.Frame, x *pdu.Fragment) {
	id := pairing(f.Destination, f.Source, x)
	switch w, ok := c.Peek(id); {
	case x.Function == pdu.Unsolicited || x.Function == pdu.AuthResponse:
		c.Send(verbs.Get(uint32(x.Function)), dissect.Object{Unit: uint32(f.Source)})
	case ok && x.Function == pdu.Response && w.Verb.Reply == reply:
		c.Response(nil, id, result(x))
	default:
		c.Response(verbs.Get(uint32(x.Function)), id, result(x))
	}
	p.indications(c, x)
	attributes(c, x)
}

func result(x *pdu.Fragment) dissect.Result {
	if x.Refused() {
		return dissect.Refused
	}
	return dissect.Accepted
}
