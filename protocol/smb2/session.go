package smb2

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Dialect is a version of the protocol: 0x0311 is 3.1.1.
type Dialect uint16

// Dialects.
const (
	Dialect202  Dialect = 0x0202
	Dialect210  Dialect = 0x0210
	Dialect300  Dialect = 0x0300
	Dialect302  Dialect = 0x0302
	Dialect311  Dialect = 0x0311
	DialectWild Dialect = 0x02ff // answer to an SMB1 negotiate: SMB2, version to be settled
)

// String is the dialect as people write it.
func (d Dialect) String() string {
	switch d {
	case Dialect202:
		return "2.0.2"
	case Dialect210:
		return "2.1"
	case Dialect300:
		return "3.0"
	case Dialect302:
		return "3.0.2"
	case Dialect311:
		return "3.1.1"
	case DialectWild:
		return "2"
	}
	return "unknown"
}

// Modes of signing.
const (
	ModeSigning         = 1 << 0
	ModeSigningRequired = 1 << 1
)

// NegotiateRequest is what a client offers.
type NegotiateRequest struct {
	Mode     uint16
	Dialects []byte // two bytes each, little endian
}

// NegotiateRequest reads a negotiate request.
func (m *Message) NegotiateRequest() (NegotiateRequest, bool) {
	b := m.body(CmdNegotiate, false, 36)
	if b == nil {
		return NegotiateRequest{}, false
	}
	le := binary.LittleEndian
	return NegotiateRequest{
		Mode:     le.Uint16(b[4:]),
		Dialects: m.part(HeaderLen+36, 2*uint32(le.Uint16(b[2:]))),
	}, true
}

// NegotiateReply is what a server chose.
type NegotiateReply struct {
	Mode    uint16
	Dialect Dialect
	Token   []byte // GSS token
}

// NegotiateReply reads a negotiate response.
func (m *Message) NegotiateReply() (NegotiateReply, bool) {
	b := m.body(CmdNegotiate, true, 64)
	if b == nil {
		return NegotiateReply{}, false
	}
	le := binary.LittleEndian
	return NegotiateReply{
		Mode:    le.Uint16(b[2:]),
		Dialect: Dialect(le.Uint16(b[4:])),
		Token:   m.part(uint32(le.Uint16(b[56:])), uint32(le.Uint16(b[58:]))),
	}, true
}

// SessionFlags are how a server signed a client in.
type SessionFlags uint16

// Session flags.
const (
	SessionGuest   SessionFlags = 1 << 0
	SessionNull    SessionFlags = 1 << 1
	SessionEncrypt SessionFlags = 1 << 2
)

// Token is the GSS token of a session setup, request or response.
func (m *Message) Token() ([]byte, bool) {
	le := binary.LittleEndian
	if b := m.body(CmdSessionSetup, false, 24); b != nil {
		return m.part(uint32(le.Uint16(b[12:])), uint32(le.Uint16(b[14:]))), true
	}
	if b := m.body(CmdSessionSetup, true, 8); b != nil {
		return m.part(uint32(le.Uint16(b[4:])), uint32(le.Uint16(b[6:]))), true
	}
	return nil, false
}

// SessionFlags are the flags of a session setup response.
func (m *Message) SessionFlags() (SessionFlags, bool) {
	b := m.body(CmdSessionSetup, true, 8)
	if b == nil {
		return 0, false
	}
	return SessionFlags(binary.LittleEndian.Uint16(b[2:])), true
}

// TreePath is the share that a tree connect request names: \\SERVER\C$.
func (m *Message) TreePath() (winstr.Text, bool) {
	b := m.body(CmdTreeConnect, false, 8)
	if b == nil {
		return winstr.Text{}, false
	}
	le := binary.LittleEndian
	return winstr.Text{Raw: m.part(uint32(le.Uint16(b[4:])), uint32(le.Uint16(b[6:]))), Wide: true}, true
}

// ShareType is what a share gives access to.
type ShareType uint8

// Share types.
const (
	ShareDisk  ShareType = 1
	SharePipe  ShareType = 2
	SharePrint ShareType = 3
)

// ShareType is the type that a tree connect response tells.
func (m *Message) ShareType() (ShareType, bool) {
	b := m.body(CmdTreeConnect, true, 16)
	if b == nil {
		return 0, false
	}
	return ShareType(b[2]), true
}
