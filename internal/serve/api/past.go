package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

func (s *Server) history(ctx context.Context, in *siteInput) (*History, error) {
	segments, err := s.store.Segments(ctx, store.SegmentFilter{Site: in.Site})
	if err != nil {
		return nil, err
	}
	keep, _, err := ReadRetention(ctx, s.store)
	if err != nil {
		return nil, err
	}
	out := &History{Days: []HistoryDay{}, Retention: keep}
	type key struct{ day, site, kind, step string }
	days := map[key]*HistoryDay{}
	var oldest, newest time.Time
	for i := range segments {
		x := &segments[i]
		k := key{x.From.UTC().Format(time.DateOnly), x.Site, string(x.Kind), string(x.Step)}
		d := days[k]
		if d == nil {
			d = &HistoryDay{Site: k.site, Day: k.day, Kind: k.kind, Step: k.step}
			days[k] = d
		}
		d.Segments++
		d.Rows += x.Rows
		d.Bytes += x.Bytes
		out.Rows += x.Rows
		out.Bytes += x.Bytes
		oldest = earliest(oldest, x.From)
		if x.To.After(newest) {
			newest = x.To
		}
	}
	out.Oldest, out.Newest = when(oldest), when(newest)
	for _, d := range days {
		out.Days = append(out.Days, *d)
	}
	slices.SortFunc(out.Days, func(a, b HistoryDay) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(a.Site, b.Site), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Step, b.Step))
	})
	return out, nil
}

// RetentionKey is where the store keeps the retention that people have set, as
// the JSON of a Retention.
const RetentionKey = "history.retention"

// settingsKept is where settings are kept; *store.DB has it.
type settingsKept interface {
	Setting(ctx context.Context, key string) (json.RawMessage, int64, error)
}

// ReadRetention is the retention that people have set, the default if none has,
// with the version that the store gave it.
func ReadRetention(ctx context.Context, from settingsKept) (Retention, int64, error) {
	raw, version, err := from.Setting(ctx, RetentionKey)
	if errors.Is(err, store.ErrNotFound) {
		return retentionOf(history.DefaultRetention()), 0, nil
	}
	if err != nil {
		return Retention{}, 0, err
	}
	var r Retention
	if err := json.Unmarshal(raw, &r); err != nil {
		return Retention{}, 0, fmt.Errorf("read the setting %s: %w", RetentionKey, err)
	}
	return r, version, nil
}

// History is the retention in the words of the history.
func (r Retention) History() history.Retention {
	return history.Retention{Minute: time.Duration(r.MinuteDays) * day, Hour: time.Duration(r.HourDays) * day, Day: time.Duration(r.DayDays) * day, MaxBytes: r.MaxBytes}
}

func retentionOf(r history.Retention) Retention {
	return Retention{MinuteDays: int(r.Minute / day), HourDays: int(r.Hour / day), DayDays: int(r.Day / day), MaxBytes: r.MaxBytes}
}

// check holds that coarser rows are kept at least as long as finer ones, which
// become them.
func (r Retention) check() error {
	longer := func(a, b int) bool { return a == 0 || b != 0 && a >= b }
	if !longer(r.HourDays, r.MinuteDays) || !longer(r.DayDays, r.HourDays) {
		return refuse(ErrInvalid, "Rows by the hour must be kept at least as long as rows by the minute, and rows by the day at least as long as rows by the hour; 0 is for ever.")
	}
	return nil
}

func (s *Server) setRetention(ctx context.Context, in *retentionInput) (*Retention, error) {
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	_, version, err := ReadRetention(ctx, s.store)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.PutSetting(ctx, RetentionKey, raw, version); err != nil {
		return nil, err
	}
	s.log.Info("retention of history set", "minute_days", in.Body.MinuteDays, "hour_days", in.Body.HourDays, "day_days", in.Body.DayDays, "max_bytes", in.Body.MaxBytes)
	return &in.Body, nil
}

func (s *Server) settings(ctx context.Context, _ *noInput) (*Settings, error) {
	r, _, err := ReadRetention(ctx, s.store)
	return &Settings{Retention: r}, err
}
