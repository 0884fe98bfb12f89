package relay

import (
	"encoding/binary"
	"errors"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	verbs "github.com/bulkhead-ot/bulkhead/internal/wire/dissect/modbus"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/modbus"
)

// Exception codes (MODBUS Application Protocol V1.1b3, section 7).
const (
	illegalFunction = 1
	illegalAddress  = 2
	illegalValue    = 3
)

// modbusReader reads Modbus/TCP.
type modbusReader struct {
	ledger *ledger
	reply  [pdu.HeaderLen + 3]byte
}

func (m *modbusReader) largest() int { return 2048 }

func (m *modbusReader) request(b []byte) (int, error)  { return modbusSize(b) }
func (m *modbusReader) response(b []byte) (int, error) { return modbusSize(b) }

func modbusSize(b []byte) (int, error) {
	_, n, err := pdu.Decode(b)
	if err == nil || errors.Is(err, pdu.ErrShort) {
		return n, nil
	}
	return 0, &malformed{err.Error()}
}

func (m *modbusReader) answer(b []byte) (uint64, bool, error) {
	return uint64(binary.BigEndian.Uint16(b)), true, nil
}

func (m *modbusReader) judge(b []byte, r *rule) (verdict, error) {
	a, _, err := pdu.Decode(b)
	if err != nil {
		return verdict{}, &malformed{err.Error()}
	}
	v := verdict{key: uint64(a.Transaction), waits: true}
	verb := verbs.Asked(&a)
	kind, known := effect(verb)
	t := modbusTarget(&a)
	known = known && !a.Exception && plain(&a)
	if known && !sound(&a) && !r.loose {
		// A request that says two things at once is not the server's to guess.
		m.ledger.refuse(verb, &t, "its parts contradict each other", false)
		v.reply = m.exception(b, illegalValue)
		return v, nil
	}
	why, ok := m.ledger.decide(r, verb, kind, known, &t)
	if ok && a.Function == pdu.ReadWriteRegisters && !r.all {
		why, ok = m.alsoRead(r, verb, &a)
	}
	if v.pass = ok; !ok {
		code := byte(illegalFunction)
		if why == whyObject {
			code = illegalAddress
		}
		v.reply = m.exception(b, code)
	}
	return v, nil
}

// alsoRead judges the other half of Read/Write Multiple Registers: what it
// reads. What it writes was allowed.
func (m *modbusReader) alsoRead(r *rule, verb *plant.Verb, a *pdu.ADU) (string, bool) {
	t := modbusTarget(a)
	t.from = uint32(binary.BigEndian.Uint16(a.Data))
	t.to = t.from + max(uint32(binary.BigEndian.Uint16(a.Data[2:])), 1) - 1
	why, ok := r.allows(plant.Read, &t)
	if !ok && (r.shadow || !r.loose) {
		m.ledger.refuse(verb, &t, why, r.shadow)
	}
	return why, ok
}

// exception is what the server would say to a request that it does not take.
func (m *modbusReader) exception(request []byte, code byte) []byte {
	copy(m.reply[:], request[:pdu.HeaderLen+2]) // transaction, protocol, unit, function
	m.reply[4], m.reply[5] = 0, 3
	m.reply[7] |= 0x80
	m.reply[8] = code
	return m.reply[:]
}

// plain reports whether the bytes behind a function code that stands for
// several things are one of those that are known.
func plain(a *pdu.ADU) bool {
	switch a.Function {
	case pdu.Encapsulated:
		return len(a.Data) > 0 && a.Data[0] == 14 // MEI type: read device identification
	case pdu.Diagnostics:
		sub, ok := a.Subfunction()
		// Echo, restart, read the register, listen only, clear counters, and
		// eight counters (section 6.8).
		return ok && (sub <= 2 || sub == 4 || sub >= 10 && sub <= 18)
	}
	return true
}

// sound reports whether the request is one of its function: what it says of its
// own length holds.
func sound(a *pdu.ADU) bool {
	d := a.Data
	switch a.Function {
	case pdu.ReadWriteRegisters:
		r, _, ok := a.Request()
		return ok && int(d[8]) == 2*int(r.Count)
	case pdu.ReadCoils, pdu.ReadDiscreteInputs, pdu.ReadHoldingRegisters, pdu.ReadInputRegisters,
		pdu.WriteSingleCoil, pdu.WriteSingleRegister, pdu.WriteMultipleCoils, pdu.WriteMultipleRegisters, pdu.MaskWriteRegister:
		_, _, ok := a.Request()
		return ok
	case pdu.ReadExceptionStatus, pdu.CommEventCounter, pdu.CommEventLog, pdu.ReportServerID:
		return len(d) == 0
	case pdu.ReadFIFO:
		return len(d) == 2
	case pdu.ReadFileRecord, pdu.WriteFileRecord:
		return len(d) >= 1 && int(d[0]) == len(d)-1
	}
	return true
}

// Spaces of Modbus, as operations call them.
const (
	spaceCoils    = "coils"
	spaceDiscrete = "discrete inputs"
	spaceInput    = "input registers"
	spaceHolding  = "holding registers"
	spaceFiles    = "file records"
)

var modbusSpaces = []string{spaceCoils, spaceDiscrete, spaceInput, spaceHolding, spaceFiles}

// modbusTarget is what a request is about.
func modbusTarget(a *pdu.ADU) target {
	t := target{number: -1}
	if a.Unit != 0 && a.Unit != 0xff { // 0 and 255 mean the device itself
		t.unit = uint32(a.Unit)
	}
	switch a.Function {
	case pdu.ReadFileRecord, pdu.WriteFileRecord:
		t.space = spaceFiles
		return t
	case pdu.ReadFIFO:
		if len(a.Data) == 2 {
			t.space, t.ranged = spaceHolding, true
			t.from = uint32(binary.BigEndian.Uint16(a.Data))
			t.to = t.from
		}
		return t
	}
	if r, _, ok := a.Request(); ok {
		t.space, t.ranged, t.from, t.to = modbusSpace(a.Function), true, uint32(r.Address), r.Last()
	}
	return t
}

func modbusSpace(f pdu.Function) string {
	switch f {
	case pdu.ReadCoils, pdu.WriteSingleCoil, pdu.WriteMultipleCoils:
		return spaceCoils
	case pdu.ReadDiscreteInputs:
		return spaceDiscrete
	case pdu.ReadInputRegisters:
		return spaceInput
	}
	return spaceHolding
}

// parseModbus reads "unit 3 holding registers 0-99" and parts of it.
func parseModbus(text string) ([]scope, bool) {
	s, rest, ok := cutUnit(strings.TrimSpace(text))
	if !ok {
		return nil, false
	}
	if at, from, to, has := cutRange(rest); has {
		rest, s.ranged, s.from, s.to = at, true, from, to
	}
	for _, space := range modbusSpaces {
		if rest == space {
			s.space = space
		}
	}
	if s.space != rest || rest == "" && (s.ranged || !s.united) {
		return nil, false
	}
	return []scope{s}, true
}
