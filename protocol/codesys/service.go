package codesys

import "encoding/binary"

// Protocols of the services layer.
const (
	protocolClear  = 0xcd55
	protocolSecure = 0x7557
)

// Service is the header of an online service. Data is what follows it in this
// block.
type Service struct {
	Encrypted bool
	Response  bool
	Group     Group
	Number    uint16
	Session   uint32
	Length    uint32 // of the whole service, which may take several blocks
	Channel   uint16
	Data      []byte
}

// Code is group and number of a service in one number.
func (s Service) Code() uint32 { return uint32(s.Group)<<16 | uint32(s.Number) }

// OnlineService reads the header of an online service from a channel datagram:
// the first block of a transmission. It is not ok for other datagrams.
func (d Datagram) OnlineService() (Service, bool) {
	const (
		block     = 0x01 // package type: block
		first     = 0x01 // flag: first block
		layerSize = 20
		size      = 20
	)
	p := d.Payload
	if d.Service != ServiceChannel || len(p) < layerSize+size || p[0] != block || p[1]&first == 0 {
		return Service{}, false
	}
	h := p[layerSize:]
	protocol := binary.LittleEndian.Uint16(h)
	if protocol != protocolClear && protocol != protocolSecure || binary.LittleEndian.Uint16(h[2:]) != size-4 {
		return Service{}, false
	}
	group := binary.LittleEndian.Uint16(h[4:])
	return Service{
		Encrypted: protocol == protocolSecure,
		Response:  group&0x80 != 0,
		Group:     Group(group &^ 0x80),
		Number:    binary.LittleEndian.Uint16(h[6:]),
		Session:   binary.LittleEndian.Uint32(h[8:]),
		Length:    binary.LittleEndian.Uint32(h[12:]),
		Channel:   binary.LittleEndian.Uint16(p[2:]),
		Data:      h[size:],
	}, true
}

// Group is a service group: a component of the runtime.
type Group uint16

// Service groups.
const (
	GroupDevice       Group = 0x01
	GroupApp          Group = 0x02
	GroupMonitor      Group = 0x03
	GroupVisu         Group = 0x04
	GroupLog          Group = 0x05
	GroupSettings     Group = 0x06
	GroupEthernet     Group = 0x07
	GroupFileTransfer Group = 0x08
	GroupVarAccess    Group = 0x09
	GroupIoMgr        Group = 0x0b
	GroupUserMgr      Group = 0x0c
	GroupTrace        Group = 0x0f
	GroupShell        Group = 0x11
	GroupBreakpoint   Group = 0x12
	GroupForce        Group = 0x13
	GroupAlarm        Group = 0x18
	GroupMonitor2     Group = 0x1b
)

// Services of the device component.
const (
	DeviceIdentity     = 0x01
	DeviceLogin        = 0x02
	DeviceLogout       = 0x03
	DeviceResetOrigin  = 0x04
	DeviceEcho         = 0x05
	DeviceSetMode      = 0x06
	DeviceGetMode      = 0x07
	DeviceInteractive  = 0x08
	DeviceRename       = 0x09
	DeviceSession      = 0x0a
	DeviceOriginConfig = 0x0b
)

// Services of the application component.
const (
	AppLogin             = 0x01
	AppLogout            = 0x02
	AppCreate            = 0x03
	AppDelete            = 0x04
	AppDownload          = 0x05
	AppOnlineChange      = 0x06
	AppDeviceDownload    = 0x07
	AppCreateDevice      = 0x08
	AppStart             = 0x10
	AppStop              = 0x11
	AppReset             = 0x12
	AppSetBreakpoint     = 0x13
	AppReadStatus        = 0x14
	AppDeleteBreakpoint  = 0x15
	AppReadCallStack     = 0x16
	AppAreaOffset        = 0x17
	AppReadList          = 0x18
	AppSetNextStatement  = 0x19
	AppReleaseForces     = 0x20
	AppUploadForces      = 0x21
	AppSingleCycle       = 0x22
	AppCreateBoot        = 0x23
	AppReinit            = 0x24
	AppReadStates        = 0x25
	AppLoadBoot          = 0x26
	AppRegisterBoot      = 0x27
	AppCheckFiles        = 0x28
	AppReadInfo          = 0x29
	AppDownloadCompact   = 0x30
	AppReadProject       = 0x31
	AppDownloadEncrypted = 0x34
	AppReadContent       = 0x35
	AppSaveRetains       = 0x36
	AppRestoreRetains    = 0x37
)
