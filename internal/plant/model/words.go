package model

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// zoneNames are the places of the IANA time zone database (zone.tab, public
// domain), to guess which one was meant.
//
//go:embed zones.txt
var zoneNames string

// zoneGuess is the time zone that was most likely meant: written otherwise, or
// by its city alone.
func zoneGuess(said string) string {
	all := strings.Fields(zoneNames)
	plain := strings.ToLower(strings.NewReplacer(" ", "_", "\\", "/").Replace(said))
	for _, name := range all {
		lower := strings.ToLower(name)
		if lower == plain || strings.HasSuffix(lower, "/"+plain) {
			return name
		}
	}
	if zone, ok := shortZones[strings.ToUpper(said)]; ok {
		return zone
	}
	if best := nearest(said, all); best != "" {
		return best
	}
	_, city, _ := strings.Cut(plain, "/")
	for _, name := range all {
		_, other, _ := strings.Cut(strings.ToLower(name), "/")
		if city != "" && distance(city, other, 2) <= 2 {
			return name
		}
	}
	return ""
}

// shortZones are abbreviations that people write and that stand for a place
// only by custom.
var shortZones = map[string]string{
	"CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "GMT": "Europe/London", "BST": "Europe/London",
	"EST": "America/New_York", "EDT": "America/New_York", "ET": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago", "CT": "America/Chicago",
	"MST": "America/Denver", "MDT": "America/Denver", "MT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "PT": "America/Los_Angeles",
	"JST": "Asia/Tokyo", "IST": "Asia/Kolkata", "AEST": "Australia/Sydney",
}

// currencies are the codes of ISO 4217 in use.
var currencies = strings.Fields(`AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK
 DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
 LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK
 SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG`)

var currencySigns = map[string]string{"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "US$": "USD", "DOLLAR": "USD", "£": "GBP", "¥": "JPY", "FR": "CHF", "SFR": "CHF", "FRANKEN": "CHF"}

func currencyGuess(said string) string {
	upper := strings.ToUpper(strings.TrimSpace(said))
	if code, ok := currencySigns[upper]; ok {
		return code
	}
	if slices.Contains(currencies, upper) {
		return upper
	}
	return nearest(upper, currencies)
}

// Protocols are the names that conversations can have. A test of package app
// compares them with what the sensors read.
var Protocols = strings.Fields(`ads ads-discovery bacnet bsap c1222 cclink-ie cdp coap codesys cspv4 dcerpc dhcp dhcpv6 dlms dnp3 dns enip ether-sio ethercat fins fox ftp
 ge-srtp genisys goose hartip http iec104 ike imap kerberos knx ldap lldp melsoft modbus mqtt mrp nbdgm nbns ntp opcua openvpn pcworx pop3 powerlink profinet-io profinet-rt
 ptp radius rdp roc-plus slmp smb smtp snmp ssdp ssh stp stun sunrpc sv synchrophasor syslog tds teamviewer telnet tftp tls tpkt vnc wireguard ws-discovery
 cclink-ie-basic mms s7comm s7comm-plus http2 llmnr mdns browser profinet-dcp arp slow-protocols eapol loop icmp igmp gre esp ah eigrp ospf pim vrrp sctp unknown`)

// otherNames are what people call a protocol that has another name here.
var otherNames = map[string]string{
	"https": "tls", "ssl": "tls", "modbus-tcp": "modbus", "modbus/tcp": "modbus", "modbustcp": "modbus", "opc-ua": "opcua", "opc ua": "opcua", "ethernet/ip": "enip",
	"ethernetip": "enip", "cip": "enip", "pccc": "enip", "umas": "modbus", "profinet": "profinet-io", "s7": "s7comm", "cifs": "smb", "mssql": "tds", "sql": "tds", "twincat": "ads", "rpc": "dcerpc", "opc-da": "dcerpc",
	"snmpv3": "snmp", "iec-104": "iec104", "iec 104": "iec104", "remote desktop": "rdp", "sftp": "ssh", "mqtts": "tls", "ldaps": "tls",
}

func protocolGuess(said string) string {
	if other, ok := otherNames[strings.ToLower(said)]; ok {
		return other
	}
	return said
}

// roles are what a member may ask for.
var roles = []string{
	plant.RoleController, plant.RoleSafety, plant.RoleRemoteIO, plant.RoleDrive, plant.RoleRobot, plant.RoleSensor, plant.RoleRelay, plant.RoleHMI, plant.RoleEngineering,
	plant.RoleSCADA, plant.RoleHistorian, plant.RoleGateway, plant.RoleBuilding, plant.RoleSwitch, plant.RoleRouter, plant.RoleFirewall, plant.RoleAccessPoint, plant.RoleDomain,
	plant.RoleServer, plant.RolePC, plant.RolePrinter, plant.RoleCamera, plant.RolePhone, plant.RoleTimeSource, plant.RoleBroker, plant.RoleExternalPeer, plant.RoleUnknown,
}

// verbs are the kinds of operation that a conduit may allow.
var verbs = []string{"identify", "read", "auth", "write", "config", "program", "mode", "firmware", "other"}
