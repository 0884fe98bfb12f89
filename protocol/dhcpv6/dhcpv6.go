// Package dhcpv6 decodes DHCPv6 messages as far as they name a client.
//
// It reads the header and walks options with a cursor, and finds the client's
// message inside those of relays. Addresses inside identity associations are
// read; prefixes and authentication are left as bytes.
//
// References: RFC 8415 (DHCPv6), RFC 4704 (client FQDN), RFC 6355 (DUID-UUID).
package dhcpv6

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not DHCPv6.
var (
	ErrShort  = errors.New("dhcpv6: short message")
	ErrFormat = errors.New("dhcpv6: not a DHCPv6 message")
)

// Type is the kind of a message.
type Type uint8

// Types (RFC 8415 section 7.3).
const (
	Solicit            Type = 1
	Advertise          Type = 2
	Request            Type = 3
	Confirm            Type = 4
	Renew              Type = 5
	Rebind             Type = 6
	Reply              Type = 7
	Release            Type = 8
	Decline            Type = 9
	Reconfigure        Type = 10
	InformationRequest Type = 11
	RelayForward       Type = 12
	RelayReply         Type = 13

	leaseReply Type = 15 // LEASEQUERY-REPLY, RFC 5007

	lastType Type = 36 // the last of the registry, for failover and leasequeries
)

// FromServer reports whether servers send this type.
func (t Type) FromServer() bool {
	return t == Advertise || t == Reply || t == Reconfigure || t == RelayReply || t == leaseReply
}

// Options that have names here.
const (
	OptClientID    = 1
	OptServerID    = 2
	OptIANA        = 3
	OptIATA        = 4
	OptIAAddress   = 5
	OptParameters  = 6
	OptElapsed     = 8
	OptRelayed     = 9
	OptVendorClass = 16
	OptDNS         = 23
	OptDomain      = 24
	OptFQDN        = 39
)

// maxRelays is the most relays between a client and a server (HOP_COUNT_LIMIT,
// RFC 8415 section 7.6).
const maxRelays = 8

// Message is one message of a client or server. Options point into the decoded
// buffer.
type Message struct {
	Type        Type
	Transaction uint32 // 24 bits
	Relayed     bool
	options     []byte
}

// Decode reads one message, which is a whole datagram, and returns the number
// of bytes it took. On ErrShort in an option the message is usable.
func Decode(b []byte) (Message, int, error) {
	total := len(b)
	for hops := 0; ; hops++ {
		if len(b) < 4 {
			return Message{}, 0, ErrShort
		}
		t := Type(b[0])
		if t == 0 || t > lastType || hops > maxRelays {
			return Message{}, 0, ErrFormat
		}
		if t != RelayForward && t != RelayReply {
			m := Message{Type: t, Transaction: binary.BigEndian.Uint32(b) & 0xffffff, Relayed: hops > 0, options: b[4:]}
			return m, total, m.check()
		}
		inner, err := relayed(b)
		if err != nil {
			return Message{}, 0, err
		}
		b = inner
	}
}

// relayed is the message inside that of a relay.
func relayed(b []byte) ([]byte, error) {
	const fixed = 34
	if len(b) < fixed {
		return nil, ErrShort
	}
	o := Options{b[fixed:]}
	for opt, ok := o.Next(); ok; opt, ok = o.Next() {
		if opt.Code == OptRelayed {
			return opt.Data, nil
		}
	}
	return nil, ErrShort
}

// check walks the options to their end.
func (m Message) check() error {
	o := m.Options()
	for {
		if _, ok := o.Next(); !ok {
			break
		}
	}
	if len(o.rest) > 0 {
		return ErrShort
	}
	return nil
}

// Option is one option. Data points into the decoded buffer.
type Option struct {
	Code uint16
	Data []byte
}

// Options is a cursor over options.
type Options struct{ rest []byte }

// Options starts before the first option.
func (m Message) Options() Options { return Options{m.options} }

// Next is the next option. It ends where bytes are missing.
func (o *Options) Next() (Option, bool) {
	if len(o.rest) < 4 {
		return Option{}, false
	}
	end := 4 + int(binary.BigEndian.Uint16(o.rest[2:]))
	if len(o.rest) < end {
		return Option{}, false
	}
	opt := Option{binary.BigEndian.Uint16(o.rest), o.rest[4:end]}
	o.rest = o.rest[end:]
	return opt, true
}

// Nested is a cursor over the options inside an identity association.
func (o Option) Nested() Options {
	switch {
	case o.Code == OptIANA && len(o.Data) >= 12:
		return Options{o.Data[12:]}
	case o.Code == OptIATA && len(o.Data) >= 4:
		return Options{o.Data[4:]}
	}
	return Options{}
}

// Addr is the address in an IA address option.
func (o Option) Addr() (netip.Addr, bool) {
	if o.Code != OptIAAddress || len(o.Data) < 24 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom16([16]byte(o.Data[:16])), true
}

// MAC is the Ethernet address in a DUID that is made of one. A DUID outlives
// the interface it was made of: it names the machine, not this interface.
func (o Option) MAC() (mac [6]byte, ok bool) {
	d := o.Data
	if len(d) < 4 || binary.BigEndian.Uint16(d[2:]) != 1 {
		return mac, false
	}
	switch binary.BigEndian.Uint16(d) {
	case 1: // link layer and time
		d = d[4:]
	case 3: // link layer
	default:
		return mac, false
	}
	if len(d) != 10 {
		return mac, false
	}
	return [6]byte(d[4:]), true
}

// VendorClass is the IANA enterprise number and the first text of a vendor
// class option.
func (o Option) VendorClass() (enterprise uint32, text []byte, ok bool) {
	d := o.Data
	if o.Code != OptVendorClass || len(d) < 6 {
		return 0, nil, false
	}
	end := 6 + int(binary.BigEndian.Uint16(d[4:]))
	if len(d) < end {
		return 0, nil, false
	}
	return binary.BigEndian.Uint32(d), d[6:end], true
}

// FQDN appends the name in a client FQDN option to buf, with dots.
func (o Option) FQDN(buf []byte) []byte {
	if o.Code != OptFQDN || len(o.Data) < 2 {
		return buf
	}
	start := len(buf)
	name := o.Data[1:]
	for len(name) > 0 && name[0] > 0 && name[0] < 64 && int(name[0]) < len(name) && len(buf)-start < 255-64 {
		if len(buf) > start {
			buf = append(buf, '.')
		}
		buf = append(buf, name[1:1+int(name[0])]...)
		name = name[1+int(name[0]):]
	}
	return buf
}
