package api

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// maxRates bounds the sensors of a list that have rates: each takes a question
// of its own to the store.
const maxRates = 64

func (s *Server) listSensors(ctx context.Context, in *siteInput) (*List[Sensor], error) {
	list, err := s.store.Sensors(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	out := &List[Sensor]{Items: []Sensor{}, Total: int64(len(list))}
	for i := range list {
		if i < maxRates {
			x, err := s.store.Sensor(ctx, list[i].Site, list[i].Name)
			if err != nil {
				return nil, err
			}
			list[i].Samples = x.Samples
		}
		out.Items = append(out.Items, NewSensor(&list[i], s.opt.Now()))
	}
	return out, nil
}

func (s *Server) sensor(ctx context.Context, in *sensorInput) (*Sensor, error) {
	site, err := s.siteOf(ctx, in.Site, in.Name)
	if err != nil {
		return nil, err
	}
	x, err := s.store.Sensor(ctx, site, in.Name)
	if err != nil {
		return nil, err
	}
	out := NewSensor(&x, s.opt.Now())
	return &out, nil
}

// siteOf is the site of a sensor, which need not be given where only one has a
// sensor of that name.
func (s *Server) siteOf(ctx context.Context, site, name string) (string, error) {
	if site != "" {
		return site, nil
	}
	list, err := s.store.Sensors(ctx, "")
	if err != nil {
		return "", err
	}
	found := 0
	for i := range list {
		if list[i].Name == name && s.sees(ctx, list[i].Site) {
			site = list[i].Site
			found++
		}
	}
	switch found {
	case 0:
		return "", refuse(ErrNotFound, "There is no sensor of this name.")
	case 1:
		return site, nil
	}
	return "", refuse(ErrInvalid, "Several sites have a sensor of this name: say which with site.")
}

// NewSensor is a sensor as lists give it at the time now, with rates if the
// store gave samples.
func NewSensor(x *store.Sensor, now time.Time) Sensor {
	st := &x.Status
	out := Sensor{
		Name: x.Name, Site: x.Site, State: string(st.State), Problem: problem(x, now), Version: st.Version, Source: st.Source,
		Started: when(st.Started), Heard: when(x.Made), Applied: when(x.Heard), Seen: when(x.Observed),
		Epoch: x.Epoch, Sequence: x.Sequence, Batches: x.Batches, Missing: x.Missing, OneSided: x.OneSided,
		Packets: st.Packets, Bytes: st.Bytes, Dropped: st.Dropped, Duplicates: st.Duplicates, Undecoded: st.Undecoded,
		Sampled: st.Sampled, Failures: st.Failures, Lost: st.Lost, Flows: st.Flows,
		RingBytes: st.RingBytes, RingOldest: when(st.RingOldest),
	}
	out.OK = out.Problem == ""
	if !x.Made.IsZero() && !x.Heard.IsZero() {
		lag := x.Heard.Sub(x.Made).Seconds()
		out.Lag = &lag
	}
	out.PacketsPerSecond, out.BytesPerSecond, out.DropsPerSecond = rates(x.Samples)
	return out
}

// ratesOver is the stretch that rates are taken over.
const ratesOver = 5 * time.Minute

// rates are per second, between the last sample and the oldest of the minutes
// before it; nil without two samples. Counters that went down began anew.
func rates(samples []store.Sample) (packets, bytes, drops *float64) {
	if len(samples) < 2 {
		return nil, nil, nil
	}
	last := samples[len(samples)-1]
	first := last
	for i := len(samples) - 2; i >= 0; i-- {
		x := samples[i]
		if last.At.Sub(x.At) > ratesOver || x.Packets > first.Packets || x.Bytes > first.Bytes || x.Dropped > first.Dropped || x.At.After(first.At) {
			break
		}
		first = x
	}
	seconds := last.At.Sub(first.At).Seconds()
	if seconds <= 0 {
		return nil, nil, nil
	}
	per := func(a, b uint64) *float64 {
		r := float64(b-a) / seconds
		return &r
	}
	return per(first.Packets, last.Packets), per(first.Bytes, last.Bytes), per(first.Dropped, last.Dropped)
}
