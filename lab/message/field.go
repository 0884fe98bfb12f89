package message

// FINS: Omron W342, SYSMAC CS/CJ Communications Commands. SLMP: Mitsubishi
// SH(NA)-080956ENG. ADS: Beckhoff, TwinCAT ADS/AMS specification.

// FINS is a command from one node to another, FINSAnswer its response.
func FINS(from, to, id byte, command uint16, data []byte) []byte {
	return cat(0x80, 0, 2, 0, to, 0, 0, from, 0, id, command, data)
}

// FINSAnswer answers a command without an error.
func FINSAnswer(from, to, id byte, command uint16, data []byte) []byte {
	return cat(0xc0, 0, 2, 0, to, 0, 0, from, 0, id, command, uint16(0), data)
}

// FINS commands.
const (
	FINSMemoryRead     = 0x0101
	FINSControllerRead = 0x0501
)

// FINSWords names words of the DM area; FINSController the model and version of
// a controller, with the sizes of its areas.
func FINSWords(start, n uint16) []byte { return cat(0x82, start, 0, n) }

// FINSController is the body of the answer to FINSControllerRead.
func FINSController(model, version string) []byte {
	return cat(fixed(model, 20, ' '), fixed(version, 20, ' '), zeros(40), uint16(20), 8, 1, uint16(32768), 0, 0, 0x80, 0, 0, 0)
}

// SLMP is a request of the 3E frame in binary code.
func SLMP(command uint16, data []byte) []byte {
	return cat(0x50, 0, 0, 0xff, 0xff, 3, 0, le16(uint16(len(data)+6)), le16(16), le16(command), le16(0), data)
}

// SLMPAnswer answers one without an error.
func SLMPAnswer(data []byte) []byte {
	return cat(0xd0, 0, 0, 0xff, 0xff, 3, 0, le16(uint16(len(data)+2)), le16(0), data)
}

// SLMP commands.
const (
	SLMPTypeName = 0x0101
	SLMPRead     = 0x0401
)

// SLMPWords names words of the D area.
func SLMPWords(start uint32, n uint16) []byte {
	return cat(le32(start)[:3], 0xa8, le16(n))
}

// SLMPModel is the body of the answer to SLMPTypeName.
func SLMPModel(model string, code uint16) []byte { return cat(fixed(model, 16, ' '), le16(code)) }

// ADSPort is an AMS address: a NetId, usually the IP address with ".1.1", and a
// port.
type ADSPort struct {
	IP   []byte
	Port uint16
}

func (p ADSPort) bytes() []byte { return cat(p.IP, 1, 1, le16(p.Port)) }

// ADS commands.
const (
	ADSDeviceInfo = 1
	ADSRead       = 2
)

func ams(to, from ADSPort, command, flags uint16, id uint32, data []byte) []byte {
	b := cat(to.bytes(), from.bytes(), le16(command), le16(flags), le32(uint32(len(data))), le32(0), le32(id), data)
	return cat(0, 0, le32(uint32(len(b))), b)
}

// ADS is a request.
func ADS(to, from ADSPort, command uint16, id uint32, data []byte) []byte {
	return ams(to, from, command, 4, id, data)
}

// ADSAnswer answers it without an error.
func ADSAnswer(to, from ADSPort, command uint16, id uint32, data []byte) []byte {
	return ams(to, from, command, 5, id, cat(le32(0), data))
}

// ADSDevice is the body of the answer to ADSDeviceInfo.
func ADSDevice(name string, major, minor byte, build uint16) []byte {
	return cat(major, minor, le16(build), fixed(name, 16, 0))
}

// adsMagic begins each message of discovery (UDP port 48899).
const adsMagic = 0x71146603

// ADSFind asks who is there.
func ADSFind(from ADSPort) []byte {
	return cat(le32(adsMagic), le32(0), le32(1), from.bytes(), le32(0))
}

// ADSFound answers with the computer's name and its TwinCAT; the operating
// system is Windows 10 in Windows' own form.
func ADSFound(from ADSPort, name string, major, minor byte, build uint16) []byte {
	tag := func(kind uint16, v []byte) []byte { return cat(le16(kind), le16(uint16(len(v))), v) }
	system := cat(le32(276), le32(10), le32(0), le32(17763), le32(2), zeros(256))
	return cat(le32(adsMagic), le32(0), le32(0x80000001), from.bytes(), le32(3),
		tag(5, cat(name, 0)), tag(4, system), tag(3, cat(major, minor, le16(build))))
}

// ADSWords names bytes of the PLC's data; ADSValues the body of the answer.
func ADSWords(group, offset, n uint32) []byte { return cat(le32(group), le32(offset), le32(n)) }

// ADSValues is the body of the answer to ADSRead.
func ADSValues(b []byte) []byte { return cat(le32(uint32(len(b))), b) }
