package dissect

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

type anomalyKey struct {
	src, dst             uint32
	protocol, kind, text string
}

type anomalyRow struct {
	count       uint64
	first, last int64
	ref         plant.PacketRef
}

// anomalyTable holds what broke; past its bound new kinds are only counted.
type anomalyTable struct {
	rows map[anomalyKey]*anomalyRow
	Lost uint64
}

const maxAnomalies = 4096

func (e *Engine) malformed(c *Context, text string) {
	e.anomaly(c, plant.AnomalyMalformed, text)
}

func (e *Engine) anomaly(c *Context, kind, text string) {
	t := &e.anomalies
	e.tally.other = true
	k := anomalyKey{c.src, c.dst, "", kind, text}
	if c.conv.proto != nil {
		k.protocol = c.conv.proto.Name
	}
	if r := t.rows[k]; r != nil {
		r.count++
		r.last = c.Now
		return
	}
	if len(t.rows) >= maxAnomalies {
		t.Lost++
		return
	}
	if t.rows == nil {
		t.rows = make(map[anomalyKey]*anomalyRow)
	}
	t.rows[k] = &anomalyRow{1, c.Now, c.Now, c.ref}
}

// sorted are the rows in the order of their first packet.
func (t *anomalyTable) sorted() []anomalyKey {
	return slices.SortedFunc(maps.Keys(t.rows), func(a, b anomalyKey) int {
		return cmp.Or(cmp.Compare(t.rows[a].ref, t.rows[b].ref), cmp.Compare(a.text, b.text), cmp.Compare(a.src, b.src), cmp.Compare(a.dst, b.dst))
	})
}
