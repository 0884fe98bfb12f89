package detect

import (
	"fmt"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Conversation judges who talks to whom.
func (d *Detector) Conversation(c *plant.Conversation) {
	d.half.count(c)
	d.dhcp(c)
	client, known := d.traits(c.Client)
	if known {
		d.reach(c)
	}
	server, both := d.traits(c.Server)
	if !known || !both {
		return
	}
	switch {
	case !c.Answered:
	case server&Outside != 0 && client&OnPlantFloor != 0:
		d.talk("internet", c, c.Client)
	case client&Outside != 0 && server&OnPlantFloor != 0 && c.Transport == plant.TCP && c.Established:
		d.talk("inbound", c, c.Server)
	case crosses(client, server) && !plant.Housekeeping(c.Protocol):
		d.talk("crossing", c, c.Client)
	}
	if c.Answered && remote[c.Protocol] && server&OnPlantFloor != 0 {
		d.talk("remote-access", c, c.Server)
	}
	if c.Lost > 0 {
		d.gap(c)
	}
}

func (d *Detector) gap(c *plant.Conversation) {
	e, lost := d.event(c, c.Server), c.Lost
	talk := e.line
	e.line = func() string { return fmt.Sprintf("%s: %d bytes missing", talk(), lost) }
	d.report("gaps", e)
}

// remote are the protocols that put somebody in front of a computer's screen or
// shell.
var remote = map[string]bool{"rdp": true, "vnc": true, "teamviewer": true, "telnet": true, "ssh": true, "anydesk": true}

// Crosses reports whether a conversation goes over a boundary that someone must
// answer for: between the plant floor and the office, or the plant floor and the
// outside. One that nobody answered went nowhere, and one that only asks for
// names and time carries nothing into the plant from the office.
func Crosses(client, server Traits, protocol string, answered bool) bool {
	floor, other := client, server
	if floor&OnPlantFloor == 0 {
		floor, other = other, floor
	}
	switch {
	case !answered || floor&OnPlantFloor == 0:
		return false
	case other&Outside != 0:
		return true
	}
	return other&InOffice != 0 && !plant.Housekeeping(protocol)
}

// crosses reports whether an office and a plant device talk, in either
// direction.
func crosses(a, b Traits) bool {
	return a&InOffice != 0 && b&OnPlantFloor != 0 || a&OnPlantFloor != 0 && b&InOffice != 0
}

func (d *Detector) talk(rule string, c *plant.Conversation, about plant.Endpoint) {
	d.report(rule, d.event(c, about))
}

func (d *Detector) event(c *plant.Conversation, about plant.Endpoint) event {
	other := c.Server
	if about == c.Server {
		other = c.Client
	}
	line := func() string {
		where := c.Protocol
		if c.Port != 0 {
			where = fmt.Sprintf("%s, %s port %d", c.Protocol, c.Transport, c.Port)
		}
		return fmt.Sprintf("%s → %s: %s", d.label(c.Client), d.label(c.Server), where)
	}
	return event{
		line: line, first: c.First, last: c.Last,
		packet: c.Packet, count: c.Flows, about: []plant.Endpoint{about, other},
	}
}

// reach is how widely one asset tried.
type reach struct {
	client      plant.Endpoint
	addresses   map[netip.Addr]bool
	ports       map[string]bool // of one server: "10.0.0.1 22"
	unanswered  uint64
	first, last plant.Conversation
	ref         plant.PacketRef
}

// A scan: at least this many addresses, or ports of a few devices, and most of
// it without an answer.
const (
	scanAddresses = 30
	scanPorts     = 60
	scanKept      = 4096
)

// reach counts what an asset tried without being answered. Group addresses and
// announcements are no tries.
func (d *Detector) reach(c *plant.Conversation) {
	if c.Established || c.Transport == plant.Ethernet || c.Answered && c.Transport != plant.TCP || plant.Housekeeping(c.Protocol) || !unicast(c.Server.IP) {
		return
	}
	i := d.assets.Number(c.Client)
	r := d.scans[i]
	if r == nil {
		r = &reach{client: c.Client, addresses: map[netip.Addr]bool{}, ports: map[string]bool{}, ref: c.Packet, first: *c, last: *c}
		d.scans[i] = r
	}
	r.unanswered += c.Flows
	if c.First.Before(r.first.First) {
		r.first, r.ref = *c, c.Packet
	}
	if c.Last.After(r.last.Last) {
		r.last = *c
	}
	if len(r.addresses) < scanKept {
		r.addresses[c.Server.IP] = true
	}
	if len(r.ports) < scanKept {
		r.ports[fmt.Sprintf("%v %d", c.Server.IP, c.Port)] = true
	}
}

func unicast(a netip.Addr) bool {
	return a.IsValid() && !a.IsMulticast() && !a.IsUnspecified() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

func (d *Detector) closeScans() {
	for i := range d.assets.Traits {
		r := d.scans[i]
		if r == nil || len(r.addresses) < scanAddresses && len(r.ports) < scanPorts {
			continue
		}
		more := ""
		if len(r.addresses) == scanKept {
			more = "more than "
		}
		d.report("scan", event{
			line: func() string {
				return fmt.Sprintf("%s tried %s%d addresses and %d ports without success", d.label(r.client), more, len(r.addresses), len(r.ports))
			},
			first: r.first.First, last: r.last.Last, packet: r.ref, count: r.unanswered, about: []plant.Endpoint{r.client},
		})
	}
	d.scans = map[int]*reach{}
}

// dhcp notes who answers DHCP.
func (d *Detector) dhcp(c *plant.Conversation) {
	if c.Protocol == "dhcp" && c.Confirmed && unicast(c.Server.IP) && c.PacketsDown > 0 {
		d.servers[c.Server] = true
	}
}

func (d *Detector) closeServers() {
	if len(d.servers) < 2 {
		return
	}
	for i := range d.assets.Traits {
		for e := range d.servers {
			if d.assets.Number(e) == i {
				d.report("dhcp-servers", event{line: func() string { return d.label(e) }, about: []plant.Endpoint{e}})
			}
		}
	}
}

// halves counts TCP conversations of which one side is missing.
type halves struct {
	all, half uint64
	examples  []*plant.Conversation
}

func (h *halves) count(c *plant.Conversation) {
	if c.Transport != plant.TCP || c.BytesUp+c.BytesDown < 500 || !c.Confirmed {
		return
	}
	h.all++
	if c.PacketsUp > 0 && c.PacketsDown > 0 {
		return
	}
	h.half++
	if len(h.examples) < maxDetails {
		copied := *c
		h.examples = append(h.examples, &copied)
	}
}

func (d *Detector) closeHalves() {
	for _, c := range d.half.examples {
		e := d.event(c, c.Server)
		seen := "server"
		if c.PacketsUp > 0 {
			seen = "client"
		}
		talk := e.line
		e.line = func() string { return talk() + ", only the " + seen + " is seen" }
		d.report("half-seen", e)
	}
	d.half.examples = nil
}
