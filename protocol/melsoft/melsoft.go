// Package melsoft decodes the messages by which Mitsubishi's engineering tools
// (GX Works, MELSOFT) talk to controllers over Ethernet: connection frames on
// TCP and UDP, and the short search frames of iQ-F controllers.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. Bodies are read as far as captures prove
// them: the model of the processor, files, and the command.
//
// Mitsubishi has not published this framing. The layout is that of captures of
// iQ-F, Q and L series; the commands are those of SLMP with the higher byte
// first, and with bits set that tell variants (0x0121 is read type name).
package melsoft

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not MELSOFT.
var (
	ErrShort  = errors.New("melsoft: short frame")
	ErrHeader = errors.New("melsoft: impossible header")
	ErrLength = errors.New("melsoft: lengths do not agree")
)

const (
	request   = 0x57
	response  = 0xd7
	headerLen = 21
	maxLength = 16384
)

// Command is a command code, the higher byte first.
type Command uint16

// Commands seen in captures, by the name SLMP gives the same code.
const (
	ReadTypeName  Command = 0x0101
	ReadTypeNameF Command = 0x0121 // iQ-F
	Authenticate  Command = 0x01a0
	Read          Command = 0x0401
	ReadRandom    Command = 0x0403
	ReadMemory    Command = 0x0410
	ReadBlocks    Command = 0x0411
	ReadClock     Command = 0x0701
	RemoteRun     Command = 0x1001
	RemoteStop    Command = 0x1002
	RemotePause   Command = 0x1003
	LatchClear    Command = 0x1005
	RemoteReset   Command = 0x1006
	Write         Command = 0x1401
	WriteRandom   Command = 0x1402
	WriteMemory   Command = 0x1410
	WriteClock    Command = 0x1701
	NewFile       Command = 0x1820
	DeleteFile    Command = 0x1822
	OpenFile      Command = 0x1827
	ReadFile      Command = 0x1828
	WriteFile     Command = 0x1829
	CloseFile     Command = 0x182a
	ListFilesF    Command = 0x1859 // iQ-F: file services with 0x40 added
	SearchFileF   Command = 0x185f
	NewFileF      Command = 0x1860
	DeleteFileF   Command = 0x1862
	OpenFileF     Command = 0x1867
	ReadFileF     Command = 0x1868
	WriteFileF    Command = 0x1869
	CloseFileF    Command = 0x186a
)

// Message is one request or response of a connection. Data is what follows the
// sequence number; it points into the decoded buffer.
type Message struct {
	Response bool
	Frame    uint8  // sequence number of the frame
	Result   uint16 // responses only, 0 is success
	Command  Command
	Sequence uint16 // pairs a response with its request
	Data     []byte
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if err := check(b); err != nil {
		return Message{}, 0, err
	}
	if len(b) < headerLen {
		return Message{}, 0, ErrShort
	}
	m := Message{Response: b[0] == response, Frame: b[1]}
	length := int(binary.LittleEndian.Uint16(b[19:]))
	if length < 8 || length > maxLength {
		return Message{}, 0, ErrLength
	}
	end := headerLen + length
	if len(b) < end {
		return Message{}, 0, ErrShort
	}
	if err := m.body(b[headerLen:end:end]); err != nil {
		return Message{}, 0, err
	}
	return m, end, nil
}

// check looks at the constant bytes of the header, as many as are there.
func check(b []byte) error {
	for i := 0; i < len(b) && i < 8; i++ {
		var ok bool
		switch i {
		case 0:
			ok = b[0] == request || b[0] == response
		case 1:
			ok = true
		case 2, 3, 4:
			ok = b[i] == 0
		case 5, 6:
			ok = b[i] == 0x11
		case 7:
			ok = b[7] == 0x07 && b[0] == request || b[7] == 0x7f && b[0] == response
		}
		if !ok {
			return ErrHeader
		}
	}
	return nil
}

// body reads a marker, an inner header whose second byte is its length, and
// the command. The inner header of a response has a result code at its end.
func (m *Message) body(b []byte) error {
	if b[0]&0x7f != 0x1c || b[0]&0x80 != 0 != m.Response {
		return ErrHeader
	}
	n := 2 + int(b[2])
	if n < 4 || n+4 > len(b) {
		return ErrLength
	}
	if m.Response {
		m.Result = binary.LittleEndian.Uint16(b[n-2:])
	}
	m.Command = Command(binary.BigEndian.Uint16(b[n:]))
	m.Sequence = binary.LittleEndian.Uint16(b[n+2:])
	m.Data = b[n+4:]
	return nil
}

// Model is the processor in the response to a read of the type name.
func (m Message) Model() ([]byte, bool) {
	if !m.Response || m.Command != ReadTypeName && m.Command != ReadTypeNameF || len(m.Data) < 18 {
		return nil, false
	}
	model := m.Data[2:18]
	if i := bytes.IndexByte(model, 0); i >= 0 {
		model = model[:i]
	}
	model = bytes.TrimRight(model, " ")
	for _, c := range model {
		if c <= ' ' && c != ' ' || c > '~' {
			return nil, false
		}
	}
	return model, len(model) > 0
}

// File appends to dst the file that a request to open, make, delete or search a
// file names. It appends nothing when there is none.
func (m Message) File(dst []byte) []byte {
	switch m.Command {
	case OpenFileF, SearchFileF, NewFileF, DeleteFileF:
	default:
		return dst
	}
	start, end := path(m.Data)
	if m.Response || start == end {
		return dst
	}
	for i := start; i+1 < end; i += 2 {
		c := binary.LittleEndian.Uint16(m.Data[i:])
		if c < ' ' || c > '~' {
			break
		}
		dst = append(dst, byte(c))
	}
	return dst
}

// path finds the UTF-16 path in the data of a file service: it starts with a
// dollar sign behind its length in bytes, and ends with a NUL.
func path(b []byte) (start, end int) {
	for i := 2; i+1 < len(b); i++ {
		if b[i] != '$' || b[i+1] != 0 {
			continue
		}
		n := int(binary.LittleEndian.Uint16(b[i-2:]))
		if n >= 4 && i+n <= len(b) && b[i+n-2] == 0 && b[i+n-1] == 0 {
			return i, i + n
		}
	}
	return 0, 0
}
