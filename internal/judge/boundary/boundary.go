// Package boundary says which conduit of the plant model covers a conversation
// between two zones, and where none does, what is missing.
//
// It looks at what was seen and enforces nothing. A conversation with an end
// that stands in no zone is unknown and never allowed. The terms are those of
// IEC 62443-3-2 (zones and conduits); a conduit has a direction, from the one
// who asks to the one who answers.
package boundary

import (
	"fmt"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Policy is the conduits of a model as they hold on one day. Its methods can be
// called by several goroutines.
type Policy struct {
	model *model.Model
	pairs map[pair][]*conduit
	until time.Time
}

type pair struct{ from, to string }

// conduit is a conduit made ready.
type conduit struct {
	*model.Conduit
	services []service
	expired  bool
}

type service struct {
	*model.Service
	transport plant.Transport
	kinds     model.Kinds // that it allows
}

// always are the kinds of operation that every service allows: one who may ask
// anything may say who they are and keep the session alive.
var always = model.KindsOf(plant.Other, plant.Identify)

// everything is all kinds.
const everything = model.Kinds(1<<(plant.Firmware+1) - 1)

// New makes the policy of a model for the day of now in the site's time zone.
func New(m *model.Model, now time.Time) *Policy {
	p := &Policy{model: m, pairs: map[pair][]*conduit{}}
	for i := range m.Conduits {
		c := &conduit{Conduit: &m.Conduits[i]}
		if end := m.Begins(c.Expires); !end.IsZero() {
			c.expired = !now.Before(end)
			if !c.expired && (p.until.IsZero() || end.Before(p.until)) {
				p.until = end
			}
		}
		for k := range c.Allow {
			c.services = append(c.services, serviceOf(&c.Allow[k]))
		}
		k := pair{c.From, c.To}
		p.pairs[k] = append(p.pairs[k], c)
	}
	return p
}

func serviceOf(s *model.Service) service {
	out := service{Service: s, kinds: everything}
	for t := plant.Ethernet; t <= plant.OtherIP; t++ {
		if t.String() == s.Transport {
			out.transport = t
		}
	}
	if len(s.Verbs) == 0 {
		return out
	}
	out.kinds = always
	for _, v := range s.Verbs {
		if k, ok := plant.ParseKind(v); ok {
			out.kinds |= model.KindsOf(k)
		}
	}
	return out
}

// Until is when the policy ends because a conduit expires; zero for never.
func (p *Policy) Until() time.Time { return p.until }

// Judge says what the model makes of a conversation.
func (p *Policy) Judge(t *model.Talk) model.Verdict {
	switch {
	case t.From == "" || t.To == "":
		return model.Verdict{State: model.StateUnknown, Why: placeless(t)}
	case t.From == t.To:
		return model.Verdict{State: model.StateWithin, Why: fmt.Sprintf("both ends stand in zone %s", p.zone(t.From))}
	}
	conduits := p.pairs[pair{t.From, t.To}]
	for _, c := range conduits {
		if !c.expired && c.match(t) >= covers {
			return model.Verdict{State: model.StateCovered, Conduit: c.ID, Why: fmt.Sprintf("conduit %s allows %s", c.ID, c.words(t))}
		}
	}
	v := model.Verdict{State: model.StateUncovered, Why: p.lacks(conduits, t)}
	switch {
	case plant.Housekeeping(t.Protocol):
		v.State = model.StateAside
		v.Why = fmt.Sprintf("%s only tells names or time or announces something: it needs no decision", t.Protocol)
	case !t.Answered:
		v.State = model.StateAttempt
		v.Why += ", and nobody answered"
	}
	return v
}

func placeless(t *model.Talk) string {
	switch {
	case t.From == "" && t.To == "":
		return "neither end stands in a zone"
	case t.From == "":
		return "the client stands in no zone"
	}
	return "the server stands in no zone"
}

func (p *Policy) zone(id string) string {
	if z := p.model.Zone(id); z != nil {
		return z.Name
	}
	return id
}

// How well a conduit fits a conversation.
const (
	misses = iota // it allows other services
	lacks         // the service, but not every verb
	covers
)

func (c *conduit) match(t *model.Talk) int {
	allowed, found := c.allowed(t)
	switch {
	case !found:
		return misses
	case t.Kinds&^allowed != 0:
		return lacks
	}
	return covers
}

// allowed are the kinds that a conduit's services allow together.
func (c *conduit) allowed(t *model.Talk) (kinds model.Kinds, found bool) {
	for i := range c.services {
		if s := &c.services[i]; s.fits(t) {
			kinds |= s.kinds
			found = true
		}
	}
	return kinds | always, found
}

func (s *service) fits(t *model.Talk) bool {
	return s.Any || (s.Protocol == "" || s.Protocol == t.Protocol) && (s.Transport == "" || s.transport == t.Transport) && s.Port.Has(t.Port)
}

// words are the services of a conduit that fit.
func (c *conduit) words(t *model.Talk) string {
	var all []string
	for i := range c.services {
		if s := &c.services[i]; s.fits(t) {
			all = append(all, s.String())
		}
	}
	return strings.Join(all, " and ")
}

// Nearest is the conduit that comes nearest to covering a conversation, "" if
// none leads from its zone to the other.
func (p *Policy) Nearest(t *model.Talk) string {
	if best := nearest(p.pairs[pair{t.From, t.To}], t); best != nil {
		return best.ID
	}
	return ""
}

// nearest is the conduit that comes nearest, nil for none.
func nearest(conduits []*conduit, t *model.Talk) (best *conduit) {
	for _, c := range conduits {
		if best == nil || nearness(c, t) > nearness(best, t) {
			best = c
		}
	}
	return best
}

// lacks says why no conduit covers a conversation: the one that came nearest.
func (p *Policy) lacks(conduits []*conduit, t *model.Talk) string {
	if len(conduits) == 0 {
		return fmt.Sprintf("no conduit leads from %s to %s", p.zone(t.From), p.zone(t.To))
	}
	best := nearest(conduits, t)
	switch {
	case best.match(t) == covers:
		return fmt.Sprintf("conduit %s expired on %s", best.ID, best.Expires)
	case best.match(t) == lacks:
		allowed, _ := best.allowed(t)
		var more []string
		for _, k := range (t.Kinds &^ allowed).List() {
			more = append(more, k.String())
		}
		return fmt.Sprintf("conduit %s allows %s, and this asks for %s", best.ID, best.words(t), strings.Join(more, ", "))
	}
	var all []string
	for _, s := range best.services {
		all = append(all, s.String())
	}
	return fmt.Sprintf("conduit %s allows %s, and this is %s", best.ID, strings.Join(all, " and "), said(t))
}

// nearness orders conduits that do not cover: what has expired and would have
// covered says most.
func nearness(c *conduit, t *model.Talk) int {
	n := 2 * c.match(t)
	if !c.expired {
		n++
	}
	return n
}

func said(t *model.Talk) string {
	if t.Port == 0 {
		return t.Protocol
	}
	return fmt.Sprintf("%s on %s %d", t.Protocol, t.Transport, t.Port)
}
