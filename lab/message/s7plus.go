package message

import "encoding/binary"

// S7comm-plus of an S7-1500 and its panel, in clear with a digest over each
// unit. Siemens has not published it; the layout is that of the public
// dissector and driver of Thomas Wiens.

// S7PlusConnect is the transport connection's request: a panel names what it
// wants by text.
func S7PlusConnect(reference uint16) []byte {
	const selector = "SIMATIC-ROOT-HMI"
	rest := cat(0, 0xc0, 1, 10, 0xc1, 2, 6, 0, 0xc2, len(selector), selector)
	return tpkt(cat(5+len(rest), 0xe0, uint16(0), reference, rest))
}

// S7PlusConnected confirms it.
func S7PlusConnected(reference uint16) []byte {
	const selector = "SIMATIC-ROOT-HMI"
	rest := cat(0, 0xc0, 1, 10, 0xc1, 2, 6, 0, 0xc2, len(selector), selector)
	return tpkt(cat(5+len(rest), 0xd0, reference, uint16(0x44), rest))
}

// Kinds of units and messages.
const (
	plusSession = 1
	plusDigest  = 3

	plusRequest  = 0x31
	plusResponse = 0x32

	plusCreate = 0x04ca
	plusSet    = 0x0542
	plusGet    = 0x054c
)

// plusUnit is a whole message in one unit. The keyed digest over it is random
// here.
func plusUnit(version byte, digest, message []byte) []byte {
	if version == plusDigest {
		message = cat(len(digest), digest, message)
	}
	return tpkt(cat(2, 0xf0, 0x80, 0x72, version, uint16(len(message)), message, 0x72, version, uint16(0)))
}

func plusText(s string) []byte { return cat(0, 0x15, len(s), s) }

// vlq is a number in as many groups of seven bits as it needs.
func vlq(v uint32) []byte {
	b := []byte{byte(v & 0x7f)}
	for v >>= 7; v > 0; v >>= 7 {
		b = append([]byte{0x80 | byte(v&0x7f)}, b...)
	}
	return b
}

// plusQualifier ends a request.
var plusQualifier = cat(uint32(0x4e8), 0x89, 0x69, 0, 0x12, uint32(0), 0x89, 0x6a, 0, 0x13, 0, 0x89, 0x6b, 0, 4, 0, 0)

// S7PlusOpen asks for a session of a panel with its name.
func S7PlusOpen(sequence uint16, computer string) []byte {
	const anySession, container = 0x11d, 0xd3
	objects := cat(0xa1, uint32(container), 0x82, 0x1f, 0, 0, 0xa3, 0x81, 0x69, plusText("Session_1"), 0xa3, 0x82, 0x2a, plusText(computer),
		0xa1, uint32(container), 0x81, 0x7f, 0, 0, 0xa3, 0x81, 0x69, plusText("SubscriptionContainer"), 0xa2, 0xa2, uint32(0))
	return plusUnit(plusSession, nil, cat(plusRequest, uint16(0), uint16(plusCreate), uint16(0), sequence, uint32(0x120), 0x36, uint32(anySession), 0, 4, uint32(0), objects))
}

// plusVersion is what a controller says of itself, and a client repeats.
func plusVersion(order, firmware string) []byte {
	return cat(uint32(0x13a), 0x82, 0x3b, 0, 4, 0x82, 0, 0x82, 0x3f, plusText("1;"+order+";"+firmware), 0x82, 0x41, 0, 3, uint16(3), 0)
}

// S7PlusOpened grants the session: order number and firmware of the controller.
func S7PlusOpened(sequence uint16, order, firmware string) []byte {
	return plusUnit(plusSession, nil, cat(plusResponse, uint16(0), uint16(plusCreate), uint16(0), sequence, 0x36, 0x11, 2, 0x87, 0x40, 0x87, 7,
		0xa1, uint32(0x120), 0x82, 0x1f, 0, 0, 0xa3, 0x81, 0x69, plusText(""), 0xa3, 0x82, 0x32, 0, 0x17, plusVersion(order, firmware), 0xa2, uint32(0)))
}

// S7PlusAgree sends the version back, which ends the session's set-up.
func S7PlusAgree(sequence uint16, session uint32, digest []byte, order, firmware string) []byte {
	return plusUnit(plusDigest, digest, cat(plusRequest, uint16(0), uint16(plusSet), uint16(0), sequence, session, 0x34,
		session, 1, 1, 0x82, 0x32, 1, 0, 0x17, plusVersion(order, firmware), 0, plusQualifier, uint32(0)))
}

// S7PlusAgreed confirms it.
func S7PlusAgreed(sequence uint16, digest []byte) []byte {
	return plusUnit(plusDigest, digest, cat(plusResponse, uint16(0), uint16(plusSet), uint16(0), sequence, 0x34, 0, 0, 0, uint32(0)))
}

// S7PlusRead asks for n variables of a data block.
func S7PlusRead(sequence uint16, session uint32, digest []byte, block uint16, n int) []byte {
	var items []byte
	for i := range n {
		items = cat(items, 0, vlq(0x8a0e0000|uint32(block)), 2, 0x93, 0x76, 0x10+i)
	}
	return plusUnit(plusDigest, digest, cat(plusRequest, uint16(0), uint16(plusGet), uint16(0), sequence, session, 0x34,
		uint32(0), n, 5*n, items, plusQualifier, uint32(0)))
}

// S7PlusValues answers with numbers in IEEE 754 form.
func S7PlusValues(sequence uint16, digest []byte, bits ...uint32) []byte {
	b := cat(plusResponse, uint16(0), uint16(plusGet), uint16(0), sequence, 0x34, 0)
	for i, v := range bits {
		b = cat(b, 1+i, 0, 0x0e, v)
	}
	return plusUnit(plusDigest, digest, cat(b, 0, 0, 0, uint32(0)))
}

// S7PlusAgain numbers a message with a digest, and gives it another.
func S7PlusAgain(b []byte, sequence uint16, digest []byte) []byte {
	const header = 4 + 3 + 4
	copy(b[header+1:], digest)
	binary.BigEndian.PutUint16(b[header+1+len(digest)+7:], sequence)
	return b
}
