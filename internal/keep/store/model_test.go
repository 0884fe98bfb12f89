package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

type testWords struct {
	*model.Placer
	*boundary.Policy
}

func readWords(_, text string, now time.Time) (Words, error) {
	m, problems := model.Parse(text, time.Time{})
	if m == nil {
		return nil, errors.New(problems[0].String())
	}
	return testWords{model.NewPlacer(m), boundary.New(m, now)}, nil
}

const worksModel = `
site: works
time_zone: Europe/Berlin
people: [ { id: anna, name: Anna, side: it }, { id: bernd, name: Bernd, side: operations } ]
lines: [ { id: line-1, name: Filling, owners: { operations: bernd }, cells: [ { id: filler, name: Filler, members: [ { role: controller } ] } ] } ]
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { role: PC } ], owners: { it: anna } }
  - { id: cell, name: Cell, kind: cell, members: [ { line: line-1 } ] }
`

const worksConduit = worksModel + `conduits: [ { id: read, from: office, to: cell, allow: [ { protocol: modbus, verbs: [read] } ], reason: Reports. } ]
`

// talking is a batch in which an office PC asks a controller.
func talking(seq uint64, kind plant.Kind) *plant.Batch {
	b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: seq, Made: now, To: now}
	b.Conversations = []plant.Conversation{{
		Client: endpoint(1), Server: endpoint(0), Transport: plant.TCP, Port: 502, Protocol: "modbus", Answered: true, Flows: 1, PacketsUp: 10, BytesUp: 1000, First: now, Last: now, Packet: 1,
	}}
	b.Operations = []plant.Operation{{
		Verb: plant.Verb{Protocol: "modbus", Code: fmt.Sprint(kind), Name: kind.String(), Kind: kind}, Requester: endpoint(1), Responder: endpoint(0), Port: 502, Requests: 1, First: now, Last: now, Packet: 1,
	}}
	return b
}

func modelOptions() Options {
	o := testOptions()
	o.Words = readWords
	return o
}

// plainPlant is a controller (0) and an office PC (1).
func plainPlant(roles ...string) []AssetRow {
	var rows []AssetRow
	for i, role := range roles {
		row := assetAt(i, func(a *plant.Asset) { a.Role = role })
		row.Endpoints = []plant.Endpoint{endpoint(i)}
		rows = append(rows, row)
	}
	return rows
}

func saveModel(t *testing.T, db *DB, text string, was int64) {
	t.Helper()
	if n := must[int64](t)(db.PutModel(ctx, ModelVersion{Site: "works", Text: text, Author: "anna", Note: "why", At: now}, was)); n != was+1 {
		t.Fatalf("version %d after %d", n, was)
	}
}

func stateOf(t *testing.T, db *DB) (model.State, string) {
	t.Helper()
	l := must[List[ConversationItem]](t)(db.Conversations(ctx, TalkFilter{Site: "works"}, Page{}))
	if len(l.Items) != 1 {
		t.Fatalf("%d conversations", len(l.Items))
	}
	return l.Items[0].State, l.Items[0].Conduit
}

func TestModelVersions(t *testing.T) {
	enginesWith(t, modelOptions(), func(t *testing.T, db *DB) {
		_, err := db.Model(ctx, "works")
		wantKind(t, err, ErrNotFound)
		saveModel(t, db, worksModel, 0)
		_, err = db.PutModel(ctx, ModelVersion{Site: "works", Text: "other"}, 0)
		wantKind(t, err, ErrConflict)
		saveModel(t, db, worksConduit, 1)
		_, err = db.PutModel(ctx, ModelVersion{Site: "works", Text: "other"}, 1)
		wantKind(t, err, ErrConflict)
		v := must[ModelVersion](t)(db.Model(ctx, "works"))
		if v.Version != 2 || v.Text != worksConduit || v.Author != "anna" || v.Note != "why" || !v.At.Equal(now) {
			t.Errorf("%+v", v)
		}
		if old := must[ModelVersion](t)(db.ModelAt(ctx, "works", 1)); old.Text != worksModel {
			t.Errorf("%+v", old)
		}
		_, err = db.ModelAt(ctx, "works", 3)
		wantKind(t, err, ErrNotFound)
		l := must[List[ModelVersion]](t)(db.ModelVersions(ctx, "works", Page{Limit: 1}))
		if len(l.Items) != 1 || l.Items[0].Version != 2 || l.Total != 2 || l.Next == "" {
			t.Fatalf("%+v", l)
		}
		l = must[List[ModelVersion]](t)(db.ModelVersions(ctx, "works", Page{Limit: 1, Cursor: l.Next}))
		if len(l.Items) != 1 || l.Items[0].Version != 1 || l.Next != "" {
			t.Fatalf("%+v", l)
		}
		if l := must[List[ModelVersion]](t)(db.ModelVersions(ctx, "elsewhere", Page{})); l.Total != 0 {
			t.Errorf("%+v", l)
		}
		_, err = db.PutModel(ctx, ModelVersion{Site: "works", Text: "a\x00b"}, 2)
		wantKind(t, err, ErrInvalid)
	})
}

