// Package ssh decodes what SSH says in clear: the identification line and the
// key exchange proposal of each side, with the HASSH fingerprint of it.
//
// Everything behind the new-keys message is encrypted and is left alone, as is
// the whole of SSH 1 behind its identification.
//
// References: RFC 4253 (sections 4.2, 6 and 7.1); HASSH by its public
// description: the MD5 sum of the algorithm lists of one direction.
package ssh

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
)

// Errors that the functions wrap. ErrShort means "give me more bytes";
// ErrFormat that the bytes are not SSH and never will be.
var (
	ErrShort  = errors.New("ssh: short message")
	ErrFormat = errors.New("ssh: not an SSH message")
)

// maxLine is the longest identification line (RFC 4253 section 4.2); lines in
// front of it may be as long here.
const maxLine = 512

// maxPacket is more than any sender puts in a packet before keys are agreed
// (RFC 4253 section 6.1 asks for 35000 bytes).
const maxPacket = 1 << 16

// Messages in clear.
const (
	MsgDisconnect = 1
	MsgKexInit    = 20
	MsgNewKeys    = 21
)

// Banner is an identification line: "SSH-2.0-OpenSSH_9.6 Debian-1". Byte
// fields point into the decoded buffer.
type Banner struct {
	Line     []byte // without its end
	Version  []byte // "2.0"
	Software []byte // "OpenSSH_9.6"
	Comment  []byte // "Debian-1"
}

// Old reports whether SSH 1 is spoken or still offered.
func (b Banner) Old() bool { return len(b.Version) > 0 && b.Version[0] == '1' }

// DecodeBanner reads an identification line and returns the number of bytes
// it took with its end.
func DecodeBanner(b []byte) (Banner, int, error) {
	const magic = "SSH-"
	if n := min(len(b), len(magic)); string(b[:n]) != magic[:n] {
		return Banner{}, 0, ErrFormat
	}
	end := bytes.IndexByte(b[:min(len(b), maxLine)], '\n')
	if end < 0 {
		if len(b) >= maxLine {
			return Banner{}, 0, ErrFormat
		}
		return Banner{}, 0, ErrShort
	}
	line := bytes.TrimRight(b[:end], "\r")
	version, rest, ok := bytes.Cut(line[len(magic):], []byte("-"))
	if !ok || len(version) < 3 || version[1] != '.' || version[0] != '1' && version[0] != '2' {
		return Banner{}, 0, ErrFormat
	}
	software, comment, _ := bytes.Cut(rest, []byte(" "))
	return Banner{Line: line, Version: version, Software: software, Comment: comment}, end + 1, nil
}

// Packet is a packet in clear. Payload points into the decoded buffer.
type Packet struct {
	Message uint8
	Payload []byte // behind the message number
}

// DecodePacket reads a packet that is not encrypted.
func DecodePacket(b []byte) (Packet, int, error) {
	if len(b) < 6 {
		return Packet{}, 0, ErrShort
	}
	size := binary.BigEndian.Uint32(b)
	padding := uint32(b[4])
	if size < 2 || size > maxPacket || padding+2 > size {
		return Packet{}, 0, ErrFormat
	}
	end := 4 + int(size)
	if len(b) < end {
		return Packet{}, 0, ErrShort
	}
	return Packet{Message: b[5], Payload: b[6 : end-int(padding)]}, end, nil
}

// KexInit is a proposal of algorithms. Lists point into the decoded buffer.
type KexInit struct {
	lists [10][]byte
}

// List is one of the lists of a proposal.
type List int

// Lists in the order of the wire. Client lists are for what the client sends.
const (
	Kex List = iota
	HostKey
	CipherClient
	CipherServer
	MACClient
	MACServer
	CompressionClient
	CompressionServer
)

// DecodeKexInit reads the payload of a MsgKexInit packet.
func DecodeKexInit(p []byte) (KexInit, error) {
	const random = 16
	if len(p) < random {
		return KexInit{}, ErrFormat
	}
	var k KexInit
	p = p[random:]
	for i := range k.lists {
		if len(p) < 4 {
			return KexInit{}, ErrFormat
		}
		size := binary.BigEndian.Uint32(p)
		if uint32(len(p)-4) < size {
			return KexInit{}, ErrFormat
		}
		k.lists[i], p = p[4:4+size], p[4+size:]
	}
	return k, nil
}

// List is the comma-separated names of one list.
func (k KexInit) List(l List) []byte { return k.lists[l] }

// HASSH is the fingerprint of the client, or of the server, that sent the
// proposal.
func (k KexInit) HASSH(server bool) [md5.Size]byte {
	cipher, mac, compression := CipherClient, MACClient, CompressionClient
	if server {
		cipher, mac, compression = CipherServer, MACServer, CompressionServer
	}
	h := md5.New()
	h.Write(k.lists[Kex])
	for _, l := range [...]List{cipher, mac, compression} {
		h.Write([]byte(";"))
		h.Write(k.lists[l])
	}
	return [md5.Size]byte(h.Sum(nil))
}
