package dnp3

import (
	"slices"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dnp3"
)

// rows are the application functions, named as IEEE 1815 does.
var rows = []dissect.VerbRow{
	{Code: 0, Name: "Confirm", Kind: plant.Other},
	{Code: 1, Name: "Read", Kind: plant.Read, Technique: "T0801"},
	{Code: 2, Name: "Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 3, Name: "Select", Kind: plant.Write, Technique: "T0855"},
	{Code: 4, Name: "Operate", Kind: plant.Write, Technique: "T0855"},
	{Code: 5, Name: "Direct Operate", Kind: plant.Write, Technique: "T0855"},
	{Code: 6, Name: "Direct Operate, No Acknowledgement", Kind: plant.Write, Technique: "T0855"},
	{Code: 7, Name: "Immediate Freeze", Kind: plant.Write},
	{Code: 8, Name: "Immediate Freeze, No Acknowledgement", Kind: plant.Write},
	{Code: 9, Name: "Freeze and Clear", Kind: plant.Write, Technique: "T0855"},
	{Code: 10, Name: "Freeze and Clear, No Acknowledgement", Kind: plant.Write, Technique: "T0855"},
	{Code: 11, Name: "Freeze at Time", Kind: plant.Write},
	{Code: 12, Name: "Freeze at Time, No Acknowledgement", Kind: plant.Write},
	{Code: 13, Name: "Cold Restart", Kind: plant.Mode, Technique: "T0816"},
	{Code: 14, Name: "Warm Restart", Kind: plant.Mode, Technique: "T0816"},
	{Code: 15, Name: "Initialize Data", Kind: plant.Config, Technique: "T0836"},
	{Code: 16, Name: "Initialize Application", Kind: plant.Mode, Technique: "T0858"},
	{Code: 17, Name: "Start Application", Kind: plant.Mode, Technique: "T0858"},
	{Code: 18, Name: "Stop Application", Kind: plant.Mode, Technique: "T0858"},
	{Code: 19, Name: "Save Configuration", Kind: plant.Config, Technique: "T0836"},
	{Code: 20, Name: "Enable Unsolicited Responses", Kind: plant.Config},
	{Code: 21, Name: "Disable Unsolicited Responses", Kind: plant.Config, Technique: "T0804"},
	{Code: 22, Name: "Assign Class", Kind: plant.Config, Technique: "T0836"},
	{Code: 23, Name: "Delay Measurement", Kind: plant.Other},
	{Code: 24, Name: "Record Current Time", Kind: plant.Other},
	{Code: 25, Name: "Open File", Kind: plant.Read, Technique: "T0802"},
	{Code: 26, Name: "Close File", Kind: plant.Other},
	{Code: 27, Name: "Delete File", Kind: plant.Program, Technique: "T0889"},
	{Code: 28, Name: "Get File Information", Kind: plant.Read, Technique: "T0888"},
	{Code: 29, Name: "Authenticate File", Kind: plant.Auth},
	{Code: 30, Name: "Abort File Transfer", Kind: plant.Other},
	{Code: 31, Name: "Activate Configuration", Kind: plant.Program, Technique: "T0843"},
	{Code: 32, Name: "Authentication Request", Kind: plant.Auth},
	{Code: 33, Name: "Authentication Request, No Acknowledgement", Kind: plant.Auth},
	{Code: 129, Name: "Response", Kind: plant.Other},
	{Code: 130, Name: "Unsolicited Response", Kind: plant.Read, Technique: "T0801"},
	{Code: 131, Name: "Authentication Response", Kind: plant.Auth},
}

var verbs = dissect.NewVerbs("dnp3", "%d", replied(rows))

// reply is the code of every response: it is one function, whatever was asked.
var reply = strconv.Itoa(int(pdu.Response))

func replied(rows []dissect.VerbRow) []dissect.VerbRow {
	out := slices.Clone(rows)
	for i := range out {
		if out[i].Code < uint32(pdu.Response) {
			out[i].Reply = reply
		}
	}
	return out
}

// Functions that do different things by the object they are about.
var (
	writeTime     = variant(pdu.Write, "Write (time)", plant.Config, "T0836")
	clearRestart  = variant(pdu.Write, "Write (clear restart)", plant.Other, "")
	writeDeadband = variant(pdu.Write, "Write (deadband)", plant.Config, "T0836")
	writeFile     = variant(pdu.Write, "Write (file block)", plant.Program, "T0843")
	openToWrite   = variant(pdu.OpenFile, "Open File (write)", plant.Program, "T0843")
)

func variant(f pdu.Function, name string, k plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "dnp3", Code: strconv.Itoa(int(f)), Name: name, Kind: k, Technique: technique, Reply: reply}
}

// requestVerb is the verb of a request by its function and first object.
func requestVerb(f *pdu.Fragment, h pdu.Header, first pdu.Point) *plant.Verb {
	switch f.Function {
	case pdu.Write:
		switch h.Group {
		case pdu.GroupTime:
			return writeTime
		case pdu.GroupIndications:
			return clearRestart
		case pdu.GroupFile:
			return writeFile
		case groupDeadband:
			return writeDeadband
		}
	case pdu.OpenFile:
		if _, mode, ok := first.File(); ok && (mode == pdu.FileWrite || mode == pdu.FileAppend) {
			return openToWrite
		}
	}
	return verbs.Get(uint32(f.Function))
}

const groupDeadband = 34

// links are the link frames without data, by the primary bit and function.
// They have a protocol name of their own, so that fragments are counted apart.
var links = dissect.NewVerbs("dnp3-link", "0x%02x", []dissect.VerbRow{
	{Code: linkPrimary | pdu.ResetLink, Name: "Reset Link States"},
	{Code: linkPrimary | pdu.TestLink, Name: "Test Link States"},
	{Code: linkPrimary | pdu.ConfirmedData, Name: "Confirmed User Data"},
	{Code: linkPrimary | pdu.UnconfirmedData, Name: "Unconfirmed User Data"},
	{Code: linkPrimary | pdu.RequestStatus, Name: "Request Link Status"},
	{Code: pdu.SecondaryAck, Name: "Acknowledgement"},
	{Code: pdu.SecondaryNack, Name: "Negative Acknowledgement"},
	{Code: pdu.LinkStatus, Name: "Link Status"},
})

const linkPrimary = 0x40
