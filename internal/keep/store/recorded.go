package store

import (
	"context"
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// RecordedTalk is the total of a conversation as a boundary looks at it.
type RecordedTalk struct {
	ID             int64
	Client, Server string // identifiers of assets, "" where an end has none
	plant.Conversation
	// Kinds are of the operations that were asked for, whether or not it goes
	// between zones.
	Kinds model.Kinds
}

// Recorded streams the totals of a site's conversations, as other streams do.
func (db *DB) Recorded(ctx context.Context, site string, yield func(*RecordedTalk) error) error {
	return db.recorded(ctx, site, yield)
}

// Stretch is a stretch of time; To is not included.
type Stretch struct{ From, To time.Time }

// Watched is when anything of a site was seen, by the minute. Stretches that are
// no more than slack apart are one. It goes back as far as traffic is kept.
func (db *DB) Watched(ctx context.Context, site string, slack time.Duration) ([]Stretch, error) {
	return db.watched(ctx, site, slack)
}

// asked names what one endpoint asked of another.
type asked struct{ requester, responder, port int64 }

func (db *DB) askedKinds(ctx context.Context, site int64) (map[asked]model.Kinds, error) {
	kinds := map[asked]model.Kinds{}
	err := db.each(ctx, "SELECT requester, responder, port, kind FROM operation WHERE site = ? GROUP BY requester, responder, port, kind", []any{site}, func(scan func(...any) error) error {
		var k asked
		var kind int64
		err := scan(&k.requester, &k.responder, &k.port, &kind)
		kinds[k] |= model.KindsOf(kindOf(kind))
		return err
	})
	return kinds, err
}

// assetIDs are the identifiers of a site's assets by their numbers: a join for
// each conversation would read each asset many times.
func (db *DB) assetIDs(ctx context.Context, site int64) (map[int64]string, error) {
	names := map[int64]string{}
	err := db.each(ctx, "SELECT num, id FROM asset WHERE site = ?", []any{site}, func(scan func(...any) error) error {
		var num int64
		var name string
		err := scan(&num, &name)
		names[num] = name
		return err
	})
	return names, err
}

func (db *DB) recorded(ctx context.Context, site string, yield func(*RecordedTalk) error) error {
	id, err := db.siteNumber(ctx, text(site))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return db.failed("read sites", err)
	}
	kinds, err := db.askedKinds(ctx, id)
	if err != nil {
		return db.failed("read operations", err)
	}
	names, err := db.assetIDs(ctx, id)
	if err != nil {
		return db.failed("read assets", err)
	}
	var r conversationRow
	var x RecordedTalk
	var client, server *int64
	dest := append(r.dest(), &x.ID, &client, &server)
	err = db.each(ctx, "SELECT "+conversationColumns("t", "t.first")+", t.id, t.client_asset, t.server_asset FROM conversation t"+conversationJoin+" WHERE t.site = ?", []any{id}, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		x.Conversation = *r.finish()
		x.Client, x.Server = nameAt(names, client), nameAt(names, server)
		x.Kinds = kinds[asked{r.client.id, r.server.id, int64(x.Port)}]
		return yield(&x)
	})
	return db.failed("read conversations", err)
}

func nameAt(names map[int64]string, num *int64) string {
	if num == nil {
		return ""
	}
	return names[*num]
}

func (db *DB) watched(ctx context.Context, site string, slack time.Duration) (all []Stretch, err error) {
	id, err := db.siteNumber(ctx, text(site))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, db.failed("read sites", err)
	}
	err = db.each(ctx, "SELECT DISTINCT minute FROM traffic WHERE site = ? ORDER BY minute", []any{id}, func(scan func(...any) error) error {
		var minute int64
		if err := scan(&minute); err != nil {
			return err
		}
		from := time.Unix(60*minute, 0).UTC()
		if n := len(all); n > 0 && from.Sub(all[n-1].To) <= slack {
			all[n-1].To = from.Add(time.Minute)
			return nil
		}
		all = append(all, Stretch{from, from.Add(time.Minute)})
		return nil
	})
	return all, db.failed("read when a site was watched", err)
}
