package smb

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/smb"
)

// smb1 reads one SMB1 message. The message counts once, under its first
// command; further commands of a chain are read for what they say.
func (p *parser) smb1(c *dissect.Context, b []byte) error {
	m, _, err := smb.Decode(b)
	if err != nil {
		return err
	}
	if m.Reply() {
		c.SenderIsServer()
	} else {
		c.SenderIsClient()
	}
	blk, ok := m.First()
	if !ok {
		c.Malformed("SMB1 message without parameters")
		return nil
	}
	if m.Reply() {
		p.reply1(c, &m, blk)
	} else {
		p.request1(c, &m, blk)
	}
	return nil
}

// id1 pairs SMB1 messages: the client's process and multiplex numbers.
func id1(m *smb.Message) uint64 { return uint64(m.PID)<<16 | uint64(m.MID) }

// What a request leaves for its response: the kind of tree in the low byte, the
// place of a pipe (plus one) in the next, and whether a pipe is being opened.
const (
	tagPipeShift = 8
	tagOpensPipe = 1 << 16
)

func (p *parser) request1(c *dissect.Context, m *smb.Message, blk smb.Block) {
	tree := p.trees.kind(uint32(m.TID))
	v, o, tag := verb1(m.Command, tree), dissect.Object{}, uint64(0)
	for ok := true; ok; blk, ok = m.Next(blk) {
		switch blk.Command {
		case smb.Negotiate:
			p.offer1(c, blk)
			p.offer = id1(m) + 1
		case smb.SessionSetupAndX:
			p.setupRequest1(c, m, blk, &o)
		case smb.TreeConnectAndX:
			t, _ := m.TreeConnect(blk)
			tree = p.share(c, t.Path, "smb.tree")
			tag |= uint64(tree)
			if o.Space == "" {
				o.Space, o.Name = "share", p.path
			}
			if tree == treeAdmin && m.Command == smb.TreeConnectAndX {
				v = adminTree1
			}
		case smb.Transaction, smb.Transaction2:
			v = p.transact1(c, m, blk, v, &o, &tag)
		case smb.WriteAndX:
			fid, data, ok := m.Written(blk)
			if r, _ := p.pipeData(tree, fileKey{a: uint64(fid)}, data); ok && r != nil {
				r.Data(c, data)
			}
		case smb.ReadAndX:
			if fid, ok := m.ReadFrom(blk); ok {
				_, i := p.pipes.find(fileKey{a: uint64(fid)})
				tag |= uint64(i+1) << tagPipeShift
			}
		case smb.Close:
			if fid, ok := m.ClosedFile(blk); ok {
				p.pipes.close(fileKey{a: uint64(fid)})
			}
		}
		if name, ok := m.FileName(blk); ok && o.Space == "" {
			p.file(name, tree, &o)
			if tree == treePipes {
				tag |= tagOpensPipe
			}
		}
	}
	c.Request(v, id1(m), o).Tag = tag
}

// offer1 looks at what a client offers. Many newer ones start with an SMB1
// message that also offers SMB2: only one that offers nothing else is old.
func (p *parser) offer1(c *dissect.Context, blk smb.Block) {
	d := blk.Dialects()
	for s, ok := d.Next(); ok; s, ok = d.Next() {
		if bytes.HasPrefix(s, []byte("SMB 2")) {
			return
		}
	}
	c.FactText(dissect.Sender, plant.FieldSecurity, "smb1", "smb.negotiate", 0.8)
}

func (p *parser) setupRequest1(c *dissect.Context, m *smb.Message, blk smb.Block, o *dissect.Object) {
	s, ok := m.SessionSetup(blk)
	if !ok {
		return
	}
	p.fact(c, dissect.Sender, plant.FieldOS, s.NativeOS, "smb.native-os", 0.8)
	p.fact(c, dissect.Sender, plant.FieldSoftware, s.NativeLM, "smb.native-lm", 0.5)
	account := p.gss.Read(c, s.Token)
	if len(account) == 0 && !s.Account.Empty() {
		p.fact(c, dissect.Sender, plant.FieldUser, s.Account, "smb.setup", 0.9)
		p.fact(c, dissect.Sender, plant.FieldDomain, s.Domain, "smb.setup", 0.6)
		p.name = s.Account.AppendTo(p.name[:0])
		account = p.name
		if s.MaybeClear && p.clear {
			p.text = append(append(p.text[:0], "smb user "...), account...)
			c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.text, "smb.setup", 0.8)
		}
	}
	if len(account) > 0 {
		p.name = append(p.name[:0], account...)
		o.Space, o.Name = "user", p.name
	}
}

