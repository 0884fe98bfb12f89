package relay

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// named is a verb by its contract's code.
type named struct{ protocol, code string }

// others are the verbs of kind Other whose effect is known. Sensors call Other
// whatever has no kind of its own, and what they do not know: here, what is not
// in this list is not known. Some that a sensor need not tell apart do
// something, and count as what they do.
var others = map[named]plant.Kind{
	{"modbus", "8"}:  plant.Other, // the sub-function is judged by the reader
	{"umas", "0x01"}: plant.Other, // initialize communication
	{"umas", "0x0a"}: plant.Other, // repeat
	{"umas", "0x12"}: plant.Other, // keep alive
	{"umas", "0x58"}: plant.Other, // check

	{"s7comm", "0xf0"}:    plant.Other, // setup communication
	{"s7comm", "ud.1.13"}: plant.Other, // disable a watching job of one's own
	{"s7comm", "ud.1.14"}: plant.Write, // enable a job: it may modify variables
	{"s7comm", "ud.1.15"}: plant.Other, // delete it
	{"s7comm", "ud.1.18"}: plant.Write, // replace a job
	{"s7comm", "ud.2.4"}:  plant.Other, // unsubscribe
	{"s7comm", "ud.4.2"}:  plant.Other, // message service: subscribe to messages
	{"s7comm", "ud.4.11"}: plant.Write, // acknowledge an alarm

	{"enip", "0x0000"}: plant.Other, // NOP
	{"enip", "0x0065"}: plant.Other, // register session
	{"enip", "0x0066"}: plant.Other, // unregister session

	{"cip", "0x17"}: plant.Other, // no operation
	{"cip", "0x1c"}: plant.Other, // group sync: is this group's clock in step
	{"cip", "0x4e"}: plant.Mode,  // safety supervisor: perform diagnostics
	{"cip", "0x05"}: plant.Other, // a client's own list of tags
	{"cip", "0x08"}: plant.Other,
	{"cip", "0x09"}: plant.Other,

	{"pccc", "0x0600"}: plant.Other,   // echo
	{"pccc", "0x0607"}: plant.Config,  // reset diagnostic counters
	{"pccc", "0x0f81"}: plant.Program, // open file
	{"pccc", "0x0f82"}: plant.Program, // close file
}

// effect is what a verb does to the one that is asked, false if that is not
// known.
func effect(v *plant.Verb) (plant.Kind, bool) {
	if v.Kind != plant.Other {
		return v.Kind, true
	}
	k, ok := others[named{v.Protocol, v.Code}]
	return k, ok
}

// decide says whether an operation passes and notes it. Unknown is what no
// effect is known of.
func (l *ledger) decide(r *rule, v *plant.Verb, kind plant.Kind, known bool, t *target) (why string, ok bool) {
	switch why = whyUnknown; {
	case r.all:
		why, ok = "", true
	case known:
		why, ok = r.allows(kind, t)
	}
	if ok || r.loose && !r.shadow {
		l.pass(v)
	} else {
		l.refuse(v, t, why, r.shadow)
	}
	return why, ok
}
