package plant

import "fmt"

// Verb is one kind of message of a protocol: what it is called on the wire and
// in words, what it does to the one that receives it, and the ATT&CK for ICS
// technique that an attacker would use it for ("" where there is none).
type Verb struct {
	Protocol  string
	Code      string // the JSON contract's code: "3", "0x04", "ud.4.1", "c.12"
	Name      string // the standard's name: "Read Holding Registers"
	Kind      Kind
	Technique string // "T0855"
	Reply     string // the code of the response where it is another, as in OPC UA; else ""
}

// Kind is what an operation does to the one that is asked.
type Kind uint8

// Kinds, from the least to the most consequential where they can be ordered.
const (
	Other    Kind = iota // keep-alive, session set-up, anything without effect
	Identify             // asks or tells who one is
	Read                 // reads process values or state
	Auth                 // signs in, changes rights or passwords
	Write                // changes process values
	Config               // changes settings: clock, address, name, parameters
	Program              // moves or changes control logic, either way
	Mode                 // starts, stops, resets
	Firmware             // replaces firmware
)

// String is the name used in the JSON contract.
func (k Kind) String() string {
	return [...]string{"other", "identify", "read", "auth", "write", "config", "program", "mode", "firmware"}[k]
}

// ParseKind is the kind with that name.
func ParseKind(s string) (Kind, bool) {
	for k := Other; k <= Firmware; k++ {
		if k.String() == s {
			return k, true
		}
	}
	return Other, false
}

// MarshalText is the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText takes a kind's name.
func (k *Kind) UnmarshalText(b []byte) error {
	kind, ok := ParseKind(string(b))
	if !ok {
		return fmt.Errorf("%q is no kind of operation", b)
	}
	*k = kind
	return nil
}
