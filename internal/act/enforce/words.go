package enforce

import (
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Errors that callers tell apart.
var (
	// ErrRefused is wrapped by errors of a policy, grant or containment that this
	// wall cannot hold; the text names it.
	ErrRefused = errors.New("the wall cannot hold this")
	// ErrMissing is wrapped by errors of a kernel that lacks a feature.
	ErrMissing = errors.New("the kernel lacks a feature")
	// ErrGone is wrapped when the wall's tables are not in the kernel.
	ErrGone = errors.New("the wall is not in the kernel")
)

// Applied says how a policy was put into the kernel.
type Applied struct {
	Hash string `json:"hash"` // of the policy
	// Took is how long the kernel's transaction took with all that was made for
	// it; Ended how long the look through standing connections took.
	Took  time.Duration `json:"took"`
	Ended time.Duration `json:"ended"`
	// Connections is how many standing connections were ended.
	Connections int `json:"connections"`
	// Elements is how many elements were added or deleted.
	Elements int `json:"elements"`
}

// ReadBack is what is in the kernel.
type ReadBack struct {
	// Policy is what the kernel does, in the words of what was applied where the
	// two are the same. Grants and containments are not part of it.
	Policy *policy.Policy `json:"policy"`
	Hash   string         `json:"hash"`
	// Applied is the hash of the policy that was put into the kernel last.
	Applied string `json:"applied"`
	// Drift is what differs from what was applied; empty when nothing does.
	Drift []Drift `json:"drift"`
	// Foreign is what others have put into the kernel and that also decides
	// about packets.
	Foreign []Foreign `json:"foreign"`
}

// Drift is one difference between what was applied and what is in the kernel.
type Drift struct {
	Where string `json:"where"` // "set conduits", "chain judge", "table inet bulkhead"
	What  string `json:"what"`  // the element or rule in words
	// Missing is true of what should be there, false of what should not.
	Missing bool `json:"missing"`
}

// Foreign is a chain, flowtable or older table that is not the wall's and sees
// the same packets.
type Foreign struct {
	Where string `json:"where"` // "inet filter forward"
	Says  string `json:"says"`
}

// Count is how often a conduit was used since the wall was set up or the
// conduit came: connections that were opened, and the bytes of their first
// packets. Stateless bridges count every packet from the client.
type Count struct {
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// Seen is how often the server's side of a critical conversation passed.
type Seen struct {
	Critical policy.Critical `json:"critical"`
	Packets  uint64          `json:"packets"`
	Bytes    uint64          `json:"bytes"`
}

// Stats are what the wall counts beside conduits.
type Stats struct {
	Refused  Count `json:"refused"`  // told so
	Silenced Count `json:"silenced"` // dropped in silence
	Shadowed Count `json:"shadowed"`
	Stopped  Count `json:"stopped"` // by containments
	Frames   Count `json:"frames"`  // without IP, not on the list
	Lost     Count `json:"lost"`    // that no rule knew: 0 unless the wall was tampered with
}
