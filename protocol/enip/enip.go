// Package enip decodes the encapsulation of EtherNet/IP: the 24-byte header,
// the items of the Common Packet Format and the identity that a device
// announces. It decodes the I/O datagrams of port 2222 as far as the
// connection they belong to.
//
// It does not decode what the items carry (package cip does) and knows no
// sessions. All slices in results point into the decoded buffer.
//
// Reference: ODVA, The CIP Networks Library, Volume 2, EtherNet/IP Adaptation
// of CIP, edition 1.x: chapter 2 (encapsulation, 2-3 header, 2-4 commands,
// 2-6 Common Packet Format).
package enip

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// Errors that the decoders wrap. ErrShort means "give me more bytes"; the
// others mean that the bytes are not EtherNet/IP and never will be.
var (
	ErrShort   = errors.New("enip: short message")
	ErrCommand = errors.New("enip: no such command")
	ErrLength  = errors.New("enip: length does not fit the command")
	ErrItems   = errors.New("enip: items do not fit the data")
)

// Command is what an encapsulated message does.
type Command uint16

// Commands (volume 2, 2-3.2). Those marked legacy belong to the product line
// before EtherNet/IP was published and still start many sessions.
const (
	NOP               Command = 0x0000
	LegacyTargets     Command = 0x0001
	ListServices      Command = 0x0004
	ListIdentity      Command = 0x0063
	ListInterfaces    Command = 0x0064
	RegisterSession   Command = 0x0065
	UnregisterSession Command = 0x0066
	SendRRData        Command = 0x006f
	SendUnitData      Command = 0x0070
	IndicateStatus    Command = 0x0072
	Cancel            Command = 0x0073
	StartDTLS         Command = 0x00c8
)

// Valid reports whether the command is one of the standard or of the ranges
// it leaves to legacy products.
func (c Command) Valid() bool {
	return c <= 0x0005 || c >= 0x0063 && c <= StartDTLS
}

// Known reports whether the standard defines the command.
func (c Command) Known() bool {
	switch c {
	case NOP, ListServices, ListIdentity, ListInterfaces, RegisterSession, UnregisterSession,
		SendRRData, SendUnitData, IndicateStatus, Cancel, StartDTLS:
		return true
	}
	return false
}

// HeaderSize is the number of bytes of every header.
const HeaderSize = 24

// Header is the head of an encapsulated message.
type Header struct {
	Command Command
	Length  uint16 // bytes behind the header
	Session uint32
	Status  uint32
	Context uint64 // the sender's own, returned as it came
	Options uint32 // 0 in this version of the standard
}

// Message is one encapsulated message.
type Message struct {
	Header
	Data []byte
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) < HeaderSize {
		if len(b) >= 2 && !Command(binary.LittleEndian.Uint16(b)).Valid() {
			return Message{}, 0, ErrCommand
		}
		return Message{}, 0, ErrShort
	}
	h := header(b)
	if err := h.check(); err != nil {
		return Message{}, 0, err
	}
	n := HeaderSize + int(h.Length)
	if len(b) < n {
		return Message{}, 0, ErrShort
	}
	return Message{Header: h, Data: b[HeaderSize:n:n]}, n, nil
}

// DecodeHeader reads the header alone, for a message that the capture cut.
func DecodeHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, ErrShort
	}
	h := header(b)
	return h, h.check()
}

func header(b []byte) Header {
	return Header{
		Command: Command(binary.LittleEndian.Uint16(b)),
		Length:  binary.LittleEndian.Uint16(b[2:]),
		Session: binary.LittleEndian.Uint32(b[4:]),
		Status:  binary.LittleEndian.Uint32(b[8:]),
		Context: binary.LittleEndian.Uint64(b[12:]),
		Options: binary.LittleEndian.Uint32(b[20:]),
	}
}

// check refuses what no message of the standard looks like.
func (h *Header) check() error {
	switch h.Command {
	case RegisterSession:
		if h.Length != 4 && h.Length != 0 {
			return ErrLength
		}
	case UnregisterSession:
		if h.Length > 4 {
			return ErrLength
		}
	default:
		if !h.Command.Valid() {
			return ErrCommand
		}
	}
	return nil
}

// PlausibleStatus reports whether the status is one that the standard knows
// (volume 2, 2-3.5).
func (h *Header) PlausibleStatus() bool { return h.Status <= 3 || h.Status >= 0x64 && h.Status <= 0x6a }

// ItemType says what an item of the Common Packet Format carries.
type ItemType uint16

// Types of items (volume 2, 2-6.2).
const (
	NullAddress      ItemType = 0x0000
	IdentityItem     ItemType = 0x000c
	SecurityItem     ItemType = 0x0086
	ConnectedAddress ItemType = 0x00a1
	ConnectedData    ItemType = 0x00b1
	UnconnectedData  ItemType = 0x00b2
	ServicesItem     ItemType = 0x0100
	SocketToTarget   ItemType = 0x8000
	SocketToOrigin   ItemType = 0x8001
	SequencedAddress ItemType = 0x8002
)

