package dissect

import (
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// operationRow adds up one verb on one object in one conversation, from one
// report to the next.
type operationRow struct {
	verb      *plant.Verb
	space     string
	name      string
	unit      uint32
	from, to  uint32
	requester uint8
	ranged    bool
	valued    bool
	used      bool  // it was in the last report
	waiting   uint8 // requests kept back from a report
	value     int64
	requests  uint64
	responses uint64
	accepted  uint64
	refused   uint64
	first     int64
	last      int64
	ref       plant.PacketRef
}

const (
	maxPending = 64  // requests that wait in one conversation
	maxObjects = 64  // rows with an object of their own in one conversation
	maxRows    = 512 // rows in all
	maxName    = 200 // bytes of an object's name
)

func (e *Engine) request(c *Context, v *plant.Verb, id uint64, o Object) *Pending {
	e.tally.other = true
	row := e.row(c, v, c.side, &o)
	r := &c.conv.rows[row]
	r.requests++
	return c.conv.wait(Pending{Verb: v, ID: id, row: row, from: c.side, at: uint16(c.Now / 1e9)})
}

// wait keeps a request until its response comes. The oldest makes room.
func (v *conversation) wait(p Pending) *Pending {
	for i := range v.pending { // a request repeated under its number replaces the first
		if v.pending[i].ID == p.ID && v.pending[i].from == p.from {
			v.pending = append(v.pending[:i], v.pending[i+1:]...)
			break
		}
	}
	if len(v.pending) >= maxPending {
		v.pending = append(v.pending[:0], v.pending[1:]...)
	}
	v.pending = append(v.pending, p)
	return &v.pending[len(v.pending)-1]
}

func (e *Engine) peek(c *Context, id uint64) (Pending, bool) {
	for i := range c.conv.pending {
		if p := &c.conv.pending[i]; p.ID == id && p.from != c.side {
			return *p, true
		}
	}
	return Pending{}, false
}

func (e *Engine) response(c *Context, v *plant.Verb, id uint64, result Result) (Pending, bool) {
	p, ok := e.peek(c, id)
	if ok && v != nil && v != p.Verb {
		ok = false
	}
	if !ok {
		if v != nil {
			e.answered(c, e.row(c, v, 1-c.side, &Object{}), result)
		}
		return Pending{}, false
	}
	c.conv.forget(id, c.side)
	e.answered(c, p.row, result)
	return p, true
}

func (e *Engine) settle(c *Context, id uint64, result Result) (Pending, bool) {
	p, ok := e.peek(c, id)
	if ok {
		c.conv.forget(id, c.side)
		e.outcome(c, p.row, result)
	}
	return p, ok
}

// forget takes the request that the other side than this one made from those
// that wait.
func (v *conversation) forget(id uint64, side uint8) {
	for i := range v.pending {
		if q := &v.pending[i]; q.ID == id && q.from != side {
			v.pending = append(v.pending[:i], v.pending[i+1:]...)
			return
		}
	}
}

func (e *Engine) answered(c *Context, row int32, result Result) {
	r := &c.conv.rows[row]
	r.touch(c)
	r.responses++
	e.outcome(c, row, result)
}

func (e *Engine) outcome(c *Context, row int32, result Result) {
	e.tally.other = true
	r := &c.conv.rows[row]
	r.touch(c)
	switch result {
	case Accepted:
		r.accepted++
	case Refused:
		r.refused++
	}
}

// idle reports whether nothing was counted since the last report.
func (r *operationRow) idle() bool { return r.requests|r.responses|r.accepted|r.refused == 0 }

// touch is called before something is counted.
func (r *operationRow) touch(c *Context) {
	if r.idle() {
		r.first, r.ref = c.Now, c.ref
	}
	r.last = c.Now
}

func (e *Engine) send(c *Context, v *plant.Verb, o Object) {
	row := e.row(c, v, c.side, &o)
	c.conv.rows[row].requests++
	e.tally.add(row)
}

// row finds the row of a verb and object, or makes it. Reads of ranges in one
// space share a row that spans them all: who polls what matters, not in how
// many pieces.
func (e *Engine) row(c *Context, v *plant.Verb, requester uint8, o *Object) int32 {
	conv := c.conv
	conv.confirmed = true
	merge := o.Ranged && v.Kind == plant.Read
	for i := range conv.rows {
		r := &conv.rows[i]
		if r.verb != v || r.requester != requester || r.unit != o.Unit || r.ranged != o.Ranged || r.space != o.Space || r.name != string(o.Name) {
			continue
		}
		if merge {
			r.from, r.to = min(r.from, o.From), max(r.to, o.To)
		} else if r.from != o.From || r.to != o.To {
			continue
		}
		if o.Valued {
			r.valued, r.value = true, o.Value
		}
		r.touch(c)
		return int32(i)
	}
	return e.newRow(c, v, requester, o)
}

func (e *Engine) newRow(c *Context, v *plant.Verb, requester uint8, o *Object) int32 {
	conv := c.conv
	if len(conv.rows) >= maxObjects && (o.Space != "" || o.Unit != 0 || o.Ranged || len(o.Name) > 0) {
		return e.row(c, v, requester, &Object{Space: "", Valued: o.Valued, Value: o.Value})
	}
	if len(conv.rows) >= maxRows {
		return int32(len(conv.rows) - 1)
	}
	if len(conv.rows) == cap(conv.rows) {
		conv.rows = e.freeRows.grow(conv.rows)
	}
	conv.rows = append(conv.rows, operationRow{
		verb: v, space: o.Space, name: e.texts.kept(o.Name[:min(len(o.Name), maxName)]), unit: o.Unit, from: o.From, to: o.To,
		requester: requester, ranged: o.Ranged, valued: o.Valued, value: o.Value, first: c.Now, last: c.Now, ref: c.ref,
	})
	return int32(len(conv.rows) - 1)
}

// holdBack keeps requests that may still be answered out of a report: reported
// with its answer, nobody takes one for accepted that is refused a moment later.
func (v *conversation) holdBack(now int64) {
	for i := range v.pending {
		p := &v.pending[i]
		if p.told = p.told || uint16(now/1e9)-p.at >= holdBack/1e9; !p.told {
			v.rows[p.row].waiting++
		}
	}
}

// dropRows forgets the rows that were in no use since the last report and that
// no request waits for: a connection that lasts for weeks would else fill its
// table with what it did in the first hour.
func (e *Engine) dropRows(v *conversation) {
	for i := range v.pending {
		v.rows[v.pending[i].row].used = true
	}
	n := int32(0)
	e.moved = e.moved[:0]
	for i := range v.rows {
		e.moved = append(e.moved, n)
		if v.rows[i].used {
			n++
		}
	}
	if int(n) == len(v.rows) {
		return
	}
	if v.streams != nil {
		v.streams.moved(e.moved, func(row int32) bool { return v.rows[row].used })
	}
	for i := range v.rows {
		if v.rows[i].used {
			v.rows[e.moved[i]] = v.rows[i]
		}
	}
	clear(v.rows[n:])
	v.rows = v.rows[:n]
	for i := range v.pending {
		v.pending[i].row = e.moved[v.pending[i].row]
	}
}

// object says in words what an operation is about.
func (e *Engine) object(o *operation) string {
	if o.space == 0 && o.name == 0 && o.unit == 0 && !o.ranged { // text 0 is ""
		return ""
	}
	var b strings.Builder
	word := func(s string) {
		if s == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	if o.unit != 0 {
		word("unit " + strconv.FormatUint(uint64(o.unit), 10))
	}
	word(e.texts.text(o.space))
	word(clean([]byte(e.texts.text(o.name))))
	if o.ranged {
		s := strconv.FormatUint(uint64(o.from), 10)
		if o.to != o.from {
			s += "-" + strconv.FormatUint(uint64(o.to), 10)
		}
		word(s)
	}
	return b.String()
}
