package enforce

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// element is one element of a set or map.
type element struct {
	key []byte
	// end is the last key of an interval of a concatenation. Intervals of a
	// single field have a second element at the first key behind them (stop).
	end  []byte
	stop bool
	// val is the number a map gives, verdict the chain it leads to, "accept" or
	// "drop".
	val     []byte
	verdict string
	note    string // kept with the element, shown by nft as its comment
	// until is when the kernel forgets the element, zero for never.
	until time.Time
	count Count // of an element that was read
}

// contents are the elements of sets, by the set's name, sorted.
type contents map[string][]element

func (c contents) sort() {
	for _, list := range c {
		slices.SortFunc(list, compareElement)
	}
}

// compareElement orders by key. The end of an interval comes before the next
// that begins at the same key.
func compareElement(a, b element) int {
	if c := cmp.Or(bytes.Compare(a.key, b.key), bytes.Compare(a.end, b.end)); c != 0 {
		return c
	}
	switch {
	case a.stop == b.stop:
		return 0
	case a.stop:
		return -1
	}
	return 1
}

// same reports whether two elements of one key do the same and say the same.
// Times are the same if they are nearly so: the kernel says only what is left of
// them, in ticks.
func (e *element) same(o *element) bool {
	return bytes.Equal(e.val, o.val) && e.verdict == o.verdict && e.note == o.note &&
		e.until.IsZero() == o.until.IsZero() && e.until.Sub(o.until).Abs() < slack
}

// slack is how far two times may be apart that are the same.
const slack = 2 * time.Second

// differ says what has to be deleted from have and added to it so that it is
// want. Both are sorted. An element that only changed is in both lists.
func differ(have, want []element) (gone, come []element) {
	for len(have) > 0 || len(want) > 0 {
		var c int
		switch {
		case len(have) == 0:
			c = 1
		case len(want) == 0:
			c = -1
		default:
			c = compareElement(have[0], want[0])
		}
		switch {
		case c < 0:
			gone, have = append(gone, have[0]), have[1:]
		case c > 0:
			come, want = append(come, want[0]), want[1:]
		default:
			if !have[0].same(&want[0]) {
				gone, come = append(gone, have[0]), append(come, want[0])
			}
			have, want = have[1:], want[1:]
		}
	}
	return gone, come
}
