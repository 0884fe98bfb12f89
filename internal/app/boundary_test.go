package app

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/propose"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/simulate"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// recording is what an analysis found, as the judges of a boundary are given it.
type recording struct {
	assets []record.Asset
	talks  []record.Talk
}

func recordingOf(a *Analysis) *recording {
	r := &recording{}
	for x := range a.Assets {
		r.assets = append(r.assets, record.Asset{
			Facts: model.Facts{
				ID: x.ID, MACs: slices.Clone(x.MACs), IPs: slices.Clone(x.IPs), VLANs: slices.Clone(x.VLANs), Names: slices.Clone(x.Names), Role: x.Role,
			},
			Label: inventory.LabelOf(x), Kind: x.Kind, Side: x.Side, Level: x.Level, Vendor: x.Vendor, Network: inventory.NetworkOf(x),
		})
	}
	type ends struct {
		from, to plant.Endpoint
		port     uint16
	}
	kinds := map[ends]model.Kinds{}
	for o := range a.Operations {
		kinds[ends{o.Requester, o.Responder, o.Port}] |= model.KindsOf(o.Verb.Kind)
	}
	id := func(e plant.Endpoint) string {
		if i := a.Number(e); i >= 0 && i < len(r.assets) {
			return r.assets[i].ID
		}
		return ""
	}
	for c := range a.Conversations {
		r.talks = append(r.talks, record.Talk{
			ID: int64(len(r.talks) + 1), Client: id(c.Client), Server: id(c.Server), From: c.Client, To: c.Server, Transport: c.Transport, Port: c.Port, Protocol: c.Protocol,
			Answered: c.Answered, Kinds: kinds[ends{c.Client, c.Server, c.Port}], Count: c.Flows, First: c.First, Last: c.Last,
		})
	}
	return r
}

// flatten puts every machine of the site into one network, as if nobody had ever
// divided it. now are the addresses that machines have there.
func (r *recording) flatten(now map[netip.Addr]netip.Addr) {
	at := func(ip netip.Addr) netip.Addr {
		if !ip.IsPrivate() {
			return ip
		}
		if _, ok := now[ip]; !ok {
			n := len(now) + 1
			now[ip] = netip.AddrFrom4([4]byte{192, 168, byte(n >> 8), byte(n)})
		}
		return now[ip]
	}
	for i := range r.assets {
		a := &r.assets[i]
		for k, ip := range a.IPs {
			a.IPs[k] = at(ip)
		}
		a.VLANs = nil
		if a.Network != "" {
			a.Network = "192.168.0.0/22"
		}
	}
	for i := range r.talks {
		t := &r.talks[i]
		t.From.IP, t.To.IP, t.From.VLAN, t.To.VLAN = at(t.From.IP), at(t.To.IP), 0, 0
	}
}

// enforced is the policy of a text if all of it were enforced.
func (r *recording) enforced(t *testing.T, text string) (*model.Model, *policy.Policy) {
	t.Helper()
	text, err := model.Apply(text, []model.Edit{{Op: model.OpSet, Path: "boundary.stage", Value: string(model.StageEnforce)}})
	if err != nil {
		t.Fatal(err)
	}
	m, problems := model.Parse(text, boundaryDay)
	if m == nil {
		t.Fatal(problems)
	}
	in := compile.Input{Model: m, Now: boundaryDay}
	zones := map[string]string{}
	placer := model.NewPlacer(m)
	for i := range r.assets {
		a := &r.assets[i]
		in.Assets = append(in.Assets, compile.Asset{ID: a.ID, Label: a.Label, Facts: a.Facts})
		zones[a.ID] = placer.Place(&a.Facts).Zone
	}
	for i := range r.talks {
		x := &r.talks[i]
		in.Services = append(in.Services, compile.Seen{From: zones[x.Client], To: zones[x.Server], Protocol: x.Protocol, Transport: x.Transport, Port: x.Port})
	}
	p, notes, err := compile.Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		t.Logf("note: %s %s", n.Conduit, n.Text)
	}
	return m, p
}

// replay replays a recording against a policy that was learnt from another.
func (r *recording) replay(m *model.Model, p *policy.Policy) *simulate.Result {
	s := simulate.New(simulate.Input{Policy: p, Table: verdict.New(p, boundaryDay), Model: m, Assets: r.assets, Now: boundaryDay})
	for i := range r.talks {
		s.Add(&r.talks[i])
	}
	return s.Result()
}

var boundaryDay = time.Date(2026, time.March, 17, 6, 0, 0, 0, time.UTC)

// ordinary is a stretch of the quiet week.
func ordinary(t *testing.T, from time.Time, long time.Duration) *recording {
	t.Helper()
	return recordingOf(watched(t, lab.Options{Scenario: "quiet-week", Start: from, Time: long, Thin: 300}))
}

