package symbolic

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// somePolicy has few zones and ports, so that conduits overlap often.
func somePolicy(r *rand.Rand) *policy.Policy {
	p := &policy.Policy{Zones: []policy.Zone{{}}, Rest: model.Stages[r.IntN(4)]}
	for i := range 3 {
		z := policy.Zone{ID: fmt.Sprint("z", i)}
		z.Ranges = []netip.Prefix{
			netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), byte(r.IntN(2)), 0}), 23+r.IntN(2)).Masked(),
			netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, byte(i), byte(r.IntN(2))}), 23+r.IntN(2)).Masked(),
		}
		p.Zones = append(p.Zones, z)
	}
	for i := range r.IntN(7) {
		c := policy.Conduit{ID: fmt.Sprint("c", i), From: 1 + r.IntN(2), To: 3}
		if r.IntN(5) == 0 {
			c.Until = now.Add(time.Duration(r.IntN(2)) * time.Hour)
		}
		for range 1 + r.IntN(3) {
			m := policy.Match{Proto: []uint8{policy.TCP, policy.TCP, policy.TCP, policy.UDP, 47, policy.Any}[r.IntN(6)], Last: 65535}
			if m.Proto == policy.TCP || m.Proto == policy.UDP {
				m.First = uint16(r.IntN(6))
				m.Last = m.First + uint16(r.IntN(3))
			}
			if m.Proto == policy.TCP && r.IntN(4) > 0 {
				m.Relay = &policy.Relay{Protocol: "modbus", Kinds: model.Kinds(1 + r.IntN(2))}
			}
			c.Matches = append(c.Matches, m)
		}
		p.Conduits = append(p.Conduits, c)
	}
	if r.IntN(2) == 0 {
		p.Pairs = append(p.Pairs, policy.Pair{From: 1, To: 3, Stage: model.Stages[r.IntN(4)]})
	}
	p.Normalize()
	return p
}

// relaysOf are the relays that a packet goes through, by hand.
func relaysOf(p *policy.Policy, k *policy.Packet) map[string]bool {
	v := p.Judge(k, now)
	if v.Action != policy.Inspect {
		return nil
	}
	all := map[string]bool{}
	for _, c := range p.Conduits {
		for _, m := range c.Matches {
			if c.From == v.From && c.To == v.To && (c.Until.IsZero() || now.Before(c.Until)) && m.Relay != nil && m.Fits(k) {
				all[relayKey(&m)] = true
			}
		}
	}
	return all
}

// TestPoliciesByPacket holds all changes between random policies, of both bases,
// against what the policies themselves say to packets at their borders.
func TestPoliciesByPacket(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	seen := map[Change]int{}
	for range 300 {
		a, b := somePolicy(r), somePolicy(r)
		if r.IntN(2) == 0 {
			b.Zones = a.Zones
		}
		opt := Options{Now: now, Basis: Basis(r.IntN(2))}
		q, err := ask(opt, Source{Policy: a}, Source{Policy: b})
		if err != nil {
			t.Fatal(err)
		}
		d, err := Compare(Source{Policy: a}, Source{Policy: b}, opt)
		if err != nil {
			t.Fatal(err)
		}
		any := map[Change]bool{}
		for _, g := range d.Regions {
			any[g.Change] = true
		}
		am, _ := q.sides[0].bounds()
		bm, _ := q.sides[1].bounds()
		changes := append(q.relays(), change{NewlyAllowed, q.Diff(bm, am)}, change{NewlyStopped, q.Diff(am, bm)})
		for range 150 {
			k := cornerPacket(r)
			want := byHand(a, b, &k, opt.Basis)
			for _, c := range changes {
				if got := q.has(c.packets, &k); got != (c.kind == want) {
					t.Fatalf("%s is %s: %t by the diagram; by hand it is %q\n%s\n%s", Packet(&k), c.kind, got, want, a.Canonical(), b.Canonical())
				}
			}
			if want != "" {
				seen[want]++
				if !any[want] && !d.More {
					t.Fatalf("%s is %s, and no region is", Packet(&k), want)
				}
			}
		}
	}
	for _, c := range []Change{NewlyAllowed, NewlyStopped, Unrelayed, Relayed, Otherwise} {
		if seen[c] < 25 {
			t.Errorf("%s came %d times", c, seen[c])
		}
	}
}

func byHand(a, b *policy.Policy, k *policy.Packet, basis Basis) Change {
	pass := func(x policy.Action) bool {
		return x == policy.Allow || x == policy.Inspect || basis == Passing && x.Passes()
	}
	va, vb := a.Judge(k, now).Action, b.Judge(k, now).Action
	switch {
	case !pass(va) && pass(vb):
		return NewlyAllowed
	case pass(va) && !pass(vb):
		return NewlyStopped
	case va == policy.Inspect && vb != policy.Inspect && pass(vb):
		return Unrelayed
	case vb == policy.Inspect && va != policy.Inspect && pass(va):
		return Relayed
	case va == policy.Inspect && vb == policy.Inspect && !maps.Equal(relaysOf(a, k), relaysOf(b, k)):
		return Otherwise
	}
	return ""
}

func cornerPacket(r *rand.Rand) policy.Packet {
	end := func(six bool, zone byte) netip.Addr {
		if six {
			return netip.AddrFrom16([16]byte{0xfd, zone, byte(r.IntN(3))})
		}
		return netip.AddrFrom4([4]byte{10, zone, byte(r.IntN(3)), byte(r.IntN(2) * 255)})
	}
	six := r.IntN(2) == 0
	k := policy.Packet{Src: end(six, byte(r.IntN(2))), Dst: end(six, 2), Proto: []uint8{policy.TCP, policy.TCP, policy.TCP, policy.UDP, 47}[r.IntN(5)]}
	if k.Proto != 47 {
		k.SrcPort, k.DstPort = uint16(r.IntN(65536)), uint16(r.IntN(9))
	}
	return k
}
