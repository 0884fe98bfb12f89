// Package nbss decodes the headers of the NetBIOS session service, which frames
// SMB on TCP 139, and the four bytes that frame it on TCP 445.
//
// It reads the packet header and the names of a session request. The session
// message that follows a header is left to packages smb and smb2.
//
// Reference: RFC 1002 section 4.3 (session packets) and 4.1 (encoded names),
// RFC 1001 section 14.1; MS-SMB2 section 2.1 (direct TCP transport).
package nbss

import "errors"

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("nbss: short header")
	ErrProtocol = errors.New("nbss: not a session packet")
)

// HeaderLen is the length of a packet header.
const HeaderLen = 4

// Type is the type of a session packet.
type Type uint8

// Packet types.
const (
	Message   Type = 0x00
	Request   Type = 0x81
	Positive  Type = 0x82
	Negative  Type = 0x83
	Retarget  Type = 0x84
	KeepAlive Type = 0x85
)

// Header is the header of one packet. Length is that of the body behind it.
type Header struct {
	Type   Type
	Length int
}

// Decode reads the header at the start of b and returns the number of bytes it
// took, which is HeaderLen.
//
// A message has a length of 24 bits as on direct TCP. RFC 1002 has 17 bits and
// seven flags that must be zero, so both read alike.
func Decode(b []byte) (Header, int, error) {
	if len(b) < HeaderLen {
		return Header{}, 0, ErrShort
	}
	h := Header{Type: Type(b[0]), Length: int(b[1])<<16 | int(b[2])<<8 | int(b[3])}
	ok := false
	switch h.Type {
	case Message:
		ok = true
	case Request:
		ok = h.Length >= 2*minName && h.Length <= 2*maxName
	case Positive, KeepAlive:
		ok = h.Length == 0
	case Negative:
		ok = h.Length == 1
	case Retarget:
		ok = h.Length == 6
	}
	if !ok {
		return Header{}, 0, ErrProtocol
	}
	return h, HeaderLen, nil
}

// Lengths of an encoded name without a scope, and of the longest one allowed.
const (
	minName = 34
	maxName = 255
)

// Name is a NetBIOS name: 15 characters and the suffix that says what kind of
// service the name stands for.
type Name struct {
	Text   [15]byte
	Suffix uint8
}

// Bytes is the text without the spaces and zeros at its end. It points into n.
func (n *Name) Bytes() []byte {
	end := len(n.Text)
	for end > 0 && (n.Text[end-1] == ' ' || n.Text[end-1] == 0) {
		end--
	}
	return n.Text[:end]
}

// DecodeName reads a name in first-level encoding (two letters for each byte)
// and returns the number of bytes it took, scope and last zero included.
func DecodeName(b []byte) (Name, int, error) {
	var n Name
	if len(b) < minName {
		return n, 0, ErrShort
	}
	if b[0] != 32 {
		return n, 0, ErrProtocol
	}
	for i := range 16 {
		hi, lo := b[1+2*i]-'A', b[2+2*i]-'A'
		if hi > 15 || lo > 15 {
			return n, 0, ErrProtocol
		}
		if c := hi<<4 | lo; i < 15 {
			n.Text[i] = c
		} else {
			n.Suffix = c
		}
	}
	end, err := scopeEnd(b)
	return n, end, err
}

// scopeEnd is where the name ends whose first label takes 33 bytes.
func scopeEnd(b []byte) (int, error) {
	for at := 33; ; {
		if at >= len(b) {
			return 0, ErrShort
		}
		l := int(b[at])
		if l > 63 || at+l+1 > maxName {
			return 0, ErrProtocol
		}
		at += 1 + l
		if l == 0 {
			return at, nil
		}
	}
}

// DecodeRequest reads the body of a session request: the name that is called
// and the name of the caller.
func DecodeRequest(b []byte) (called, calling Name, err error) {
	called, n, err := DecodeName(b)
	if err != nil {
		return called, calling, err
	}
	calling, _, err = DecodeName(b[n:])
	return called, calling, err
}
