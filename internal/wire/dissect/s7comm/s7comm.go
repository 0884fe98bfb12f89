// Package s7comm tells what happens in S7 communication: who reads and writes
// which data blocks, inputs, outputs and flags, transfers, activates or deletes
// which blocks, starts, stops or unlocks a controller, and what controllers say
// about themselves in system status lists. It is carried by package isotsap.
package s7comm

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// Parser reads the S7comm of one conversation. The zero value is ready.
type Parser struct {
	Called pdu.TSAP // what the client connected to, zero when that was not seen

	told   bool // the roles of the two ends were reported
	upload struct {
		id    uint32
		block pdu.Block
	}
	series [2]series
	name   [64]byte // where objects are named
}

// User reads the user data of one COTP transport service data unit.
func (p *Parser) User(c *dissect.Context, b []byte) error {
	u, _, err := pdu.Decode(b)
	if err != nil {
		return err
	}
	switch u.ROSCTR {
	case pdu.Job:
		p.job(c, &u)
	case pdu.Userdata:
		p.userdata(c, &u)
	default:
		p.answer(c, &u)
	}
	return nil
}

// Requests are paired by reference; jobs and userdata count on their own.
func jobID(u *pdu.PDU) uint64      { return uint64(u.Reference) }
func userdataID(u *pdu.PDU) uint64 { return 1<<16 | uint64(u.Reference) }

// jobTag is what is remembered of a job: its function, and the block of an
// upload.
func jobTag(f pdu.Function, k pdu.Block) uint64 {
	return uint64(f) | uint64(k.Type)<<8 | uint64(k.Number)<<16
}

// unasked is an id that no request has: what is reported with it answers a
// request of long ago.
const unasked = 1 << 32

func (p *Parser) job(c *dissect.Context, u *pdu.PDU) {
	f, ok := u.Function()
	if !ok {
		return
	}
	if fetched(f) {
		// The controller fetches the block that a client wants to load: the
		// operation is the client's.
		c.Response(jobs.Get(uint32(f)), unasked, dissect.Accepted)
		return
	}
	verb, o, block := jobs.Get(uint32(f)), dissect.Object{}, pdu.Block{}
	switch f {
	case pdu.ReadVar:
		o = p.items(pdu.DecodeItems(u.Param), false)
	case pdu.WriteVar:
		o = p.items(pdu.DecodeItems(u.Param), true)
		written(u, &o)
	case pdu.PIService:
		verb, o = p.invocation(u)
	case pdu.SetupCommunication:
		c.SenderIsClient()
	default:
		o, block = p.transfer(f, u)
	}
	c.Request(verb, jobID(u), o).Tag = jobTag(f, block)
}

// fetched reports the jobs that the receiver of a download sends.
func fetched(f pdu.Function) bool { return f == pdu.DownloadBlock || f == pdu.DownloadEnded }

// written puts the value of a write of one small item into the object.
func written(u *pdu.PDU, o *dissect.Object) {
	values := pdu.DecodeDataItems(u.Param, u.Data)
	d, ok := values.Next()
	if _, more := values.Next(); !ok || more {
		return
	}
	if v, ok := d.Uint(); ok {
		o.Valued, o.Value = true, int64(v)
	}
}

// transfer names the block that a download or an upload is about. Upload and
// EndUpload carry a number instead, which the answer to StartUpload gave.
func (p *Parser) transfer(f pdu.Function, u *pdu.PDU) (dissect.Object, pdu.Block) {
	t, ok := pdu.DecodeTransfer(u.Param)
	if !ok || f < pdu.RequestDownload || f > pdu.EndUpload {
		return dissect.Object{}, pdu.Block{}
	}
	block, ok := t.Block()
	if !ok && len(t.Name) > 0 {
		return dissect.Object{Space: "file", Name: t.Name}, pdu.Block{}
	}
	if !ok && t.ID == p.upload.id {
		block = p.upload.block
	}
	if block.Type == 0 {
		return dissect.Object{}, pdu.Block{}
	}
	return dissect.Object{Name: block.AppendTo(p.name[:0])}, block
}

func (p *Parser) invocation(u *pdu.PDU) (*plant.Verb, dissect.Object) {
	inv, ok := pdu.DecodeInvocation(u.Param)
	if !ok {
		return serviceVerb(nil), dissect.Object{}
	}
	name := p.name[:0]
	blocks := inv.Blocks()
	for len(name) < 40 {
		k, ok := blocks.Next()
		if !ok {
			break
		}
		if len(name) > 0 {
			name = append(name, ", "...)
		}
		name = k.AppendTo(name)
	}
	verb := serviceVerb(inv.Service)
	o := dissect.Object{Name: name}
	if verb == otherService {
		o.Space, o.Name = "service", inv.Service
	}
	return verb, o
}

func (p *Parser) answer(c *dissect.Context, u *pdu.PDU) {
	f, named := u.Function()
	if named && fetched(f) {
		c.Send(jobs.Get(uint32(f)), dissect.Object{})
		return
	}
	w, waits := c.Peek(jobID(u))
	if !named && !waits {
		return
	}
	var verb *plant.Verb
	if !waits || named && pdu.Function(w.Tag) != f {
		verb, waits = answerVerb(f), false
	}
	c.Response(verb, jobID(u), result(u, f))
	switch {
	case f == pdu.StartUpload && waits:
		if t, ok := pdu.DecodeTransfer(u.Param); ok {
			p.upload.id, p.upload.block = t.ID, pdu.Block{Type: pdu.BlockType(w.Tag >> 8), Number: uint32(w.Tag >> 16)}
		}
	case f == pdu.SetupCommunication, f == pdu.ReadVar, f == pdu.WriteVar:
		p.served(c)
	}
}

// answerVerb is the verb of an answer whose request was not seen. One to a PI
// service does not tell which: it may have been a start or nothing of note.
func answerVerb(f pdu.Function) *plant.Verb {
	if f == pdu.PIService {
		return otherService
	}
	return jobs.Get(uint32(f))
}

// result is how a job went: refused as a whole, or item by item.
func result(u *pdu.PDU, f pdu.Function) dissect.Result {
	if u.Failed() {
		return dissect.Refused
	}
	if f == pdu.ReadVar || f == pdu.WriteVar {
		if good, bad := pdu.Codes(*u); bad > 0 && good == 0 {
			return dissect.Refused
		}
	}
	return dissect.Accepted
}

// served reports what the two ends are, as far as the answer to a client's job
// and the kind of its connection tell: many drivers connect as a programming
// device, so that is a hint at most.
func (p *Parser) served(c *dissect.Context) {
	if p.told {
		return
	}
	p.told = true
	c.SenderIsServer()
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, "s7comm", 0.4)
	switch p.Called.Type {
	case pdu.PG:
		c.FactText(dissect.Receiver, plant.FieldRole, plant.RoleEngineering, "s7comm.tsap", 0.3)
	case pdu.OP:
		c.FactText(dissect.Receiver, plant.FieldRole, plant.RoleHMI, "s7comm.tsap", 0.3)
	}
}
