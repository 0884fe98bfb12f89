package message

import (
	"strconv"
	"strings"
)

// The protocols written in ASN.1: SNMP (RFC 1157, RFC 3416), LDAP (RFC 4511)
// and Kerberos (RFC 4120).

// ber is a value with its tag and length.
func ber(tag byte, parts ...any) []byte {
	v := cat(parts...)
	switch n := len(v); {
	case n < 128:
		return cat(tag, n, v)
	case n < 256:
		return cat(tag, 0x81, n, v)
	default:
		return cat(tag, 0x82, uint16(n), v)
	}
}

func berInt(v uint32) []byte {
	b := cat(0, v)
	for len(b) > 1 && b[0] == 0 && b[1] < 0x80 {
		b = b[1:]
	}
	return ber(2, b)
}

func oid(dotted string) []byte {
	var b []byte
	for i, s := range strings.Split(dotted, ".") {
		n, _ := strconv.Atoi(s)
		switch {
		case i == 0:
			b = append(b, byte(n*40))
		case i == 1:
			b[0] += byte(n)
		case n < 128:
			b = append(b, byte(n))
		default:
			b = append(b, 0x80|byte(n>>7), byte(n))
			b[len(b)-1] &= 0x7f
		}
	}
	return ber(6, b)
}

// SNMP is a version 2c message: a get request (tag 0xa0) or a response (0xa2)
// with the system group's variables. A request has no values.
func SNMP(community string, response bool, id uint32, names, values []string) []byte {
	var list []byte
	for i, name := range names {
		value := ber(5)
		if response {
			value = ber(4, values[i])
		}
		list = append(list, ber(0x30, oid(name), value)...)
	}
	tag := byte(0xa0)
	if response {
		tag = 0xa2
	}
	return ber(0x30, berInt(1), ber(4, community), ber(tag, berInt(id), berInt(0), berInt(0), ber(0x30, list)))
}

// LDAPSearch asks a directory for its root entry's naming context.
func LDAPSearch(id uint32) []byte {
	return ber(0x30, berInt(id), ber(0x63, ber(4), ber(10, 0), ber(10, 0), berInt(0), berInt(120), ber(1, 0),
		ber(0x87, "objectClass"), ber(0x30, ber(4, "defaultNamingContext"), ber(4, "dnsHostName"))))
}

// LDAPEntry answers with it.
func LDAPEntry(id uint32, context, host string) []byte {
	attribute := func(name, value string) []byte { return ber(0x30, ber(4, name), ber(0x31, ber(4, value))) }
	entry := ber(0x30, berInt(id), ber(0x64, ber(4), ber(0x30, attribute("defaultNamingContext", context), attribute("dnsHostName", host))))
	return cat(entry, ber(0x30, berInt(id), ber(0x65, ber(10, 0), ber(4), ber(4))))
}

// kerberosName is a principal: kind 1 is a person or machine, 2 a service.
func kerberosName(kind uint32, parts ...string) []byte {
	var list []byte
	for _, p := range parts {
		list = append(list, ber(0x1b, p)...)
	}
	return ber(0x30, ber(0xa0, berInt(kind)), ber(0xa1, ber(0x30, list)))
}

// KerberosAsk asks for a first ticket over TCP.
func KerberosAsk(user, realm string, nonce uint32) []byte {
	body := ber(0x30,
		ber(0xa0, ber(3, 0, uint32(0x40810010))),
		ber(0xa1, kerberosName(1, user)),
		ber(0xa2, ber(0x1b, realm)),
		ber(0xa3, kerberosName(2, "krbtgt", realm)),
		ber(0xa5, ber(0x18, "20370913024805Z")),
		ber(0xa7, berInt(nonce&0x7fffffff)),
		ber(0xa8, ber(0x30, berInt(18), berInt(17))))
	m := ber(0x6a, ber(0x30, ber(0xa1, berInt(5)), ber(0xa2, berInt(10)), ber(0xa4, body)))
	return cat(uint32(len(m)), m)
}

// KerberosDenied answers that the password must be proved first, as every
// domain controller does. The time is that of the answer.
func KerberosDenied(realm, when string) []byte {
	m := ber(0x7e, ber(0x30, ber(0xa0, berInt(5)), ber(0xa1, berInt(30)), ber(0xa4, ber(0x18, when)), ber(0xa5, berInt(0)),
		ber(0xa6, berInt(25)), ber(0xa9, ber(0x1b, realm)), ber(0xaa, kerberosName(2, "krbtgt", realm))))
	return cat(uint32(len(m)), m)
}
