// Package adsdiscovery tells who searches for TwinCAT systems, what they answer
// about themselves, and who adds a route, which crosses the network with a user
// name and a password in clear.
package adsdiscovery

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ads"
)

// Port is the port TwinCAT systems listen on.
const Port = 48899

// Protocol is TwinCAT discovery.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ads-discovery", UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("ads-discovery", "%d", []dissect.VerbRow{
	{Code: pdu.ServiceInfo, Name: "Get Information", Kind: plant.Identify, Technique: "T0846"},
	{Code: pdu.ServiceAddRoute, Name: "Add Route", Kind: plant.Auth, Technique: "T0892"},
	{Code: pdu.ServiceDeleteRoute, Name: "Delete Route", Kind: plant.Auth, Technique: "T0892"},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	if _, _, err := pdu.DecodeDiscovery(b); h.Stream || err != nil {
		return dissect.No
	}
	return dissect.Strong
}

type parser struct {
	scratch []byte
}

// Parse reads the message that is the datagram b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	d, n, err := pdu.DecodeDiscovery(b)
	if err != nil {
		return 0, err
	}
	id := uint64(d.Invoke)<<32 | uint64(d.Service)
	verb := verbs.Get(d.Service)
	if d.Reply {
		c.Response(verb, id, status(d))
		c.SenderIsServer()
	} else {
		c.Request(verb, id, dissect.Object{})
		c.SenderIsClient()
	}
	p.scratch = d.From.NetID.AppendTo(append(p.scratch[:0], "netid "...))
	c.Fact(dissect.Sender, plant.FieldUnit, p.scratch, "ads-discovery", 0.9)
	switch {
	case d.Reply && d.Service == pdu.ServiceInfo:
		p.information(c, d.Tags)
	case !d.Reply && d.Service == pdu.ServiceAddRoute:
		p.route(c, d.Tags)
	}
	return n, nil
}

// status is how a reply answers: by a status tag where it has one.
func status(d pdu.Discovery) dissect.Result {
	for tags := d.Tags; ; {
		t, rest, ok := pdu.Next(tags)
		if !ok {
			return dissect.Accepted
		}
		if t.Kind == pdu.TagStatus && (len(t.Value) < 4 || t.Value[0]|t.Value[1]|t.Value[2]|t.Value[3] != 0) {
			return dissect.Refused
		}
		tags = rest
	}
}

// information reads what a system answers about itself.
func (p *parser) information(c *dissect.Context, tags []byte) {
	const source = "ads-discovery.info"
	for {
		t, rest, ok := pdu.Next(tags)
		if !ok {
			return
		}
		switch t.Kind {
		case pdu.TagHost:
			c.Fact(dissect.Sender, plant.FieldName, t.Text(), source, 0.95)
			c.FactText(dissect.Sender, plant.FieldVendor, "Beckhoff", source, 0.6)
		case pdu.TagVersion:
			p.scratch = pdu.AppendVersion(append(p.scratch[:0], "TwinCAT "...), t.Value)
			c.Fact(dissect.Sender, plant.FieldSoftware, p.scratch, source, 0.95)
		case pdu.TagOS:
			p.system(c, t)
		case pdu.TagFingerprint:
			p.scratch = append(append(p.scratch[:0], "twincat="...), t.Text()...)
			c.Fact(dissect.Sender, plant.FieldFingerprint, p.scratch, source, 0.9)
		}
		tags = rest
	}
}

func (p *parser) system(c *dissect.Context, t pdu.Tag) {
	const source = "ads-discovery.info"
	platform, major, minor, build, ok := pdu.OS(t.Value)
	if !ok {
		c.Fact(dissect.Sender, plant.FieldOS, t.Text(), source, 0.9)
		return
	}
	name := "Windows "
	if platform == 3 {
		name = "Windows CE "
	}
	p.scratch = append(p.scratch[:0], name...)
	for i, v := range [3]uint32{major, minor, build} {
		if i > 0 {
			p.scratch = append(p.scratch, '.')
		}
		p.scratch = strconv.AppendUint(p.scratch, uint64(v), 10)
	}
	c.Fact(dissect.Sender, plant.FieldOS, p.scratch, source, 0.9)
}

// route reads who wants a route and under which account. The password stands
// beside it and is not read.
func (p *parser) route(c *dissect.Context, tags []byte) {
	const source = "ads-discovery.add-route"
	var user []byte
	password := false
	for {
		t, rest, ok := pdu.Next(tags)
		if !ok {
			break
		}
		switch t.Kind {
		case pdu.TagRouteName:
			c.Fact(dissect.Sender, plant.FieldName, t.Text(), source, 0.7)
		case pdu.TagUser:
			user = t.Text()
		case pdu.TagPassword:
			password = true
		}
		tags = rest
	}
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleEngineering, source, 0.6)
	if len(user) == 0 {
		return
	}
	c.Fact(dissect.Sender, plant.FieldUser, user, source, 0.8)
	if password {
		p.scratch = append(append(p.scratch[:0], "ads user "...), user...)
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.scratch, source, 0.95)
	}
}
