package smb

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/msrpc"
	"github.com/bulkhead-ot/bulkhead/protocol/smb2"
)

// smb2 reads the first message in b and returns where the next of the compound
// starts.
func (p *parser) smb2(c *dissect.Context, b []byte) (int, error) {
	m, n, err := smb2.Decode(b)
	if err != nil {
		return 0, err
	}
	switch {
	case m.Encrypted:
		c.Send(encrypted, dissect.Object{})
	case m.Compressed:
		c.Send(compressed, dissect.Object{})
	case m.Reply():
		c.SenderIsServer()
		p.reply2(c, &m)
	default:
		c.SenderIsClient()
		p.request2(c, &m)
	}
	return n, nil
}

func key(f smb2.FileID) fileKey { return fileKey{f.Persistent, f.Volatile} }

func (p *parser) request2(c *dissect.Context, m *smb2.Message) {
	tree := p.trees.kind(m.Tree)
	v, o, tag := verb2(m.Command, tree), dissect.Object{}, uint64(0)
	switch m.Command {
	case smb2.CmdSessionSetup:
		token, _ := m.Token()
		if account := p.gss.Read(c, token); len(account) > 0 {
			o.Space, o.Name = "user", account
		}
	case smb2.CmdTreeConnect:
		path, _ := m.TreePath()
		tree = p.share(c, path, "smb2.tree")
		tag = uint64(tree)
		o.Space, o.Name = "share", p.path
		if tree == treeAdmin {
			v = adminTree2
		}
	case smb2.CmdCreate:
		tag = p.create2(m, tree, &o)
	case smb2.CmdWrite:
		f, data, _ := m.Written()
		if r, _ := p.pipeData(tree, key(f), data); r != nil {
			r.Data(c, data)
		}
	case smb2.CmdRead:
		f, _ := m.ReadFrom()
		_, i := p.pipes.find(key(f))
		tag = uint64(i+1) << tagPipeShift
	case smb2.CmdIoctl:
		tag = p.ioctl2(c, m)
	case smb2.CmdClose:
		f, _ := m.ClosedFile()
		p.pipes.close(key(f))
	case smb2.CmdSetInfo:
		if s, ok := m.SetInfo(); ok && !s.Rename.Empty() {
			p.name = s.Rename.AppendTo(p.name[:0])
			v, o.Space, o.Name = rename2, "file", p.name
		}
	case smb2.CmdCancel: // is never answered
		c.Send(v, o)
		return
	}
	c.Request(v, m.ID, o).Tag = tag
}

func (p *parser) create2(m *smb2.Message, tree treeKind, o *dissect.Object) (tag uint64) {
	f, ok := m.CreateRequest()
	if !ok {
		return 0
	}
	p.file(f.Name, tree, o)
	if tree == treePipes {
		return tagOpensPipe
	}
	return 0
}

// pipeData is the pipe that data are written to. Files are not looked at.
func (p *parser) pipeData(tree treeKind, k fileKey, data []byte) (*msrpc.Pipe, int) {
	if tree == treeFiles || tree == treeAdmin {
		return nil, -1
	}
	return p.pipes.findOrStart(k, data)
}

func (p *parser) ioctl2(c *dissect.Context, m *smb2.Message) (tag uint64) {
	x, ok := m.Ioctl()
	if !ok || x.Code != smb2.ControlPipeTransceive {
		return 0
	}
	r, i := p.pipes.findOrStart(key(x.File), x.Data)
	if r != nil {
		r.Data(c, x.Data)
	}
	return uint64(i+1) << tagPipeShift
}

func (p *parser) reply2(c *dissect.Context, m *smb2.Message) {
	if m.Interim() {
		return // the answer follows under the same number
	}
	result := dissect.Accepted
	switch {
	case m.MoreNeeded():
		result = dissect.Answered
	case m.Failed():
		result = dissect.Refused
	}
	id := m.ID
	if m.Command == smb2.CmdNegotiate && p.offer > 0 {
		// The answer to an SMB1 negotiate request that also offered SMB2.
		id, p.offer = p.offer-1, 0
	}
	w, ok := c.Peek(id)
	if ok {
		c.Response(nil, id, result)
	} else {
		c.Response(verb2(m.Command, p.trees.kind(m.Tree)), m.ID, result)
	}
	p.body2(c, m, w.Tag)
}

func (p *parser) body2(c *dissect.Context, m *smb2.Message, tag uint64) {
	pipe := p.pipes.at(int(tag>>tagPipeShift&0xff) - 1)
	switch m.Command {
	case smb2.CmdNegotiate:
		p.chosen2(c, m)
	case smb2.CmdSessionSetup:
		p.setupReply2(c, m)
	case smb2.CmdTreeConnect:
		if t, ok := m.ShareType(); ok {
			p.trees.add(m.Tree, kindOfTree(t, treeKind(tag&0xff)))
		}
	case smb2.CmdCreate:
		if f, ok := m.OpenedFile(); ok && tag&tagOpensPipe != 0 {
			p.pipes.open(key(f))
		}
	case smb2.CmdRead:
		if data, ok := m.ReadData(); ok && pipe != nil {
			pipe.Data(c, data)
		}
	case smb2.CmdIoctl:
		if x, ok := m.Ioctl(); ok && pipe != nil {
			pipe.Data(c, x.Data)
		}
	}
}

func kindOfTree(t smb2.ShareType, asked treeKind) treeKind {
	switch {
	case t == smb2.SharePipe:
		return treePipes
	case asked == treeAdmin:
		return treeAdmin
	}
	return treeFiles
}

// dialects are facts, made once.
var dialects = map[smb2.Dialect]string{
	smb2.Dialect202: "SMB 2.0.2", smb2.Dialect210: "SMB 2.1", smb2.Dialect300: "SMB 3.0",
	smb2.Dialect302: "SMB 3.0.2", smb2.Dialect311: "SMB 3.1.1",
}

func (p *parser) chosen2(c *dissect.Context, m *smb2.Message) {
	r, ok := m.NegotiateReply()
	if !ok {
		return
	}
	const source = "smb2.negotiate"
	if s := dialects[r.Dialect]; s != "" {
		c.FactText(dissect.Sender, plant.FieldService, s, source, 0.9)
	}
	if r.Mode&smb2.ModeSigningRequired == 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "smb.signing=not-required", source, 0.9)
	}
	p.gss.Read(c, r.Token)
}

func (p *parser) setupReply2(c *dissect.Context, m *smb2.Message) {
	token, _ := m.Token()
	p.gss.Read(c, token)
	f, ok := m.SessionFlags()
	if !ok || m.MoreNeeded() {
		return
	}
	switch {
	case f&smb2.SessionGuest != 0:
		c.FactText(dissect.Sender, plant.FieldSecurity, "smb.guest", "smb2.setup", 0.8)
	case f&smb2.SessionNull != 0:
		c.FactText(dissect.Sender, plant.FieldSecurity, "smb.anonymous", "smb2.setup", 0.8)
	}
}
