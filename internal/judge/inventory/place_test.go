package inventory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// host is an endpoint with a MAC and an address of its own.
func host(n int, ip string) string { return fmt.Sprintf("00:14:22:00:01:%02x %s", n, ip) }

// windows is a PC as it shows itself when it does nothing: it announces itself
// and opens shares.
func windows(e string) []plant.Observation {
	const server = "00:14:22:00:02:01 10.1.9.9"
	return all(sends(e, 9, "128", 0, 9), says(e, plant.FieldOS, "Windows 10.0 build 19045", "ntlm.negotiate"),
		talks(e, server, "smb"), talks(e, server, "rdp"), group(e, "nbdgm"))
}

// printers are n office machines in a network.
func printers(network string, n int) []plant.Observation {
	var out []plant.Observation
	for i := range n {
		e := host(0x80+i, network+strconv.Itoa(200+i))
		out = append(out, all(sends(e, 9, "64", 0, 9), says(e, plant.FieldRole, plant.RolePrinter, "snmp"))...)
	}
	return out
}

// controllers are n machines of the control network.
func controllers(network string, n int) []plant.Observation {
	var out []plant.Observation
	for i := range n {
		e := host(0xc0+i, network+strconv.Itoa(100+i))
		out = append(out, all(sends(e, 9, "64", 0, 9), says(e, plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"))...)
	}
	return out
}

// judged is the role, level and side of the asset with an address.
func judged(t *testing.T, seen []plant.Observation, ip string) (string, *plant.Asset) {
	t.Helper()
	for _, a := range assetsOf(seen) {
		for _, x := range a.IPs {
			if x.String() == ip {
				return a.Role + " " + strconv.FormatFloat(a.Level, 'g', -1, 64) + " " + string(a.Side), a
			}
		}
	}
	t.Fatalf("no asset has %s", ip)
	return "", nil
}

func TestPlaces(t *testing.T) {
	const office, floor = "10.1.1.", "10.1.2."
	pc, plc, bare := host(1, "10.1.1.5"), host(0xc0, "10.1.2.100"), host(2, "10.1.1.6")
	onFloor, zoned := host(3, "10.1.2.7"), host(4, "10.1.3.8")
	writes := func(e string) []plant.Observation {
		return all(talks(e, plc, "modbus"), does(e, plc, "modbus", "Write Single Register", plant.Write))
	}
	router, laptop, peer := routerMAC+" 10.1.2.250", routerMAC+" 192.168.77.10", hmiMAC+" 203.0.113.7"
	behind := all(sends(router, 9, "64", 0, 9), sends(laptop, 9, "127", 0, 9), talks(laptop, plc, "modbus"), does(laptop, plc, "modbus", "Read", plant.Read))
	for _, c := range []struct {
		name string
		seen []plant.Observation
		ip   string
		want string
		why  string // a part of one reason
	}{
		{"an office PC that writes a register is still of the office", all(windows(pc), writes(pc), printers(office, 3), controllers(floor, 1)), "10.1.1.5", "PC 4 it", "stands in 10.1.1.0/24 with 3 of the office and nothing of the control network"},
		{"a machine of an office that polls is no HMI of the plant", all(sends(bare, 9, "64", 0, 9), writes(bare), printers(office, 3), controllers(floor, 1)), "10.1.1.6", "unknown 4 it", "asks the control network as its own machines do"},
		{"one that programs from an office", all(windows(pc), writes(pc), does(pc, plc, "s7comm", "Download", plant.Program), printers(office, 3), controllers(floor, 1)), "10.1.1.5", "engineering workstation 4 it", "nothing of the control network"},
		{"one that polls where a controller stands, too", all(sends(bare, 9, "64", 0, 9), writes(bare), printers(office, 3), controllers(office, 1), controllers(floor, 1)), "10.1.1.6", "HMI 2 ot", ""},
		{"an engineering workstation is not just a PC", all(windows(onFloor), writes(onFloor), does(onFloor, plc, "s7comm", "Download", plant.Program), controllers(floor, 3)), "10.1.2.7", "engineering workstation 2 ot", `asked 10.1.2.100 for "Download"`},
		{"a PC among office machines", all(windows(pc), printers(office, 3)), "10.1.1.5", "PC 4 it", "stands in 10.1.1.0/24"},
		{"a PC among controllers", all(windows(onFloor), controllers(floor, 3)), "10.1.2.7", "PC -1 ot", "stands in 10.1.2.0/24, where 3"},
		{"a PC in a mixed network", all(windows(pc), printers(office, 3), controllers(office, 2)), "10.1.1.5", "PC -1 unknown", ""},
		{"two neighbours are too few", all(windows(pc), printers(office, 2)), "10.1.1.5", "PC -1 unknown", ""},
		{"a PC of the plant that reads the Internet", all(windows(onFloor), controllers(floor, 5), sends(peer, 9, "50", 0, 9), talks(onFloor, peer, "tls")), "10.1.2.7", "PC -1 ot", "where 5 are of"},
		{"a domain controller of the office that one controller asks", all(sends(pc, 9, "128", 0, 9), talks(plc, pc, "dns"), talks(plc, pc, "ldap"), talks(plc, pc, "kerberos"), printers(office, 3), controllers(floor, 1)), "10.1.1.5", "domain controller 4 it", "level 4"},
		{"a server that both sides use", all(sends(zoned, 9, "128", 0, 9), talks(plc, zoned, "tds"), talks(host(0x80, "10.1.1.200"), zoned, "tds"), printers(office, 3), controllers(floor, 3)), "10.1.3.8", "server 3.5 unknown", "talks to both sides"},
		{"a server of the plant that the office uses is no zone of its own", all(sends(onFloor, 9, "128", 0, 9), talks(plc, onFloor, "tds"), talks(host(0x80, "10.1.1.200"), onFloor, "tds"), printers(office, 3), controllers(floor, 3)), "10.1.2.7", "server 3 ot", "level 3"},
		{"a jump host", all(windows(zoned), talks(host(0x80, "10.1.1.200"), zoned, "rdp"), talks(zoned, plc, "http"), printers(office, 3), controllers(floor, 3)), "10.1.3.8", "PC 3.5 unknown", "talks to both sides"},
		{"what only polls through a VPN router", all(behind, controllers(floor, 3), sends(peer, 9, "50", 0, 9), talks(router, peer, "openvpn")), "192.168.77.10", "unknown -1 unknown", "VPN router (00:00:0c:00:00:03)"},
		{"what polls through another router", all(behind, controllers(floor, 3)), "192.168.77.10", "HMI 2 ot", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, a := judged(t, c.seen, c.ip)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !slices.ContainsFunc(a.Reasons, func(r plant.Reason) bool { return strings.Contains(r.Why, c.why) }) {
				t.Errorf("no reason says %q: %v", c.why, a.Reasons)
			}
		})
	}
}

// What stands among servers that both sides use stands in the zone between.
func TestZone(t *testing.T) {
	plc, printer := host(0xc0, "10.1.2.100"), host(0x80, "10.1.1.200")
	seen := all(printers("10.1.1.", 3), controllers("10.1.2.", 3))
	for i := range 2 {
		e := host(0x40+i, "10.1.3."+strconv.Itoa(20+i))
		seen = append(seen, all(sends(e, 9, "64", 0, 9), talks(plc, e, "tds"), talks(printer, e, "tds"))...)
	}
	broker := host(0x50, "10.1.3.30")
	seen = append(seen, all(sends(broker, 9, "64", 0, 9), talks(plc, broker, "mqtt"))...)
	if got, a := judged(t, seen, "10.1.3.30"); got != "message broker 3.5 unknown" {
		t.Errorf("got %q for %v", got, a.Reasons)
	}
}

// One that was seen to work for one side only does not keep its neighbours from
// standing between, but as many as work for both must be there.
func TestZoneOfFew(t *testing.T) {
	plc, printer := host(0xc0, "10.1.2.100"), host(0x80, "10.1.1.200")
	base := all(printers("10.1.1.", 3), controllers("10.1.2.", 3))
	serve := func(n int, protocol string, to ...string) []plant.Observation {
		e := host(n, "10.1.3."+strconv.Itoa(n))
		seen := all(sends(e, 9, "64", 0, 9))
		for _, c := range to {
			seen = append(seen, talks(c, e, protocol))
		}
		return seen
	}
	both := all(base, serve(0x40, "tds", plc, printer), serve(0x41, "tds", plc, printer))
	few := all(both, serve(0x50, "mqtt", plc), serve(0x51, "tds", plc))
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string
	}{
		{"half of them", few, "message broker 3.5 unknown"},
		{"fewer than half", all(few, serve(0x52, "tds", plc)), "message broker 3 ot"},
		{"one of them", all(base, serve(0x40, "tds", plc, printer), serve(0x50, "mqtt", plc)), "message broker 3 ot"},
		{"with machines of one side", all(few, controllers("10.1.3.", 2)), "message broker 3 ot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, a := judged(t, c.seen, "10.1.3.80"); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, a.Reasons)
			}
		})
	}
}

