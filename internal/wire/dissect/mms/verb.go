package mms

import (
	"fmt"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/mms"
)

// effect is what a confirmed service does to the server.
type effect struct {
	kind      plant.Kind
	technique string
}

// effects of the confirmed services by number; those left out are of kind
// Other. Downloads move a program into the server even where the server asks
// for the segments.
var effects = map[pdu.Service]effect{
	pdu.Status:                   {plant.Read, "T0868"},
	pdu.GetNameList:              {plant.Read, "T0861"},
	pdu.Identify:                 {plant.Identify, "T0888"},
	pdu.Rename:                   {plant.Config, "T0836"},
	pdu.Read:                     {plant.Read, "T0801"},
	pdu.Write:                    {plant.Write, "T0855"},
	pdu.GetVariableAttributes:    {plant.Read, "T0861"},
	9:                            {plant.Read, "T0861"},
	pdu.DeleteVariableAccess:     {plant.Config, ""},
	pdu.DefineNamedVariableList:  {plant.Config, ""},
	pdu.GetNamedVariableListAttr: {plant.Read, "T0861"},
	pdu.DeleteNamedVariableList:  {plant.Config, ""},
	15:                           {plant.Read, "T0861"},
	17:                           {plant.Read, "T0801"},
	pdu.InitiateDownload:         {plant.Program, "T0843"},
	pdu.DownloadSegment:          {plant.Program, "T0843"},
	pdu.TerminateDownload:        {plant.Program, "T0843"},
	pdu.InitiateUpload:           {plant.Program, "T0845"},
	pdu.UploadSegment:            {plant.Program, "T0845"},
	pdu.TerminateUpload:          {plant.Program, "T0845"},
	pdu.RequestDomainDownload:    {plant.Program, "T0843"},
	pdu.RequestDomainUpload:      {plant.Program, "T0845"},
	pdu.LoadDomainContent:        {plant.Program, "T0843"},
	pdu.StoreDomainContent:       {plant.Program, "T0845"},
	pdu.DeleteDomain:             {plant.Program, "T0889"},
	pdu.GetDomainAttributes:      {plant.Read, "T0888"},
	pdu.CreateProgramInvocation:  {plant.Program, "T0889"},
	pdu.DeleteProgramInvocation:  {plant.Program, "T0889"},
	pdu.Start:                    {plant.Mode, "T0858"},
	pdu.Stop:                     {plant.Mode, "T0858"},
	pdu.Resume:                   {plant.Mode, "T0858"},
	pdu.Reset:                    {plant.Mode, "T0858"},
	pdu.Kill:                     {plant.Mode, "T0858"},
	pdu.GetProgramAttributes:     {plant.Read, "T0868"},
	pdu.ObtainFile:               {plant.Program, "T0843"},
	49:                           {plant.Read, ""},
	50:                           {plant.Read, ""},
	51:                           {plant.Config, "T0878"}, // alterEventConditionMonitoring
	59:                           {plant.Config, "T0878"}, // alterEventEnrollment
	60:                           {plant.Read, ""},
	61:                           {plant.Read, ""},
	62:                           {plant.Write, "T0878"}, // acknowledgeEventNotification
	63:                           {plant.Read, ""},
	64:                           {plant.Read, ""},
	65:                           {plant.Read, "T0802"},
	66:                           {plant.Write, ""},
	67:                           {plant.Config, ""},
	70:                           {plant.Config, ""},
	71:                           {plant.Read, "T0888"},
	pdu.FileOpen:                 {plant.Read, "T0802"},
	pdu.FileRead:                 {plant.Read, "T0802"},
	pdu.FileRename:               {plant.Config, ""},
	pdu.FileDelete:               {plant.Config, ""},
	pdu.FileDirectory:            {plant.Read, "T0888"},
}

// requests and responses are the verbs of the confirmed services by number.
var (
	requests  = verbs("req", "")
	responses = verbs("resp", " response")
)

func verbs(prefix, suffix string) *[256]*plant.Verb {
	var t [256]*plant.Verb
	for i := range t {
		s := pdu.Service(i)
		t[i] = verb(fmt.Sprintf("%s.%d", prefix, i), s.String()+suffix, effects[s])
	}
	return &t
}

func verb(code, name string, e effect) *plant.Verb {
	v := &plant.Verb{Protocol: "mms", Code: code, Name: name, Kind: e.kind, Technique: e.technique}
	if number, request := strings.CutPrefix(code, "req."); request {
		v.Reply = "resp." + number
	}
	return v
}

// Writes by what they write: the functional constraint of the name tells.
var (
	writeControl   = verb("req.5", "write (control)", effect{plant.Write, "T0855"})
	writeParameter = verb("req.5", "write (setting)", effect{plant.Write, "T0836"})
	writeReporting = verb("req.5", "write (report control)", effect{plant.Write, ""})
)

// writeVerb is the verb of a write to that name.
func writeVerb(n pdu.Name) *plant.Verb {
	switch string(n.Constraint()) {
	case "CO":
		return writeControl
	case "SP", "SG", "SE", "CF", "DC", "SV", "BL", "GO", "GS", "MS", "US":
		return writeParameter
	case "RP", "BR", "LG":
		return writeReporting
	}
	return requests[pdu.Write]
}

// other is a verb of the PDUs that are no confirmed service: they have a
// protocol name of their own, so that services are counted apart.
func other(code, name string) *plant.Verb {
	return &plant.Verb{Protocol: "mms-session", Code: code, Name: name, Kind: plant.Other}
}

// session are the verbs of the PDUs without a confirmed service.
var session = [...]*plant.Verb{
	pdu.ConfirmedError:   other("error", "confirmed error"),
	pdu.Reject:           other("reject", "reject"),
	pdu.CancelRequest:    other("cancel", "cancel"),
	pdu.CancelResponse:   other("cancel", "cancel response"),
	pdu.CancelError:      other("cancel", "cancel error"),
	pdu.InitiateRequest:  other("initiate", "initiate"),
	pdu.InitiateResponse: other("initiate", "initiate response"),
	pdu.InitiateError:    other("initiate", "initiate error"),
	pdu.ConcludeRequest:  other("conclude", "conclude"),
	pdu.ConcludeResponse: other("conclude", "conclude response"),
	pdu.ConcludeError:    other("conclude", "conclude error"),
}

// unserviced is a response that names no service.
var unserviced = other("resp", "response without a service")

// unconfirmed are the services that nobody answers.
var unconfirmed = [...]*plant.Verb{
	pdu.InformationReport: {Protocol: "mms-report", Code: "0", Name: "informationReport", Kind: plant.Read, Technique: "T0801"},
	pdu.UnsolicitedStatus: {Protocol: "mms-report", Code: "1", Name: "unsolicitedStatus", Kind: plant.Read, Technique: ""},
	pdu.EventNotification: {Protocol: "mms-report", Code: "2", Name: "eventNotification", Kind: plant.Read, Technique: ""},
}