// Item is one item of the Common Packet Format.
type Item struct {
	Type ItemType
	Data []byte
	Cut  bool // the data ends before the item does
}

// Items walks the items of a message.
type Items struct {
	b    []byte
	left int
}

// DecodeItems starts on a list of items: their count, then the items.
func DecodeItems(b []byte) (Items, error) {
	if len(b) < 2 {
		return Items{}, ErrShort
	}
	return Items{b: b[2:], left: int(binary.LittleEndian.Uint16(b))}, nil
}

// DecodeCommandItems starts on the items of SendRRData and SendUnitData, which
// stand behind an interface handle (0 for CIP) and a timeout.
func DecodeCommandItems(data []byte) (Items, error) {
	if len(data) < 8 {
		return Items{}, ErrShort
	}
	if binary.LittleEndian.Uint32(data) != 0 {
		return Items{}, ErrItems
	}
	return DecodeItems(data[6:])
}

// Next is the next item. An item that the capture cut is returned as far as it
// goes, as the last one.
func (it *Items) Next() (Item, bool) {
	if it.left <= 0 || len(it.b) < 4 {
		return Item{}, false
	}
	size := int(binary.LittleEndian.Uint16(it.b[2:]))
	i := Item{Type: ItemType(binary.LittleEndian.Uint16(it.b))}
	rest := it.b[4:]
	if size > len(rest) {
		size, i.Cut, it.left = len(rest), true, 1
	}
	i.Data = rest[:size:size]
	it.b, it.left = rest[size:], it.left-1
	return i, true
}

// Left is the number of items that are still to come.
func (it *Items) Left() int { return it.left }

// Connection is the connection number of a connected or sequenced address item.
func (i Item) Connection() (uint32, bool) {
	if i.Type != ConnectedAddress && i.Type != SequencedAddress || len(i.Data) < 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(i.Data), true
}

// Announcement is an identity item: who a device is and at which address it
// believes to be.
type Announcement struct {
	Version uint16
	Address [4]byte // IPv4 address, as the device knows it
	Port    uint16
	cip.Identity
	State uint8 // 3 operational, 0xff unknown; 0 when cut off
}

// DecodeAnnouncement reads the data of an identity item.
func DecodeAnnouncement(b []byte) (Announcement, error) {
	if len(b) < 18 {
		return Announcement{}, ErrShort
	}
	a := Announcement{
		Version: binary.LittleEndian.Uint16(b),
		Port:    binary.BigEndian.Uint16(b[4:]),
		Address: [4]byte(b[6:10]),
	}
	id, n, err := cip.DecodeIdentity(b[18:])
	if err != nil {
		return Announcement{}, err
	}
	a.Identity = id
	if len(b) > 18+n {
		a.State = b[18+n]
	}
	return a, nil
}

// Service is what a device answers to ListServices.
type Service struct {
	Version      uint16
	Capabilities uint16
	Name         []byte // padded with zeroes
}

// DecodeService reads the data of a services item.
func DecodeService(b []byte) (Service, error) {
	if len(b) < 4 {
		return Service{}, ErrShort
	}
	return Service{
		Version:      binary.LittleEndian.Uint16(b),
		Capabilities: binary.LittleEndian.Uint16(b[2:]),
		Name:         b[4:min(20, len(b))],
	}, nil
}

// IO is one datagram of a cyclic connection.
type IO struct {
	Connection uint32
	Sequence   uint32 // of the encapsulation; 0 when the address has none
	Data       []byte
}

// DecodeIO reads a datagram of UDP port 2222: an address item and a connected
// data item, and perhaps a pad.
func DecodeIO(b []byte) (IO, error) {
	it, err := DecodeItems(b)
	if err != nil {
		return IO{}, err
	}
	if it.left < 2 || it.left > 4 {
		return IO{}, ErrItems
	}
	addr, ok := it.Next()
	if !ok {
		return IO{}, ErrShort
	}
	var io IO
	switch {
	case addr.Type == SequencedAddress && len(addr.Data) == 8:
		io.Sequence = binary.LittleEndian.Uint32(addr.Data[4:])
	case addr.Type == ConnectedAddress && len(addr.Data) == 4:
	case addr.Cut:
		return IO{}, ErrShort
	default:
		return IO{}, ErrItems
	}
	io.Connection, _ = addr.Connection()
	data, ok := it.Next()
	if !ok {
		return IO{}, ErrShort
	}
	if data.Type != ConnectedData {
		return IO{}, ErrItems
	}
	io.Data = data.Data
	return io, nil
}
