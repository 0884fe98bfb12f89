package opcua

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/opcua"
)

// maxList bounds how many entries of a server's lists are looked at.
const maxList = 64

func (p *parser) response(c *dissect.Context, m *pdu.Message, tag uint64, known bool) {
	switch m.Service {
	case pdu.GetEndpointsResponse:
		r := pdu.NewReader(m.Body)
		p.endpoints(c, &r, "opcua.get-endpoints")
	case pdu.CreateSessionResponse:
		certificate, r := pdu.CreatedSession(m.Body)
		p.certificate(c, certificate)
		p.endpoints(c, &r, "opcua.create-session")
	case pdu.FindServersResponse:
		p.servers(c, m.Body)
	case pdu.ReadResponse:
		if known && tag != 0 {
			p.values(c, m.Body, tag)
		}
	}
}

// endpoints reads the ways into a server and what they offer without security.
func (p *parser) endpoints(c *dissect.Context, r *pdu.Reader, source string) {
	for range min(r.Count(), maxList) {
		e := r.Endpoint()
		if r.Err() != nil && len(e.Server.URI) == 0 {
			return
		}
		p.application(c, dissect.Sender, &e.Server, source, 0.95)
		if r.Err() != nil {
			return
		}
		c.Fact(dissect.Sender, plant.FieldService, e.URL, source, 0.9)
		p.certificate(c, e.Certificate)
		p.offer(c, &e, source)
	}
}

// offer reports an endpoint that takes clients with weak security or none.
func (p *parser) offer(c *dissect.Context, e *pdu.Endpoint, source string) {
	if e.Mode == pdu.ModeNone && e.Tokens&pdu.TokenAnonymous != 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "opcua.offers=None,anonymous", source, 0.95)
	} else if e.Mode == pdu.ModeNone {
		c.FactText(dissect.Sender, plant.FieldSecurity, "opcua.offers=None", source, 0.95)
	}
	switch policy := pdu.PolicyName(e.Policy); string(policy) {
	case "Basic128Rsa15":
		c.FactText(dissect.Sender, plant.FieldSecurity, "opcua.offers=Basic128Rsa15", source, 0.95)
	case "Basic256":
		c.FactText(dissect.Sender, plant.FieldSecurity, "opcua.offers=Basic256", source, 0.95)
	}
}

// servers reads what a discovery server knows. It is said about others as
// often as about itself, so it is believed less.
func (p *parser) servers(c *dissect.Context, body []byte) {
	r := pdu.NewReader(body)
	for range min(r.Count(), maxList) {
		a := r.Application()
		if r.Err() != nil {
			return
		}
		p.application(c, dissect.Sender, &a, "opcua.find-servers", 0.6)
	}
}

// values reads the nodes that say what the server is.
func (p *parser) values(c *dissect.Context, body []byte, tag uint64) {
	results := pdu.DecodeResults(body)
	for i := uint64(1); i < 256; i++ {
		v, ok := results.Next()
		if !ok {
			return
		}
		for slot, node := range told {
			if tag>>(8*slot)&0xff == i {
				p.value(c, node, v)
			}
		}
	}
}

func (p *parser) value(c *dissect.Context, node uint32, v pdu.Value) {
	const source, sure = "opcua.build-info", 0.95
	if b, ok := pdu.DecodeBuildInfo(v); ok {
		p.value(c, pdu.NodeProductName, text(b.Product))
		p.value(c, pdu.NodeProductURI, text(b.ProductURI))
		p.value(c, pdu.NodeManufacturer, text(b.Manufacturer))
		p.value(c, pdu.NodeSoftware, text(b.Software))
		p.value(c, pdu.NodeBuildNumber, text(b.Build))
		return
	}
	if node == pdu.NodeState && v.IsInteger() && v.Number >= 0 && v.Number < int64(len(states)) {
		c.FactText(dissect.Sender, plant.FieldMode, states[v.Number], "opcua.state", 0.8)
		return
	}
	if !v.IsText() || len(bytes.TrimSpace(v.Text)) == 0 {
		return
	}
	switch node {
	case pdu.NodeProductName:
		c.Fact(dissect.Sender, plant.FieldProduct, v.Text, source, sure)
	case pdu.NodeProductURI:
		c.Fact(dissect.Sender, plant.FieldSoftware, v.Text, source, sure)
	case pdu.NodeManufacturer:
		c.Fact(dissect.Sender, plant.FieldVendor, v.Text, source, sure)
	case pdu.NodeSoftware:
		c.Fact(dissect.Sender, plant.FieldFirmware, v.Text, source, 0.8) // of the server program, on a controller its firmware
	case pdu.NodeBuildNumber:
		c.Fact(dissect.Sender, plant.FieldSoftware, append(append(p.scratch[:0], "build "...), v.Text[:min(len(v.Text), 128)]...), source, sure)
	}
}

func text(b []byte) pdu.Value { return pdu.Value{Type: 12, Text: b} }

// states are the values of ServerState (OPC 10000-5).
var states = [...]string{"run", "fault", "no configuration", "suspend", "stop", "test", "communication fault", "unknown"}
