// Package nbns decodes the NetBIOS Name Service: the names that Windows and
// many controllers register, ask for and list on UDP port 137.
//
// The format is that of DNS with names in half-ASCII and with record types of
// its own, so the records come from package dns. Names and node status lists
// are decoded; scopes are left out, WINS replication is another protocol.
//
// References: RFC 1001 and RFC 1002 (section 4.2); MS-NBTE for the name
// suffixes.
package nbns

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/protocol/dns"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not the name service.
var (
	ErrShort  = errors.New("nbns: short message")
	ErrFormat = errors.New("nbns: not the NetBIOS name service")
)

// Operation codes (RFC 1002 section 4.2.1.1). 8 and 9 both mean refresh: the
// RFC contradicts itself and both are in use.
const (
	OpQuery             = 0
	OpRegister          = 5
	OpRelease           = 6
	OpWait              = 7
	OpRefresh           = 8
	OpRefreshAlternate  = 9
	OpMultiHomeRegister = 15
)

// Record types.
const (
	TypeNB     = dns.TypeNB
	TypeNBSTAT = dns.TypeNBSTAT
)

// Message is one message. It points into the decoded buffer.
type Message struct{ dns.Message }

// Decode reads the message at the start of b and returns the number of bytes
// it took. On ErrShort the message holds what there is.
func Decode(b []byte) (Message, int, error) {
	d, n, err := dns.Decode(b)
	m := Message{d}
	switch {
	case errors.Is(err, dns.ErrShort):
		return m, 0, ErrShort
	case err != nil || !knownOpcode(d.Opcode()):
		return m, 0, ErrFormat
	}
	return m, n, m.check()
}

func knownOpcode(op uint8) bool {
	switch op {
	case OpQuery, OpRegister, OpRelease, OpWait, OpRefresh, OpRefreshAlternate, OpMultiHomeRegister:
		return true
	}
	return false
}

// check wants at least one record, and NetBIOS names and types only.
func (m Message) check() error {
	records := m.Records()
	seen := false
	for {
		r, ok := records.Next()
		if !ok {
			break
		}
		seen = true
		if _, err := RecordName(r); err != nil {
			return err
		}
	}
	if !seen {
		return ErrFormat
	}
	return nil
}

// RecordName is the NetBIOS name that a record is about.
func RecordName(r dns.Record) (Name, error) {
	switch r.Type {
	case TypeNB, TypeNBSTAT, dns.TypeA, dns.TypeNS, 10: // 10 is NULL, in negative answers
	default:
		return Name{}, ErrFormat
	}
	labels := r.Name.Labels()
	label, _ := labels.Next()
	return DecodeName(label)
}

// Owner is one address of a name, in the data of an NB record.
type Owner struct {
	Group bool
	Addr  netip.Addr
}

// CutOwner takes the first owner off the data of an NB record.
func CutOwner(data []byte) (Owner, []byte, bool) {
	if len(data) < 6 {
		return Owner{}, nil, false
	}
	o := Owner{Group: data[0]&0x80 != 0, Addr: netip.AddrFrom4([4]byte(data[2:6]))}
	return o, data[6:], true
}

// Status is the data of a node status answer: the names of a node and the
// hardware address of its interface.
type Status struct {
	names []byte // 18 bytes each
	MAC   [6]byte
}

// DecodeStatus reads the data of an NBSTAT record. An answer without the
// hardware address, as a cut capture leaves it, still gives its names.
func DecodeStatus(data []byte) (Status, error) {
	if len(data) < 1 {
		return Status{}, ErrShort
	}
	end := 1 + 18*int(data[0])
	if len(data) < end {
		return Status{}, ErrShort
	}
	s := Status{names: data[1:end]}
	copy(s.MAC[:], data[end:])
	return s, nil
}

// Len is the number of names.
func (s Status) Len() int { return len(s.names) / 18 }

// Entry is one name of a node.
type Entry struct {
	Name  Name
	Group bool
}

// At is the name at that position, from 0 to Len less 1.
func (s Status) At(i int) Entry {
	b := s.names[18*i : 18*i+18]
	return Entry{Name: plainName([16]byte(b)), Group: binary.BigEndian.Uint16(b[16:])&0x8000 != 0}
}
