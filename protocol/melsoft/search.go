package melsoft

import "encoding/binary"

// Search is a search frame of iQ-F controllers: a tool asks on UDP, each
// controller answers. Model is the processor's code in an answer to 0xff.
type Search struct {
	Response bool
	Function uint8 // 0x01, 0x11, 0x22 addresses, 0xff who are you
	Model    uint16
	Client   [4]byte // answer to the others: the address of who asks
}

// DecodeSearch reads the search frame that fills the datagram b.
func DecodeSearch(b []byte) (Search, int, error) {
	for i := 0; i < len(b) && i < 3; i++ {
		if i == 0 && b[0] != 0x5a && b[0] != 0xda || i > 0 && b[i] != 0 {
			return Search{}, 0, ErrHeader
		}
	}
	if len(b) < 4 {
		return Search{}, 0, ErrShort
	}
	s := Search{Response: b[0] == 0xda, Function: b[3]}
	switch {
	case !s.Response:
		if len(b) != 4 {
			return Search{}, 0, ErrLength
		}
	case s.Function == 0xff:
		if len(b) < 28 {
			return Search{}, 0, ErrShort
		}
		s.Model = binary.LittleEndian.Uint16(b[4:])
	default:
		if len(b) < 14 {
			return Search{}, 0, ErrShort
		}
		s.Client = [4]byte(b[6:10])
	}
	return s, len(b), nil
}
