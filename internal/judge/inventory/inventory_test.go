package inventory

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
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
	return &plant.Conversation{Client: at(client), Server: at(server), Transport: plant.TCP, Protocol: protocol, Confirmed: true, Answered: true, Established: true,
		Flows: 1, PacketsUp: 5, PacketsDown: 5, First: t0, Last: minute(1), Packet: 9}
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

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want []string
	}{
		{"a MAC with one address", all(sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9)), []string{"00:01|10.0.0.5|unknown"}},
		{"no MAC at all", all(sends("10.0.0.5", 9, "64", 0, 9), sends("10.0.0.6", 9, "64", 0, 9)),
			[]string{"|10.0.0.5|unknown", "|10.0.0.6|unknown"}},
		{"a router with three addresses behind it", all(
			sends(routerMAC+" 10.1.0.5", 9, "63", 0, 9), sends(routerMAC+" 10.1.0.6", 9, "127", 0, 9), sends(routerMAC+" 8.8.8.8", 9, "117", 0, 9), claims(routerMAC+" 10.0.0.1")),
			[]string{"|8.8.8.8|external peer", "00:03|10.0.0.1|router", "|10.1.0.5|unknown", "|10.1.0.6|unknown"}},
		{"one remote peer through a router that shows nothing of itself", all(sends(routerMAC+" 10.1.0.5", 9, "126", 0, 9)),
			[]string{"|10.1.0.5|unknown", "00:03||router"}},
		{"two addresses that one MAC claims by ARP", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" 10.0.1.5", 9, "64", 0, 9), claims(plcMAC+" 10.0.0.5"), claims(plcMAC+" 10.0.1.5")),
			[]string{"00:01|10.0.0.5,10.0.1.5|unknown"}},
		{"two addresses at once and nothing tells", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" 10.0.0.6", 9, "64", 0, 9)),
			[]string{"|10.0.0.5|unknown", "|10.0.0.6|unknown", "00:01||unknown"}},
		{"an address that changed", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 4), sends(plcMAC+" 10.0.0.6", 9, "64", 5, 9)),
			[]string{"00:01|10.0.0.5,10.0.0.6|unknown"}},
		{"both ends of a conversation with one MAC", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 4), sends(plcMAC+" 10.0.0.6", 9, "64", 5, 9), talks(plcMAC+" 10.0.0.5", plcMAC+" 10.0.0.6", "modbus")),
			[]string{"|10.0.0.5|HMI", "|10.0.0.6|controller", "00:01||unknown"}},
		{"a question and an answer, too short to be an address that changed", all(
			sends(plcMAC+" 10.0.0.5", 1, "64", 0, 0), sends(plcMAC+" 10.0.0.6", 1, "64", 1, 1)),
			[]string{"|10.0.0.5|unknown", "|10.0.0.6|unknown", "00:01||unknown"}},
		{"a router that answers ARP for many", all(
			proxy(routerMAC, 20), sends(routerMAC+" 10.0.0.100", 3, "63", 0, 1), sends(routerMAC+" 10.0.0.101", 3, "63", 0, 1)),
			[]string{"|10.0.0.100|unknown", "|10.0.0.101|unknown", "00:03||router"}},
		{"an address used by two MACs goes to the one that used it most", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.0.0.5", 3, "128", 2, 3)),
			[]string{"00:01|10.0.0.5|unknown", "00:02||unknown"}},
		{"one address in two VLANs is two devices", all(
			sends(plcMAC+" 192.168.0.1 vlan10", 9, "64", 0, 9), sends(hmiMAC+" 192.168.0.1 vlan20", 3, "64", 2, 3)),
			[]string{"00:01|192.168.0.1|unknown", "00:02|192.168.0.1|unknown"}},
		{"one device seen in its VLAN and behind the router in another", all(
			sends(plcMAC+" 10.0.0.5 vlan10", 9, "64", 0, 9), sends(routerMAC+" 10.0.0.5 vlan20", 3, "63", 0, 9)),
			[]string{"00:01|10.0.0.5|unknown", "00:03||router"}},
		{"the same frame with and without its VLAN tag", all(
			sends(plcMAC+" 10.0.0.5 vlan10", 9, "64", 0, 9), sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9)),
			[]string{"00:01|10.0.0.5|unknown"}},
		{"VRRP: the shared MAC and the master's own", all(
			sends(routerMAC+" 10.0.0.2", 9, "255", 0, 9), claims(routerMAC+" 10.0.0.2"), claims("00:00:5e:00:01:07 10.0.0.1"),
			sends("00:00:5e:00:01:07 10.0.0.1", 2, "255", 0, 9), sends(routerMAC+" 10.0.0.1", 9, "255", 0, 9), claims(routerMAC+" 10.0.0.1"),
			sends("00:00:5e:00:01:07 10.9.9.9", 9, "63", 0, 9)),
			[]string{"01:07|10.0.0.1|router", "00:03|10.0.0.2|unknown", "|10.9.9.9|unknown"}},
		{"VRRP groups of one number in two VLANs are two", all(
			claims("00:00:5e:00:01:01 10.1.0.1 vlan1"), claims("00:00:5e:00:01:01 10.2.0.1 vlan2")),
			[]string{"01:01|10.1.0.1|router", "01:01|10.2.0.1|router"}},
		{"IPv4 with IPv6 on one machine", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" fe80::21b:1bff:fe00:1", 2, "255", 0, 9), sends(plcMAC+" 2001:db8::7", 2, "64", 0, 9)),
			[]string{"00:01|10.0.0.5,2001:db8::7,fe80::21b:1bff:fe00:1|unknown"}},
		{"a public address on our link", all(sends(plcMAC+" 91.5.4.3", 9, "64", 0, 9)), []string{"00:01|91.5.4.3|unknown"}},
		{"a public address that serves Modbus in a capture without MACs", all(
			sends("91.5.4.3", 9, "64", 0, 9), sends("91.5.4.4", 9, "64", 0, 9), talks("91.5.4.4", "91.5.4.3", "modbus")),
			[]string{"|91.5.4.3|controller", "|91.5.4.4|external peer"}},
		{"ARP alone makes an asset", all(claims(plcMAC + " 10.0.0.5")), []string{"00:01|10.0.0.5|unknown"}},
		{"what is said of an address that never sent makes none", all(
			says("10.0.0.9", plant.FieldName, "ghost", "dns"), says(routerMAC+" 10.0.0.9", plant.FieldName, "ghost", "smb")), nil},
		{"group and empty addresses are nobody", all(
			sends("10.0.0.1", 1, "64", 0, 0), says("01:00:5e:00:00:fb 224.0.0.251", plant.FieldName, "x", "mdns"), says("224.0.0.251", plant.FieldName, "x", "mdns")),
			[]string{"|10.0.0.1|unknown"}},
		{"a device without IP", all(says(plcMAC, plant.FieldName, "pn-io-1", "profinet.dcp")), []string{"00:01||unknown"}},
		{"a device that says its IP in DCP", all(says(plcMAC, plant.FieldAddress, "192.168.0.7", "profinet.dcp")), []string{"00:01|192.168.0.7|unknown"}},
		{"a DHCP client before it has an address", all(says(plcMAC+" 0.0.0.0", plant.FieldName, "panel", "dhcp")), []string{"00:01||unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lines(assetsOf(c.seen)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("assets\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

// proxy is a MAC that claims n addresses.
func proxy(m string, n int) []plant.Observation {
	var out []plant.Observation
	for i := range n {
		out = append(out, claims(m+" "+netip.AddrFrom4([4]byte{10, 0, 0, byte(100 + i)}).String()))
	}
	return out
}

func TestMerges(t *testing.T) {
	vendor := func(e string) *plant.Sighting { return says(e, plant.FieldVendorID, "cip:1", "enip.list-identity") }
	serial := func(e, v string) *plant.Sighting { return says(e, plant.FieldSerial, v, "enip.list-identity") }
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want []string
	}{
		{"two interfaces with one serial number and vendor", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
			vendor(plcMAC+" 10.0.0.5"), serial(plcMAC+" 10.0.0.5", "0x00c0ffee"), vendor(hmiMAC+" 10.1.0.5"), serial(hmiMAC+" 10.1.0.5", "0x00C0FFEE")),
			[]string{"00:01,00:02|10.0.0.5,10.1.0.5|unknown"}},
		{"one serial number of two vendors", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
			vendor(plcMAC+" 10.0.0.5"), serial(plcMAC+" 10.0.0.5", "00c0ffee"), says(hmiMAC+" 10.1.0.5", plant.FieldVendorID, "cip:47", "enip.list-identity"), serial(hmiMAC+" 10.1.0.5", "00c0ffee")),
			[]string{"00:01|10.0.0.5|unknown", "00:02|10.1.0.5|unknown"}},
		{"a serial number that was never set", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
			vendor(plcMAC+" 10.0.0.5"), serial(plcMAC+" 10.0.0.5", "00000000"), vendor(hmiMAC+" 10.1.0.5"), serial(hmiMAC+" 10.1.0.5", "00000000")),
			[]string{"00:01|10.0.0.5|unknown", "00:02|10.1.0.5|unknown"}},
		{"a module seen through two interfaces of its rack", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
			module(plcMAC+" 10.0.0.5", 0, plant.FieldVendorID, "cip:1", "cip.identity"), module(plcMAC+" 10.0.0.5", 0, plant.FieldSerial, "0x11223344", "cip.identity"),
			module(hmiMAC+" 10.1.0.5", 0, plant.FieldVendorID, "cip:1", "cip.identity"), module(hmiMAC+" 10.1.0.5", 0, plant.FieldSerial, "0x11223344", "cip.identity")),
			[]string{"00:01,00:02|10.0.0.5,10.1.0.5|unknown"}},
		{"PROFINET ports of one station", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), says(plcMAC, plant.FieldName, "switch1", "profinet.dcp"), says(hmiMAC, plant.FieldName, "switch1", "lldp")),
			[]string{"00:01,00:02|10.0.0.5|unknown"}},
		{"the same name on gear of another maker", all(
			says(plcMAC, plant.FieldName, "switch1", "profinet.dcp"), says(routerMAC, plant.FieldName, "switch1", "lldp")),
			[]string{"00:03||unknown", "00:01||unknown"}},
		{"LLDP ports that name a chassis by its MAC", all(
			sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), says(hmiMAC, plant.FieldFingerprint, "lldp-chassis="+plcMAC, "lldp")),
			[]string{"00:01,00:02|10.0.0.5|unknown"}},
		{"an LLDP port that announces the management address of its switch", all(
			claims(plcMAC+" 10.0.0.5"), sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), says(hmiMAC, plant.FieldAddress, "10.0.0.5", "lldp")),
			[]string{"00:01,00:02|10.0.0.5|unknown"}},
		{"an LLDP port that announces an address nobody else has", all(says(hmiMAC, plant.FieldAddress, "10.0.0.5", "lldp")),
			[]string{"00:02|10.0.0.5|unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lines(assetsOf(c.seen)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("assets\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestRoles(t *testing.T) {
	plc, hmi := plcMAC+" 10.0.0.5", hmiMAC+" 10.0.0.6"
	both := all(sends(plc, 9, "64", 0, 9), sends(hmi, 9, "128", 0, 9))
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string // role and level of 10.0.0.5 and 10.0.0.6
	}{
		{"polled in S7", all(both, talks(hmi, plc, "s7comm")), "controller 1 ot, HMI 2 ot"},
		{"programmed", all(both, talks(hmi, plc, "s7comm"), does(hmi, plc, "s7comm", "Download Block", plant.Program)), "controller 1 ot, engineering workstation 2 ot"},
		{"CIP says drive", all(both, talks(hmi, plc, "enip"), says(plc, plant.FieldDeviceType, "cip:2", "enip.list-identity")), "drive 0 ot, HMI 2 ot"},
		{"an order number", all(both, says(plc, plant.FieldOrderNumber, "6ES7 151-3BA23-0AB0", "pndcp")), "remote I/O 0 ot, unknown -1 unknown"},
		{"a port alone is not enough", all(both, unconfirmed(hmi, plc, "modbus")), "unknown -1 unknown, unknown -1 unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, a := range assetsOf(c.seen) {
				got = append(got, a.Role+" "+trimLevel(a.Level)+" "+string(a.Side))
				if a.Role != plant.RoleUnknown && !slices.ContainsFunc(a.Reasons, func(r plant.Reason) bool { return r.What == "role" }) {
					t.Errorf("%s has no reason", a.Role)
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

func trimLevel(l float64) string {
	s := "-1"
	if l >= 0 {
		s = string('0' + byte(l))
	}
	return s
}

func unconfirmed(client, server, protocol string) *plant.Conversation {
	c := talks(client, server, protocol)
	c.Confirmed = false
	return c
}

// random is a busy capture: few MACs and addresses, so that they collide.
func random(r *rand.Rand, n int) []plant.Observation {
	pick := func() string {
		s := ""
		if r.IntN(8) > 0 {
			s += "00:1b:1b:00:00:0" + string('0'+byte(r.IntN(8)))
		}
		if r.IntN(6) > 0 || s == "" {
			s += " " + [...]string{"10.0.0.", "8.8.8.", "192.168.1."}[r.IntN(3)] + string('1'+byte(r.IntN(8)))
		}
		if r.IntN(3) == 0 {
			s += " vlan1" + string('0'+byte(r.IntN(3)))
		}
		return s
	}
	var out []plant.Observation
	for range n {
		switch e := pick(); r.IntN(8) {
		case 0, 1, 2:
			if at(e).IP.IsValid() {
				out = append(out, sends(e, uint64(1+r.IntN(9)), [...]string{"64", "63", "128", "117", "255"}[r.IntN(5)], r.IntN(5), 5+r.IntN(5))...)
			}
		case 3:
			if x := at(e); x.IP.IsValid() && !x.MAC.IsZero() {
				out = append(out, claims(e))
			}
		case 4:
			out = append(out, says(e, plant.FieldSerial, [...]string{"S-1111", "S-2222", "S-3333"}[r.IntN(3)], "x.y"), says(e, plant.FieldVendor, "Siemens", "x.y"))
		case 5:
			out = append(out, module(e, r.IntN(3), plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"))
		case 6:
			out = append(out, talks(e, pick(), [...]string{"s7comm", "dns", "modbus"}[r.IntN(3)]))
		case 7:
			out = append(out, does(e, pick(), "s7comm", [...]string{"Read", "Stop"}[r.IntN(2)], plant.Kind(r.IntN(9))))
		}
	}
	return out
}

// Every unicast source IP stands in exactly one asset of its realm, endpoints
// that sent find their asset, and identifiers are unique.
func TestEveryAddressHasOneAsset(t *testing.T) {
	for seed := range uint64(200) {
		seen := random(rand.New(rand.NewPCG(seed, 1)), 60)
		b := build(seen)
		holders, ids := map[netip.Addr]int{}, map[string]bool{}
		for a := range b.Assets() {
			if ids[a.ID] {
				t.Fatalf("seed %d: two assets %s", seed, a.ID)
			}
			ids[a.ID] = true
			for _, ip := range a.IPs {
				holders[ip]++
			}
		}
		vlans := map[netip.Addr]map[uint16]bool{}
		for _, o := range seen {
			s, ok := o.(*plant.Sighting)
			if !ok || s.Field != plant.FieldAddress {
				continue
			}
			ip := netip.MustParseAddr(s.Value)
			if id := b.AssetID(plant.Endpoint{MAC: s.Endpoint.MAC, IP: ip, VLAN: s.Endpoint.VLAN}); !ids[id] {
				t.Fatalf("seed %d: %v is in no asset (%q)", seed, s.Endpoint, id)
			}
			if vlans[ip] == nil {
				vlans[ip] = map[uint16]bool{}
			}
			vlans[ip][s.Endpoint.VLAN] = true
		}
		for ip, in := range vlans {
			delete(in, 0) // untagged copies are of any VLAN
			if n := holders[ip]; n < 1 || n > max(1, len(in)) {
				t.Fatalf("seed %d: %s, seen in %d VLANs, stands in %d assets", seed, ip, len(in), n)
			}
		}
	}
}

// The order of observations does not matter, and the same input gives the same
// assets.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		seen := random(r, 60)
		want := assetsOf(seen)
		r.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
		got := assetsOf(seen)
		if !reflect.DeepEqual(got, want) {
			for i := range min(len(got), len(want)) {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("seed %d, asset %d:\n got %+v\nwant %+v", seed, i, *got[i], *want[i])
				}
			}
			t.Fatalf("seed %d: %d assets, then %d", seed, len(want), len(got))
		}
	}
}

// More observations never lose a fact of an address that sends.
func TestFactsStay(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		seen := append(all(sends(plcMAC+" 10.0.0.1", 5, "64", 0, 9), says(plcMAC+" 10.0.0.1", plant.FieldName, "keep-me", "s7comm.szl")), random(r, 10)...)
		for range 6 {
			seen = append(seen, random(r, 15)...)
			found := 0
			for _, a := range assetsOf(seen) {
				for _, f := range a.Facts {
					if f.Value == "keep-me" {
						found++
					}
				}
			}
			if found != 1 {
				t.Fatalf("seed %d: the fact stands in %d assets", seed, found)
			}
		}
	}
}
