// Package ldap decodes LDAP messages, on TCP and (CLDAP) on UDP, and the answer
// of a domain controller to a netlogon query.
//
// It reads the envelope, binds (never the password), searches, result entries
// and extended requests. Slices point into the decoded buffer. Traffic behind
// TLS or a SASL security layer is not LDAP any more: Wrapped tells its frames.
//
// Reference: RFC 4511 section 4; RFC 4513 for SASL; MS-ADTS section 6.3.1.8
// and 6.3.3 (netlogon ping).
package ldap

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("ldap: short message")
	ErrProtocol = errors.New("ldap: not LDAP")
)

// Op is the application tag of a message.
type Op uint8

// Operations.
const (
	BindRequest       Op = 0
	BindResponse      Op = 1
	UnbindRequest     Op = 2
	SearchRequest     Op = 3
	SearchEntry       Op = 4
	SearchDone        Op = 5
	ModifyRequest     Op = 6
	ModifyResponse    Op = 7
	AddRequest        Op = 8
	AddResponse       Op = 9
	DelRequest        Op = 10
	DelResponse       Op = 11
	ModifyDNRequest   Op = 12
	ModifyDNResponse  Op = 13
	CompareRequest    Op = 14
	CompareResponse   Op = 15
	AbandonRequest    Op = 16
	SearchReference   Op = 19
	ExtendedRequest   Op = 23
	ExtendedResponse  Op = 24
	IntermediateReply Op = 25
)

// Result codes that callers of this package ask for.
const (
	ResultSuccess      = 0
	ResultSASLProgress = 14
)

// Message is the envelope of one message. Body is the operation's contents.
type Message struct {
	ID   uint32
	Op   Op
	Body []byte
}

// Request reports whether the client sent the message.
func (m *Message) Request() bool {
	switch m.Op {
	case BindRequest, UnbindRequest, SearchRequest, ModifyRequest, AddRequest, DelRequest,
		ModifyDNRequest, CompareRequest, AbandonRequest, ExtendedRequest:
		return true
	}
	return false
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if err := check(b); err != nil {
		return Message{}, 0, err
	}
	e, n, err := ber.Decode(b)
	if err != nil {
		return Message{}, 0, wrap(err)
	}
	c := e.Children()
	id, ok := c.Take(ber.Integer)
	if !ok {
		return Message{}, 0, ErrProtocol
	}
	op, ok := c.Next()
	v, fits := id.Int64()
	if !ok || !fits || v < 0 || v > 1<<31-1 || op.Tag.Class() != ber.Application || !known(Op(op.Tag.Number())) {
		return Message{}, 0, ErrProtocol
	}
	return Message{ID: uint32(v), Op: Op(op.Tag.Number()), Body: op.Body}, n, nil
}

// Peek reads the start of a message: its operation and the length of the whole.
func Peek(b []byte) (Op, int, error) {
	if err := check(b); err != nil {
		return 0, 0, err
	}
	h, n, _ := ber.DecodeHeader(b)
	id, k, err := ber.Decode(b[n:])
	if err != nil {
		return 0, 0, wrap(err)
	}
	op, _, err := ber.DecodeHeader(b[n+k:])
	if err != nil {
		return 0, 0, wrap(err)
	}
	if id.Tag != ber.Integer || op.Tag.Class() != ber.Application || !known(Op(op.Tag.Number())) {
		return 0, 0, ErrProtocol
	}
	return Op(op.Tag.Number()), n + h.Length, nil
}

// check looks at the outer sequence and the start of the message number.
func check(b []byte) error {
	h, n, err := ber.DecodeHeader(b)
	if err != nil {
		return wrap(err)
	}
	if h.Tag != ber.Sequence || !h.Constructed || h.Length < 5 {
		return ErrProtocol
	}
	if len(b) < n+2 {
		return ErrShort
	}
	if b[n] != byte(ber.Integer) || b[n+1] == 0 || b[n+1] > 4 {
		return ErrProtocol
	}
	return nil
}

