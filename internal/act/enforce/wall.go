//go:build linux

package enforce

import (
	"context"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var errNotYet = errors.New("not yet")

// Wall is the wall in the kernel. Its methods may be called by several
// goroutines. It holds no packet and needs no goroutine: when the process ends
// the wall stays as it is.
type Wall struct{}

// Open finds the wall's tables in the kernel or makes them with a policy that
// lets everything through. It needs CAP_NET_ADMIN.
func Open(cfg Config, caps Caps) (*Wall, error) { return nil, errNotYet }

// Apply makes p what the kernel does, in one transaction: a packet is judged by
// the old policy or by the new one. Then it ends standing connections that p
// denies between zones that are enforced.
func (w *Wall) Apply(p *policy.Policy) (Applied, error) { return Applied{}, errNotYet }

// Read reads everything back. An error means that it could not be read, not
// that it differs.
func (w *Wall) Read() (*ReadBack, error) { return nil, errNotYet }

// Grant lets a grant's connections through until its time, which the kernel
// keeps. A grant of the same id is replaced.
func (w *Wall) Grant(g policy.Grant) error { return errNotYet }

// Revoke ends a grant and its connections. To revoke what is not there is no error.
func (w *Wall) Revoke(id string) error { return errNotYet }

// Grants are those that the kernel still keeps.
func (w *Wall) Grants() ([]policy.Grant, error) { return nil, errNotYet }

// Contain stops what c names until its time, which the kernel keeps. A
// containment of the same id is replaced.
func (w *Wall) Contain(c policy.Containment) error { return errNotYet }

// Release ends a containment. To release what is not there is no error.
func (w *Wall) Release(id string) error { return errNotYet }

// Containments are those that the kernel still keeps.
func (w *Wall) Containments() ([]policy.Containment, error) { return nil, errNotYet }

// Watch makes list the critical conversations whose answers are counted; the
// counts begin at 0.
func (w *Wall) Watch(list []policy.Critical) error { return errNotYet }

// Seen is how often each watched conversation was answered through the wall
// since Watch, in the order of Watch.
func (w *Wall) Seen() ([]Seen, error) { return nil, errNotYet }

// Counters are the conduits' counts, by id.
func (w *Wall) Counters() (map[string]Count, error) { return nil, errNotYet }

// Stats are the wall's other counts.
func (w *Wall) Stats() (Stats, error) { return Stats{}, errNotYet }

// Denials calls f with what was denied, or would have been, added up second by
// second, until ctx ends. f is called by one goroutine at a time. lost is how
// many packets found no room among what is added up or were not told by the
// kernel.
func (w *Wall) Denials(ctx context.Context, f func(list []policy.Denial, lost uint64)) error {
	return errNotYet
}

// Text is the whole of the wall as text in the manner of `nft list ruleset`,
// without counters and times: evidence that can be hashed and kept.
func (w *Wall) Text() ([]byte, error) { return nil, errNotYet }

// Remove takes the wall out of the kernel: everything passes.
func (w *Wall) Remove() error { return errNotYet }

// Close ends the use of the wall and leaves it standing.
func (w *Wall) Close() error { return errNotYet }
