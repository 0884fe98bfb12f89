package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

func modelRoute(o *huma.Operation) bool {
	return slices.Contains(o.Tags, "model") || slices.Contains(o.Tags, "boundary")
}

type testWords struct {
	*model.Placer
	*boundary.Policy
}

func readWords(_, text string, now time.Time) (store.Words, error) {
	m, problems := model.Parse(text, time.Time{})
	if m == nil {
		return nil, errors.New(problems[0].String())
	}
	return testWords{model.NewPlacer(m), boundary.New(m, now)}, nil
}

const plantText = `# Written by hand.
site: plant
people: [ { id: anna, name: Anna Weiss, side: it }, { id: bernd, name: Bernd Ott, side: operations } ]
owners: { it: anna } # of everything
lines:
  - { id: line-1, name: Filling }
zones:
  - { id: office, name: Office, kind: enterprise, level: 4, members: [ { role: PC, subnet: 10.0.0.0/16 } ] }
  - { id: cell, name: Cell, kind: cell, level: 1, members: [ { subnet: 10.0.0.0/16 } ] }
conduits:
  - { id: web, from: office, to: cell, allow: [ { protocol: http, verbs: [read] } ], reason: Screens., review: 2026-01-01 }
`

// sendModel sends a body as JSON.
func sendModel(t *testing.T, s *Server, method, path, tag string, body any) reply {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	headers := []string{"Content-Type", "application/json"}
	if tag != "" {
		headers = append(headers, "If-Match", tag)
	}
	return ask(t, s, method, base+path, strings.NewReader(string(b)), headers...)
}

