package simulate

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Replay replays conversations. It is not for several goroutines.
type Replay struct {
	in     Input
	table  Judge
	words  *boundary.Policy // the same draft in its people's words
	assets map[string]*stand
	known  map[service]*opinion
	groups map[key]*group
	out    Result
	coarse bool
}

// stand is where an asset stands in the draft.
type stand struct {
	label, zone, line string
}

// service is all of a conversation that a judgement depends on.
type service struct {
	from, to  int
	transport plant.Transport
	proto     uint8
	port      uint16
	protocol  string
	kinds     model.Kinds
	answered  bool
}

// opinion is a judgement of a service.
type opinion struct {
	list         list
	why, conduit string
	stage        model.Stage
	inspected    bool
	unjudged     bool
}

// list is where a conversation is counted.
type list uint8

const (
	passes list = iota
	blocked
	attempts
	refused
	beyond
	aside
	frames
)

// maxKnown bounds the judgements that are remembered; beyond them each is made
// anew.
const maxKnown = 1 << 16

// New begins a replay.
func New(in Input) *Replay {
	r := &Replay{in: in, table: in.Table, assets: map[string]*stand{}, known: map[service]*opinion{}, groups: map[key]*group{}}
	if r.in.Model == nil {
		r.in.Model = &model.Model{Site: in.Policy.Site}
	}
	if r.table == nil {
		r.table = verdict.New(in.Policy, in.Now)
	}
	r.words = boundary.New(r.in.Model, in.Now)
	placer := model.NewPlacer(r.in.Model)
	for i := range in.Assets {
		a := &in.Assets[i]
		at := placer.Place(&a.Facts)
		r.assets[a.ID] = &stand{label: a.Label, zone: at.Zone, line: at.Line}
	}
	return r
}

// Add judges one conversation. It keeps nothing of t.
func (r *Replay) Add(t *record.Talk) {
	r.out.Total++
	if r.out.From.IsZero() || t.First.Before(r.out.From) {
		r.out.From = t.First
	}
	if t.Last.After(r.out.To) {
		r.out.To = t.Last
	}
	if t.Local() {
		r.local(t)
		return
	}
	v := r.table.Judge(policy.Packet{Src: t.From.IP.Unmap().WithZone(""), Dst: t.To.IP.Unmap().WithZone(""), Proto: t.Proto(), DstPort: t.Port})
	s := service{v.From, v.To, t.Transport, t.Proto(), t.Port, t.Protocol, t.Kinds, t.Answered}
	o := r.known[s]
	if o == nil {
		o = r.judge(&s, v)
		if len(r.known) < maxKnown {
			r.known[s] = o
		}
	}
	if o.list == passes || o.list == beyond {
		r.out.Passes++
		if o.inspected {
			r.out.Inspected++
		}
		if o.unjudged {
			r.out.Unjudged++
		}
	}
	if o.list != passes {
		g := r.count(t, o, r.zone(v.From), r.zone(v.To))
		g.service, g.verdict = s, v
	}
}

// local counts what no address carries over a boundary. Frames without IP that
// go between machines of two zones are told: a bridge would stop them.
func (r *Replay) local(t *record.Talk) {
	r.out.Local++
	from, to := r.assets[t.Client], r.assets[t.Server]
	if t.Transport != plant.Ethernet || from == nil || to == nil || from.zone == to.zone || plant.Housekeeping(t.Protocol) || r.framed(t.Protocol) {
		return
	}
	o := &opinion{list: frames, why: fmt.Sprintf("%s has no IP header: a bridge between the zones stops it unless boundary.ethernet names it, and a router never passes it", t.Protocol)}
	r.count(t, o, from.zone, to.zone)
}

// etherTypes are the numbers of protocols without IP, by the name that
// conversations show (IEEE EtherType registry).
var etherTypes = map[string]uint16{
	"profinet-rt": 0x8892, "profinet-dcp": 0x8892, "ethercat": 0x88a4, "mrp": 0x88e3, "ptp": 0x88f7, "goose": 0x88b8, "sv": 0x88ba, "powerlink": 0x88ab,
}

// framed reports whether the draft lets frames of a protocol pass.
func (r *Replay) framed(protocol string) bool {
	for _, n := range r.in.Policy.Ethernet {
		if n == etherTypes[protocol] {
			return true
		}
	}
	return false
}

// zone is the identifier of a zone of the policy, "" for nowhere.
func (r *Replay) zone(i int) string { return r.in.Policy.Zones[i].ID }

