package pccc

import "encoding/binary"

// CSP is one message of CSPv4, the Ethernet protocol of PLC-5 and SLC 500
// controllers before EtherNet/IP: a header of 28 bytes, big endian, and for
// data messages a PCCC message behind its addresses. There is no public
// standard; the layout is the one that free clients of these controllers send.
type CSP struct {
	Response   bool
	Register   bool // a connection is being opened; else Data is PCCC
	Connection uint32
	Status     uint32
	Data       []byte // the PCCC message
}

const (
	cspHeader   = 28
	cspRequest  = 1
	cspResponse = 2
	cspRegister = 1
	cspPCCC     = 7
)

// DecodeCSP reads the first message in b and returns the number of bytes it
// took.
func DecodeCSP(b []byte) (CSP, int, error) {
	if len(b) >= 2 && (b[0] != cspRequest && b[0] != cspResponse || b[1] != cspRegister && b[1] != cspPCCC) {
		return CSP{}, 0, ErrProtocol
	}
	if len(b) < cspHeader {
		return CSP{}, 0, ErrShort
	}
	m := CSP{
		Response:   b[0] == cspResponse,
		Register:   b[1] == cspRegister,
		Connection: binary.BigEndian.Uint32(b[4:]),
		Status:     binary.BigEndian.Uint32(b[8:]),
	}
	size := int(binary.BigEndian.Uint16(b[2:]))
	if m.Register && size != 0 || !m.Register && size < 4 {
		return CSP{}, 0, ErrProtocol
	}
	n := cspHeader + size
	if len(b) < n {
		return CSP{}, 0, ErrShort
	}
	if m.Register {
		return m, n, nil
	}
	m.Data = cspInner(b[cspHeader:n:n])
	return m, n, nil
}

// cspInner skips destination, control, source and LSAP; an LSAP other than 0
// has a network address of eight bytes behind it.
func cspInner(b []byte) []byte {
	skip := 4
	if b[3] != 0 {
		skip = 12
	}
	return b[min(skip, len(b)):]
}