func TestMoreRoles(t *testing.T) {
	e, broker, router := host(1, "10.1.1.5"), host(2, "10.1.1.6"), routerMAC+" 10.1.1.7"
	publishes := does(e, broker, "mqtt", "Publish", plant.Other)
	takes := does(e, broker, "mqtt", "Subscribe", plant.Read)
	mqtt := all(sends(e, 9, "64", 0, 9), sends(broker, 9, "64", 0, 9), talks(e, broker, "mqtt"))
	answers := talks("10.1.1.9", e, "melsoft")
	answers.Client = at("255.255.255.255")
	answers.PacketsUp = 0
	for _, c := range []struct {
		name string
		seen []plant.Observation
		ip   string
		want string
	}{
		{"one that publishes", all(mqtt, publishes), "10.1.1.5", "sensor or instrument 0 ot"},
		{"one that takes as well", all(mqtt, publishes, takes), "10.1.1.5", "unknown -1 unknown"},
		{"a PC that publishes", all(mqtt, publishes, windows(e)), "10.1.1.5", "PC -1 unknown"},
		{
			"a firewall forwards as a router does", all(sends(router, 9, "64", 0, 9), says(router, plant.FieldDescription, "FortiGate-100F v7.0.12", "lldp"),
				sends(routerMAC+" 8.8.8.8", 9, "117", 0, 9), sends(routerMAC+" 9.9.9.9", 9, "117", 0, 9), says(router, plant.FieldRole, plant.RoleRouter, "lldp")), "10.1.1.7", "firewall -1 unknown",
		},
		{"a camera that serves CIP", all(sends(e, 9, "64", 0, 9), talks(broker, e, "cip"), talks(broker, e, "enip"), says(e, plant.FieldProduct, "In-Sight 7802", "enip.list-identity")), "10.1.1.5", "camera 0 ot"},
		{"a drive that DCP calls a device", all(sends(e, 9, "64", 0, 9), sure(says(e, plant.FieldRole, plant.RoleRemoteIO, "profinet.dcp"), 0.5), says(e, plant.FieldProductCode, "profinet:0x002a/0x0502", "profinet.dcp")), "10.1.1.5", "drive 0 ot"},
		{"answers that are sent to all", all(sends(e, 9, "64", 0, 9), answers), "10.1.1.5", "controller 1 ot"},
		{"Niagara's workbench", all(sends(e, 9, "128", 0, 9), says(e, plant.FieldSoftware, "Niagara Workbench 3.7.44", "fox.hello"), says(e, plant.FieldOS, "Windows XP", "fox.hello")), "10.1.1.5", "engineering workstation 2 ot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, a := judged(t, c.seen, c.ip); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, a.Reasons)
			}
		})
	}
}

