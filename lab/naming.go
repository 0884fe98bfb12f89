package lab

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// domain is the Windows domain that a host belongs to: the office has one, and
// the plant its own.
func (h *host) domain() string {
	if h.Net == "office" {
		return "ALDER"
	}
	return "ALDER-OT"
}

// dns is that domain's name in DNS.
func (h *host) dns() string {
	if h.Net == "office" {
		return "alder.local"
	}
	return "ot.alder.local"
}

// dhcp is a computer that starts and gets its address.
func dhcp(s *scene) { s.each(s.lease) }

func (s *scene) lease() {
	h := s.from
	l := message.DHCPLease{
		ID: s.Rand.Uint32(), MAC: h.machine.MAC[:], Address: h.IP().AsSlice(), Server: s.to.IP().AsSlice(), Router: h.net.router().AsSlice(),
		Mask: []byte{255, 255, 255, 0}, Host: h.Name, Class: "MSFT 5.0", DNS: h.dns(), DNSServer: s.to.IP().AsSlice(),
	}
	if h.Class != "" {
		l.Class = h.Class
	}
	if s.to.Windows == nil {
		l.Router, l.DNSServer = l.Server, l.Server // a small router names itself
	}
	nobody := *h
	nobody.Host = wire.NewHost(wire.Nowhere, h.Host.Stack, 1)
	for _, step := range []byte{message.DHCPDiscover, message.DHCPRequest} {
		s.shout(&nobody, "255.255.255.255", 68, 67, message.DHCP(step, l))
		s.Wait(s.Jitter(3*time.Millisecond, 0.5))
		s.shout(s.to, "255.255.255.255", 67, 68, message.DHCP(step+1+step/message.DHCPRequest, l))
		if step == message.DHCPDiscover {
			s.otherOffers(l)
		}
		s.Wait(s.Jitter(2*time.Millisecond, 0.5))
	}
}

// otherOffers are those of servers that the client does not choose.
func (s *scene) otherOffers(l message.DHCPLease) {
	for _, name := range s.talk.Names {
		other := s.world.hosts[name]
		l.Server, l.Router, l.DNSServer = other.IP().AsSlice(), s.from.net.router().AsSlice(), other.IP().AsSlice()
		s.Wait(s.Jitter(quick, 0.5))
		s.shout(other, "255.255.255.255", 67, 68, message.DHCP(message.DHCPOffer, l))
	}
}

func dns(s *scene) {
	s.each(func() {
		for _, name := range s.talk.Names {
			id := uint16(s.Rand.Uint32())
			s.ask(s.from.Host.Datagram(), 53, message.DNSAsk(id, name), message.DNSAnswer(id, name, s.world.address(name)))
			s.Wait(s.Jitter(200*time.Millisecond, 0.9))
		}
	})
}

// netbios claims a Windows computer's names.
func netbios(s *scene) {
	ip := s.from.IP().AsSlice()
	last := s.world.link(s.from).Subnet.Addr().As4()
	last[3] = 255
	for _, n := range []struct {
		name   string
		suffix byte
		group  bool
	}{{title(s.from), 0, false}, {title(s.from), 0x20, false}, {s.from.domain(), 0, true}} {
		s.shout(s.from, addr(last).String(), 137, 137, message.NetBIOSRegister(uint16(s.Rand.Uint32()), n.name, n.suffix, n.group, ip))
		s.Wait(250 * time.Millisecond)
	}
}

func ntp(s *scene) {
	port := s.from.Host.Datagram()
	if s.from.Windows != nil {
		port = 123
	}
	s.each(func() {
		sent := s.ntpTime()
		reference, stratum := "GPS", byte(1)
		if s.to.Windows != nil {
			reference, stratum = "\x0a\x14\x14\x05", 2
		}
		s.ask(port, 123, message.NTP(false, 0, "", 0, 0, sent), message.NTP(true, stratum, reference, sent, sent+1<<20, sent+1<<20+1<<16))
	})
}

// service tells the link what a device offers.
func service(s *scene) {
	h := s.from
	instance := h.Name
	text := []string{"note=" + h.Location}
	if h.Model != "" {
		instance = h.Model
		text = append(text, "ty="+h.Model, "rp=ipp/print")
	}
	s.each(func() {
		s.shout(h, "224.0.0.251", 5353, 5353, message.MDNSAnnounce(s.talk.Text, instance, h.Name+".local", s.talk.Port, h.IP().AsSlice(), text...))
	})
}

// systemGroup is what every agent can tell: sysDescr, sysName, sysLocation.
var systemGroup = []string{"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0"}

func snmp(s *scene) {
	port := s.from.Host.Datagram()
	s.each(func() {
		id := s.Rand.Uint32() >> 1
		values := []string{s.to.Text, s.to.Name, s.to.Location}
		s.ask(port, 161, message.SNMP(s.talk.Text, false, id, systemGroup, nil), message.SNMP(s.talk.Text, true, id, systemGroup, values))
	})
}
