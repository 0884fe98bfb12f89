package cip

import "encoding/binary"

// Triad names a connection for its whole life: the originator's serial number
// for it, the originator's vendor and the originator's own serial number.
type Triad struct {
	Connection uint16
	Vendor     uint16
	Originator uint32
}

// OpenRequest is the body of a Forward Open or Large Forward Open request. Of
// the two connection numbers each side chooses the one it will receive under,
// so the request holds a valid ToOriginator only.
type OpenRequest struct {
	ToTarget, ToOriginator uint32
	Triad
	Transport uint8 // direction, trigger and class
	Path      Path
}

// Class is the transport class: 0 and 1 carry I/O, 2 and 3 explicit messages.
func (o OpenRequest) Class() uint8 { return o.Transport & 0x0f }

// DecodeOpenRequest reads the body of a Forward Open; large says that it is a
// Large Forward Open, whose connection parameters are twice as wide.
func DecodeOpenRequest(data []byte, large bool) (OpenRequest, error) {
	at := 34 // the transport byte
	if large {
		at += 4
	}
	if len(data) < at+2 {
		return OpenRequest{}, ErrShort
	}
	o := OpenRequest{
		ToTarget:     binary.LittleEndian.Uint32(data[2:]),
		ToOriginator: binary.LittleEndian.Uint32(data[6:]),
		Triad:        triad(data[10:]),
		Transport:    data[at],
	}
	end := at + 2 + 2*int(data[at+1])
	if len(data) < end {
		return o, ErrShort
	}
	o.Path = Path(data[at+2 : end])
	return o, nil
}

// OpenReply is the body of a successful reply to a Forward Open.
type OpenReply struct {
	ToTarget, ToOriginator uint32
	Triad
}

// DecodeOpenReply reads the body of a successful reply to a Forward Open.
func DecodeOpenReply(data []byte) (OpenReply, error) {
	if len(data) < 26 {
		return OpenReply{}, ErrShort
	}
	return OpenReply{
		ToTarget:     binary.LittleEndian.Uint32(data),
		ToOriginator: binary.LittleEndian.Uint32(data[4:]),
		Triad:        triad(data[8:]),
	}, nil
}

// DecodeCloseRequest reads which connection a Forward Close request ends.
func DecodeCloseRequest(data []byte) (Triad, error) {
	if len(data) < 12 {
		return Triad{}, ErrShort
	}
	return triad(data[2:]), nil
}

func triad(b []byte) Triad {
	return Triad{
		Connection: binary.LittleEndian.Uint16(b),
		Vendor:     binary.LittleEndian.Uint16(b[2:]),
		Originator: binary.LittleEndian.Uint32(b[4:]),
	}
}