// oneWay reports whether nobody answers a service because it needs no answer: a
// stream of datagrams that were read to be of a protocol. Bytes to a port may be
// anything.
func oneWay(s *service) bool {
	return s.transport == plant.UDP && s.protocol != "unknown" && s.protocol != ""
}

// called is what people call a zone.
func (r *Replay) called(i int) string {
	if z := &r.in.Policy.Zones[i]; z.Name != "" {
		return z.Name
	}
	return r.zone(i)
}

// judge says what a verdict means for a conversation.
func (r *Replay) judge(s *service, v policy.Verdict) *opinion {
	talk := &model.Talk{From: r.zone(v.From), To: r.zone(v.To), Protocol: s.protocol, Transport: s.transport, Port: s.port, Answered: s.answered, Kinds: s.kinds}
	switch v.Action {
	case policy.Allow:
		return r.allowed(talk, v)
	case policy.Inspect:
		return r.inspected(s, talk, v)
	}
	o := &opinion{list: blocked, why: r.lacks(talk, v), conduit: r.words.Nearest(talk), stage: r.in.Policy.StageOf(v.From, v.To)}
	switch {
	case plant.Housekeeping(s.protocol):
		o.list = aside
		if v.From != policy.Nowhere && v.To != policy.Nowhere {
			o.why = fmt.Sprintf("no conduit allows %s from %s to %s: it tells names or time or announces something, and would not get through", s.protocol, r.called(v.From), r.called(v.To))
		}
	case !s.answered && !oneWay(s):
		o.list = attempts
	}
	return o
}

// allowed says whether a conversation that an open port lets pass is one that
// the conduit means.
func (r *Replay) allowed(t *model.Talk, v policy.Verdict) *opinion {
	if v.Conduit < 0 || plant.Housekeeping(t.Protocol) {
		return &opinion{}
	}
	t.Answered = true // why is about the conduit, not about who answered
	said := r.words.Judge(t)
	if said.State == model.StateCovered {
		return &opinion{}
	}
	return &opinion{
		list: beyond, conduit: r.in.Policy.Conduits[v.Conduit].ID, stage: r.in.Policy.StageOf(v.From, v.To),
		why: fmt.Sprintf("%s; it passes all the same, by the port that conduit %s opens", said.Why, r.in.Policy.Conduits[v.Conduit].ID),
	}
}

// handshake is what every relay lets through: who may ask anything may say who
// they are and keep the session alive.
var handshake = model.KindsOf(plant.Other, plant.Identify)

// inspected says what a relay makes of a conversation.
func (r *Replay) inspected(s *service, t *model.Talk, v policy.Verdict) *opinion {
	c := &r.in.Policy.Conduits[v.Conduit]
	m := record.MatchOf(c, s.proto, s.port)
	if m == nil || m.Relay == nil {
		return r.allowed(t, v) // the table judges by another policy than this one
	}
	o := &opinion{list: refused, conduit: c.ID, stage: r.in.Policy.StageOf(v.From, v.To), inspected: true}
	over := s.kinds &^ (m.Relay.Kinds | handshake)
	switch {
	case s.protocol != m.Relay.Protocol:
		o.why = fmt.Sprintf("the relay of conduit %s reads %s and refuses what it cannot read, and this is %s", c.ID, m.Relay.Protocol, s.protocol)
	case over != 0:
		o.why = fmt.Sprintf("conduit %s allows %s, and the relay would refuse %s", c.ID, names(m.Relay.Kinds), names(over))
	default:
		o.list, o.unjudged = passes, len(m.Relay.Objects) > 0
	}
	return o
}

// lacks says why nothing lets a conversation pass.
func (r *Replay) lacks(t *model.Talk, v policy.Verdict) string {
	switch {
	case v.From == policy.Nowhere && v.To == policy.Nowhere:
		return "neither end stands in a zone"
	case v.From == policy.Nowhere:
		return "the client stands in no zone"
	case v.To == policy.Nowhere:
		return "the server stands in no zone"
	}
	t.Answered = true
	said := r.words.Judge(t)
	if said.State == model.StateCovered {
		return fmt.Sprintf("conduit %s means it, but an enforcer cannot hold that to a port: the notes on the policy say what would settle it", said.Conduit)
	}
	return said.Why
}

// names are kinds in words, the most consequential first.
func names(k model.Kinds) string {
	text := ""
	for _, one := range (k &^ handshake).List() {
		if text != "" {
			text += ", "
		}
		text += one.String()
	}
	if text == "" {
		return "nothing but to say who one is"
	}
	return text
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
