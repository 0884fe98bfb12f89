package bacnet

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/bacnet"
)

const iAmRouter = 1

// Verbs: techniques as ACID maps BACnet's services to ATT&CK for ICS.
var (
	confirmed = dissect.NewVerbs("bacnet", "c.%d", []dissect.VerbRow{
		{Code: 0, Name: "Acknowledge Alarm", Kind: plant.Write, Technique: "T0878"},
		{Code: 1, Name: "Confirmed COV Notification", Kind: plant.Read},
		{Code: 2, Name: "Confirmed Event Notification", Kind: plant.Read},
		{Code: 3, Name: "Get Alarm Summary", Kind: plant.Read, Technique: "T0801"},
		{Code: 4, Name: "Get Enrollment Summary", Kind: plant.Read, Technique: "T0801"},
		{Code: 5, Name: "Subscribe COV", Kind: plant.Read, Technique: "T0801"},
		{Code: 6, Name: "Atomic Read File", Kind: plant.Program, Technique: "T0845"},
		{Code: 7, Name: "Atomic Write File", Kind: plant.Program, Technique: "T0843"},
		{Code: 8, Name: "Add List Element", Kind: plant.Config, Technique: "T0836"},
		{Code: 9, Name: "Remove List Element", Kind: plant.Config, Technique: "T0836"},
		{Code: 10, Name: "Create Object", Kind: plant.Config, Technique: "T0889"},
		{Code: 11, Name: "Delete Object", Kind: plant.Config, Technique: "T0889"},
		{Code: 12, Name: "Read Property", Kind: plant.Read, Technique: "T0801"},
		{Code: 13, Name: "Read Property Conditional", Kind: plant.Read, Technique: "T0801"},
		{Code: 14, Name: "Read Property Multiple", Kind: plant.Read, Technique: "T0801"},
		{Code: 15, Name: "Write Property", Kind: plant.Write, Technique: "T0855"},
		{Code: 16, Name: "Write Property Multiple", Kind: plant.Write, Technique: "T0855"},
		{Code: 17, Name: "Device Communication Control", Kind: plant.Mode, Technique: "T0814"},
		{Code: 18, Name: "Confirmed Private Transfer", Kind: plant.Other},
		{Code: 19, Name: "Confirmed Text Message", Kind: plant.Other},
		{Code: 20, Name: "Reinitialize Device", Kind: plant.Mode, Technique: "T0816"},
		{Code: 21, Name: "VT Open", Kind: plant.Auth, Technique: "T0886"},
		{Code: 22, Name: "VT Close", Kind: plant.Other},
		{Code: 23, Name: "VT Data", Kind: plant.Other},
		{Code: 24, Name: "Authenticate", Kind: plant.Auth},
		{Code: 25, Name: "Request Key", Kind: plant.Auth},
		{Code: 26, Name: "Read Range", Kind: plant.Read, Technique: "T0801"},
		{Code: 27, Name: "Life Safety Operation", Kind: plant.Write, Technique: "T0855"},
		{Code: 28, Name: "Subscribe COV Property", Kind: plant.Read, Technique: "T0801"},
		{Code: 29, Name: "Get Event Information", Kind: plant.Read, Technique: "T0801"},
		{Code: 30, Name: "Subscribe COV Property Multiple", Kind: plant.Read, Technique: "T0801"},
		{Code: 31, Name: "Confirmed COV Notification Multiple", Kind: plant.Read},
		{Code: 32, Name: "Confirmed Audit Notification", Kind: plant.Other},
		{Code: 33, Name: "Audit Log Query", Kind: plant.Read},
		{Code: 34, Name: "Auth Request", Kind: plant.Auth},
	})
	unconfirmed = dissect.NewVerbs("bacnet", "u.%d", []dissect.VerbRow{
		{Code: 0, Name: "I-Am", Kind: plant.Identify, Technique: "T0846"},
		{Code: 1, Name: "I-Have", Kind: plant.Identify, Technique: "T0846"},
		{Code: 2, Name: "Unconfirmed COV Notification", Kind: plant.Read},
		{Code: 3, Name: "Unconfirmed Event Notification", Kind: plant.Read},
		{Code: 4, Name: "Unconfirmed Private Transfer", Kind: plant.Other},
		{Code: 5, Name: "Unconfirmed Text Message", Kind: plant.Other},
		{Code: 6, Name: "Time Synchronization", Kind: plant.Config, Technique: "T0836"},
		{Code: 7, Name: "Who-Has", Kind: plant.Identify, Technique: "T0846"},
		{Code: 8, Name: "Who-Is", Kind: plant.Identify, Technique: "T0846"},
		{Code: 9, Name: "UTC Time Synchronization", Kind: plant.Config, Technique: "T0836"},
		{Code: 10, Name: "Write Group", Kind: plant.Write, Technique: "T0855"},
		{Code: 11, Name: "Unconfirmed COV Notification Multiple", Kind: plant.Read},
		{Code: 12, Name: "Unconfirmed Audit Notification", Kind: plant.Other},
		{Code: 13, Name: "Who-Am-I", Kind: plant.Identify},
	})
	networkVerbs = dissect.NewVerbs("bacnet-network", "%d", []dissect.VerbRow{
		{Code: 0, Name: "Who-Is-Router-To-Network", Kind: plant.Identify, Technique: "T0846"},
		{Code: iAmRouter, Name: "I-Am-Router-To-Network", Kind: plant.Identify},
		{Code: 2, Name: "I-Could-Be-Router-To-Network", Kind: plant.Identify},
		{Code: 3, Name: "Reject-Message-To-Network", Kind: plant.Other},
		{Code: 4, Name: "Router-Busy-To-Network", Kind: plant.Other},
		{Code: 5, Name: "Router-Available-To-Network", Kind: plant.Other},
		{Code: 6, Name: "Initialize-Routing-Table", Kind: plant.Config, Technique: "T0836"},
		{Code: 7, Name: "Initialize-Routing-Table-Ack", Kind: plant.Config},
		{Code: 8, Name: "Establish-Connection-To-Network", Kind: plant.Config, Technique: "T0836"},
		{Code: 9, Name: "Disconnect-Connection-To-Network", Kind: plant.Config, Technique: "T0836"},
		{Code: 18, Name: "What-Is-Network-Number", Kind: plant.Identify},
		{Code: 19, Name: "Network-Number-Is", Kind: plant.Identify},
	})
	linkVerbs = dissect.NewVerbs("bvlc", "%d", []dissect.VerbRow{
		{Code: uint32(pdu.Result), Name: "Result", Kind: plant.Other},
		{Code: uint32(pdu.WriteBDT), Name: "Write Broadcast Distribution Table", Kind: plant.Config, Technique: "T0836"},
		{Code: uint32(pdu.ReadBDT), Name: "Read Broadcast Distribution Table", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.ReadBDTAck), Name: "Read Broadcast Distribution Table Ack", Kind: plant.Identify},
		{Code: uint32(pdu.RegisterForeign), Name: "Register Foreign Device", Kind: plant.Other, Technique: "T0848"},
		{Code: uint32(pdu.ReadFDT), Name: "Read Foreign Device Table", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.ReadFDTAck), Name: "Read Foreign Device Table Ack", Kind: plant.Identify},
		{Code: uint32(pdu.DeleteFDTEntry), Name: "Delete Foreign Device Table Entry", Kind: plant.Config, Technique: "T0836"},
		{Code: uint32(pdu.SecureFrame), Name: "Secure BVLL", Kind: plant.Other},
	})
)

