//go:build linux

package enforce

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Denials calls f with what was denied.
func (w *Wall) Denials(ctx context.Context, f func(list []policy.Denial, lost uint64)) error {
	return errNotYet
}

// Stats are the wall's other counts.
func (w *Wall) Stats() (Stats, error) { return Stats{}, errNotYet }

// Text is not yet.
func (w *Wall) Text() ([]byte, error) { return nil, errNotYet }
