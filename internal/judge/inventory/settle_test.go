package inventory

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func settled(own []string, had ...map[string]int) []Identity {
	s := settling{had: had, own: own, of: make([]string, len(own)), taken: map[string]int{}}
	s.keep()
	s.name()
	return s.identities()
}

func TestSettle(t *testing.T) {
	type ids = map[string]int
	for _, c := range []struct {
		name string
		own  []string
		had  []ids
		want []Identity
	}{
		{"new assets get the builder's", []string{"mac-1", "ip-2"}, []ids{nil, nil}, []Identity{{ID: "mac-1"}, {ID: "ip-2"}}},
		{"a serial number changes nothing", []string{"sn-x"}, []ids{{"mac-1": 2}}, []Identity{{ID: "mac-1"}}},
		{"two become one", []string{"sn-x"}, []ids{{"mac-1": 1, "mac-2": 3}}, []Identity{{"mac-2", []string{"mac-1"}}}},
		{"two become one with its own name", []string{"mac-1"}, []ids{{"mac-1": 1, "mac-2": 3}}, []Identity{{"mac-1", []string{"mac-2"}}}},
		{"one falls apart: the larger part keeps it", []string{"sn-x", "mac-2"}, []ids{{"mac-1": 1}, {"mac-1": 2}}, []Identity{{ID: "sn-x"}, {ID: "mac-1"}}},
		{"one falls apart: its own part keeps it", []string{"mac-1", "mac-2"}, []ids{{"mac-1": 1}, {"mac-1": 2}}, []Identity{{ID: "mac-1"}, {ID: "mac-2"}}},
		{"an identifier that another keeps", []string{"sn-x", "mac-1"}, []ids{{"mac-1": 2}, nil}, []Identity{{ID: "mac-1"}, {ID: "mac-1-2"}}},
		{"equal claims go to the first", []string{"a", "b"}, []ids{{"old": 1}, {"old": 1}}, []Identity{{ID: "old"}, {ID: "b"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := settled(c.own, c.had...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			all := map[string]bool{}
			for _, x := range got {
				for _, id := range append(slices.Clone(x.Former), x.ID) {
					if all[id] {
						t.Errorf("%s stands twice", id)
					}
					all[id] = true
				}
			}
		})
	}
}