// Names that others know are names, but join nothing.
func TestNamesByOthers(t *testing.T) {
	plc, twin, server := host(1, "10.1.1.5"), host(2, "10.1.1.6"), host(3, "10.1.1.7")
	base := all(sends(plc, 9, "64", 0, 9), sends(twin, 9, "64", 0, 9), sends(server, 9, "64", 0, 9))
	knows := func(value string) []plant.Observation { return all(says(server, plant.FieldResolves, value, "dns")) }
	var many []plant.Observation
	for i := range maxCalled + 1 {
		many = append(many, knows(fmt.Sprintf("host%d.local=10.1.1.5", i))...)
	}
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string
	}{
		{"in DNS", knows("plc1.plant.local.=10.1.1.5"), "plc1.plant.local"},
		{"its own word goes first", all(knows("old.local=10.1.1.5"), says(plc, plant.FieldName, "PLC-7", "profinet.dcp")), "PLC-7,old.local"},
		{"the same name for two", all(knows("plc.local=10.1.1.5"), knows("plc.local=10.1.1.6")), "plc.local"},
		{"of nobody here", knows("plc.local=10.1.1.99"), ""},
		{"not of an address", knows("plc.local=somewhere"), ""},
		{"an address as a name", says2(plc, "192.168.1.150"), ""},
		{"an address with a port", says2(plc, "192.168.1.150:8080"), ""},
		{"an address of version 6", says2(plc, "fd00::1"), ""},
		{"a name made of digits", says2(plc, "4711"), "4711"},
		{"far too many", many, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			assets := assetsOf(all(base, c.seen))
			if len(assets) != 3 {
				t.Fatalf("%d assets", len(assets))
			}
			_, a := judged(t, all(base, c.seen), "10.1.1.5")
			if got := strings.Join(a.Names, ","); got != c.want {
				t.Errorf("names %q, want %q", got, c.want)
			}
		})
	}
}

