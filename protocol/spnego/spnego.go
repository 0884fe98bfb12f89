// Package spnego opens the wrappers in which GSS-API mechanisms travel: the
// initial token of RFC 2743 and the two messages of SPNEGO.
//
// It finds the token of the real mechanism (NTLM, Kerberos) and the names of
// the mechanisms offered. Tokens point into the decoded buffer. It checks no
// integrity codes and does not read what is in the mechanism's token.
//
// Reference: RFC 2743 section 3.1 (initial token); RFC 4178 section 4.2;
// MS-SPNG section 2.2.1 (the hint of NegTokenInit2).
package spnego

import (
	"bytes"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("spnego: short token")
	ErrProtocol = errors.New("spnego: not a GSS-API token")
)

// Mechanism is what a token belongs to.
type Mechanism uint8

// Mechanisms.
const (
	Unknown Mechanism = iota
	SPNEGO
	NTLM
	Kerberos
	NegoEx
)

// Object identifiers, as encoded.
var (
	oidSPNEGO       = []byte{0x2b, 6, 1, 5, 5, 2}
	oidKerberos     = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2}
	oidKerberosMS   = []byte{0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2} // Windows 2000 cut an arc to 16 bits
	oidKerberosU2U  = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 3}
	oidNTLM         = []byte{0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10}
	oidNegoEx       = []byte{0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 30}
	prefixSignature = []byte("NTLMSSP\x00")
)

func mechanism(oid []byte) Mechanism {
	switch {
	case bytes.Equal(oid, oidSPNEGO):
		return SPNEGO
	case bytes.Equal(oid, oidNTLM):
		return NTLM
	case bytes.Equal(oid, oidKerberos), bytes.Equal(oid, oidKerberosMS), bytes.Equal(oid, oidKerberosU2U):
		return Kerberos
	case bytes.Equal(oid, oidNegoEx):
		return NegoEx
	}
	return Unknown
}

// State is how a negotiation stands.
type State uint8

// States of a response.
const (
	Completed  State = 0
	Incomplete State = 1
	Rejected   State = 2
	RequestMIC State = 3
	NoState    State = 0xff
)

// Token is what a wrapper holds.
type Token struct {
	Mechanism Mechanism // of Inner; Unknown when only the conversation tells
	Inner     []byte    // the mechanism's token, nil if there is none
	State     State     // responses, else NoState

	offers []byte
}

// Offers reports whether the sender names the mechanism as one it can do.
func (t *Token) Offers(m Mechanism) bool {
	c := ber.Over(t.offers)
	for {
		e, ok := c.Next()
		if !ok {
			return false
		}
		if e.Tag == ber.ObjectIdentifier && mechanism(e.Body) == m {
			return true
		}
	}
}

// Decode opens the token at the start of b: SPNEGO, a bare mechanism in the
// wrapper of RFC 2743, or an NTLM message without any wrapper. It returns the
// number of bytes it took.
func Decode(b []byte) (Token, int, error) {
	if sig := b[:min(len(b), len(prefixSignature))]; len(sig) > 0 && bytes.HasPrefix(prefixSignature, sig) {
		if len(sig) < len(prefixSignature) {
			return Token{}, 0, ErrShort
		}
		return Token{Mechanism: NTLM, Inner: b, State: NoState}, len(b), nil
	}
	if len(b) > 0 && b[0] != 0x60 && b[0] != 0xa0 && b[0] != 0xa1 {
		return Token{}, 0, ErrProtocol
	}
	e, n, err := ber.Decode(b)
	if errors.Is(err, ber.ErrShort) {
		return Token{}, 0, ErrShort
	}
	if err != nil {
		return Token{}, 0, ErrProtocol
	}
	t, ok := open(e)
	if !ok {
		return Token{}, 0, ErrProtocol
	}
	return t, n, nil
}

func open(e ber.Element) (Token, bool) {
	switch e.Tag {
	case ber.Application:
		return initial(e)
	case ber.Context: // a NegTokenInit without the outer wrapper
		return negInit(e.Children())
	case ber.Context | 1:
		return negReply(e.Children())
	}
	return Token{}, false
}

// initial reads [APPLICATION 0] { mechanism, token }.
func initial(e ber.Element) (Token, bool) {
	c := e.Children()
	oid, ok := c.Take(ber.ObjectIdentifier)
	if !ok {
		return Token{}, false
	}
	m := mechanism(oid.Body)
	if m != SPNEGO {
		return Token{Mechanism: m, Inner: c.Rest(), State: NoState}, true
	}
	inner, ok := c.Take(ber.Context)
	if !ok {
		return Token{}, false
	}
	return negInit(inner.Children())
}

// negInit reads SEQUENCE { [0] mechTypes, [1] flags, [2] token, [3] MIC }.
func negInit(c ber.Cursor) (Token, bool) {
	seq, ok := c.Take(ber.Sequence)
	if !ok {
		return Token{}, false
	}
	t := Token{State: NoState}
	for c = seq.Children(); ; {
		e, ok := c.Next()
		if !ok {
			return t, true
		}
		in := e.Children()
		switch e.Tag {
		case ber.Context:
			list, _ := in.Take(ber.Sequence)
			t.offers = list.Body
			first, _, err := ber.Decode(list.Body)
			if err == nil {
				t.Mechanism = mechanism(first.Body)
			}
		case ber.Context | 2:
			t.inner(in)
		}
	}
}

// negReply reads SEQUENCE { [0] state, [1] mechanism, [2] token, [3] MIC }.
func negReply(c ber.Cursor) (Token, bool) {
	seq, ok := c.Take(ber.Sequence)
	if !ok {
		return Token{}, false
	}
	t := Token{State: NoState}
	for c = seq.Children(); ; {
		e, ok := c.Next()
		if !ok {
			return t, true
		}
		in := e.Children()
		switch e.Tag {
		case ber.Context:
			if v, ok := in.Take(ber.Enumerated); ok && len(v.Body) == 1 {
				t.State = State(v.Body[0])
			}
		case ber.Context | 1:
			oid, _ := in.Take(ber.ObjectIdentifier)
			t.Mechanism = mechanism(oid.Body)
		case ber.Context | 2:
			t.inner(in)
		}
	}
}

// inner takes the mechanism's token out of its octet string. Bytes that name
// their mechanism overrule what was offered first.
func (t *Token) inner(in ber.Cursor) {
	e, ok := in.Take(ber.OctetString)
	if !ok {
		return
	}
	t.Inner = e.Body
	if bytes.HasPrefix(e.Body, prefixSignature) {
		t.Mechanism = NTLM
		return
	}
	w, _, err := ber.Decode(e.Body)
	if err != nil || w.Tag != ber.Application {
		return
	}
	c := w.Children()
	if oid, ok := c.Take(ber.ObjectIdentifier); ok {
		t.Mechanism, t.Inner = mechanism(oid.Body), c.Rest()
	}
}
