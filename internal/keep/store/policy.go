package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Revision is one revision of a site's boundary policy. It is kept for ever and
// never changed: only approvals come to it, and one signature.
type Revision struct {
	Site   string
	N      int64 // from 1
	Parent int64 // the one before; 0 for none
	Hash   string
	// Policy is policy.Canonical, and Text the plant model it was compiled from;
	// lists leave both out.
	Policy  []byte
	Text    string
	Version int64 // of the plant model; 0 for a text that was not saved
	Author  Person
	At      time.Time
	Reason  string
	Body    RevisionBody
	// Signature is a signed note; "" while not both sides have approved.
	Signature string
	Signed    time.Time
	Approvals []Approval
}

// RevisionBody is what else is kept of a revision.
type RevisionBody struct {
	Changes []string       `json:"changes"` // against its parent, as sentences
	Notes   []RevisionNote `json:"notes"`   // what of the model it does not say
	Zones   []string       `json:"zones"`   // that changed, for whose owners it is
	Changed []string       `json:"changed"` // conduits that changed
	Size    [4]int         `json:"size"`    // zones, conduits, ranges, matches
}

// RevisionNote is something of a plant model that a policy does not say exactly.
type RevisionNote struct {
	Conduit string `json:"conduit"`
	Service string `json:"service"`
	Kind    string `json:"kind"`
	Text    string `json:"text"`
}

// Approval is one side's yes to a revision.
type Approval struct {
	Side    model.Side
	Person  string // of the plant model
	Name    string // what the person is called there
	Account Person
	At      time.Time
}

// PutRevision keeps a revision as the next of its site, if the newest still is
// its Parent; else it is ErrConflict. It returns its number. It is ErrTooMany
// when there are Limits.Revisions: none is ever removed.
func (db *DB) PutRevision(ctx context.Context, r *Revision) (int64, error) {
	return db.putRevision(ctx, r)
}

// Revision is one revision of a site with its text and policy, the newest for 0.
func (db *DB) Revision(ctx context.Context, site string, n int64) (Revision, error) {
	return db.revision(ctx, site, n)
}

// SignedRevision is the newest revision of a site that is signed.
func (db *DB) SignedRevision(ctx context.Context, site string) (Revision, error) {
	return db.signedRevision(ctx, site)
}

// RevisionHead is one revision without text and policy, the newest for 0.
func (db *DB) RevisionHead(ctx context.Context, site string, n int64) (Revision, error) {
	return db.revisionHead(ctx, site, n)
}

// Revisions lists those of a site, the newest first, without text and policy.
func (db *DB) Revisions(ctx context.Context, site string, p Page) (List[Revision], error) {
	return db.revisions(ctx, site, p)
}

// ApproveRevision keeps a side's yes. It is ErrConflict if the side has approved
// already, or if the account has approved for the other side.
func (db *DB) ApproveRevision(ctx context.Context, site string, n int64, a Approval) error {
	return db.approveRevision(ctx, site, n, a)
}

// SignRevision keeps the signature of a revision that has two approvals. One
// that is signed already stays as it is; one that lacks an approval is
// ErrConflict.
func (db *DB) SignRevision(ctx context.Context, site string, n int64, signature string, at time.Time) error {
	return db.signRevision(ctx, site, n, signature, at)
}

// ApplicationState is how it went with something that was put into force.
type ApplicationState string

// States of an application.
const (
	ApplicationPending    ApplicationState = "pending"
	ApplicationConfirmed  ApplicationState = "confirmed"
	ApplicationRolledBack ApplicationState = "rolled-back"
	ApplicationFailed     ApplicationState = "failed"
)

// Application is a revision that was put into force.
type Application struct {
	ID       string
	Site     string
	Revision int64
	Hash     string
	State    ApplicationState
	By       Person
	At       time.Time
	Until    time.Time // when it goes back unless it is confirmed
	Forced   bool
	Reason   string
	Ended    time.Time
	EndedBy  string // who confirmed or took it back; "guard"
	Says     string
}

