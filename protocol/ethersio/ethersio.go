// Package ethersio decodes Ether-S-I/O, by which Saia PCD controllers exchange
// inputs and outputs with remote stations (UDP 6060).
//
// It reads bytes and returns values: it opens no socket and keeps no state. The
// values carried are left alone.
//
// Reference: Saia-Burgess Controls, Ether-S-I/O, as dissected by Wireshark's
// packet-esio (2010). Numbers are big-endian.
package ethersio

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means that the datagram was cut off; the
// others mean that the bytes are not Ether-S-I/O.
var (
	ErrShort  = errors.New("ethersio: short telegram")
	ErrMagic  = errors.New("ethersio: telegram does not start with ESIO")
	ErrHeader = errors.New("ethersio: impossible header")
)

// Types of telegrams.
const (
	Transfer = 1
	Status   = 2
)

// Telegram is one telegram. Data points into the decoded buffer.
type Telegram struct {
	Type        uint16
	Version     uint16
	Transaction uint16
	Station     uint32 // the station that sends
	Transfers   uint8  // number of transfers in a transfer telegram
	Lost        uint8  // telegrams that a status telegram says were lost
	Data        []byte // transfers
}

// Decode reads the telegram that fills b.
func Decode(b []byte) (Telegram, int, error) {
	for i := 0; i < len(b) && i < 4; i++ {
		if b[i] != "ESIO"[i] {
			return Telegram{}, 0, ErrMagic
		}
	}
	if len(b) < 12 {
		return Telegram{}, 0, ErrShort
	}
	t := Telegram{
		Type: binary.BigEndian.Uint16(b[4:]), Version: binary.BigEndian.Uint16(b[6:]),
		Transaction: binary.BigEndian.Uint16(b[10:]),
	}
	size := int(binary.BigEndian.Uint16(b[8:]))
	if t.Type != Transfer && t.Type != Status || size < 24 {
		return Telegram{}, 0, ErrHeader
	}
	if len(b) < size {
		return Telegram{}, 0, ErrShort
	}
	t.body(b[12:size:size])
	return t, size, nil
}

func (t *Telegram) body(b []byte) {
	if t.Type == Status {
		t.Station = binary.BigEndian.Uint32(b[4:])
		t.Lost = b[9]
		return
	}
	t.Station = binary.BigEndian.Uint32(b[4:])
	t.Transfers = b[8]
	t.Data = b[10:]
}

// Transferred is one transfer of a transfer telegram.
type Transferred struct {
	ID          uint32
	Destination uint32 // the station it is for
	Values      []byte
}

// Next is the first transfer of data and what follows it.
func Next(data []byte) (x Transferred, rest []byte, ok bool) {
	if len(data) < 10 {
		return Transferred{}, nil, false
	}
	n := int(binary.BigEndian.Uint16(data[8:]))
	if n > len(data)-10 {
		return Transferred{}, nil, false
	}
	x = Transferred{ID: binary.BigEndian.Uint32(data), Destination: binary.BigEndian.Uint32(data[4:]), Values: data[10 : 10+n]}
	return x, data[10+n:], true
}
