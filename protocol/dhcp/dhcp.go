// Package dhcp decodes DHCPv4 and BOOTP messages.
//
// It reads the fixed part of a message and walks its options with a cursor,
// also those that overflow into the fields for a file and a server name.
// Options that are split (RFC 3396) come in their pieces. It leases nothing
// and remembers nothing.
//
// References: RFC 951 (BOOTP), RFC 2131 (DHCP), RFC 2132 (options), RFC 4702
// (client FQDN).
package dhcp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not DHCP.
var (
	ErrShort  = errors.New("dhcp: short message")
	ErrFormat = errors.New("dhcp: not a DHCP or BOOTP message")
)

// Size is the length of the fixed part, in front of the magic cookie.
const Size = 236

// cookie stands in front of the options (RFC 2131 section 3). BOOTP without
// options has none.
const cookie = 0x63825363

// Operations.
const (
	Request = 1
	Reply   = 2
)

// Message is one message. Byte fields point into the decoded buffer.
type Message struct {
	Op           uint8
	HardwareType uint8 // 1: Ethernet
	Hops         uint8
	XID          uint32
	Seconds      uint16
	Flags        uint16
	Client       netip.Addr // address the client already has
	Your         netip.Addr // address it is given
	Server       netip.Addr // server to boot from
	Relay        netip.Addr
	Hardware     []byte // the client's hardware address
	ServerName   []byte // without padding; holds options when Overload says so
	File         []byte
	options      [3][]byte
	Cookie       bool // options follow, so that this may be DHCP
}

// Decode reads one message, which is a whole datagram, and returns the number
// of bytes it took. On ErrShort in the options the message is usable.
func Decode(b []byte) (Message, int, error) {
	if len(b) < Size {
		return Message{}, 0, short(b)
	}
	size := int(b[2])
	if b[0] != Request && b[0] != Reply || size > 16 {
		return Message{}, 0, ErrFormat
	}
	m := Message{
		Op: b[0], HardwareType: b[1], Hops: b[3], XID: binary.BigEndian.Uint32(b[4:]),
		Seconds: binary.BigEndian.Uint16(b[8:]), Flags: binary.BigEndian.Uint16(b[10:]),
		Client: addr(b[12:]), Your: addr(b[16:]), Server: addr(b[20:]), Relay: addr(b[24:]),
		Hardware: b[28 : 28+size],
	}
	server, file, rest := b[44:108], b[108:Size], b[Size:]
	m.ServerName, m.File = text(server), text(file)
	if len(rest) < 4 || binary.BigEndian.Uint32(rest) != cookie {
		return m, Size, nil
	}
	m.Cookie = true
	m.options[0] = rest[4:]
	return m, Size + 4 + m.overload(rest[4:], server, file), nil
}

// short tells a message that was cut from one that is none.
func short(b []byte) error {
	if len(b) > 0 && b[0] != Request && b[0] != Reply {
		return ErrFormat
	}
	return ErrShort
}

// overload finds option 52, which makes the fields of server and file hold
// options too (RFC 2131 section 4.1), and returns the length of the options.
func (m *Message) overload(own, server, file []byte) int {
	o := Options{rest: [3][]byte{own}}
	for {
		opt, ok := o.Next()
		if !ok {
			return len(own) - len(o.rest[0])
		}
		if opt.Code != OptOverload || len(opt.Data) != 1 {
			continue
		}
		if opt.Data[0]&1 != 0 {
			m.options[1], m.File = file, nil
		}
		if opt.Data[0]&2 != 0 {
			m.options[2], m.ServerName = server, nil
		}
	}
}

func addr(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b[:4])) }

func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

// Type is what a DHCP message says, 0 in BOOTP.
func (m Message) Type() Type {
	o := m.Options()
	for {
		opt, ok := o.Next()
		if !ok {
			return 0
		}
		if opt.Code == OptType && len(opt.Data) == 1 {
			return Type(opt.Data[0])
		}
	}
}
