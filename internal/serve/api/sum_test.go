package api

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// TestLargest compares pages with a list that was sorted whole.
func TestLargest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sums := newSummed[convKey, uint64](maphash.MakeSeed())
	for i := range 5000 {
		g, made := sums.at(convKey{site: "plant", port: uint16(i % 3000)})
		if made != (i < 3000) {
			t.Fatalf("key %d was made anew: %v", i, made)
		}
		g.value += uint64(r.IntN(100)) // many are equal
	}
	want := slices.Clone(sums.groups)
	slices.SortFunc(want, func(a, b *group[convKey, uint64]) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.hash, b.hash))
	})
	size := func(v *uint64) uint64 { return *v }
	for _, n := range []int{1, 7, 100, 2999, 3000, 5000} {
		var got []*group[convKey, uint64]
		var after *sumCursor
		for {
			page := largest(sums.groups, after, n, size)
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			last := page[len(page)-1]
			after = &sumCursor{last.value, last.hash}
		}
		if !slices.Equal(want, got) {
			t.Errorf("pages of %d differ from the sorted list (%d of %d groups)", n, len(got), len(want))
		}
	}
}

// TestGroupsWithTheSameHash holds that keys are told apart by more than a hash.
func TestGroupsWithTheSameHash(t *testing.T) {
	sums := newSummed[convKey, uint64](maphash.MakeSeed())
	one, _ := sums.at(convKey{port: 1})
	other := &group[convKey, uint64]{key: convKey{port: 2}, hash: one.hash, next: one}
	sums.byHash[one.hash] = other
	if g, made := sums.at(convKey{port: 1}); g != one || made {
		t.Errorf("the first of two keys with one hash was not found")
	}
}

// sealing is a store whose segments change while they are read.
type sealing struct {
	emptyStore
	lists []string // the path of the one segment at each look; the last stays
}

func (s *sealing) Segments(context.Context, store.SegmentFilter) ([]plant.Segment, error) {
	path := s.lists[0]
	if len(s.lists) > 1 {
		s.lists = s.lists[1:]
	}
	return []plant.Segment{{Path: path}}, nil
}

// TestSumsAreRepeatedWhenSegmentsChange seals between the look at the segments
// and the end of the sum.
func TestSumsAreRepeatedWhenSegmentsChange(t *testing.T) {
	gone := errors.New("the file is gone")
	for _, c := range []struct {
		name  string
		lists []string
		fail  map[string]bool // sums over these segments fail
		want  []string        // segments of each sum
		err   error
	}{
		{"nothing changes", []string{"a"}, nil, []string{"a"}, nil},
		{"sealed meanwhile", []string{"a", "b"}, nil, []string{"a", "b"}, nil},
		{"rolled up meanwhile, the old file is gone", []string{"a", "b"}, map[string]bool{"a": true}, []string{"a", "b"}, nil},
		{"damaged", []string{"a"}, map[string]bool{"a": true}, []string{"a"}, gone},
		{"it does not come to rest", []string{"a", "b", "c", "d", "e"}, nil, []string{"a", "b", "c"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := bare(t, Options{Store: &sealing{lists: c.lists}})
			var got []string
			err := s.stable(t.Context(), &span{sites: []string{"plant"}}, func(segments []plant.Segment) error {
				got = append(got, segments[0].Path)
				if c.fail[segments[0].Path] {
					return gone
				}
				return nil
			})
			if !errors.Is(err, c.err) || len(got) != len(c.want) || got[len(got)-1] != c.want[len(c.want)-1] {
				t.Errorf("sums over %v, %v", got, err)
			}
		})
	}
}
