// Package tls decodes what TLS says in clear: records, the two hellos, the
// certificates of TLS up to 1.2, alerts, and the JA4 fingerprint of a client.
//
// It decrypts nothing and verifies nothing; certificates are handed over as
// DER. SSL 2 and DTLS are not read.
//
// References: RFC 5246 (TLS 1.2), RFC 8446 (TLS 1.3), RFC 6066 (server name),
// RFC 7301 (ALPN), RFC 8701 (GREASE); JA4 by its public specification.
package tls

import (
	"encoding/binary"
	"errors"
)

// Errors that the functions wrap. ErrShort means "give me more bytes";
// ErrFormat that the bytes are not TLS and never will be.
var (
	ErrShort  = errors.New("tls: short record")
	ErrFormat = errors.New("tls: not a TLS record")
)

// Content is the type of a record.
type Content uint8

// Content types.
const (
	ChangeCipherSpec Content = 20
	AlertRecord      Content = 21
	HandshakeRecord  Content = 22
	ApplicationData  Content = 23
	HeartbeatRecord  Content = 24
)

// HeaderSize is the length of a record's header.
const HeaderSize = 5

// maxRecord is the longest body: 2^14 bytes and what encryption and
// compression may add (RFC 5246 section 6.2.3).
const maxRecord = 1<<14 + 2048

// Header is what stands in front of a record's body.
type Header struct {
	Content Content
	Version uint16
	Length  int // of the body
}

// DecodeHeader reads the header of a record. The body need not be there.
func DecodeHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, prefix(b)
	}
	h := Header{Content(b[0]), binary.BigEndian.Uint16(b[1:]), int(binary.BigEndian.Uint16(b[3:]))}
	if err := prefix(b[:3]); err != nil && !errors.Is(err, ErrShort) {
		return h, err
	}
	if h.Length > maxRecord || h.Length == 0 && h.Content != ApplicationData {
		return h, ErrFormat
	}
	if h.Content == ChangeCipherSpec && h.Length != 1 {
		return h, ErrFormat
	}
	return h, nil
}

// prefix checks the bytes of a header that are there.
func prefix(b []byte) error {
	if len(b) > 0 && (b[0] < byte(ChangeCipherSpec) || b[0] > byte(HeartbeatRecord)) ||
		len(b) > 1 && b[1] != 3 || len(b) > 2 && b[2] > 4 {
		return ErrFormat
	}
	return ErrShort
}

// Type is the kind of a handshake message.
type Type uint8

// Handshake messages in clear.
const (
	TypeHelloRequest      Type = 0
	TypeClientHello       Type = 1
	TypeServerHello       Type = 2
	TypeNewSessionTicket  Type = 4
	TypeCertificate       Type = 11
	TypeServerKeyExchange Type = 12
	TypeCertificateReq    Type = 13
	TypeServerHelloDone   Type = 14
	TypeCertificateVerify Type = 15
	TypeClientKeyExchange Type = 16
	TypeFinished          Type = 20
	TypeCertificateStatus Type = 22
)

// Message is one handshake message. Body points into the decoded buffer.
type Message struct {
	Type Type
	Body []byte
}

// MaxMessage is the longest handshake message taken for one; chains of
// certificates are the longest.
const MaxMessage = 1 << 17

// DecodeMessage reads the first handshake message in the body of a record, or
// of several put together, and returns the number of bytes it took.
func DecodeMessage(b []byte) (Message, int, error) {
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	size := int(binary.BigEndian.Uint32(b) & 0xffffff)
	if b[0] > 24 && b[0] != 67 && b[0] != 254 || size > MaxMessage {
		return Message{}, 0, ErrFormat
	}
	if len(b) < 4+size {
		return Message{}, 0, ErrShort
	}
	return Message{Type(b[0]), b[4 : 4+size]}, 4 + size, nil
}

// CutCertificate takes the first certificate, in DER, off a list. The list of
// a Certificate message is its body behind three bytes of length.
func CutCertificate(list []byte) (der, rest []byte, ok bool) {
	if len(list) < 3 {
		return nil, nil, false
	}
	end := 3 + (int(list[0])<<16 | int(list[1])<<8 | int(list[2]))
	if end == 3 || len(list) < end {
		return nil, nil, false
	}
	return list[3:end], list[end:], true
}

// Certificates is the list in the body of a Certificate message of TLS 1.2 or
// earlier.
func Certificates(body []byte) []byte {
	if len(body) < 3 {
		return nil
	}
	return body[3:]
}
