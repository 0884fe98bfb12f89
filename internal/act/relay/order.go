package relay

import "time"

// order keeps refusals from overtaking the answers to requests that came
// before them: a client that has several requests open may count on it.
type order struct {
	ring    [maxOpen]waiting
	head, n int
}

// maxOpen is how many requests of a connection are remembered: Modbus clients
// open 16 at most, S7 negotiates up to 8. The oldest makes room.
const maxOpen = 64

// waiting is a request that the server has (reply is nil), or a refusal that
// waits for those before it.
type waiting struct {
	key   uint64
	since time.Time
	reply []byte
	done  bool
}

func (o *order) at(i int) *waiting { return &o.ring[(o.head+i)%maxOpen] }

// sent notes a request that goes to the server. What had to make room and must
// be said now is returned.
func (o *order) sent(key uint64, now time.Time) (due []byte) {
	if o.n == maxOpen {
		due = o.drop()
	}
	*o.at(o.n) = waiting{key: key, since: now}
	o.n++
	return due
}

func (o *order) drop() []byte {
	w := o.at(0)
	reply := w.reply
	*w = waiting{}
	o.head, o.n = (o.head+1)%maxOpen, o.n-1
	return reply
}

// refused notes a refusal; it is false when nothing is before it and it may be
// said at once. The reply is copied.
func (o *order) refused(reply []byte, now time.Time) (due []byte, waits bool) {
	if o.n == 0 {
		return nil, false
	}
	if o.n == maxOpen {
		due = o.drop()
	}
	*o.at(o.n) = waiting{since: now, reply: append([]byte(nil), reply...)}
	o.n++
	return due, true
}

// answered notes the server's answer to the oldest request of that key.
func (o *order) answered(key uint64) {
	for i := range o.n {
		if w := o.at(i); w.key == key && w.reply == nil && !w.done {
			w.done = true
			return
		}
	}
}

// next is the next refusal whose time has come. Requests that the server has
// not answered since before are not waited for any more.
func (o *order) next(before time.Time) []byte {
	for o.n > 0 {
		w := o.at(0)
		if w.reply == nil && !w.done && !w.since.Before(before) {
			return nil
		}
		if reply := o.drop(); reply != nil {
			return reply
		}
	}
	return nil
}

// holds reports whether a refusal waits.
func (o *order) holds() bool {
	for i := range o.n {
		if o.at(i).reply != nil {
			return true
		}
	}
	return false
}
