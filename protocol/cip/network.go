package cip

import "encoding/binary"

// Interface is attribute 5 of the TCP/IP Interface object, class 0xf5. The
// addresses are numbers with the first byte on top.
type Interface struct {
	Address, Netmask, Gateway, NameServer, NameServer2 uint32
	Domain                                             []byte
}

// DecodeInterface reads the interface configuration.
func DecodeInterface(b []byte) (Interface, error) {
	if len(b) < 20 {
		return Interface{}, ErrShort
	}
	return Interface{
		Address:     binary.LittleEndian.Uint32(b),
		Netmask:     binary.LittleEndian.Uint32(b[4:]),
		Gateway:     binary.LittleEndian.Uint32(b[8:]),
		NameServer:  binary.LittleEndian.Uint32(b[12:]),
		NameServer2: binary.LittleEndian.Uint32(b[16:]),
		Domain:      String(b[20:]),
	}, nil
}

// DecodeNetwork reads attributes 1 to 6 of the TCP/IP Interface object, as Get
// Attributes All answers them: status, capability and control word, the path
// to the link, interface configuration and host name.
func DecodeNetwork(b []byte) (Interface, []byte, error) {
	if len(b) < 14 {
		return Interface{}, nil, ErrShort
	}
	at := 14 + 2*int(binary.LittleEndian.Uint16(b[12:]))
	if len(b) < at {
		return Interface{}, nil, ErrShort
	}
	i, err := DecodeInterface(b[at:])
	if err != nil {
		return Interface{}, nil, err
	}
	at += 22 + len(i.Domain) + len(i.Domain)%2
	if len(b) < at {
		return i, nil, nil
	}
	return i, String(b[at:]), nil
}
