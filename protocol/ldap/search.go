package ldap

import "github.com/bulkhead-ot/bulkhead/protocol/ber"

// Search is a search request. An empty base with scope 0 asks the server about
// itself (the root entry).
type Search struct {
	Base   []byte
	Scope  int // 0 base, 1 one level, 2 subtree
	filter ber.Element
}

// Search reads a search request.
func (m *Message) Search() (Search, bool) {
	if m.Op != SearchRequest {
		return Search{}, false
	}
	c := ber.Over(m.Body)
	base, ok := c.Take(ber.OctetString)
	scope, ok2 := c.Take(ber.Enumerated)
	if !ok || !ok2 {
		return Search{}, false
	}
	v, _ := scope.Int64()
	s := Search{Base: base.Body, Scope: int(v)}
	for range 4 { // aliases, size limit, time limit, types only
		c.Next()
	}
	s.filter, _ = c.Next()
	return s, true
}

// maxFilter is how deep a filter is read: AND in OR in NOT is as deep as
// real ones go.
const maxFilter = 4

// Equal is the value that the filter demands of an attribute, nil if it does
// not. It looks through AND, OR and NOT.
func (s *Search) Equal(attribute string) []byte { return equal(s.filter, attribute, maxFilter) }

func equal(f ber.Element, attribute string, depth int) []byte {
	c := f.Children()
	switch f.Tag {
	case ber.Context, ber.Context | 1, ber.Context | 2:
		for depth > 0 {
			e, ok := c.Next()
			if !ok {
				break
			}
			if v := equal(e, attribute, depth-1); v != nil {
				return v
			}
		}
	case ber.Context | 3:
		name, _ := c.Take(ber.OctetString)
		value, _ := c.Take(ber.OctetString)
		if fold(name.Body, attribute) {
			return value.Body
		}
	}
	return nil
}

// fold compares ASCII without regard to case and without allocation.
func fold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if b[i]|0x20 != s[i]|0x20 {
			return false
		}
	}
	return true
}

// Entry is one object that a search found.
type Entry struct {
	Name  []byte
	attrs ber.Cursor
}

// Entry reads a search result entry.
func (m *Message) Entry() (Entry, bool) {
	if m.Op != SearchEntry {
		return Entry{}, false
	}
	c := ber.Over(m.Body)
	name, ok := c.Take(ber.OctetString)
	attrs, ok2 := c.Take(ber.Sequence)
	if !ok || !ok2 {
		return Entry{}, false
	}
	return Entry{Name: name.Body, attrs: attrs.Children()}, true
}

// Attribute is one attribute of an entry with its values.
type Attribute struct {
	Name   []byte
	values ber.Cursor
}

// Is compares the attribute's name without regard to case.
func (a *Attribute) Is(name string) bool { return fold(a.Name, name) }

// Next is the entry's next attribute; false when there are no more.
func (e *Entry) Next() (Attribute, bool) {
	x, ok := e.attrs.Next()
	if !ok {
		return Attribute{}, false
	}
	c := x.Children()
	name, _ := c.Take(ber.OctetString)
	set, _ := c.Take(ber.Set)
	return Attribute{Name: name.Body, values: set.Children()}, true
}

// Next is the attribute's next value; false when there are no more.
func (a *Attribute) Next() ([]byte, bool) {
	v, ok := a.values.Next()
	return v.Body, ok
}

// Netlogon is what a domain controller answers to a netlogon query over UDP
// (NETLOGON_SAM_LOGON_RESPONSE_EX). Names point to compressed DNS names in the
// attribute's value: Text turns one into text.
type Netlogon struct {
	Flags                                uint32
	b                                    []byte
	forest, domain, host, flat, computer int
	user, site, clientSite               int
}

// Operations of a netlogon answer in its long form: found, user unknown.
const (
	netlogonEx        = 23
	netlogonUnknownEx = 25
	netlogonFixed     = 24
	nameLimit         = 255
)

// DecodeNetlogon reads the value of the attribute "netlogon".
func DecodeNetlogon(b []byte) (Netlogon, int, error) {
	if len(b) < netlogonFixed {
		return Netlogon{}, 0, ErrShort
	}
	if op := int(b[0]) | int(b[1])<<8; op != netlogonEx && op != netlogonUnknownEx {
		return Netlogon{}, 0, ErrProtocol
	}
	n := Netlogon{b: b, Flags: uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24}
	at := netlogonFixed
	for _, p := range [...]*int{&n.forest, &n.domain, &n.host, &n.flat, &n.computer, &n.user, &n.site, &n.clientSite} {
		*p = at
		if at = nameEnd(b, at); at < 0 {
			return Netlogon{}, 0, ErrShort
		}
	}
	return n, at, nil
}

// nameEnd is where the name at that place ends: behind a zero or a pointer.
func nameEnd(b []byte, at int) int {
	for at < len(b) {
		l := int(b[at])
		switch {
		case l == 0:
			return at + 1
		case l >= 0xc0 && at+1 < len(b):
			return at + 2
		case l > 63:
			return -1
		}
		at += 1 + l
	}
	return -1
}

// AppendDomain appends the DNS name of the domain to dst.
func (n *Netlogon) AppendDomain(dst []byte) []byte { return n.name(dst, n.domain) }

// AppendHost appends the DNS name of the domain controller to dst.
func (n *Netlogon) AppendHost(dst []byte) []byte { return n.name(dst, n.host) }

// AppendComputer appends the NetBIOS name of the domain controller to dst.
func (n *Netlogon) AppendComputer(dst []byte) []byte { return n.name(dst, n.computer) }

// AppendSite appends the site of the domain controller to dst.
func (n *Netlogon) AppendSite(dst []byte) []byte { return n.name(dst, n.site) }

// AppendClientSite appends the site of the one that asked to dst.
func (n *Netlogon) AppendClientSite(dst []byte) []byte { return n.name(dst, n.clientSite) }

// name appends a name. Pointers lead back only, so that there is an end.
func (n *Netlogon) name(dst []byte, at int) []byte {
	start, limit := len(dst), len(n.b)
	for at < len(n.b) && len(dst)-start < nameLimit {
		l := int(n.b[at])
		if l >= 0xc0 {
			if at+1 >= len(n.b) {
				break
			}
			to := (l&0x3f)<<8 | int(n.b[at+1])
			if to >= limit || to >= at {
				break
			}
			at, limit = to, to
			continue
		}
		if l == 0 || l > 63 || at+1+l > len(n.b) {
			break
		}
		if len(dst) > start {
			dst = append(dst, '.')
		}
		dst = append(dst, n.b[at+1:at+1+l]...)
		at += 1 + l
	}
	return dst
}
