package codesys

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/codesys"
)

// Groups of services, shifted to where a service's code has them.
const (
	device   = uint32(pdu.GroupDevice) << 16
	app      = uint32(pdu.GroupApp) << 16
	monitor  = uint32(pdu.GroupMonitor) << 16
	file     = uint32(pdu.GroupFileTransfer) << 16
	variable = uint32(pdu.GroupVarAccess) << 16
	monitor2 = uint32(pdu.GroupMonitor2) << 16
	force    = uint32(pdu.GroupForce) << 16
	users    = uint32(pdu.GroupUserMgr) << 16
	shell    = uint32(pdu.GroupShell) << 16
	logger   = uint32(pdu.GroupLog) << 16
)

var verbs = dissect.NewVerbs("codesys", "0x%06x", []dissect.VerbRow{
	{Code: pdu.ResolveName, Name: "Resolve Name", Kind: plant.Identify, Technique: "T0846"},
	{Code: pdu.ResolveAddress, Name: "Resolve Address", Kind: plant.Identify, Technique: "T0846"},
	{Code: pdu.Identification, Name: "Identification", Kind: plant.Identify, Technique: "T0888"},

	{Code: device | pdu.DeviceIdentity, Name: "Device: Get Target Identity", Kind: plant.Identify, Technique: "T0888"},
	{Code: device | pdu.DeviceLogin, Name: "Device: Login", Kind: plant.Auth},
	{Code: device | pdu.DeviceLogout, Name: "Device: Logout", Kind: plant.Auth},
	{Code: device | pdu.DeviceResetOrigin, Name: "Device: Reset Origin", Kind: plant.Mode, Technique: "T0816"},
	{Code: device | pdu.DeviceEcho, Name: "Device: Echo", Kind: plant.Other},
	{Code: device | pdu.DeviceSetMode, Name: "Device: Set Operation Mode", Kind: plant.Mode, Technique: "T0858"},
	{Code: device | pdu.DeviceGetMode, Name: "Device: Get Operation Mode", Kind: plant.Read, Technique: "T0868"},
	{Code: device | pdu.DeviceInteractive, Name: "Device: Interactive Login", Kind: plant.Auth},
	{Code: device | pdu.DeviceRename, Name: "Device: Set Node Name", Kind: plant.Config, Technique: "T0836"},
	{Code: device | pdu.DeviceSession, Name: "Device: Create Session", Kind: plant.Auth},
	{Code: device | pdu.DeviceOriginConfig, Name: "Device: Get Reset Origin Configuration", Kind: plant.Read},

	{Code: app | pdu.AppLogin, Name: "Application: Login", Kind: plant.Auth},
	{Code: app | pdu.AppLogout, Name: "Application: Logout", Kind: plant.Auth},
	{Code: app | pdu.AppCreate, Name: "Application: Create", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppDelete, Name: "Application: Delete", Kind: plant.Program, Technique: "T0889"},
	{Code: app | pdu.AppDownload, Name: "Application: Download", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppOnlineChange, Name: "Application: Online Change", Kind: plant.Program, Technique: "T0889"},
	{Code: app | pdu.AppDeviceDownload, Name: "Application: Device Download", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppCreateDevice, Name: "Application: Create Device Application", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppStart, Name: "Application: Start", Kind: plant.Mode, Technique: "T0858"},
	{Code: app | pdu.AppStop, Name: "Application: Stop", Kind: plant.Mode, Technique: "T0858"},
	{Code: app | pdu.AppReset, Name: "Application: Reset", Kind: plant.Mode, Technique: "T0816"},
	{Code: app | pdu.AppSetBreakpoint, Name: "Application: Set Breakpoint", Kind: plant.Mode, Technique: "T0858"},
	{Code: app | pdu.AppReadStatus, Name: "Application: Read Status", Kind: plant.Read, Technique: "T0868"},
	{Code: app | pdu.AppDeleteBreakpoint, Name: "Application: Delete Breakpoint", Kind: plant.Mode},
	{Code: app | pdu.AppReadCallStack, Name: "Application: Read Call Stack", Kind: plant.Read},
	{Code: app | pdu.AppAreaOffset, Name: "Application: Get Area Offset", Kind: plant.Read},
	{Code: app | pdu.AppReadList, Name: "Application: Read List", Kind: plant.Read, Technique: "T0888"},
	{Code: app | pdu.AppSetNextStatement, Name: "Application: Set Next Statement", Kind: plant.Mode, Technique: "T0858"},
	{Code: app | pdu.AppReleaseForces, Name: "Application: Release Forced Values", Kind: plant.Write, Technique: "T0855"},
	{Code: app | pdu.AppUploadForces, Name: "Application: Upload Forced Values", Kind: plant.Read},
	{Code: app | pdu.AppSingleCycle, Name: "Application: Single Cycle", Kind: plant.Mode, Technique: "T0858"},
	{Code: app | pdu.AppCreateBoot, Name: "Application: Create Boot Project", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppReinit, Name: "Application: Reinitialize", Kind: plant.Mode, Technique: "T0816"},
	{Code: app | pdu.AppReadStates, Name: "Application: Read State List", Kind: plant.Read, Technique: "T0868"},
	{Code: app | pdu.AppLoadBoot, Name: "Application: Load Boot Application", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppRegisterBoot, Name: "Application: Register Boot Application", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppCheckFiles, Name: "Application: Check Files", Kind: plant.Read},
	{Code: app | pdu.AppReadInfo, Name: "Application: Read Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: app | pdu.AppDownloadCompact, Name: "Application: Download (compact)", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppReadProject, Name: "Application: Read Project Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: app | pdu.AppDownloadEncrypted, Name: "Application: Download (encrypted)", Kind: plant.Program, Technique: "T0843"},
	{Code: app | pdu.AppReadContent, Name: "Application: Read Content", Kind: plant.Program, Technique: "T0845"},
	{Code: app | pdu.AppSaveRetains, Name: "Application: Save Retains", Kind: plant.Read},
	{Code: app | pdu.AppRestoreRetains, Name: "Application: Restore Retains", Kind: plant.Write, Technique: "T0855"},

	{Code: file | 0x01, Name: "File: Get Information", Kind: plant.Read, Technique: "T0888"},
	{Code: file | 0x02, Name: "File: Begin Download", Kind: plant.Program, Technique: "T0843"},
	{Code: file | 0x03, Name: "File: Restart Download", Kind: plant.Program, Technique: "T0843"},
	{Code: file | 0x04, Name: "File: Download", Kind: plant.Program, Technique: "T0843"},
	{Code: file | 0x05, Name: "File: Begin Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: file | 0x06, Name: "File: Restart Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: file | 0x07, Name: "File: Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: file | 0x08, Name: "File: End", Kind: plant.Program},
	{Code: file | 0x09, Name: "File: Cancel", Kind: plant.Other},
	{Code: file | 0x0c, Name: "File: Read Directory", Kind: plant.Read, Technique: "T0888"},
	{Code: file | 0x0e, Name: "File: Delete", Kind: plant.Program, Technique: "T0889"},
	{Code: file | 0x0f, Name: "File: Rename", Kind: plant.Program, Technique: "T0889"},
	{Code: file | 0x10, Name: "File: Create Directory", Kind: plant.Program},
	{Code: file | 0x11, Name: "File: Delete Directory", Kind: plant.Program, Technique: "T0889"},
	{Code: file | 0x12, Name: "File: Rename Directory", Kind: plant.Program, Technique: "T0889"},

	{Code: variable | 0x01, Name: "Variables: Register List", Kind: plant.Other},
	{Code: variable | 0x02, Name: "Variables: Unregister List", Kind: plant.Other},
	{Code: variable | 0x03, Name: "Variables: Read List", Kind: plant.Read, Technique: "T0801"},
	{Code: variable | 0x04, Name: "Variables: Write List", Kind: plant.Write, Technique: "T0855"},
	{Code: variable | 0x05, Name: "Variables: Read", Kind: plant.Read, Technique: "T0801"},
	{Code: variable | 0x06, Name: "Variables: Write", Kind: plant.Write, Technique: "T0855"},
	{Code: variable | 0x07, Name: "Variables: Get Root Nodes", Kind: plant.Read, Technique: "T0861"},
	{Code: variable | 0x08, Name: "Variables: Get Children", Kind: plant.Read, Technique: "T0861"},
	{Code: variable | 0x09, Name: "Variables: Get Types", Kind: plant.Read, Technique: "T0861"},
	{Code: variable | 0x0a, Name: "Variables: Get Address", Kind: plant.Read, Technique: "T0861"},

	{Code: monitor | 0x01, Name: "Monitor: Read", Kind: plant.Read, Technique: "T0801"},
	{Code: monitor | 0x02, Name: "Monitor: Write", Kind: plant.Write, Technique: "T0855"},
	{Code: monitor2 | 0x01, Name: "Monitor: Read", Kind: plant.Read, Technique: "T0801"},
	{Code: monitor2 | 0x02, Name: "Monitor: Write", Kind: plant.Write, Technique: "T0855"},
	{Code: force | 0x01, Name: "Force Values", Kind: plant.Write, Technique: "T0855"},
	{Code: users | 0x01, Name: "User Management", Kind: plant.Auth, Technique: "T0892"},
	{Code: shell | 0x01, Name: "PLC Shell Command", Kind: plant.Config, Technique: "T0836"},
	{Code: logger | 0x01, Name: "Log: Get Entries", Kind: plant.Read},
	{Code: logger | 0x02, Name: "Log: Get Component Names", Kind: plant.Read},
	{Code: logger | 0x03, Name: "Log: Get Loggers", Kind: plant.Read},
})

// Messages without a service number.
var (
	messageV2 = &plant.Verb{Protocol: "codesys", Code: "v2", Name: "V2 message", Kind: plant.Other}
	encrypted = &plant.Verb{Protocol: "codesys", Code: "secure", Name: "Encrypted service", Kind: plant.Other}
)
