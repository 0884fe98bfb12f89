package wall

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Kernel is what the wall needs of the kernel: *enforce.Wall. Several processes
// may hold one at a time; what is in the kernel belongs to none of them.
type Kernel interface {
	Apply(*policy.Policy) (enforce.Applied, error)
	Read() (*enforce.ReadBack, error)
	Grant(policy.Grant) error
	Revoke(id string) error
	Grants() ([]policy.Grant, error)
	Contain(policy.Containment) error
	Release(id string) error
	Containments() ([]policy.Containment, error)
	Watch([]policy.Critical) error
	Seen() ([]enforce.Seen, error)
	Counters() (map[string]enforce.Count, error)
	Stats() (enforce.Stats, error)
	Denials(ctx context.Context, f func(list []policy.Denial, lost uint64)) error
	// Mend makes anew what is gone, and puts right what somebody has changed but
	// the policy.
	Mend() (enforce.Found, error)
	Close() error
}

// Box is where the wall stands and what its kernel can do: all that is needed to
// reach it.
type Box struct {
	Config enforce.Config `json:"config"`
	Caps   enforce.Caps   `json:"caps"`
}

// Open reaches the wall in the kernel, or makes one that lets everything pass.
// There are two: enforce.Open, which looks at everything and needs rights that
// the process gives away after its start, and enforce.Attach.
type Open func(Box) (Kernel, error)

// openPolicy lets everything pass: what holds before the first revision.
func openPolicy(site string) *policy.Policy {
	return &policy.Policy{Site: site, Zones: []policy.Zone{{}}, Rest: model.StageObserve}
}
