// Package sunrpc tells what happens in ONC RPC conversations: who asks a port
// mapper what it serves, mounts directories and calls NFS, and the computer
// names that callers give. Files are not read.
package sunrpc

import (
	"fmt"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/sunrpc"
)

// Protocol is ONC RPC on TCP and UDP.
func Protocol() dissect.Protocol {
	ports := []uint16{111, 2049}
	return dissect.Protocol{
		Name: "sunrpc", TCP: ports, UDP: ports,
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

type key struct{ program, procedure uint32 }

// verbs are the procedures with a row of their own. Version 2 and 3 of mount
// and version 3 of NFS number them alike.
var verbs = func() map[key]*plant.Verb {
	m := map[key]*plant.Verb{}
	add := func(program uint32, name string, kind plant.Kind, technique string, procedures ...string) {
		for i, p := range procedures {
			if p == "" {
				continue
			}
			m[key{program, uint32(i)}] = &plant.Verb{
				Protocol: "sunrpc", Code: fmt.Sprintf("%d.%d", program, i), Name: name + " " + p, Kind: kind, Technique: technique,
			}
		}
	}
	add(pdu.Portmap, "Portmap", plant.Identify, "T0846", "Null", "", "", "GetPort", "Dump")
	add(pdu.Portmap, "Portmap", plant.Config, "", "", "Set", "Unset")
	add(pdu.Portmap, "Portmap", plant.Other, "", "", "", "", "", "", "CallIt")
	add(pdu.Mount, "Mount", plant.Other, "T0886", "", "Mount")
	add(pdu.Mount, "Mount", plant.Other, "", "Null", "", "", "Unmount", "UnmountAll")
	add(pdu.Mount, "Mount", plant.Identify, "T0846", "", "", "Dump", "", "", "Export")
	add(pdu.NFS, "NFS", plant.Other, "", "Null", "GetAttr", "SetAttr", "Lookup", "Access", "ReadLink", "Read", "Write", "Create", "MkDir",
		"SymLink", "MkNod", "Remove", "RmDir", "Rename", "Link", "ReadDir", "ReadDirPlus", "FsStat", "FsInfo", "PathConf", "Commit")
	return m
}()

// programs are names for calls whose procedure has no row.
var programs = map[uint32]*plant.Verb{
	pdu.Portmap: program("Portmap"), pdu.Rstat: program("Rstat"), pdu.NFS: program("NFS"), pdu.YP: program("NIS"),
	pdu.Mount: program("Mount"), pdu.NLM: program("NFS lock manager"), pdu.Status: program("NFS status"), pdu.VXI11: program("VXI-11"),
}

var other = program("RPC")

func program(name string) *plant.Verb {
	return &plant.Verb{Protocol: "sunrpc", Code: name, Name: name + " call"}
}

// probe takes a call of a standard program for sure: four of its first words
// are fixed or nearly so. Other calls and replies are taken on the ports.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		if _, _, err := pdu.Mark(b); err != nil {
			if err == pdu.ErrShort {
				return dissect.Short
			}
			return dissect.No
		}
		b = b[4:]
	}
	m, _, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort && h.Stream && len(b) < 40:
		return dissect.Short
	case err != nil:
		return dissect.No
	case m.Call && pdu.Known(m.Program) && m.Procedure < 64 && m.Version < 16:
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	text []byte
	more [2]bool // the side's record goes on with its next fragment
}

// enough is how much of a record is waited for; the rest is file data.
const enough = 1 << 10

// Parse reads the records in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		m, _, err := pdu.Decode(b)
		if err != nil {
			return 0, err
		}
		p.message(c, &m)
		return len(b), nil
	}
	taken := 0
	for len(b)-taken >= 4 {
		n, err := p.record(c, b[taken:])
		if n == 0 || err != nil {
			return taken, err
		}
		taken += n
	}
	return taken, nil
}

