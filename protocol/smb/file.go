package smb

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// FileName is the name that a block asks about: to open, create, delete,
// rename (the old name) or look at.
func (m *Message) FileName(b Block) (winstr.Text, bool) {
	if m.Reply() {
		return winstr.Text{}, false
	}
	c := m.cursor(&b, 0)
	switch b.Command {
	case NTCreateAndX:
		if len(b.Words) < 7 {
			return winstr.Text{}, false
		}
		c.align()
		n := min(int(binary.LittleEndian.Uint16(b.Words[5:])), len(c.b))
		c.b = c.b[:n]
	case OpenAndX:
	case CreateDirectory, DeleteDirectory, Open, Create, Delete, Rename, QueryInformation, NTRename:
		if len(c.b) == 0 || c.b[0] != 4 { // buffer format: a string
			return winstr.Text{}, false
		}
		c.b, c.at = c.b[1:], c.at+1
	default:
		return winstr.Text{}, false
	}
	return c.text(), true
}

// OpenedFile is the number of the file that a response has opened.
func (m *Message) OpenedFile(b Block) (fid uint16, ok bool) {
	if !m.Reply() || m.Failed() {
		return 0, false
	}
	switch {
	case b.Command == NTCreateAndX && len(b.Words) >= 7:
		return binary.LittleEndian.Uint16(b.Words[5:]), true
	case b.Command == OpenAndX && len(b.Words) >= 6:
		return binary.LittleEndian.Uint16(b.Words[4:]), true
	}
	return 0, false
}

// ClosedFile is the number of the file that a request closes.
func (m *Message) ClosedFile(b Block) (fid uint16, ok bool) {
	if b.Command != Close || m.Reply() || len(b.Words) < 2 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(b.Words), true
}

// Written is what a write request carries, as far as the capture has it.
func (m *Message) Written(b Block) (fid uint16, data []byte, ok bool) {
	if b.Command != WriteAndX || m.Reply() || len(b.Words) < 24 {
		return 0, nil, false
	}
	le := binary.LittleEndian
	n := int(le.Uint16(b.Words[20:])) | int(le.Uint16(b.Words[18:]))<<16
	data = m.part(int(le.Uint16(b.Words[22:])), n)
	// A pipe in message mode puts the length of the whole message in front.
	if startOfMessage := le.Uint16(b.Words[14:])&8 != 0; startOfMessage && len(data) >= 2 {
		data = data[2:]
	}
	return le.Uint16(b.Words[4:]), data, true
}

// ReadFrom is the number of the file that a read request asks for.
func (m *Message) ReadFrom(b Block) (fid uint16, ok bool) {
	if b.Command != ReadAndX || m.Reply() || len(b.Words) < 20 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(b.Words[4:]), true
}

// ReadData is what a read response carries, as far as the capture has it.
func (m *Message) ReadData(b Block) ([]byte, bool) {
	if b.Command != ReadAndX || !m.Reply() || len(b.Words) < 24 {
		return nil, false
	}
	le := binary.LittleEndian
	n := int(le.Uint16(b.Words[10:])) | int(le.Uint16(b.Words[14:]))<<16
	return m.part(int(le.Uint16(b.Words[12:])), n), true
}

// Functions of a transaction on a named pipe.
const (
	PipeTransact = 0x26
	PipeWait     = 0x53
)

// Subcommands of Transaction2 that are worth telling apart.
const (
	Trans2FindFirst    = 0x01
	Trans2QueryPath    = 0x05
	Trans2SetPath      = 0x06
	Trans2SessionSetup = 0x0e // reserved, no client sends it
)

// Transact is a transaction, request or response.
type Transact struct {
	Name     winstr.Text // Transaction requests: \PIPE\svcctl, \MAILSLOT\BROWSE
	Function uint16      // requests: the first setup word
	FID      uint16      // requests: the second one, a file number on pipes
	Params   []byte
	Data     []byte
}

// Transact reads the block of a Transaction or Transaction2.
func (m *Message) Transact(b Block) (Transact, bool) {
	if b.Command != Transaction && b.Command != Transaction2 {
		return Transact{}, false
	}
	if m.Reply() {
		return m.transactReply(&b)
	}
	w, le := b.Words, binary.LittleEndian
	if len(w) < 28 {
		return Transact{}, false
	}
	t := Transact{
		Params: m.part(int(le.Uint16(w[20:])), int(le.Uint16(w[18:]))),
		Data:   m.part(int(le.Uint16(w[24:])), int(le.Uint16(w[22:]))),
	}
	if setup := w[28:]; len(setup) >= 2 {
		t.Function = le.Uint16(setup)
		if len(setup) >= 4 {
			t.FID = le.Uint16(setup[2:])
		}
	}
	if b.Command == Transaction {
		c := m.cursor(&b, 0)
		t.Name = c.text()
	}
	return t, true
}

func (m *Message) transactReply(b *Block) (Transact, bool) {
	w, le := b.Words, binary.LittleEndian
	if len(w) < 20 {
		return Transact{}, false
	}
	return Transact{
		Params: m.part(int(le.Uint16(w[8:])), int(le.Uint16(w[6:]))),
		Data:   m.part(int(le.Uint16(w[14:])), int(le.Uint16(w[12:]))),
	}, true
}
