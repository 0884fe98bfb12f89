package smb2

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// FileID is the handle of an open file or pipe. All ones stand for the file of
// the message before in a compound.
type FileID struct{ Persistent, Volatile uint64 }

func fileID(b []byte) FileID {
	return FileID{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

// IsRelated reports whether the handle stands for the one before it.
func (f FileID) IsRelated() bool { return f.Persistent == ^uint64(0) && f.Volatile == ^uint64(0) }

// Create is a request to open or make a file, directory or pipe.
type Create struct {
	Name    winstr.Text
	Access  uint32
	Dispose uint32 // 1 open … 5 overwrite or make
	Options uint32
}

// Option of a create request: the file goes when it is closed.
const OptionDeleteOnClose = 0x1000

// CreateRequest reads a create request.
func (m *Message) CreateRequest() (Create, bool) {
	b := m.body(CmdCreate, false, 56)
	if b == nil {
		return Create{}, false
	}
	le := binary.LittleEndian
	return Create{
		Name:    winstr.Text{Raw: m.part(uint32(le.Uint16(b[44:])), uint32(le.Uint16(b[46:]))), Wide: true},
		Access:  le.Uint32(b[24:]),
		Dispose: le.Uint32(b[36:]),
		Options: le.Uint32(b[40:]),
	}, true
}

// OpenedFile is the handle that a create response gives.
func (m *Message) OpenedFile() (FileID, bool) {
	b := m.body(CmdCreate, true, 80)
	if b == nil {
		return FileID{}, false
	}
	return fileID(b[64:]), true
}

// ClosedFile is the handle that a close request gives back.
func (m *Message) ClosedFile() (FileID, bool) {
	b := m.body(CmdClose, false, 24)
	if b == nil {
		return FileID{}, false
	}
	return fileID(b[8:]), true
}

// Written is what a write request carries, as far as the capture has it.
func (m *Message) Written() (FileID, []byte, bool) {
	b := m.body(CmdWrite, false, 32)
	if b == nil {
		return FileID{}, nil, false
	}
	le := binary.LittleEndian
	return fileID(b[16:]), m.part(uint32(le.Uint16(b[2:])), le.Uint32(b[4:])), true
}

// ReadFrom is the handle that a read request asks.
func (m *Message) ReadFrom() (FileID, bool) {
	b := m.body(CmdRead, false, 32)
	if b == nil {
		return FileID{}, false
	}
	return fileID(b[16:]), true
}

// ReadData is what a read response carries, as far as the capture has it.
func (m *Message) ReadData() ([]byte, bool) {
	b := m.body(CmdRead, true, 16)
	if b == nil {
		return nil, false
	}
	return m.part(uint32(b[2]), binary.LittleEndian.Uint32(b[4:])), true
}

// Control codes of an ioctl.
const (
	ControlPipeTransceive = 0x0011c017
	ControlPipeWait       = 0x00110018
	ControlDFSReferrals   = 0x00060194
	ControlValidate       = 0x00140204
	ControlInterfaces     = 0x001401fc
)

// Ioctl is a control message to a file or pipe, request or response.
type Ioctl struct {
	Code uint32
	File FileID
	Data []byte // what is sent, or what comes back
}

// Ioctl reads an ioctl request or response.
func (m *Message) Ioctl() (Ioctl, bool) {
	off, n := 24, 56
	if m.Reply() {
		off, n = 32, 48
	}
	b := m.body(CmdIoctl, m.Reply(), n)
	if b == nil {
		return Ioctl{}, false
	}
	le := binary.LittleEndian
	return Ioctl{
		Code: le.Uint32(b[4:]),
		File: fileID(b[8:]),
		Data: m.part(le.Uint32(b[off:]), le.Uint32(b[off+4:])),
	}, true
}

// Classes of file information that change more than a time or a size.
const (
	ClassRename      = 10
	ClassDisposition = 13 // marks for deletion
)

// SetInfo is a change of a file's properties.
type SetInfo struct {
	Type   uint8 // 1 file, 2 file system, 3 security, 4 quota
	Class  uint8
	File   FileID
	Rename winstr.Text // the new name, with ClassRename
}

// SetInfo reads a set info request.
func (m *Message) SetInfo() (SetInfo, bool) {
	b := m.body(CmdSetInfo, false, 32)
	if b == nil {
		return SetInfo{}, false
	}
	le := binary.LittleEndian
	s := SetInfo{Type: b[2], Class: b[3], File: fileID(b[16:])}
	if s.Type == 1 && s.Class == ClassRename {
		data := m.part(uint32(le.Uint16(b[8:])), le.Uint32(b[4:]))
		if len(data) >= 20 {
			n := min(int64(le.Uint32(data[16:])), int64(len(data)-20))
			s.Rename = winstr.Text{Raw: data[20 : 20+n], Wide: true}
		}
	}
	return s, true
}
