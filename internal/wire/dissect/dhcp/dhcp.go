// Package dhcp tells who asks for an address and who gives it: host names,
// vendor classes and fingerprints of clients, and the settings that servers
// hand out. Facts about a client are joined by its hardware address, which the
// message carries: it has no IP address yet, and a relay may stand in between.
package dhcp

import (
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dhcp"
)

// Protocol is DHCP over IPv4 and BOOTP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "dhcp", UDP: []uint16{67, 68},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

// verbs are the DHCP message types; 0 is BOOTP, which has none. A lease is what
// the protocol is for, so that none of them counts as a change of settings.
var verbs = dissect.NewVerbs("dhcp", "%d", []dissect.VerbRow{
	{Code: 0, Name: "BOOTP"},
	{Code: uint32(pdu.Discover), Name: "Discover"},
	{Code: uint32(pdu.Offer), Name: "Offer"},
	{Code: uint32(pdu.RequestLease), Name: "Request"},
	{Code: uint32(pdu.Decline), Name: "Decline"},
	{Code: uint32(pdu.Ack), Name: "Acknowledge"},
	{Code: uint32(pdu.Nak), Name: "Refuse"},
	{Code: uint32(pdu.Release), Name: "Release"},
	{Code: uint32(pdu.Inform), Name: "Inform"},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	m, _, err := pdu.Decode(b)
	switch {
	case err != nil || h.Stream:
		return dissect.No
	case m.Cookie && m.HardwareType == 1 && len(m.Hardware) == 6:
		return dissect.Strong
	}
	return dissect.Weak
}

// parser knows whether it has read a message. Clients without an address share
// one conversation, so that only its first message is surely from the endpoint
// that the context names as the sender.
type parser struct{ later bool }

// maxText holds the longest option with a prefix of ours: 255 numbers of up to
// three digits with commas.
const maxText = 1024

// Parse reads one message.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	t := m.Type()
	c.Send(verbs.Get(uint32(t)), dissect.Object{})
	who := subject(c, &m)
	if m.Op == pdu.Request {
		c.SenderIsClient()
		request(c, &m, who)
		if !p.later && strange(c, &m) {
			hostname(c, &m, dissect.Sender, 0.5)
		}
	} else {
		c.SenderIsServer()
		reply(c, &m, t, who)
	}
	p.later = true
	return n, nil
}

// hostname reports the name that a message gives to its client.
func hostname(c *dissect.Context, m *pdu.Message, who dissect.Subject, confidence float64) {
	o := m.Options()
	for opt, ok := o.Next(); ok; opt, ok = o.Next() {
		if opt.Code == pdu.OptHostname {
			c.Fact(who, plant.FieldName, opt.Data, "dhcp.hostname", confidence)
		}
	}
}

// subject is the client that a message is from or for.
func subject(c *dissect.Context, m *pdu.Message) dissect.Subject {
	var mac plant.MAC
	if len(m.Hardware) == len(mac) {
		copy(mac[:], m.Hardware)
	}
	own := m.Op == pdu.Request && (mac.IsZero() || mac == c.Src().MAC)
	switch {
	case own && c.Src().IP.IsValid() && !c.Src().IP.IsUnspecified():
		return dissect.Sender
	case mac.IsZero():
		return dissect.At(plant.Endpoint{IP: m.Client, VLAN: c.Src().VLAN})
	case relayed(m):
		return dissect.At(plant.Endpoint{MAC: mac})
	}
	return dissect.At(plant.Endpoint{MAC: mac, VLAN: c.Src().VLAN})
}

// strange reports whether a client's message left another interface than the
// one it is about, with no relay to explain it: bonded and bridged interfaces
// do that. The frame's sender is then most likely the same machine.
func strange(c *dissect.Context, m *pdu.Message) bool {
	return !relayed(m) && c.Src().IP.IsUnspecified() && len(m.Hardware) == 6 && !c.Src().MAC.IsZero() && c.Src().MAC != plant.MAC(m.Hardware)
}

func relayed(m *pdu.Message) bool { return !m.Relay.IsUnspecified() }

// request reads what a client says about itself.
func request(c *dissect.Context, m *pdu.Message, who dissect.Subject) {
	address(c, who, m.Client)
	o := m.Options()
	for opt, ok := o.Next(); ok; opt, ok = o.Next() {
		switch opt.Code {
		case pdu.OptHostname:
			c.Fact(who, plant.FieldName, opt.Data, "dhcp.hostname", 0.9)
		case pdu.OptVendorClass:
			vendorClass(c, who, opt.Data)
		case pdu.OptParameters:
			parameters(c, who, opt.Data)
		case pdu.OptFQDN:
			var buf [256]byte
			c.Fact(who, plant.FieldName, opt.FQDN(buf[:]), "dhcp.fqdn", 0.9)
		case pdu.OptClientID:
			clientID(c, who, opt.Data)
		case pdu.OptUserClass:
			userClass(c, who, opt.Data)
		}
	}
}

