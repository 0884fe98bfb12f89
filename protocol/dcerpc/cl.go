package dcerpc

// Flags of a connectionless message, first byte (C706 section 12.5.1).
const (
	CLLastFragment = 0x02 // the last fragment of a message of several
	CLFragment     = 0x04 // one fragment of several
	CLNoAck        = 0x08
	CLMaybe        = 0x10
	CLIdempotent   = 0x20
	CLBroadcast    = 0x40
)

// clHeader is the length of the connectionless header. PROFINET and Windows
// pad nothing.
const clHeader = 80

// Datagram is one connectionless message or fragment of one. Body points into
// the decoded buffer. When the capture cut the datagram short, Body holds what
// is left and Cut is set.
type Datagram struct {
	Type       Type
	Flags      uint8
	Rep        Rep
	Object     UUID // PROFINET: instance, device and vendor id
	Interface  UUID
	Activity   UUID // pairs a response with its request, with Sequence
	ServerBoot uint32
	Version    uint32
	Sequence   uint32
	Opnum      uint16
	Fragment   uint16
	AuthProto  uint8
	Body       []byte
	Cut        bool
}

// Whole reports whether the message is in one piece.
func (d Datagram) Whole() bool { return d.Flags&CLFragment == 0 }

// DecodeDatagram reads the connectionless message in b and returns the number
// of bytes it took.
func DecodeDatagram(b []byte) (Datagram, int, error) {
	if err := checkCL(b); err != nil {
		return Datagram{}, 0, err
	}
	r, err := DecodeRep(b[4])
	if err != nil {
		return Datagram{}, 0, err
	}
	d := Datagram{
		Type: Type(b[1]), Flags: b[2], Rep: r,
		Object: r.UUID(b[8:]), Interface: r.UUID(b[24:]), Activity: r.UUID(b[40:]),
		ServerBoot: r.Uint32(b[56:]), Version: r.Uint32(b[60:]), Sequence: r.Uint32(b[64:]),
		Opnum: r.Uint16(b[68:]), Fragment: r.Uint16(b[76:]), AuthProto: b[78],
	}
	n := clHeader + int(r.Uint16(b[74:]))
	if n > len(b) {
		n, d.Cut = len(b), true
	}
	d.Body = b[clHeader:n]
	return d, n, nil
}

// checkCL looks at the bytes whose values are fixed, as far as b has them. The
// second flag byte has one bit that is used (cancel pending).
func checkCL(b []byte) error {
	if len(b) > 0 && b[0] != 4 {
		return ErrVersion
	}
	if len(b) > 1 && b[1] > byte(CancelAck) {
		return ErrType
	}
	if len(b) < clHeader {
		return ErrShort
	}
	if b[3]&^0x02 != 0 || b[5] > 3 {
		return ErrRep
	}
	return nil
}

// FaultStatus is the status in the body of a fault or reject; 0 when the body
// lacks it.
func (d Datagram) FaultStatus() uint32 {
	if len(d.Body) < 4 {
		return 0
	}
	return d.Rep.Uint32(d.Body)
}
