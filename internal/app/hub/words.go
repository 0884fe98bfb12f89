package hub

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Words is what the store and the API ask to place assets and to judge
// conversations by a site's plant model.
func Words(_, text string, now time.Time) (store.Words, error) {
	m, problems := model.Parse(text, time.Time{})
	if m == nil {
		return nil, fmt.Errorf("the plant model has errors: %s", problems[0])
	}
	return &words{model.NewPlacer(m), boundary.New(m, now)}, nil
}

type words struct {
	*model.Placer
	*boundary.Policy
}
