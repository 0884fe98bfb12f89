package bacnet

// Object is an object identifier: a type in 10 bits and an instance in 22.
type Object uint32

// DeviceType is the object type of a device: there is exactly one in each.
const DeviceType = 8

// MaxInstance is the largest instance; as a device's it stands for "any".
const MaxInstance = 1<<22 - 1

// Type is the object's type.
func (o Object) Type() uint16 { return uint16(o >> 22) }

// Instance is the object's number among those of its type.
func (o Object) Instance() uint32 { return uint32(o) & MaxInstance }

// TypeName is the standard's name of an object type (clause 21), "object" for
// proprietary ones and those it lacks.
func (o Object) TypeName() string {
	if int(o.Type()) < len(typeNames) {
		return typeNames[o.Type()]
	}
	return "object"
}

var typeNames = [...]string{
	"analog-input", "analog-output", "analog-value", "binary-input", "binary-output", "binary-value", "calendar",
	"command", "device", "event-enrollment", "file", "group", "loop", "multi-state-input", "multi-state-output",
	"notification-class", "program", "schedule", "averaging", "multi-state-value", "trend-log", "life-safety-point",
	"life-safety-zone", "accumulator", "pulse-converter", "event-log", "global-group", "trend-log-multiple",
	"load-control", "structured-view", "access-door", "timer", "access-credential", "access-point", "access-rights",
	"access-user", "access-zone", "credential-data-input", "network-security", "bitstring-value",
	"characterstring-value", "datepattern-value", "date-value", "datetimepattern-value", "datetime-value",
	"integer-value", "large-analog-value", "octetstring-value", "positive-integer-value", "timepattern-value",
	"time-value", "notification-forwarder", "alert-enrollment", "channel", "lighting-output", "binary-lighting-output",
	"network-port", "elevator-group", "escalator", "lift", "staging", "audit-log", "audit-reporter", "color",
	"color-temperature",
}

// Properties that name a device or tell its state (clause 21,
// BACnetPropertyIdentifier).
const (
	PropSoftware     = 12 // application-software-version
	PropDescription  = 28
	PropFirmware     = 44 // firmware-revision
	PropLocation     = 58
	PropModel        = 70 // model-name
	PropName         = 77 // object-name
	PropPresentValue = 85
	PropProgramOrder = 90 // program-change
	PropVendorID     = 120
	PropVendor       = 121 // vendor-name
	PropStatus       = 112 // system-status
	PropRevision     = 155 // database-revision
	PropSerial       = 372 // serial-number
)

// Property is one property of an object as a message names it,
// with its values. Values holds tags; it is empty in a read request. Failed is
// set when the device gave an error instead.
type Property struct {
	Object   Object
	ID       uint32
	Index    uint32
	HasIndex bool
	Failed   bool
	Values   []byte
}

// Properties walks the properties that a read or write message names.
type Properties struct {
	rest   []byte
	object Object
	inside bool  // within the list of one object
	multi  bool  // a message about several properties
	base   uint8 // context tag of the property: 0 or 2 in lists, 1 alone
}

// Properties starts a walk over the properties of a ReadProperty,
// ReadPropertyMultiple, WriteProperty or WritePropertyMultiple message.
func (a APDU) Properties() Properties { return WalkProperties(a.Type, a.Service, a.Data) }

// WalkProperties is Properties for data that was put together from segments.
func WalkProperties(t Type, service uint8, data []byte) Properties {
	p := Properties{rest: data}
	ack := t == ComplexAck
	switch {
	case service == ReadProperty && (ack || t == ConfirmedRequest), service == WriteProperty && t == ConfirmedRequest:
		p.base = 1
	case service == ReadPropertyMultiple && ack:
		p.multi, p.base = true, 2
	case service == ReadPropertyMultiple && t == ConfirmedRequest, service == WritePropertyMultiple && t == ConfirmedRequest:
		p.multi = true
	default:
		p.rest = nil
	}
	return p
}

// Next is the next property; false when there are no more, or when the tags
// make no sense.
func (p *Properties) Next() (Property, bool) {
	if !p.inside && !p.enter() {
		return Property{}, false
	}
	x := Property{Object: p.object}
	t, rest, err := NextTag(p.rest)
	if err != nil || !t.Context || t.Number != p.base || t.Opening || t.Closing {
		return Property{}, false
	}
	id, ok := t.Uint()
	if !ok {
		return Property{}, false
	}
	x.ID, p.rest = id, rest
	for p.part(&x) {
	}
	if p.multi {
		p.leave()
	} else {
		p.rest, p.inside = nil, false
	}
	return x, true
}

// enter reads the object identifier and, in lists, the opening tag behind it.
func (p *Properties) enter() bool {
	t, rest, err := NextTag(p.rest)
	if err != nil || !t.Context || t.Number != 0 {
		return false
	}
	o, ok := t.Object()
	if !ok {
		return false
	}
	if p.multi {
		t, rest, err = NextTag(rest)
		if err != nil || !t.Opening || t.Number != 1 {
			return false
		}
	}
	p.object, p.rest, p.inside = o, rest, true
	return true
}

// part reads the index, the values, the error or the priority behind the
// property's number; false when none of them is next.
func (p *Properties) part(x *Property) bool {
	t, rest, err := NextTag(p.rest)
	if err != nil || !t.Context || t.Closing || t.Number <= p.base || t.Number > p.base+3 {
		return false
	}
	switch {
	case t.Number == p.base+1 && !t.Opening:
		x.Index, x.HasIndex = t.Uint()
	case t.Opening:
		x.Failed = t.Number == p.base+3
		inner, after, err := Enclosed(rest)
		if err != nil {
			// Cut short: the values that are there are good.
			inner, after = rest, nil
		}
		if !x.Failed {
			x.Values = inner
		}
		rest = after
	}
	p.rest = rest
	return true
}

// leave reads the closing tag of an object's list, if it is next.
func (p *Properties) leave() {
	t, rest, err := NextTag(p.rest)
	if err == nil && t.Closing && t.Number == 1 {
		p.rest, p.inside = rest, false
	}
}
