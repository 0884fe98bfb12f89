package dcerpc

// Flags of a connection-oriented message (C706 section 12.6.3.1).
const (
	FlagFirst  = 0x01 // first fragment
	FlagLast   = 0x02 // last fragment
	FlagObject = 0x80 // an object UUID stands in the request
)

const (
	coHeader    = 16
	authTrailer = 8
	// maxTransfer is the most transfer syntaxes a real client offers with one
	// interface; more is not a bind.
	maxTransfer = 32
)

// PDU is one connection-oriented protocol data unit. Body is what follows the
// common header, without the security trailer; Auth is the credential in that
// trailer. Both point into the decoded buffer.
type PDU struct {
	Type      Type
	Flags     uint8
	Rep       Rep
	Minor     uint8  // minor version: 0 or 1
	ID        uint32 // call id: a response has the one of its request
	Length    int    // length of the whole fragment
	Body      []byte
	AuthType  uint8 // 0 none, 9 SPNEGO, 10 NTLM, 16 Kerberos, 68 Netlogon
	AuthLevel uint8 // 5 integrity, 6 privacy: then the stub is encrypted
	Auth      []byte
}

// First reports whether this is the first fragment of its message.
func (p PDU) First() bool { return p.Flags&FlagFirst != 0 }

// Last reports whether this is the last fragment of its message.
func (p PDU) Last() bool { return p.Flags&FlagLast != 0 }

// Decode reads the first connection-oriented PDU in b and returns the number
// of bytes it took.
func Decode(b []byte) (PDU, int, error) {
	if err := checkCO(b); err != nil {
		return PDU{}, 0, err
	}
	rep, err := DecodeRep(b[4])
	if err != nil {
		return PDU{}, 0, err
	}
	p := PDU{Type: Type(b[2]), Flags: b[3], Rep: rep, Minor: b[1], ID: rep.Uint32(b[12:]), Length: int(rep.Uint16(b[8:]))}
	auth := int(rep.Uint16(b[10:]))
	if p.Length < coHeader || auth > 0 && coHeader+authTrailer+auth > p.Length {
		return PDU{}, 0, ErrLength
	}
	if len(b) < p.Length {
		return PDU{}, 0, ErrShort
	}
	p.Body = b[coHeader:p.Length]
	if auth > 0 {
		p.splitAuth(auth)
	}
	return p, p.Length, nil
}

// Peek checks the common header at the start of b without asking for the whole
// PDU, and returns the length of the fragment.
func Peek(b []byte) (Type, int, error) {
	if err := checkCO(b); err != nil {
		return 0, 0, err
	}
	rep, err := DecodeRep(b[4])
	if err != nil {
		return 0, 0, err
	}
	n := int(rep.Uint16(b[8:]))
	if n < coHeader || int(rep.Uint16(b[10:])) > n {
		return 0, 0, ErrLength
	}
	return Type(b[2]), n, nil
}

// checkCO looks at the bytes whose values are fixed, as far as b has them.
func checkCO(b []byte) error {
	if len(b) > 0 && b[0] != 5 || len(b) > 1 && b[1] > 1 {
		return ErrVersion
	}
	if len(b) > 2 && (b[2] > byte(RTS) || Type(b[2]) == Ping || b[2] >= byte(Working) && b[2] <= byte(CancelAck)) {
		return ErrType
	}
	if len(b) < coHeader {
		return ErrShort
	}
	if b[5] > 3 || b[6] != 0 || b[7] != 0 {
		return ErrRep
	}
	return nil
}

// splitAuth cuts the security trailer off the body; its pad bytes stand before
// it.
func (p *PDU) splitAuth(auth int) {
	at := len(p.Body) - auth - authTrailer
	t := p.Body[at:]
	p.AuthType, p.AuthLevel = t[0], t[1]
	p.Auth = t[authTrailer:]
	p.Body = p.Body[:max(0, at-int(t[2]))]
}

