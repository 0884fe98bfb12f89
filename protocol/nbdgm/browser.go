package nbdgm

import (
	"bytes"
	"encoding/binary"
)

// Opcode is the kind of a browser frame.
type Opcode uint8

// Browser frames (MS-BRWS section 2.2).
const (
	HostAnnouncement        Opcode = 0x01
	AnnouncementRequest     Opcode = 0x02
	RequestElection         Opcode = 0x08
	GetBackupListRequest    Opcode = 0x09
	GetBackupListResponse   Opcode = 0x0a
	BecomeBackup            Opcode = 0x0b
	DomainAnnouncement      Opcode = 0x0c
	MasterAnnouncement      Opcode = 0x0d
	ResetState              Opcode = 0x0e
	LocalMasterAnnouncement Opcode = 0x0f
)

// Roles of a machine, bits of Browser.Roles (MS-BRWS section 2.2.1).
const (
	RoleWorkstation      = 1 << 0
	RoleServer           = 1 << 1
	RoleSQL              = 1 << 2
	RoleDomainController = 1 << 3
	RoleBackupController = 1 << 4
	RoleTimeSource       = 1 << 5
	RolePrinter          = 1 << 9
	RoleUnix             = 1 << 11
	RoleNTWorkstation    = 1 << 12
	RoleNTServer         = 1 << 15
)

// Browser is one frame of the browser service. Text points into the decoded
// buffer and has no padding.
type Browser struct {
	Opcode         Opcode
	Name           []byte // machine; domain in a DomainAnnouncement
	Comment        []byte // what its people wrote; local master in a DomainAnnouncement
	OSMajor        uint8  // 0: the frame does not say
	OSMinor        uint8
	Roles          uint32
	HasComment     bool
	HasRoles       bool
	ElectionWeight uint32
}

// Announces reports whether the frame tells about one machine.
func (f Browser) Announces() bool {
	return f.Opcode == HostAnnouncement || f.Opcode == LocalMasterAnnouncement
}

const (
	announcementName = 6
	announcementOS   = 22
	announcementText = 32
	electionName     = 14
)

// DecodeBrowser reads a message to the mailslot SlotBrowse.
func DecodeBrowser(b []byte) (Browser, error) {
	if len(b) < 1 {
		return Browser{}, ErrShort
	}
	f := Browser{Opcode: Opcode(b[0])}
	switch f.Opcode {
	case HostAnnouncement, LocalMasterAnnouncement, DomainAnnouncement:
		return f, f.announcement(b)
	case RequestElection:
		return f, f.election(b)
	case AnnouncementRequest:
		return f, f.text(b, 2)
	case MasterAnnouncement, BecomeBackup:
		return f, f.text(b, 1)
	case GetBackupListRequest, GetBackupListResponse, ResetState:
		return f, nil
	}
	return f, ErrFormat
}

func (f *Browser) announcement(b []byte) error {
	if len(b) < announcementText {
		return ErrShort
	}
	f.Name = text(b[announcementName:announcementOS])
	f.OSMajor, f.OSMinor = b[announcementOS], b[announcementOS+1]
	f.Roles, f.HasRoles = binary.LittleEndian.Uint32(b[announcementOS+2:]), true
	f.Comment, f.HasComment = text(b[announcementText:]), true
	return nil
}

func (f *Browser) election(b []byte) error {
	if len(b) < electionName {
		return ErrShort
	}
	f.ElectionWeight = binary.LittleEndian.Uint32(b[2:])
	f.Name = text(b[electionName:])
	return nil
}

func (f *Browser) text(b []byte, at int) error {
	if len(b) < at {
		return ErrShort
	}
	f.Name = text(b[at:])
	return nil
}

// text is a string up to its zero.
func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return b
}
