package message

// MODBUS Application Protocol Specification V1.1b3; MODBUS Messaging on TCP/IP
// V1.0b.

// modbus puts the header before a PDU.
func modbus(id uint16, unit byte, pdu []byte) []byte {
	return cat(id, uint16(0), uint16(len(pdu)+1), unit, pdu)
}

// ModbusRead asks for holding registers.
func ModbusRead(id uint16, unit byte, start, n uint16) []byte {
	return modbus(id, unit, cat(3, start, n))
}

// ModbusValues answers with registers.
func ModbusValues(id uint16, unit byte, values []byte) []byte {
	return modbus(id, unit, cat(3, len(values), values))
}

// ModbusWrite writes one register; the answer repeats it.
func ModbusWrite(id uint16, unit byte, register, value uint16) []byte {
	return modbus(id, unit, cat(6, register, value))
}

// ModbusException refuses a function.
func ModbusException(id uint16, unit, function, why byte) []byte {
	return modbus(id, unit, cat(function|0x80, why))
}

// ModbusIdentify asks for the regular identification.
func ModbusIdentify(id uint16, unit byte) []byte { return modbus(id, unit, cat(0x2b, 14, 2, 0)) }

// ModbusIdentity answers: vendor, product code, revision, then address,
// product name and model.
func ModbusIdentity(id uint16, unit byte, objects ...string) []byte {
	b := cat(0x2b, 14, 2, 0x82, 0, 0, len(objects))
	for i, o := range objects {
		b = cat(b, i, short(o))
	}
	return modbus(id, unit, b)
}

// Umas is a UMAS request of Schneider Electric's engineering tool.
func Umas(id uint16, session, function byte, data []byte) []byte {
	return modbus(id, 0, cat(0x5a, session, function, data))
}

// UmasAnswer answers one.
func UmasAnswer(id uint16, session byte, data []byte) []byte {
	return modbus(id, 0, cat(0x5a, session, 0xfe, data))
}

// UmasIdentity is the body of the answer to UMAS function 2.
func UmasIdentity(model string, ident uint32, version uint16) []byte {
	return cat(0x10, 0xff, le32(ident), le16(0), le16(version), le16(0x27), le16(9), le16(0), 0x0e, fixed(model, 14, 0), 1, 1, 1, zeros(5), 0x11, 0)
}

// UmasProject is the body of the answer to UMAS function 3.
func UmasProject(name string) []byte {
	when := []byte{12, 59, 12, 14, 1, 0xe8, 7}
	return cat(2, 5, 0, 0, 0x98, 0x88, 1, 0, 0, 0, 2, 5, 0, 0, 0x98, 0x88, 1, 0, 0, 0, when, when, 7, 0, 3, 1, len(name)+1, name, 0)
}
