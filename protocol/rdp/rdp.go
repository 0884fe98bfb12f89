// Package rdp decodes the start of a Remote Desktop connection: the connection
// request and confirm, and the basic settings that both ends exchange in the
// MCS connect messages.
//
// That is all that crosses in clear: it tells the user or load balancer cookie,
// what security was asked for and chosen, the client's name and build, and the
// server's encryption level. What follows is TLS or encrypted and is not read.
// Slices point into the decoded buffer.
//
// Reference: MS-RDPBCGR, sections 2.2.1.1 to 2.2.1.4; ITU-T T.123
// (TPKT), X.224 section 13, T.125 section 7, T.124 section 8.7.
package rdp

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("rdp: short packet")
	ErrTPKT     = errors.New("rdp: no TPKT header")
	ErrProtocol = errors.New("rdp: not the start of a remote desktop connection")
)

// Kind is what a packet is.
type Kind uint8

// Kinds of packet.
const (
	ConnectionRequest Kind = iota + 1
	ConnectionConfirm
	ConnectInitial
	ConnectResponse
	Data // any later packet that is not under TLS
)

// Security is a set of security protocols; the empty one is RDP's own.
type Security uint32

// Security protocols.
const (
	SecurityTLS      Security = 1 << 0
	SecurityCredSSP  Security = 1 << 1 // network level authentication
	SecurityRDSTLS   Security = 1 << 2
	SecurityCredEarl Security = 1 << 3
	SecurityRDSAAD   Security = 1 << 4
)

// NLA reports whether the set has network level authentication.
func (s Security) NLA() bool { return s&(SecurityCredSSP|SecurityCredEarl|SecurityRDSAAD) != 0 }

// FailureNLARequired is the failure by which a server turns down whoever does
// not sign in before the connection.
const FailureNLARequired = 5

// Packet is one packet. What it does not say is zero.
type Packet struct {
	Kind       Kind
	User       []byte   // request: value of the cookie mstshash, cut by clients to nine characters
	Balanced   bool     // request: a load balancer's cookie
	Negotiates bool     // request, confirm: a negotiation structure is there
	Security   Security // request: what the client can do; confirm: what the server chose
	Failure    uint32   // confirm: why the server said no
	Client     Client   // connect initial
	Server     Server   // connect response
}

// Client is what a client tells about itself. Name is UTF-16LE and ends at the
// first zero.
type Client struct {
	Version uint32
	Build   uint32
	Name    []byte
}

// Server is what a server tells about itself. Method and Level are 0 when TLS
// protects the connection.
type Server struct {
	Version uint32
	Secured bool   // there is a security block
	Method  uint32 // 0 none, 1 40 bit, 2 128 bit, 8 56 bit, 16 FIPS
	Level   uint32 // 0 none, 1 low, 2 client's choice, 3 high, 4 FIPS
}

const (
	tpkt     = 4
	x224CR   = 0xe0
	x224CC   = 0xd0
	x224DT   = 0xf0
	maxBlock = 1 << 14
)

