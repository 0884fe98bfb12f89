package inject

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// list is a source of frames, each named by one byte, with their times.
type list []time.Duration

func (l *list) Next(f *capture.Frame) error {
	if len(*l) == 0 {
		return io.EOF
	}
	*f = capture.Frame{Time: int64((*l)[0]), Data: []byte{byte(len(*l))}}
	*l = (*l)[1:]
	return nil
}

// diary notes when frames are sent.
type diary struct {
	start time.Time
	at    []time.Duration
	fail  error
}

func (d *diary) Send(frames [][]byte) error {
	for range frames {
		d.at = append(d.at, time.Since(d.start))
	}
	return d.fail
}

func clock(r Rate) Rate {
	r.Now, r.Sleep = time.Now, lab.SleepContext
	return r
}

func TestFramesAreSentWhenDue(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		rate Rate
		want []time.Duration
	}{
		"at their time":          {Rate{}, []time.Duration{0, 1 * s, 4 * s}},
		"ten times as fast":      {Rate{Speed: 10}, []time.Duration{0, s / 10, 4 * s / 10}},
		"at a rate of their own": {Rate{PerSecond: 64}, []time.Duration{0, 0, 0}}, // one batch
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &diary{start: time.Now()}
				n, err := Play(t.Context(), &list{5 * s, 6 * s, 9 * s}, d, clock(c.rate))
				if err != nil || n.Frames != 3 || n.Bytes != 3 {
					t.Fatalf("%+v, %v", n, err)
				}
				for i, at := range d.at {
					if early := c.want[i] - at; early > batchTime || early < 0 && c.rate.PerSecond == 0 {
						t.Errorf("frame %d was sent at %v, due at %v", i, at, c.want[i])
					}
				}
			})
		})
	}
}

func TestTheRateIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := make(list, 10_000)
		d := &diary{start: time.Now()}
		if _, err := Play(t.Context(), &l, d, clock(Rate{PerSecond: 1000})); err != nil {
			t.Fatal(err)
		}
		if last := d.at[len(d.at)-1]; len(d.at) != 10_000 || last < 9900*time.Millisecond || last > 10*time.Second {
			t.Errorf("%d frames, the last after %v", len(d.at), last)
		}
	})
}

func TestPlayEnds(t *testing.T) {
	broken := errors.New("cable")
	if _, err := Play(t.Context(), &list{1}, &diary{fail: broken}, clock(Rate{})); !errors.Is(err, broken) {
		t.Errorf("Play = %v, want the sink's error", err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		n, err := Play(ctx, &list{0, time.Second, time.Hour}, &diary{}, clock(Rate{}))
		if err != nil || n.Frames != 2 {
			t.Errorf("%+v, %v: the end of the context is no error", n, err)
		}
	})
}

func TestALoopGoesOnInTime(t *testing.T) {
	l, err := Keep(&list{5, 7, 20})
	if err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	var f capture.Frame
	for i := range 9 {
		if err := l.Next(&f); err != nil || f.Time <= last || f.Data[0] != byte(3-i%3) {
			t.Fatalf("frame %d: %+v after %d, %v", i, f, last, err)
		}
		last = f.Time
	}
}

// TestWhatMayLeadToARealNetworkIsRefused is what protects a plant from a
// simulated stop.
func TestWhatMayLeadToARealNetworkIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		i   Interface
		why string // "" is let through
	}{
		"a veth":                   {Interface{Name: "veth0", Kind: "veth", Peer: "veth1"}, ""},
		"a veth into a container":  {Interface{Name: "veth0", Kind: "veth"}, ""},
		"a dummy":                  {Interface{Name: "d0", Kind: "dummy"}, ""},
		"a tap":                    {Interface{Name: "tap0", Kind: "tun"}, ""},
		"a network card":           {Interface{Name: "eth0"}, "network card"},
		"a VLAN on one":            {Interface{Name: "eth0.5", Kind: "vlan"}, "is a vlan"},
		"a bridge":                 {Interface{Name: "br0", Kind: "bridge"}, "is a bridge"},
		"a bond":                   {Interface{Name: "bond0", Kind: "bond"}, "is a bond"},
		"a macvlan":                {Interface{Name: "m0", Kind: "macvlan"}, "is a macvlan"},
		"a veth in a bridge":       {Interface{Name: "veth0", Kind: "veth", Master: "br0"}, "part of br0"},
		"a veth that ends in one":  {Interface{Name: "veth0", Kind: "veth", Peer: "veth1", PeerMaster: "br0"}, "veth1, the other end of veth0"},
		"a tap of a bridged guest": {Interface{Name: "tap0", Kind: "tun", Master: "br0"}, "part of br0"},
	} {
		err := c.i.Check()
		if c.why == "" && err != nil || c.why != "" && (!errors.Is(err, ErrReal) || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%s: %v, want %q", name, err, c.why)
		}
	}
}
