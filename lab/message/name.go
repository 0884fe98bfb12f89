package message

import "strings"

// DNS: RFC 1035; mDNS: RFC 6762; NetBIOS names: RFC 1002; NTP: RFC 5905; DHCP:
// RFC 2131 and 2132.

func dnsName(name string) []byte {
	var b []byte
	for label := range strings.SplitSeq(name, ".") {
		b = cat(b, short(label))
	}
	return append(b, 0)
}

// DNS record types.
const (
	dnsA   = 1
	dnsPTR = 12
	dnsTXT = 16
	dnsSRV = 33
)

// DNSAsk asks for the address of a name.
func DNSAsk(id uint16, name string) []byte {
	return cat(id, uint16(0x100), uint16(1), zeros(6), dnsName(name), uint16(dnsA), uint16(1))
}

// DNSAnswer answers it; without an address that there is none.
func DNSAnswer(id uint16, name string, ip []byte) []byte {
	question := cat(dnsName(name), uint16(dnsA), uint16(1))
	if ip == nil {
		return cat(id, uint16(0x8183), uint16(1), zeros(6), question)
	}
	return cat(id, uint16(0x8180), uint16(1), uint16(1), zeros(4), question,
		uint16(0xc00c), uint16(dnsA), uint16(1), uint32(3600), uint16(4), ip)
}

func dnsRecord(name string, kind, class uint16, ttl uint32, data []byte) []byte {
	return cat(dnsName(name), kind, class, ttl, uint16(len(data)), data)
}

// MDNSAnnounce tells the link about a service: "_ipp._tcp.local" of an
// instance on a host.
func MDNSAnnounce(service, instance, host string, port uint16, ip []byte, text ...string) []byte {
	full := instance + "." + service
	var txt []byte
	for _, t := range text {
		txt = append(txt, short(t)...)
	}
	return cat(uint16(0), uint16(0x8400), uint16(0), uint16(4), zeros(4),
		dnsRecord(service, dnsPTR, 1, 4500, dnsName(full)),
		dnsRecord(full, dnsSRV, 0x8001, 120, cat(uint16(0), uint16(0), port, dnsName(host))),
		dnsRecord(full, dnsTXT, 0x8001, 4500, txt),
		dnsRecord(host, dnsA, 0x8001, 120, ip))
}

// netbiosName is a name in the first-level encoding, with its suffix.
func netbiosName(name string, suffix byte) []byte {
	b := []byte{32}
	for _, c := range append(fixed(strings.ToUpper(name), 15, ' '), suffix) {
		b = append(b, 'A'+c>>4, 'A'+c&15)
	}
	return append(b, 0)
}

// NetBIOSRegister claims a name: suffix 0x00 is a workstation, 0x20 a server,
// or a group.
func NetBIOSRegister(id uint16, name string, suffix byte, group bool, ip []byte) []byte {
	flags := uint16(0)
	if group {
		flags = 0x8000
	}
	return cat(id, uint16(0x2910), uint16(1), uint16(0), uint16(0), uint16(1), netbiosName(name, suffix), uint16(0x20), uint16(1),
		uint16(0xc00c), uint16(0x20), uint16(1), uint32(300000), uint16(6), flags, ip)
}

// NTP asks for the time, or tells it at a stratum. Times are in NTP form.
func NTP(server bool, stratum byte, reference string, origin, receive, transmit uint64) []byte {
	mode, precision := byte(0x23), byte(0xe9)
	if server {
		mode = 0x24
	}
	return cat(mode, stratum, 6, precision, uint32(0), uint32(0x20), fixed(reference, 4, 0), receive, origin, receive, transmit)
}

// DHCPLease is what a client asks for and a server grants.
type DHCPLease struct {
	ID               uint32
	MAC              []byte
	Address, Server  []byte
	Router, Mask     []byte
	Host, Class, DNS string
	DNSServer        []byte
}

// DHCP kinds.
const (
	DHCPDiscover = 1
	DHCPOffer    = 2
	DHCPRequest  = 3
	DHCPAck      = 5
)

// DHCP is one message of the exchange.
func DHCP(kind byte, l DHCPLease) []byte {
	op, yours := byte(1), zeros(4)
	options := cat(53, 1, kind)
	switch kind {
	case DHCPOffer, DHCPAck:
		op, yours = 2, l.Address
		options = cat(options, 54, 4, l.Server, 51, 4, uint32(86400), 1, 4, l.Mask, 3, 4, l.Router, 6, 4, l.DNSServer, 15, short(l.DNS))
	default:
		options = cat(options, 61, 7, 1, l.MAC, 12, short(l.Host), 60, short(l.Class), 55, 8, 1, 3, 6, 15, 31, 33, 43, 44)
		if kind == DHCPRequest {
			options = cat(options, 50, 4, l.Address, 54, 4, l.Server)
		}
	}
	b := cat(op, 1, 6, 0, l.ID, uint16(0), uint16(0x8000), zeros(4), yours, zeros(8), l.MAC, zeros(10), zeros(192), uint32(0x63825363), options, 255)
	return cat(b, zeros(max(300-len(b), 0)))
}
