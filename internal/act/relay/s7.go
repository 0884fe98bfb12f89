package relay

import (
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	verbs "github.com/bulkhead-ot/bulkhead/internal/wire/dissect/s7comm"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// unit judges one S7 unit of the client.
func (s *s7Reader) unit(user []byte, r *rule) (verdict, error) {
	u, n, err := pdu.Decode(user)
	if err != nil {
		return verdict{}, &malformed{err.Error()}
	}
	if n != len(user) {
		return verdict{}, &malformed{"bytes behind an S7 unit"}
	}
	switch u.ROSCTR {
	case pdu.Job:
		return s.job(&u, r)
	case pdu.Userdata:
		return s.userdata(&u, r)
	}
	// The client answers a job of the controller, which fetches a block or reads
	// a variable of a partner. Nobody waits for an answer to an answer.
	v, known := known(&u)
	kind, effective := effect(v)
	_, ok := s.ledger.decide(r, v, kind, known && effective, nil)
	return verdict{pass: ok}, nil
}

// unnamed is the verb of units that say nothing.
var unnamed = &plant.Verb{Protocol: S7, Code: "0xff", Name: "Unit without a function"}

func known(u *pdu.PDU) (*plant.Verb, bool) {
	if v := verbs.Asked(u); v != nil {
		return v, true
	}
	return unnamed, false
}

func (s *s7Reader) job(u *pdu.PDU, r *rule) (verdict, error) {
	v := verdict{key: uint64(u.Reference), waits: true}
	verb, named := known(u)
	kind, effective := effect(verb)
	f, _ := u.Function()
	t := target{number: -1}
	var scratch [16]byte
	switch f {
	case pdu.ReadVar, pdu.WriteVar:
		if !whole(u.Param) || f == pdu.ReadVar && len(u.Data) > 0 {
			break // its items are not what their number says: not known
		}
		v.pass = s.variables(r, verb, kind, pdu.DecodeItems(u.Param))
		if !v.pass {
			v.reply = s.itemsDenied(u, f)
		}
		return v, nil
	case pdu.SetupCommunication:
		if len(u.Param) != 8 {
			effective = false
		}
	default:
		if k, ok := transferred(u); ok {
			t.name = k.AppendTo(scratch[:0])
		}
	}
	if f == pdu.ReadVar || f == pdu.WriteVar {
		effective = false
	}
	_, v.pass = s.ledger.decide(r, verb, kind, named && effective, &t)
	if !v.pass {
		v.reply = s.jobDenied(u, byte(f))
	}
	return v, nil
}

// transferred is the block that a transfer is about.
func transferred(u *pdu.PDU) (pdu.Block, bool) {
	t, ok := pdu.DecodeTransfer(u.Param)
	if !ok {
		return pdu.Block{}, false
	}
	return t.Block()
}

// whole reports whether the items of a job fill its parameters as their number
// says.
func whole(param []byte) bool {
	if len(param) < 2 || param[1] == 0 {
		return false
	}
	at := 2
	for range int(param[1]) {
		if at+3 > len(param) || param[at] != 0x12 || param[at+1] == 0 {
			return false
		}
		n := 2 + int(param[at+1])
		at += n + n&1
	}
	return at == len(param) || at == len(param)+1
}

// variables judges all variables of a job: it passes if every one may be asked
// about.
func (s *s7Reader) variables(r *rule, verb *plant.Verb, kind plant.Kind, items pdu.Items) bool {
	var first target
	for n := 0; ; n++ {
		i, more := items.Next()
		if !more {
			if n == 0 {
				first = target{number: -1}
				_, ok := s.ledger.decide(r, verb, kind, false, &first)
				return ok
			}
			_, ok := s.ledger.decide(r, verb, kind, true, &first)
			return ok
		}
		t := variable(&i)
		if n == 0 {
			first = t
		}
		if _, ok := r.allows(kind, &t); !ok {
			_, ok = s.ledger.decide(r, verb, kind, true, &t)
			return ok
		}
	}
}

// variable is what an item is about. Ranges are in bits, except of counters and
// timers.
func variable(i *pdu.Item) target {
	t := target{number: -1, space: verbs.Area(*i)}
	if i.Area == pdu.DataBlock || i.Area == pdu.InstanceData {
		t.number = int64(i.DB)
	}
	if i.Syntax != pdu.AnyPointer && i.Syntax != pdu.DBRead {
		return t
	}
	t.ranged = true
	t.from, t.to = i.Range()
	if !i.Numbered() {
		t.bits = true
		if i.Bit() {
			t.from = i.Address
			t.to = t.from + max(uint32(i.Count), 1) - 1
		} else {
			t.from, t.to = t.from<<3, t.to<<3+7
		}
	}
	return t
}

// passwordNeeded is the error of a CPU whose protection level does not allow
// what was asked; notAvailable that of a function that it does not have.
const (
	passwordNeeded = 0xd241
	notAvailable   = 0x8104
)

// itemsDenied answers Read Var or Write Var: access denied, for each item.
func (s *s7Reader) itemsDenied(u *pdu.PDU, f pdu.Function) []byte {
	n := int(u.Param[1])
	var data [4 * 255]byte
	d := data[:0]
	for range n {
		d = append(d, byte(pdu.CodeDenied))
		if f == pdu.ReadVar {
			d = append(d, 0, 0, 0) // no data of no type
		}
	}
	return s.ackData(u, 0, []byte{byte(f), byte(n)}, d)
}

// jobDenied answers any other job.
func (s *s7Reader) jobDenied(u *pdu.PDU, f byte) []byte {
	return s.ackData(u, notAvailable, []byte{f}, nil)
}

func (s *s7Reader) ackData(u *pdu.PDU, code uint16, param, data []byte) []byte {
	b := s.begin(12+len(param)+len(data), byte(pdu.AckData), u.Reference, len(param), len(data))
	b = append(b, byte(code>>8), byte(code))
	s.reply = append(append(b, param...), data...)
	return s.reply
}

// begin writes everything up to the length fields of a unit of n bytes.
func (s *s7Reader) begin(n int, rosctr byte, reference uint16, param, data int) []byte {
	size := cotp.HeaderLen + 3 + n
	return append(s.reply[:0], 3, 0, byte(size>>8), byte(size), 2, byte(cotp.Data), 0x80,
		pdu.ProtocolID, rosctr, 0, 0, byte(reference>>8), byte(reference),
		byte(param>>8), byte(param), byte(data>>8), byte(data))
}

func (s *s7Reader) userdata(u *pdu.PDU, r *rule) (verdict, error) {
	h, ok := pdu.DecodeUserdata(u.Param)
	if !ok {
		return verdict{}, &malformed{"userdata with unknown parameters"}
	}
	v := verdict{key: ofUserdata | uint64(u.Reference), waits: h.Direction == pdu.Request}
	verb, _ := known(u)
	kind, effective := effect(verb)
	if continues(&h, u) {
		s.ledger.pass(verb)
		v.pass = true
		return v, nil
	}
	if h.Group == pdu.Cyclic && h.Subfunction != 4 && h.Direction == pdu.Request {
		d, _, _ := pdu.DecodeData(u.Data)
		v.pass = s.variables(r, verb, kind, pdu.CyclicItems(d.Value))
	} else {
		var scratch [16]byte
		t := asked(&h, u, scratch[:0])
		_, v.pass = s.ledger.decide(r, verb, kind, effective, &t)
	}
	if !v.pass && h.Direction == pdu.Request {
		v.reply = s.userdataDenied(u)
	}
	return v, nil
}

// continues reports a request for the next unit of a system status list or a
// list of blocks: it asks for nothing that an answer has not begun to tell.
func continues(h *pdu.UserdataHead, u *pdu.PDU) bool {
	d, _, _ := pdu.DecodeData(u.Data)
	reads := h.Group == pdu.CPU && h.Subfunction == 1 || h.Group == pdu.BlockInfo && h.Subfunction >= 1 && h.Subfunction <= 3
	return reads && h.Direction == pdu.Request && h.Sequence != 0 && len(d.Value) == 0
}

// asked is what a userdata request is about.
func asked(h *pdu.UserdataHead, u *pdu.PDU, scratch []byte) target {
	t := target{number: -1}
	d, _, _ := pdu.DecodeData(u.Data)
	switch {
	case h.Group == pdu.CPU && h.Subfunction == 1:
		if list, ok := pdu.DecodeSZL(d.Value); ok {
			t.space, t.name = "SZL", appendHex(scratch, list.ID)
		}
	case h.Group == pdu.BlockInfo && h.Subfunction == 3:
		if k, ok := pdu.RequestedBlock(u.Data); ok {
			t.name = k.AppendTo(scratch)
		}
	}
	return t
}

func appendHex(b []byte, n uint16) []byte {
	const hex = "0123456789abcdef"
	return append(b, '0', 'x', hex[n>>12], hex[n>>8&15], hex[n>>4&15], hex[n&15])
}

// userdataDenied answers a userdata request: the controller's protection level
// does not allow it.
func (s *s7Reader) userdataDenied(u *pdu.PDU) []byte {
	group, sub, seq := u.Param[5]&0x0f, u.Param[6], u.Param[7]
	b := s.begin(10+12+4, byte(pdu.Userdata), u.Reference, 12, 4)
	s.reply = append(b, u.Param[0], u.Param[1], u.Param[2], 8, 0x12, 0x80|u.Param[5]&0x30|group, sub, seq,
		0, 0, passwordNeeded>>8, passwordNeeded&0xff,
		byte(pdu.CodeMissing), 0, 0, 0)
	return s.reply
}

// parseS7 reads what operations call variables: "DB1 0-99", "DB5.DBX0.1",
// "inputs 0-9", "Q1.3", a block ("OB1"), "SZL 0x0011", and lists of them.
func parseS7(text string) ([]scope, bool) {
	var all []scope
	for part := range strings.SplitSeq(text, ", ") {
		s, ok := parseVariable(strings.TrimSpace(part))
		if !ok {
			return nil, false
		}
		all = append(all, s...)
	}
	return all, true
}

func parseVariable(text string) ([]scope, bool) {
	if s, ok := parseBit(text); ok {
		return []scope{s}, true
	}
	s := scope{number: -1}
	if list, ok := strings.CutPrefix(text, "SZL "); ok {
		s.space, s.name = "SZL", list
		return []scope{s}, list != ""
	}
	rest, from, to, ranged := cutRange(text)
	if ranged {
		s.ranged, s.from, s.to = true, from, to
	}
	if rest == "counters" || rest == "timers" {
		s.space = rest
		return []scope{s}, true
	}
	if s.ranged = ranged; ranged {
		s.from, s.to = from<<3, to<<3+7
	}
	if verbs.IsArea(rest) {
		s.space = rest
		return []scope{s}, true
	}
	return parseBlock(rest, s)
}

// parseBlock reads a data block, whose variables and which as a block may be
// asked about, or another block.
func parseBlock(text string, s scope) ([]scope, bool) {
	letters := strings.TrimRight(text, "0123456789")
	n, err := strconv.ParseUint(text[len(letters):], 10, 16)
	if err != nil {
		return nil, false
	}
	switch letters {
	case "DB", "instance DB":
		s.space, s.number = letters, int64(n)
		if s.ranged || letters != "DB" {
			return []scope{s}, true
		}
		return []scope{s, {number: -1, name: text}}, true
	case "OB", "SDB", "FC", "SFC", "FB", "SFB":
		return []scope{{number: -1, name: text}}, !s.ranged
	}
	return nil, false
}

// parseBit reads "Q1.3" or "DB5.DBX0.1".
func parseBit(text string) (scope, bool) {
	s := scope{number: -1, ranged: true}
	head, bit, ok := cutLast(text, ".")
	if !ok || len(bit) != 1 || bit[0] < '0' || bit[0] > '7' || head == "" {
		return s, false
	}
	letters := strings.TrimRight(head, "0123456789")
	n, err := strconv.ParseUint(head[len(letters):], 10, 16)
	if err != nil {
		return s, false
	}
	s.from = uint32(n)<<3 + uint32(bit[0]-'0')
	s.to = s.from
	switch letters {
	case "I":
		s.space = "inputs"
	case "Q":
		s.space = "outputs"
	case "M":
		s.space = "flags"
	default:
		block, isDB := strings.CutSuffix(letters, ".DBX")
		number, err := strconv.ParseUint(strings.TrimPrefix(block, "DB"), 10, 16)
		s.space, s.number = "DB", int64(number)
		return s, isDB && err == nil && strings.HasPrefix(block, "DB")
	}
	return s, true
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}
