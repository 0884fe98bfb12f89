package ads

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ads"
)

var verbs = dissect.NewVerbs("ads", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.ReadDeviceInfo), Name: "Read Device Info", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.Read), Name: "Read", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Write), Name: "Write", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.ReadState), Name: "Read State", Kind: plant.Read, Technique: "T0868"},
	{Code: uint32(pdu.WriteControl), Name: "Write Control", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.AddNotification), Name: "Add Device Notification", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.DeleteNotification), Name: "Delete Device Notification", Kind: plant.Other},
	{Code: uint32(pdu.Notification), Name: "Device Notification", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadWrite), Name: "Read Write", Kind: plant.Read, Technique: "T0801"},
})

func variant(code, name string, kind plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "ads", Code: code, Name: name, Kind: kind, Technique: technique}
}

// Commands whose meaning the index group or the state decides.
var (
	readSymbols  = variant("2", "Read (symbol table)", plant.Read, "T0861")
	readTarget   = variant("2", "Read (target information)", plant.Read, "T0888")
	writeRelease = variant("3", "Write (release symbol handle)", plant.Write, "")
	writeSymbols = variant("3", "Write (symbol download)", plant.Program, "T0843")
	writeRoute   = variant("3", "Write (add route)", plant.Config, "T0836")
	writeNetID   = variant("3", "Write (change NetId)", plant.Config, "T0836")
	writeTime    = variant("3", "Write (set time)", plant.Config, "T0838")
	writeReg     = variant("3", "Write (registry)", plant.Config, "T0836")
	startProcess = variant("3", "Write (start process)", plant.Write, "T0855")

	controlRun      = variant("5", "Write Control (run)", plant.Mode, "T0858")
	controlStop     = variant("5", "Write Control (stop)", plant.Mode, "T0858")
	controlConfig   = variant("5", "Write Control (config mode)", plant.Mode, "T0858")
	controlReset    = variant("5", "Write Control (reset)", plant.Mode, "T0816")
	controlShutdown = variant("5", "Write Control (shutdown)", plant.Mode, "T0816")

	lookUp       = variant("9", "Read Write (symbol by name)", plant.Read, "T0861")
	sumWrite     = variant("9", "Read Write (sum write)", plant.Write, "T0855")
	openRead     = variant("9", "Read Write (open file for reading)", plant.Program, "T0845")
	openWrite    = variant("9", "Read Write (open file for writing)", plant.Program, "T0843")
	fileRead     = variant("9", "Read Write (read file)", plant.Program, "T0845")
	fileWrite    = variant("9", "Read Write (write file)", plant.Program, "T0843")
	fileDelete   = variant("9", "Read Write (delete or rename file)", plant.Program, "T0889")
	fileFind     = variant("9", "Read Write (list files)", plant.Read, "T0888")
	registryRead = variant("9", "Read Write (registry)", plant.Read, "T0888")
	foeWrite     = variant("9", "Read Write (file over EtherCAT, write)", plant.Firmware, "T0839")
	foeRead      = variant("9", "Read Write (file over EtherCAT, read)", plant.Program, "T0845")
)

func controlVerb(control pdu.Control, ok bool) *plant.Verb {
	if ok {
		switch control.State {
		case pdu.StateRun, pdu.StateStart:
			return controlRun
		case pdu.StateStop:
			return controlStop
		case pdu.StateConfig, pdu.StateReconfig:
			return controlConfig
		case pdu.StateReset:
			return controlReset
		case pdu.StateShutdown:
			return controlShutdown
		}
	}
	return verbs.Get(uint32(pdu.WriteControl))
}

// stateSpace names the state that is asked for.
func stateSpace(s pdu.State) string {
	if s == pdu.StateInvalid {
		return ""
	}
	return s.String()
}

// indexVerb is the verb of a request by its index group, which means other
// things to the system service than to a runtime.
func indexVerb(m *pdu.Packet, x pdu.Index) *plant.Verb {
	verb := runtimeVerb(m.Command, x.Group)
	if m.Target.Port == pdu.PortSystem {
		verb = systemVerb(m.Command, x)
	}
	if verb == nil {
		return verbs.Get(uint32(m.Command))
	}
	return verb
}

func runtimeVerb(command pdu.Command, group uint32) *plant.Verb {
	switch command {
	case pdu.Read:
		if group >= pdu.GroupSymbolTable && group <= pdu.GroupSymbolName || group >= pdu.GroupSymbolUpload && group <= 0xf00f {
			return readSymbols
		}
	case pdu.Write:
		switch group {
		case pdu.GroupReleaseHandle:
			return writeRelease
		case pdu.GroupSymbolDownload, pdu.GroupSymbolDownload2:
			return writeSymbols
		}
	case pdu.ReadWrite:
		switch group {
		case pdu.GroupHandleByName, pdu.GroupSymbolInfoByName, pdu.GroupSymbolInfoExt:
			return lookUp
		case pdu.GroupSumWrite:
			return sumWrite
		case pdu.GroupFoEOpenWrite, pdu.GroupFoEWrite:
			return foeWrite
		case pdu.GroupFoEOpenRead, pdu.GroupFoERead:
			return foeRead
		}
	}
	return nil
}

func systemVerb(command pdu.Command, x pdu.Index) *plant.Verb {
	switch command {
	case pdu.Read:
		if x.Group >= pdu.SysTargetInfo && x.Group <= 703 {
			return readTarget
		}
	case pdu.Write:
		return systemWrite(x.Group)
	case pdu.ReadWrite:
		return systemReadWrite(x)
	}
	return nil
}

func systemWrite(group uint32) *plant.Verb {
	switch group {
	case pdu.SysAddRoute, pdu.SysDeleteRoute:
		return writeRoute
	case pdu.SysChangeNetID:
		return writeNetID
	case pdu.SysTime:
		return writeTime
	case pdu.SysRegistry, pdu.SysRegistryUser, pdu.SysRegistryRoot:
		return writeReg
	case pdu.SysStartProcess:
		return startProcess
	}
	return nil
}

func systemReadWrite(x pdu.Index) *plant.Verb {
	const forWriting = 0x02 | 0x04 // write, append
	switch x.Group {
	case pdu.SysFileOpen:
		if x.Offset&forWriting != 0 {
			return openWrite
		}
		return openRead
	case pdu.SysFileRead:
		return fileRead
	case pdu.SysFileWrite, pdu.SysFilePuts, pdu.SysFilePrintf:
		return fileWrite
	case pdu.SysFileDelete, pdu.SysFileRename:
		return fileDelete
	case pdu.SysFileFind:
		return fileFind
	case pdu.SysRegistry, pdu.SysRegistryUser, pdu.SysRegistryRoot:
		return registryRead
	}
	return nil
}
