package mms

// Service is the choice number of a confirmed or unconfirmed service.
type Service uint8

// Confirmed services of ISO 9506-2 whose parameters this package reads or that
// change something.
const (
	Status                   Service = 0
	GetNameList              Service = 1
	Identify                 Service = 2
	Rename                   Service = 3
	Read                     Service = 4
	Write                    Service = 5
	GetVariableAttributes    Service = 6
	DeleteVariableAccess     Service = 10
	DefineNamedVariableList  Service = 11
	GetNamedVariableListAttr Service = 12
	DeleteNamedVariableList  Service = 13
	InitiateDownload         Service = 26
	DownloadSegment          Service = 27
	TerminateDownload        Service = 28
	InitiateUpload           Service = 29
	UploadSegment            Service = 30
	TerminateUpload          Service = 31
	RequestDomainDownload    Service = 32
	RequestDomainUpload      Service = 33
	LoadDomainContent        Service = 34
	StoreDomainContent       Service = 35
	DeleteDomain             Service = 36
	GetDomainAttributes      Service = 37
	CreateProgramInvocation  Service = 38
	DeleteProgramInvocation  Service = 39
	Start                    Service = 40
	Stop                     Service = 41
	Resume                   Service = 42
	Reset                    Service = 43
	Kill                     Service = 44
	GetProgramAttributes     Service = 45
	ObtainFile               Service = 46
	FileOpen                 Service = 72
	FileRead                 Service = 73
	FileClose                Service = 74
	FileRename               Service = 75
	FileDelete               Service = 76
	FileDirectory            Service = 77
)

// Unconfirmed services.
const (
	InformationReport Service = 0
	UnsolicitedStatus Service = 1
	EventNotification Service = 2
)

// serviceNames are the standard's names of the confirmed services, by number.
var serviceNames = [...]string{
	"status", "getNameList", "identify", "rename", "read", "write",
	"getVariableAccessAttributes", "defineNamedVariable", "defineScatteredAccess",
	"getScatteredAccessAttributes", "deleteVariableAccess", "defineNamedVariableList",
	"getNamedVariableListAttributes", "deleteNamedVariableList", "defineNamedType",
	"getNamedTypeAttributes", "deleteNamedType", "input", "output", "takeControl",
	"relinquishControl", "defineSemaphore", "deleteSemaphore", "reportSemaphoreStatus",
	"reportPoolSemaphoreStatus", "reportSemaphoreEntryStatus", "initiateDownloadSequence",
	"downloadSegment", "terminateDownloadSequence", "initiateUploadSequence",
	"uploadSegment", "terminateUploadSequence", "requestDomainDownload",
	"requestDomainUpload", "loadDomainContent", "storeDomainContent", "deleteDomain",
	"getDomainAttributes", "createProgramInvocation", "deleteProgramInvocation",
	"start", "stop", "resume", "reset", "kill", "getProgramInvocationAttributes",
	"obtainFile", "defineEventCondition", "deleteEventCondition",
	"getEventConditionAttributes", "reportEventConditionStatus",
	"alterEventConditionMonitoring", "triggerEvent", "defineEventAction",
	"deleteEventAction", "getEventActionAttributes", "reportEventActionStatus",
	"defineEventEnrollment", "deleteEventEnrollment", "alterEventEnrollment",
	"reportEventEnrollmentStatus", "getEventEnrollmentAttributes",
	"acknowledgeEventNotification", "getAlarmSummary", "getAlarmEnrollmentSummary",
	"readJournal", "writeJournal", "initializeJournal", "reportJournalStatus",
	"createJournal", "deleteJournal", "getCapabilityList", "fileOpen", "fileRead",
	"fileClose", "fileRename", "fileDelete", "fileDirectory",
}

// Services is how many confirmed services have a name: numbers below it.
const Services = len(serviceNames)

// String is the standard's name of a confirmed service.
func (s Service) String() string {
	if int(s) < len(serviceNames) {
		return serviceNames[s]
	}
	return "unknown service"
}
