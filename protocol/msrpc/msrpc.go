// Package msrpc reads arguments and results of a few calls of Microsoft's
// remote procedures, where they are in clear: strings in NDR, and the list of
// names and addresses by which a DCOM server says it can be reached.
//
// The messages themselves are decoded by package dcerpc. Encrypted stubs (most
// of them, on newer systems) cannot be read. Slices point into the decoded
// buffer.
//
// Reference: C706 chapter 14 (NDR); MS-DCOM section 2.2.19 (string bindings)
// and 3.1.2.5.1 (IObjectExporter); MS-SCMR section 3.1.4.12; MS-NRPC section
// 3.5.4.4.1.
package msrpc

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// maxString is the longest string that is read, in characters.
const maxString = 1024

// String reads a conformant varying string of two-byte characters at the start
// of b, and returns the number of bytes it took with its padding: largest
// count, offset, count, characters.
func String(b []byte) (winstr.Text, int, bool) {
	if len(b) < 12 {
		return winstr.Text{}, 0, false
	}
	le := binary.LittleEndian
	room, off, n := le.Uint32(b), le.Uint32(b[4:]), le.Uint32(b[8:])
	if off != 0 || n > room || n > maxString || 12+2*int(n) > len(b) {
		return winstr.Text{}, 0, false
	}
	t, _ := winstr.Cut(b[12:12+2*n], true)
	return t, min((12+2*int(n)+3)&^3, len(b)), true
}

// ServiceName is the name of the service that CreateServiceW makes: the string
// behind the handle of the service manager.
func ServiceName(stub []byte) (winstr.Text, bool) {
	if len(stub) < 20 {
		return winstr.Text{}, false
	}
	t, _, ok := String(stub[20:])
	return t, ok && !t.Empty()
}

// Challenge is a client's first message to a domain's logon service.
type Challenge struct {
	Computer winstr.Text
	Zero     bool // the challenge is all zeros, which no client draws by chance
}

// ReadChallenge reads the arguments of NetrServerReqChallenge: the server's
// name (behind a pointer that may be null), the client's, and eight bytes.
func ReadChallenge(stub []byte) (Challenge, bool) {
	if len(stub) < 4 {
		return Challenge{}, false
	}
	at := 4
	if binary.LittleEndian.Uint32(stub) != 0 {
		_, n, ok := String(stub[at:])
		if !ok {
			return Challenge{}, false
		}
		at += n
	}
	name, _, ok := String(stub[at:])
	if !ok || at+unpadded(stub[at:])+8 > len(stub) {
		return Challenge{}, false
	}
	// A string is padded for what follows it; bytes need no padding.
	at += unpadded(stub[at:])
	return Challenge{Computer: name, Zero: [8]byte(stub[at:]) == [8]byte{}}, true
}

// unpadded is the length of the string at the start of b without its padding.
func unpadded(b []byte) int { return 12 + 2*int(binary.LittleEndian.Uint32(b[8:])) }

// Bindings walks the names and addresses of a DCOM server.
type Bindings struct{ b []byte }

// Protocols of a binding.
const (
	BindingTCP  = 0x07
	BindingPipe = 0x0f
)

// ReadServerAlive reads the result of ServerAlive2: the version of DCOM, then
// a pointer to a DUALSTRINGARRAY.
func ReadServerAlive(stub []byte) (Bindings, bool) {
	if len(stub) < 8 || binary.LittleEndian.Uint16(stub) != 5 {
		return Bindings{}, false
	}
	return dualStrings(stub[8:])
}

// ReadResolved reads the result of ResolveOxid and ResolveOxid2, which starts
// with a pointer to a DUALSTRINGARRAY.
func ReadResolved(stub []byte) (Bindings, bool) {
	if len(stub) < 4 {
		return Bindings{}, false
	}
	return dualStrings(stub[4:])
}

// dualStrings reads a conformant DUALSTRINGARRAY: room, entries, where the
// security bindings start (both in characters), and the strings.
func dualStrings(b []byte) (Bindings, bool) {
	if len(b) < 8 {
		return Bindings{}, false
	}
	le := binary.LittleEndian
	room, entries, security := le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:])
	if uint32(entries) > room || security > entries || 8+2*int(entries) > len(b) {
		return Bindings{}, false
	}
	return Bindings{b[8 : 8+2*int(security)]}, true
}

// Next takes the first binding off the list: the protocol and the address,
// such as "SCADA1" or "10.0.0.5[49155]".
func (l *Bindings) Next() (protocol uint16, address winstr.Text, ok bool) {
	if len(l.b) < 4 {
		return 0, winstr.Text{}, false
	}
	protocol = binary.LittleEndian.Uint16(l.b)
	if protocol == 0 { // the end of the list
		return 0, winstr.Text{}, false
	}
	address, l.b = winstr.Cut(l.b[2:], true)
	return protocol, address, true
}
