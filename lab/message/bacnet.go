package message

// BACnet/IP: ANSI/ASHRAE 135-2020, clauses 5, 6, 20, 21 and annex J.

// bvlc puts the headers of link and network layer before an APDU.
func bvlc(function, control byte, apdu []byte) []byte {
	npdu := cat(1, control)
	if function == 0x0b {
		npdu = cat(npdu, uint16(0xffff), 0, 255)
	}
	return cat(0x81, function, uint16(4+len(npdu)+len(apdu)), npdu, apdu)
}

// WhoIs asks every BACnet device for its number.
func WhoIs() []byte { return bvlc(0x0b, 0x20, cat(0x10, 8)) }

// IAm answers.
func IAm(device uint32, vendor uint16) []byte {
	return bvlc(0x0b, 0x20, cat(0x10, 0, 0xc4, object(8, device), 0x22, uint16(1476), 0x91, 3, unsigned16(2, vendor)))
}

func object(kind, instance uint32) uint32 { return kind<<22 | instance }

// unsigned16 is an application-tagged number in as few bytes as it needs.
func unsigned16(tag byte, v uint16) []byte {
	if v < 256 {
		return cat(tag<<4|1, byte(v))
	}
	return cat(tag<<4|2, v)
}

// BACnetRead asks for a property of an object: kind 8 is the device.
func BACnetRead(id byte, kind, instance uint32, property byte) []byte {
	return bvlc(0x0a, 4, cat(0, 5, id, 12, 0x0c, object(kind, instance), 0x19, property))
}

// BACnetText answers with text, BACnetReal with a number.
func BACnetText(id byte, kind, instance uint32, property byte, text string) []byte {
	n := len(text) + 1
	value := cat(0x75, n, 0, text)
	if n < 5 {
		value = cat(0x70|n, 0, text)
	}
	return bvlc(0x0a, 0, cat(0x30, id, 12, 0x0c, object(kind, instance), 0x19, property, 0x3e, value, 0x3f))
}

// BACnetReal answers with a number in IEEE 754 form.
func BACnetReal(id byte, kind, instance uint32, property byte, bits uint32) []byte {
	return bvlc(0x0a, 0, cat(0x30, id, 12, 0x0c, object(kind, instance), 0x19, property, 0x3e, 0x44, bits, 0x3f))
}

// BACnetWriteReal sets a present value.
func BACnetWriteReal(id byte, kind, instance uint32, bits uint32) []byte {
	return bvlc(0x0a, 4, cat(0, 5, id, 15, 0x0c, object(kind, instance), 0x19, 85, 0x3e, 0x44, bits, 0x3f, 0x49, 8))
}

// BACnetDone confirms it.
func BACnetDone(id byte) []byte { return bvlc(0x0a, 0, cat(0x20, id, 15)) }
