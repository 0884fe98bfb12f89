package mms

import "github.com/bulkhead-ot/bulkhead/protocol/ber"

// Tags of Data, ISO 9506-2 clause 14.4.2. Failure stands in an access result
// in place of data.
const (
	Failure       = ber.Context
	Array         = ber.Context | 1
	Structure     = ber.Context | 2
	Boolean       = ber.Context | 3
	BitString     = ber.Context | 4
	Integer       = ber.Context | 5
	Unsigned      = ber.Context | 6
	Float         = ber.Context | 7
	OctetString   = ber.Context | 9
	VisibleString = ber.Context | 10
	BinaryTime    = ber.Context | 12
	MMSString     = ber.Context | 16
	UTCTime       = ber.Context | 17
)

// Values is a walk over the data of a write request, or over the access
// results of a read response or a report.
func (p PDU) Values() ber.Cursor {
	c := p.Body.Children()
	switch {
	case p.Kind == ConfirmedRequest && p.Service == Write,
		p.Kind == Unconfirmed && p.Service == InformationReport:
		// Behind the variables, which may have the same tag.
		if _, ok := c.Next(); !ok {
			return ber.Cursor{}
		}
		if e, ok := c.Take(ber.Context); ok {
			return e.Children()
		}
	case p.Kind == ConfirmedResponse && p.Service == Read:
		if e, ok := c.Find(ber.Context | 1); ok {
			return e.Children()
		}
	}
	return ber.Cursor{}
}

// Number is a value as a whole number: of a boolean, an integer or an
// unsigned, or of the first member of a structure, which is the control value
// of an IEC 61850 operation.
func Number(e ber.Element) (int64, bool) {
	if e.Tag == Structure {
		c := e.Children()
		e, _ = c.Next()
	}
	switch e.Tag {
	case Boolean, Unsigned:
		v, ok := ber.Unsigned(e.Body)
		return int64(v), ok && v < 1<<63
	case Integer:
		return e.Int64()
	}
	return 0, false
}

// Text is the characters of a visible string or MMS string.
func Text(e ber.Element) ([]byte, bool) {
	return e.Body, e.Tag == VisibleString || e.Tag == MMSString
}

// Refused says that a confirmed response reports failure: of a write when one
// of the variables was not written, of a read when none was read.
func (p PDU) Refused() bool {
	if p.Kind != ConfirmedResponse || !p.Serviced {
		return false
	}
	switch p.Service {
	case Write:
		c := p.Body.Children()
		_, failed := c.Find(ber.Context)
		return failed
	case Read:
		failed, c := false, p.Values()
		for {
			e, ok := c.Next()
			if !ok {
				return failed
			}
			if e.Tag != Failure {
				return false
			}
			failed = true
		}
	}
	return false
}

// Identity is what a server answers to Identify. The strings are borrowed.
type Identity struct {
	Vendor, Model, Revision []byte
}

// Identity reads an Identify response.
func (p PDU) Identity() (Identity, bool) {
	if p.Kind != ConfirmedResponse || !p.Serviced || p.Service != Identify {
		return Identity{}, false
	}
	var id Identity
	c := p.Body.Children()
	for {
		e, ok := c.Next()
		if !ok {
			return id, true
		}
		switch e.Tag {
		case ber.Context:
			id.Vendor = e.Body
		case ber.Context | 1:
			id.Model = e.Body
		case ber.Context | 2:
			id.Revision = e.Body
		}
	}
}

// Names is a walk over the identifiers in a GetNameList response; the body of
// each element is one name.
func (p PDU) Names() ber.Cursor {
	if p.Kind != ConfirmedResponse || !p.Serviced || p.Service != GetNameList {
		return ber.Cursor{}
	}
	c := p.Body.Children()
	e, ok := c.Take(ber.Context)
	if !ok {
		return ber.Cursor{}
	}
	return e.Children()
}

// NameClass is the class of objects that a GetNameList request asks for: 0
// variables, 2 variable lists, 8 journals, 9 domains.
func (p PDU) NameClass() (uint8, bool) {
	if p.Kind != ConfirmedRequest || !p.Serviced || p.Service != GetNameList {
		return 0, false
	}
	c := p.Body.Children()
	e, ok := c.Take(ber.Context)
	if !ok {
		return 0, false
	}
	c = e.Children()
	e, ok = c.Next()
	return lastOctet(e), ok && len(e.Body) > 0
}

func lastOctet(e ber.Element) uint8 {
	if len(e.Body) == 0 {
		return 0
	}
	return e.Body[len(e.Body)-1]
}
