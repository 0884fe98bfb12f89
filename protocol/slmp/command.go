package slmp

// Command is a command code.
type Command uint16

// Command codes of controllers (SH-080956ENG, chapter 5).
const (
	ReadTypeName     Command = 0x0101
	ReadFileInfo     Command = 0x0201
	ReadFileInfoNo   Command = 0x0202
	FileSearch       Command = 0x0203
	ReadFileCount    Command = 0x0204
	ReadDiskUse      Command = 0x0205
	FileRead         Command = 0x0206
	Read             Command = 0x0401
	ReadRandom       Command = 0x0403
	ReadBlock        Command = 0x0406
	ReadArrayLabel   Command = 0x041a
	ReadRandomLabel  Command = 0x041c
	IntelligentRead  Command = 0x0601
	MemoryRead       Command = 0x0613
	SelfTest         Command = 0x0619
	EntryMonitor     Command = 0x0801
	Monitor          Command = 0x0802
	FileLock         Command = 0x0808
	RemoteRun        Command = 0x1001
	RemoteStop       Command = 0x1002
	RemotePause      Command = 0x1003
	RemoteLatchClear Command = 0x1005
	RemoteReset      Command = 0x1006
	FileNew          Command = 0x1202
	FileWrite        Command = 0x1203
	FileModify       Command = 0x1204
	FileDelete       Command = 0x1205
	FileCopy         Command = 0x1206
	FileDefragment   Command = 0x1207
	Write            Command = 0x1401
	WriteRandom      Command = 0x1402
	WriteBlock       Command = 0x1406
	WriteArrayLabel  Command = 0x141a
	WriteRandomLabel Command = 0x141b
	IntelligentWrite Command = 0x1601
	MemoryWrite      Command = 0x1613
	ClearError       Command = 0x1617
	PasswordUnlock   Command = 0x1630
	PasswordLock     Command = 0x1631
	ReadDirectory    Command = 0x1810
	SearchDirectory  Command = 0x1811
	NewFile          Command = 0x1820
	DeleteFile       Command = 0x1822
	CopyFile         Command = 0x1824
	ChangeFileState  Command = 0x1825
	ChangeFileDate   Command = 0x1826
	OpenFile         Command = 0x1827
	ReadFile         Command = 0x1828
	WriteFile        Command = 0x1829
	CloseFile        Command = 0x182a
	OnDemand         Command = 0x2101
	NodeSearch       Command = 0x0e30
	IPAddressSet     Command = 0x0e31
	NodeIndication   Command = 0x3070
	NetworkConfig    Command = 0x0e90 // of CC-Link IE TSN, as are those below
	SlaveConfig      Command = 0x0e92
	CyclicConfig     Command = 0x0e93
	Notification     Command = 0x0e94
)

// Known reports whether the command stands in the reference manual.
func (c Command) Known() bool {
	switch c {
	case ReadTypeName, Read, ReadRandom, ReadBlock, ReadArrayLabel, ReadRandomLabel,
		IntelligentRead, MemoryRead, SelfTest, EntryMonitor, Monitor, FileLock,
		RemoteRun, RemoteStop, RemotePause, RemoteLatchClear, RemoteReset,
		Write, WriteRandom, WriteBlock, WriteArrayLabel, WriteRandomLabel,
		IntelligentWrite, MemoryWrite, ClearError, PasswordUnlock, PasswordLock,
		OnDemand, NodeSearch, IPAddressSet, NodeIndication,
		NetworkConfig, SlaveConfig, CyclicConfig, Notification:
		return true
	}
	return c.file()
}

// file reports whether the command is a file service.
func (c Command) file() bool {
	switch {
	case c >= ReadFileInfo && c <= FileRead, c >= FileNew && c <= FileDefragment:
		return true
	case c == ReadDirectory, c == SearchDirectory, c == NewFile, c == DeleteFile, c >= CopyFile && c <= CloseFile:
		return true
	}
	return false
}
