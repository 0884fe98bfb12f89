package s7comm

import (
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// jobs are the functions of jobs. PI services have verbs of their own below;
// the row here is for one whose name was not seen.
var jobs = dissect.NewVerbs("s7comm", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.CPUServices), Name: "CPU services", Kind: plant.Other},
	{Code: uint32(pdu.ReadVar), Name: "Read Var", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteVar), Name: "Write Var", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.RequestDownload), Name: "Request download", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.DownloadBlock), Name: "Download block", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.DownloadEnded), Name: "Download ended", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.StartUpload), Name: "Start upload", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.Upload), Name: "Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.EndUpload), Name: "End upload", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.PIService), Name: "PI-Service", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.PLCStop), Name: "PLC Stop", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.SetupCommunication), Name: "Setup communication", Kind: plant.Other},
})

// services are the program invocation services by name.
var services = map[string]*plant.Verb{
	"P_PROGRAM": service("PI-Service P_PROGRAM: start", plant.Mode, "T0858"),
	"_INSE":     service("PI-Service _INSE: activate blocks", plant.Program, "T0889"),
	"_INS2":     service("PI-Service _INS2: activate blocks", plant.Program, "T0889"),
	"_DELE":     service("PI-Service _DELE: delete blocks", plant.Program, "T0889"),
	"_MODU":     service("PI-Service _MODU: copy RAM to ROM", plant.Program, "T0889"),
	"_GARB":     service("PI-Service _GARB: compress memory", plant.Program, ""),
	"_N_LOGIN_": service("PI-Service _N_LOGIN_: log in", plant.Auth, ""),
	"_N_LOGOUT": service("PI-Service _N_LOGOUT: log out", plant.Auth, ""),
	"_N_NEWPWD": service("PI-Service _N_NEWPWD: change password", plant.Auth, "T0892"),
	"_N_SELECT": service("PI-Service _N_SELECT: select NC program", plant.Program, ""),
	"_N_F_XFER": service("PI-Service _N_F_XFER: transfer file", plant.Program, "T0843"),
	"_N_F_COPY": service("PI-Service _N_F_COPY: copy file", plant.Program, "T0889"),
	"_N_F_RENA": service("PI-Service _N_F_RENA: rename file", plant.Program, "T0889"),
	"_N_F_DELE": service("PI-Service _N_F_DELE: delete file", plant.Program, "T0889"),
	"_N_SETUFR": service("PI-Service _N_SETUFR: activate offsets", plant.Config, "T0836"),
	"_N_NCKMOD": service("PI-Service _N_NCKMOD: NCK mode", plant.Mode, "T0858"),
}

var otherService = service("PI-Service, another", plant.Other, "")

func service(name string, kind plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "s7comm", Code: "0x28", Name: name, Kind: kind, Technique: technique}
}

// serviceVerb is the verb of a PI service; without a name it is taken for what
// it mostly is, a start.
func serviceVerb(name []byte) *plant.Verb {
	if len(name) == 0 {
		return jobs.Get(uint32(pdu.PIService))
	}
	if v := services[string(name)]; v != nil {
		return v
	}
	return otherService
}

// Userdata subfunctions up to this have verbs of their own; the rest of a group
// share the last, so that garbage makes no table grow.
const maxSub = 64

// userdata are the verbs of userdata by group and subfunction.
var userdata = func() (t [16][maxSub]*plant.Verb) {
	for g := range t {
		for s := range t[g] {
			t[g][s] = userdataVerb(g, s, fmt.Sprintf("Userdata %d.%d", g, s), plant.Other, "")
		}
	}
	for _, r := range userdataRows {
		t[r.group][r.sub] = userdataVerb(int(r.group), int(r.sub), r.name, r.kind, r.technique)
	}
	return t
}()

func userdataVerb(group, sub int, name string, kind plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "s7comm", Code: fmt.Sprintf("ud.%d.%d", group, sub), Name: name, Kind: kind, Technique: technique}
}

func lookUserdata(u pdu.UserdataHead) *plant.Verb {
	return userdata[u.Group&0x0f][min(u.Subfunction, maxSub-1)]
}

// Read SZL has a verb for each purpose: the code is the same.
var (
	readIdentity = userdataVerb(4, 1, "Read SZL: identification", plant.Identify, "T0888")
	readMode     = userdataVerb(4, 1, "Read SZL: operating mode", plant.Read, "T0868")
)

// Asked is the verb of a request: for who judges messages by the same table. It
// is nil for a unit that names nothing.
func Asked(u *pdu.PDU) *plant.Verb {
	if u.ROSCTR == pdu.Userdata {
		h, ok := pdu.DecodeUserdata(u.Param)
		if !ok {
			return nil
		}
		if d, _, _ := pdu.DecodeData(u.Data); h.Group == pdu.CPU && h.Subfunction == 1 {
			if s, ok := pdu.DecodeSZL(d.Value); ok {
				return szlVerb(s)
			}
		}
		return lookUserdata(h)
	}
	f, ok := u.Function()
	if !ok {
		return nil
	}
	if f == pdu.PIService {
		inv, _ := pdu.DecodeInvocation(u.Param)
		return serviceVerb(inv.Service)
	}
	return jobs.Get(uint32(f))
}

// szlVerb is the verb for reading a system status list.
func szlVerb(s pdu.SZL) *plant.Verb {
	switch s.List() {
	case 0x00, pdu.ListModule, 0x12, pdu.ListComponent:
		return readIdentity
	case pdu.ListLED, pdu.ListMode, pdu.ListLEDs:
		return readMode
	}
	return userdata[pdu.CPU][1]
}

