package revision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// What makes a conversation a polling: it came often enough, at a steady pace,
// up to now. A slow one needs fewer rows than a fast one has in an hour.
const (
	criticalSpan  = 4 * time.Hour // that is looked at
	criticalTimes = 6             // that it must have come at least
	criticalShort = time.Second   // no period is taken for shorter
	maxCritical   = 200
)

// Polling is a recorded conversation that comes again and again between the two
// sides of a boundary.
type Polling struct {
	policy.Critical
	Verdict policy.Verdict // of the policy that was asked about
}

// pace is how a conversation came by.
type pace struct {
	minutes  []int64 // in which it was seen, sorted
	requests uint64  // that were decoded
	client   plant.Endpoint
	server   plant.Endpoint
	protocol string
	proto    uint8
	answered bool
}

// paceKey tells conversations apart as a boundary sees them.
type paceKey struct {
	client, server plant.Endpoint
	transport      plant.Transport
	port           uint16
}

// Critical are the recorded pollings of the last hours that go from one side of
// the boundary to the other, with what a draft would do with them. Those within
// one side never pass the boundary and could not be seen there.
func (d *Desk) Critical(ctx context.Context, x *Draft) ([]Polling, error) {
	now := d.o.Now()
	paces, err := d.paces(ctx, x.Site, now)
	if err != nil {
		return nil, err
	}
	table := verdict.New(x.Policy, now)
	names := labels(x.Assets)
	var all []Polling
	for k, p := range paces {
		period := p.period(now)
		if period == 0 || !p.answered || !k.client.IP.IsValid() || !k.server.IP.IsValid() {
			continue
		}
		c := policy.Critical{Client: k.client.IP.Unmap().WithZone(""), Server: k.server.IP.Unmap().WithZone(""), Proto: p.proto, Port: k.port, Period: period}
		v := table.Judge(policy.Packet{Src: c.Client, Dst: c.Server, Proto: c.Proto, DstPort: c.Port})
		if x.Policy.Zones[v.From].OT() == x.Policy.Zones[v.To].OT() {
			continue
		}
		client, server := names.of(c.Client.String()), names.of(c.Server.String())
		c.Line = server.line
		if c.Line == "" {
			c.Line = client.line
		}
		c.Says = fmt.Sprintf("%s polls %s by %s", client.label, server.label, p.protocol)
		all = append(all, Polling{c, v})
	}
	slices.SortFunc(all, func(a, b Polling) int {
		return slices.CompareFunc([]int64{int64(a.Period), int64(a.Port)}, []int64{int64(b.Period), int64(b.Port)}, func(x, y int64) int { return int(min(max(x-y, -1), 1)) })
	})
	if len(all) > maxCritical {
		all = all[:maxCritical]
	}
	return all, nil
}

// paces reads the rows by the minute.
func (d *Desk) paces(ctx context.Context, site string, now time.Time) (map[paceKey]*pace, error) {
	from := now.Add(-criticalSpan)
	paces := map[paceKey]*pace{}
	err := d.store.ConversationsBetween(ctx, site, from, now, func(_ string, c *plant.Conversation) error {
		if c.Transport != plant.TCP && c.Transport != plant.UDP {
			return nil
		}
		k := paceKey{c.Client, c.Server, c.Transport, c.Port}
		p := paces[k]
		if p == nil {
			t := record.Talk{From: c.Client, To: c.Server, Transport: c.Transport, Protocol: c.Protocol}
			if t.Local() {
				return nil
			}
			p = &pace{client: c.Client, server: c.Server, protocol: c.Protocol, proto: t.Proto()}
			paces[k] = p
		}
		p.answered = p.answered || c.Answered
		// Several sensors may have seen one minute of it.
		if m := c.First.Unix() / 60; len(p.minutes) == 0 || p.minutes[len(p.minutes)-1] < m {
			p.minutes = append(p.minutes, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return paces, d.store.OperationsBetween(ctx, site, from, now, func(_ string, o *plant.Operation) error {
		if p := paces[paceKey{o.Requester, o.Responder, plant.TCP, o.Port}]; p != nil {
			p.requests += o.Requests
		} else if p := paces[paceKey{o.Requester, o.Responder, plant.UDP, o.Port}]; p != nil {
			p.requests += o.Requests
		}
		return nil
	})
}

// period is how often a polling comes, 0 for what is none: the gap that most
// gaps are, where nearly all are about that long and it has not ended. One that
// comes several times a minute is told by its requests.
func (p *pace) period(now time.Time) time.Duration {
	if len(p.minutes) < criticalTimes {
		return 0
	}
	gaps := make([]int64, 0, len(p.minutes)-1)
	for i := 1; i < len(p.minutes); i++ {
		gaps = append(gaps, p.minutes[i]-p.minutes[i-1])
	}
	slices.Sort(gaps)
	usual, long := gaps[len(gaps)/2], gaps[len(gaps)*9/10]
	if long > 2*usual {
		return 0
	}
	// Rows come a minute or two after what they are of.
	if ended := now.Unix()/60 - p.minutes[len(p.minutes)-1]; ended > 2*usual+3 {
		return 0
	}
	if usual > 1 || p.requests == 0 {
		return time.Duration(usual) * time.Minute
	}
	each := time.Duration(len(p.minutes)) * time.Minute / time.Duration(p.requests)
	return min(max(each, criticalShort), time.Minute)
}

// named is what people call a machine, and its line.
type named struct{ label, line string }

type byAddress map[string]named

// labels are machines by their addresses.
func labels(assets []record.Asset) byAddress {
	all := byAddress{}
	for i := range assets {
		a := &assets[i]
		for _, ip := range a.IPs {
			all[ip.Unmap().WithZone("").String()] = named{a.Label, a.Line}
		}
	}
	return all
}

func (b byAddress) of(addr string) named {
	if n, ok := b[addr]; ok {
		return n
	}
	return named{label: addr}
}
