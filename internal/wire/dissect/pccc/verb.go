package pccc

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// unknownFunction stands for the function of a reply whose request was not
// seen.
const unknownFunction = 0xff

// verbs are the commands by command and function code (1770-6.5.16, chapter
// 7). Replies without a request are told apart by the command only.
var verbs = dissect.NewVerbs("pccc", "0x%04x", []dissect.VerbRow{
	{Code: 0x0000, Name: "Protected Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0100, Name: "Unprotected Read", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0200, Name: "Protected Bit Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0500, Name: "Unprotected Bit Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0800, Name: "Unprotected Write", Kind: plant.Write, Technique: "T0855"},

	{Code: 0x0600, Name: "Echo", Kind: plant.Other},
	{Code: 0x0601, Name: "Read Diagnostic Counters", Kind: plant.Read, Technique: "T0888"},
	{Code: 0x0602, Name: "Set Variables", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0603, Name: "Diagnostic Status", Kind: plant.Identify, Technique: "T0888"},
	{Code: 0x0604, Name: "Set Timeout", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0605, Name: "Set NAKs", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0606, Name: "Set ENQs", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0607, Name: "Reset Diagnostic Counters", Kind: plant.Other},
	{Code: 0x0608, Name: "Set Data Table Size", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0609, Name: "Read Link Parameters", Kind: plant.Read, Technique: "T0888"},
	{Code: 0x060a, Name: "Set Link Parameters", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x06ff, Name: "Diagnostics", Kind: plant.Identify, Technique: "T0888"},

	{Code: 0x0700, Name: "Disable Outputs", Kind: plant.Mode, Technique: "T0858"},
	{Code: 0x0701, Name: "Enable Outputs", Kind: plant.Mode, Technique: "T0858"},
	{Code: 0x0703, Name: "Enable PLC Scanning", Kind: plant.Mode, Technique: "T0858"},
	{Code: 0x0704, Name: "Enter Download Mode", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0705, Name: "Exit Download/Upload Mode", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0706, Name: "Enter Upload Mode", Kind: plant.Program, Technique: "T0845"},
	{Code: 0x07ff, Name: "Mode Commands", Kind: plant.Mode, Technique: "T0858"},

	{Code: 0x0f00, Name: "Word Range Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f01, Name: "Word Range Read", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0f02, Name: "Bit Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f03, Name: "File Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f04, Name: "File Read", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0f05, Name: "Download Request", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0f06, Name: "Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: 0x0f07, Name: "Shutdown", Kind: plant.Mode, Technique: "T0816"},
	{Code: 0x0f08, Name: "Physical Write", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0f09, Name: "Physical Read", Kind: plant.Program, Technique: "T0845"},
	{Code: 0x0f0a, Name: "Restart Request", Kind: plant.Mode, Technique: "T0816"},
	{Code: 0x0f11, Name: "Get Edit Resource", Kind: plant.Auth},
	{Code: 0x0f12, Name: "Return Edit Resource", Kind: plant.Auth},
	{Code: 0x0f17, Name: "Read Bytes Physical", Kind: plant.Program, Technique: "T0845"},
	{Code: 0x0f18, Name: "Write Bytes Physical", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0f26, Name: "Read-Modify-Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f29, Name: "Read Section Size", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0f3a, Name: "Set CPU Mode", Kind: plant.Mode, Technique: "T0858"},
	{Code: 0x0f41, Name: "Disable Forces", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f50, Name: "Download All Request", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0f52, Name: "Download Completed", Kind: plant.Program, Technique: "T0843"},
	{Code: 0x0f53, Name: "Upload All Request", Kind: plant.Program, Technique: "T0845"},
	{Code: 0x0f55, Name: "Upload Completed", Kind: plant.Program, Technique: "T0845"},
	{Code: 0x0f57, Name: "Initialize Memory", Kind: plant.Program, Technique: "T0889"},
	{Code: 0x0f5e, Name: "Modify PLC-2 Compatibility File", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0f67, Name: "Typed Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f68, Name: "Typed Read", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0f79, Name: "Read-Modify-Write N", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0f80, Name: "Change CPU Mode", Kind: plant.Mode, Technique: "T0858"},
	{Code: 0x0f81, Name: "Open File", Kind: plant.Other},
	{Code: 0x0f82, Name: "Close File", Kind: plant.Other},
	{Code: 0x0f88, Name: "Execute Multiple Commands", Kind: plant.Other},
	{Code: 0x0f8f, Name: "Apply Port Configuration", Kind: plant.Config, Technique: "T0836"},
	{Code: 0x0fa1, Name: "Protected Typed Logical Read, Two Address Fields", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0fa2, Name: "Protected Typed Logical Read, Three Address Fields", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0fa3, Name: "Protected Typed Logical Read, Continued", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0fa7, Name: "Protected Typed File Read", Kind: plant.Read, Technique: "T0801"},
	{Code: 0x0fa9, Name: "Protected Typed Logical Write, Two Address Fields", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0faa, Name: "Protected Typed Logical Write, Three Address Fields", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0fab, Name: "Protected Typed Logical Masked Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0faf, Name: "Protected Typed File Write", Kind: plant.Write, Technique: "T0855"},
	{Code: 0x0fff, Name: "Typed Command", Kind: plant.Other},
})

// ladder are the typed reads and writes of ladder logic files by kind: they
// move the program.
var ladder = map[plant.Kind]*dissect.Verbs{
	plant.Read: dissect.NewVerbs("pccc", "0x%04x", []dissect.VerbRow{
		{Code: 0x0fa1, Name: "Read Ladder Logic", Kind: plant.Program, Technique: "T0845"},
		{Code: 0x0fa2, Name: "Read Ladder Logic", Kind: plant.Program, Technique: "T0845"},
	}),
	plant.Write: dissect.NewVerbs("pccc", "0x%04x", []dissect.VerbRow{
		{Code: 0x0fa9, Name: "Write Ladder Logic", Kind: plant.Program, Technique: "T0843"},
		{Code: 0x0faa, Name: "Write Ladder Logic", Kind: plant.Program, Technique: "T0843"},
		{Code: 0x0fab, Name: "Write Ladder Logic", Kind: plant.Program, Technique: "T0843"},
	}),
}
