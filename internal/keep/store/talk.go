package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// AssetRef names the asset at one end of a conversation. ID is "" while the
// inventory has not placed the endpoint.
type AssetRef struct{ ID, Label string }

// ConversationItem is the total of a conversation with the assets at its ends.
type ConversationItem struct {
	ID int64
	plant.Conversation
	Site        string
	ClientAsset AssetRef
	ServerAsset AssetRef
	Crossing    bool
	// What the plant model makes of it: the zones of its ends and the conduit
	// that covers it ("" for none), and the kinds of its operations where it goes
	// between zones.
	FromZone, ToZone string
	State            model.State
	Conduit          string
	Kinds            model.Kinds
}

// OperationItem is the total of an operation with the assets at its ends.
type OperationItem struct {
	ID int64
	plant.Operation
	Site           string
	RequesterAsset AssetRef
	ResponderAsset AssetRef
	Crossing       bool
}

// TalkFilter says which conversations or operations. Zero fields do not
// filter. Peer needs Asset.
type TalkFilter struct {
	Site        string
	Asset, Peer string // identifiers, at either end
	Protocol    string
	Kind        string // of operation; see plant.ParseKind
	Crossing    *bool
	// FromZone, ToZone and Conduit are of the plant model, None for none; States
	// are any of these. For conversations only.
	FromZone, ToZone, Conduit string
	States                    []model.State
	// From and To leave those that were seen last at or after From and first
	// before To.
	From, To time.Time
}

// TalkSorts are what lists of conversations and operations may be sorted by,
// "-" before it for descending. "first_seen" is the order in which they were
// first heard of.
var TalkSorts = []string{"first_seen", "last_seen", "bytes", "packets", "requests"}

// Conversations lists totals of conversations, the latest new one first unless
// Page.Sort says otherwise ("requests" is for operations only).
func (db *DB) Conversations(ctx context.Context, f TalkFilter, p Page) (List[ConversationItem], error) {
	return db.conversations(ctx, f, p)
}

// Operations lists totals of operations, the latest new one first unless
// Page.Sort says otherwise ("bytes" and "packets" are for conversations only).
func (db *DB) Operations(ctx context.Context, f TalkFilter, p Page) (List[OperationItem], error) {
	return db.operations(ctx, f, p)
}

// Peer is one conversation of an asset as seen from it.
type Peer struct {
	ConversationItem
	Out bool // the asset is the client
	// RecentPackets and RecentBytes are those of the rows by the minute since
	// the time that was asked for: what is sealed is in history.
	RecentPackets, RecentBytes uint64
}

// Peers lists whom an asset talks to, the largest first unless Page.Sort says
// otherwise.
func (db *DB) Peers(ctx context.Context, asset string, recent time.Time, p Page) (List[Peer], error) {
	return db.peers(ctx, asset, recent, p)
}

// Talker is an asset, or an endpoint that has none yet, and what it sent and
// received.
type Talker struct {
	Asset   AssetRef
	Address string
	Packets uint64
	Bytes   uint64
}

// TopTalkers are the n endpoints with most bytes in the rows by the minute
// from then on. The answer may be some seconds old.
func (db *DB) TopTalkers(ctx context.Context, site string, from time.Time, n int) ([]Talker, error) {
	return db.topTalkers(ctx, site, from, n)
}

// Bucket is what one protocol carried in one step of time.
type Bucket struct {
	At       time.Time
	Protocol string
	Packets  uint64
	Bytes    uint64
}

// Traffic adds up by step (whole minutes) and protocol. For one asset ("" for
// the plant) it comes from the rows by the minute, so it ends where they were
// sealed; for the plant it is kept longer (see docs/store.md).
func (db *DB) Traffic(ctx context.Context, site, asset string, from, to time.Time, step time.Duration) ([]Bucket, error) {
	return db.traffic(ctx, site, asset, from, to, step)
}
