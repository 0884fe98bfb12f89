package inventory

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

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
		{"an order number", all(both, says(plc, plant.FieldOrderNumber, "6ES7 151-3BA23-0AB0", "pndcp")), "remote I/O 0 ot, unknown -1 ot"},
		{"a port alone is not enough", all(both, unconfirmed(hmi, plc, "modbus")), "unknown -1 ot, unknown -1 ot"},
		{"called the default router", all(both, says(plc, plant.FieldGateway, "10.0.0.6", "dhcp")), "unknown -1 ot, router -1 ot"},
		{"a device that calls itself its router", all(both, says(plc, plant.FieldGateway, "10.0.0.5", "profinet.dcp")), "unknown -1 ot, unknown -1 ot"},
		{"a scanner that only asks who is there", all(both, talks(hmi, plc, "enip"), does(hmi, plc, "enip", "List Identity", plant.Identify)), "controller 1 ot, unknown -1 ot"},
		{"stopped, which a control room does as well", all(both, talks(hmi, plc, "dnp3"), does(hmi, plc, "dnp3", "Read", plant.Read), does(hmi, plc, "dnp3", "Cold Restart", plant.Mode)), "controller 1 ot, HMI 2 ot"},
		{"answers for many Modbus units", all(both, talks(hmi, plc, "modbus"), unit(hmi, plc, 1), unit(hmi, plc, 2), unit(hmi, plc, 17)), "protocol gateway 1 ot, HMI 2 ot"},
		{"answers for itself", all(both, talks(hmi, plc, "modbus"), unit(hmi, plc, 1), unit(hmi, plc, 1)), "controller 1 ot, HMI 2 ot"},
		{"a domain controller", all(both, talks(hmi, plc, "kerberos"), talks(hmi, plc, "ldap"), talks(hmi, plc, "dns")), "domain controller 3 ot, unknown -1 ot"},
		{"a publisher of GOOSE", all(both, group(plc, "goose")), "protection relay 1 ot, unknown -1 ot"},
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

// unit is a read of one Modbus unit.
func unit(from, to string, n int) *plant.Operation {
	o := does(from, to, "modbus", "Read Holding Registers", plant.Read)
	o.Object = "unit " + strconv.Itoa(n) + " holding registers 0-9"
	return o
}

// group is frames that an endpoint sends to a group.
func group(from, protocol string) *plant.Conversation {
	c := talks(from, "01:0c:cd:01:00:01", protocol)
	c.Transport, c.Answered, c.PacketsDown = plant.Ethernet, false, 0
	return c
}

func unconfirmed(client, server, protocol string) *plant.Conversation {
	c := talks(client, server, protocol)
	c.Confirmed = false
	return c
}

func TestRefine(t *testing.T) {
	const server, plc, office, peer = "00:14:22:00:00:01 10.0.0.1", plcMAC + " 10.0.0.2", "00:14:22:00:00:03 10.0.0.3", routerMAC + " 8.8.8.8"
	ot := all(sends(plc, 9, "64", 0, 9), says(plc, plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"))
	it := all(sends(office, 9, "128", 0, 9), says(office, plant.FieldRole, plant.RolePrinter, "snmp"))
	sql := func(e string) []plant.Observation { return all(sends(server, 9, "128", 0, 9), talks(e, server, "tds")) }
	pc := says(server, plant.FieldOS, "Windows 7 Ultimate 7601 Service Pack 1", "smb.native-os")
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string // of the server or PC
	}{
		{"a server of the control network", all(ot, sql(plc)), "server 3 ot"},
		{"a server of the office", all(it, sql(office)), "server 4 it"},
		{"a server between the two", all(ot, it, sql(plc), sql(office)), "server 3.5 unknown"},
		{"a PC that reads the Internet", all(sends(server, 9, "128", 0, 9), pc, sends(peer, 9, "117", 0, 9), talks(server, peer, "http")), "PC 4 it"},
		{"a PC that talks to a controller's web page only", all(ot, sends(server, 9, "128", 0, 9), pc, talks(server, plc, "http")), "PC -1 ot"},
		{"a PC of which nothing tells", all(sends(server, 9, "128", 0, 9), pc), "PC -1 unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, a := range assetsOf(c.seen) {
				if a.IPs == nil || a.IPs[0] != at(server).IP {
					continue
				}
				if got := a.Role + " " + strconv.FormatFloat(a.Level, 'g', -1, 64) + " " + string(a.Side); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
}
