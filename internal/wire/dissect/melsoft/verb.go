package melsoft

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/melsoft"
)

var searches = dissect.NewVerbs("melsoft", "search 0x%02x", []dissect.VerbRow{
	{Code: 0x01, Name: "Search", Kind: plant.Identify, Technique: "T0846"},
	{Code: 0x11, Name: "Search", Kind: plant.Identify, Technique: "T0846"},
	{Code: 0x22, Name: "Search", Kind: plant.Identify, Technique: "T0846"},
	{Code: 0xff, Name: "Search (processor)", Kind: plant.Identify, Technique: "T0846"},
})

var verbs = dissect.NewVerbs("melsoft", "0x%04x", []dissect.VerbRow{
	{Code: uint32(pdu.ReadTypeName), Name: "Read Type Name", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ReadTypeNameF), Name: "Read Type Name", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.Authenticate), Name: "Authenticate", Kind: plant.Auth},
	{Code: uint32(pdu.Read), Name: "Read", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadRandom), Name: "Read Random", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadMemory), Name: "Read Memory", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadBlocks), Name: "Read Blocks", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0413, Name: "Read Status", Kind: plant.Read, Technique: "T0868"},
	{Code: uint32(pdu.ReadClock), Name: "Read Clock", Kind: plant.Read},
	{Code: 0x0b2a, Name: "Read Module Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.RemoteRun), Name: "Remote Run", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.RemoteStop), Name: "Remote Stop", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.RemotePause), Name: "Remote Pause", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.LatchClear), Name: "Remote Latch Clear", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.RemoteReset), Name: "Remote Reset", Kind: plant.Mode, Technique: "T0816"},
	{Code: uint32(pdu.Write), Name: "Write", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteRandom), Name: "Write Random", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteMemory), Name: "Write Memory", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteClock), Name: "Write Clock", Kind: plant.Config, Technique: "T0838"},
	{Code: 0x1630, Name: "Password Unlock", Kind: plant.Auth, Technique: "T0892"},
	{Code: 0x1631, Name: "Password Lock", Kind: plant.Auth, Technique: "T0892"},
	{Code: uint32(pdu.NewFile), Name: "New File", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.DeleteFile), Name: "Delete File", Kind: plant.Program, Technique: "T0889"},
	{Code: uint32(pdu.OpenFile), Name: "Open File", Kind: plant.Program},
	{Code: uint32(pdu.ReadFile), Name: "Read File", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.WriteFile), Name: "Write File", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.CloseFile), Name: "Close File", Kind: plant.Program},
	{Code: uint32(pdu.ListFilesF), Name: "List Files", Kind: plant.Read, Technique: "T0888"},
	{Code: uint32(pdu.SearchFileF), Name: "Search File", Kind: plant.Read, Technique: "T0888"},
	{Code: uint32(pdu.NewFileF), Name: "New File", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.DeleteFileF), Name: "Delete File", Kind: plant.Program, Technique: "T0889"},
	{Code: uint32(pdu.OpenFileF), Name: "Open File", Kind: plant.Program},
	{Code: uint32(pdu.ReadFileF), Name: "Read File", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.WriteFileF), Name: "Write File", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.CloseFileF), Name: "Close File", Kind: plant.Program},
	{Code: 0x187e, Name: "Search Files", Kind: plant.Read, Technique: "T0888"},
})
