package cisco

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// named are ports that both devices have a name for. Names that the two mean
// different ports by are left out, and are then not known.
var named = map[string]uint16{
	"echo": 7, "discard": 9, "daytime": 13, "chargen": 19, "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "time": 37, "nameserver": 42, "whois": 43,
	"tacacs": 49, "domain": 53, "bootps": 67, "bootpc": 68, "tftp": 69, "gopher": 70, "finger": 79, "www": 80, "http": 80, "hostname": 101, "pop2": 109, "pop3": 110,
	"sunrpc": 111, "ident": 113, "nntp": 119, "ntp": 123, "msrpc": 135, "netbios-ns": 137, "netbios-dgm": 138, "netbios-ss": 139, "netbios-ssn": 139, "imap4": 143,
	"snmp": 161, "snmptrap": 162, "xdmcp": 177, "bgp": 179, "irc": 194, "dnsix": 195, "ldap": 389, "mobile-ip": 434, "https": 443, "pim-auto-rp": 496, "isakmp": 500,
	"exec": 512, "login": 513, "lpd": 515, "rip": 520, "uucp": 540, "klogin": 543, "kshell": 544, "rtsp": 554, "ldaps": 636, "kerberos": 750, "lotusnotes": 1352,
	"h323": 1720, "pptp": 1723, "nfs": 2049, "non500-isakmp": 4500, "vxlan": 4789, "sip": 5060, "aol": 5190,
}

// ofTCP and ofUDP are names that mean different ports by protocol.
var (
	ofTCP = map[string]uint16{"cmd": 514, "rsh": 514, "talk": 517}
	ofUDP = map[string]uint16{"syslog": 514, "biff": 512, "who": 513, "talk": 517}
)

func portNumber(w string, proto uint8) (uint16, bool) {
	if n, err := strconv.ParseUint(w, 10, 16); err == nil {
		return uint16(n), true
	}
	if n, is := map[uint8]map[string]uint16{policy.TCP: ofTCP, policy.UDP: ofUDP}[proto][w]; is {
		return n, true
	}
	if proto == policy.UDP && (w == "exec" || w == "login" || w == "telnet") {
		return 0, false // names of TCP alone
	}
	n, is := named[w]
	return n, is
}

var types4 = map[string]int{
	"echo-reply": 0, "unreachable": 3, "net-unreachable": 3, "host-unreachable": 3, "port-unreachable": 3, "protocol-unreachable": 3, "packet-too-big": 3,
	"administratively-prohibited": 3, "source-quench": 4, "redirect": 5, "alternate-address": 6, "echo": 8, "router-advertisement": 9, "router-solicitation": 10,
	"time-exceeded": 11, "ttl-exceeded": 11, "reassembly-timeout": 11, "parameter-problem": 12, "timestamp-request": 13, "timestamp-reply": 14,
	"information-request": 15, "information-reply": 16, "mask-request": 17, "mask-reply": 18, "traceroute": 30, "conversion-error": 31, "mobile-redirect": 32,
}

var types6 = map[string]int{
	"unreachable": 1, "destination-unreachable": 1, "no-route": 1, "no-admin": 1, "beyond-scope": 1, "port-unreachable": 1, "address-unreachable": 1, "packet-too-big": 2,
	"time-exceeded": 3, "hop-limit": 3, "parameter-problem": 4, "echo-request": 128, "echo": 128, "echo-reply": 129, "mld-query": 130, "membership-query": 130,
	"mld-report": 131, "membership-report": 131, "mld-reduction": 132, "membership-reduction": 132, "router-solicitation": 133, "router-advertisement": 134,
	"nd-ns": 135, "neighbor-solicitation": 135, "nd-na": 136, "neighbor-advertisement": 136, "redirect": 137, "neighbor-redirect": 137, "router-renumbering": 138,
	"mldv2": 143,
}

// Types are the names of types of ICMP or, in IPv6, of ICMPv6.
func Types(proto uint8) map[string]int {
	if proto == policy.ICMPv6 {
		return types6
	}
	return types4
}