func decoded[T any](t *testing.T, r reply, status int) T {
	t.Helper()
	var v T
	if r.status != status {
		t.Fatalf("status %d: %.600s", r.status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestModelFromProposalToHistory(t *testing.T) {
	p := fill(t, 50, Options{Words: readWords})
	first := decoded[PlantModel](t, ask(t, p.Server, "GET", base+"/model", nil), 200)
	if first.Version != 0 || !strings.Contains(first.Text, "10.0.0.0/24") || first.Model.Site != "plant" || first.At != nil {
		t.Fatalf("%+v", first)
	}
	check := decoded[ModelCheck](t, sendModel(t, p.Server, "POST", "/model/check", "", ModelText{Site: "plant", Text: plantText}), 200)
	if check.Effect == nil || check.Effect.Placed != 50 || check.Effect.Moved != 50 || check.Effect.PerZone[0] != (ZoneEffect{"office", 5, 0}) || *check.Effect.Uncovered+*check.Effect.Covered == 0 || len(check.Changes) == 0 || len(check.Problems) != 1 {
		t.Errorf("%+v %+v", check, check.Effect)
	}
	if r := sendModel(t, p.Server, "PUT", "/model", "", ModelText{Site: "plant", Text: plantText}); r.status != 428 {
		t.Errorf("without a tag: %d %s", r.status, r.body)
	}
	r := sendModel(t, p.Server, "PUT", "/model", `"v0"`, ModelText{Site: "plant", Text: plantText, Note: "The first."})
	saved := decoded[PlantModel](t, r, 200)
	if saved.Version != 1 || saved.Author == "" || saved.Note != "The first." || r.header.Get("ETag") != `"v1"` || len(saved.Problems) != 1 {
		t.Errorf("%+v %s", saved, r.header)
	}
	stale := decoded[PlantModel](t, sendModel(t, p.Server, "PUT", "/model", `"v0"`, ModelText{Site: "plant", Text: plantText}), 412)
	if stale.Version != 1 {
		t.Errorf("%+v", stale)
	}
	wrong := decoded[ModelRefusal](t, sendModel(t, p.Server, "PUT", "/model", `"v1"`, ModelText{Site: "plant", Text: strings.Replace(plantText, "anna }", "ana }", 1)}), 422)
	if len(wrong.Problems) == 0 || wrong.Problems[0].Line != 4 || !strings.Contains(wrong.Problems[0].Hint, "anna") {
		t.Errorf("%+v", wrong)
	}
	other := decoded[ModelRefusal](t, sendModel(t, p.Server, "PUT", "/model", `"v0"`, ModelText{Site: "elsewhere", Text: plantText}), 422)
	if len(other.Problems) == 0 {
		t.Errorf("%+v", other)
	}
	edited := decoded[PlantModel](t, sendModel(t, p.Server, "POST", "/model/edit", `"v1"`, ModelEdits{Site: "plant", Edits: []ModelEdit{{Op: "set", Path: "lines[line-1].owners.operations", Value: "bernd"}}}), 200)
	if edited.Version != 2 || !strings.Contains(edited.Text, "# of everything") || edited.Model.Lines[0].Owners.Operations != "bernd" {
		t.Errorf("%+v", edited)
	}
	if r := sendModel(t, p.Server, "POST", "/model/edit", `"v2"`, ModelEdits{Site: "plant", Edits: []ModelEdit{{Op: "set", Path: "lines[line-9].name", Value: "x"}}}); r.status != 422 || !strings.Contains(string(r.body), "line-9") {
		t.Errorf("%d %s", r.status, r.body)
	}
	list := getJSON[List[ModelVersion]](t, p.Server, base+"/model/versions")
	if list.Total != 2 || list.Items[0].Version != 2 || list.Items[1].Note != "The first." {
		t.Errorf("%+v", list)
	}
	if old := getJSON[PlantModel](t, p.Server, base+"/model/versions/1"); old.Text != plantText {
		t.Errorf("%+v", old)
	}
	d := getJSON[ModelDifference](t, p.Server, base+"/model/difference")
	if len(d.Changes) != 1 || d.Changes[0].Says != "line line-1 (Filling): owner in operations: none → Bernd Ott" || !strings.Contains(d.Diff, "+  - { id: line-1, name: Filling, owners: { operations: bernd } }") {
		t.Errorf("%+v", d)
	}
	if d := getJSON[ModelDifference](t, p.Server, base+"/model/difference?from=0&to=1"); len(d.Changes) < 5 || !strings.Contains(d.Diff, "+site: plant") {
		t.Errorf("%+v", d)
	}
}

func TestModelShowsOnAssetsMapAndBoundary(t *testing.T) {
	p := fill(t, 50, Options{Words: readWords})
	if b := getJSON[Boundary](t, p.Server, base+"/boundary"); b.Declared || len(b.Zones) != 1 || b.Zones[0].Kind != "network" {
		t.Errorf("%+v", b)
	}
	if r := sendModel(t, p.Server, "PUT", "/model", `"v0"`, ModelText{Site: "plant", Text: plantText}); r.status != 200 {
		t.Fatalf("%s", r.body)
	}
	rows := getJSON[List[AssetRow]](t, p.Server, base+"/assets?zone=office")
	if rows.Total != 5 || rows.Items[0].Owners.IT != "anna" || rows.Items[0].Zone != "office" {
		t.Errorf("%+v", rows)
	}
	a := getJSON[Asset](t, p.Server, base+"/assets/"+rows.Items[0].ID)
	if a.Owners.IT != (AssetOwner{"anna", "Anna Weiss", "site"}) || a.PlacedBy.Zone != "subnet 10.0.0.0/16, role PC" {
		t.Errorf("%+v %+v", a.Owners, a.PlacedBy)
	}
	if f := getJSON[Facets](t, p.Server, base+"/assets/facets"); !slices.Contains(f.Zones, Count{"office", 5}) || !slices.Contains(f.Owners, Count{"none", 50}) {
		t.Errorf("%+v", f)
	}
	m := getJSON[Map](t, p.Server, base+"/map")
	if len(m.Boxes) != 2 || m.Boxes[0].Zone != "office" || m.Boxes[0].Kind != "enterprise" || m.Boxes[0].ID != "plant/zone office" || *m.Boxes[0].Level != 4 {
		t.Errorf("%+v", m.Boxes)
	}
	b := getJSON[Boundary](t, p.Server, base+"/boundary")
	if !b.Declared || b.Version != 1 || len(b.Zones) != 2 || len(b.Cells) == 0 || len(b.Conduits) != 1 || !b.Conduits[0].Overdue || b.Conduits[0].Owners.IT.Name != "Anna Weiss" || b.Conduits[0].Allow[0] != "http (read)" {
		t.Fatalf("%+v", b)
	}
	var total int64
	for _, c := range b.Cells {
		total += c.Conversations
		if c.Conversations != c.Covered+c.Uncovered+c.Attempts+c.Aside {
			t.Errorf("%+v", c)
		}
	}
	all := getJSON[List[BoundaryTalk]](t, p.Server, base+"/boundary/conversations")
	if all.Total != total {
		t.Errorf("%d conversations, the matrix has %d", all.Total, total)
	}
	for _, c := range all.Items {
		if c.Why == "" || c.FromZone == c.ToZone || (c.State == "covered") != (c.Conduit != "") {
			t.Errorf("%+v", c)
		}
	}
	uncovered := getJSON[List[BoundaryTalk]](t, p.Server, base+"/boundary/conversations?covered=false&from_zone=office&to_zone=cell")
	covered := getJSON[List[BoundaryTalk]](t, p.Server, base+"/boundary/conversations?covered=true&conduit=web")
	for _, c := range b.Cells {
		if c.From == "office" && c.To == "cell" && (uncovered.Total != c.Uncovered+c.Attempts || covered.Total != c.Covered) {
			t.Errorf("%d %d %+v", uncovered.Total, covered.Total, c)
		}
	}
	if r := ask(t, p.Server, http.MethodGet, base+"/boundary/conversations?covered=true&state=uncovered", nil); r.status != 422 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestModelDraft edits a text that nobody has saved: the answer has the text,
// what it says and where every asset would stand, and the model stays as it is.
func TestModelDraft(t *testing.T) {
	p := fill(t, 50, Options{Words: readWords})
	draft := ModelDraft{Site: "plant", Text: plantText, Whole: true}
	before := decoded[ModelCheck](t, sendModel(t, p.Server, "POST", "/model/check", "", draft), 200)
	if before.Text != plantText || before.Model == nil || len(before.Model.Zones) != 2 || len(before.Places) != 50 {
		t.Fatalf("%d places, %+v", len(before.Places), before.Model)
	}
	var moved string
	for id, zone := range before.Places {
		if zone == "cell" {
			moved = id
			break
		}
	}
	draft.Edits = []ModelEdit{{Op: "add", Path: "zones[office].members", Value: map[string]any{"asset": moved}}, {Op: "set", Path: "conduits[web].stage", Value: "shadow"}}
	after := decoded[ModelCheck](t, sendModel(t, p.Server, "POST", "/model/check", "", draft), 200)
	if after.Places[moved] != "office" || after.Model.Conduits[0].Stage != model.StageShadow || !strings.Contains(after.Text, "# of everything") || !strings.Contains(after.Text, moved) {
		t.Errorf("%s stands in %q: %s", moved, after.Places[moved], after.Text)
	}
	draft.Edits = []ModelEdit{{Op: "set", Path: "conduits[none].stage", Value: "shadow"}}
	wrong := decoded[ModelCheck](t, sendModel(t, p.Server, "POST", "/model/check", "", draft), 200)
	if len(wrong.Problems) != 1 || wrong.Text != "" || !strings.Contains(wrong.Problems[0].Message, "none") {
		t.Errorf("%+v", wrong)
	}
	draft.Edits, draft.Whole = nil, false
	if part := decoded[ModelCheck](t, sendModel(t, p.Server, "POST", "/model/check", "", draft), 200); part.Text != "" || part.Model != nil || part.Places != nil {
		t.Error("what nobody asked for is there")
	}
	if now := decoded[PlantModel](t, ask(t, p.Server, "GET", base+"/model", nil), 200); now.Version != 0 {
		t.Errorf("version %d is saved", now.Version)
	}
}

// TestModelBodies sends what is too large or none.
func TestModelBodies(t *testing.T) {
	p := fill(t, 10, Options{Words: readWords})
	for _, c := range []struct {
		name, body string
		want       int
	}{
		{"no JSON", `{`, 400},
		{"no site", `{"text":"site: x"}`, 422},
		{"too long a text", `{"site":"plant","text":"` + strings.Repeat("x", model.MaxText+1) + `"}`, 422},
		{"too long a body", `{"site":"plant","text":"` + strings.Repeat("x", maxModelBody) + `"}`, 413},
		{"no YAML", `{"site":"plant","text":"[["}`, 200},
	} {
		if r := ask(t, p.Server, "POST", base+"/model/check", strings.NewReader(c.body), "Content-Type", "application/json"); r.status != c.want {
			t.Errorf("%s: %d %.300s", c.name, r.status, r.body)
		}
	}
}
