package dhcp

import "net/netip"

// Type is the DHCP message type (option 53).
type Type uint8

// Message types (RFC 2132 section 9.6 and later).
const (
	Discover Type = iota + 1
	Offer
	RequestLease
	Decline
	Ack
	Nak
	Release
	Inform
)

// Options that have names here.
const (
	OptNetmask      = 1
	OptRouter       = 3
	OptDNS          = 6
	OptHostname     = 12
	OptDomain       = 15
	OptNTP          = 42
	OptVendorInfo   = 43
	OptRequested    = 50
	OptLease        = 51
	OptOverload     = 52
	OptType         = 53
	OptServer       = 54
	OptParameters   = 55
	OptVendorClass  = 60
	OptClientID     = 61
	OptTFTPServer   = 66
	OptBootFile     = 67
	OptUserClass    = 77
	OptFQDN         = 81
	OptRelayAgent   = 82
	OptArchitecture = 93
	optPad          = 0
	optEnd          = 255
)

// Option is one option. Data points into the decoded buffer.
type Option struct {
	Code uint8
	Data []byte
}

// Options is a cursor over the options of a message.
type Options struct {
	rest [3][]byte // the options, then the fields that hold more
	at   int
}

// Options starts before the first option.
func (m Message) Options() Options { return Options{rest: m.options} }

// Next is the next option. It ends at the end mark and where bytes are missing.
func (o *Options) Next() (Option, bool) {
	for o.at < len(o.rest) {
		if opt, ok := o.cut(&o.rest[o.at]); ok {
			return opt, true
		}
		o.at++
	}
	return Option{}, false
}

// cut takes the next option off the front of b.
func (o *Options) cut(b *[]byte) (Option, bool) {
	for len(*b) > 0 {
		s := *b
		switch {
		case s[0] == optPad:
			*b = s[1:]
			continue
		case s[0] == optEnd:
			*b = s[1:]
			return Option{}, false
		case len(s) < 2 || len(s) < 2+int(s[1]):
			return Option{}, false
		}
		end := 2 + int(s[1])
		*b = s[end:]
		return Option{Code: s[0], Data: s[2:end]}, true
	}
	return Option{}, false
}

// Addr is the first address in the data of an option that holds addresses.
func (o Option) Addr() (netip.Addr, bool) {
	if len(o.Data) < 4 {
		return netip.Addr{}, false
	}
	return addr(o.Data), true
}

// FQDN is the name in the client FQDN option. A name in DNS form (flag E) is
// given with its length bytes replaced in buf by dots; buf must not be shorter
// than the option's data.
func (o Option) FQDN(buf []byte) []byte {
	if o.Code != OptFQDN || len(o.Data) < 4 {
		return nil
	}
	name := o.Data[3:]
	if o.Data[0]&4 == 0 {
		return name
	}
	out := buf[:0]
	for len(name) > 0 && name[0] > 0 && int(name[0]) < len(name) && name[0] < 64 {
		if len(out) > 0 {
			out = append(out, '.')
		}
		out = append(out, name[1:1+int(name[0])]...)
		name = name[1+int(name[0]):]
	}
	return out
}
