package msrpc

import (
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
)

// iface is an interface whose operations are known.
type iface struct {
	name  string
	other *plant.Verb // for operations that have no row
	ops   map[uint16]*plant.Verb
	opc   bool // it belongs to OPC over DCOM
}

// verb is the verb of an operation, and whether it has a row of its own.
func (i *iface) verb(op uint16) (*plant.Verb, bool) {
	if v := i.ops[op]; v != nil {
		return v, true
	}
	return i.other, false
}

// Techniques: calls that run something on another computer are T0886 (remote
// services), those that look around T0846 and T0888, those that change accounts
// T0892, and those of OPC are rated like any other access to process values.
type row struct {
	op        uint16
	name      string
	kind      plant.Kind
	technique string
}

type table struct {
	uuid, name string
	opc        bool
	rows       []row
}

// known finds interfaces by their identifier.
var known = func() map[dcerpc.UUID]*iface {
	m := make(map[dcerpc.UUID]*iface, len(tables)+len(opcTables))
	for _, t := range slices.Concat(tables, opcTables) {
		i := &iface{name: t.name, ops: make(map[uint16]*plant.Verb, len(t.rows)), opc: t.opc}
		i.other = &plant.Verb{Protocol: "dcerpc", Code: t.name, Name: t.name + " call"}
		for _, r := range t.rows {
			i.ops[r.op] = &plant.Verb{
				Protocol: "dcerpc", Code: fmt.Sprintf("%s.%d", t.name, r.op), Name: t.name + " " + r.name, Kind: r.kind, Technique: r.technique,
			}
		}
		m[dcerpc.ParseUUID(t.uuid)] = i
	}
	return m
}()

// foreign stands for interfaces that are not known, and for calls whose bind
// was not seen.
var foreign = &iface{name: "", other: &plant.Verb{Protocol: "dcerpc", Code: "request", Name: "Remote procedure call"}}

