package dns

import (
	"encoding/binary"
	"net/netip"
)

// Types of record that this package has names for.
const (
	TypeA      = 1
	TypeNS     = 2
	TypeCNAME  = 5
	TypeSOA    = 6
	TypePTR    = 12
	TypeHINFO  = 13
	TypeMX     = 15
	TypeTXT    = 16
	TypeAAAA   = 28
	TypeNB     = 32
	TypeNBSTAT = 33 // NetBIOS; the same number is SRV in DNS
	TypeSRV    = 33
	TypeOPT    = 41
	TypeNSEC   = 47
	TypeSVCB   = 64
	TypeHTTPS  = 65
	TypeTSIG   = 250
	TypeIXFR   = 251
	TypeAXFR   = 252
	TypeANY    = 255
)

// Record is one question or resource record. A question has no TTL and no
// data. Class still has the top bit that mDNS uses as "cache flush" or
// "unicast response wanted".
type Record struct {
	Section Section
	Name    Name
	Type    uint16
	Class   uint16
	TTL     uint32
	Data    []byte // in the decoded buffer

	data int // where Data begins in the message
}

// Lengths of what stands between a record's name and its data.
const (
	questionFixed = 4
	recordFixed   = 10
)

// bounds finds where the fields of the record at off begin, behind its name, and
// where the next record does.
func (m *Message) bounds(off int, s Section) (fields, next int, err error) {
	if fields, err = skipName(m.raw, off); err != nil {
		return 0, 0, err
	}
	fixed := recordFixed
	if s == Question {
		fixed = questionFixed
	}
	next = fields + fixed
	if len(m.raw) < next {
		return 0, 0, ErrShort
	}
	if s != Question {
		next += int(binary.BigEndian.Uint16(m.raw[fields+8:]))
	}
	if len(m.raw) < next {
		return 0, 0, ErrShort
	}
	return fields, next, nil
}

// record reads the record at off and returns where the next one begins.
func (m *Message) record(r *Record, off int, s Section) (next int, err error) {
	fields, next, err := m.bounds(off, s)
	if err != nil {
		return 0, err
	}
	b := m.raw[fields:next]
	r.Section, r.Name = s, Name{m.raw, off}
	r.Type, r.Class = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if s == Question {
		r.TTL, r.Data, r.data = 0, nil, next
		return next, nil
	}
	r.TTL, r.Data, r.data = binary.BigEndian.Uint32(b[4:]), b[recordFixed:], fields+recordFixed
	return next, nil
}

// Addr is the address in an A or AAAA record.
func (r *Record) Addr() (netip.Addr, bool) {
	if r.Type != TypeA && r.Type != TypeAAAA {
		return netip.Addr{}, false
	}
	a, ok := netip.AddrFromSlice(r.Data)
	return a, ok && a.Is4() == (r.Type == TypeA)
}

// Target is the name that a PTR, CNAME, NS or SRV record points to.
func (r *Record) Target() (Name, bool) {
	at := r.data
	switch r.Type {
	case TypePTR, TypeCNAME, TypeNS:
	case TypeSRV:
		at += 6
	default:
		return Name{}, false
	}
	end, err := skipName(r.Name.raw, at)
	return Name{r.Name.raw, at}, err == nil && end <= r.data+len(r.Data)
}

// Port is the port of an SRV record.
func (r *Record) Port() (uint16, bool) {
	if r.Type != TypeSRV || len(r.Data) < 7 {
		return 0, false
	}
	return binary.BigEndian.Uint16(r.Data[4:]), true
}

// CutString takes the first character string off the data of a TXT or HINFO
// record.
func CutString(data []byte) (s, rest []byte, ok bool) {
	if len(data) == 0 || len(data) < 1+int(data[0]) {
		return nil, nil, false
	}
	n := 1 + int(data[0])
	return data[1:n], data[n:], true
}
