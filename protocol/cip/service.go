package cip

// Service is a service code without the reply bit. Codes from 0x32 on mean
// something else in each class.
type Service uint8

// Common services (volume 1, appendix A).
const (
	GetAttributesAll      Service = 0x01
	SetAttributesAll      Service = 0x02
	GetAttributeList      Service = 0x03
	SetAttributeList      Service = 0x04
	Reset                 Service = 0x05
	Start                 Service = 0x06
	Stop                  Service = 0x07
	Create                Service = 0x08
	Delete                Service = 0x09
	MultipleServicePacket Service = 0x0a
	ApplyAttributes       Service = 0x0d
	GetAttributeSingle    Service = 0x0e
	SetAttributeSingle    Service = 0x10
	FindNextInstance      Service = 0x11
	Restore               Service = 0x15
	Save                  Service = 0x16
	NoOperation           Service = 0x17
	GetMember             Service = 0x18
	SetMember             Service = 0x19
	InsertMember          Service = 0x1a
	RemoveMember          Service = 0x1b
	GroupSync             Service = 0x1c
)

// Services of the Connection Manager, class 0x06 (volume 1, 3-5.5).
const (
	ForwardClose        Service = 0x4e
	UnconnectedSendCode Service = 0x52
	ForwardOpen         Service = 0x54
	GetConnectionData   Service = 0x56
	SearchConnection    Service = 0x57
	GetConnectionOwner  Service = 0x5a
	LargeForwardOpen    Service = 0x5b
)

// Services on tags of Logix controllers (1756-PM020), and the one that
// carries PCCC in class 0x67.
const (
	ReadTag             Service = 0x4c
	WriteTag            Service = 0x4d
	ReadModifyWriteTag  Service = 0x4e
	ReadTagFragmented   Service = 0x52
	WriteTagFragmented  Service = 0x53
	InstanceAttributes  Service = 0x55
	ExecutePCCC         Service = 0x4b
	ExecutePCCCIndirect Service = 0x4c
)

// Classes that the decoders and the table of operations know by number.
const (
	ClassIdentity          uint32 = 0x01
	ClassMessageRouter     uint32 = 0x02
	ClassAssembly          uint32 = 0x04
	ClassConnectionManager uint32 = 0x06
	ClassFile              uint32 = 0x37
	ClassSafetySupervisor  uint32 = 0x39
	ClassSafetyValidator   uint32 = 0x3a
	ClassTimeSync          uint32 = 0x43
	ClassCIPSecurity       uint32 = 0x5d
	ClassEtherNetSecurity  uint32 = 0x5e
	ClassCertificate       uint32 = 0x5f
	ClassControllerName    uint32 = 0x64
	ClassPCCC              uint32 = 0x67
	ClassProgram           uint32 = 0x68
	ClassModule            uint32 = 0x69
	ClassData              uint32 = 0x6a
	ClassSymbol            uint32 = 0x6b
	ClassTemplate          uint32 = 0x6c
	ClassRoutine           uint32 = 0x6d
	ClassTask              uint32 = 0x70
	ClassTagList           uint32 = 0x72
	ClassLock              uint32 = 0x74
	ClassWallClock         uint32 = 0x8b
	ClassController        uint32 = 0x8e
	ClassStorage           uint32 = 0xa1
	ClassChanges           uint32 = 0xac
	ClassPort              uint32 = 0xf4
	ClassTCPIP             uint32 = 0xf5
	ClassEthernetLink      uint32 = 0xf6
)

// Status is the general status of a reply (volume 1, appendix B).
type Status uint8

// General statuses that say more than yes or no.
const (
	Success            Status = 0x00
	ConnectionFailure  Status = 0x01
	PathUnknown        Status = 0x05
	PartialTransfer    Status = 0x06
	ServiceUnsupported Status = 0x08
	PrivilegeViolation Status = 0x0f
	EmbeddedError      Status = 0x1e
)

// OK reports whether the service was carried out, in whole or, with more to
// fetch, in part.
func (s Status) OK() bool { return s == Success || s == PartialTransfer }
