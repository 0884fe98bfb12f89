// Package tds decodes the Tabular Data Stream of Microsoft SQL Server: its
// packets, the exchange before and at sign-in, and the answers that name the
// server; and the datagrams of the SQL Server browser.
//
// It reads who signs in from which program, never the password (which crosses
// all but in clear when the connection is not encrypted), and no rows. Queries
// are told by name of the procedure only. Slices point into the decoded buffer.
//
// Reference: MS-TDS, sections 2.2.3 (packets), 2.2.6 (messages)
// and 2.2.7 (tokens); MC-SQLR section 2.2.
package tds

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("tds: short packet")
	ErrProtocol = errors.New("tds: not a TDS packet")
)

// HeaderLen is the length of a packet's header.
const HeaderLen = 8

// Type is the type of a packet.
type Type uint8

// Types of packet.
const (
	SQLBatch    Type = 0x01
	LoginOld    Type = 0x02
	RPC         Type = 0x03
	Result      Type = 0x04
	Attention   Type = 0x06
	BulkLoad    Type = 0x07
	FedAuth     Type = 0x08
	Transaction Type = 0x0e
	Login7      Type = 0x10
	SSPI        Type = 0x11
	Prelogin    Type = 0x12
)

func (t Type) known() bool {
	switch t {
	case SQLBatch, LoginOld, RPC, Result, Attention, BulkLoad, FedAuth, Transaction, Login7, SSPI, Prelogin:
		return true
	}
	return false
}

// Packet is one packet; a message is one or more. Body is its contents.
type Packet struct {
	Type     Type
	Last     bool // the message ends here
	Process  uint16
	Sequence uint8
	Body     []byte
}

// maxPacket is the largest packet size that ends may agree on.
const maxPacket = 32767

// Peek reads the header at the start of b and returns the packet's length.
func Peek(b []byte) (Packet, int, error) {
	if len(b) > 0 && !Type(b[0]).known() || len(b) > 1 && b[1]&^0x1f != 0 {
		return Packet{}, 0, ErrProtocol
	}
	if len(b) < HeaderLen {
		return Packet{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	// The window is unused and zero; some clients leave garbage there in an
	// attention, which they send in a hurry.
	if n < HeaderLen || n > maxPacket || b[7] != 0 && Type(b[0]) != Attention {
		return Packet{}, 0, ErrProtocol
	}
	return Packet{Type: Type(b[0]), Last: b[1]&1 != 0, Process: binary.BigEndian.Uint16(b[4:]), Sequence: b[6]}, n, nil
}

// Decode reads the first packet in b and returns the number of bytes it took.
func Decode(b []byte) (Packet, int, error) {
	p, n, err := Peek(b)
	if err != nil {
		return Packet{}, 0, err
	}
	if len(b) < n {
		return Packet{}, 0, ErrShort
	}
	p.Body = b[HeaderLen:n:n]
	return p, n, nil
}

// Encryption is what an end says about encryption before sign-in.
type Encryption uint8

// Settings of encryption.
const (
	EncryptLogin       Encryption = 0 // of the sign-in only
	EncryptAll         Encryption = 1
	EncryptUnsupported Encryption = 2
	EncryptRequired    Encryption = 3
	EncryptUnsaid      Encryption = 0xff
)

// Greeting is what an end says before sign-in. Version is that of the client's
// library, or of the server.
type Greeting struct {
	Major, Minor uint8
	Build        uint16
	Encryption   Encryption
	Instance     []byte
}

// ReadGreeting reads a prelogin message or the answer to one (which comes in a
// packet of type Result).
func ReadGreeting(b []byte) (Greeting, bool) {
	g := Greeting{Encryption: EncryptUnsaid}
	if len(b) < 6 || b[0] != 0 { // the version comes first
		return g, false
	}
	for at := 0; ; at += 5 {
		if at >= len(b) {
			return g, false
		}
		if b[at] == 0xff {
			return g, g.Major > 0 || g.Build > 0
		}
		if at+5 > len(b) || b[at] > 7 && b[at] < 0xf0 {
			return g, false
		}
		off, n := int(binary.BigEndian.Uint16(b[at+1:])), int(binary.BigEndian.Uint16(b[at+3:]))
		if off+n > len(b) {
			return g, false
		}
		g.option(b[at], b[off:off+n])
	}
}

func (g *Greeting) option(kind byte, v []byte) {
	switch {
	case kind == 0 && len(v) >= 4:
		g.Major, g.Minor, g.Build = v[0], v[1], binary.BigEndian.Uint16(v[2:])
	case kind == 1 && len(v) >= 1:
		g.Encryption = Encryption(v[0] & 3)
	case kind == 2:
		for len(v) > 0 && v[len(v)-1] == 0 {
			v = v[:len(v)-1]
		}
		g.Instance = v
	}
}

// Login is a request to sign in. Strings are UTF-16LE.
type Login struct {
	Host, User, App, Server, Library, Database []byte
	Version                                    uint32 // of the protocol, 0x74000004 is 7.4
	Password                                   bool   // there is a password; it is not kept
	Integrated                                 bool   // Windows signs the user in
	Token                                      []byte // GSS token
}

const loginFixed = 94

// ReadLogin reads the body of a Login7 packet.
func ReadLogin(b []byte) (Login, bool) {
	if len(b) < loginFixed-8 || binary.LittleEndian.Uint32(b) < loginFixed-8 {
		return Login{}, false
	}
	l := Login{
		Version: binary.LittleEndian.Uint32(b[4:]), Integrated: b[25]&0x80 != 0,
		Host: wide(b, 36), User: wide(b, 40), App: wide(b, 48), Server: wide(b, 52), Library: wide(b, 60), Database: wide(b, 68),
		Password: len(wide(b, 44)) > 0,
	}
	off, n := int(binary.LittleEndian.Uint16(b[78:])), int(binary.LittleEndian.Uint16(b[80:]))
	if off < len(b) {
		l.Token = b[off:min(off+n, len(b))]
	}
	return l, true
}

// wide is the string that the offset and length (in characters) at that place
// point to.
func wide(b []byte, at int) []byte {
	off, n := int(binary.LittleEndian.Uint16(b[at:])), 2*int(binary.LittleEndian.Uint16(b[at+2:]))
	if n > len(b) || off > len(b)-n {
		return nil
	}
	return b[off : off+n]
}

// ReadOldLogin reads the computer and user of a login of TDS 4 and 5 (Sybase,
// SQL Server 6), whose password is always in clear.
func ReadOldLogin(b []byte) (host, user []byte, ok bool) {
	const field = 31 // 30 characters and how many of them count
	if len(b) < 2*field || b[30] > 30 || b[61] > 30 {
		return nil, nil, false
	}
	return b[:b[30]], b[field : field+int(b[61])], true
}
