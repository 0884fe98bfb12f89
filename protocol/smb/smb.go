// Package smb decodes SMB1 (CIFS) messages as they stand in a NetBIOS session
// message, on TCP 139 and 445.
//
// It reads the header, walks the chain of AndX blocks and takes apart those
// that tell who is there and what is touched: negotiate, session setup, tree
// connect, open and create, transactions (named pipes), read and write. Byte
// slices and strings point into the decoded buffer. A message that a capture
// has cut is read as far as it is whole. It keeps no state: which file a
// number stands for is the caller's to remember.
//
// Reference: MS-CIFS, sections 2.2.3 and 2.2.4; MS-SMB, section 2.2.4.
package smb

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("smb: short message")
	ErrProtocol = errors.New("smb: no SMB1 header")
)

// Magic starts every message.
const Magic = "\xffSMB"

// HeaderLen is the length of the header.
const HeaderLen = 32

// Command is what a block asks for or answers.
type Command uint8

// Commands that have a reader in this package, and those that touch files.
const (
	CreateDirectory     Command = 0x00
	DeleteDirectory     Command = 0x01
	Open                Command = 0x02
	Create              Command = 0x03
	Close               Command = 0x04
	Delete              Command = 0x06
	Rename              Command = 0x07
	QueryInformation    Command = 0x08
	Transaction         Command = 0x25
	Echo                Command = 0x2b
	OpenAndX            Command = 0x2d
	ReadAndX            Command = 0x2e
	WriteAndX           Command = 0x2f
	Transaction2        Command = 0x32
	FindClose2          Command = 0x34
	TreeDisconnect      Command = 0x71
	Negotiate           Command = 0x72
	SessionSetupAndX    Command = 0x73
	LogoffAndX          Command = 0x74
	TreeConnectAndX     Command = 0x75
	NTTransact          Command = 0xa0
	NTTransactSecondary Command = 0xa1
	NTCreateAndX        Command = 0xa2
	NTCancel            Command = 0xa4
	NTRename            Command = 0xa5
	NoAndX              Command = 0xff
)

// Bits of the header that this package looks at.
const (
	flagReply        = 0x80
	flags2Signature  = 0x0004
	flags2NTStatus   = 0x4000
	flags2Unicode    = 0x8000
	statusMoreNeeded = 0xc0000016
)

// Message is the header of one message and the bytes its blocks lie in.
type Message struct {
	Command Command
	Status  uint32
	Flags   uint8
	Flags2  uint16
	PID     uint32
	TID     uint16
	UID     uint16
	MID     uint16
	raw     []byte
}

// Decode reads the header of the message that b holds and returns the number
// of bytes it took, which is HeaderLen. b must end where the message ends.
func Decode(b []byte) (Message, int, error) {
	if got := min(len(b), len(Magic)); string(b[:got]) != Magic[:got] {
		return Message{}, 0, ErrProtocol
	}
	if len(b) < HeaderLen {
		return Message{}, 0, ErrShort
	}
	le := binary.LittleEndian
	return Message{
		Command: Command(b[4]),
		Status:  le.Uint32(b[5:]),
		Flags:   b[9],
		Flags2:  le.Uint16(b[10:]),
		PID:     uint32(le.Uint16(b[12:]))<<16 | uint32(le.Uint16(b[26:])),
		TID:     le.Uint16(b[24:]),
		UID:     le.Uint16(b[28:]),
		MID:     le.Uint16(b[30:]),
		raw:     b,
	}, HeaderLen, nil
}

// Reply reports whether the server sent the message.
func (m *Message) Reply() bool { return m.Flags&flagReply != 0 }

// Wide reports whether strings are UTF-16LE.
func (m *Message) Wide() bool { return m.Flags2&flags2Unicode != 0 }

// Signed reports whether the message carries a signature.
func (m *Message) Signed() bool { return m.Flags2&flags2Signature != 0 }

// Failed reports whether the status is an error. An NT status that is a
// success or a warning is none, nor is the wish for more of a session setup.
func (m *Message) Failed() bool {
	if m.Flags2&flags2NTStatus == 0 {
		return m.Status != 0
	}
	return m.Status>>30 == 3 && m.Status != statusMoreNeeded
}

// MoreNeeded reports whether a session setup goes on with another message.
func (m *Message) MoreNeeded() bool { return m.Status == statusMoreNeeded }

// Block is one command of a message with its parameters and data.
type Block struct {
	Command Command
	Words   []byte // parameters, two bytes for each word
	Data    []byte // as far as the capture has it
	at      int    // where the block starts in the message
	dataAt  int    // where its data start
}

// First is the first block, and false when its parameters are cut.
func (m *Message) First() (Block, bool) { return m.block(m.Command, HeaderLen) }

// Next is the block that follows b in an AndX chain.
func (m *Message) Next(b Block) (Block, bool) {
	if !b.chained() || len(b.Words) < 4 {
		return Block{}, false
	}
	at := int(binary.LittleEndian.Uint16(b.Words[2:]))
	// Going back would make a loop of the chain.
	if Command(b.Words[0]) == NoAndX || at <= b.at {
		return Block{}, false
	}
	return m.block(Command(b.Words[0]), at)
}

func (b *Block) chained() bool {
	switch b.Command {
	case 0x24, OpenAndX, ReadAndX, WriteAndX, SessionSetupAndX, LogoffAndX, TreeConnectAndX, NTCreateAndX:
		return true
	}
	return false
}

func (m *Message) block(c Command, at int) (Block, bool) {
	if at >= len(m.raw) {
		return Block{}, false
	}
	words := at + 1
	count := words + 2*int(m.raw[at])
	if count > len(m.raw) {
		return Block{}, false
	}
	b := Block{Command: c, Words: m.raw[words:count:count], at: at, dataAt: min(count+2, len(m.raw))}
	if count+2 <= len(m.raw) {
		end := min(count+2+int(binary.LittleEndian.Uint16(m.raw[count:])), len(m.raw))
		b.Data = m.raw[count+2 : end : end]
	}
	return b, true
}

// part is what an offset and a length from the header point to, as far as the
// capture has it.
func (m *Message) part(off, n int) []byte {
	if off < HeaderLen || off >= len(m.raw) {
		return nil
	}
	end := min(off+n, len(m.raw))
	return m.raw[off:end:end]
}

// cursor reads the strings of a block's data one after another.
type cursor struct {
	b    []byte
	at   int // of b[0] in the message: wide strings start at even places
	wide bool
}

func (m *Message) cursor(b *Block, skip int) cursor {
	skip = min(skip, len(b.Data))
	return cursor{b: b.Data[skip:], at: b.dataAt + skip, wide: m.Wide()}
}

func (c *cursor) align() {
	if c.wide && c.at&1 != 0 && len(c.b) > 0 {
		c.b, c.at = c.b[1:], c.at+1
	}
}

// text is the next string, aligned where the message is wide.
func (c *cursor) text() winstr.Text {
	c.align()
	return c.cut(c.wide)
}

// narrow is the next string, in bytes whatever the message says.
func (c *cursor) narrow() winstr.Text { return c.cut(false) }

func (c *cursor) cut(wide bool) winstr.Text {
	t, rest := winstr.Cut(c.b, wide)
	c.at += len(c.b) - len(rest)
	c.b = rest
	return t
}
