package cip

import (
	"fmt"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// classNames are what operations call the objects of a class.
var classNames = newClassNames(map[uint32]string{
	0x01: "identity",
	0x02: "message router",
	0x04: "assembly",
	0x05: "connection",
	0x06: "connection manager",
	0x07: "register",
	0x08: "discrete input",
	0x09: "discrete output",
	0x0a: "analog input",
	0x0b: "analog output",
	0x0f: "parameter",
	0x10: "parameter group",
	0x29: "control supervisor",
	0x2a: "drive",
	0x37: "file",
	0x39: "safety supervisor",
	0x3a: "safety validator",
	0x43: "time sync",
	0x47: "device level ring",
	0x48: "quality of service",
	0x5d: "CIP security",
	0x5e: "EtherNet/IP security",
	0x5f: "certificate",
	0x64: "controller name",
	0x67: "PCCC",
	0x68: "program",
	0x69: "I/O module",
	0x6a: "data",
	0x6b: "symbol",
	0x6c: "template",
	0x6d: "routine",
	0x70: "task",
	0x72: "tag list",
	0x74: "lock",
	0x8b: "wall clock",
	0x8e: "controller",
	0xa1: "non-volatile storage",
	0xac: "change log",
	0xf0: "ControlNet",
	0xf3: "connection configuration",
	0xf4: "port",
	0xf5: "TCP/IP interface",
	0xf6: "Ethernet link",
})

func newClassNames(known map[uint32]string) *[256]string {
	names := new([256]string)
	for i := range names {
		if names[i] = known[uint32(i)]; names[i] == "" {
			names[i] = fmt.Sprintf("class 0x%02x", i)
		}
	}
	return names
}

// ClassName is what operations call the objects of a class; "class" where its
// number says more than one byte holds.
func ClassName(class uint32) string {
	if class < uint32(len(classNames)) {
		return classNames[class]
	}
	return "class"
}

// Classes that makers define as they like (volume 1, 5-1). A programming tool
// reads dozens of them while it looks around.
const (
	firstVendorClass = 0x64
	lastVendorClass  = 0xc7
)

// opening is what a Forward Open leads to.
func (p *Parser) opening(o *pdu.OpenRequest) dissect.Object {
	object := dissect.Object{Space: "explicit connection"}
	if o.Class() < 2 {
		object.Space = "I/O connection"
	}
	a := o.Path.Address()
	slot := p.slot
	p.slot = a.Slot
	object.Name = p.place(&pdu.Address{Class: a.Class})
	p.slot = slot
	if a.HasClass && a.Class < uint32(len(classNames)) {
		if len(object.Name) > 0 {
			object.Name = append(object.Name, ' ')
		}
		object.Name = append(object.Name, classNames[a.Class]...)
	}
	return object
}

// object is what a request is about. Reads of tags name none: a client polls
// thousands of them, and the few that are written matter more.
func (p *Parser) object(v *plant.Verb, a *pdu.Address, m *pdu.Message) dissect.Object {
	switch {
	case v.Kind == plant.Read && (a.Symbol != nil || a.Class == pdu.ClassSymbol && m.Service >= pdu.ReadTag && m.Service <= pdu.WriteTagFragmented):
		return dissect.Object{Space: "tags"}
	case a.Symbol != nil:
		o := dissect.Object{Space: "tag", Name: a.Symbol}
		if a.Symbols > 1 {
			o.Name = m.Path.AppendTag(p.scratch[:0])
		}
		if m.Service == pdu.WriteTag {
			o.Value, o.Valued = pdu.TagValue(m.Data)
		}
		return o
	case !a.HasClass:
		return dissect.Object{}
	case v.Kind == plant.Read && a.Class >= firstVendorClass && a.Class <= lastVendorClass:
		return dissect.Object{Space: "vendor objects"}
	}
	o := dissect.Object{Space: "class"}
	if a.Class < uint32(len(classNames)) {
		o.Space = classNames[a.Class]
	}
	switch {
	case v.Kind == plant.Read || v.Kind == plant.Identify:
		return o
	case v.Kind == plant.Other && m.Service < 0x4b:
		return o
	case m.Service == pdu.Create || v.Kind == plant.Program:
		// A download touches thousands of instances: the class says enough.
		return o
	}
	o.Name = p.place(a)
	if m.Service == pdu.SetAttributeSingle && len(m.Data) <= 8 {
		o.Value, o.Valued = pdu.Integer(m.Data, len(m.Data), false)
	}
	return o
}

// place is instance and attribute in words, and the slot when the request
// travels on.
func (p *Parser) place(a *pdu.Address) []byte {
	b := p.scratch[:0]
	word := func(name string, n uint32) {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(append(append(b, name...), ' '), uint64(n), 10)
	}
	if p.slot >= 0 {
		word("slot", uint32(p.slot))
	}
	if a.Class >= uint32(len(classNames)) {
		word("number", a.Class)
	}
	if a.HasInstance {
		word("instance", a.Instance)
	}
	if a.HasAttribute {
		word("attribute", a.Attribute)
	}
	return b
}