// TestTheProposedWall learns from a Sunday evening and Monday, in which
// everything happens that happens in a week, and holds what is proposed against
// that, against a Wednesday, and against a vendor who goes on to another line:
// nothing of an ordinary day would be stopped, and the vendor would.
func TestTheProposedWall(t *testing.T) {
	for name, c := range map[string]struct {
		model string
		flat  bool
	}{
		"with no plant model":                 {},
		"with the lab's plant model":          {model: lab.Model},
		"of a plant that nobody ever divided": {flat: true},
	} {
		t.Run(name, func(t *testing.T) {
			learnt := ordinary(t, time.Date(2026, time.March, 15, 18, 0, 0, 0, time.UTC), 24*time.Hour)
			wednesday := ordinary(t, time.Date(2026, time.March, 11, 5, 0, 0, 0, time.UTC), 12*time.Hour)
			pivot := recordingOf(watched(t, lab.Options{Scenario: "vpn-pivot"}))
			stood := map[string]string{}
			for _, a := range learnt.assets {
				stood[a.ID] = a.Network
			}
			if c.flat {
				now := map[netip.Addr]netip.Addr{}
				learnt.flatten(now)
				wednesday.flatten(now)
			}
			drawn, err := propose.Propose(&propose.Input{Site: "Alder Foods", Text: c.model, Assets: learnt.assets, Talks: learnt.talks, Now: boundaryDay})
			if err != nil {
				t.Fatal(err)
			}
			m, p := learnt.enforced(t, drawn.Text)
			for day, r := range map[string]*recording{"what was learnt": learnt, "a Wednesday": wednesday} {
				out := r.replay(m, p)
				for list, rows := range map[string][]simulate.Row{"blocked": out.Blocked, "refused": out.Refused, "aside": out.Aside, "beyond": out.Beyond} {
					for _, w := range rows {
						t.Errorf("%s, %s: %v → %v %s %d: %s", day, list, w.Clients, w.Servers, w.Protocol, w.Port, w.Why)
					}
				}
				if out.Passes < 300 {
					t.Errorf("%s: only %d conversations pass", day, out.Passes)
				}
			}
			if c.flat {
				holdCells(t, drawn, stood, learnt.assets)
				return
			}
			stopped := map[string]bool{}
			out := pivot.replay(m, p)
			for _, w := range slices.Concat(out.Blocked, out.Refused) {
				for _, x := range w.Clients {
					if x.Label != "192.168.77.10" && x.Label != "vpn-l3" {
						t.Errorf("what stops the vendor stops %s: %s %d: %s", x.Label, w.Protocol, w.Port, w.Why)
					}
				}
				for _, x := range w.Servers {
					stopped[x.Label+" "+w.Protocol] = true
				}
			}
			for _, way := range []string{"plc-l1-fill s7comm", "plc-l1-past s7comm", "plc-l1-cip s7comm", "hmi-l1 http"} {
				if !stopped[way] {
					t.Errorf("the vendor still reaches %s; stopped are %v", way, stopped)
				}
			}
		})
	}
}

// TestWhatLooksWrongIsNeverProposed learns while the vendor goes on to another
// line: even so he is stopped.
func TestWhatLooksWrongIsNeverProposed(t *testing.T) {
	pivot := recordingOf(watched(t, lab.Options{Scenario: "vpn-pivot"}))
	for _, text := range []string{"", lab.Model} {
		drawn, err := propose.Propose(&propose.Input{Site: "Alder Foods", Text: text, Assets: pivot.assets, Talks: pivot.talks, Now: boundaryDay})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range drawn.Wrong {
			got = append(got, fmt.Sprint(w.Rule, " ", w.Client, " ", w.Protocol))
		}
		for _, want := range []string{"control ip-192.168.77.10 s7comm", "direct ip-192.168.77.10 ads", "internet mac-0003271dc648 openvpn"} {
			if !slices.Contains(got, want) {
				t.Errorf("%q is not listed: %q", want, got)
			}
		}
		m, p := pivot.enforced(t, drawn.Text)
		stopped := 0
		for _, w := range pivot.replay(m, p).Blocked {
			if w.Clients[0].Label == "192.168.77.10" {
				stopped += w.Conversations
			}
		}
		if stopped != 5 {
			t.Errorf("%d of the vendor's 5 conversations are stopped", stopped)
		}
	}
}

// holdCells holds that no cell of a plant that was never divided has machines of
// two lines, and that every controller has a cell. Where each machine really
// stands the simulated plant says.
func holdCells(t *testing.T, p *propose.Proposal, stood map[string]string, assets []record.Asset) {
	t.Helper()
	placed := map[string]bool{}
	cells := 0
	for _, z := range p.Zones {
		if z.Kind != model.ZoneCell && z.Kind != model.ZoneSafety {
			continue
		}
		cells++
		lines := map[string]bool{}
		for _, m := range z.Members {
			if m.Asset == "" {
				t.Errorf("zone %s has member %s: in one network only machines can be told apart", z.ID, m.String())
			}
		}
		for _, id := range z.Assets {
			placed[id] = true
			if strings.HasPrefix(stood[id], "10.21.") {
				lines[stood[id]] = true
			}
		}
		if len(lines) != 1 {
			t.Errorf("zone %s has machines of %v", z.ID, lines)
		}
	}
	for _, a := range assets {
		if (a.Role == plant.RoleController || a.Role == plant.RoleSafety || a.Role == plant.RoleBuilding) && !placed[a.ID] {
			t.Errorf("controller %s has no cell", a.Label)
		}
	}
	t.Logf("%d cells", cells)
}
