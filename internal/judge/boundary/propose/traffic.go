package propose

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// traffic is what was seen from one zone to another and needs a conduit, and
// what conduits of the model that is there carry of it.
type traffic struct {
	services map[serviceKey]*service
	carried  map[string]*evidence // by conduit
}

// serviceKey tells services apart as a conduit does.
type serviceKey struct {
	protocol  string
	transport plant.Transport
}

// service is one service from one zone to another.
type service struct {
	serviceKey
	ports map[uint16]bool
	kinds model.Kinds
	evidence
}

// evidence is the conversations that something rests on.
type evidence struct {
	clients, servers map[*node]bool
	pairs            map[[2]*node]bool
	kinds            map[plant.Kind]map[*node]bool // who asked for what
	protocols        map[string]model.Kinds
	talks            []seen
	conversations    int
	first, last      time.Time
}

type seen struct {
	id   int64
	last time.Time
}

func newEvidence() evidence {
	return evidence{clients: map[*node]bool{}, servers: map[*node]bool{}, pairs: map[[2]*node]bool{}, kinds: map[plant.Kind]map[*node]bool{}, protocols: map[string]model.Kinds{}}
}

func (e *evidence) add(c, s *node, t *record.Talk) {
	e.clients[c], e.servers[s], e.pairs[[2]*node{c, s}] = true, true, true
	for _, k := range t.Kinds.List() {
		if e.kinds[k] == nil {
			e.kinds[k] = map[*node]bool{}
		}
		e.kinds[k][c] = true
	}
	e.protocols[t.Protocol] |= t.Kinds
	e.conversations++
	if e.first.IsZero() || t.First.Before(e.first) {
		e.first = t.First
	}
	if t.Last.After(e.last) {
		e.last = t.Last
	}
	if len(e.talks) < 4*MaxEvidence {
		e.talks = append(e.talks, seen{t.ID, t.Last})
		return
	}
	oldest := 0
	for i := range e.talks {
		if e.talks[i].last.Before(e.talks[oldest].last) {
			oldest = i
		}
	}
	if t.Last.After(e.talks[oldest].last) {
		e.talks[oldest] = seen{t.ID, t.Last}
	}
}

// newest are the conversations, the newest first.
func newest(all []seen) []int64 {
	slices.SortFunc(all, func(a, b seen) int { return cmp.Or(b.last.Compare(a.last), cmp.Compare(a.id, b.id)) })
	var ids []int64
	for _, x := range all {
		if len(ids) < MaxEvidence && x.id != 0 && !slices.Contains(ids, x.id) {
			ids = append(ids, x.id)
		}
	}
	return ids
}

// listen sorts what was recorded: within a zone, carried by a conduit that is
// there, wrong, or in need of a conduit.
func (d *draft) listen() {
	d.pairs, d.wrong = map[pair]*traffic{}, map[wrongKey]*Wrong{}
	words := boundary.New(d.present, d.in.Now)
	placer := model.NewPlacer(d.model)
	at := map[place]string{}
	scanners := d.scanners()
	for i := range d.in.Talks {
		t := &d.in.Talks[i]
		c, s := d.byID[t.Client], d.byID[t.Server]
		if t.Local() || c == nil || s == nil || c == s || !needed(t) || scanners[c] && !t.Answered {
			continue
		}
		from, to := stand(placer, at, c, t.From), stand(placer, at, s, t.To)
		if from == to && from != "" {
			continue
		}
		talk := &model.Talk{From: from, To: to, Protocol: t.Protocol, Transport: t.Transport, Port: t.Port, Answered: true, Kinds: t.Kinds}
		verdict := words.Judge(talk)
		if d.suspect(c, s, from, to, t, verdict) {
			continue
		}
		if from == "" || to == "" {
			d.nowhere++
			continue
		}
		x := d.pairs[pair{from, to}]
		if x == nil {
			x = &traffic{services: map[serviceKey]*service{}, carried: map[string]*evidence{}}
			d.pairs[pair{from, to}] = x
		}
		if verdict.State == model.StateCovered {
			x.carry(verdict.Conduit).add(c, s, t)
			continue
		}
		x.serve(t).add(c, s, t)
	}
}

// needed reports whether a conversation may be one that somebody needs: it was
// answered, or it is one that nobody answers. Of those only what was read to be
// of a protocol counts: bytes to a port may be anything.
func needed(t *record.Talk) bool {
	if t.Transport == plant.Ethernet {
		return false
	}
	return t.Answered || t.Transport == plant.UDP && t.Protocol != "unknown" && t.Protocol != ""
}

// place is an address of a machine, as it is placed.
type place struct {
	n    *node
	ip   netip.Addr
	vlan uint16
}

// stand is the zone of one address of a machine: one with addresses in several
// zones stands in each.
func stand(placer *model.Placer, known map[place]string, n *node, e plant.Endpoint) string {
	k := place{n, e.IP, e.VLAN}
	zone, ok := known[k]
	if !ok {
		f := n.Facts
		f.IPs = []netip.Addr{e.IP}
		zone = placer.Place(&f).Zone
		known[k] = zone
	}
	return zone
}

func (x *traffic) carry(conduit string) *evidence {
	e := x.carried[conduit]
	if e == nil {
		made := newEvidence()
		e = &made
		x.carried[conduit] = e
	}
	return e
}

func (x *traffic) serve(t *record.Talk) *service {
	k := serviceKey{t.Protocol, t.Transport}
	s := x.services[k]
	if s == nil {
		s = &service{serviceKey: k, ports: map[uint16]bool{}, evidence: newEvidence()}
		x.services[k] = s
	}
	if t.Transport == plant.TCP || t.Transport == plant.UDP {
		s.ports[t.Port] = true
	}
	s.kinds |= t.Kinds
	return s
}

const (
	// scanned is how many machines one must have tried in vain to be a scanner,
	// as package detect has it.
	scanned = 30
)

// scanners are those who tried many machines that did not answer.
func (d *draft) scanners() map[*node]bool {
	tried := map[*node]map[netip.Addr]bool{}
	last := map[*node]*record.Talk{}
	for i := range d.in.Talks {
		t := &d.in.Talks[i]
		c := d.byID[t.Client]
		if c == nil || t.Answered || t.Local() || plant.Housekeeping(t.Protocol) {
			continue
		}
		if tried[c] == nil {
			tried[c] = map[netip.Addr]bool{}
		}
		if len(tried[c]) <= scanned {
			tried[c][t.To.IP] = true
		}
		if last[c] == nil || t.Last.After(last[c].Last) {
			last[c] = t
		}
	}
	out := map[*node]bool{}
	for c, addrs := range tried {
		if len(addrs) >= scanned {
			out[c] = true
			d.scan(c, last[c])
		}
	}
	return out
}
