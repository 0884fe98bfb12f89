// Package smb2 decodes SMB2 and SMB3 messages as they stand in a NetBIOS
// session message or on direct TCP.
//
// It reads the header, the bodies that tell who is there and what is touched
// (negotiate, session setup, tree connect, create, read, write, ioctl, set
// info), and steps through compound requests. Of an encrypted or compressed
// message it reads the transform header only. Byte slices and strings point
// into the decoded buffer. A message that a capture has cut is read as far as
// it is whole. It keeps no state.
//
// Reference: MS-SMB2, section 2.2.
package smb2

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort     = errors.New("smb2: short message")
	ErrProtocol  = errors.New("smb2: no SMB2 header")
	ErrStructure = errors.New("smb2: header structure size is not 64")
)

// What starts a message in clear, an encrypted one and a compressed one.
const (
	Magic           = "\xfeSMB"
	MagicEncrypted  = "\xfdSMB"
	MagicCompressed = "\xfcSMB"
)

// HeaderLen is the length of the header of a message in clear.
const HeaderLen = 64

// Command is what a message asks for or answers.
type Command uint16

// Commands.
const (
	CmdNegotiate      Command = 0x00
	CmdSessionSetup   Command = 0x01
	CmdLogoff         Command = 0x02
	CmdTreeConnect    Command = 0x03
	CmdTreeDisconnect Command = 0x04
	CmdCreate         Command = 0x05
	CmdClose          Command = 0x06
	CmdFlush          Command = 0x07
	CmdRead           Command = 0x08
	CmdWrite          Command = 0x09
	CmdLock           Command = 0x0a
	CmdIoctl          Command = 0x0b
	CmdCancel         Command = 0x0c
	CmdEcho           Command = 0x0d
	CmdQueryDirectory Command = 0x0e
	CmdChangeNotify   Command = 0x0f
	CmdQueryInfo      Command = 0x10
	CmdSetInfo        Command = 0x11
	CmdOplockBreak    Command = 0x12
)

// Bits of the header's flags.
const (
	flagReply   = 1 << 0
	flagAsync   = 1 << 1
	flagRelated = 1 << 2
	flagSigned  = 1 << 3
)

// Statuses that say neither yes nor no.
const (
	statusPending        = 0x00000103
	statusMoreProcessing = 0xc0000016
)

// Message is one message. An encrypted or compressed one has only Encrypted or
// Compressed set.
type Message struct {
	Command    Command
	Status     uint32 // responses
	Flags      uint32
	ID         uint64
	Tree       uint32 // 0 in asynchronous messages, which have none
	Session    uint64
	Encrypted  bool
	Compressed bool
	raw        []byte
}

// Decode reads the first message in b and returns the number of bytes up to
// the next one of a compound. b must end where the last message ends.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	switch string(b[:4]) {
	case MagicEncrypted:
		return Message{Encrypted: true, raw: b}, len(b), nil
	case MagicCompressed:
		return Message{Compressed: true, raw: b}, len(b), nil
	case Magic:
	default:
		return Message{}, 0, ErrProtocol
	}
	if len(b) < HeaderLen {
		return Message{}, 0, ErrShort
	}
	le := binary.LittleEndian
	if le.Uint16(b[4:]) != HeaderLen {
		return Message{}, 0, ErrStructure
	}
	m := Message{
		Command: Command(le.Uint16(b[12:])),
		Status:  le.Uint32(b[8:]),
		Flags:   le.Uint32(b[16:]),
		ID:      le.Uint64(b[24:]),
		Session: le.Uint64(b[40:]),
	}
	if m.Flags&flagAsync == 0 {
		m.Tree = le.Uint32(b[36:])
	}
	n := len(b)
	// The next message starts on a multiple of eight behind this header.
	if next := le.Uint32(b[20:]); next >= HeaderLen && next < uint32(len(b)) {
		n = int(next)
	}
	m.raw = b[:n:n]
	return m, n, nil
}

// Reply reports whether the server sent the message.
func (m *Message) Reply() bool { return m.Flags&flagReply != 0 }

// Related reports whether the message goes on with the session, tree and file
// of the one before it in a compound.
func (m *Message) Related() bool { return m.Flags&flagRelated != 0 }

// Signed reports whether the message carries a signature.
func (m *Message) Signed() bool { return m.Flags&flagSigned != 0 }

// Interim reports whether the real answer comes later.
func (m *Message) Interim() bool { return m.Flags&flagAsync != 0 && m.Status == statusPending }

// MoreNeeded reports whether a session setup goes on with another message.
func (m *Message) MoreNeeded() bool { return m.Status == statusMoreProcessing }

// Failed reports whether the status is an error. Warnings, such as "no more
// files", and the wish for more of a session setup are none.
func (m *Message) Failed() bool { return m.Status>>30 == 3 && m.Status != statusMoreProcessing }

// body is what stands behind the header, nil if it is shorter than n or is the
// body of an error.
func (m *Message) body(c Command, reply bool, n int) []byte {
	if m.Command != c || m.Reply() != reply || len(m.raw) < HeaderLen+n || reply && m.Failed() {
		return nil
	}
	return m.raw[HeaderLen:]
}

// part is what an offset and a length from the header point to, as far as the
// capture has it.
func (m *Message) part(off, n uint32) []byte {
	if off < HeaderLen || int64(off) >= int64(len(m.raw)) {
		return nil
	}
	end := min(int64(off)+int64(n), int64(len(m.raw)))
	return m.raw[off:end:end]
}