// link reports a frame that manages the virtual link.
func link(c *dissect.Context, f pdu.Frame) {
	if f.IPv6 {
		return // address resolution
	}
	switch f.Function {
	case pdu.ReadBDTAck, pdu.ReadFDTAck:
		c.FactText(dissect.Sender, plant.FieldService, "bacnet broadcast management device", "bacnet.bvlc", 0.9)
	}
	c.Send(linkVerbs.Get(uint32(f.Function)), dissect.Object{})
}

// Writes to a program's "program-change" load, start and stop it (clause 12.22).
var (
	programLoad = dissect.NewVerbs("bacnet", "c.%d", []dissect.VerbRow{
		{Code: pdu.WriteProperty, Name: "Write Property (load program)", Kind: plant.Write, Technique: "T0843"},
	})
	programMode = dissect.NewVerbs("bacnet", "c.%d", []dissect.VerbRow{
		{Code: pdu.WriteProperty, Name: "Write Property (start or stop program)", Kind: plant.Write, Technique: "T0858"},
	})
)

// program is the verb of a write to a property, the plain one for all but
// program-change.
func program(p pdu.Property, value int64, verb *plant.Verb) *plant.Verb {
	const programType, load, unload = 16, 1, 5
	if p.ID != pdu.PropProgramOrder || p.Object.Type() != programType {
		return verb
	}
	if value == load || value == unload {
		return programLoad.Get(pdu.WriteProperty)
	}
	return programMode.Get(pdu.WriteProperty)
}
