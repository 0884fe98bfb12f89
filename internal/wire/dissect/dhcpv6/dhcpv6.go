// Package dhcpv6 tells who asks for an IPv6 address: the names and vendor
// classes of clients. A relay's messages are not read for facts, since nothing
// in them ties a client to an address on the wire.
package dhcpv6

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dhcpv6"
)

// Protocol is DHCP over IPv6.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "dhcpv6", UDP: []uint16{546, 547},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var verbs = dissect.NewVerbs("dhcpv6", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Solicit), Name: "Solicit"},
	{Code: uint32(pdu.Advertise), Name: "Advertise"},
	{Code: uint32(pdu.Request), Name: "Request"},
	{Code: uint32(pdu.Confirm), Name: "Confirm"},
	{Code: uint32(pdu.Renew), Name: "Renew"},
	{Code: uint32(pdu.Rebind), Name: "Rebind"},
	{Code: uint32(pdu.Reply), Name: "Reply"},
	{Code: uint32(pdu.Release), Name: "Release"},
	{Code: uint32(pdu.Decline), Name: "Decline"},
	{Code: uint32(pdu.Reconfigure), Name: "Reconfigure"},
	{Code: uint32(pdu.InformationRequest), Name: "Information Request"},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	if _, _, err := pdu.Decode(b); err != nil || h.Stream {
		return dissect.No
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads one message.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil && m.Type == 0 {
		return 0, err
	}
	c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	switch {
	case m.Type.FromServer():
		c.SenderIsServer()
		if !m.Relayed {
			c.FactText(dissect.Sender, plant.FieldService, "dhcpv6", "dhcpv6", 0.9)
		}
	default:
		c.SenderIsClient()
		if !m.Relayed {
			client(c, &m)
		}
	}
	return n, nil
}

func client(c *dissect.Context, m *pdu.Message) {
	o := m.Options()
	for opt, ok := o.Next(); ok; opt, ok = o.Next() {
		switch opt.Code {
		case pdu.OptFQDN:
			var buf [256]byte
			c.Fact(dissect.Sender, plant.FieldName, opt.FQDN(buf[:0]), "dhcpv6.fqdn", 0.9)
		case pdu.OptVendorClass:
			vendorClass(c, opt)
		}
	}
}

// enterpriseMicrosoft is the IANA number in the vendor class of Windows.
const enterpriseMicrosoft = 311

func vendorClass(c *dissect.Context, opt pdu.Option) {
	enterprise, class, ok := opt.VendorClass()
	if !ok {
		return
	}
	var buf [512]byte
	c.Fact(dissect.Sender, plant.FieldFingerprint, append(append(buf[:0], "dhcp60="...), class...), "dhcpv6.vendor-class", 0.9)
	if enterprise == enterpriseMicrosoft {
		c.FactText(dissect.Sender, plant.FieldOS, "Windows", "dhcpv6.vendor-class", 0.7)
	}
}
