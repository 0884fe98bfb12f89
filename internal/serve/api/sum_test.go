package api

import (
	"context"
	"errors"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

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
