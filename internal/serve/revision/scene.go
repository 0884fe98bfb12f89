package revision

import (
	"context"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/coverage"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// maxTalks bounds the recorded conversations that judges are given: they take
// about 250 bytes each.
const maxTalks = 500_000

// watchSlack is how far apart two minutes with traffic may be for the time
// between them to count as watched.
const watchSlack = 10 * time.Minute

// scene is what was recorded at a site. It is shared: nobody may change it.
type scene struct {
	assets   []record.Asset
	talks    []record.Talk
	leftOut  int // conversations beyond maxTalks
	watched  []coverage.Interval
	changes  []coverage.Change
	observed time.Time // newest packet
	sensors  int
	made     time.Time
}

// scene gathers what was recorded. It takes seconds where a plant is large, so
// it is kept as the store keeps sums over the whole plant.
func (d *Desk) scene(ctx context.Context, site string) (*scene, error) {
	v, err := d.store.Figure(ctx, "boundary scene "+site, func(ctx context.Context) (any, error) {
		s, err := d.makeScene(ctx, site)
		if err != nil {
			return nil, err // and not a *scene that is nil
		}
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*scene), nil
}

func (d *Desk) makeScene(ctx context.Context, site string) (*scene, error) {
	s := &scene{made: d.o.Now()}
	if err := d.sceneAssets(ctx, site, s); err != nil {
		return nil, err
	}
	err := d.store.Recorded(ctx, site, func(x *store.RecordedTalk) error {
		if len(s.talks) >= maxTalks {
			s.leftOut++
			return nil
		}
		s.talks = append(s.talks, record.Talk{
			ID: x.ID, Client: x.Client, Server: x.Server, From: x.Conversation.Client, To: x.Conversation.Server, Transport: x.Transport, Port: x.Port, Protocol: x.Protocol,
			Answered: x.Answered, Kinds: x.Kinds, Count: max(x.Flows, 1), First: x.First, Last: x.Last,
		})
		if x.Last.After(s.observed) {
			s.observed = x.Last
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all, err := d.store.Watched(ctx, site, watchSlack)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		s.watched = append(s.watched, coverage.Interval{From: w.From, To: w.To})
	}
	if err := d.changes(ctx, site, s); err != nil {
		return nil, err
	}
	sensors, err := d.store.Sensors(ctx, site)
	s.sensors = len(sensors)
	return s, err
}

// sceneAssets are the assets as the newest plant model places them.
func (d *Desk) sceneAssets(ctx context.Context, site string, s *scene) error {
	m, err := d.store.Map(ctx, site)
	if err != nil {
		return err
	}
	at := make(map[string]int, len(m.Assets))
	for i := range m.Assets {
		at[m.Assets[i].ID] = i
	}
	plugs := map[string]string{}
	if err := d.store.Plugs(ctx, site, func(asset, says string) error {
		if _, far, ok := strings.Cut(says, " -> "); ok {
			plugs[asset] = strings.Replace(far, "/", " ", 1)
		}
		return nil
	}); err != nil {
		return err
	}
	return d.store.AssetFacts(ctx, site, func(f *model.Facts, zone, line string) error {
		a := record.Asset{Facts: *f, Label: f.ID, Level: plant.LevelUnknown, Zone: zone, Line: line, Port: plugs[f.ID]}
		// The picture may be some seconds older than the facts.
		if i, ok := at[f.ID]; ok {
			x := &m.Assets[i]
			a.Label, a.Kind, a.Side, a.Level, a.Vendor, a.Network, a.Cell = x.Label, x.Kind, x.Side, x.Level, x.Vendor, x.Network, x.Cell
		}
		s.assets = append(s.assets, a)
		return nil
	})
}

// since is from when on the site was watched without a gap to speak of.
func (s *scene) since() time.Time {
	if len(s.watched) == 0 {
		return time.Time{}
	}
	return s.watched[len(s.watched)-1].From
}

// placed are the assets as a model places them.
func (s *scene) placed(m *model.Model) []record.Asset {
	p := model.NewPlacer(m)
	all := make([]record.Asset, len(s.assets))
	for i := range s.assets {
		all[i] = s.assets[i]
		at := p.Place(&all[i].Facts)
		all[i].Zone, all[i].Line, all[i].Cell = at.Zone, at.Line, at.Cell
	}
	return all
}