func known(o Op) bool {
	return o <= AbandonRequest || o == SearchReference || o >= ExtendedRequest && o <= IntermediateReply
}

func wrap(err error) error {
	if errors.Is(err, ber.ErrShort) {
		return ErrShort
	}
	return ErrProtocol
}

// Wrapped is the length, with the four bytes of its own, of the next frame of a
// connection that a SASL mechanism protects.
func Wrapped(b []byte) (int, error) {
	if len(b) < 4 {
		return 0, ErrShort
	}
	n := binary.BigEndian.Uint32(b)
	if n == 0 || n > 1<<24 {
		return 0, ErrProtocol
	}
	return 4 + int(n), nil
}

// Bind is a request to sign in.
type Bind struct {
	Version    int
	Name       []byte
	Simple     bool   // a password in clear, or none
	Password   bool   // there is a password; it is not kept
	Mechanism  []byte // SASL: "GSS-SPNEGO", "GSSAPI", "DIGEST-MD5"
	Credential []byte // SASL or Microsoft's own: a GSS token
}

// Bind reads a bind request.
func (m *Message) Bind() (Bind, bool) {
	if m.Op != BindRequest {
		return Bind{}, false
	}
	c := ber.Over(m.Body)
	version, _ := c.Take(ber.Integer)
	name, ok := c.Take(ber.OctetString)
	v, _ := version.Int64()
	auth, more := c.Next()
	if !ok || !more {
		return Bind{}, false
	}
	b := Bind{Version: int(v), Name: name.Body}
	switch auth.Tag {
	case ber.Context:
		b.Simple, b.Password = true, len(auth.Body) > 0
	case ber.Context | 3:
		in := auth.Children()
		mech, _ := in.Take(ber.OctetString)
		cred, _ := in.Take(ber.OctetString)
		b.Mechanism, b.Credential = mech.Body, cred.Body
	case ber.Context | 9, ber.Context | 10, ber.Context | 11: // NTLM before there was SASL
		b.Credential = auth.Body
	}
	return b, true
}

// Result is how an operation ended.
type Result struct {
	Code       int
	Matched    []byte // the domain name matched; Microsoft's NTLM puts its challenge here
	Message    []byte
	Credential []byte // bind responses: the server's GSS token
}

// Result reads the result of any response that has one.
func (m *Message) Result() (Result, bool) {
	switch m.Op {
	case BindResponse, SearchDone, ModifyResponse, AddResponse, DelResponse, ModifyDNResponse, CompareResponse, ExtendedResponse:
	default:
		return Result{}, false
	}
	c := ber.Over(m.Body)
	code, ok := c.Take(ber.Enumerated)
	if !ok {
		return Result{}, false
	}
	v, _ := code.Int64()
	matched, _ := c.Take(ber.OctetString)
	text, _ := c.Take(ber.OctetString)
	r := Result{Code: int(v), Matched: matched.Body, Message: text.Body}
	if m.Op == BindResponse {
		cred, _ := c.Find(ber.Context | 7)
		r.Credential = cred.Body
	}
	return r, true
}

// Extension is the object identifier that an extended request names, in dotted
// decimals as it stands on the wire.
func (m *Message) Extension() []byte {
	if m.Op != ExtendedRequest {
		return nil
	}
	c := ber.Over(m.Body)
	e, _ := c.Take(ber.Context)
	return e.Body
}

// StartTLS is the extension that turns a connection to TLS.
const StartTLS = "1.3.6.1.4.1.1466.20037"

// Target is the entry that a request changes, removes or compares.
func (m *Message) Target() []byte {
	switch m.Op {
	case DelRequest:
		return m.Body
	case ModifyRequest, AddRequest, ModifyDNRequest, CompareRequest:
		c := ber.Over(m.Body)
		e, _ := c.Take(ber.OctetString)
		return e.Body
	}
	return nil
}
