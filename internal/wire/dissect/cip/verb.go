package cip

import (
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// row is one line of the table of services.
type row struct {
	service   pdu.Service
	name      string
	kind      plant.Kind
	technique string
}

// generic are the services that mean the same in every class, and what the
// class-specific codes mean on tags: most traffic with unknown classes comes
// from controllers that read and write tags with them.
var generic = []row{
	{0x01, "Get Attributes All", plant.Read, "T0801"},
	{0x02, "Set Attributes All", plant.Config, "T0836"},
	{0x03, "Get Attribute List", plant.Read, "T0801"},
	{0x04, "Set Attribute List", plant.Config, "T0836"},
	{0x05, "Reset", plant.Mode, "T0816"},
	{0x06, "Start", plant.Mode, "T0858"},
	{0x07, "Stop", plant.Mode, "T0858"},
	{0x08, "Create", plant.Config, "T0836"},
	{0x09, "Delete", plant.Config, "T0836"},
	{0x0a, "Multiple Service Packet", plant.Other, ""},
	{0x0d, "Apply Attributes", plant.Config, "T0836"},
	{0x0e, "Get Attribute Single", plant.Read, "T0801"},
	{0x10, "Set Attribute Single", plant.Config, "T0836"},
	{0x11, "Find Next Object Instance", plant.Read, "T0861"},
	{0x14, "Error Response", plant.Other, ""},
	{0x15, "Restore", plant.Config, "T0836"},
	{0x16, "Save", plant.Config, "T0836"},
	{0x17, "No Operation", plant.Other, ""},
	{0x18, "Get Member", plant.Read, "T0801"},
	{0x19, "Set Member", plant.Config, "T0836"},
	{0x1a, "Insert Member", plant.Config, "T0836"},
	{0x1b, "Remove Member", plant.Config, "T0836"},
	{0x1c, "Group Sync", plant.Other, ""},
	{0x4c, "Read Tag", plant.Read, "T0801"},
	{0x4d, "Write Tag", plant.Write, "T0855"},
}

// tags are the services on tags of Logix controllers (1756-PM020).
var tags = []row{
	{0x4e, "Read Modify Write Tag", plant.Write, "T0855"},
	{0x52, "Read Tag Fragmented", plant.Read, "T0801"},
	{0x53, "Write Tag Fragmented", plant.Write, "T0855"},
	{0x55, "Get Instance Attribute List", plant.Read, "T0861"},
	{0x4b, "List Instances", plant.Read, "T0861"},
}

// program are the services on the parts of a controller's program: programs,
// modules, routines, tags, types and tasks are made by Create while a program
// is downloaded, and changed one by one by online edits.
var program = []row{
	{0x04, "Set Attribute List", plant.Program, "T0889"},
	{0x08, "Create", plant.Program, "T0843"},
	{0x09, "Delete", plant.Program, "T0889"},
	{0x0d, "Apply Attributes", plant.Program, "T0889"},
	{0x4b, "List Instances", plant.Read, "T0861"},
}

// identify are the services that ask who somebody is.
var identify = []row{
	{0x01, "Get Attributes All", plant.Identify, "T0888"},
	{0x03, "Get Attribute List", plant.Identify, "T0888"},
	{0x0e, "Get Attribute Single", plant.Identify, "T0888"},
}

// outputs are the services that set process values through attributes.
var outputs = []row{
	{0x02, "Set Attributes All", plant.Write, "T0855"},
	{0x04, "Set Attribute List", plant.Write, "T0855"},
	{0x10, "Set Attribute Single", plant.Write, "T0855"},
	{0x19, "Set Member", plant.Write, "T0855"},
}

// classes are the services that mean something of their own in a class. The
// unpublished ones of Logix controllers (0x68 to 0xac) were read off sessions
// of the maker's own tools; docs/protocols/cip.md names the captures.
var classes = []struct {
	class uint32
	rows  []row
}{
	{pdu.ClassIdentity, identify},
	{pdu.ClassIdentity, []row{{0x4b, "Flash LEDs", plant.Other, ""}}},
	{pdu.ClassMessageRouter, identify},
	{pdu.ClassAssembly, outputs},
	{0x09, outputs}, // discrete output point
	{0x0b, outputs}, // analog output point
	{0x1e, outputs}, // discrete output group
	{0x21, outputs}, // analog output group
	{0x29, outputs}, // control supervisor: starts and stops a motor
	{pdu.ClassConnectionManager, []row{
		{0x4e, "Forward Close", plant.Other, ""},
		{0x52, "Unconnected Send", plant.Other, ""},
		{0x54, "Forward Open", plant.Other, ""},
		{0x56, "Get Connection Data", plant.Read, "T0888"},
		{0x57, "Search Connection Data", plant.Read, "T0888"},
		{0x5a, "Get Connection Owner", plant.Read, "T0888"},
		{0x5b, "Large Forward Open", plant.Other, ""},
	}},
	{pdu.ClassFile, []row{
		{0x4b, "Initiate Upload", plant.Program, "T0845"},
		{0x4c, "Initiate Download", plant.Program, "T0843"},
		{0x4d, "Initiate Partial Read", plant.Program, "T0845"},
		{0x4e, "Initiate Partial Write", plant.Program, "T0843"},
		{0x4f, "Upload Transfer", plant.Program, "T0845"},
		{0x50, "Download Transfer", plant.Program, "T0843"},
		{0x51, "Clear File", plant.Program, "T0889"},
	}},
	{pdu.ClassSafetySupervisor, []row{
		{0x4c, "Recover", plant.Mode, "T0858"},
		{0x4e, "Perform Diagnostics", plant.Other, ""},
		{0x4f, "Configure Request", plant.Config, "T0836"},
		{0x50, "Validate Configuration", plant.Config, "T0836"},
		{0x51, "Set Password", plant.Auth, "T0892"},
		{0x52, "Configuration Lock", plant.Config, "T0836"},
		{0x53, "Mode Change", plant.Mode, "T0858"},
		{0x54, "Safety Reset", plant.Mode, "T0816"},
		{0x55, "Reset Password", plant.Auth, "T0892"},
		{0x56, "Propose TUNID", plant.Config, "T0836"},
		{0x57, "Apply TUNID", plant.Config, "T0836"},
	}},
	{pdu.ClassControllerName, identify},
	{pdu.ClassPCCC, []row{{0x4b, "Execute PCCC", plant.Other, ""}}},
	{pdu.ClassProgram, program},
	{pdu.ClassProgram, forcing},
	{pdu.ClassModule, program},
	{pdu.ClassModule, forcing},
	{pdu.ClassData, program},
	{pdu.ClassData, []row{
		{0x4f, "Read Data", plant.Program, "T0845"},
		{0x50, "Write Data", plant.Program, "T0843"},
		{0x51, "Modify Data", plant.Config, "T0836"},
	}},
	{pdu.ClassSymbol, program},
	{pdu.ClassSymbol, tags},
	{pdu.ClassTemplate, program},
	{pdu.ClassTemplate, []row{{0x4c, "Read Template", plant.Read, "T0861"}}},
	{pdu.ClassRoutine, program},
	{pdu.ClassRoutine, []row{{0x4c, "Read Routine", plant.Program, "T0845"}}},
	{pdu.ClassTask, program},
	{pdu.ClassTagList, []row{ // a client's own list of what it polls
		{0x05, "Reset", plant.Other, ""},
		{0x08, "Create", plant.Other, ""},
		{0x09, "Delete", plant.Other, ""},
	}},
	{pdu.ClassLock, []row{
		{0x4b, "Lock", plant.Auth, ""},
		{0x4c, "Unlock", plant.Auth, ""},
	}},
	{pdu.ClassController, []row{{0x5c, "Open Programming Session", plant.Auth, ""}}},
	{pdu.ClassStorage, []row{
		{0x4b, "Update", plant.Firmware, "T0857"},
		{0x4d, "Transfer", plant.Firmware, "T0857"},
	}},
	{pdu.ClassChanges, []row{
		{0x08, "Create", plant.Program, "T0843"},
		{0x4b, "Programming Session", plant.Other, ""},
	}},
	{pdu.ClassTCPIP, identify},
	{pdu.ClassEthernetLink, identify},
	{pdu.ClassEthernetLink, []row{{0x4c, "Get and Clear", plant.Read, "T0801"}}},
}

// forcing are the services that force inputs and outputs.
var forcing = []row{
	{0x4d, "Force", plant.Write, "T0855"},
	{0x4e, "Enable Forces", plant.Write, "T0855"},
}

// table finds the verb of a service in a class.
type table struct {
	generic [128]*plant.Verb
	class   [256]*[128]*plant.Verb // nil: nothing of its own
}

var verbs = newTable()

func newTable() *table {
	t := new(table)
	for i := range t.generic {
		code := fmt.Sprintf("0x%02x", i)
		t.generic[i] = &plant.Verb{Protocol: protocol, Code: code, Name: "Service " + code, Kind: plant.Other}
	}
	for _, r := range generic {
		t.generic[r.service] = r.verb()
	}
	for _, c := range classes {
		if t.class[c.class] == nil {
			t.class[c.class] = new([128]*plant.Verb)
		}
		for _, r := range c.rows {
			t.class[c.class][r.service] = r.verb()
		}
	}
	return t
}

const protocol = "cip"

func (r *row) verb() *plant.Verb {
	return &plant.Verb{Protocol: protocol, Code: fmt.Sprintf("0x%02x", uint8(r.service)), Name: r.name, Kind: r.kind, Technique: r.technique}
}

// find is the verb of a service in a class.
func (t *table) find(class uint32, s pdu.Service) *plant.Verb {
	s &= 0x7f
	if class < uint32(len(t.class)) {
		if own := t.class[class]; own != nil && own[s] != nil {
			return own[s]
		}
	}
	return t.generic[s]
}

// Asked is the verb of a service in a class, and whether the service means what
// it says there: codes that each class gives its own meaning have a verb in
// classes nobody knows too, that of what they mostly are. For who judges
// messages by the same table.
func Asked(class uint32, s pdu.Service) (v *plant.Verb, certain bool) {
	const firstOwn = 0x32 // appendix A: below, services mean the same in every class
	v = verbs.find(class, s)
	return v, s < firstOwn || v != verbs.generic[s&0x7f] || class == pdu.ClassSymbol && (s == pdu.ReadTag || s == pdu.WriteTag)
}

// guess is the verb of a reply whose request was not seen: where a code means
// several things, the shape of the reply decides.
func (t *table) guess(m *pdu.Message) *plant.Verb {
	class := pdu.ClassSymbol
	switch m.Service {
	case pdu.UnconnectedSendCode:
		if !m.Status.OK() { // an Unconnected Send that succeeds shows the inner reply
			class = pdu.ClassConnectionManager
		}
	case pdu.ForwardClose:
		if len(m.Data) >= 10 || m.Status == pdu.ConnectionFailure {
			class = pdu.ClassConnectionManager
		}
	case pdu.ForwardOpen, pdu.LargeForwardOpen:
		class = pdu.ClassConnectionManager
	case pdu.WriteTagFragmented, pdu.InstanceAttributes:
	default:
		return t.generic[m.Service&0x7f]
	}
	return t.find(class, m.Service)
}
