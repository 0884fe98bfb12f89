package s7plus

// Identifiers of objects, classes and attributes that say who somebody is or
// what a message does.
const (
	ObjectExecUnit = 52 // the CPU's execution unit: its operating mode
	ObjectInputs   = 80
	ObjectOutputs  = 81
	ObjectFlags    = 82
	ObjectCounters = 83
	ObjectTimers   = 84

	ClassServerSession = 287
	ClassSubscription  = 1001
	ClassProgram       = 2520
	ClassDB            = 2574
	ClassFB            = 2578
	ClassFC            = 2579
	ClassOB            = 2610
	ClassAlarmRef      = 2662
	ClassTisJob        = 2700
	ClassUDT           = 3932

	AttrName                = 233
	AttrSessionPath         = 289 // how the client reaches the controller: its network card
	AttrSessionUser         = 296
	AttrSessionApplication  = 297
	AttrSessionHost         = 298
	AttrSessionComment      = 301
	AttrSessionChallenge    = 303
	AttrSessionResponse     = 304
	AttrSessionVersion      = 306 // a struct with the two that follow
	AttrSystemVersion       = 319
	AttrProjectVersion      = 320
	AttrEffectiveProtection = 1842
	AttrLegitimate          = 1846
	AttrOperatingStateReq   = 2167 // 1 stop, 2 memory reset, 3 run
	AttrBlockNumber         = 2521
	AttrKnowHowPassword     = 3449
	AttrPassword            = 3452
	AttrFailsafePassword    = 3453
	AttrIM0                 = 3753 // identification and maintenance record 0
)

// Target is what a request acts on: an object and an attribute of it.
type Target struct {
	Object    uint32
	Attribute uint32 // 0 when the request names none
	Count     uint32 // of attributes or addresses
	Value     Value  // SetVariable: what is written
	Values    []byte // SetMultiVariables on one object: numbered values, for Elements
}

// DecodeTarget reads what a request acts on, for the functions on one object:
// SetVariable, SetMultiVariables, GetMultiVariables, GetVarSubStreamed,
// SetVarSubStreamed, GetLink, Explore, DeleteObject and Invoke.
func DecodeTarget(m Message) (Target, bool) {
	if len(m.Body) < 4 {
		return Target{}, false
	}
	t := Target{Object: be32(m.Body)}
	b := m.Body[4:]
	switch m.Function {
	case SetVariable:
		return t.setVariable(b), true
	case SetMultiVariables, GetMultiVariables:
		return t.multi(b), true
	case GetVarSubStreamed, SetVarSubStreamed:
		if v, n := DecodeValue(b); n > 0 {
			t.Attribute, t.Count = uint32(v.Int), uint32(v.Count)
		}
	case GetLink:
		t.Attribute, _ = vlq32(b)
	}
	return t, true
}

func (t Target) setVariable(b []byte) Target {
	count, n := vlq32(b)
	attr, m := vlq32(b[n:])
	if n == 0 || m == 0 {
		return t
	}
	t.Count, t.Attribute = count, attr
	if count == 1 {
		t.Value, _ = DecodeValue(b[n+m:])
	}
	return t
}

func (t Target) multi(b []byte) Target {
	count, n := vlq32(b)
	addresses, m := vlq32(b[n:])
	if n == 0 || m == 0 {
		return t
	}
	t.Count = count
	if t.Object == 0 {
		return t
	}
	b = b[n+m:]
	for i := range addresses {
		id, k := vlq32(b)
		if k == 0 {
			return t
		}
		if i == 0 {
			t.Attribute = id
		}
		b = b[k:]
	}
	t.Values = b
	return t
}

// Address is where a variable lies.
type Address struct {
	Area   uint32 // an object: one of ObjectInputs … ObjectTimers, a data block, another
	Symbol uint32 // checksum of the symbol's path, 0 when it is addressed by number
	Last   uint32 // the last of the numbers that lead to the variable
}

// DataBlock is the number of the data block that the address lies in.
func (a Address) DataBlock() (uint16, bool) { return uint16(a.Area), a.Area>>16 == 0x8a0e }

// Addresses reads the variables that GetMultiVariables, or SetMultiVariables
// without an object, is about.
type Addresses struct {
	rest []byte
	left uint32
}

// DecodeAddresses begins to read the variables of a request.
func DecodeAddresses(m Message) Addresses {
	if len(m.Body) < 4 || be32(m.Body) != 0 {
		return Addresses{}
	}
	b := m.Body[4:]
	count, n := vlq32(b)
	_, k := vlq32(b[n:]) // number of fields in all addresses
	if n == 0 || k == 0 {
		return Addresses{}
	}
	return Addresses{rest: b[n+k:], left: count}
}

// Next is the next variable.
func (c *Addresses) Next() (Address, bool) {
	if c.left == 0 {
		return Address{}, false
	}
	c.left--
	var a Address
	var lids uint32
	for _, field := range [...]*uint32{&a.Symbol, &a.Area, &lids} {
		if !c.number(field) {
			return Address{}, false
		}
	}
	for ; lids > 0; lids-- {
		if !c.number(&a.Last) {
			return Address{}, false
		}
	}
	return a, true
}

func (c *Addresses) number(v *uint32) bool {
	var n int
	*v, n = vlq32(c.rest)
	c.rest = c.rest[n:]
	if n == 0 {
		c.left = 0
	}
	return n > 0
}

// Content walks the objects in a message: those a CreateObject request makes,
// and those that the response to CreateObject or Explore brings.
func Content(m Message) Walker {
	b := m.Body
	switch {
	case m.Opcode == Request && m.Function == CreateObject:
		if len(b) < 4 {
			return Walker{}
		}
		_, n := DecodeValue(b[4:])
		return Objects(b[4+n:])
	case m.Opcode == Response && m.Function == CreateObject:
		return Objects(created(m))
	case m.Opcode == Response && m.Function == Explore:
		_, rest, ok := m.Result()
		if !ok || len(rest) < 4 {
			return Walker{}
		}
		return Objects(rest[4:])
	}
	return Walker{}
}

// created is what follows the identifiers in a response to CreateObject.
func created(m Message) []byte {
	_, b, ok := m.Result()
	if !ok || len(b) == 0 {
		return nil
	}
	count := int(b[0])
	b = b[1:]
	for range count {
		_, n := vlq32(b)
		if n == 0 {
			return nil
		}
		b = b[n:]
	}
	return b
}

// Streamed is the value that a response to GetVarSubStreamed brings.
func Streamed(m Message) (Value, bool) {
	code, b, ok := m.Result()
	if !ok || code < 0 || len(b) == 0 {
		return Value{}, false
	}
	v, n := DecodeValue(b[1:]) // a byte of unknown meaning comes first
	return v, n > 0
}