var userdataRows = []struct {
	group     pdu.Group
	sub       uint8
	name      string
	kind      plant.Kind
	technique string
}{
	{pdu.ModeTransition, 0, "Mode transition: STOP", plant.Read, "T0868"},
	{pdu.ModeTransition, 1, "Mode transition: warm restart", plant.Read, "T0868"},
	{pdu.ModeTransition, 2, "Mode transition: RUN", plant.Read, "T0868"},
	{pdu.ModeTransition, 3, "Mode transition: hot restart", plant.Read, "T0868"},
	{pdu.ModeTransition, 4, "Mode transition: HOLD", plant.Read, "T0868"},
	{pdu.ModeTransition, 6, "Mode transition: cold restart", plant.Read, "T0868"},
	{pdu.ModeTransition, 9, "Mode transition: RUN, redundant", plant.Read, "T0868"},
	{pdu.ModeTransition, 11, "Mode transition: link-up", plant.Read, "T0868"},
	{pdu.ModeTransition, 12, "Mode transition: update", plant.Read, "T0868"},
	{pdu.Programmer, 1, "Block status", plant.Read, "T0801"},
	{pdu.Programmer, 2, "Variable status", plant.Read, "T0801"},
	{pdu.Programmer, 3, "Output ISTACK", plant.Read, "T0801"},
	{pdu.Programmer, 4, "Output BSTACK", plant.Read, "T0801"},
	{pdu.Programmer, 5, "Output LSTACK", plant.Read, "T0801"},
	{pdu.Programmer, 6, "Time measurement", plant.Read, "T0801"},
	{pdu.Programmer, 7, "Force selection", plant.Read, "T0801"},
	{pdu.Programmer, 8, "Modify variable", plant.Write, "T0836"},
	{pdu.Programmer, 9, "Force", plant.Write, "T0855"},
	{pdu.Programmer, 10, "Breakpoint", plant.Mode, "T0858"},
	{pdu.Programmer, 11, "Exit HOLD", plant.Mode, "T0858"},
	{pdu.Programmer, 12, "Memory reset", plant.Mode, "T0816"},
	{pdu.Programmer, 13, "Disable job", plant.Other, ""},
	{pdu.Programmer, 14, "Enable job", plant.Other, ""},
	{pdu.Programmer, 15, "Delete job", plant.Other, ""},
	{pdu.Programmer, 16, "Read job list", plant.Read, ""},
	{pdu.Programmer, 17, "Read job", plant.Read, ""},
	{pdu.Programmer, 18, "Replace job", plant.Other, ""},
	{pdu.Programmer, 19, "Block status v2", plant.Read, "T0801"},
	{pdu.Programmer, 22, "Flash LED", plant.Identify, "T0888"},
	{pdu.Cyclic, 1, "Cyclic transfer", plant.Read, "T0801"},
	{pdu.Cyclic, 4, "Unsubscribe", plant.Other, ""},
	{pdu.Cyclic, 5, "Change driven transfer", plant.Read, "T0801"},
	{pdu.Cyclic, 7, "Change driven transfer modify", plant.Read, "T0801"},
	{pdu.Cyclic, 8, "RDREC", plant.Read, "T0801"},
	{pdu.BlockInfo, 1, "List blocks", plant.Read, "T0888"},
	{pdu.BlockInfo, 2, "List blocks of type", plant.Read, "T0888"},
	{pdu.BlockInfo, 3, "Get block info", plant.Read, "T0888"},
	{pdu.CPU, 1, "Read SZL", plant.Read, "T0888"},
	{pdu.CPU, 2, "Message service", plant.Other, ""},
	{pdu.CPU, 3, "Diagnostic message", plant.Read, ""},
	{pdu.CPU, 5, "ALARM_8 indication", plant.Read, ""},
	{pdu.CPU, 6, "NOTIFY indication", plant.Read, ""},
	{pdu.CPU, 7, "ALARM_8 lock", plant.Config, "T0878"},
	{pdu.CPU, 8, "ALARM_8 unlock", plant.Config, ""},
	{pdu.CPU, 9, "SCAN indication", plant.Read, ""},
	{pdu.CPU, 11, "ALARM ack", plant.Other, ""},
	{pdu.CPU, 12, "ALARM ack indication", plant.Other, ""},
	{pdu.CPU, 13, "ALARM lock indication", plant.Config, "T0878"},
	{pdu.CPU, 14, "ALARM unlock indication", plant.Config, ""},
	{pdu.CPU, 17, "ALARM_SQ indication", plant.Read, ""},
	{pdu.CPU, 18, "ALARM_S indication", plant.Read, ""},
	{pdu.CPU, 19, "ALARM query", plant.Read, "T0801"},
	{pdu.CPU, 22, "NOTIFY_8 indication", plant.Read, ""},
	{pdu.Security, 1, "PLC password", plant.Auth, ""},
	{pdu.Security, 2, "End of PLC password", plant.Auth, ""},
	{pdu.PBC, 1, "BSEND/BRECV", plant.Write, "T0855"},
	{pdu.Time, 1, "Read clock", plant.Read, ""},
	{pdu.Time, 2, "Set clock", plant.Config, "T0838"},
	{pdu.Time, 3, "Read clock (following)", plant.Read, ""},
	{pdu.Time, 4, "Set clock", plant.Config, "T0838"},
	{pdu.NCProgram, 1, "NC request download", plant.Program, "T0843"},
	{pdu.NCProgram, 2, "NC download block", plant.Program, "T0843"},
	{pdu.NCProgram, 3, "NC continue download", plant.Program, "T0843"},
	{pdu.NCProgram, 4, "NC download ended", plant.Program, "T0843"},
	{pdu.NCProgram, 6, "NC start upload", plant.Program, "T0845"},
	{pdu.NCProgram, 7, "NC upload", plant.Program, "T0845"},
	{pdu.NCProgram, 8, "NC continue upload", plant.Program, "T0845"},
}