// Call is the body of a request, a response or a fault. Stub points into the
// decoded buffer.
type Call struct {
	Hint    uint32 // expected size of the whole stub, 0 unknown
	Context uint16 // presentation context that a bind negotiated
	Opnum   uint16 // requests
	Object  UUID   // requests with FlagObject
	Status  uint32 // faults
	Stub    []byte
}

// ReadCall reads the body of a request, a response or a fault.
func (p PDU) ReadCall() (Call, error) {
	b, n := p.Body, 8
	switch {
	case p.Type == Request && p.Flags&FlagObject != 0:
		n = 24
	case p.Type == Fault:
		n = 12
	}
	if len(b) < n {
		return Call{}, ErrLength
	}
	c := Call{Hint: p.Rep.Uint32(b), Context: p.Rep.Uint16(b[4:]), Stub: b[n:]}
	switch p.Type {
	case Request:
		c.Opnum = p.Rep.Uint16(b[6:])
		if n == 24 {
			c.Object = p.Rep.UUID(b[8:])
		}
	case Fault:
		c.Status = p.Rep.Uint32(b[8:])
	}
	return c, nil
}

// Context is one interface that a bind or alter_context offers under a number.
type Context struct {
	ID        uint16
	Interface Syntax
	Transfer  Syntax // the first transfer syntax offered
}

// Contexts walks the interfaces of a bind.
type Contexts struct {
	rest []byte
	rep  Rep
	left int
}

// Contexts starts a walk over the interfaces of a bind or alter_context; for
// other types there are none.
func (p PDU) Contexts() Contexts {
	if p.Type != Bind && p.Type != AlterContext || len(p.Body) < 12 {
		return Contexts{}
	}
	return Contexts{rest: p.Body[12:], rep: p.Rep, left: int(p.Body[8])}
}

// Next is the next interface; false when there are no more.
func (c *Contexts) Next() (Context, bool) {
	if c.left == 0 || len(c.rest) < 4+syntaxSize {
		return Context{}, false
	}
	n := int(c.rest[2])
	size := 4 + syntaxSize*(1+n)
	if n > maxTransfer || len(c.rest) < size {
		return Context{}, false
	}
	x := Context{ID: c.rep.Uint16(c.rest), Interface: c.rep.syntax(c.rest[4:])}
	if n > 0 {
		x.Transfer = c.rep.syntax(c.rest[4+syntaxSize:])
	}
	c.rest, c.left = c.rest[size:], c.left-1
	return x, true
}

// Outcome is the server's answer to one offered interface, in the order of the
// offers: 0 acceptance, 1 user rejection, 2 provider rejection, 3 negotiate
// acknowledgement.
type Outcome struct {
	Result, Reason uint16
	Transfer       Syntax
}

// Outcomes walks the answers of a bind_ack.
type Outcomes struct {
	rest []byte
	rep  Rep
	left int
}

// Accepted reads a bind_ack or alter_context_resp: the server's secondary
// address (a port in decimal or a pipe name, without the final NUL) and its
// answers.
func (p PDU) Accepted() (address []byte, o Outcomes, err error) {
	b := p.Body
	if p.Type != BindAck && p.Type != AlterResp || len(b) < 10 {
		return nil, Outcomes{}, ErrLength
	}
	n := int(p.Rep.Uint16(b[8:]))
	// The results are aligned to four bytes; the header before has 16.
	at := (10 + n + 3) &^ 3
	if len(b) < at+4 {
		return nil, Outcomes{}, ErrLength
	}
	address = b[10 : 10+n]
	for len(address) > 0 && address[len(address)-1] == 0 {
		address = address[:len(address)-1]
	}
	return address, Outcomes{rest: b[at+4:], rep: p.Rep, left: int(b[at])}, nil
}

// Next is the next answer; false when there are no more.
func (o *Outcomes) Next() (Outcome, bool) {
	const size = 4 + syntaxSize
	if o.left == 0 || len(o.rest) < size {
		return Outcome{}, false
	}
	x := Outcome{Result: o.rep.Uint16(o.rest), Reason: o.rep.Uint16(o.rest[2:]), Transfer: o.rep.syntax(o.rest[4:])}
	o.rest, o.left = o.rest[size:], o.left-1
	return x, true
}
