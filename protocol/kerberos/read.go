package kerberos

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Types of pre-authentication that prove a key.
const (
	paTimestamp  = 2
	paPKASReqOld = 14
	paPKASReq    = 16
	paFXFast     = 136
	paEncChall   = 138
	addrNetBIOS  = 20
	version5     = 5
)

// read goes through the members of a message. They are numbered; the numbers
// differ with the type.
func (m *Message) read(seq ber.Element) bool {
	pvno := ber.Tag(0)
	if m.request() {
		pvno = 1
	}
	seen := false
	for c := seq.Children(); ; {
		e, ok := c.Next()
		if !ok {
			return seen && c.Err() == nil
		}
		if e.Tag.Class() != ber.Context {
			return false
		}
		if e.Tag == ber.Context|pvno {
			v, ok := number(e)
			if !ok || v != version5 {
				return false
			}
			seen = true
		}
		m.member(e)
	}
}

func (m *Message) request() bool { return m.Type == ASReq || m.Type == TGSReq }

func (m *Message) member(e ber.Element) {
	n := e.Tag.Number()
	switch m.Type {
	case ASReq, TGSReq:
		switch n {
		case 3:
			m.padata(e)
		case 4:
			m.body(e)
		}
	case ASRep, TGSRep:
		switch n {
		case 3:
			m.Realm = text(e)
		case 4:
			m.Client = name(e)
		case 5:
			m.ticket(e)
		}
	case APReq:
		if n == 3 {
			m.ticket(e)
		}
	case Error:
		m.errorMember(n, e)
	}
}

func (m *Message) errorMember(n uint32, e ber.Element) {
	switch n {
	case 6:
		v, _ := number(e)
		m.Code = int(v)
	case 8:
		m.Client = name(e)
	case 9:
		m.Realm = text(e)
	case 10:
		m.Service = name(e)
	}
}

// padata looks for a proof of the client's key.
func (m *Message) padata(e ber.Element) {
	for c := inside(e, ber.Sequence); ; {
		p, ok := c.Next()
		if !ok {
			return
		}
		in := p.Children()
		kind, ok := in.Take(ber.Context | 1)
		if !ok {
			continue
		}
		switch v, _ := number(kind); v {
		case paTimestamp, paPKASReqOld, paPKASReq, paFXFast, paEncChall:
			m.Preauth = true
		}
	}
}

// body reads KDC-REQ-BODY.
func (m *Message) body(e ber.Element) {
	for c := inside(e, ber.Sequence); ; {
		f, ok := c.Next()
		if !ok {
			return
		}
		switch f.Tag {
		case ber.Context | 1:
			m.Client = name(f)
		case ber.Context | 2:
			m.Realm = text(f)
		case ber.Context | 3:
			m.Service = name(f)
		case ber.Context | 8:
			in := f.Children()
			list, _ := in.Take(ber.Sequence)
			m.etypes = list.Body
		case ber.Context | 9:
			m.addresses(f)
		}
	}
}

func (m *Message) addresses(e ber.Element) {
	for c := inside(e, ber.Sequence); ; {
		a, ok := c.Next()
		if !ok {
			return
		}
		in := a.Children()
		kind, _ := in.Take(ber.Context)
		value, _ := in.Take(ber.Context | 1)
		if v, _ := number(kind); v == addrNetBIOS {
			m.Computer = bytes.TrimRight(text(value), " \x00")
		}
	}
}

// ticket reads Ticket: [APPLICATION 1] SEQUENCE { vno, realm, sname, enc-part }.
func (m *Message) ticket(e ber.Element) {
	c := e.Children()
	t, ok := c.Take(ber.Application | 1)
	if !ok {
		return
	}
	for c = inside(t, ber.Sequence); ; {
		f, ok := c.Next()
		if !ok {
			return
		}
		switch f.Tag {
		case ber.Context | 1:
			if m.Realm == nil {
				m.Realm = text(f)
			}
		case ber.Context | 2:
			m.Service = name(f)
		case ber.Context | 3:
			in := inside(f, ber.Sequence)
			kind, _ := in.Take(ber.Context)
			v, _ := number(kind)
			m.Ticket = Etype(v)
		}
	}
}

// inside is a cursor over the members of what e is tagged around.
func inside(e ber.Element, t ber.Tag) ber.Cursor {
	c := e.Children()
	in, _ := c.Take(t)
	return in.Children()
}

func number(e ber.Element) (int64, bool) {
	c := e.Children()
	n, ok := c.Take(ber.Integer)
	if !ok {
		return 0, false
	}
	return n.Int64()
}

// text is the string e is tagged around, whatever kind of string it is.
func text(e ber.Element) []byte {
	c := e.Children()
	s, ok := c.Next()
	if !ok || s.Constructed {
		return nil
	}
	return s.Body
}

// name reads PrincipalName: SEQUENCE { [0] type, [1] SEQUENCE OF string }.
func name(e ber.Element) Name {
	var n Name
	c := inside(e, ber.Sequence)
	kind, _ := c.Take(ber.Context)
	v, _ := number(kind)
	n.Type = int(v)
	parts, _ := c.Take(ber.Context | 1)
	c = inside(parts, ber.Sequence)
	if s, ok := c.Next(); ok {
		n.First = s.Body
	}
	if s, ok := c.Next(); ok {
		n.Last = s.Body
	}
	return n
}