// vendorClass is the make of the client's DHCP software: of the operating
// system in PCs, often of the device itself in everything else.
func vendorClass(c *dissect.Context, who dissect.Subject, class []byte) {
	var buf [maxText]byte
	c.Fact(who, plant.FieldFingerprint, append(append(buf[:0], "dhcp60="...), class...), "dhcp.vendor-class", 0.9)
	switch {
	case prefix(class, "MSFT"):
		c.FactText(who, plant.FieldOS, "Windows", "dhcp.vendor-class", 0.7)
	case prefix(class, "android-dhcp"):
		c.FactText(who, plant.FieldOS, "Android", "dhcp.vendor-class", 0.7)
	case prefix(class, "udhcp"), prefix(class, "dhcpcd"), prefix(class, "dnsmasq"):
		c.Fact(who, plant.FieldSoftware, class, "dhcp.vendor-class", 0.8)
	case prefix(class, "PXEClient"):
	default:
		c.Fact(who, plant.FieldDescription, class, "dhcp.vendor-class", 0.7)
	}
}

func prefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

// parameters is the list of options that a client asks for: its order tells
// operating systems and devices apart.
func parameters(c *dissect.Context, who dissect.Subject, list []byte) {
	var buf [maxText]byte
	b := append(buf[:0], "dhcp55="...)
	for i, code := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, uint64(code), 10)
	}
	c.Fact(who, plant.FieldFingerprint, b, "dhcp.parameters", 0.8)
}

// clientID names the client where it is text: devices that are told apart by
// their name send that, behind a type of 0 (RFC 2132 section 9.14).
func clientID(c *dissect.Context, who dissect.Subject, id []byte) {
	if len(id) < 3 || id[0] != 0 {
		return
	}
	for _, ch := range id[1:] {
		if ch < ' ' || ch > '~' {
			return
		}
	}
	c.Fact(who, plant.FieldName, id[1:], "dhcp.client-id", 0.8)
}

// userClass is text by most clients; the standard wants a list of counted
// strings.
func userClass(c *dissect.Context, who dissect.Subject, class []byte) {
	if len(class) > 1 && int(class[0]) == len(class)-1 {
		class = class[1:]
	}
	c.Fact(who, plant.FieldDescription, class, "dhcp.user-class", 0.5)
}

// reply reads what a server gives to a client. An offer is not yet a lease.
func reply(c *dissect.Context, m *pdu.Message, t pdu.Type, who dissect.Subject) {
	if !relayed(m) || c.ToPort != 67 {
		c.FactText(dissect.Sender, plant.FieldService, "dhcp", "dhcp", 0.9)
	}
	lease := t == pdu.Ack || t == 0
	if lease {
		address(c, who, m.Your)
	}
	o := m.Options()
	for opt, ok := o.Next(); ok; opt, ok = o.Next() {
		switch opt.Code {
		case pdu.OptHostname:
			c.Fact(who, plant.FieldName, opt.Data, "dhcp.hostname", 0.8)
			resolves(c, opt.Data, m.Your)
		case pdu.OptDomain:
			c.Fact(who, plant.FieldDomain, opt.Data, "dhcp.domain", 0.7)
		case pdu.OptVendorClass: // a class of clients that the server has settings for
			var buf [maxText]byte
			c.Fact(dissect.Sender, plant.FieldService, append(append(buf[:0], "dhcp60="...), opt.Data...), "dhcp.vendor-class", 0.7)
		}
		if lease {
			setting(c, who, opt)
		}
	}
}

func setting(c *dissect.Context, who dissect.Subject, opt pdu.Option) {
	a, ok := opt.Addr()
	if !ok || a.IsUnspecified() {
		return
	}
	var buf [16]byte
	switch opt.Code {
	case pdu.OptNetmask:
		c.Fact(who, plant.FieldNetmask, a.AppendTo(buf[:0]), "dhcp", 0.9)
	case pdu.OptRouter:
		c.Fact(who, plant.FieldGateway, a.AppendTo(buf[:0]), "dhcp", 0.9)
	}
}

func address(c *dissect.Context, who dissect.Subject, a netip.Addr) {
	if a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		var buf [16]byte
		c.Fact(who, plant.FieldAddress, a.AppendTo(buf[:0]), "dhcp", 0.9)
	}
}

// resolves reports the name that a server has for an address.
func resolves(c *dissect.Context, name []byte, a netip.Addr) {
	if !a.IsUnspecified() {
		var buf [maxText]byte
		b := append(append(buf[:0], name...), '=')
		c.Fact(dissect.Sender, plant.FieldResolves, a.AppendTo(b), "dhcp", 0.7)
	}
}