var tables = []table{
	{uuid: "e1af8308-5d1f-11c9-91a4-08002b14a0fa", name: "epmapper", rows: []row{
		{2, "ept_lookup", plant.Identify, "T0846"},
		{3, "ept_map", plant.Other, ""},
	}},
	{uuid: "367abb81-9844-35f1-ad32-98f038001003", name: "svcctl", rows: []row{
		{1, "ControlService", plant.Config, "T0886"},
		{2, "DeleteService", plant.Config, "T0886"},
		{11, "ChangeServiceConfigW", plant.Config, "T0886"},
		{12, "CreateServiceW", plant.Config, "T0886"},
		{14, "EnumServicesStatusW", plant.Identify, "T0888"},
		{15, "OpenSCManagerW", plant.Other, ""},
		{16, "OpenServiceW", plant.Other, ""},
		{19, "StartServiceW", plant.Config, "T0886"},
		{24, "CreateServiceA", plant.Config, "T0886"},
		{31, "StartServiceA", plant.Config, "T0886"},
		{42, "EnumServicesStatusExW", plant.Identify, "T0888"},
		{45, "CreateServiceWOW64W", plant.Config, "T0886"},
		{60, "CreateWowService", plant.Config, "T0886"},
	}},
	{uuid: "1ff70682-0a51-30e8-076d-740be8cee98b", name: "atsvc", rows: []row{
		{0, "NetrJobAdd", plant.Config, "T0886"},
		{1, "NetrJobDel", plant.Config, "T0886"},
		{2, "NetrJobEnum", plant.Identify, "T0888"},
	}},
	{uuid: "86d35949-83c9-4044-b424-db363231fd0c", name: "taskscheduler", rows: []row{
		{1, "SchRpcRegisterTask", plant.Config, "T0886"},
		{7, "SchRpcEnumTasks", plant.Identify, "T0888"},
		{12, "SchRpcRun", plant.Config, "T0886"},
		{13, "SchRpcDelete", plant.Config, "T0886"},
	}},
	{uuid: "338cd001-2244-31f1-aaaa-900038001003", name: "winreg", rows: []row{
		{6, "BaseRegCreateKey", plant.Config, "T0886"},
		{7, "BaseRegDeleteKey", plant.Config, "T0886"},
		{8, "BaseRegDeleteValue", plant.Config, "T0886"},
		{9, "BaseRegEnumKey", plant.Identify, "T0888"},
		{17, "BaseRegQueryValue", plant.Identify, "T0888"},
		{22, "BaseRegSetValue", plant.Config, "T0886"},
		{24, "BaseInitiateSystemShutdown", plant.Mode, "T0816"},
		{30, "BaseInitiateSystemShutdownEx", plant.Mode, "T0816"},
	}},
	{uuid: "894de0c0-0d55-11d3-a322-00c04fa321a1", name: "initshutdown", rows: []row{
		{0, "BaseInitiateShutdown", plant.Mode, "T0816"},
		{2, "BaseInitiateShutdownEx", plant.Mode, "T0816"},
	}},
	{uuid: "12345778-1234-abcd-ef00-0123456789ac", name: "samr", rows: []row{
		{6, "SamrEnumerateDomainsInSamServer", plant.Identify, "T0846"},
		{11, "SamrEnumerateGroupsInDomain", plant.Identify, "T0846"},
		{13, "SamrEnumerateUsersInDomain", plant.Identify, "T0846"},
		{15, "SamrEnumerateAliasesInDomain", plant.Identify, "T0846"},
		{22, "SamrAddMemberToGroup", plant.Auth, "T0892"},
		{31, "SamrAddMemberToAlias", plant.Auth, "T0892"},
		{37, "SamrSetInformationUser", plant.Auth, "T0892"},
		{40, "SamrQueryDisplayInformation", plant.Identify, "T0846"},
		{50, "SamrCreateUser2InDomain", plant.Auth, "T0892"},
		{55, "SamrUnicodeChangePasswordUser2", plant.Auth, "T0892"},
		{58, "SamrSetInformationUser2", plant.Auth, "T0892"},
	}},
	{uuid: "12345778-1234-abcd-ef00-0123456789ab", name: "lsarpc", rows: []row{
		{7, "LsarQueryInformationPolicy", plant.Identify, "T0888"},
		{14, "LsarLookupNames", plant.Identify, ""},
		{15, "LsarLookupSids", plant.Identify, ""},
		{46, "LsarQueryInformationPolicy2", plant.Identify, "T0888"},
		{57, "LsarLookupSids2", plant.Identify, ""},
		{58, "LsarLookupNames2", plant.Identify, ""},
		{76, "LsarLookupSids3", plant.Identify, ""},
		{77, "LsarLookupNames4", plant.Identify, ""},
	}},
	{uuid: "12345678-1234-abcd-ef00-01234567cffb", name: "netlogon", rows: []row{
		{2, "NetrLogonSamLogon", plant.Auth, ""},
		{4, "NetrServerReqChallenge", plant.Auth, ""},
		{6, "NetrServerPasswordSet", plant.Auth, "T0892"},
		{15, "NetrServerAuthenticate2", plant.Auth, ""},
		{26, "NetrServerAuthenticate3", plant.Auth, ""},
		{30, "NetrServerPasswordSet2", plant.Auth, "T0892"},
		{39, "NetrLogonSamLogonEx", plant.Auth, ""},
		{45, "NetrLogonSamLogonWithFlags", plant.Auth, ""},
	}},
	{uuid: "e3514235-4b06-11d1-ab04-00c04fc2dcd2", name: "drsuapi", rows: []row{
		{3, "DRSGetNCChanges", plant.Auth, ""},
		{12, "DRSCrackNames", plant.Identify, ""},
	}},
	{uuid: "4b324fc8-1670-01d3-1278-5a47bf6ee188", name: "srvsvc", rows: []row{
		{8, "NetrConnectionEnum", plant.Identify, "T0846"},
		{9, "NetrFileEnum", plant.Identify, "T0846"},
		{12, "NetrSessionEnum", plant.Identify, "T0846"},
		{14, "NetrShareAdd", plant.Config, "T0886"},
		{15, "NetrShareEnum", plant.Identify, "T0846"},
		{16, "NetrShareGetInfo", plant.Identify, ""},
		{18, "NetrShareDel", plant.Config, "T0886"},
		{21, "NetrServerGetInfo", plant.Identify, "T0888"},
		{28, "NetrRemoteTOD", plant.Read, ""},
	}},
	{uuid: "6bffd098-a112-3610-9833-46c3f87e345a", name: "wkssvc", rows: []row{
		{0, "NetrWkstaGetInfo", plant.Identify, "T0888"},
		{2, "NetrWkstaUserEnum", plant.Identify, "T0888"},
	}},
	{uuid: "82273fdc-e32a-18c3-3f78-827929dc23ea", name: "eventlog", rows: []row{
		{0, "ElfrClearELFW", plant.Config, ""},
		{10, "ElfrReadELW", plant.Read, ""},
	}},
	{uuid: "f6beaff7-1e19-4fbb-9f8f-b89e2018337c", name: "eventlog6", rows: []row{{6, "EvtRpcClearLog", plant.Config, ""}}},
	{uuid: "12345678-1234-abcd-ef00-0123456789ab", name: "spoolss", rows: []row{
		{9, "RpcAddPrinterDriver", plant.Config, "T0866"},
		{65, "RpcRemoteFindFirstPrinterChangeNotificationEx", plant.Other, ""},
		{89, "RpcAddPrinterDriverEx", plant.Config, "T0866"},
	}},
	{uuid: "c681d488-d850-11d0-8c52-00c04fd90f7e", name: "efsrpc"},
	{uuid: "df1941c5-fe89-4e79-bf10-463657acf44d", name: "efsrpc"},
	{uuid: "8d9f4e40-a03d-11ce-8f69-08003e30051b", name: "plugplay"},
	{uuid: "3919286a-b10c-11d0-9ba8-00c04fd92ef5", name: "dssetup"},
	{uuid: "50abc2a4-574d-40b3-9d66-ee4fd5fba076", name: "dnsserver"},
	{uuid: "300f3532-38cc-11d0-a3f0-0020af6b0add", name: "trkwks"},
	{uuid: "afa8bd80-7d8a-11c9-bef4-08002b102989", name: "mgmt"},
	{uuid: "99fcfec4-5260-101b-bbcb-00aa0021347a", name: "oxidresolver", rows: []row{
		{0, "ResolveOxid", plant.Other, ""},
		{1, "SimplePing", plant.Other, ""},
		{2, "ComplexPing", plant.Other, ""},
		{3, "ServerAlive", plant.Identify, ""},
		{4, "ResolveOxid2", plant.Other, ""},
		{5, "ServerAlive2", plant.Identify, "T0888"},
	}},
	{uuid: "4d9f4ab8-7d1c-11cf-861e-0020af6e7c57", name: "remoteactivation", rows: []row{{0, "RemoteActivation", plant.Other, "T0886"}}},
	{uuid: "000001a0-0000-0000-c000-000000000046", name: "systemactivator", rows: []row{
		{3, "RemoteGetClassObject", plant.Other, "T0886"},
		{4, "RemoteCreateInstance", plant.Other, "T0886"},
	}},
	{uuid: "00000131-0000-0000-c000-000000000046", name: "remunknown"},
	{uuid: "00000143-0000-0000-c000-000000000046", name: "remunknown2"},
	{uuid: "00020400-0000-0000-c000-000000000046", name: "dispatch"},
	{uuid: "f309ad18-d86a-11d0-a075-00c04fb68820", name: "wmilogin", rows: []row{{6, "NTLMLogin", plant.Auth, "T0886"}}},
	{uuid: "9556dc99-828c-11cf-a37e-00aa003240c7", name: "wmi", rows: []row{
		{20, "ExecQuery", plant.Identify, "T0888"},
		{21, "ExecQueryAsync", plant.Identify, "T0888"},
		{24, "ExecMethod", plant.Config, "T0886"},
		{25, "ExecMethodAsync", plant.Config, "T0886"},
	}},
}
