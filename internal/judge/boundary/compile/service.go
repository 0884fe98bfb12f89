package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// conduit adds a conduit of the model, unless it has expired.
func (c *compiler) conduit(p *policy.Policy, m *model.Conduit) error {
	end := c.Model.Begins(m.Expires)
	if !end.IsZero() && !c.Now.Before(end) {
		c.note(m.ID, nil, Expired, "it does not hold since %s and allows nothing; write a later date if it is still needed", m.Expires)
		return nil
	}
	from, ok := c.zones[m.From]
	to, ok2 := c.zones[m.To]
	if !ok || !ok2 {
		return fmt.Errorf("conduit %q leads from %q to %q: %w", m.ID, m.From, m.To, policy.ErrWrong)
	}
	for _, zone := range []int{from, to} {
		if z := &p.Zones[zone]; len(z.Ranges) == 0 {
			c.note(m.ID, nil, EmptyZone, "zone %s has no address: the conduit allows nothing until it has a subnet or a machine with an address", z.ID)
		}
	}
	var b bundle
	for _, s := range merged(m.Allow) {
		b.add(c.service(m, &s))
	}
	p.Conduits = append(p.Conduits, policy.Conduit{ID: m.ID, From: from, To: to, Matches: b.matches(), Until: end})
	return nil
}

// merged puts services together that differ only in verbs: what one conduit
// allows adds up.
func merged(all []model.Service) []model.Service {
	var out []model.Service
	at := map[string]int{}
	for _, s := range all {
		k := strings.Join([]string{s.Protocol, s.Transport, s.Port.String(), strings.Join(s.Objects, "\n"), fmt.Sprint(s.Any)}, "\x00")
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			s.Verbs = slices.Clone(s.Verbs)
			out = append(out, s)
			continue
		}
		if len(s.Verbs) == 0 || len(out[i].Verbs) == 0 {
			out[i].Verbs = nil
			continue
		}
		out[i].Verbs = append(out[i].Verbs, s.Verbs...)
	}
	return out
}

// service is what a service is by protocol and port.
func (c *compiler) service(m *model.Conduit, s *model.Service) []policy.Match {
	if s.Any {
		return []policy.Match{{Proto: policy.Any, Last: 65535}}
	}
	if s.Transport == plant.Ethernet.String() {
		c.note(m.ID, s, Ethernet, "frames without an IP header have no address to hold them by; name the protocol at boundary.ethernet to let it pass a bridge")
		return nil
	}
	k := c.known[s.Protocol]
	if len(k.IP) > 0 {
		return portless(k.IP)
	}
	if s.Transport == plant.OtherIP.String() {
		return c.bare(m, s)
	}
	list := c.ports(m, s, &k)
	if len(list) == 0 {
		c.nothing(m, s, &k)
		return nil
	}
	if kinds := kindsOf(s.Verbs); kinds != everything || len(s.Objects) > 0 {
		return c.held(m, s, kinds, list)
	}
	return list
}

func portless(protos []uint8) []policy.Match {
	var all []policy.Match
	for _, n := range protos {
		all = append(all, policy.Match{Proto: n, Last: 65535})
	}
	return all
}

// bare is a service that names nothing but "IP without ports": there is no match
// for all of those, so it is those that were seen and the usual ones.
func (c *compiler) bare(m *model.Conduit, s *model.Service) []policy.Match {
	if s.Protocol != "" {
		c.note(m.ID, s, NoPorts, "the number of protocol %s in the IP header is not known: it is left out", s.Protocol)
		return nil
	}
	c.note(m.ID, s, LeftOut, "it names no protocol: icmp, gre, esp, ah and sctp are let through; name others to let them through too")
	return portless([]uint8{policy.ICMP, policy.ICMPv6, 47, 50, 51, 132})
}

// ports are the ports of a service: those that it names, else those that its
// protocol is registered for and those on which it was seen.
func (c *compiler) ports(m *model.Conduit, s *model.Service, k *Known) []policy.Match {
	var all []policy.Match
	for _, t := range []struct {
		transport  plant.Transport
		proto      uint8
		registered []uint16
	}{{plant.TCP, policy.TCP, k.TCP}, {plant.UDP, policy.UDP, k.UDP}} {
		if s.Transport != "" && s.Transport != t.transport.String() {
			continue
		}
		seen := c.recorded(m, s, t.transport)
		switch {
		case len(s.Port) > 0:
			// Without a transport it is those that the protocol is known to use.
			if s.Transport != "" || len(t.registered) > 0 || len(seen) > 0 {
				for _, r := range s.Port {
					all = append(all, policy.Match{Proto: t.proto, First: r.First, Last: r.Last})
				}
			}
		case s.Protocol == "":
			all = append(all, policy.Match{Proto: t.proto, Last: 65535})
		default:
			for _, port := range append(slices.Clone(t.registered), seen...) {
				all = append(all, policy.Match{Proto: t.proto, First: port, Last: port})
			}
		}
	}
	if k.Dynamic && len(s.Port) == 0 && len(all) > 0 {
		c.note(m.ID, s, Dynamic, "%s agrees on further ports as it goes: let through are %s, and whatever it agrees on beside them is stopped; fix its ports at the server and name them with port:, or let it be seen", s.Protocol, words(all))
	}
	return all
}

