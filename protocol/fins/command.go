package fins

// Command is a FINS command code: main and sub request code.
type Command uint16

// Command codes (W342 section 5).
const (
	MemoryRead         Command = 0x0101
	MemoryWrite        Command = 0x0102
	MemoryFill         Command = 0x0103
	MemoryMultiRead    Command = 0x0104
	MemoryTransfer     Command = 0x0105
	ParameterRead      Command = 0x0201
	ParameterWrite     Command = 0x0202
	ParameterClear     Command = 0x0203
	DataLinkRead       Command = 0x0220
	DataLinkWrite      Command = 0x0221
	ProgramProtect     Command = 0x0304
	ProgramUnprotect   Command = 0x0305
	ProgramRead        Command = 0x0306
	ProgramWrite       Command = 0x0307
	ProgramClear       Command = 0x0308
	Run                Command = 0x0401
	Stop               Command = 0x0402
	Reset              Command = 0x0403
	ControllerData     Command = 0x0501
	ConnectionData     Command = 0x0502
	ControllerStatus   Command = 0x0601
	NetworkStatus      Command = 0x0602
	DataLinkStatus     Command = 0x0603
	CycleTime          Command = 0x0620
	ClockRead          Command = 0x0701
	ClockWrite         Command = 0x0702
	LoopbackTest       Command = 0x0801
	BroadcastTest      Command = 0x0802
	BroadcastTestSend  Command = 0x0803
	MessageReadClear   Command = 0x0920
	AccessAcquire      Command = 0x0c01
	AccessForceAcquire Command = 0x0c02
	AccessRelease      Command = 0x0c03
	ErrorClear         Command = 0x2101
	ErrorLogRead       Command = 0x2102
	ErrorLogClear      Command = 0x2103
	FinsLogRead        Command = 0x2140
	FinsLogClear       Command = 0x2141
	FileName           Command = 0x2201
	FileRead           Command = 0x2202
	FileWrite          Command = 0x2203
	FileFormat         Command = 0x2204
	FileDelete         Command = 0x2205
	VolumeLabel        Command = 0x2206
	FileCopy           Command = 0x2207
	FileRename         Command = 0x2208
	FileDataCheck      Command = 0x2209
	MemoryFileTransfer Command = 0x220a
	ParamFileTransfer  Command = 0x220b
	ProgramFileXfer    Command = 0x220c
	FileMemoryIndex    Command = 0x220f
	FileMemoryRead     Command = 0x2210
	FileMemoryWrite    Command = 0x2211
	Directory          Command = 0x2215
	MemoryCassette     Command = 0x2220
	ForceSetReset      Command = 0x2301
	ForceCancel        Command = 0x2302
	ConvertToCompoWay  Command = 0x2803
	ConvertToModbusRTU Command = 0x2804
	ConvertToModbusASC Command = 0x2805
	NameSet            Command = 0x2601
	NameDelete         Command = 0x2602
	NameRead           Command = 0x2603
)

// known lists the commands in ascending order, for Known.
var known = [...]Command{
	MemoryRead, MemoryWrite, MemoryFill, MemoryMultiRead, MemoryTransfer,
	ParameterRead, ParameterWrite, ParameterClear, DataLinkRead, DataLinkWrite,
	ProgramProtect, ProgramUnprotect, ProgramRead, ProgramWrite, ProgramClear,
	Run, Stop, Reset, ControllerData, ConnectionData,
	ControllerStatus, NetworkStatus, DataLinkStatus, CycleTime,
	ClockRead, ClockWrite, LoopbackTest, BroadcastTest, BroadcastTestSend, MessageReadClear,
	AccessAcquire, AccessForceAcquire, AccessRelease,
	ErrorClear, ErrorLogRead, ErrorLogClear, FinsLogRead, FinsLogClear,
	FileName, FileRead, FileWrite, FileFormat, FileDelete, VolumeLabel, FileCopy, FileRename,
	FileDataCheck, MemoryFileTransfer, ParamFileTransfer, ProgramFileXfer,
	FileMemoryIndex, FileMemoryRead, FileMemoryWrite, Directory, MemoryCassette,
	ForceSetReset, ForceCancel, NameSet, NameDelete, NameRead,
	ConvertToCompoWay, ConvertToModbusRTU, ConvertToModbusASC,
}

// Known reports whether the command stands in Omron's command reference.
func (c Command) Known() bool {
	lo, hi := 0, len(known)
	for lo < hi {
		mid := (lo + hi) / 2
		if known[mid] < c {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(known) && known[lo] == c
}

// Fits reports whether a command of that code may carry n bytes of data. It is
// exact for the common commands of fixed shape and true for all others.
func (c Command) Fits(n int) bool {
	switch c {
	case MemoryRead, MemoryTransfer:
		return n == 6 || c == MemoryTransfer && n == 10
	case MemoryMultiRead:
		return n > 0 && n%4 == 0
	case MemoryWrite, MemoryFill:
		return n > 6
	case ControllerData:
		return n <= 1
	case ControllerStatus, ClockRead, Reset, ErrorLogClear, NameRead, NameDelete, ForceCancel:
		return n == 0
	case ConnectionData, ErrorLogRead:
		return n == 2 || n == 4
	case ClockWrite:
		return n == 5 || n == 6 || n == 7
	case Run, Stop:
		return n == 0 || n == 2 || n == 3
	}
	return true
}
