package mms

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Layer is the session unit that a transport unit holds.
type Layer uint8

// Session units. Bare is an MMS PDU directly on the transport, without the
// layers between, as some light stacks send it.
const (
	Bare Layer = iota
	Data
	Connect
	Accept
	Refuse
	Finish
	Disconnect
	Abort
)

// Session unit identifiers of ISO 8327-1 clause 8.
const (
	siGiveTokens   = 1 // and data transfer
	siPleaseTokens = 2
	siFinish       = 9
	siDisconnect   = 10
	siRefuse       = 12
	siConnect      = 13
	siAccept       = 14
	siAbort        = 25
	siAbortAccept  = 26
)

// Session parameters that hold user data.
const (
	piUserData         = 193
	piExtendedUserData = 194
)

// Unit is one opened transport unit: its layer and, by Next, its MMS PDUs.
type Unit struct {
	Layer Layer
	// Mechanism is the name of the authentication that an association request
	// or response uses (the body of an object identifier), Password says that
	// it carries a secret as plain characters.
	Mechanism []byte
	Password  bool

	bare []byte
	list ber.Cursor // presentation data values
}

// Open reads the session, presentation and association layers of one whole
// transport user-data unit.
func Open(b []byte) (Unit, error) {
	if len(b) < 2 {
		return Unit{}, ErrShort
	}
	if IsPDU(b[0]) {
		return Unit{Layer: Bare, bare: b}, nil
	}
	layer, user, err := session(b)
	if err != nil || len(user) == 0 {
		return Unit{Layer: layer}, err
	}
	u := Unit{Layer: layer}
	return u, u.presentation(user)
}

// session finds the user data of a session unit.
func session(b []byte) (Layer, []byte, error) {
	switch b[0] {
	case siGiveTokens, siPleaseTokens:
		// A token unit of category 0 goes before each data transfer.
		_, rest, err := spdu(b)
		if err != nil {
			return 0, nil, err
		}
		if len(rest) == 0 {
			return Data, nil, nil
		}
		if rest[0] != siGiveTokens {
			return 0, nil, ErrSession
		}
		_, rest, err = spdu(rest)
		return Data, rest, err
	case siConnect:
		return withUser(Connect, b)
	case siAccept:
		return withUser(Accept, b)
	case siRefuse:
		return withUser(Refuse, b)
	case siFinish:
		return withUser(Finish, b)
	case siDisconnect:
		return withUser(Disconnect, b)
	case siAbort, siAbortAccept:
		return withUser(Abort, b)
	}
	return 0, nil, ErrSession
}

func withUser(l Layer, b []byte) (Layer, []byte, error) {
	params, _, err := spdu(b)
	if err != nil {
		return 0, nil, err
	}
	for len(params) > 0 {
		id := params[0]
		value, rest, err := spdu(params)
		if err != nil {
			// Everything up to here was well formed: keep the unit.
			return l, nil, nil
		}
		if id == piUserData || id == piExtendedUserData {
			return l, value, nil
		}
		params = rest
	}
	return l, nil, nil
}

// spdu splits an identifier, length and value of the session layer, which
// units, groups and parameters share: one octet, or 255 and two more.
func spdu(b []byte) (value, rest []byte, err error) {
	if len(b) < 2 {
		return nil, nil, ErrShort
	}
	n, at := int(b[1]), 2
	if n == 255 {
		if len(b) < 4 {
			return nil, nil, ErrShort
		}
		n, at = int(binary.BigEndian.Uint16(b[2:])), 4
	}
	if n > len(b)-at {
		return nil, nil, ErrShort
	}
	return b[at : at+n], b[at+n:], nil
}

// Tags of the presentation and association layers.
const (
	tagUserSimple = ber.Application
	tagUserFull   = ber.Application | 1
	tagNormal     = ber.Context | 2
	tagMechanism  = ber.Context | 11
	tagSecret     = ber.Context | 12
	tagUserInfo   = ber.Context | 30
)

func (u *Unit) presentation(b []byte) error {
	if IsPDU(b[0]) && u.Layer == Data {
		u.bare = b
		return nil
	}
	e, _, err := ber.Decode(b)
	if err != nil {
		return wrap(err)
	}
	if e.Tag == ber.Set {
		// Connect and accept hold the user data in their normal-mode
		// parameters.
		c := e.Children()
		normal, ok := c.Find(tagNormal)
		if !ok {
			return nil
		}
		c = normal.Children()
		for ok && e.Tag != tagUserFull && e.Tag != tagUserSimple {
			e, ok = c.Next()
		}
	}
	switch e.Tag {
	case tagUserFull:
		u.list = e.Children()
	case tagUserSimple:
		u.bare = e.Body
	default:
		return nil
	}
	u.association()
	return nil
}

func wrap(err error) error {
	if errors.Is(err, ber.ErrShort) {
		return ErrShort
	}
	return ErrProtocol
}

// Next is the next MMS PDU of the unit, undecoded. Most units have one or
// none.
func (u *Unit) Next() ([]byte, bool) {
	if b := u.bare; b != nil {
		u.bare = nil
		return b, len(b) > 0 && IsPDU(b[0])
	}
	for {
		pdv, ok := u.list.Next()
		if !ok {
			return nil, false
		}
		b := single(pdv)
		if len(b) > 0 && b[0]&0xc0 == 0x40 {
			b = single(userInformation(b))
		}
		if len(b) > 0 && IsPDU(b[0]) {
			return b, true
		}
	}
}

// single is the data of a presentation data value or of an EXTERNAL: they have
// the same shape, an optional syntax, a context number and the encoding.
func single(e ber.Element) []byte {
	c := e.Children()
	for {
		v, ok := c.Next()
		switch {
		case !ok:
			return nil
		case v.Tag == ber.Context || v.Tag == ber.Context|1:
			return v.Body
		}
	}
}

// userInformation is the EXTERNAL that an association PDU carries.
func userInformation(b []byte) ber.Element {
	e, _, err := ber.Decode(b)
	if err != nil {
		return ber.Element{}
	}
	c := e.Children()
	info, ok := c.Find(tagUserInfo)
	if !ok {
		return ber.Element{}
	}
	c = info.Children()
	e, _ = c.Find(ber.External)
	return e
}

// association reads what a first association PDU says of authentication.
func (u *Unit) association() {
	list := u.list
	pdv, ok := list.Next()
	if !ok {
		return
	}
	b := single(pdv)
	// 0x60 is the request, 0x61 the response.
	if len(b) == 0 || b[0] != 0x60 && b[0] != 0x61 {
		return
	}
	e, _, err := ber.Decode(b)
	if err != nil {
		return
	}
	for c := e.Children(); ; {
		v, ok := c.Next()
		if !ok {
			return
		}
		switch v.Tag {
		case tagMechanism, ber.Context | 9:
			// The response carries its mechanism under 9; there 11 is unused.
			if !v.Constructed {
				u.Mechanism = v.Body
			}
		case tagSecret:
			secret, _, err := ber.Decode(v.Body)
			u.Password = err == nil && secret.Tag == ber.Context && len(secret.Body) > 0
		}
	}
}
