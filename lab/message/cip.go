package message

// EtherNet/IP and CIP: ODVA, The CIP Networks Library volumes 1 and 2. Numbers
// are little-endian.

// enip puts the encapsulation header before a body.
func enip(command uint16, session uint32, context uint32, body []byte) []byte {
	return cat(le16(command), le16(uint16(len(body))), le32(session), le32(0), le32(context), le32(0), le32(0), body)
}

// CIPIdentity is what a device says of itself.
type CIPIdentity struct {
	Vendor, Type, Code uint16
	Major, Minor       byte
	Status             uint16
	Serial             uint32
	Name               string
	State              byte
}

func (i CIPIdentity) attributes() []byte {
	return cat(le16(i.Vendor), le16(i.Type), le16(i.Code), i.Major, i.Minor, le16(i.Status), le32(i.Serial), short(i.Name))
}

// ListIdentity asks every device for its identity.
func ListIdentity() []byte { return enip(0x63, 0, 0, nil) }

// ListedIdentity answers.
func ListedIdentity(i CIPIdentity, ip []byte) []byte {
	item := cat(le16(1), uint16(2), uint16(44818), ip, zeros(8), i.attributes(), i.State)
	return enip(0x63, 0, 0, cat(le16(1), le16(0x0c), le16(uint16(len(item))), item))
}

// RegisterSession opens a session; the answer carries its handle.
func RegisterSession(session uint32) []byte { return enip(0x65, session, 0, cat(le16(1), le16(0))) }

// CIP wraps a message without a connection.
func CIP(session, context uint32, message []byte) []byte {
	return enip(0x6f, session, context, cat(le32(0), le16(10), le16(2), le16(0), le16(0), le16(0xb2), le16(uint16(len(message))), message))
}

// CIPConnected wraps a message in a connection.
func CIPConnected(session, connection uint32, sequence uint16, message []byte) []byte {
	return enip(0x70, session, 0, cat(le32(0), le16(0), le16(2), le16(0xa1), le16(4), le32(connection),
		le16(0xb1), le16(uint16(len(message)+2)), le16(sequence), message))
}

// CIPIO is a datagram of a connection for inputs and outputs.
func CIPIO(connection, sequence uint32, count uint16, data []byte) []byte {
	return cat(le16(2), le16(0x8002), le16(8), le32(connection), le32(sequence), le16(0xb1), le16(uint16(len(data)+2)), le16(count), data)
}

// identityPath is the identity object, instance 1.
var identityPath = []byte{2, 0x20, 1, 0x24, 1}

// ReadIdentity asks for all attributes of the identity object.
func ReadIdentity() []byte { return cat(1, identityPath) }

// ReadAttributes answers it.
func ReadAttributes(i CIPIdentity) []byte { return cat(0x81, 0, 0, 0, i.attributes()) }

// Unconnected has the module at the address forward a message to a slot of its
// backplane.
func Unconnected(slot byte, message []byte) []byte {
	var odd []byte
	if len(message)%2 == 1 {
		odd = zeros(1)
	}
	return cat(0x52, 2, 0x20, 6, 0x24, 1, 5, 0x9d, le16(uint16(len(message))), message, odd, 1, 0, 1, slot)
}

// ForwardOpen opens a connection to the message router behind a slot, or for
// inputs and outputs when the path says so.
func ForwardOpen(toServer, toClient uint32, serial uint16, rpi uint32, sizes [2]uint16, transport byte, path []byte) []byte {
	return cat(0x54, 2, 0x20, 6, 0x24, 1, 10, 14, le32(toServer), le32(toClient), le16(serial), le16(1), le32(0x00c0ffee), 1, 0, 0, 0,
		le32(rpi), le16(sizes[0]), le32(rpi), le16(sizes[1]), transport, len(path)/2, path)
}

// ForwardOpened answers it.
func ForwardOpened(toServer, toClient uint32, serial uint16, rpi uint32) []byte {
	return cat(0xd4, 0, 0, 0, le32(toServer), le32(toClient), le16(serial), le16(1), le32(0x00c0ffee), le32(rpi), le32(rpi), 0, 0)
}

// MessageRouter is the path to a slot's message router; InputsOutputs the one
// to a device's assemblies.
var (
	MessageRouter = []byte{1, 0, 0x20, 2, 0x24, 1}
	InputsOutputs = []byte{0x20, 4, 0x24, 0x66, 0x2c, 0x64, 0x2c, 0x65}
)

func tagPath(tag string) []byte {
	b := cat(0x91, short(tag))
	if len(tag)%2 == 1 {
		b = append(b, 0)
	}
	return cat(len(b)/2, b)
}

// ReadTag asks for elements of a tag.
func ReadTag(tag string, n uint16) []byte { return cat(0x4c, tagPath(tag), le16(n)) }

// TagValue answers with a REAL or DINT.
func TagValue(value []byte) []byte { return cat(0xcc, 0, 0, 0, 0xc4, 0, value) }

// WriteTag writes one DINT.
func WriteTag(tag string, value uint32) []byte {
	return cat(0x4d, tagPath(tag), 0xc4, 0, le16(1), le32(value))
}

// TagWritten answers it.
func TagWritten() []byte { return cat(0xcd, 0, 0, 0) }

// firmwarePath is the object that keeps a device's firmware, instance 1.
var firmwarePath = []byte{2, 0x20, 0xa1, 0x24, 1}

// FirmwareUpdate announces new firmware, FirmwarePiece brings a piece of it.
func FirmwareUpdate(size uint32) []byte { return cat(0x4b, firmwarePath, le32(size)) }

// FirmwarePiece brings a piece of it.
func FirmwarePiece(offset uint32, data []byte) []byte {
	return cat(0x4d, firmwarePath, le32(offset), data)
}

// FirmwareTaken answers either: what is 0x4b or 0x4d.
func FirmwareTaken(what byte) []byte { return cat(what|0x80, 0, 0, 0) }
