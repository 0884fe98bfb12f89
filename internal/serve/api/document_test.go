package api

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestDocument holds the OpenAPI document that the console's types are made
// from: a change of the API shows in review.
func TestDocument(t *testing.T) {
	golden(t, "testdata/openapi.json", string(bare(t, Options{Version: "test"}).document))
}

// TestEveryRouteIsDocumented compares the mux with the document, both ways.
func TestEveryRouteIsDocumented(t *testing.T) {
	s := bare(t, Options{})
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(s.document, &doc); err != nil {
		t.Fatal(err)
	}
	documented := []string{"/"} // the console and the answer to unknown paths
	for path, ops := range doc.Paths {
		for method := range ops {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(documented)
	slices.Sort(s.mux.patterns)
	if d := cmp.Diff(documented, s.mux.patterns); d != "" {
		t.Errorf("document (-) and mux (+) differ:\n%s", d)
	}
}

// TestParametersAreDocumented holds that what stands in a path or is a field of
// an input is a parameter: huma skips fields that are not exported in silence.
func TestParametersAreDocumented(t *testing.T) {
	for path, item := range bare(t, Options{}).doc.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op == nil {
				continue
			}
			for name := range strings.SplitSeq(path, "{") {
				name, _, inPath := strings.Cut(name, "}")
				if inPath && !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == name }) {
					t.Errorf("%s %s: %s is no parameter", op.Method, path, name)
				}
			}
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	if doc := string(bare(t, Options{}).document); strings.Contains(doc, `"array",`) {
		t.Error("the document allows null where a list is meant")
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with go test ./internal/serve/api -update)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got); if that is meant, run go test ./internal/serve/api -update:\n%s", path, d)
	}
}
