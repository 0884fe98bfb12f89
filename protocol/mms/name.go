package mms

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Name is the name of an MMS object. Domain is empty for one that belongs to
// the whole device or to the association. Both are borrowed.
type Name struct {
	Domain []byte // "AA1E1Q01LD0": in IEC 61850 a logical device
	Item   []byte // "LLN0$BR$rcb_B02": in IEC 61850 node, constraint, object
}

// Append writes the name to dst, the domain before a slash as IEC 61850-8-1
// has it.
func (n Name) Append(dst []byte) []byte {
	if len(n.Domain) > 0 {
		dst = append(dst, n.Domain...)
		if len(n.Item) > 0 {
			dst = append(dst, '/')
		}
	}
	return append(dst, n.Item...)
}

// Constraint is the functional constraint of an IEC 61850 name, the part
// between the first two dollars: "CO" of "CSWI1$CO$Pos$Oper". It is empty where
// there is none.
func (n Name) Constraint() []byte {
	_, rest, ok := bytes.Cut(n.Item, []byte{'$'})
	if !ok {
		return nil
	}
	fc, _, _ := bytes.Cut(rest, []byte{'$'})
	if len(fc) != 2 {
		return nil
	}
	return fc
}

// objectName reads an ObjectName: for the device, in a domain or for the
// association.
func objectName(e ber.Element) Name {
	switch e.Tag {
	case ber.Context, ber.Context | 2:
		if !e.Constructed {
			return Name{Item: e.Body}
		}
	case ber.Context | 1:
		c := e.Children()
		domain, _ := c.Next()
		item, _ := c.Next()
		return Name{Domain: domain.Body, Item: item.Body}
	}
	return Name{}
}

// firstName is the ObjectName that an element holds.
func firstName(e ber.Element) Name {
	c := e.Children()
	in, ok := c.Next()
	if !ok {
		return Name{}
	}
	return objectName(in)
}

// Variables walks the names in a read, a write or a report.
type Variables struct {
	list ber.Cursor
	name Name // of a named list, given once
	one  bool
}

// Variables is a walk over the variables that a request or a report names.
func (p PDU) Variables() Variables {
	c := p.Body.Children()
	switch {
	case p.Kind == ConfirmedRequest && p.Service == Read:
		spec, ok := c.Find(ber.Context | 1)
		if !ok {
			return Variables{}
		}
		c = spec.Children()
	case p.Kind == ConfirmedRequest && p.Service == Write:
	case p.Kind == Unconfirmed && p.Service == InformationReport:
	default:
		return Variables{}
	}
	return accessSpecification(&c)
}

// accessSpecification reads a VariableAccessSpecification.
func accessSpecification(c *ber.Cursor) Variables {
	e, ok := c.Next()
	switch {
	case !ok:
		return Variables{}
	case e.Tag == ber.Context:
		return Variables{list: e.Children()}
	case e.Tag == ber.Context|1:
		return Variables{name: firstName(e), one: true}
	}
	return Variables{}
}

// Next is the next variable's name. A variable given by address has an empty
// one.
func (v *Variables) Next() (Name, bool) {
	if v.one {
		v.one = false
		return v.name, true
	}
	e, ok := v.list.Next()
	if !ok {
		return Name{}, false
	}
	c := e.Children()
	spec, ok := c.Take(ber.Context)
	if !ok {
		return Name{}, true
	}
	return firstName(spec), true
}

// Object is the name of what a confirmed request is about: a variable, domain,
// program invocation or file. It is empty where the service has none.
func (p PDU) Object() Name {
	if p.Kind != ConfirmedRequest || !p.Serviced {
		return Name{}
	}
	c := p.Body.Children()
	switch p.Service {
	case Read, Write:
		v := p.Variables()
		n, _ := v.Next()
		return n
	case GetVariableAttributes:
		if e, ok := c.Take(ber.Context); ok {
			return firstName(e)
		}
		return Name{}
	case GetNamedVariableListAttr:
		return firstName(p.Body)
	case DefineNamedVariableList:
		e, _ := c.Next()
		return objectName(e)
	case GetNameList:
		return scope(c)
	case ObtainFile:
		return fileName(c, ber.Context|1)
	case FileOpen, FileRename, FileDirectory:
		return fileName(c, ber.Context)
	case FileDelete:
		e, _ := c.Next()
		return Name{Item: e.Body}
	}
	return p.plainName(c)
}

// scope is the domain that a name list is asked of.
func scope(c ber.Cursor) Name {
	e, ok := c.Find(ber.Context | 1)
	if !ok {
		return Name{}
	}
	c = e.Children()
	if e, ok = c.Take(ber.Context | 1); !ok {
		return Name{}
	}
	return Name{Domain: e.Body}
}

func fileName(c ber.Cursor, t ber.Tag) Name {
	e, ok := c.Find(t)
	if !ok {
		return Name{}
	}
	c = e.Children()
	e, _ = c.Next()
	return Name{Item: e.Body}
}

// plainName reads the services of domains and program invocations: the name is
// either the whole of it or its member 0.
func (p PDU) plainName(c ber.Cursor) Name {
	if p.Service < InitiateDownload || p.Service > GetProgramAttributes {
		return Name{}
	}
	if !p.Body.Constructed {
		// Those two have a number there, that of the upload.
		if p.Service == UploadSegment || p.Service == TerminateUpload {
			return Name{}
		}
		return Name{Item: p.Body.Body}
	}
	if e, ok := c.Take(ber.Context); ok && !e.Constructed {
		return Name{Item: e.Body}
	}
	return Name{}
}
