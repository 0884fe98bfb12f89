package relay

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// connection is a connection for explicit messages inside one TCP connection.
type connection struct {
	cip.Triad
	toTarget     uint32 // known when the target has accepted
	toOriginator uint32
	class        uint32 // of the object it leads to
	slot         int
	open         bool
}

// maxCIPConns is how many a client may hold through one TCP connection:
// a controller has 32 to 512 for everyone.
const maxCIPConns = 32

type connections struct{ list []connection }

// opening remembers a Forward Open request that goes to the target. It is false
// when there are too many.
func (t *connections) opening(o *cip.OpenRequest, a *cip.Address) bool {
	c := connection{Triad: o.Triad, toOriginator: o.ToOriginator, class: a.Class, slot: a.Slot}
	if i := t.index(o.Triad); i >= 0 {
		t.list[i] = c
		return true
	}
	if len(t.list) >= maxCIPConns {
		// Those that were asked for and never answered make room.
		t.list = slices.DeleteFunc(t.list, func(c connection) bool { return !c.open })
	}
	if len(t.list) >= maxCIPConns {
		return false
	}
	t.list = append(t.list, c)
	return true
}

func (t *connections) index(triad cip.Triad) int {
	return slices.IndexFunc(t.list, func(c connection) bool { return c.Triad == triad })
}

// find is the open connection of the number that the target receives under.
func (t *connections) find(id uint32) *connection {
	for i := range t.list {
		if c := &t.list[i]; c.open && c.toTarget == id {
			return c
		}
	}
	return nil
}

// replied looks for connections that a reply opens or closes.
func (t *connections) replied(b []byte) {
	if len(t.list) == 0 || len(b) < 4 || b[0]&0x80 == 0 {
		return
	}
	m, _, err := cip.Decode(b)
	if err != nil || m.Status != cip.Success {
		return
	}
	switch m.Service {
	case cip.ForwardOpen, cip.LargeForwardOpen:
		if o, err := cip.DecodeOpenReply(m.Data); err == nil {
			if i := t.index(o.Triad); i >= 0 {
				t.list[i].toTarget, t.list[i].toOriginator, t.list[i].open = o.ToTarget, o.ToOriginator, true
			}
		}
	case cip.ForwardClose:
		// Its reply names the connection as the request does, two bytes earlier.
		if len(m.Data) < 10 {
			return
		}
		if triad, err := cip.DecodeCloseRequest(append([]byte{0, 0}, m.Data...)); err == nil {
			if i := t.index(triad); i >= 0 {
				t.list = slices.Delete(t.list, i, i+1)
			}
		}
	}
}
