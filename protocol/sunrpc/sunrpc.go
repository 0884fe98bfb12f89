// Package sunrpc decodes ONC RPC version 2 ("Sun RPC"): record marks on TCP,
// calls with the caller's computer name where it tells it, replies, and the
// parts of the port mapper and of the mount protocol that say what a server
// offers.
//
// NFS calls are told by their number only; no file data is read. Slices point
// into the decoded buffer.
//
// Reference: RFC 5531 sections 8, 9, 11 and appendix A; RFC 1833 section 3;
// RFC 1813 appendix I.
package sunrpc

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("sunrpc: short message")
	ErrProtocol = errors.New("sunrpc: not an RPC message of version 2")
)

// Programs.
const (
	Portmap  = 100000
	Rstat    = 100001
	NFS      = 100003
	YP       = 100004
	Mount    = 100005
	NLM      = 100021
	Status   = 100024
	VXI11    = 395183 // test and measurement instruments
	maxKnown = 100300
)

// Message is one call or reply.
type Message struct {
	XID       uint32
	Call      bool
	Program   uint32 // calls
	Version   uint32
	Procedure uint32
	Machine   []byte // calls: the caller's computer, with AUTH_SYS
	Flavor    uint32 // calls: how the caller proves who it is; 1 is AUTH_SYS, which proves nothing
	Denied    bool   // replies: not even looked at
	Accept    uint32 // replies: 0 is success
	Body      []byte // arguments or results
}

// Failed reports whether a reply says no.
func (m *Message) Failed() bool { return m.Denied || m.Accept != 0 }

// Limits of RFC 5531.
const (
	maxAuth    = 400
	maxMachine = 255
	authSys    = 1
)

// Mark reads the record mark that stands before each fragment on TCP.
func Mark(b []byte) (n int, last bool, err error) {
	if len(b) < 4 {
		return 0, false, ErrShort
	}
	v := binary.BigEndian.Uint32(b)
	n = int(v & 0x7fffffff)
	if n < 4 || n > 1<<22 {
		return 0, false, ErrProtocol
	}
	return n, v>>31 != 0, nil
}

// Decode reads the message in b, a datagram or a record without its mark. All
// of b behind the header is the body.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 8 {
		return Message{}, 0, ErrShort
	}
	m := Message{XID: binary.BigEndian.Uint32(b)}
	r := reader{b: b, at: 8}
	switch binary.BigEndian.Uint32(b[4:]) {
	case 0:
		m.Call = true
		r.call(&m)
	case 1:
		r.reply(&m)
	default:
		r.err = ErrProtocol
	}
	if r.err != nil {
		return Message{}, 0, r.err
	}
	m.Body = b[r.at:]
	return m, len(b), nil
}

type reader struct {
	b   []byte
	at  int
	err error
}

func (r *reader) uint32() uint32 {
	if r.err != nil {
		return 0
	}
	if len(r.b)-r.at < 4 {
		r.err = ErrShort
		return 0
	}
	v := binary.BigEndian.Uint32(r.b[r.at:])
	r.at += 4
	return v
}

// opaque is a length and as many bytes, padded to four.
func (r *reader) opaque(limit uint32) []byte {
	n := r.uint32()
	if r.err == nil && n > limit {
		r.err = ErrProtocol
	}
	if r.err == nil && len(r.b)-r.at < int(n+3)&^3 {
		r.err = ErrShort
	}
	if r.err != nil {
		return nil
	}
	v := r.b[r.at : r.at+int(n)]
	r.at += int(n+3) &^ 3
	return v
}

func (r *reader) expect(ok bool) {
	if r.err == nil && !ok {
		r.err = ErrProtocol
	}
}

func (r *reader) call(m *Message) {
	r.expect(r.uint32() == 2 || r.err != nil)
	m.Program, m.Version, m.Procedure = r.uint32(), r.uint32(), r.uint32()
	r.expect(m.Version < 1<<16 && m.Procedure < 1<<16)
	m.Flavor = r.uint32()
	cred := r.opaque(maxAuth)
	r.uint32() // the verifier's flavor
	r.opaque(maxAuth)
	if r.err == nil && m.Flavor == authSys {
		c := reader{b: cred}
		c.uint32() // stamp
		m.Machine = c.opaque(maxMachine)
	}
}

func (r *reader) reply(m *Message) {
	switch r.uint32() {
	case 0:
		flavor := r.uint32()
		r.expect(flavor <= 6 || flavor >= 300000 && flavor < 400000)
		r.opaque(maxAuth)
		m.Accept = r.uint32()
		r.expect(m.Accept <= 5)
	case 1:
		m.Denied = true
		r.expect(r.uint32() <= 1)
	default:
		r.expect(false)
	}
}

// Known reports whether a program number is one of the standard services.
func Known(program uint32) bool {
	return program >= Portmap && program < maxKnown || program == VXI11 || program == VXI11+1 || program == VXI11+2
}
