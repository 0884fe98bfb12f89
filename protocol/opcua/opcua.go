// Package opcua decodes the binary connection protocol of OPC UA: transport
// messages and chunks, the security header of channels, and the service
// messages that are sent in clear: which service, for whom it is, how it was
// answered, and the descriptions of applications and endpoints.
//
// It does not put chunks together, does not decrypt, and decodes the bodies of
// those services only that name applications, sign in, read, write or call.
// All slices in results point into the decoded buffer.
//
// Reference: OPC 10000-6, OPC Unified Architecture Part 6: Mappings, release
// 1.05, clauses 5.2 (binary encoding), 6.7 (secure conversation) and 7.1
// (connection protocol); OPC 10000-4 Services; node ids from the published
// NodeIds.csv.
package opcua

import (
	"encoding/binary"
	"errors"
)

// Errors that the decoders wrap. ErrShort means "give me more bytes"; the
// others mean that the bytes are not OPC UA and never will be.
var (
	ErrShort   = errors.New("opcua: short message")
	ErrHeader  = errors.New("opcua: not a message header")
	ErrService = errors.New("opcua: not a service message in clear")
)

// Type is the kind of a transport message: its three letters.
type Type uint32

// Types of transport messages.
const (
	Hello        Type = 'H'<<16 | 'E'<<8 | 'L'
	Acknowledge  Type = 'A'<<16 | 'C'<<8 | 'K'
	Error        Type = 'E'<<16 | 'R'<<8 | 'R'
	ReverseHello Type = 'R'<<16 | 'H'<<8 | 'E'
	Open         Type = 'O'<<16 | 'P'<<8 | 'N'
	Close        Type = 'C'<<16 | 'L'<<8 | 'O'
	Service      Type = 'M'<<16 | 'S'<<8 | 'G'
)

// Chunk is one transport message.
type Chunk struct {
	Type Type
	Last byte // 'F' the last chunk, 'C' more to come, 'A' given up
	Body []byte
	Cut  bool // Body was too large to wait for: it is what there is
}

// HeaderSize is the number of bytes in front of every transport message.
const HeaderSize = 8

// MaxChunk is the largest chunk that Decode waits for in whole.
const MaxChunk = 1 << 17

// maxSize is larger than any chunk and smaller than four letters read as a
// number.
const maxSize = 1 << 28

// Decode reads the first transport message in b and returns the number of
// bytes it took. Of a message larger than MaxChunk it returns the first part
// that stands in b, and the size of the whole.
func Decode(b []byte) (Chunk, int, error) {
	if err := checkHeader(b); err != nil {
		return Chunk{}, 0, err
	}
	if len(b) < HeaderSize {
		return Chunk{}, 0, ErrShort
	}
	c := Chunk{Type: typeOf(b), Last: b[3]}
	size := int64(binary.LittleEndian.Uint32(b[4:]))
	if size < minimum(c.Type) || size > maxSize {
		return Chunk{}, 0, ErrHeader
	}
	if size > MaxChunk {
		c.Body, c.Cut = b[HeaderSize:min(len(b), int(size))], true
		return c, int(size), nil
	}
	if int64(len(b)) < size {
		return Chunk{}, 0, ErrShort
	}
	c.Body = b[HeaderSize:size:size]
	return c, int(size), nil
}

func typeOf(b []byte) Type { return Type(b[0])<<16 | Type(b[1])<<8 | Type(b[2]) }

// minimum is the smallest size of a message of that type, header included.
func minimum(t Type) int64 {
	switch t {
	case Hello:
		return 32
	case Acknowledge:
		return 28
	case Service, Close, Open:
		return 24
	}
	return 16
}

// checkHeader judges the letters as far as there are any.
func checkHeader(b []byte) error {
	const letters = "HELACKERRRHEOPNCLOMSG"
	n := min(len(b), 3)
	found := n == 0
	for i := 0; i < len(letters) && !found; i += 3 {
		found = string(b[:n]) == letters[i:i+n]
	}
	if !found {
		return ErrHeader
	}
	if len(b) < 4 {
		return nil
	}
	switch {
	case b[3] == 'F':
	case (b[3] == 'C' || b[3] == 'A') && (typeOf(b) == Service || typeOf(b) == Open):
	default:
		return ErrHeader
	}
	return nil
}

// Greeting is the body of a Hello, an Acknowledge or a Reverse Hello.
type Greeting struct {
	Version                   uint32
	Receive, Send             uint32 // buffer sizes
	MaxMessage, MaxChunkCount uint32
	Endpoint                  []byte // Hello and Reverse Hello
	Server                    []byte // Reverse Hello: the server's application URI
}

// DecodeGreeting reads the body of a Hello, an Acknowledge or a Reverse Hello.
func DecodeGreeting(c Chunk) (Greeting, error) {
	r := NewReader(c.Body)
	var g Greeting
	if c.Type == ReverseHello {
		g.Server, g.Endpoint = r.String(), r.String()
		return g, r.Err()
	}
	g.Version, g.Receive, g.Send = r.Uint32(), r.Uint32(), r.Uint32()
	g.MaxMessage, g.MaxChunkCount = r.Uint32(), r.Uint32()
	if c.Type == Hello {
		g.Endpoint = r.String()
	}
	return g, r.Err()
}

// Channel is the security header of a message on a secure channel, and what
// stands behind it.
type Channel struct {
	ID          uint32
	Token       uint32 // service and close messages
	Policy      []byte // open messages: the policy's URI
	Certificate []byte // open messages: the sender's, DER
	Sequence    uint32
	Request     uint32
	Body        []byte // of a chunk: a part of the message
}

// DecodeChannel reads the security header of an open, close or service
// message. On an encrypted channel sequence, request and body are noise.
func DecodeChannel(c Chunk) (Channel, error) {
	r := NewReader(c.Body)
	ch := Channel{ID: r.Uint32()}
	if c.Type == Open {
		ch.Policy, ch.Certificate = r.String(), r.String()
		r.String() // thumbprint of the receiver's certificate
	} else {
		ch.Token = r.Uint32()
	}
	ch.Sequence, ch.Request = r.Uint32(), r.Uint32()
	ch.Body = r.Rest()
	return ch, r.Err()
}

const policyPrefix = "http://opcfoundation.org/UA/SecurityPolicy#"

// PolicyName is the name of a security policy behind the '#' of its URI, nil
// for an empty or foreign one.
func PolicyName(uri []byte) []byte {
	if len(uri) <= len(policyPrefix) || string(uri[:len(policyPrefix)]) != policyPrefix {
		return nil
	}
	return uri[len(policyPrefix):]
}
