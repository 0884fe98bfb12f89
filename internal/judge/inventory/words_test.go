package inventory

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// The words of the tests: observations as the sensor makes them.

var t0 = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func mac(s string) plant.MAC {
	m, err := net.ParseMAC(s)
	if err != nil {
		panic(err)
	}
	return plant.MAC(m)
}

// at is an endpoint: "00:1b:1b:00:00:01 10.0.0.5 vlan10", any part optional.
func at(s string) plant.Endpoint {
	var e plant.Endpoint
	for _, w := range strings.Fields(s) {
		switch {
		case strings.HasPrefix(w, "vlan"):
			for _, c := range w[4:] {
				e.VLAN = e.VLAN*10 + uint16(c-'0')
			}
		case len(w) == 17 && strings.Count(w, ":") == 5:
			e.MAC = mac(w)
		default:
			e.IP = netip.MustParseAddr(w)
		}
	}
	return e
}

func minute(n int) time.Time { return t0.Add(time.Duration(n) * time.Minute) }

// says is a fact.
func says(e string, field plant.Field, value, source string) *plant.Sighting {
	return &plant.Sighting{Endpoint: at(e), Slot: plant.NoSlot, Field: field, Value: value, Source: source, Confidence: 0.95, Count: 1, First: t0, Last: t0, Packet: 7}
}

// module is a fact about a module.
func module(e string, slot int, field plant.Field, value, source string) *plant.Sighting {
	s := says(e, field, value, source)
	s.Slot = slot
	return s
}

// sends is n packets from an endpoint with a time-to-live, between two minutes.
func sends(e string, n uint64, ttl string, from, to int) []plant.Observation {
	x := at(e)
	ip := &plant.Sighting{Endpoint: x, Slot: plant.NoSlot, Field: plant.FieldAddress, Value: x.IP.String(), Source: "ip", Confidence: 0.9, Count: n, First: minute(from), Last: minute(to), Packet: plant.PacketRef(n)}
	hops := *ip
	hops.Field, hops.Value = plant.FieldTTL, ttl
	return []plant.Observation{ip, &hops}
}

// claims is an ARP claim.
func claims(e string) *plant.Sighting {
	x := at(e)
	s := says(e, plant.FieldAddress, x.IP.String(), "arp")
	s.Endpoint.IP = netip.Addr{}
	return s
}

// talks is a conversation that was decoded and answered.
func talks(client, server, protocol string) *plant.Conversation {
	return &plant.Conversation{
		Client: at(client), Server: at(server), Transport: plant.TCP, Protocol: protocol, Confirmed: true, Answered: true, Established: true,
		Flows: 1, PacketsUp: 5, PacketsDown: 5, First: t0, Last: minute(1), Packet: 9,
	}
}

func does(client, server, protocol, name string, kind plant.Kind) *plant.Operation {
	return &plant.Operation{Verb: plant.Verb{Protocol: protocol, Name: name, Kind: kind}, Requester: at(client), Responder: at(server), Requests: 1, Responses: 1, Accepted: 1, First: t0, Last: t0, Packet: 11}
}

// all flattens observations and lists of them.
func all(parts ...any) []plant.Observation {
	var out []plant.Observation
	for _, p := range parts {
		switch p := p.(type) {
		case []plant.Observation:
			out = append(out, p...)
		case plant.Observation:
			out = append(out, p)
		}
	}
	return out
}

func build(observations []plant.Observation) *Builder {
	b := New(Options{})
	for _, o := range observations {
		b.Add(o)
	}
	return b
}

func assetsOf(observations []plant.Observation) []*plant.Asset {
	return slices.Collect(build(observations).Assets())
}

// line is an asset in one line: "macs|ips|role".
func line(a *plant.Asset) string {
	var macs, ips []string
	for _, m := range a.MACs {
		macs = append(macs, m.String()[12:])
	}
	for _, ip := range a.IPs {
		ips = append(ips, ip.String())
	}
	return strings.Join(macs, ",") + "|" + strings.Join(ips, ",") + "|" + a.Role
}

func lines(assets []*plant.Asset) []string {
	var out []string
	for _, a := range assets {
		out = append(out, line(a))
	}
	return out
}

const (
	plcMAC    = "00:1b:1b:00:00:01"
	hmiMAC    = "00:1b:1b:00:00:02"
	routerMAC = "00:00:0c:00:00:03"
)