func TestModelPlacesAssets(t *testing.T) {
	enginesWith(t, modelOptions(), func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talking(1, plant.Read)}))
		must[Saved](t)(db.SaveInventory(ctx, "works", now, slices.Values(plainPlant(plant.RoleController, plant.RolePC, plant.RoleHMI))))
		if l := must[List[AssetItem]](t)(db.Assets(ctx, AssetFilter{Zone: None, Owner: None}, Page{})); l.Total != 3 {
			t.Fatalf("%d assets without a model", l.Total)
		}
		saveModel(t, db, worksModel, 0)
		for _, c := range []struct {
			name string
			f    AssetFilter
			want int64
		}{
			{"a zone", AssetFilter{Zone: "office"}, 1},
			{"no zone", AssetFilter{Zone: None}, 1},
			{"a line", AssetFilter{Line: "line-1"}, 1},
			{"no line", AssetFilter{Line: None}, 2},
			{"a cell", AssetFilter{Cell: "filler"}, 1},
			{"an owner in IT", AssetFilter{Owner: "anna"}, 1},
			{"an owner in operations", AssetFilter{Owner: "bernd"}, 1},
			{"an owner is missing", AssetFilter{Owner: None}, 3},
		} {
			if l := must[List[AssetItem]](t)(db.Assets(ctx, c.f, Page{})); l.Total != c.want {
				t.Errorf("%s: %d assets, want %d", c.name, l.Total, c.want)
			}
		}
		f := must[Facets](t)(db.AssetFacets(ctx, AssetFilter{}))
		if !slices.Equal(f.Zones, []Count{{"cell", 1}, {None, 1}, {"office", 1}}) || !slices.Equal(f.Owners, []Count{{None, 3}, {"anna", 1}, {"bernd", 1}}) {
			t.Errorf("%+v %+v", f.Zones, f.Owners)
		}
		d := must[AssetDetail](t)(db.Asset(ctx, assetAt(0, func(*plant.Asset) {}).Asset.ID))
		if d.Zone != "cell" || d.Line != "line-1" || d.Cell != "filler" || d.OwnerOperations != "bernd" || d.OwnerIT != "" ||
			d.Why != (PlaceWhy{Zone: "line line-1", Line: "role controller", Operations: "line line-1"}) {
			t.Errorf("%+v %+v", d.AssetItem, d.Why)
		}
		// A device that turns out to be another thing stands elsewhere.
		must[Saved](t)(db.SaveInventory(ctx, "works", now, slices.Values(plainPlant(plant.RoleController, plant.RolePC, plant.RolePC))))
		if l := must[List[AssetItem]](t)(db.Assets(ctx, AssetFilter{Zone: "office"}, Page{})); l.Total != 2 {
			t.Errorf("%d assets in the office", l.Total)
		}
		m := must[*Map](t)(db.Map(ctx, "works"))
		if len(m.Networks) != 1 || m.Networks[0].From != "zone office" || m.Networks[0].To != "zone cell" || m.Networks[0].Uncovered != 1 {
			t.Errorf("%+v", m.Networks)
		}
	})
}