// transact1 reads a transaction: on a named pipe, its data are a call.
func (p *parser) transact1(c *dissect.Context, m *smb.Message, blk smb.Block, v *plant.Verb, o *dissect.Object, tag *uint64) *plant.Verb {
	t, ok := m.Transact(blk)
	if !ok {
		return v
	}
	if blk.Command == smb.Transaction2 {
		if t.Function == smb.Trans2SessionSetup {
			return trans2Setup
		}
		return v
	}
	if o.Space == "" {
		p.path = t.Name.AppendTo(p.path[:0])
		o.Space, o.Name = "pipe", p.path
	}
	if t.Function == smb.PipeTransact {
		r, i := p.pipes.findOrStart(fileKey{a: uint64(t.FID)}, t.Data)
		*tag |= uint64(i+1) << tagPipeShift
		if r != nil {
			r.Data(c, t.Data)
		}
	}
	return v
}

func (p *parser) reply1(c *dissect.Context, m *smb.Message, blk smb.Block) {
	result := dissect.Accepted
	switch {
	case m.MoreNeeded():
		result = dissect.Answered
	case m.Failed():
		result = dissect.Refused
	}
	w, ok := c.Peek(id1(m))
	if ok {
		c.Response(nil, id1(m), result)
	} else {
		c.Response(verb1(m.Command, p.trees.kind(uint32(m.TID))), id1(m), result)
	}
	for ok := true; ok; blk, ok = m.Next(blk) {
		p.block1(c, m, blk, w.Tag)
	}
}

// block1 reads one command of a response.
func (p *parser) block1(c *dissect.Context, m *smb.Message, blk smb.Block, tag uint64) {
	switch blk.Command {
	case smb.Negotiate:
		p.chosen1(c, m, blk)
	case smb.SessionSetupAndX:
		p.setupReply1(c, m, blk)
	case smb.TreeConnectAndX:
		p.treeReply1(m, blk, tag)
	case smb.NTCreateAndX, smb.OpenAndX:
		if fid, ok := m.OpenedFile(blk); ok && tag&tagOpensPipe != 0 {
			p.pipes.open(fileKey{a: uint64(fid)})
		}
	case smb.Transaction:
		t, _ := m.Transact(blk)
		if r := p.pipes.at(int(tag>>tagPipeShift&0xff) - 1); r != nil {
			r.Data(c, t.Data)
		}
	case smb.ReadAndX:
		data, _ := m.ReadData(blk)
		if r := p.pipes.at(int(tag>>tagPipeShift&0xff) - 1); r != nil {
			r.Data(c, data)
		}
	}
}

// chosen1 reads what a server chose. That it answers at all, and not with SMB2,
// means that it speaks SMB1.
func (p *parser) chosen1(c *dissect.Context, m *smb.Message, blk smb.Block) {
	r, ok := m.NegotiateReply(blk)
	if !ok || r.Dialect == smb.NoDialect || m.Failed() {
		return
	}
	const source = "smb.negotiate"
	c.FactText(dissect.Sender, plant.FieldSecurity, "smb1", source, 0.95)
	if r.Mode&smb.ModeSigningRequired == 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "smb.signing=not-required", source, 0.9)
	}
	p.clear = r.Mode&smb.ModeChallenge == 0
	if p.clear {
		c.FactText(dissect.Sender, plant.FieldSecurity, "smb.passwords=clear", source, 0.9)
	}
	p.fact(c, dissect.Sender, plant.FieldName, r.Computer, source, 0.9)
	p.fact(c, dissect.Sender, plant.FieldDomain, r.Domain, source, 0.8)
	p.gss.Read(c, r.Token)
}

func (p *parser) setupReply1(c *dissect.Context, m *smb.Message, blk smb.Block) {
	s, ok := m.SessionSetup(blk)
	if !ok {
		return
	}
	p.fact(c, dissect.Sender, plant.FieldOS, s.NativeOS, "smb.native-os", 0.9)
	p.fact(c, dissect.Sender, plant.FieldSoftware, s.NativeLM, "smb.native-lm", 0.6)
	p.fact(c, dissect.Sender, plant.FieldDomain, s.Domain, "smb.setup", 0.7)
	if s.Guest && !m.Failed() && !m.MoreNeeded() {
		c.FactText(dissect.Sender, plant.FieldSecurity, "smb.guest", "smb.setup", 0.8)
	}
	p.gss.Read(c, s.Token)
}

func (p *parser) treeReply1(m *smb.Message, blk smb.Block, tag uint64) {
	if m.Failed() {
		return
	}
	kind := treeKind(tag & 0xff)
	if service, ok := m.TreeService(blk); ok && string(service.Raw) == "IPC" {
		kind = treePipes
	}
	if kind != treeUnknown {
		p.trees.add(uint32(m.TID), kind)
	}
}
