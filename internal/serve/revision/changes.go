package revision

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/coverage"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// changing are the kinds of operation by which a line comes to make something
// else.
var changing = []plant.Kind{plant.Config, plant.Program, plant.Mode}

// maxChanges bounds the operations of a kind that are read, the latest ones.
const maxChanges = 500

// upload is the technique of reading a program out: a backup changes nothing.
const upload = "T0845"

// changes are the signs of changeovers that were recorded. Of each operation the
// first and the last time are known, so that they may be fewer than there were.
func (d *Desk) changes(ctx context.Context, site string, s *scene) error {
	lines := make(map[string]string, len(s.assets))
	for i := range s.assets {
		lines[s.assets[i].ID] = s.assets[i].Line
	}
	for _, k := range changing {
		l, err := d.store.Operations(ctx, store.TalkFilter{Site: site, Kind: k.String()}, store.Page{Limit: maxChanges, Sort: "-last_seen"})
		if err != nil {
			return err
		}
		for i := range l.Items {
			o := &l.Items[i]
			line, placed := lines[o.ResponderAsset.ID]
			if !placed || line == "" || o.Verb.Technique == upload || o.Responses > 0 && o.Accepted == 0 && o.Refused > 0 {
				continue
			}
			s.changes = append(s.changes, coverage.Change{At: o.First, Line: line, Kind: k}, coverage.Change{At: o.Last, Line: line, Kind: k})
		}
	}
	return nil
}
