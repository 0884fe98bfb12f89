package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// RollUp adds the rows of segments up to the given step, which is theirs or a
// coarser one: all segments of one site, kind and day become one segment of that
// day (where step is minute, all of one hour become one of that hour). It returns
// the new segments, sorted by path, and removes nothing: the caller records them
// in place of the old ones in one transaction and then calls Remove. A result may
// be one of the old ones again, so that what is recorded must not be removed. The
// same segments give the same result, whatever their order. If a segment cannot
// be read, nothing is returned and the error names it.
func (a *Archive) RollUp(ctx context.Context, segments []plant.Segment, step plant.Step) ([]plant.Segment, error) {
	if Length(step) == 0 {
		return nil, fmt.Errorf("roll up: %q is no step", step)
	}
	byPart := map[part][]plant.Segment{}
	for _, s := range segments {
		if Length(s.Step) == 0 || Length(s.Step) > Length(step) {
			return nil, fmt.Errorf("roll up to %s: %w", step, &SegmentError{s.Path, fmt.Errorf("its rows are of a %s", s.Step)})
		}
		p := partOf(s, step)
		byPart[p] = append(byPart[p], s)
	}
	var made []plant.Segment
	for p, list := range byPart {
		s, err := a.rollUp(ctx, p, list, step)
		if err != nil {
			return nil, fmt.Errorf("roll up to %s: %w", step, err)
		}
		made = append(made, s)
	}
	slices.SortFunc(made, func(x, y plant.Segment) int { return cmp.Compare(x.Path, y.Path) })
	return made, nil
}

// part is what becomes one segment.
type part struct {
	site string
	kind plant.SegmentKind
	from time.Time
	size time.Duration
}

// partOf is the part that a segment of a step falls into: its day, or its hour
// where rows stay minutes and it is of one hour.
func partOf(s plant.Segment, step plant.Step) part {
	size := 24 * time.Hour
	if from := s.From.UTC().Truncate(time.Hour); step == plant.StepMinute && !s.To.After(from.Add(time.Hour)) {
		size = time.Hour
	}
	return part{s.Site, s.Kind, s.From.UTC().Truncate(size), size}
}

func (a *Archive) rollUp(ctx context.Context, p part, segments []plant.Segment, step plant.Step) (plant.Segment, error) {
	spec := Spec{Site: p.site, Step: step, From: p.from, To: p.from.Add(p.size)}
	if p.kind == plant.SegmentOperations {
		return a.WriteOperations(ctx, spec, steps(ctx, segments, spec, a.Operations, func(o *Operation) *time.Time { return &o.Start }))
	}
	return a.WriteConversations(ctx, spec, steps(ctx, segments, spec, a.Conversations, func(c *Conversation) *time.Time { return &c.Start }))
}

// steps yields the rows of segments step by step, each with the start of its step.
func steps[R any](
	ctx context.Context, segments []plant.Segment, spec Spec,
	read func(context.Context, []plant.Segment, Query, func(*R) bool) error, start func(*R) *time.Time,
) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		n := Length(spec.Step)
		for at := spec.From; at.Before(spec.To); at = at.Add(n) {
			stopped := false
			err := read(ctx, segments, Query{From: at, To: at.Add(n)}, func(r *R) bool {
				row := *r
				*start(&row) = at
				stopped = !yield(row, nil)
				return !stopped
			})
			if err != nil && !stopped {
				var none R
				yield(none, errors.Join(err))
				return
			}
			if stopped {
				return
			}
		}
	}
}
