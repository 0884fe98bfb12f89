package opcua

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/opcua"
)

// asked is what a request tells: a verb other than the service's own, what it
// is about, and what its response must know.
type asked struct {
	verb   *plant.Verb
	object dissect.Object
	tag    uint64
}

func (p *parser) request(c *dissect.Context, m *pdu.Message) asked {
	switch m.Service {
	case pdu.CreateSessionRequest:
		p.createSession(c, m)
	case pdu.ActivateSessionRequest:
		p.activate(c, m)
	case pdu.RegisterServerRequest, pdu.RegisterServer2Request:
		p.register(c, m)
	case pdu.OpenChannelRequest:
		p.mode(c, m)
	case pdu.ReadRequest:
		return p.read(m)
	case pdu.WriteRequest:
		return p.write(m)
	case pdu.CallRequest:
		return p.call(m)
	}
	return asked{}
}

// mode reports a channel without signature.
func (p *parser) mode(c *dissect.Context, m *pdu.Message) {
	if mode, err := pdu.DecodeOpenRequest(m.Body); err == nil && mode == pdu.ModeNone {
		c.FactText(dissect.Receiver, plant.FieldSecurity, "opcua.mode=None", "opcua.open", 0.95)
	}
}

func (p *parser) createSession(c *dissect.Context, m *pdu.Message) {
	s, err := pdu.DecodeCreateSession(m.Body)
	p.application(c, dissect.Sender, &s.Client, "opcua.create-session", 0.9)
	if err == nil {
		p.certificate(c, s.Certificate)
	}
}

// activate reports how a user signs in. A password counts as clear when the
// token does not encrypt it: the message was readable, so the channel does not
// either.
func (p *parser) activate(c *dissect.Context, m *pdu.Message) {
	t, err := pdu.DecodeActivateSession(m.Body)
	if err != nil {
		return
	}
	const source = "opcua.activate-session"
	switch t.Kind {
	case pdu.TokenAnonymous:
		c.FactText(dissect.Receiver, plant.FieldSecurity, "opcua.user=anonymous", source, 0.9)
	case pdu.TokenUserName:
		user := t.User[:min(len(t.User), 64)]
		c.Fact(dissect.Sender, plant.FieldUser, user, source, 0.9)
		if t.Clear {
			c.Fact(dissect.Receiver, plant.FieldCleartextLogin, append(append(p.scratch[:0], "opcua user "...), user...), source, 0.95)
		}
	}
}

// register reports a server that tells a discovery server about itself.
func (p *parser) register(c *dissect.Context, m *pdu.Message) {
	s, _ := pdu.DecodeRegistered(m.Body)
	a := pdu.Application{URI: s.URI, Product: s.Product, Name: s.Name, Kind: s.Kind, URL: s.URL}
	p.application(c, dissect.Sender, &a, "opcua.register-server", 0.9)
}

// Of the nodes of a Read request those between 2256 and 2266 are remembered in
// the tag: eight nodes, and for each the place of its value plus one.
var told = [8]uint32{
	pdu.NodeServerStatus, pdu.NodeState, pdu.NodeBuildInfo, pdu.NodeProductName,
	pdu.NodeProductURI, pdu.NodeManufacturer, pdu.NodeSoftware, pdu.NodeBuildNumber,
}

func (p *parser) read(m *pdu.Message) asked {
	items := pdu.DecodeRead(m.Body)
	a := asked{object: dissect.Object{Space: "nodes"}}
	if items.Len() > 255 {
		return a
	}
	for i := 1; ; i++ {
		item, ok := items.Next()
		if !ok {
			return a
		}
		if item.Attribute != pdu.ValueAttribute || item.Node.Kind != pdu.NumericNode || item.Node.Namespace != 0 {
			continue
		}
		for slot, node := range told {
			if item.Node.Number == node && a.tag>>(8*slot)&0xff == 0 {
				a.tag |= uint64(i) << (8 * slot)
			}
		}
	}
}

// write names the node when the request changes one. More are counted.
func (p *parser) write(m *pdu.Message) asked {
	items := pdu.DecodeWrite(m.Body)
	several := items.Len() > 1
	first, ok := items.Next()
	switch {
	case !ok:
		return asked{}
	case several:
		return asked{object: dissect.Object{Space: "several nodes"}}
	}
	o := dissect.Object{Space: "node", Name: p.node(first.Node)}
	if first.Attribute != pdu.ValueAttribute {
		o.Space = "attribute of node"
	} else if first.Value.IsInteger() {
		o.Value, o.Valued = first.Value.Number, true
	}
	return asked{object: o}
}

func (p *parser) call(m *pdu.Message) asked {
	call, err := pdu.DecodeCall(m.Body)
	if err != nil || call.Count == 0 {
		return asked{}
	}
	return asked{object: dissect.Object{Space: "method", Name: p.node(call.Method)}}
}

// node is a node's id as text, cut where it is very long.
func (p *parser) node(n pdu.NodeID) []byte {
	n.Name = n.Name[:min(len(n.Name), 128)]
	return n.AppendTo(p.scratch[:0])
}

// application reports who a program is.
func (p *parser) application(c *dissect.Context, who dissect.Subject, a *pdu.Application, source string, sure float64) {
	if len(a.URI) == 0 && len(a.Product) == 0 {
		return
	}
	c.Fact(who, plant.FieldSoftware, a.URI, source, sure)
	if !bytes.Equal(a.URI, a.Product) {
		c.Fact(who, plant.FieldSoftware, a.Product, source, sure)
	}
	if len(a.Name) > 0 {
		c.Fact(who, plant.FieldSoftware, append(append(p.scratch[:0], "OPC UA application "...), a.Name[:min(len(a.Name), 128)]...), source, sure)
	}
}
