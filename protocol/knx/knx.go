// Package knx decodes KNXnet/IP: what devices say about themselves, and the
// telegrams that are tunnelled or routed to the bus.
//
// It reads one message from UDP (port 3671) or TCP at a time and, of a
// telegram, its addresses and its application service. Values are handed on as
// bytes: their types stand in the project only. Secure frames are told but not
// read. Slices of decoded values point into the decoded buffer.
//
// Reference: ISO 22510:2019 (KNXnet/IP); KNX Standard 3/8 (chapters 2, 4 and 5),
// 3/6/3 (cEMI) and 3/3/7 (application layer).
package knx

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of Decode. ErrShort means "give me more bytes"; the others mean that
// the bytes are not KNXnet/IP and never will be.
var (
	ErrShort  = errors.New("knx: short message")
	ErrHeader = errors.New("knx: not a header of version 1.0")
	ErrLength = errors.New("knx: lengths contradict each other")
)

// Service is what a message is.
type Service uint16

// Services.
const (
	SearchRequest       Service = 0x0201
	SearchResponse      Service = 0x0202
	DescriptionRequest  Service = 0x0203
	DescriptionResponse Service = 0x0204
	ConnectRequest      Service = 0x0205
	ConnectResponse     Service = 0x0206
	StateRequest        Service = 0x0207
	StateResponse       Service = 0x0208
	DisconnectRequest   Service = 0x0209
	DisconnectResponse  Service = 0x020a
	SearchRequestExt    Service = 0x020b
	SearchResponseExt   Service = 0x020c
	DeviceConfig        Service = 0x0310
	DeviceConfigAck     Service = 0x0311
	Tunnel              Service = 0x0420
	TunnelAck           Service = 0x0421
	FeatureGet          Service = 0x0422
	FeatureResponse     Service = 0x0423
	FeatureSet          Service = 0x0424
	FeatureInfo         Service = 0x0425
	Routing             Service = 0x0530
	RoutingLost         Service = 0x0531
	RoutingBusy         Service = 0x0532
	RemoteDiagRequest   Service = 0x0740
	RemoteDiagResponse  Service = 0x0741
	RemoteConfig        Service = 0x0742
	RemoteReset         Service = 0x0743
	SecureWrapper       Service = 0x0950
	headerSize                  = 6
)

// Message is one message. Body points into the decoded buffer.
type Message struct {
	Service Service
	Body    []byte
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) > 0 && b[0] != headerSize || len(b) > 1 && b[1] != 0x10 {
		return Message{}, 0, ErrHeader
	}
	if len(b) < headerSize {
		return Message{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n < headerSize {
		return Message{}, 0, ErrLength
	}
	if len(b) < n {
		return Message{}, 0, ErrShort
	}
	return Message{Service(binary.BigEndian.Uint16(b[2:])), b[headerSize:n]}, n, nil
}

// Known reports whether the service is one of the standard's.
func (s Service) Known() bool {
	switch {
	case s >= SearchRequest && s <= SearchResponseExt, s == DeviceConfig, s == DeviceConfigAck:
		return true
	case s >= Tunnel && s <= FeatureInfo, s >= Routing && s <= 0x0533, s >= RemoteDiagRequest && s <= RemoteReset:
		return true
	}
	return s >= SecureWrapper && s <= 0x0955
}

// Device is what a device says of itself.
type Device struct {
	Medium    uint8
	Address   Individual
	Project   uint16
	Serial    [6]byte
	Multicast [4]byte
	MAC       [6]byte
	Name      []byte // ISO 8859-1, without padding
}

// Individual is the address of a device on the bus: area.line.device.
type Individual uint16

// Parts are the area, the line and the device.
func (a Individual) Parts() (area, line, device uint8) {
	return uint8(a >> 12), uint8(a >> 8 & 0xf), uint8(a)
}

const (
	deviceInfo = 1
	deviceSize = 54
)

// Device finds the description of the device in a search or description
// response.
func (m Message) Device() (Device, bool) {
	b := m.Body
	switch m.Service {
	case SearchResponse, SearchResponseExt:
		if len(b) < 1 || int(b[0]) > len(b) {
			return Device{}, false
		}
		b = b[b[0]:] // where the device wants to be spoken to
	case DescriptionResponse:
	default:
		return Device{}, false
	}
	for len(b) >= 2 && b[0] >= 2 && int(b[0]) <= len(b) {
		if b[1] == deviceInfo && b[0] >= deviceSize {
			return device(b), true
		}
		b = b[b[0]:]
	}
	return Device{}, false
}

func device(b []byte) Device {
	return Device{
		Medium: b[2], Address: Individual(binary.BigEndian.Uint16(b[4:])), Project: binary.BigEndian.Uint16(b[6:]),
		Serial: [6]byte(b[8:]), Multicast: [4]byte(b[14:]), MAC: [6]byte(b[18:]), Name: bytes.TrimRight(b[24:deviceSize], "\x00 "),
	}
}