func TestModelJudgesConversations(t *testing.T) {
	clock := now
	o := modelOptions()
	o.Now = func() time.Time { return clock }
	enginesWith(t, o, func(t *testing.T, db *DB) {
		clock = now
		assets := slices.Values(plainPlant(plant.RoleController, plant.RolePC))
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talking(1, plant.Read)}))
		must[Saved](t)(db.SaveInventory(ctx, "works", now, assets))
		expect := func(when string, want model.State, conduit string) {
			t.Helper()
			if s, c := stateOf(t, db); s != want || c != conduit {
				t.Fatalf("%s: %s by %q, want %s by %q", when, s, c, want, conduit)
			}
		}
		expect("without a model", model.StateNone, "")
		saveModel(t, db, worksModel, 0)
		expect("without a conduit", model.StateUncovered, "")
		saveModel(t, db, worksConduit, 1)
		expect("with a conduit", model.StateCovered, "read")
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talking(2, plant.Write)}))
		must[Saved](t)(db.SaveInventory(ctx, "works", now, assets))
		expect("after a write", model.StateUncovered, "")
		b := must[*Boundary](t)(db.Boundary(ctx, "works", time.Time{}, time.Time{}))
		if len(b.Cells) != 1 || b.Cells[0].From != "office" || b.Cells[0].State != model.StateUncovered || b.Cells[0].Kinds != model.KindsOf(plant.Read, plant.Write) || b.Zones["cell"] != 1 || b.Version != 2 {
			t.Errorf("%+v", b)
		}
		if b := must[*Boundary](t)(db.Boundary(ctx, "works", now.Add(time.Hour), time.Time{})); len(b.Cells) != 0 {
			t.Errorf("%+v", b.Cells)
		}
		saveModel(t, db, worksModel+"conduits: [ { id: all, from: office, to: cell, allow: [ { any: true } ], reason: Until the move., expires: 2026-03-04 } ]\n", 2)
		expect("until it expires", model.StateCovered, "all")
		clock = now.AddDate(0, 0, 3)
		ok(t, db.PlaceModel(ctx))
		expect("when it has expired", model.StateUncovered, "")
		must[Saved](t)(db.SaveInventory(ctx, "works", now, slices.Values(plainPlant(plant.RoleController, plant.RoleHMI))))
		expect("an end without a zone", model.StateUnknown, "")
		if l := must[List[ConversationItem]](t)(db.Conversations(ctx, TalkFilter{Site: "works", FromZone: None, ToZone: "cell", States: []model.State{model.StateUnknown}}, Page{})); l.Total != 1 {
			t.Errorf("%+v", l)
		}
		if l := must[List[ConversationItem]](t)(db.Conversations(ctx, TalkFilter{Site: "works", FromZone: "nowhere", States: []model.State{model.StateUnknown}}, Page{})); l.Total != 0 {
			t.Errorf("%+v", l)
		}
		saveModel(t, db, "site: works\n", 3)
		expect("without zones", model.StateUnknown, "")
	})
}

func TestPlugs(t *testing.T) {
	enginesWith(t, modelOptions(), func(t *testing.T, db *DB) {
		b := talking(1, plant.Read)
		for i, says := range []string{"port-001 -> switch1/port-002", "port-001 -> switch1/port-007"} {
			at := now.Add(time.Duration(i) * time.Hour)
			b.Sightings = append(b.Sightings, plant.Sighting{Endpoint: endpoint(0), Slot: plant.NoSlot, Field: plant.FieldNeighbor, Value: says, Source: "lldp", Count: 1, First: at, Last: at, Packet: 1})
		}
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		rows := plainPlant(plant.RoleController, plant.RolePC)
		must[Saved](t)(db.SaveInventory(ctx, "works", now, slices.Values(rows)))
		var got []string
		ok(t, db.Plugs(ctx, "works", func(asset, says string) error {
			got = append(got, asset+" "+says)
			return nil
		}))
		id := rows[0].Asset.ID
		if want := []string{id + " port-001 -> switch1/port-002", id + " port-001 -> switch1/port-007"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		ok(t, db.Plugs(ctx, "elsewhere", func(string, string) error { t.Error("of another site"); return nil }))
	})
}