func says2(e, name string) []plant.Observation {
	return all(says(e, plant.FieldName, name, "tls.sni"))
}

// A value in more words goes before the same in fewer.
func TestNarrowValues(t *testing.T) {
	e := host(1, "10.1.1.5")
	for _, c := range []struct {
		name   string
		field  plant.Field
		values []string // with falling support
		get    func(*plant.Asset) string
		want   string
	}{
		{"an operating system with its release", plant.FieldOS, []string{"Windows", "Windows 10 22H2"}, func(a *plant.Asset) string { return a.OS }, "Windows 10 22H2"},
		{"another system", plant.FieldOS, []string{"Linux", "Windows 10 22H2"}, func(a *plant.Asset) string { return a.OS }, "Linux"},
		{"a version with more numbers", plant.FieldFirmware, []string{"V3.2", "V3.2.6"}, func(a *plant.Asset) string { return a.Firmware }, "V3.2.6"},
		{"a version that only looks like it", plant.FieldFirmware, []string{"V3.2", "V3.21"}, func(a *plant.Asset) string { return a.Firmware }, "V3.2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := sends(e, 9, "64", 0, 9)
			for i, v := range c.values {
				seen = append(seen, sure(says(e, c.field, v, "x.y"), 0.9-0.1*float64(i)))
			}
			if _, a := judged(t, seen, "10.1.1.5"); c.get(a) != c.want {
				t.Errorf("got %q, want %q", c.get(a), c.want)
			}
		})
	}
}

// A system description holds what a device does not say elsewhere, and its
// serial number makes one device of two ports.
func TestDescribedDevice(t *testing.T) {
	const text = "Siemens, SIMATIC NET, SCALANCE XC208, 6GK5 208-0BA00-2AC2, HW: Version 2, FW: Version V04.03.01, VPK9041205"
	one, two := host(1, "10.1.1.5"), host(2, "10.1.1.6")
	a := only(t, all(
		sends(one, 9, "64", 0, 9), sends(two, 9, "64", 0, 9),
		sure(says(one, plant.FieldProduct, "SCALANCE XC-200", "profinet.dcp"), 0.9),
		says(one, plant.FieldDescription, text, "lldp"), says(two, plant.FieldDescription, text, "snmp.system"),
	))
	got := strings.Join([]string{a.Role, a.Vendor, a.Product, a.OrderNumber, a.Hardware, a.Firmware, a.Serial, a.ID}, "|")
	const want = "switch|Siemens|SCALANCE XC208|6GK5 208-0BA00-2AC2|2|V04.03.01|VPK9041205|sn-siemens-vpk9041205"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
