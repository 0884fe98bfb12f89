// Package s7comm decodes S7 communication, the protocol of SIMATIC S7-300,
// S7-400, compatible controllers and the S7 functions of S7-1200 and S7-1500.
//
// Decode reads one protocol data unit, which is the user data of one COTP
// transport service data unit; the other functions read what stands in its
// parameter and data parts: variables, blocks being transferred, program
// invocation services, userdata and system status lists (SZL). It reads bytes
// and returns values that point into them: no I/O, no state, no clock. It does
// not join userdata that comes in several units, pairs nothing and does not
// read the NC-specific messages of SINUMERIK beyond their names.
//
// Reference: none is published by the manufacturer for the frames. Layouts and
// numbers are those of Wireshark's dissector documentation (display filter
// reference s7comm, version 4.0), proved on the captures named in
// docs/protocols/s7comm.md; system status lists and block types are those of
// the manual "System Software for S7-300/400, System and Standard Functions"
// (A5E00261410), chapter 34.
package s7comm

import "errors"

// Errors that Decode returns. ErrShort means "give me more bytes"; the others
// that the bytes are not S7comm.
var (
	ErrShort    = errors.New("s7comm: short unit")
	ErrProtocol = errors.New("s7comm: protocol identifier is not 0x32")
	ErrROSCTR   = errors.New("s7comm: unknown type of unit")
)

// ProtocolID is the first byte of every unit.
const ProtocolID = 0x32

// ROSCTR (remote operating service control) is the type of a unit.
type ROSCTR uint8

// Types of units.
const (
	Job      ROSCTR = 1 // a request
	Ack      ROSCTR = 2 // an answer without data, mostly a refusal
	AckData  ROSCTR = 3 // an answer
	Userdata ROSCTR = 7 // requests, answers and reports of the userdata family
)

// PDU is one unit. Param and Data point into the decoded bytes.
type PDU struct {
	ROSCTR     ROSCTR
	Reference  uint16 // chosen by the requester, repeated in the answer
	ErrorClass uint8  // Ack and AckData: 0 is no error
	ErrorCode  uint8
	Param      []byte
	Data       []byte
}

// headerLen is the length of the header by type.
func headerLen(r ROSCTR) int {
	switch r {
	case Job, Userdata:
		return 10
	case Ack, AckData:
		return 12
	}
	return 0
}

// Decode reads the unit at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (PDU, int, error) {
	if len(b) > 0 && b[0] != ProtocolID {
		return PDU{}, 0, ErrProtocol
	}
	if len(b) < 2 {
		return PDU{}, 0, ErrShort
	}
	p := PDU{ROSCTR: ROSCTR(b[1])}
	head := headerLen(p.ROSCTR)
	if head == 0 {
		return PDU{}, 0, ErrROSCTR
	}
	if len(b) < head {
		return PDU{}, 0, ErrShort
	}
	p.Reference = be16(b[4:])
	if head == 12 {
		p.ErrorClass, p.ErrorCode = b[10], b[11]
	}
	param := head + int(be16(b[6:]))
	end := param + int(be16(b[8:]))
	if len(b) < end {
		return PDU{}, 0, ErrShort
	}
	p.Param, p.Data = b[head:param:param], b[param:end:end]
	return p, end, nil
}

// Function is what a Job asks for and its answer repeats: the first byte of
// their parameters.
type Function uint8

// Functions of jobs.
const (
	CPUServices        Function = 0x00
	ReadVar            Function = 0x04
	WriteVar           Function = 0x05
	RequestDownload    Function = 0x1a
	DownloadBlock      Function = 0x1b
	DownloadEnded      Function = 0x1c
	StartUpload        Function = 0x1d
	Upload             Function = 0x1e
	EndUpload          Function = 0x1f
	PIService          Function = 0x28 // start a program invocation service
	PLCStop            Function = 0x29
	SetupCommunication Function = 0xf0
)

// Function is the function of a Job, Ack or AckData; false when the unit has
// no parameters or is of the userdata family.
func (p PDU) Function() (Function, bool) {
	if p.ROSCTR == Userdata || len(p.Param) == 0 {
		return 0, false
	}
	return Function(p.Param[0]), true
}

// Failed reports an answer that names an error.
func (p PDU) Failed() bool { return p.ErrorClass != 0 || p.ErrorCode != 0 }

// Setup is what the two ends agree on: how many jobs may be open each way and
// how long a unit may be.
type Setup struct {
	MaxCalling, MaxCalled uint16
	PDULength             uint16
}

// DecodeSetup reads the parameters of SetupCommunication.
func DecodeSetup(param []byte) (Setup, bool) {
	if len(param) < 8 {
		return Setup{}, false
	}
	return Setup{MaxCalling: be16(param[2:]), MaxCalled: be16(param[4:]), PDULength: be16(param[6:])}, true
}

func be16(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }
