package ads

import "encoding/binary"

// discoveryMagic starts every discovery message.
const discoveryMagic = 0x71146603

// Services of discovery messages. A reply has bit 31 set.
const (
	ServiceInfo        = 1
	ServiceAddRoute    = 6
	ServiceDeleteRoute = 0xb001
)

// Tags of discovery messages.
const (
	TagStatus      = 1
	TagPassword    = 2
	TagVersion     = 3
	TagOS          = 4
	TagHost        = 5
	TagNetID       = 7
	TagOptions     = 9
	TagRouteName   = 12
	TagUser        = 13
	TagFingerprint = 18
)

// Discovery is one discovery message. Tags points into the decoded buffer; walk
// it with Next.
type Discovery struct {
	Invoke  uint32
	Service uint32 // without the reply bit
	Reply   bool
	From    Address
	Count   uint32
	Tags    []byte
}

// DecodeDiscovery reads the discovery message that fills the datagram b.
func DecodeDiscovery(b []byte) (Discovery, int, error) {
	const size = 24
	if len(b) >= 4 && binary.LittleEndian.Uint32(b) != discoveryMagic {
		return Discovery{}, 0, ErrReserved
	}
	if len(b) < size {
		return Discovery{}, 0, ErrShort
	}
	service := binary.LittleEndian.Uint32(b[8:])
	d := Discovery{
		Invoke: binary.LittleEndian.Uint32(b[4:]), Service: service &^ (1 << 31), Reply: service>>31 != 0,
		Count: binary.LittleEndian.Uint32(b[20:]), Tags: b[size:len(b):len(b)],
	}
	d.From.NetID = NetID(b[12:18])
	d.From.Port = binary.LittleEndian.Uint16(b[18:])
	return d, len(b), nil
}

// Tag is one tagged value of a discovery message.
type Tag struct {
	Kind  uint16
	Value []byte
}

// Text is the value without padding.
func (t Tag) Text() []byte { return text(t.Value) }

// Next is the first tag of tags and what follows it. It is not ok at the end
// and where a value is cut off.
func Next(tags []byte) (t Tag, rest []byte, ok bool) {
	if len(tags) < 4 {
		return Tag{}, nil, false
	}
	n := int(binary.LittleEndian.Uint16(tags[2:]))
	if n > len(tags)-4 {
		return Tag{}, nil, false
	}
	return Tag{Kind: binary.LittleEndian.Uint16(tags), Value: tags[4 : 4+n]}, tags[4+n:], true
}

// AppendVersion appends a TwinCAT version as in a version tag: "2.11.2228". It
// appends nothing when the value is too short.
func AppendVersion(b, value []byte) []byte {
	if len(value) < 4 {
		return b
	}
	b = append(appendUint(b, uint32(value[0])), '.')
	b = append(appendUint(b, uint32(value[1])), '.')
	return appendUint(b, uint32(binary.LittleEndian.Uint16(value[2:])))
}

// OS is the operating system of an OS tag: the platform number of Windows'
// OSVERSIONINFO (1 Windows 9x, 2 Windows NT, 3 Windows CE) and its version. For
// other systems the tag holds text and ok is false.
func OS(value []byte) (platform, major, minor, build uint32, ok bool) {
	if len(value) < 20 {
		return 0, 0, 0, 0, false
	}
	if n := binary.LittleEndian.Uint32(value); n < 20 || n > 284 {
		return 0, 0, 0, 0, false
	}
	return binary.LittleEndian.Uint32(value[16:]), binary.LittleEndian.Uint32(value[4:]),
		binary.LittleEndian.Uint32(value[8:]), binary.LittleEndian.Uint32(value[12:]), true
}