func (p *parser) record(c *dissect.Context, b []byte) (int, error) {
	n, last, err := pdu.Mark(b)
	if err != nil {
		return 0, err
	}
	if len(b) < 4+min(n, enough) {
		return 0, nil
	}
	first := !p.more[c.Side()]
	p.more[c.Side()] = !last
	if first {
		m, _, err := pdu.Decode(b[4:min(4+n, len(b))])
		if err != nil {
			return 0, err
		}
		p.message(c, &m)
	}
	return 4 + n, nil
}

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	if m.Call {
		p.call(c, m)
	} else {
		p.reply(c, m)
	}
}

// dumps marks a call that asks for everything the port mapper knows.
const dumps = 1

func (p *parser) call(c *dissect.Context, m *pdu.Message) {
	c.SenderIsClient()
	v, o := verbs[key{m.Program, m.Procedure}], dissect.Object{}
	if v == nil {
		if v = programs[m.Program]; v == nil {
			v, o.Space, o.Ranged, o.From, o.To = other, "program", true, m.Program, m.Program
		} else {
			o.Space, o.Ranged, o.From, o.To = "procedure", true, m.Procedure, m.Procedure
		}
	}
	c.Fact(dissect.Sender, plant.FieldName, m.Machine, "sunrpc.auth-sys", 0.85)
	tag := uint64(0)
	switch {
	case m.Program == pdu.Mount && m.Procedure == pdu.MountMount:
		if path, ok := pdu.ReadPath(m.Body); ok {
			o.Space, o.Name = "export", path
			p.text = append(append(p.text[:0], "NFS export "...), path...)
			c.Fact(dissect.Receiver, plant.FieldService, p.text, "sunrpc.mount", 0.6)
		}
	case m.Program == pdu.Portmap && m.Procedure == pdu.PortmapGetPort && m.Version == 2:
		if x, ok := pdu.ReadMapping(m.Body); ok {
			o.Space, o.Ranged, o.From, o.To = "program", true, x.Program, x.Program
		}
	case m.Program == pdu.Portmap && m.Procedure == pdu.PortmapDump && m.Version == 2:
		tag = dumps
	case m.Program == pdu.NFS && m.Flavor == 1:
		c.FactText(dissect.Receiver, plant.FieldSecurity, "nfs.auth=sys", "sunrpc.nfs", 0.8)
	}
	c.Request(v, uint64(m.XID), o).Tag = tag
}

func (p *parser) reply(c *dissect.Context, m *pdu.Message) {
	c.SenderIsServer()
	result := dissect.Accepted
	if m.Failed() {
		result = dissect.Refused
	}
	w, ok := c.Peek(uint64(m.XID))
	if !ok {
		c.Response(other, uint64(m.XID), result)
		return
	}
	c.Response(nil, uint64(m.XID), result)
	if w.Tag == dumps && result == dissect.Accepted {
		p.dump(c, m.Body)
	}
}

// maxServices bounds what one dump may claim.
const maxServices = 64

func (p *parser) dump(c *dissect.Context, b []byte) {
	d := pdu.ReadDump(b)
	for range maxServices {
		x, ok := d.Next()
		if !ok {
			return
		}
		p.text = p.text[:0]
		if v := programs[x.Program]; v != nil {
			p.text = append(p.text, v.Code...)
		} else {
			p.text = strconv.AppendUint(append(p.text, "RPC program "...), uint64(x.Program), 10)
		}
		p.text = strconv.AppendUint(append(p.text, " v"...), uint64(x.Version), 10)
		switch x.Transport {
		case 6:
			p.text = append(p.text, " on TCP "...)
		case 17:
			p.text = append(p.text, " on UDP "...)
		default:
			continue
		}
		p.text = strconv.AppendUint(p.text, uint64(x.Port), 10)
		c.Fact(dissect.Sender, plant.FieldService, p.text, "sunrpc.dump", 0.9)
	}
}
