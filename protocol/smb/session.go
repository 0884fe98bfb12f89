package smb

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Dialects is the list of dialects a client offers, borrowed.
type Dialects struct{ b []byte }

// Dialects is the list in a negotiate request.
func (b *Block) Dialects() Dialects { return Dialects{b.Data} }

// Next takes the first dialect off the list: "NT LM 0.12", "SMB 2.???".
func (d *Dialects) Next() ([]byte, bool) {
	if len(d.b) < 2 || d.b[0] != 2 {
		return nil, false
	}
	t, rest := winstr.Cut(d.b[1:], false)
	d.b = rest
	return t.Raw, true
}

// NoDialect is the index by which a server turns all dialects down.
const NoDialect = 0xffff

// Security modes of a negotiate response.
const (
	ModeUser             = 1 << 0
	ModeChallenge        = 1 << 1 // passwords do not cross in clear
	ModeSigning          = 1 << 2
	ModeSigningRequired  = 1 << 3
	capExtendedSecurity  = 1 << 31
	wordsNT, wordsLANMAN = 17, 13
)

// NegotiateReply is a server's answer to a negotiate request.
type NegotiateReply struct {
	Dialect  uint16 // index into the client's list
	Mode     uint8
	NT       bool        // the long form, of NT LM 0.12
	Token    []byte      // GSS token, with extended security
	Domain   winstr.Text // without it
	Computer winstr.Text
}

// NegotiateReply reads a negotiate response.
func (m *Message) NegotiateReply(b Block) (NegotiateReply, bool) {
	w := b.Words
	if b.Command != Negotiate || !m.Reply() || len(w) < 2 {
		return NegotiateReply{}, false
	}
	r := NegotiateReply{Dialect: binary.LittleEndian.Uint16(w)}
	switch {
	case len(w) == 2*wordsLANMAN:
		r.Mode = w[2]
	case len(w) >= 2*wordsNT:
		r.NT, r.Mode = true, w[2]
		m.negotiateData(&r, &b)
	}
	return r, true
}

func (m *Message) negotiateData(r *NegotiateReply, b *Block) {
	if binary.LittleEndian.Uint32(b.Words[19:])&capExtendedSecurity != 0 {
		if len(b.Data) > 16 { // behind the server's GUID
			r.Token = b.Data[16:]
		}
		return
	}
	// Unlike all other strings these two are not aligned.
	c := m.cursor(b, int(b.Words[33]))
	r.Domain = c.cut(c.wide)
	r.Computer = c.cut(c.wide)
}

// SessionSetup is a session setup, request or response.
type SessionSetup struct {
	Token      []byte // GSS token, with extended security
	Guest      bool   // response: signed in as guest
	Account    winstr.Text
	Domain     winstr.Text // response: the server's own domain or workgroup
	NativeOS   winstr.Text
	NativeLM   winstr.Text
	Anonymous  bool // request: no password
	MaybeClear bool // request: lengths that a hashed password has not
}

// SessionSetup reads a session setup block.
func (m *Message) SessionSetup(b Block) (SessionSetup, bool) {
	var s SessionSetup
	if b.Command != SessionSetupAndX {
		return s, false
	}
	words := len(b.Words) / 2
	switch {
	case m.Reply() && words == 3:
		m.setupReply(&s, &b, 0)
	case m.Reply() && words == 4:
		m.setupReply(&s, &b, int(binary.LittleEndian.Uint16(b.Words[6:])))
	case !m.Reply() && words == 12:
		m.setupToken(&s, &b)
	case !m.Reply() && (words == 10 || words == 13):
		m.setupPassword(&s, &b)
	default:
		return s, false
	}
	return s, true
}

func (m *Message) setupReply(s *SessionSetup, b *Block, token int) {
	s.Guest = b.Words[4]&1 != 0
	s.Token = b.Data[:min(token, len(b.Data))]
	c := m.cursor(b, token)
	s.NativeOS, s.NativeLM = c.text(), c.text()
	s.Domain = c.text()
}

func (m *Message) setupToken(s *SessionSetup, b *Block) {
	token := int(binary.LittleEndian.Uint16(b.Words[14:]))
	s.Token = b.Data[:min(token, len(b.Data))]
	c := m.cursor(b, token)
	s.NativeOS, s.NativeLM = c.text(), c.text()
	s.Domain = c.text()
}

func (m *Message) setupPassword(s *SessionSetup, b *Block) {
	oem, wide := int(binary.LittleEndian.Uint16(b.Words[14:])), 0
	if len(b.Words) == 26 {
		wide = int(binary.LittleEndian.Uint16(b.Words[16:]))
	}
	s.Anonymous = oem <= 1 && wide == 0
	s.MaybeClear = !s.Anonymous && oem != 24 && wide < 24
	c := m.cursor(b, oem+wide)
	s.Account, s.Domain = c.text(), c.text()
	s.NativeOS, s.NativeLM = c.text(), c.text()
}

// TreeConnect is a request to use a share: \\SERVER\C$.
type TreeConnect struct {
	Path    winstr.Text
	Service winstr.Text // "A:", "IPC", "LPT1:", "?????"
}

// TreeConnect reads a tree connect request.
func (m *Message) TreeConnect(b Block) (TreeConnect, bool) {
	if b.Command != TreeConnectAndX || m.Reply() || len(b.Words) < 8 {
		return TreeConnect{}, false
	}
	c := m.cursor(&b, int(binary.LittleEndian.Uint16(b.Words[6:])))
	return TreeConnect{Path: c.text(), Service: c.narrow()}, true
}

// TreeService is the kind of share a tree connect response speaks of: "IPC"
// for named pipes, "A:" for files.
func (m *Message) TreeService(b Block) (winstr.Text, bool) {
	if b.Command != TreeConnectAndX || !m.Reply() || len(b.Data) == 0 {
		return winstr.Text{}, false
	}
	c := m.cursor(&b, 0)
	return c.narrow(), true
}
