package nbdgm

import (
	"bytes"
	"encoding/binary"
)

// Mailslots that Windows machines write to.
const (
	SlotBrowse   = `\MAILSLOT\BROWSE`
	SlotLanman   = `\MAILSLOT\LANMAN`
	SlotNetlogon = `\MAILSLOT\NET\NETLOGON`
)

// Mailslot is one message to a mailslot. Both fields point into the decoded
// buffer.
type Mailslot struct {
	Name []byte // `\MAILSLOT\BROWSE`
	Data []byte
}

// Places in an SMB transaction, from the start of the SMB header.
const (
	smbHeader   = 32
	smbCommand  = 4
	smbWords    = smbHeader + 1
	transaction = 0x25
	transName   = smbWords + 2*17 + 2
)

// DecodeMailslot reads the SMB transaction in the data of a datagram. Data is
// cut where the capture is.
func DecodeMailslot(b []byte) (Mailslot, error) {
	if len(b) < transName {
		return Mailslot{}, ErrShort
	}
	if string(b[:4]) != "\xffSMB" || b[smbCommand] != transaction || b[smbHeader] != 17 {
		return Mailslot{}, ErrOther
	}
	size := bytes.IndexByte(b[transName:], 0)
	if size < 0 {
		return Mailslot{}, ErrShort
	}
	m := Mailslot{Name: b[transName : transName+size]}
	count := int(binary.LittleEndian.Uint16(b[smbWords+22:]))
	at := int(binary.LittleEndian.Uint16(b[smbWords+24:]))
	if at < transName+size || at > len(b) {
		return m, ErrShort
	}
	m.Data = b[at:min(at+count, len(b))]
	return m, nil
}
