package hub

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"syscall"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// How often the keeper works.
const (
	sealEvery   = 20 * time.Second
	tendEvery   = time.Hour
	forgetEvery = 24 * time.Hour
	rollUpEvery = 10 * time.Minute
)

// keep seals, rolls up, tends and forgets, for as long as ctx lasts.
func (h *Hub) keep(ctx context.Context) {
	if err := h.Sweep(ctx); err != nil {
		h.trouble.set(h.o.Log, "history", err)
	}
	var rolled, tended time.Time
	forgot := h.o.Now()
	for wait(ctx, h.o.SealEvery) {
		now := h.o.Now()
		err := h.Seal(ctx, now.Add(-h.o.Grace))
		if err == nil && now.Sub(rolled) >= rollUpEvery {
			rolled = now
			err = h.RollUp(ctx)
		}
		if err == nil && now.Sub(tended) >= tendEvery {
			tended = now
			err = h.o.Store.Tend(ctx)
		}
		if err == nil && now.Sub(forgot) >= forgetEvery {
			forgot = now
			err = h.forget(ctx, now)
		}
		if ctx.Err() == nil {
			h.trouble.set(h.o.Log, "history", err)
		}
	}
}

// Sweep removes segments that were written and never recorded.
func (h *Hub) Sweep(ctx context.Context) error {
	known, err := h.o.Store.Segments(ctx, store.SegmentFilter{})
	if err != nil {
		return fmt.Errorf("list the segments: %w", err)
	}
	swept, err := h.o.Archive.Sweep(ctx, known)
	if err != nil {
		return fmt.Errorf("sweep the history: %w", err)
	}
	for i := range swept.Missing {
		h.o.Log.Error("a segment of history is gone from the disk", "path", swept.Missing[i].Path)
	}
	return nil
}

// Seal moves every hour of rows that ended before a time into history.
func (h *Hub) Seal(ctx context.Context, before time.Time) error {
	hours, err := h.o.Store.HoursToSeal(ctx, before)
	if err != nil {
		return fmt.Errorf("list the hours to seal: %w", err)
	}
	for _, hour := range hours {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := h.seal(ctx, hour); err != nil {
			return fmt.Errorf("seal %s of %s: %w", hour.Kind, hour.At.Format("2006-01-02 15:04"), err)
		}
	}
	return nil
}

// seal writes the segment first and then, in one transaction, records it and
// removes its rows. A crash in between leaves a file that Sweep removes.
func (h *Hub) seal(ctx context.Context, hour store.Hour) error {
	spec := history.Spec{Site: hour.Site, Step: plant.StepMinute, From: hour.At, To: hour.At.Add(time.Hour)}
	before, err := h.o.Store.Segments(ctx, store.SegmentFilter{Site: hour.Site, Kind: hour.Kind, From: spec.From, To: spec.To})
	if err != nil {
		return err
	}
	spec.Piece = len(before)
	var upTo int64
	var segment plant.Segment
	if hour.Kind == plant.SegmentConversations {
		segment, err = h.o.Archive.WriteConversations(ctx, spec, rows(func(emit func(history.Conversation) error) (err error) {
			upTo, err = h.o.Store.RecentConversations(ctx, hour.Site, hour.At, func(sensor string, c *plant.Conversation) error {
				return emit(history.Conversation{Sensor: sensor, Start: c.First.Truncate(time.Minute), Conversation: *c})
			})
			return err
		}))
	} else {
		segment, err = h.o.Archive.WriteOperations(ctx, spec, rows(func(emit func(history.Operation) error) (err error) {
			upTo, err = h.o.Store.RecentOperations(ctx, hour.Site, hour.At, func(sensor string, o *plant.Operation) error {
				return emit(history.Operation{Sensor: sensor, Start: o.First.Truncate(time.Minute), Operation: *o})
			})
			return err
		}))
	}
	if errors.Is(err, history.ErrEmpty) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := h.o.Store.Sealed(ctx, hour, upTo, []plant.Segment{segment}); err != nil {
		return err
	}
	h.counters.Sealed.Add(1)
	return nil
}

var errEnough = errors.New("enough")

// rows turns a stream that calls back into a sequence.
func rows[T any](stream func(emit func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := stream(func(v T) error {
			if !yield(v, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			var none T
			yield(none, err)
		}
	}
}

// rollUpRounds bounds what one call does: a ceiling may take several rounds.
const rollUpRounds = 64

// RollUp makes history coarser as it ages and removes what is too old.
func (h *Hub) RollUp(ctx context.Context) error {
	r, err := h.o.Retention(ctx)
	if err != nil {
		return err
	}
	for range rollUpRounds {
		known, err := h.o.Store.Segments(ctx, store.SegmentFilter{})
		if err != nil {
			return fmt.Errorf("list the segments: %w", err)
		}
		plan := history.Decide(h.o.Now(), known, r)
		if plan.Empty() {
			return nil
		}
		if err := h.replace(ctx, plan.Remove, nil); err != nil {
			return err
		}
		for i := range plan.RollUp {
			err := h.rollUp(ctx, &plan.RollUp[i])
			if errors.Is(err, syscall.ENOSPC) && !r.NoRoom {
				r.NoRoom = true // make room first: remove what cannot be made smaller
				break
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Hub) rollUp(ctx context.Context, t *history.Task) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	made, err := h.o.Archive.RollUp(ctx, t.Segments, t.Step)
	if err != nil {
		return fmt.Errorf("roll history up to a row a %s: %w", t.Step, err)
	}
	return h.replace(ctx, t.Segments, made)
}

// replace records new segments in place of old ones and then deletes the files.
func (h *Hub) replace(ctx context.Context, old, made []plant.Segment) error {
	if len(old) == 0 {
		return nil
	}
	if err := h.o.Store.ReplaceSegments(ctx, old, made); err != nil {
		return fmt.Errorf("record the segments: %w", err)
	}
	kept := map[string]bool{}
	for i := range made {
		kept[made[i].Path] = true
	}
	gone := old[:0:0]
	for i := range old {
		if !kept[old[i].Path] {
			gone = append(gone, old[i])
		}
	}
	if err := h.o.Archive.Remove(ctx, gone); err != nil {
		return fmt.Errorf("remove old segments: %w", err)
	}
	return nil
}

// forget drops what was not seen for long and makes the inventories anew.
func (h *Hub) forget(ctx context.Context, now time.Time) error {
	if _, err := h.o.Store.Forget(ctx, now.Add(-h.o.Forget)); err != nil {
		return fmt.Errorf("forget what is old: %w", err)
	}
	for _, s := range h.all() {
		if err := s.restore(ctx, h.o.Store); err != nil {
			return fmt.Errorf("restore the inventory of site %q: %w", s.name, err)
		}
	}
	return nil
}
