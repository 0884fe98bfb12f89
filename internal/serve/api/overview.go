package api

import (
	"context"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func (s *Server) overview(ctx context.Context, in *siteInput) (*Overview, error) {
	o, err := s.store.Overview(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	sensors, err := s.store.Sensors(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	now := s.opt.Now()
	out := &Overview{
		Sites:         slices.DeleteFunc(orEmpty(o.Sites), func(site string) bool { return !s.sees(ctx, site) }),
		Assets:        AssetCounts{Total: o.Assets, Unknown: o.Unknown, Kinds: counts(o.Kinds), Sides: counts(o.Sides), Roles: counts(o.Roles)},
		Conversations: o.Conversations, Crossings: o.Crossings, Findings: findingCounts(o.Findings),
		LastObservation: when(o.Observed), KeptFrom: when(earliest(o.HistoryFrom, o.RecentFrom)), KeptTo: when(o.Observed),
		Version: s.opt.Version, Now: now.UTC(),
	}
	for i := range sensors {
		out.Sensors.Total++
		if problem(&sensors[i], now) == "" {
			out.Sensors.OK++
		} else {
			out.Sensors.Not++
		}
	}
	return out, nil
}

// earliest is the earlier of two times of which either may be unknown.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// quiet is how long a sensor may say nothing: it reports several times a
// minute, also when there is nothing to report.
const quiet = 5 * time.Minute

// problem is what keeps a sensor from its work, "" if nothing does.
func problem(x *store.Sensor, now time.Time) string {
	switch st := &x.Status; {
	case st.Problem != "":
		return st.Problem
	case st.State == plant.SensorEnded:
		return ""
	case !x.Heard.IsZero() && now.Sub(x.Heard) > quiet:
		return "Nothing has come from this sensor for " + now.Sub(x.Heard).Round(time.Minute).String() + ". See whether it runs and reaches the hub: run bulkhead doctor on its machine."
	case st.State == plant.SensorSilent:
		return "The link is up and no packet comes. See whether the switch mirrors traffic to this port."
	case st.State == plant.SensorNoLink:
		return "The interface has no link. See to the cable and the switch's port."
	}
	return ""
}
