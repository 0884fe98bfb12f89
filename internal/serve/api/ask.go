package api

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Store is what the API asks of the store; *store.DB has it.
type Store interface {
	Ping(context.Context) error
	Counters(context.Context) (map[string]uint64, error)

	Overview(ctx context.Context, site string) (*store.Overview, error)
	Tally(ctx context.Context, site string) (store.Tally, error)
	WatchedSince(ctx context.Context, site string, until time.Time, slack time.Duration) (time.Time, error)
	Map(ctx context.Context, site string) (*store.Map, error)
	Sites(context.Context) ([]string, error)
	Figure(ctx context.Context, name string, make func(context.Context) (any, error)) (any, error)
	Traffic(ctx context.Context, site, asset string, from, to time.Time, step time.Duration) ([]store.Bucket, error)

	Assets(context.Context, store.AssetFilter, store.Page) (store.List[store.AssetItem], error)
	AssetFacets(context.Context, store.AssetFilter) (store.Facets, error)
	Asset(ctx context.Context, id string) (store.AssetDetail, error)
	AssetsOf(ctx context.Context, site string, endpoints []plant.Endpoint, yield func(e plant.Endpoint, asset string) error) error

	Peers(ctx context.Context, asset string, recent time.Time, p store.Page) (store.List[store.Peer], error)
	Conversations(context.Context, store.TalkFilter, store.Page) (store.List[store.ConversationItem], error)
	Operations(context.Context, store.TalkFilter, store.Page) (store.List[store.OperationItem], error)
	ConversationsBetween(ctx context.Context, site string, from, to time.Time, yield func(sensor string, c *plant.Conversation) error) error
	OperationsBetween(ctx context.Context, site string, from, to time.Time, yield func(sensor string, o *plant.Operation) error) error

	Findings(context.Context, store.FindingFilter, store.Page) (store.List[store.FindingItem], error)
	Finding(ctx context.Context, id string) (store.FindingItem, error)

	Sensors(ctx context.Context, site string) ([]store.Sensor, error)
	Sensor(ctx context.Context, site, name string) (store.Sensor, error)

	Captures(ctx context.Context, site string, state store.CaptureState, p store.Page) (store.List[store.Capture], error)
	Capture(ctx context.Context, id string) (store.Capture, error)
	KeptCuts(ctx context.Context, site string, p store.Page) (store.List[store.Kept], error)
	Kept(ctx context.Context, id string) (store.Kept, error)

	Changes(ctx context.Context, site string, since time.Time, p store.Page) (store.List[store.Change], error)
	Decisions(context.Context, store.DecisionFilter, store.Page) (store.List[store.Decision], error)
	Decision(ctx context.Context, id string) (store.Decision, error)
	Views(ctx context.Context, owner, page string) ([]store.View, error)
	View(ctx context.Context, id string) (store.View, error)
	PutView(context.Context, store.View) (store.View, error)
	DeleteView(ctx context.Context, id string, version int64) error

	Model(ctx context.Context, site string) (store.ModelVersion, error)
	ModelAt(ctx context.Context, site string, version int64) (store.ModelVersion, error)
	ModelVersions(ctx context.Context, site string, p store.Page) (store.List[store.ModelVersion], error)
	PutModel(ctx context.Context, v store.ModelVersion, was int64) (int64, error)
	AssetFacts(ctx context.Context, site string, yield func(f *model.Facts, zone, line string) error) error
	Talks(ctx context.Context, site string, yield func(client, server string, t *model.Talk) error) error
	Boundary(ctx context.Context, site string, from, to time.Time) (*store.Boundary, error)

	Segments(context.Context, store.SegmentFilter) ([]plant.Segment, error)
	Setting(ctx context.Context, key string) (value json.RawMessage, version int64, err error)
	PutSetting(ctx context.Context, key string, value json.RawMessage, version int64) (int64, error)
}

// Archive is what the API asks of the history; *history.Archive has it.
type Archive interface {
	Conversations(ctx context.Context, segments []plant.Segment, q history.Query, yield func(*history.Conversation) bool) error
	Operations(ctx context.Context, segments []plant.Segment, q history.Query, yield func(*history.Operation) bool) error
	Peers(ctx context.Context, segments []plant.Segment, addr string, q history.Query) (history.Answer[history.Peer], error)
	Links(ctx context.Context, segments []plant.Segment, q history.Query) (history.Answer[history.Link], error)
	Traffic(ctx context.Context, segments []plant.Segment, q history.Query, width time.Duration) (history.Answer[history.Stretch], error)
	Pairs(ctx context.Context, segments []plant.Segment, q history.Query, by history.Grouping) (history.Answer[history.Pair], error)
}

// Upload is a capture that has come in whole.
type Upload struct {
	Site   string // where it was recorded; "" for the hub's own
	Name   string // as the one who sent it called it; not a path
	Path   string // of the file in Options.Uploads
	Size   int64  // bytes
	SHA256 string // hexadecimal
	// Format is "pcap" or "pcapng", packed or not; "zstd" for one packed so that
	// looking inside would take much memory.
	Format string
}

// Importer reads captures into the pipeline.
type Importer interface {
	// Import takes over an upload: it records it in the store, reads it when its
	// turn comes, and removes the file when it needs it no more. When it
	// returns an error the file is still the caller's.
	Import(context.Context, Upload) (store.Capture, error)
	// Cancel ends an import that is queued or being read. It is ErrConflict for
	// one that has ended and store.ErrNotFound for one that never was.
	Cancel(ctx context.Context, id string) (store.Capture, error)
}

// Cut says which packets of a sensor's ring are meant. All that is set must
// hold; a Cut has a range of numbers, of time or both.
type Cut struct {
	Site, Sensor string
	First, Last  uint64           // numbers, both included; 0 for none
	From, To     time.Time        // packet time, From included; zero for none
	Hosts        []plant.Endpoint // from or to one of these
	Peers        []plant.Endpoint // and the other end is one of these
	MaxPackets   int
	MaxBytes     int64
}

// Cutter cuts packets out of the rings of sensors.
type Cutter interface {
	// Cut writes a pcapng file. It writes nothing if it returns ErrNotFound: the
	// ring has no such packet any more.
	Cut(context.Context, io.Writer, Cut) error
	// Keep stores a cut as a file with its hash and records it in the store.
	Keep(ctx context.Context, c Cut, note string) (store.Kept, error)
	// Open opens the file of a kept cut.
	Open(context.Context, store.Kept) (io.ReadCloser, error)
}