// PutApplication keeps a new application.
func (db *DB) PutApplication(ctx context.Context, a Application) error {
	return db.putApplication(ctx, a)
}

// EndApplication keeps how one that is pending ended: State, Ended, EndedBy and
// Says of a. It is ErrConflict if it has ended.
func (db *DB) EndApplication(ctx context.Context, a Application) error {
	return db.endApplication(ctx, a)
}

// Applications lists those of a site, the newest first.
func (db *DB) Applications(ctx context.Context, site string, p Page) (List[Application], error) {
	return db.applications(ctx, site, p)
}

// ContainmentState is how it stands with something that is contained.
type ContainmentState string

// States of a containment.
const (
	ContainmentWaiting ContainmentState = "waiting" // for the consent of operations
	ContainmentActive  ContainmentState = "active"
	ContainmentEnded   ContainmentState = "ended"
	ContainmentFailed  ContainmentState = "failed" // the boundary did not take it
)

// Containment is something that is stopped for a time.
type Containment struct {
	ID      string
	Site    string
	State   ContainmentState
	Body    ContainmentBody
	Until   time.Time
	Reason  string
	By      Person
	At      time.Time
	Consent *Approval // of operations; nil for none
	Ended   time.Time
	EndedBy string
	Says    string
}

// ContainmentBody is what a containment stops.
type ContainmentBody struct {
	Asset   string               `json:"asset,omitempty"` // identifier
	Label   string               `json:"label,omitempty"`
	Conduit string               `json:"conduit,omitempty"`
	Pair    []string             `json:"pair,omitempty"`
	Island  bool                 `json:"island,omitempty"`
	Lines   []string             `json:"lines"` // that it touches
	Needs   bool                 `json:"needs"` // the consent of operations
	Parts   []policy.Containment `json:"parts"` // as the boundary is told
}

// PutContainment keeps a new containment. It is ErrTooMany when as many are
// waiting or active at its site as Limits.Containments says.
func (db *DB) PutContainment(ctx context.Context, c Containment) error {
	return db.putContainment(ctx, c)
}

// ChangeContainment keeps State, Consent, Ended, EndedBy and Says of one that is
// still in the state was; else it is ErrConflict.
func (db *DB) ChangeContainment(ctx context.Context, c Containment, was ContainmentState) error {
	return db.changeContainment(ctx, c, was)
}

// Containment is one of a site.
func (db *DB) Containment(ctx context.Context, site, id string) (Containment, error) {
	return db.containment(ctx, site, id)
}

// Containments lists those of a site in a state ("" for all), the newest first.
func (db *DB) Containments(ctx context.Context, site string, state ContainmentState, p Page) (List[Containment], error) {
	return db.containments(ctx, site, state, p)
}

// Mark is what a person answered to a kind of conversation that a draft would
// stop.
type Mark struct {
	Kind   string // names the kind
	Says   string // accept, fix or ignore
	Until  time.Time
	By     Person
	At     time.Time
	Reason string
}

// PutMark keeps an answer, in place of the one before; one that says "" takes it
// back. It is ErrTooMany when a site has Limits.Marks.
func (db *DB) PutMark(ctx context.Context, site string, m Mark) error {
	return db.putMark(ctx, site, m)
}

// Marks are all answers at a site.
func (db *DB) Marks(ctx context.Context, site string) ([]Mark, error) { return db.marks(ctx, site) }

// PutLook keeps the newest look at something of a site's boundary; body becomes
// JSON.
func (db *DB) PutLook(ctx context.Context, site, kind string, at time.Time, body any) error {
	return db.putLook(ctx, site, kind, at, body)
}

// Look reads the newest look into body; ErrNotFound if nobody has looked.
func (db *DB) Look(ctx context.Context, site, kind string, body any) (at time.Time, err error) {
	return db.readLook(ctx, site, kind, body)
}
