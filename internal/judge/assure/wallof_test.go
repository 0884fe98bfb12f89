package assure

import (
	"net/netip"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func wallInput(t *testing.T) *WallInput {
	t.Helper()
	m, problems := model.Parse(`
site: works
people: [ { id: a, name: A, side: it }, { id: b, name: B, side: operations } ]
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { subnet: 10.1.0.0/24 } ] }
  - { id: cell, name: Cell, kind: cell, members: [ { subnet: 10.21.1.0/24 } ] }
conduits:
  - { id: both, from: office, to: cell, allow: [ { protocol: dns } ], reason: r, owners: { it: a, operations: b } }
  - { id: one, from: office, to: cell, allow: [ { protocol: ntp } ], reason: r, owners: { it: a } }
  - { id: none, from: cell, to: office, allow: [ { protocol: ntp } ], reason: r }
`, time.Time{})
	if m == nil {
		t.Fatal(problems)
	}
	in := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	asset := func(ip string, role plant.Role) record.Asset {
		return record.Asset{Facts: model.Facts{ID: ip, IPs: []netip.Addr{netip.MustParseAddr(ip)}, Role: role}}
	}
	return &WallInput{
		Now: now, Model: m, Revision: 3, Hash: "abc", Since: now.Add(-time.Hour), Enforcer: "box1, router",
		Policy: &policy.Policy{
			Site: "works", Rest: model.StageEnforce, Pairs: []policy.Pair{{From: 2, To: 1, Stage: model.StageShadow}},
			Zones: []policy.Zone{{}, {ID: "office", Kind: model.ZoneEnterprise, Ranges: in("10.1.0.0/24")}, {ID: "cell", Kind: model.ZoneCell, Ranges: in("10.21.1.0/24")}, {ID: "empty", Kind: model.ZoneCell}},
		},
		Assets: []record.Asset{asset("10.1.0.5", plant.RolePC), asset("10.1.0.6", plant.RolePC), asset("10.21.1.5", plant.RoleController)},
		Proofs: []proof.Proof{{Kind: proof.ReadBack, Status: proof.Proven, At: now.Add(-2 * time.Hour)}, {Kind: proof.Canary, Status: proof.Proven, At: now.Add(-3 * time.Hour)}},
	}
}

func TestWallOf(t *testing.T) {
	in := wallInput(t)
	w := WallOf(in)
	// Three places (office, cell, no zone) make six pairs.
	if !w.Enforced || w.Pairs != 6 || w.Open != 1 || w.OfficePairs != 2 || w.OfficeOpen != 0 || w.OneOwner != 2 || len(w.OneOwners) != 2 || w.Revision != 3 {
		t.Errorf("%+v", w)
	}
	if !w.Tested.Equal(now.Add(-3*time.Hour)) || w.Drift != 0 {
		t.Errorf("tested %v, drift %d", w.Tested, w.Drift)
	}
	in.Policy.Conduits = []policy.Conduit{{ID: "both", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 53, Last: 53}}}}
	if w := WallOf(in); w.OfficeOpen != 2 || len(w.OfficeWays) != 1 {
		t.Errorf("%+v", w)
	}
	in.Proofs[1].At = now.Add(-40 * time.Hour)
	if w := WallOf(in); !w.Tested.IsZero() {
		t.Errorf("tried on two days: %v", w.Tested)
	}
	in.Proofs[0] = proof.Proof{Kind: proof.ReadBack, Status: proof.Contradicted, At: now, Evidence: []proof.Evidence{{}, {}}}
	if w := WallOf(in); !w.Tested.IsZero() || w.Drift != 2 {
		t.Errorf("tested %v, drift %d", w.Tested, w.Drift)
	}
	in.Policy = nil
	if w := WallOf(in); w.Enforced || w.Pairs != 0 || w.OneOwner != 2 {
		t.Errorf("%+v", w)
	}
	if w := WallOf(&WallInput{Now: now}); w.Enforced || w.OneOwner != 0 {
		t.Errorf("%+v", w)
	}
}

func TestOfSeveralSitesTheWorstWallCounts(t *testing.T) {
	good := WallOf(wallInput(t))
	bad := wallInput(t)
	bad.Proofs[0].Status, bad.Revision = proof.Contradicted, 9
	broken := WallOf(bad)
	none := WallOf(&WallInput{Now: now})
	for _, c := range []struct {
		a, b     Wall
		revision int64
		enforced bool
		owners   int64
	}{
		{good, broken, 9, true, 4}, {broken, good, 9, true, 4}, {good, none, 0, false, 2}, {none, broken, 0, false, 2},
	} {
		if w := Worse(c.a, c.b); w.Revision != c.revision || w.Enforced != c.enforced || w.OneOwner != c.owners {
			t.Errorf("%+v", w)
		}
	}
}
