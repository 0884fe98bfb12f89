package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// DecisionKind is what a person said about assets.
type DecisionKind string

// Kinds of decision.
const (
	DecisionMerge DecisionKind = "merge" // they are one machine
	DecisionSplit DecisionKind = "split" // it is two machines
)

// Person is who did something: the identifier of an account, and what it was
// called then.
type Person struct{ ID, Name string }

// DecidedAsset is an asset as it was called when the decision was made.
type DecidedAsset struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// DecidedEndpoint is an endpoint that a decision is about. Part is the place of
// its asset in Assets for a merge; for a split 0 for what is taken out and 1
// for what stays.
type DecidedEndpoint struct {
	plant.Endpoint
	Part int
}

// Decision is what a person said about assets, for as long as it is not undone.
type Decision struct {
	ID, Site  string
	Kind      DecisionKind
	Assets    []DecidedAsset
	Endpoints []DecidedEndpoint
	Reason    string
	By        Person
	At        time.Time
	Undone    time.Time // zero while it holds
	UndoneBy  Person
	// Followed is when the inventory first followed it, or its undoing; zero for
	// not yet.
	Followed time.Time
}

// Holds reports whether the decision is not undone.
func (d *Decision) Holds() bool { return d.Undone.IsZero() }

// DecisionFilter says which decisions. Zero fields do not filter.
type DecisionFilter struct {
	Site string
	// Asset is an asset's present or former identifier: decisions about an
	// endpoint that it has now, or that named it.
	Asset string
}

// PutDecision keeps a new decision. It is ErrTooMany when as many hold at its
// site as Limits.Decisions says. Of those undone as many are kept, the newest.
func (db *DB) PutDecision(ctx context.Context, d *Decision) error { return db.putDecision(ctx, d) }

// UndoDecision marks a decision as undone. It is ErrConflict if it is already.
func (db *DB) UndoDecision(ctx context.Context, id string, by Person, at time.Time) (Decision, error) {
	return db.undoDecision(ctx, id, by, at)
}

// Decision is one decision.
func (db *DB) Decision(ctx context.Context, id string) (Decision, error) { return db.decision(ctx, id) }

// Decisions lists decisions, newest first.
func (db *DB) Decisions(ctx context.Context, f DecisionFilter, p Page) (List[Decision], error) {
	return db.decisions(ctx, f, p)
}

// DecisionsToFollow are those of a site that hold, and those undone whose
// undoing the inventory has not followed yet, oldest first.
func (db *DB) DecisionsToFollow(ctx context.Context, site string) ([]Decision, error) {
	return db.decisionsToFollow(ctx, site)
}

// DecisionsFollowed notes that the inventory, as it is saved now, follows these,
// each as it stands there: one that was undone since is passed over.
func (db *DB) DecisionsFollowed(ctx context.Context, all []Decision, at time.Time) error {
	return db.decisionsFollowed(ctx, all, at)
}
