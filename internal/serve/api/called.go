package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// parsed are the texts that were read last: one of a thousand conduits takes
// longer to read than to send. Nobody may change what was read.
type parsed struct {
	mu   sync.Mutex
	last []parsedText
}

type parsedText struct {
	text     string
	at       time.Time // warnings are of a day; by the minute, so that no zone matters
	model    *model.Model
	problems []model.Problem
}

// maxParsed bounds the texts that are kept, which are 1 MB at most.
const maxParsed = 4

func (p *parsed) read(text string, now time.Time) (*model.Model, []model.Problem) {
	at := now.Truncate(time.Minute)
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.last {
		if x := &p.last[i]; x.at.Equal(at) && x.text == text {
			return x.model, x.problems
		}
	}
	x := parsedText{text: text, at: at}
	x.model, x.problems = model.Parse(text, now)
	if len(p.last) == maxParsed {
		p.last = slices.Delete(p.last, 0, 1)
	}
	p.last = append(p.last, x)
	return x.model, x.problems
}

// modelCache keeps the newest model of each site as it was read last.
type modelCache struct {
	mu sync.Mutex
	of map[string]called
}

// maxModels bounds the sites whose models are kept.
const maxModels = 256

// called is what a site's model calls things. The zero value calls them by
// their identifiers.
type called struct {
	version int64
	model   *model.Model
	words   store.Words
	until   time.Time
	text    string
}

// called reads the newest model of a site; what cannot be read now is as if
// there were none, for answers that it only adorns.
func (s *Server) called(ctx context.Context, site string) called {
	c, err := s.newest(ctx, site)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
			s.log.Warn("the plant model cannot be read", "site", site, "error", err)
		}
		return called{model: &model.Model{}}
	}
	return c
}

// newest is the newest model of a site. A text is read once.
func (s *Server) newest(ctx context.Context, site string) (called, error) {
	v, err := s.store.Model(ctx, site)
	if err != nil {
		return called{}, err
	}
	now := s.opt.Now()
	s.models.mu.Lock()
	defer s.models.mu.Unlock()
	c, ok := s.models.of[site]
	if ok && c.version == v.Version && (c.until.IsZero() || now.Before(c.until)) {
		return c, nil
	}
	m, problems := model.Parse(v.Text, time.Time{})
	if m == nil {
		return called{}, fmt.Errorf("read version %d of the model of site %q: %s", v.Version, site, problems[0])
	}
	c = called{version: v.Version, model: m, text: v.Text}
	if s.opt.Words != nil {
		if c.words, err = s.opt.Words(site, v.Text, now); err != nil {
			return called{}, err
		}
		c.until = c.words.Until()
	}
	if s.models.of == nil || len(s.models.of) >= maxModels {
		s.models.of = map[string]called{}
	}
	s.models.of[site] = c
	return c, nil
}

// owners names people and teams.
func (c called) owners(it, itFrom, operations, operationsFrom string) AssetOwners {
	name := func(id, from string) AssetOwner {
		if id == "" {
			return AssetOwner{}
		}
		return AssetOwner{ID: id, Name: c.model.Called(id), From: from}
	}
	return AssetOwners{IT: name(it, itFrom), Operations: name(operations, operationsFrom)}
}

func (c called) owned(o model.Owned) AssetOwners {
	return c.owners(o.IT.ID, o.IT.From, o.Operations.ID, o.Operations.From)
}
