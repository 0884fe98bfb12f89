package history

import (
	"cmp"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// table is what the writer has to know of one kind of row.
type table[R any] struct {
	kind    plant.SegmentKind
	start   func(*R) *int64   // the row's time
	compare func(a, b *R) int // 0 if both count the same thing in the same step
	add     func(sum, row *R) // in whatever order, the sum is the same
}

func conversationTable() table[conversationRow] {
	return table[conversationRow]{plant.SegmentConversations, func(r *conversationRow) *int64 { return &r.Time }, compareConversations, addConversation}
}

func operationTable() table[operationRow] {
	return table[operationRow]{plant.SegmentOperations, func(r *operationRow) *int64 { return &r.Time }, compareOperations, addOperation}
}

func compareConversations(a, b *conversationRow) int {
	if c := cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Sensor, b.Sensor), cmp.Compare(a.ClientIP, b.ClientIP), cmp.Compare(a.ServerIP, b.ServerIP)); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Transport, b.Transport),
		cmp.Compare(a.ClientMAC, b.ClientMAC), cmp.Compare(a.ServerMAC, b.ServerMAC),
		cmp.Compare(a.ClientVLAN, b.ClientVLAN), cmp.Compare(a.ServerVLAN, b.ServerVLAN),
	)
}

func addConversation(sum, r *conversationRow) {
	sum.Confirmed = sum.Confirmed || r.Confirmed
	sum.Answered = sum.Answered || r.Answered
	sum.Established = sum.Established || r.Established
	sum.Flows = plus(sum.Flows, r.Flows)
	sum.PacketsUp = plus(sum.PacketsUp, r.PacketsUp)
	sum.PacketsDown = plus(sum.PacketsDown, r.PacketsDown)
	sum.BytesUp = plus(sum.BytesUp, r.BytesUp)
	sum.BytesDown = plus(sum.BytesDown, r.BytesDown)
	sum.Lost = plus(sum.Lost, r.Lost)
	sum.First, sum.Packet = earlier(sum.First, sum.Packet, r.First, r.Packet)
	sum.Last = max(sum.Last, r.Last)
}

func compareOperations(a, b *operationRow) int {
	if c := cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Sensor, b.Sensor), cmp.Compare(a.RequesterIP, b.RequesterIP), cmp.Compare(a.ResponderIP, b.ResponderIP)); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Object, b.Object)); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Technique, b.Technique), cmp.Compare(a.Reply, b.Reply),
		cmp.Compare(a.RequesterMAC, b.RequesterMAC), cmp.Compare(a.ResponderMAC, b.ResponderMAC),
		cmp.Compare(a.RequesterVLAN, b.RequesterVLAN), cmp.Compare(a.ResponderVLAN, b.ResponderVLAN),
	)
}

func addOperation(sum, r *operationRow) {
	// The value is the last one; of two at once the greater, so that the order
	// of rows does not matter.
	if r.Last > sum.Last || r.Last == sum.Last && r.Value > sum.Value {
		sum.Value = r.Value
	}
	sum.Requests = plus(sum.Requests, r.Requests)
	sum.Responses = plus(sum.Responses, r.Responses)
	sum.Accepted = plus(sum.Accepted, r.Accepted)
	sum.Refused = plus(sum.Refused, r.Refused)
	sum.First, sum.Packet = earlier(sum.First, sum.Packet, r.First, r.Packet)
	sum.Last = max(sum.Last, r.Last)
}

// plus adds two counters that are not negative; the sum stops at the greatest
// number there is.
func plus(a, b int64) int64 {
	if s := a + b; s >= 0 {
		return s
	}
	return 1<<63 - 1
}

// earlier is the earlier of two first sightings with its packet. A row without a
// time or without a packet gives way to one that has it.
func earlier(at, packet, at2, packet2 int64) (int64, int64) {
	switch {
	case at2 == noTime, at != noTime && at < at2:
		return at, packet
	case at == noTime, at2 < at:
		return at2, packet2
	case packet == 0, packet2 != 0 && uint64(packet2) < uint64(packet):
		return at, packet2
	}
	return at, packet
}

// bucket holds the rows of one step of time until they are sorted and added up.
type bucket[R any] struct {
	table[R]
	rows  []R
	spare []R // where the next fold puts its sums
	order []int32
	most  int
	out   func([]R) error
}

// push takes a row of the current step or of a later one.
func (b *bucket[R]) push(r *R) error {
	if len(b.rows) > 0 && *b.start(r) != *b.start(&b.rows[0]) {
		if err := b.flush(); err != nil {
			return err
		}
	}
	b.rows = append(b.rows, *r)
	if len(b.rows) < b.most {
		return nil
	}
	b.fold()
	if len(b.rows) <= b.most/2 {
		return nil
	}
	return b.flush()
}

// flush hands out what is held, sorted and added up.
func (b *bucket[R]) flush() error {
	if len(b.rows) == 0 {
		return nil
	}
	b.fold()
	err := b.out(b.rows)
	b.rows = b.rows[:0]
	return err
}

// fold sorts the rows and adds up those that count the same thing. Rows are
// large: their places are sorted, and each row moves once.
func (b *bucket[R]) fold() {
	b.order = b.order[:0]
	for i := range b.rows {
		b.order = append(b.order, int32(i))
	}
	compare := func(i, j int32) int { return b.compare(&b.rows[i], &b.rows[j]) }
	if !slices.IsSortedFunc(b.order, compare) {
		slices.SortFunc(b.order, compare)
	}
	sums := b.spare[:0]
	for _, i := range b.order {
		row := &b.rows[i]
		if n := len(sums); n > 0 && b.compare(&sums[n-1], row) == 0 {
			b.add(&sums[n-1], row)
		} else {
			sums = append(sums, *row)
		}
	}
	b.rows, b.spare = sums, b.rows
}
