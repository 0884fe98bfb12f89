package detect

import (
	"fmt"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Operation judges what was done to whom.
func (d *Detector) Operation(o *plant.Operation) {
	if rule := ruleOf(o); rule != "" {
		d.report(rule, d.operationEvent(o))
	}
	if o.Verb.Kind < plant.Write || !controls[o.Verb.Protocol] {
		return
	}
	requester, _ := d.traits(o.Requester)
	responder, _ := d.traits(o.Responder)
	if requester&InOffice != 0 && responder&OnPlantFloor != 0 {
		d.report("office-controls", d.operationEvent(o))
	}
}

// ruleOf is the rule for the kind of an operation on a device, "" if it is part
// of everyday work. Protocols of the office have rules of their own.
func ruleOf(o *plant.Operation) string {
	if !controls[o.Verb.Protocol] {
		return ""
	}
	switch o.Verb.Kind {
	case plant.Program:
		if o.Verb.Technique == "T0845" {
			return "upload"
		}
		return "program"
	case plant.Mode:
		return "mode"
	case plant.Firmware:
		return "firmware"
	case plant.Config:
		return "config"
	}
	return ""
}

// controls are the protocols that act on machines.
var controls = map[string]bool{
	"ads": true, "bacnet": true, "bsap": true, "c1222": true, "cip": true, "codesys": true, "dlms": true, "dnp3": true, "ethercat": true, "fins": true,
	"fox": true, "ge-srtp": true, "genisys": true, "hartip": true, "iec104": true, "knx": true, "mms": true, "modbus": true, "opcua": true,
	"pccc": true, "pcworx": true, "profinet-dcp": true, "profinet-io": true, "roc-plus": true, "s7comm": true, "s7comm-plus": true, "slmp": true,
	"synchrophasor": true, "umas": true, "melsoft": true,
}

func (d *Detector) operationEvent(o *plant.Operation) event {
	return event{
		line: func() string {
			return fmt.Sprintf("%s → %s: %s (%s)", d.label(o.Requester), d.label(o.Responder), done(o), o.Verb.Protocol)
		},
		first: o.First, last: o.Last, packet: o.Packet, count: max(o.Requests, o.Responses), about: []plant.Endpoint{o.Responder, o.Requester},
	}
}

// done says what an operation did and how it was answered.
func done(o *plant.Operation) string {
	what := o.Verb.Name
	if o.Object != "" {
		what += " " + o.Object
	}
	switch {
	case o.Refused > 0 && o.Accepted == 0:
		what += ", refused"
	case o.Refused > 0:
		what += fmt.Sprintf(", %d of %d refused", o.Refused, o.Refused+o.Accepted)
	case o.Requests > 0 && o.Responses+o.Accepted == 0:
		what += ", no answer seen"
	}
	return what
}

// Asset judges what is known of one asset.
func (d *Detector) Asset(a *plant.Asset) {
	about := plant.Endpoint{}
	if len(a.MACs) > 0 {
		about.MAC = a.MACs[0]
	}
	if len(a.IPs) > 0 {
		about.IP = a.IPs[0]
	}
	for i := range a.Facts {
		d.fact(a, &a.Facts[i], "", about)
	}
	for i := range a.Modules {
		m := &a.Modules[i]
		place := fmt.Sprintf(" slot %d", m.Slot)
		for k := range m.Facts {
			d.fact(a, &m.Facts[k], place, about)
		}
	}
	for i := range a.Conflicts {
		c := &a.Conflicts[i]
		if c.Field == plant.FieldAddress && len(c.Facts) > 0 {
			d.report("address-conflict", event{line: func() string { return Label(a) + ": " + c.Why }, first: a.First, last: a.Last, packet: c.Facts[0].Packet, about: []plant.Endpoint{about}})
		}
	}
}

// fact judges one thing that is known of an asset, or of a module in the place
// that is named.
func (d *Detector) fact(a *plant.Asset, f *plant.Fact, place string, about plant.Endpoint) {
	rule, says := "", f.Value
	switch f.Field {
	case plant.FieldCleartextLogin:
		rule = "cleartext-login"
	case plant.FieldSecurity:
		if says = d.weakness(f.Value); says != "" {
			rule = "weak-security"
		}
	case plant.FieldKeySwitch:
		if k := strings.ToLower(f.Value); strings.HasPrefix(k, "rem") || strings.HasPrefix(k, "prog") || k == "run-p" {
			rule = "key-remote"
		}
	}
	if rule == "" {
		return
	}
	d.report(rule, event{line: func() string { return Label(a) + place + ": " + says }, first: f.First, last: f.Last, packet: f.Packet, count: f.Count, about: []plant.Endpoint{about}})
}

// Anomaly judges what broke.
func (d *Detector) Anomaly(x *plant.Anomaly) {
	if x.Kind != plant.AnomalyMalformed || !controls[x.Protocol] {
		return
	}
	d.report("malformed", event{
		line: func() string {
			return fmt.Sprintf("%s → %s: %s (%s)", d.label(x.Source), d.label(x.Destination), x.Text, x.Protocol)
		}, first: x.First, last: x.Last,
		packet: x.Packet, count: x.Count, about: []plant.Endpoint{x.Source, x.Destination},
	})
}

// Capture judges what a capture as a whole cannot show.
func (d *Detector) Capture(c *plant.Capture) {
	if c.Undecoded > 0 {
		d.report("unread", event{line: func() string {
			return fmt.Sprintf("%s: %d of %d packets have a link or network layer that is not read", c.File, c.Undecoded, c.Packets)
		}, first: c.First, last: c.Last, count: c.Undecoded})
	}
	if c.Truncated {
		line := c.File + ": ends in the middle of a record"
		if c.Problem != "" {
			line = c.File + ": " + c.Problem
		}
		d.report("unread", event{line: func() string { return line }, first: c.First, last: c.Last})
	}
}
