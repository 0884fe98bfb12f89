package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// bundle adds up the matches of a conduit.
type bundle struct {
	all []policy.Match
}

func (b *bundle) add(list []policy.Match) { b.all = append(b.all, list...) }

// matches are ranges of ports that do not touch, for each protocol and relay.
// What is allowed without a relay needs none, whatever else names it.
func (b *bundle) matches() []policy.Match {
	groups := map[string][]policy.Match{}
	for _, m := range b.all {
		k := key(&m)
		groups[k] = append(groups[k], m)
	}
	if whole := groups[fmt.Sprint(policy.Any)]; len(whole) > 0 {
		return whole[:1]
	}
	var out []policy.Match
	for _, k := range slices.Sorted(keys(groups)) {
		list := joined(groups[k])
		if list[0].Relay != nil {
			list = without(list, joined(groups[fmt.Sprint(list[0].Proto)]))
		}
		out = append(out, list...)
	}
	return out
}

func keys(m map[string][]policy.Match) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// key is the same for matches that differ only in ports.
func key(m *policy.Match) string {
	if m.Relay == nil {
		return fmt.Sprint(m.Proto)
	}
	return fmt.Sprintf("%d %s %x %s", m.Proto, m.Relay.Protocol, m.Relay.Kinds, strings.Join(m.Relay.Objects, "\x00"))
}

// joined makes one range of those that overlap or touch.
func joined(list []policy.Match) []policy.Match {
	slices.SortFunc(list, func(a, b policy.Match) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last)) })
	var out []policy.Match
	for _, m := range list {
		if n := len(out); n > 0 && int(m.First) <= int(out[n-1].Last)+1 {
			out[n-1].Last = max(out[n-1].Last, m.Last)
			continue
		}
		out = append(out, m)
	}
	return out
}

// without takes ranges out of others; both are as joined makes them.
func without(list, out []policy.Match) []policy.Match {
	for _, x := range out {
		var left []policy.Match
		for _, m := range list {
			if x.Last < m.First || x.First > m.Last {
				left = append(left, m)
				continue
			}
			if m.First < x.First {
				low := m
				low.Last = x.First - 1
				left = append(left, low)
			}
			if m.Last > x.Last {
				high := m
				high.First = x.Last + 1
				left = append(left, high)
			}
		}
		list = left
	}
	return list
}