// maxSeen bounds the ports that a service takes from what was recorded.
const maxSeen = 64

// recorded are the ports on which a service was seen through a conduit.
func (c *compiler) recorded(m *model.Conduit, s *model.Service, t plant.Transport) []uint16 {
	var all []uint16
	for _, x := range c.seen[pair{m.From, m.To}] {
		if x.Protocol == s.Protocol && x.Transport == t && x.Port != 0 && s.Port.Has(x.Port) {
			all = append(all, x.Port)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > maxSeen && len(s.Port) == 0 {
		c.note(m.ID, s, Dynamic, "it was seen on %d %s ports, too many to be its own: none of them is taken; name its ports with port:", len(all), t)
		return nil
	}
	return all
}

// nothing says why a service without a match was left out.
func (c *compiler) nothing(m *model.Conduit, s *model.Service, k *Known) {
	switch {
	case len(s.Port) > 0:
		c.note(m.ID, s, NoPorts, "whether %s runs over TCP or UDP is not known: it is left out; write transport: beside the port", s.Protocol)
	case k.Link:
		c.note(m.ID, s, Ethernet, "%s has no IP header, so no conduit can hold it; name it at boundary.ethernet to let it pass a bridge", s.Protocol)
	default:
		c.note(m.ID, s, NoPorts, "no port of %s is known and none was seen: it is left out; name transport: and port:, or let it be seen", s.Protocol)
	}
}

// relays are the protocols that a relay can read.
var relays = []string{"modbus", "s7comm", "enip"}

// held is a service of which not everything may be asked.
func (c *compiler) held(m *model.Conduit, s *model.Service, kinds model.Kinds, list []policy.Match) []policy.Match {
	if !slices.Contains(relays, s.Protocol) {
		c.note(m.ID, s, PortsOnly, "nothing here can hold %s to verbs or objects: it is allowed by its ports, %s, with everything that can be asked there", s.Protocol, words(list))
		return list
	}
	var out, left []policy.Match
	for _, x := range list {
		if x.Proto != policy.TCP {
			left = append(left, x)
			continue
		}
		x.Relay = &policy.Relay{Protocol: s.Protocol, Kinds: kinds, Objects: slices.Sorted(slices.Values(s.Objects))}
		out = append(out, x)
	}
	if len(left) > 0 {
		c.note(m.ID, s, LeftOut, "%s cannot be held to verbs: it is left out; allow it without verbs if it is needed", words(left))
	}
	return out
}

// everything is all kinds of operation; always are those that every service
// allows, as package boundary has it: who may ask anything may say who they are
// and keep the session alive.
const everything = model.Kinds(1<<(plant.Firmware+1) - 1)

func kindsOf(verbs []string) model.Kinds {
	if len(verbs) == 0 {
		return everything
	}
	kinds := model.KindsOf(plant.Other, plant.Identify)
	for _, v := range verbs {
		if k, ok := plant.ParseKind(v); ok {
			kinds |= model.KindsOf(k)
		}
	}
	return kinds
}

// words are matches as people say them: "tcp 80, 443 and udp 53".
func words(list []policy.Match) string {
	var all []string
	for _, t := range []struct {
		proto uint8
		name  string
	}{{policy.TCP, "tcp"}, {policy.UDP, "udp"}} {
		var ports model.Ports
		for _, m := range list {
			if m.Proto == t.proto {
				ports = append(ports, model.PortRange{First: m.First, Last: m.Last})
			}
		}
		slices.SortFunc(ports, func(a, b model.PortRange) int { return cmp.Compare(a.First, b.First) })
		if len(ports) > 0 {
			all = append(all, t.name+" "+slices.Compact(ports).String())
		}
	}
	return strings.Join(all, " and ")
}

// pairs are the stages of pairs of zones that have conduits: the strictest that
// one of them names. A conduit that has expired counts: what it allowed must not
// pass because nobody speaks for the pair any more.
func (c *compiler) pairs(rest model.Stage) []policy.Pair {
	strictest := map[pair]model.Stage{}
	for i := range c.Model.Conduits {
		m := &c.Model.Conduits[i]
		s := m.Stage
		if s == "" {
			s = rest
		}
		k := pair{m.From, m.To}
		if was, ok := strictest[k]; !ok || slices.Index(model.Stages, s) > slices.Index(model.Stages, was) {
			strictest[k] = s
		}
	}
	var all []policy.Pair
	for k, s := range strictest {
		if s != rest {
			all = append(all, policy.Pair{From: c.zones[k.from], To: c.zones[k.to], Stage: s})
		}
	}
	return all // Normalize sorts them
}
