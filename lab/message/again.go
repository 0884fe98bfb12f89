package message

import "encoding/binary"

// What is said again and again is written once. These functions give a message
// that was written before another number and return it; values in it are
// changed in place, at the end of it.

// S7Again numbers any S7 message but those of the transport.
func S7Again(b []byte, id uint16) []byte {
	binary.BigEndian.PutUint16(b[11:], id)
	return b
}

// ModbusAgain numbers any Modbus message.
func ModbusAgain(b []byte, id uint16) []byte {
	binary.BigEndian.PutUint16(b, id)
	return b
}

// CIPConnectedAgain numbers a message in a connection.
func CIPConnectedAgain(b []byte, sequence uint16) []byte {
	binary.LittleEndian.PutUint16(b[44:], sequence)
	return b
}

// CIPIOAgain numbers a datagram of inputs and outputs.
func CIPIOAgain(b []byte, sequence uint32, count uint16) []byte {
	binary.LittleEndian.PutUint32(b[10:], sequence)
	binary.LittleEndian.PutUint16(b[18:], count)
	return b
}

// ADSAgain numbers a request or its answer.
func ADSAgain(b []byte, id uint32) []byte {
	binary.LittleEndian.PutUint32(b[34:], id)
	return b
}

// FINSAgain numbers a command or its answer.
func FINSAgain(b []byte, id byte) []byte {
	b[9] = id
	return b
}
