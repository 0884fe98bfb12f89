// Package telnet separates the text of a Telnet stream from the commands in
// it.
//
// A stream is cut into pieces: a run of data, a command, a negotiation of an
// option, or a subnegotiation. What the options do to the data (environment,
// authentication, encryption) is left to the reader.
//
// References: RFC 854 (Telnet), RFC 855 (options); the IANA registry of
// options.
package telnet

import (
	"bytes"
	"errors"
)

// Errors that Decode wraps. ErrShort means "give me more bytes"; ErrFormat
// that the bytes are not Telnet.
var (
	ErrShort  = errors.New("telnet: short command")
	ErrFormat = errors.New("telnet: not a Telnet command")
)

// Commands.
const (
	SE   = 240
	SB   = 250
	Will = 251
	Wont = 252
	Do   = 253
	Dont = 254
	IAC  = 255
)

// Options that have names here.
const (
	OptEcho           = 1
	OptTerminalType   = 24
	OptWindowSize     = 31
	OptAuthentication = 37
	OptEncryption     = 38
)

// maxSub bounds a subnegotiation.
const maxSub = 4096

// Token is one piece of a stream. Data points into the decoded buffer.
type Token struct {
	Command uint8 // 0: a run of data
	Option  uint8 // of Will, Wont, Do, Dont and SB
	Data    []byte
}

// Decode reads the first piece of b and returns the number of bytes it took. A
// run of data ends where the buffer does; two IAC are the data byte 255 and
// come as a run of one.
func Decode(b []byte) (Token, int, error) {
	if len(b) == 0 {
		return Token{}, 0, ErrShort
	}
	if b[0] != IAC {
		end := bytes.IndexByte(b, IAC)
		if end < 0 {
			end = len(b)
		}
		return Token{Data: b[:end]}, end, nil
	}
	if len(b) < 2 {
		return Token{}, 0, ErrShort
	}
	switch c := b[1]; {
	case c == IAC:
		return Token{Data: b[1:2]}, 2, nil
	case c == SB:
		return subnegotiation(b)
	case c >= Will:
		if len(b) < 3 {
			return Token{}, 0, ErrShort
		}
		return Token{Command: c, Option: b[2]}, 3, nil
	case c >= 236: // EOF, SUSP, ABORT, EOR, SE and up
		return Token{Command: c}, 2, nil
	}
	return Token{}, 0, ErrFormat
}

// subnegotiation reads up to IAC SE, past bytes 255 that stand twice.
func subnegotiation(b []byte) (Token, int, error) {
	for i := 3; i+1 < len(b); i++ {
		switch {
		case i > maxSub:
			return Token{}, 0, ErrFormat
		case b[i] != IAC:
		case b[i+1] == SE:
			return Token{Command: SB, Option: b[2], Data: b[3:i]}, i + 2, nil
		default:
			i++
		}
	}
	if len(b) > maxSub {
		return Token{}, 0, ErrFormat
	}
	return Token{}, 0, ErrShort
}

// Negotiates counts the option negotiations at the start of b, whole ones
// only; ok is false when b begins with other commands than those. The registry
// gives options up to 49 and some from 138 on that few implement.
func Negotiates(b []byte) (count int, ok bool) {
	for len(b) > 0 && b[0] == IAC {
		t, n, err := Decode(b)
		if errors.Is(err, ErrShort) {
			return count, len(b) < 2 || b[1] >= SB && b[1] != IAC
		}
		if err != nil || t.Command < SB || t.Option > 49 {
			return count, false
		}
		count++
		if t.Command == SB {
			count++ // begins and ends with a command
		}
		b = b[n:]
	}
	return count, true
}
