package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

const (
	maxBuckets  = 1000
	goodBuckets = 200
	maxSeries   = 20
	maxTraffic  = 10 * 366 * day
)

// steps are those that a person can read, from a minute to 30 days.
var steps = []time.Duration{
	time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 7 * day, 30 * day,
}

// window is what traffic is shown of: whole buckets.
type window struct {
	from, to time.Time
	step     time.Duration
}

func (in *trafficInput) window(now time.Time) (window, error) {
	w := window{in.From, in.To, time.Duration(in.Step) * time.Second}
	if w.to.IsZero() {
		w.to = now
	}
	if w.from.IsZero() {
		w.from = w.to.Add(-day)
	}
	length := w.to.Sub(w.from)
	if length <= 0 || length > maxTraffic {
		return w, refuse(ErrInvalid, "from must be before to, by at most ten years.")
	}
	if w.step == 0 {
		w.step = steps[len(steps)-1]
		if i := slices.IndexFunc(steps, func(x time.Duration) bool { return length <= x*goodBuckets }); i >= 0 {
			w.step = steps[i]
		}
	}
	// One more than fits, since the first and the last are cut.
	w.step = max(w.step, length/(maxBuckets-1))
	if r := w.step % time.Minute; r != 0 {
		w.step += time.Minute - r
	}
	w.from = floor(w.from, w.step)
	if end := floor(w.to, w.step); end.Before(w.to) {
		w.to = end.Add(w.step)
	}
	return w, nil
}

// floor is the beginning of the bucket that a time is in, counted from 1970.
func floor(t time.Time, step time.Duration) time.Time {
	s := int64(step / time.Second)
	u := t.Unix()
	u -= ((u % s) + s) % s
	return time.Unix(u, 0).UTC()
}

func (s *Server) traffic(ctx context.Context, in *trafficInput) (*Traffic, error) {
	w, err := in.window(s.opt.Now())
	if err != nil {
		return nil, err
	}
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return nil, err
	}
	defer done()
	p := &span{from: w.from, to: w.to, kind: plant.SegmentConversations}
	if in.Asset != "" {
		// The whole plant's traffic is kept in the store as long as it is shown.
		if p.sites, err = s.sites(ctx, in.Site); err != nil {
			return nil, err
		}
		if p.asset, err = s.ends(ctx, in.Asset); err != nil {
			return nil, err
		}
		p.within(p.asset.site)
	}
	var sum *trafficSum
	err = s.stable(ctx, p, func(segments []plant.Segment) (err error) {
		sum, err = s.sumTraffic(ctx, in, w, p, segments)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Traffic{From: w.from, To: w.to, Step: int64(w.step / time.Second), Series: sum.series()}, nil
}

func (s *Server) sumTraffic(ctx context.Context, in *trafficInput, w window, p *span, segments []plant.Segment) (*trafficSum, error) {
	sum := &trafficSum{w: w, by: map[string]*TrafficSeries{}}
	buckets, err := s.store.Traffic(ctx, in.Site, in.Asset, w.from, w.to, w.step)
	if err != nil {
		return nil, err
	}
	for _, b := range buckets {
		sum.add(b.Protocol, b.At, b.Packets, b.Bytes)
	}
	if s.opt.History == nil || len(segments) == 0 {
		return sum, nil
	}
	for _, site := range p.sites {
		sealed := ofSite(segments, site)
		if len(sealed) == 0 {
			continue
		}
		a, err := s.opt.History.Traffic(ctx, sealed, p.query(site), w.step)
		if err != nil {
			return nil, err
		}
		for _, g := range a.Groups {
			sum.add(g.Protocol, g.Start, g.PacketsUp+g.PacketsDown, g.BytesUp+g.BytesDown)
		}
	}
	return sum, nil
}

// trafficSum adds up by protocol and bucket.
type trafficSum struct {
	w  window
	by map[string]*TrafficSeries
}

func (t *trafficSum) add(protocol string, at time.Time, packets, bytes uint64) {
	i := int(at.Sub(t.w.from) / t.w.step)
	n := int(t.w.to.Sub(t.w.from) / t.w.step)
	if at.Before(t.w.from) || i >= n {
		return
	}
	x := t.by[protocol]
	if x == nil {
		x = &TrafficSeries{Protocol: protocol, Packets: make([]uint64, n), Bytes: make([]uint64, n)}
		t.by[protocol] = x
	}
	x.Packets[i] += packets
	x.Bytes[i] += bytes
}

// series are the largest; the others are added up in one called other.
func (t *trafficSum) series() []TrafficSeries {
	type sized struct {
		*TrafficSeries
		bytes uint64
	}
	var all []sized
	for _, x := range t.by {
		s := sized{TrafficSeries: x}
		for _, b := range x.Bytes {
			s.bytes += b
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b sized) int {
		return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.Protocol, b.Protocol))
	})
	out := []TrafficSeries{}
	for i, x := range all {
		if len(all) > maxSeries && i >= maxSeries-1 {
			if i == maxSeries-1 {
				x.Protocol = "other"
				out = append(out, *x.TrafficSeries)
				continue
			}
			rest := &out[maxSeries-1]
			for j := range x.Bytes {
				rest.Packets[j] += x.Packets[j]
				rest.Bytes[j] += x.Bytes[j]
			}
			continue
		}
		out = append(out, *x.TrafficSeries)
	}
	return out
}
