package inventory

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// visits are n machines that ask e in a protocol.
func visits(e, protocol string, n int) []plant.Observation {
	var out []plant.Observation
	for i := range n {
		c := host(0x20+i, "10.1.1."+strconv.Itoa(30+i))
		out = append(out, all(sends(c, 9, "128", 0, 9), talks(c, e, protocol))...)
	}
	return out
}

func TestServers(t *testing.T) {
	e, domain := host(1, "10.1.1.5"), "00:14:22:00:02:01 10.1.9.9"
	windows := func(build string) []plant.Observation { // a machine that opens shares and announces itself
		return all(sends(e, 9, "128", 0, 9), says(e, plant.FieldOS, "Windows 10.0 build "+build, "ntlm.negotiate"),
			talks(e, domain, "smb"), talks(e, domain, "rdp"), group(e, "nbdgm"))
	}
	mutual := visits(e, "smb", 3)
	for i := range 3 {
		mutual = append(mutual, talks(e, host(0x20+i, "10.1.1."+strconv.Itoa(30+i)), "smb"))
	}
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want plant.Role
	}{
		{"files for many", all(windows("17763"), visits(e, "smb", 3)), plant.RoleServer},
		{"a web page for many", all(windows("14393"), visits(e, "http", 4)), plant.RoleServer},
		{"mail for some and web pages for others", all(windows("17763"), sends(host(9, "10.1.1.9"), 9, "64", 0, 9), talks(host(9, "10.1.1.9"), e, "smtp"), visits(e, "tls", 2)), plant.RoleServer},
		{"a share for two", all(windows("17763"), visits(e, "smb", 2)), plant.RolePC},
		{"three that browse each other", all(windows("17763"), mutual), plant.RolePC},
		{"a share for many on a system for desks", all(windows("19045"), visits(e, "smb", 5)), plant.RolePC},
		{"a share for many on an old system for desks", all(windows("17763"), says(e, plant.FieldOS, "Windows 7 Ultimate 7601 Service Pack 1", "smb.native-os"), visits(e, "smb", 5)), plant.RolePC},
		{"a server that browses", all(windows("17763"), says(e, plant.FieldSoftware, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "http.user-agent"), says(e, plant.FieldFingerprint, "dhcp60=MSFT 5.0", "dhcp"), visits(e, "smb", 3)), plant.RoleServer},
		{"one that calls itself a PC", all(windows("17763"), sure(says(e, plant.FieldRole, plant.RolePC, "browser"), 0.3), visits(e, "smb", 3)), plant.RolePC},
		{"a desk that is worked from afar", all(sends(e, 9, "128", 0, 9), says(e, plant.FieldOS, "Windows 10.0 build 17763", "ntlm.negotiate"), visits(e, "rdp", 3)), plant.RoleUnknown},
		{"a jump host for many", all(windows("17763"), visits(e, "rdp", 3)), plant.RoleServer},
		{"a build that only servers have", windows("20348"), plant.RoleServer},
		{"a build that both have", windows("26100"), plant.RolePC},
		{"by its port only", all(windows("17763"), unconfirmed(host(0x20, "10.1.1.30"), e, "smb"), unconfirmed(host(0x21, "10.1.1.31"), e, "smb"), unconfirmed(host(0x22, "10.1.1.32"), e, "smb")), plant.RolePC},
		{"a controller's web page", all(sends(e, 9, "64", 0, 9), says(e, plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"), visits(e, "http", 5)), plant.RoleController},
		{"a web page of something unknown", all(sends(e, 9, "64", 0, 9), visits(e, "http", 5)), plant.RoleUnknown},
		{"a printer that says it is Windows", all(windows("17763"), says(e, plant.FieldRole, plant.RolePrinter, "snmp"), visits(e, "smb", 5)), plant.RolePrinter},
		{"an HMI with a share", all(windows("17763"), says(e, plant.FieldSoftware, "HMI RT OMS+", "s7comm-plus.session"), visits(e, "smb", 5)), plant.RoleHMI},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, a := judged(t, c.seen, "10.1.1.5"); a.Role != c.want {
				t.Errorf("got %q, want %q: %v", a.Role, c.want, a.Reasons)
			}
		})
	}
}

// An operator's PC that sets values is there for that; one that only reads may
// read for any reason.
func TestOperatorStation(t *testing.T) {
	e, plc := host(3, "10.1.2.7"), host(0xc0, "10.1.2.100")
	reads := all(windows(e), controllers("10.1.2.", 3), talks(e, plc, "cip"), does(e, plc, "cip", "Read Tag", plant.Read))
	refused := does(e, plc, "cip", "Write Tag", plant.Write)
	refused.Accepted, refused.Refused = 0, 1
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string
	}{
		{"reads", reads, "PC -1 ot"},
		{"writes", all(reads, does(e, plc, "cip", "Write Tag", plant.Write)), "HMI 2 ot"},
		{"was not let", all(reads, refused), "PC -1 ot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, a := judged(t, c.seen, "10.1.2.7"); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, a.Reasons)
			}
		})
	}
}

func TestSafetyControllers(t *testing.T) {
	e, panel := plcMAC+" 10.0.0.5", hmiMAC+" 10.0.0.6"
	base := all(sends(e, 9, "64", 0, 9), sends(panel, 9, "128", 0, 9))
	rack := func(slot int, product string) []plant.Observation {
		return all(module(e, slot, plant.FieldProduct, product, "cip.identity"), module(e, slot, plant.FieldSerial, fmt.Sprintf("60b72d1%d", slot), "cip.identity"),
			module(e, slot, plant.FieldVendorID, "cip:1", "cip.identity"), module(e, slot, plant.FieldDeviceType, "cip:14", "cip.identity"))
	}
	ether := all(base, talks(panel, e, "cip"), talks(panel, e, "enip"), says(e, plant.FieldProduct, "1756-EN2T/D", "enip.list-identity"))
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string // role, product and identifier
	}{
		{
			"that answers as any controller", all(base, talks(panel, e, "s7comm"), says(e, plant.FieldOrderNumber, "6ES7 516-3FN02-0AB0", "s7comm.szl"), says(e, plant.FieldRole, plant.RoleController, "pnio.cm")),
			"safety controller, SIMATIC S7-1500, mac-001b1b000001",
		},
		{"with its partner", all(ether, rack(0, "1756-L73S/B LOGIX5573S"), rack(1, "1756-L7SP/B LOGIX5570 Safety Partner")), "safety controller, 1756-L73S/B LOGIX5573S, sn-rockwell-automation-60b72d10"},
		{"beside another controller", all(ether, rack(0, "1756-L73S/B LOGIX5573S"), rack(2, "1756-L85E/B")), "safety controller, 1756-EN2T/D, mac-001b1b000001"},
		{"no partner without safety", all(ether, rack(0, "1756-L73/B LOGIX5573")), "controller, 1756-L73/B LOGIX5573, sn-rockwell-automation-60b72d10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, a := judged(t, c.seen, "10.0.0.5")
			if got := a.Role + ", " + a.Product + ", " + a.ID; got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, a.Reasons)
			}
		})
	}
}
