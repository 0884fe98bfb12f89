package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// routes is a mux that remembers its patterns, so that a test can hold them
// against the document.
type routes struct {
	*http.ServeMux
	patterns []string
	guard    func(pattern string, next http.HandlerFunc) http.HandlerFunc
}

// HandleFunc registers a handler behind the guard.
func (m *routes) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.HandleFunc(pattern, m.guard(pattern, h))
}

// newDocument makes the registry of routes. Huma's own pages are off: the
// document is served by a route of ours, and its page for people loads scripts
// from the internet, which no request of this program ever does.
func newDocument(mux humago.Mux, version string) huma.API {
	json := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	return humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Bulkhead", Version: version,
				Description: "What Bulkhead knows of a plant. Lists are paged by cursor; problems are RFC 9457 documents; times are UTC.",
			},
			Servers:    []*huma.Server{{URL: "/"}},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName)},
		},
		Formats:       map[string]huma.Format{"application/json": json, "json": json},
		DefaultFormat: "application/json",
		// A filter with a slip of the pen must not silently select everything.
		RejectUnknownQueryParameters: true,
	})
}

// schemaName calls huma's error model what RFC 9457 calls it.
func schemaName(t reflect.Type, hint string) string {
	switch t {
	case reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[*huma.ErrorModel]():
		return "Problem"
	case reflect.TypeFor[huma.ErrorDetail](), reflect.TypeFor[*huma.ErrorDetail]():
		return "ProblemDetail"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// finish writes the document once all routes are known. Lists are never null
// in our answers, whatever the generator assumes of Go slices.
func finish(doc *huma.OpenAPI) ([]byte, error) {
	for name, schema := range doc.Components.Schemas.Map() {
		if name == "Problem" || name == "ProblemDetail" {
			schema.AdditionalProperties = true // RFC 9457 section 3.2
		}
		neverNull(schema)
		sometimesNull(schema, doc.Components.Schemas.TypeFromRef("#/components/schemas/"+name))
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				neverNull(p.Schema)
			}
		}
	}
	b, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return append(b, '\n'), nil
}

func neverNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
		neverNull(s.Items)
	}
	for _, p := range s.Properties {
		neverNull(p)
	}
}

// sometimesNull documents that a group of fields is null where there is none,
// of those whose description says so.
func sometimesNull(s *huma.Schema, t reflect.Type) {
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		p := s.Properties[name]
		if p == nil || p.Ref == "" || strings.Contains(options, "omitempty") || !strings.Contains(strings.ToLower(p.Description), "null") {
			continue
		}
		s.Properties[name] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
	}
}

func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request, _ *noInput) error {
	w.Header().Set("Content-Type", "application/openapi+json")
	_, err := w.Write(s.document)
	return err
}
