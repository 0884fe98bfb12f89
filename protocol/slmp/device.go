package slmp

// Range is a run of points of one device.
type Range struct {
	Device Device
	Head   uint32
	Count  uint16
}

// Device is a device code: the low byte is that of Q and L series, iQ-R adds a
// high byte. In ASCII code it is the two letters' code translated to binary.
type Device uint16

// String is the device's name in Mitsubishi's tools.
func (d Device) String() string {
	for i := range devices {
		if devices[i].code == d&0xff {
			return devices[i].name
		}
	}
	return "device"
}

type deviceRow struct {
	code        Device
	name        string
	hexadecimal bool // ASCII code writes the number in hexadecimal
}

// devices is the table of SH-080956ENG, appendix 1.
var devices = [...]deviceRow{
	{0x91, "SM", false},
	{0xa9, "SD", false},
	{0x9c, "X", true},
	{0x9d, "Y", true},
	{0x90, "M", false},
	{0x92, "L", false},
	{0x93, "F", false},
	{0x94, "V", false},
	{0xa0, "B", true},
	{0xa8, "D", false},
	{0xb4, "W", true},
	{0xc1, "TS", false},
	{0xc0, "TC", false},
	{0xc2, "TN", false},
	{0xc7, "SS", false},
	{0xc6, "SC", false},
	{0xc8, "SN", false},
	{0xc4, "CS", false},
	{0xc3, "CC", false},
	{0xc5, "CN", false},
	{0xa1, "SB", true},
	{0xb5, "SW", true},
	{0x98, "S", false},
	{0xa2, "DX", true},
	{0xa3, "DY", true},
	{0xcc, "Z", false},
	{0x62, "LZ", false},
	{0xaf, "R", false},
	{0xb0, "ZR", true},
	{0x2c, "RD", false},
	{0xab, "G", false},
}

// Hex reports whether Mitsubishi numbers the device in hexadecimal.
func (d Device) Hex() bool {
	for i := range devices {
		if devices[i].code == d&0xff {
			return devices[i].hexadecimal
		}
	}
	return false
}

// Bits reports whether the sub command asks for bits and not for words.
func (m Message) Bits() bool { return m.Subcommand&0x0001 != 0 }

// Points reads the range of a Read or Write request, and the values that follow
// it. Sub commands with an extension (0x0080 and above) are not read.
func (m Message) Points() (r Range, values []byte, ok bool) {
	if m.Response || m.Subcommand&^0x0003 != 0 {
		return Range{}, nil, false
	}
	long := m.Subcommand&0x0002 != 0 // iQ-R: 4 bytes of number, 2 of code
	if m.ASCII {
		return m.asciiPoints(long)
	}
	in := reader{b: m.Data}
	if long {
		r.Head, r.Device = in.num(4), Device(in.num(2))
	} else {
		r.Head, r.Device = in.num(3), Device(in.num(1))
	}
	r.Count = uint16(in.num(2))
	if in.err != nil {
		return Range{}, nil, false
	}
	return r, m.Data[in.at:], true
}

func (m Message) asciiPoints(long bool) (r Range, values []byte, ok bool) {
	code, number := 2, 6
	if long {
		code, number = 4, 8
	}
	if len(m.Data) < code+number+4 {
		return Range{}, nil, false
	}
	row, ok := deviceNamed(m.Data[:code])
	if !ok {
		return Range{}, nil, false
	}
	r.Device = row.code
	if r.Head, ok = parse(m.Data[code:code+number], row.hexadecimal); !ok {
		return Range{}, nil, false
	}
	in := reader{b: m.Data, at: code + number, ascii: true}
	r.Count = uint16(in.num(2))
	return r, m.Data[in.at:], in.err == nil
}

// deviceNamed finds the device of a name padded with stars or blanks.
func deviceNamed(b []byte) (deviceRow, bool) {
	n := len(b)
	for n > 0 && (b[n-1] == '*' || b[n-1] == ' ') {
		n--
	}
	for i := range devices {
		if devices[i].name == string(b[:n]) {
			return devices[i], true
		}
	}
	return deviceRow{}, false
}

func parse(b []byte, hexadecimal bool) (uint32, bool) {
	base := uint32(10)
	if hexadecimal {
		base = 16
	}
	var v uint32
	for _, c := range b {
		d := uint32(digit(c))
		if c == ' ' {
			d = 0
		}
		if d >= base {
			return 0, false
		}
		v = v*base + d
	}
	return v, true
}
