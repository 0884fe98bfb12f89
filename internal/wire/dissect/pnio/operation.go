package pnio

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pnio"
)

// request reports what is asked for. A stub whose arguments make no sense is
// still an operation.
func request(c *dissect.Context, d dcerpc.Datagram) {
	verb, o := verbs.Get(uint32(d.Opnum)), dissect.Object{}
	_, body, err := pdu.DecodeStub(d.Rep, d.Body, false)
	if err != nil {
		c.Malformed("arguments of a PROFINET operation")
	}
	switch d.Opnum {
	case pdu.OpConnect:
		verb = connect(c, body, verb)
	case pdu.OpRead, pdu.OpReadImplicit:
		w := pdu.WalkRecords(body)
		if r, ok := w.Next(); ok {
			o = recordObject(r)
			if r.Identifies() {
				verb = identify.Get(uint32(d.Opnum))
			}
		}
	case pdu.OpWrite:
		w := pdu.WalkRecords(body)
		r, ok := w.Next()
		if ok && r.Index == pdu.IndexMultiple {
			o.Space = "several records"
		} else if ok {
			o = recordObject(r)
		}
	case pdu.OpControl, pdu.OpRelease:
		o.Space = controlName(body)
	}
	c.Request(verb, callID(d), o)
}

// recordObject names a record by the place it belongs to and its index.
func recordObject(r pdu.Record) dissect.Object {
	o := dissect.Object{Space: "record", Ranged: true, From: uint32(r.Index), To: uint32(r.Index)}
	switch {
	case r.Index >= pdu.IndexIM0 && r.Index <= pdu.IndexIM15:
		o.Space = "I&M record"
	case r.Index == pdu.IndexPDReal:
		o.Space = "topology record"
	case r.Index < 0x8000:
		o.Space = "parameter record"
	}
	o.Unit = uint32(r.Slot)
	return o
}

func controlName(body []byte) string {
	w := pdu.WalkBlocks(body)
	b, ok := w.Next()
	if !ok {
		return ""
	}
	switch b.Type {
	case pdu.BlockPrmEnd:
		return "end of parameters"
	case pdu.BlockAppReady:
		return "application ready"
	case pdu.BlockRelease:
		return "release"
	}
	return ""
}

// connect reads who wants to control the device: a controller cyclically, or a
// supervisor beside or instead of it.
func connect(c *dissect.Context, body []byte, verb *plant.Verb) *plant.Verb {
	w := pdu.WalkBlocks(body)
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		r, ok := b.Relation()
		if !ok {
			continue
		}
		c.Fact(dissect.Sender, plant.FieldName, r.Name, sourceCM, 0.9)
		if o, ok := pdu.DecodeObject(r.Object); ok {
			numbers(c, dissect.Sender, o.Vendor, o.Device)
		}
		if r.Type == pdu.ARSupervisor || r.Takeover() {
			c.FactText(dissect.Sender, plant.FieldRole, plant.RoleEngineering, sourceCM, 0.7)
			return supervisor.Get(pdu.OpConnect)
		}
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, sourceCM, 0.8)
	}
	return verb
}

func response(c *dissect.Context, d dcerpc.Datagram) {
	verb := verbs.Get(uint32(d.Opnum))
	if w, ok := c.Peek(callID(d)); ok {
		verb = w.Verb
	}
	status, body, err := pdu.DecodeStub(d.Rep, d.Body, true)
	result := dissect.Accepted
	switch {
	case err != nil:
		result = dissect.Answered
	case !status.OK():
		result = dissect.Refused
	}
	c.Response(verb, callID(d), result)
	switch d.Opnum {
	case pdu.OpConnect:
		connected(c, body)
	case pdu.OpRead, pdu.OpReadImplicit:
		w := pdu.WalkRecords(body)
		if r, ok := w.Next(); ok {
			records(c, r)
		}
	}
}
