// Package ntlm decodes the three messages of NT LAN Manager authentication:
// NEGOTIATE, CHALLENGE and AUTHENTICATE.
//
// They travel inside SMB, DCE/RPC, LDAP, TDS and HTTP, bare or in SPNEGO, and
// tell the computer and domain names and the Windows build of both ends. The
// package reads names and versions; it keeps no challenge and no response.
//
// Reference: MS-NLMP, section 2.2.
package ntlm

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("ntlm: short message")
	ErrProtocol = errors.New("ntlm: no NTLMSSP signature")
	ErrType     = errors.New("ntlm: unknown message type")
)

// Signature starts every message.
const Signature = "NTLMSSP\x00"

// Type is the type of a message.
type Type uint32

// Message types.
const (
	Negotiate    Type = 1
	Challenge    Type = 2
	Authenticate Type = 3
)

// Flags of negotiation that this package looks at.
const (
	flagUnicode   = 1 << 0
	flagAnonymous = 1 << 11
	flagVersion   = 1 << 25
)

// Version is the Windows version that a sender claims. Its zero value means
// that it claims none. Samba and others claim 6.1 with build 0.
type Version struct {
	Major, Minor uint8
	Build        uint16
}

// Message is one NTLM message. Its byte slices point into the decoded buffer.
type Message struct {
	Type    Type
	Flags   uint32
	Version Version

	Target      winstr.Text // CHALLENGE: the server's domain, or its name if it is in none
	Domain      winstr.Text // NEGOTIATE, AUTHENTICATE: the client's domain
	User        winstr.Text // AUTHENTICATE
	Workstation winstr.Text // NEGOTIATE, AUTHENTICATE: the client's name

	// TargetInfo names the server, in a CHALLENGE as the server said it, in an
	// AUTHENTICATE as the client repeats it inside an NTLMv2 response.
	TargetInfo Pairs

	NTLMv1    bool // AUTHENTICATE: a response that is easily broken
	Anonymous bool // AUTHENTICATE: a session without account
}

// Decode reads the message at the start of b. The number of bytes is that up to
// the end of the last field that was read. With ErrShort the message holds what
// is whole, for captures that cut packets.
func Decode(b []byte) (Message, int, error) {
	sig := b[:min(len(b), len(Signature))]
	if string(sig) != Signature[:len(sig)] {
		return Message{}, 0, ErrProtocol
	}
	if len(b) < 16 {
		return Message{}, 0, ErrShort
	}
	r := reader{b: b, end: 16}
	m := Message{Type: Type(binary.LittleEndian.Uint32(b[8:]))}
	switch m.Type {
	case Negotiate:
		r.negotiate(&m)
	case Challenge:
		r.challenge(&m)
	case Authenticate:
		r.authenticate(&m)
	default:
		return Message{}, 0, ErrType
	}
	if r.short {
		return m, 0, ErrShort
	}
	return m, r.end, nil
}

// Find returns the part of b that starts with an NTLM message, or nil. It is
// for wrappers that are damaged or not worth reading.
func Find(b []byte) []byte {
	if i := bytes.Index(b, []byte(Signature)); i >= 0 {
		return b[i:]
	}
	return nil
}

type reader struct {
	b     []byte
	end   int
	short bool
}

func (r *reader) negotiate(m *Message) {
	m.Flags = binary.LittleEndian.Uint32(r.b[12:])
	// Old clients end the message here: the two names are optional and are
	// always of the OEM character set.
	if len(r.b) >= 32 {
		m.Domain = r.field(16, false)
		m.Workstation = r.field(24, false)
		m.Version = r.version(32, m.Flags)
	}
}

func (r *reader) challenge(m *Message) {
	if len(r.b) < 32 {
		r.short = true
		return
	}
	m.Flags = binary.LittleEndian.Uint32(r.b[20:])
	m.Target = r.field(12, m.Flags&flagUnicode != 0)
	if len(r.b) >= 48 {
		m.TargetInfo = Pairs{r.field(40, true).Raw}
		m.Version = r.version(48, m.Flags)
	}
}

func (r *reader) authenticate(m *Message) {
	if len(r.b) < 52 {
		r.short = true
		return
	}
	// A message as short as this has no flags: NT 3.1 and 95 sent such ones,
	// in the OEM character set.
	if len(r.b) >= 64 && r.payload() >= 64 {
		m.Flags = binary.LittleEndian.Uint32(r.b[60:])
	}
	wide := m.Flags&flagUnicode != 0
	m.Domain = r.field(28, wide)
	m.User = r.field(36, wide)
	m.Workstation = r.field(44, wide)
	if r.payload() >= 72 {
		m.Version = r.version(64, m.Flags)
	}
	nt := r.field(20, false).Raw
	m.Anonymous = m.Flags&flagAnonymous != 0 || len(nt) == 0 && m.User.Empty()
	m.NTLMv1 = len(nt) == 24
	if len(nt) > 44 {
		m.TargetInfo = Pairs{nt[44:]} // behind the proof (16) and the fixed part of NTLMv2_CLIENT_CHALLENGE (28)
	}
}

// payload is where the first of an AUTHENTICATE message's fields lies.
func (r *reader) payload() int {
	first := len(r.b)
	for at := 12; at <= 44; at += 8 {
		if off := int(binary.LittleEndian.Uint32(r.b[at+4:])); off >= 52 && binary.LittleEndian.Uint16(r.b[at:]) > 0 {
			first = min(first, off)
		}
	}
	return first
}

// field is what the length and offset at that place point to.
func (r *reader) field(at int, wide bool) winstr.Text {
	n, off := int(binary.LittleEndian.Uint16(r.b[at:])), int(binary.LittleEndian.Uint32(r.b[at+4:]))
	if n == 0 {
		return winstr.Text{Wide: wide}
	}
	if off > len(r.b) || n > len(r.b)-off {
		r.short = true
		return winstr.Text{Wide: wide}
	}
	r.end = max(r.end, off+n)
	return winstr.Text{Raw: r.b[off : off+n : off+n], Wide: wide}
}

func (r *reader) version(at int, flags uint32) Version {
	if flags&flagVersion == 0 || len(r.b) < at+8 {
		return Version{}
	}
	r.end = max(r.end, at+8)
	return Version{r.b[at], r.b[at+1], binary.LittleEndian.Uint16(r.b[at+2:])}
}

// PairID is what an attribute of a server's target information is.
type PairID uint16

// Attributes.
const (
	PairEnd             PairID = 0
	PairComputer        PairID = 1
	PairDomain          PairID = 2
	PairComputerDNS     PairID = 3
	PairDomainDNS       PairID = 4
	PairForestDNS       PairID = 5
	PairFlags           PairID = 6
	PairTimestamp       PairID = 7
	PairSingleHost      PairID = 8
	PairTargetName      PairID = 9 // the service the client believes it talks to
	PairChannelBindings PairID = 10
)

// Pairs is a list of attributes, borrowed.
type Pairs struct{ b []byte }

// Next takes the first attribute off the list. Values of names are UTF-16LE.
func (p *Pairs) Next() (id PairID, value []byte, ok bool) {
	if len(p.b) < 4 {
		return PairEnd, nil, false
	}
	id = PairID(binary.LittleEndian.Uint16(p.b))
	n := int(binary.LittleEndian.Uint16(p.b[2:]))
	if id == PairEnd || n > len(p.b)-4 {
		p.b = nil
		return PairEnd, nil, false
	}
	value = p.b[4 : 4+n : 4+n]
	p.b = p.b[4+n:]
	return id, value, true
}
