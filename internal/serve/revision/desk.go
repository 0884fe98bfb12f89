// Package revision is the life of a boundary's policy: what was recorded becomes
// a proposal, a plant model becomes a draft that is tried, a draft becomes a
// revision that both sides approve, and a signed revision is put into force,
// proven, contained and taken back.
//
// It asks the store for what was recorded and the judges of internal/judge/
// boundary for everything that has to be judged, and decides itself only who may
// say yes and when something may be done. The boundary process and the brands of
// firewalls stand behind interfaces that the program fills in.
//
// A revision is never changed. An edit of the plant model makes none by itself.
// Who speaks for a side is a person of the plant model that the newest signed
// revision was made from: nobody makes themselves an owner and approves in one
// go. Decision record 0024 has the reasons.
package revision

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Archive is what a desk asks of the history; *history.Archive has it.
type Archive interface {
	Conversations(ctx context.Context, segments []plant.Segment, q history.Query, yield func(*history.Conversation) bool) error
}

// Brand is a kind of firewall that a policy can be written for.
type Brand struct {
	ID, Name, File string
	Render         func(*policy.Policy, ExportOptions) ([]byte, error)
	Parse          func([]byte) (*policy.RuleSet, error)
}

// ExportOptions are what an export needs to know beside the policy.
type ExportOptions struct {
	Revision string // for comments
	Now      time.Time
	// Interfaces are the device's own names of the interface or zone behind which
	// a zone's addresses are, by zone; that of "" is where everything else is.
	Interfaces map[string]string
	Reasons    map[string]string // of conduits, for comments
	Location   *time.Location    // of the device's clock; nil is UTC
	Own        []netip.Addr      // the device's own addresses
	Family     int               // 4 or 6 limits it to one; 0 is both
}

// Options are what a desk is made of. Store is needed; what else is absent is
// refused with ErrAbsent.
type Options struct {
	Store   *store.DB
	Archive Archive
	// Sign signs that a revision is approved, with the key of the installation.
	Sign func(site string, n int64, hash string) (string, error)
	// Wall is the boundary process of one site.
	Wall     Wall
	WallSite string
	Brands   []Brand
	// Mail is the mail address of an account, "" if it has none.
	Mail func(ctx context.Context, account string) (string, error)
	// Record is told what happened by itself, so that it stands in the ledger.
	Record func(ctx context.Context, act, object, detail string) error
	// Changed is told that something of a site's policy is other than before.
	Changed func(site string)
	Now     func() time.Time // time.Now if nil
	Log     *slog.Logger     // slog.Default if nil
}

// Desk is where revisions are made, tried, approved and put into force. Its
// methods may be called by several goroutines.
type Desk struct {
	o      Options
	store  *store.DB
	drafts drafts
	// acting is held by the one who changes what the boundary holds: what was
	// looked at must still be so when it is done.
	acting sync.Mutex
	wall   lastSeen
}

// New makes a desk.
func New(o Options) (*Desk, error) {
	if o.Store == nil {
		return nil, errors.New("make a desk for revisions: it needs a store")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Changed == nil {
		o.Changed = func(string) {}
	}
	return &Desk{o: o, store: o.Store}, nil
}

// Kinds of refusal.
var (
	ErrInvalid  = errors.New("invalid")
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("not possible now")
	ErrDenied   = errors.New("not allowed")
	ErrAbsent   = errors.New("not set up")
	ErrAway     = errors.New("the boundary does not answer")
)

// Refusal is an error whose text is for the one who asked.
type Refusal struct {
	Kind error
	Text string
}

// Error is the text.
func (r *Refusal) Error() string { return r.Text }

// Unwrap is the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

func refuse(kind error, format string, args ...any) error {
	return &Refusal{kind, fmt.Sprintf(format, args...)}
}

// TextError is the error of a plant model that has errors.
type TextError struct{ Problems []model.Problem }

// Error is the first of them.
func (e *TextError) Error() string {
	for i := range e.Problems {
		if e.Problems[i].Severity == model.Error {
			return "the plant model has errors: " + e.Problems[i].String()
		}
	}
	return "the plant model has errors"
}

// found turns the store's "there is none" into a text for people.
func found(err error, format string, args ...any) error {
	if errors.Is(err, store.ErrNotFound) {
		return refuse(ErrNotFound, format, args...)
	}
	return err
}
