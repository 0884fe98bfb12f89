// Package cotp decodes the ISO transport service on TCP: a TPKT header and the
// one transport protocol data unit (TPDU) that it frames.
//
// It reads bytes and returns values that point into them: no I/O, no state, no
// clock. It knows the TPDUs of class 0, which is what controllers, MMS servers
// and RDP speak, and reads the same TPDUs of the other classes as far as their
// fixed parts go. Joining data TPDUs until the end-of-TSDU mark is up to the
// caller, who knows how much memory a conversation may have.
//
// Reference: RFC 1006, section 6 (TPKT); RFC 2126, section 4.3; ISO/IEC 8073
// (ITU-T X.224), section 13 (encoding of TPDUs).
package cotp

import "errors"

// Errors that Decode and DecodeTPDU return. ErrShort means "give me more
// bytes"; ErrProtocol that the bytes are no TPKT and never will be; ErrTPDU
// that the TPKT's frame is sound and what it carries is not.
var (
	ErrShort    = errors.New("cotp: short packet")
	ErrProtocol = errors.New("cotp: no TPKT header")
	ErrTPDU     = errors.New("cotp: damaged TPDU")
)

// HeaderLen is the length of a TPKT header.
const HeaderLen = 4

// minPacket is a TPKT header and a TPDU that is only a length and a type.
const minPacket = HeaderLen + 1

// Type says what a TPDU is for: its code without the credit bits.
type Type uint8

// Types of TPDUs.
const (
	ConnectionRequest Type = 0xe0 // CR
	ConnectionConfirm Type = 0xd0 // CC
	DisconnectRequest Type = 0x80 // DR
	DisconnectConfirm Type = 0xc0 // DC
	Data              Type = 0xf0 // DT
	ExpeditedData     Type = 0x10 // ED
	DataAck           Type = 0x60 // AK
	ExpeditedAck      Type = 0x20 // EA
	Reject            Type = 0x50 // RJ
	Error             Type = 0x70 // ER
)

// TPDU is one transport protocol data unit. Params and Data point into the
// decoded bytes. Fields that the type does not have are zero.
type TPDU struct {
	Type   Type
	DstRef uint16
	SrcRef uint16
	Class  uint8  // CR, CC: the preferred class, 0 to 4
	Reason uint8  // DR, ER
	EOT    bool   // DT, ED: the last part of a transport service data unit
	Number uint8  // DT: TPDU-NR
	Params []byte // the variable part: code, length, value
	Data   []byte // user data
}

// Frame reads the TPKT at the start of b: the TPDU in it and the number of
// bytes the TPKT takes. The TPDU points into b. With ErrShort the number is
// what the header asks for, or 0 when the header itself is not whole.
func Frame(b []byte) (tpdu []byte, n int, err error) {
	if err := checkStart(b); err != nil {
		return nil, 0, err
	}
	n = int(b[2])<<8 | int(b[3])
	switch {
	case n < minPacket:
		return nil, 0, ErrProtocol
	case len(b) < n:
		return nil, n, ErrShort
	}
	return b[HeaderLen:n:n], n, nil
}

// checkStart refuses bytes that cannot begin a TPKT even when the header is
// not whole. RFC 1006 leaves the second byte "reserved"; everyone sends 0.
func checkStart(b []byte) error {
	if len(b) > 0 && b[0] != 3 || len(b) > 1 && b[1] != 0 {
		return ErrProtocol
	}
	if len(b) < HeaderLen {
		return ErrShort
	}
	return nil
}

// Decode reads the first TPKT in b and the TPDU in it. With ErrTPDU the number
// of bytes is that of the TPKT, so that reading can go on behind it.
func Decode(b []byte) (TPDU, int, error) {
	tpdu, n, err := Frame(b)
	if err != nil {
		return TPDU{}, 0, err
	}
	t, err := DecodeTPDU(tpdu)
	return t, n, err
}

// DecodeTPDU reads one TPDU that takes all of b.
func DecodeTPDU(b []byte) (TPDU, error) {
	if len(b) < 2 {
		return TPDU{}, ErrTPDU
	}
	li := int(b[0]) // length of the header without this byte; 255 is reserved
	if li < 1 || li == 255 || li >= len(b) {
		return TPDU{}, ErrTPDU
	}
	head, data := b[1:1+li:1+li], b[1+li:len(b):len(b)]
	t, ok := decodeHeader(head)
	if !ok {
		return TPDU{}, ErrTPDU
	}
	t.Data = data
	return t, nil
}

// decodeHeader reads the fixed and the variable part; h has at least one byte.
func decodeHeader(h []byte) (TPDU, bool) {
	if h[0] == byte(Data) || h[0] == byte(ExpeditedData) {
		return decodeData(h)
	}
	if h[0]&0x0f != 0 && !credits(h[0]) {
		return TPDU{}, false
	}
	t := TPDU{Type: Type(h[0] & 0xf0)}
	switch t.Type {
	case ConnectionRequest, ConnectionConfirm:
		return decodeConnection(t, h)
	case DisconnectRequest:
		return decodeDisconnect(t, h)
	case DisconnectConfirm:
		return decodeRefs(t, h, 5, true)
	case DataAck, ExpeditedAck, Reject:
		return decodeRefs(t, h, 4, false)
	case Error:
		return decodeError(t, h)
	}
	return TPDU{}, false
}

// credits reports whether the low bits of a type may hold a credit.
func credits(code byte) bool {
	switch Type(code & 0xf0) {
	case ConnectionRequest, ConnectionConfirm, DataAck, Reject:
		return true
	}
	return false
}

func decodeConnection(t TPDU, h []byte) (TPDU, bool) {
	if len(h) < 6 {
		return TPDU{}, false
	}
	t.DstRef, t.SrcRef = be16(h[1:]), be16(h[3:])
	t.Class, t.Params = h[5]>>4, h[6:]
	return t, t.Class <= 4
}

func decodeDisconnect(t TPDU, h []byte) (TPDU, bool) {
	if len(h) < 6 {
		return TPDU{}, false
	}
	t.DstRef, t.SrcRef, t.Reason, t.Params = be16(h[1:]), be16(h[3:]), h[5], h[6:]
	return t, true
}

func decodeRefs(t TPDU, h []byte, fixed int, src bool) (TPDU, bool) {
	if len(h) < fixed {
		return TPDU{}, false
	}
	t.DstRef, t.Params = be16(h[1:]), h[fixed:]
	if src {
		t.SrcRef = be16(h[3:])
	}
	return t, true
}

func decodeError(t TPDU, h []byte) (TPDU, bool) {
	if len(h) < 4 {
		return TPDU{}, false
	}
	t.DstRef, t.Reason, t.Params = be16(h[1:]), h[3], h[4:]
	return t, true
}

// decodeData reads DT and ED: two bytes in classes 0 and 1, four in the
// others, where the destination reference comes first.
func decodeData(h []byte) (TPDU, bool) {
	t := TPDU{Type: Type(h[0])}
	switch {
	case len(h) == 2:
		t.EOT, t.Number = h[1]&0x80 != 0, h[1]&0x7f
	case len(h) >= 4:
		t.DstRef, t.EOT, t.Number, t.Params = be16(h[1:]), h[3]&0x80 != 0, h[3]&0x7f, h[4:]
	default:
		return TPDU{}, false
	}
	return t, true
}

func be16(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }
