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

	raw  []byte
	data int // where Data begins in raw
}

// record reads the record at off and returns where the next one begins.
func (m Message) record(off int, s Section) (Record, int, error) {
	end, err := skipName(m.raw, off)
	if err != nil {
		return Record{}, 0, err
	}
	fixed := 10
	if s == Question {
		fixed = 4
	}
	if len(m.raw) < end+fixed {
		return Record{}, 0, ErrShort
	}
	b := m.raw[end:]
	r := Record{Section: s, Name: Name{m.raw, off}, raw: m.raw, data: end + fixed}
	r.Type, r.Class = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if s == Question {
		return r, r.data, nil
	}
	r.TTL = binary.BigEndian.Uint32(b[4:])
	n := int(binary.BigEndian.Uint16(b[8:]))
	if len(b) < fixed+n {
		return Record{}, 0, ErrShort
	}
	r.Data = b[fixed : fixed+n]
	return r, r.data + n, nil
}

// Addr is the address in an A or AAAA record.
func (r Record) Addr() (netip.Addr, bool) {
	if r.Type != TypeA && r.Type != TypeAAAA {
		return netip.Addr{}, false
	}
	a, ok := netip.AddrFromSlice(r.Data)
	return a, ok && a.Is4() == (r.Type == TypeA)
}

// Target is the name that a PTR, CNAME, NS or SRV record points to.
func (r Record) Target() (Name, bool) {
	at := r.data
	switch r.Type {
	case TypePTR, TypeCNAME, TypeNS:
	case TypeSRV:
		at += 6
	default:
		return Name{}, false
	}
	end, err := skipName(r.raw, at)
	return Name{r.raw, at}, err == nil && end <= r.data+len(r.Data)
}

// Port is the port of an SRV record.
func (r Record) Port() (uint16, bool) {
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
