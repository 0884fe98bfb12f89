package cip

import pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"

// connection is what a Forward Open said about a connection.
type connection struct {
	pdu.Triad
	toTarget, toOriginator uint32
	class                  uint32
	slot                   int
	remote                 bool
	open                   bool // the reply was seen: both numbers are right
}

// maxConnections is how many open connections a conversation remembers; a
// controller holds a handful through one TCP connection. The oldest makes room.
const maxConnections = 16

type connections struct {
	list []connection
	next int
}

// opening remembers a Forward Open request.
func (t *connections) opening(o *pdu.OpenRequest) {
	a := o.Path.Address()
	c := connection{
		Triad:        o.Triad,
		toOriginator: o.ToOriginator,
		class:        a.Class,
		slot:         a.Slot,
		remote:       a.Hops > 1 || a.Hops == 1 && a.Slot < 0,
	}
	if known := t.byTriad(o.Triad); known != nil {
		*known = c
		return
	}
	if len(t.list) < maxConnections {
		t.list = append(t.list, c)
		return
	}
	t.list[t.next] = c
	t.next = (t.next + 1) % maxConnections
}

// opened completes a connection with the reply to its Forward Open.
func (t *connections) opened(o *pdu.OpenReply) {
	if c := t.byTriad(o.Triad); c != nil {
		c.toTarget, c.toOriginator, c.open = o.ToTarget, o.ToOriginator, true
	}
}

func (t *connections) close(triad pdu.Triad) {
	if c := t.byTriad(triad); c != nil {
		c.open = false
	}
}

func (t *connections) byTriad(triad pdu.Triad) *connection {
	for i := range t.list {
		if t.list[i].Triad == triad {
			return &t.list[i]
		}
	}
	return nil
}

// find is the open connection with that number in either direction.
func (t *connections) find(id uint32) *connection {
	for i := range t.list {
		if c := &t.list[i]; c.open && (c.toTarget == id || c.toOriginator == id) {
			return c
		}
	}
	return nil
}