// Decode reads the packet at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (Packet, int, error) {
	if len(b) > 0 && b[0] != 3 || len(b) > 1 && b[1] != 0 {
		return Packet{}, 0, ErrTPKT
	}
	if len(b) < tpkt+3 {
		return Packet{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	header := int(b[tpkt]) + 1
	if n < tpkt+3 || header < 3 || tpkt+header > n {
		return Packet{}, 0, ErrProtocol
	}
	code := b[tpkt+1]
	if (code == x224CR || code == x224CC) && n != tpkt+header || code == x224DT && header != 3 {
		return Packet{}, 0, ErrProtocol
	}
	if len(b) < n {
		return Packet{}, 0, ErrShort
	}
	p, ok := read(code, b[tpkt+2:n])
	if !ok {
		return Packet{}, 0, ErrProtocol
	}
	return p, n, nil
}

// read takes what stands behind the X.224 code.
func read(code byte, b []byte) (Packet, bool) {
	switch code {
	case x224CR, x224CC:
		// Both references and the class, which is always 0.
		if len(b) < 5 || b[4] != 0 {
			return Packet{}, false
		}
		if code == x224CR {
			return request(b[5:])
		}
		return confirm(b[5:])
	case x224DT:
		return data(b[1:])
	}
	return Packet{}, false
}

func request(b []byte) (Packet, bool) {
	p := Packet{Kind: ConnectionRequest}
	if bytes.HasPrefix(b, []byte("Cookie: msts")) {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok {
			return p, false
		}
		user, named := bytes.CutPrefix(line, []byte("Cookie: mstshash="))
		if named {
			p.User = user
		}
		p.Balanced, b = !named, rest
	} else if len(b) > 0 && b[0] != 1 {
		// A routing token may be anything that ends in a line end. Options of
		// other protocols on TPKT (C0, C1, C2) do not.
		_, rest, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok || b[0] >= 0x80 {
			return p, false
		}
		p.Balanced, b = true, rest
	}
	if len(b) == 0 {
		return p, true
	}
	if len(b) < 8 || b[0] != 1 || b[2] != 8 || b[3] != 0 {
		return p, false
	}
	p.Negotiates, p.Security = true, Security(binary.LittleEndian.Uint32(b[4:]))
	return p, p.Security < 1<<5
}

func confirm(b []byte) (Packet, bool) {
	p := Packet{Kind: ConnectionConfirm}
	if len(b) == 0 {
		return p, true
	}
	if len(b) != 8 || b[2] != 8 || b[3] != 0 {
		return p, false
	}
	p.Negotiates = true
	v := binary.LittleEndian.Uint32(b[4:])
	switch b[0] {
	case 2:
		p.Security = Security(v)
		return p, v < 1<<5
	case 3:
		p.Failure = v
		return p, v > 0 && v < 16
	}
	return p, false
}

// Tags of the two MCS messages, and the keys by which Microsoft's part of the
// conference data is marked.
var (
	tagInitial  = []byte{0x7f, 0x65}
	tagResponse = []byte{0x7f, 0x66}
	keyClient   = []byte("Duca")
	keyServer   = []byte("McDn")
)

func data(b []byte) (Packet, bool) {
	switch {
	case bytes.HasPrefix(b, tagInitial):
		p := Packet{Kind: ConnectInitial}
		rest, ok := blocks(b, keyClient)
		p.Client.read(rest)
		return p, ok
	case bytes.HasPrefix(b, tagResponse):
		p := Packet{Kind: ConnectResponse}
		rest, ok := blocks(b, keyServer)
		p.Server.read(rest)
		return p, ok
	}
	return Packet{Kind: Data}, true
}

// blocks is what stands behind a key and its length. The ASN.1 around it
// (domain parameters in BER, conference data in PER) says nothing of use, and
// the key is found nowhere else in it.
func blocks(b, key []byte) ([]byte, bool) {
	i := bytes.Index(b, key)
	if i < 0 {
		return nil, false
	}
	b = b[i+len(key):]
	if len(b) >= 2 && b[0]&0x80 != 0 {
		return b[2:], true
	}
	if len(b) >= 1 {
		return b[1:], true
	}
	return nil, true
}

// Types of block.
const (
	blockClientCore     = 0xc001
	blockServerCore     = 0x0c01
	blockServerSecurity = 0x0c02
)

// block takes the first block off b.
func block(b []byte) (kind uint16, body, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, nil, false
	}
	n := int(binary.LittleEndian.Uint16(b[2:]))
	if n < 4 || n > len(b) || n > maxBlock {
		return 0, nil, nil, false
	}
	return binary.LittleEndian.Uint16(b), b[4:n], b[n:], true
}

func (c *Client) read(b []byte) {
	for {
		kind, body, rest, ok := block(b)
		if !ok {
			return
		}
		b = rest
		if kind != blockClientCore || len(body) < 52 {
			continue
		}
		c.Version = binary.LittleEndian.Uint32(body)
		c.Build = binary.LittleEndian.Uint32(body[16:])
		c.Name = body[20:52]
	}
}

func (s *Server) read(b []byte) {
	for {
		kind, body, rest, ok := block(b)
		if !ok {
			return
		}
		b = rest
		switch {
		case kind == blockServerCore && len(body) >= 4:
			s.Version = binary.LittleEndian.Uint32(body)
		case kind == blockServerSecurity && len(body) >= 8:
			s.Secured = true
			s.Method, s.Level = binary.LittleEndian.Uint32(body), binary.LittleEndian.Uint32(body[4:])
		}
	}
}
