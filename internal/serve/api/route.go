package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

const base = "/api/v1"

// register puts every route on the mux and into the document. The list is the
// table of contents: a route that is not here does not exist.
func (s *Server) register() {
	get(s, base+"/overview", about{"overview", "plant", account.Read, "What the plant is made of, in numbers"}, s.overview)
	get(s, base+"/answer", about{"answer", "plant", account.Read, "Are we actually protected?"}, s.protection)
	get(s, base+"/map", about{"map", "plant", account.Read, "The plant as a picture"}, s.plantMap)
	get(s, base+"/map/difference", about{"mapDifference", "plant", account.Read, "What is other in the plant between two days"}, s.mapDifference)
	get(s, base+"/traffic", about{"traffic", "plant", account.Read, "How much was said over time"}, s.traffic)

	get(s, base+"/assets", about{"listAssets", "assets", account.Read, "List assets"}, s.listAssets)
	get(s, base+"/assets/facets", about{"assetFacets", "assets", account.Read, "Count assets by the values of each filter"}, s.assetFacets)
	raw(s, http.MethodGet, base+"/assets/{id}", about{"asset", "assets", account.Read, "Everything that is known of one asset"}, assetShape, s.asset)
	get(s, base+"/assets/{id}/peers", about{"assetPeers", "assets", account.Read, "Who an asset talks to"}, s.assetPeers)
	get(s, base+"/assets/{id}/operations", about{"assetOperations", "assets", account.Read, "What was asked of an asset and what it asked"}, s.assetOperations)

	change(s, http.MethodPost, base+"/assets/merge", http.StatusCreated, about{"mergeAssets", "curation", account.Edit, "Say that assets are one machine"}, s.mergeAssets)
	change(s, http.MethodPost, base+"/assets/split", http.StatusCreated, about{"splitAsset", "curation", account.Edit, "Say that an asset is two machines"}, s.splitAsset)
	get(s, base+"/decisions", about{"listDecisions", "curation", account.Read, "List what was decided about assets"}, s.listDecisions)
	change(s, http.MethodDelete, base+"/decisions/{id}", http.StatusOK, about{"undoDecision", "curation", account.Edit, "Take a decision about assets back"}, s.undoDecision)
	get(s, base+"/views", about{"listViews", "views", account.Read, "List one's own views and those that are shared"}, s.listViews)
	raw(s, http.MethodPost, base+"/views", about{"addView", "views", account.Operate, "Save a view"}, viewShape(http.StatusCreated), s.addView)
	raw(s, http.MethodPut, base+"/views/{id}", about{"changeView", "views", account.Operate, "Change a view"}, viewShape(http.StatusOK), s.changeView)
	raw(s, http.MethodDelete, base+"/views/{id}", about{"removeView", "views", account.Operate, "Remove a view"}, viewShape(http.StatusNoContent), s.removeView)

	raw(s, http.MethodGet, base+"/export/assets", about{"exportAssets", "export", account.Read, "Assets as a table for a spreadsheet"}, sheetShape, s.exportAssets)
	raw(s, http.MethodGet, base+"/export/findings", about{"exportFindings", "export", account.Read, "Findings as a table for a spreadsheet"}, sheetShape, s.exportFindings)
	raw(s, http.MethodGet, base+"/export/conversations", about{"exportConversations", "export", account.Read, "Conversations as a table for a spreadsheet"}, sheetShape, s.exportConversations)
	raw(s, http.MethodGet, base+"/export/operations", about{"exportOperations", "export", account.Read, "Operations as a table for a spreadsheet"}, sheetShape, s.exportOperations)
	raw(s, http.MethodGet, base+"/export/changes", about{"exportChanges", "export", account.Read, "Changes of assets as a table for a spreadsheet"}, sheetShape, s.exportChanges)

	get(s, base+"/conversations", about{"listConversations", "talk", account.Read, "List conversations"}, s.listConversations)
	get(s, base+"/operations", about{"listOperations", "talk", account.Read, "List operations"}, s.listOperations)
	get(s, base+"/findings", about{"listFindings", "findings", account.Read, "List findings"}, s.listFindings)
	get(s, base+"/findings/{id}", about{"finding", "findings", account.Read, "One finding"}, s.finding)

	get(s, base+"/sensors", about{"listSensors", "sensors", account.Read, "List sensors"}, s.listSensors)
	get(s, base+"/sensors/{name}", about{"sensor", "sensors", account.Read, "How one sensor does"}, s.sensor)

	raw(s, http.MethodGet, base+"/packets", about{"packets", "packets", account.Read, "Cut packets out of a sensor's ring"}, pcapng, s.packets)
	change(s, http.MethodPost, base+"/packets/keep", http.StatusCreated, about{"keepPackets", "packets", account.Operate, "Keep a cut of packets as evidence"}, s.keepPackets)
	get(s, base+"/packets/kept", about{"listKeptPackets", "packets", account.Read, "List the cuts that are kept"}, s.listKept)
	raw(s, http.MethodGet, base+"/packets/kept/{id}", about{"keptPackets", "packets", account.Read, "The packets of a cut that is kept"}, pcapng, s.keptPackets)

	raw(s, http.MethodPost, base+"/captures", about{"importCapture", "captures", account.Edit, "Import a capture: the body is the file"}, uploadShape, s.importCapture)
	get(s, base+"/captures", about{"listCaptures", "captures", account.Read, "List imports of captures"}, s.listCaptures)
	get(s, base+"/captures/{id}", about{"capture", "captures", account.Read, "How one import goes"}, s.capture)
	change(s, http.MethodDelete, base+"/captures/{id}", http.StatusOK, about{"cancelCapture", "captures", account.Edit, "Cancel an import"}, s.cancelCapture)

	get(s, base+"/history", about{"history", "history", account.Read, "What is kept of the past"}, s.history)
	change(s, http.MethodPut, base+"/history/retention", http.StatusOK, about{"setRetention", "history", account.Administer, "Set for how long history is kept"}, s.setRetention)
	get(s, base+"/settings", about{"settings", "settings", account.Read, "What people can set"}, s.settings)

	get(s, base+"/ledger", about{"ledger", "ledger", account.Audit, "List what was done, the newest first"}, s.listLedger)
	get(s, base+"/ledger/checkpoint", about{"ledgerCheckpoint", "ledger", account.Audit, "A signed statement of what the ledger is now"}, s.ledgerCheckpoint)

	raw(s, http.MethodGet, base+"/events", about{"events", "events", account.Read, "What changes, as it changes"}, eventsShape, s.events)

	s.registerIdentity()
	s.registerModel()
	s.registerPolicy()

	get(s, base+"/certificate", about{"certificate", "settings", account.Audit, "The certificate of this console and where it comes from"}, s.certificate)
	raw(s, http.MethodGet, "/ca.pem", about{"authority", "operation", account.Open, "The certificate of this installation's own authority, for those who are to trust it"}, answers(http.StatusOK, "application/x-pem-file", nil), s.authority)
	raw(s, http.MethodGet, "/healthz", about{"healthz", "operation", account.Open, "The process lives"}, answers(http.StatusOK, "application/json", reflect.TypeFor[Health]()), s.healthz)
	raw(s, http.MethodGet, "/readyz", about{"readyz", "operation", account.Open, "The program can do its work; 503 if it can not"}, readyShape, s.readyz)
	raw(s, http.MethodGet, "/metrics", about{"metrics", "operation", account.Read, "Numbers for Prometheus"}, answers(http.StatusOK, "text/plain", nil), s.metricsPage)
	raw(s, http.MethodGet, "/api/openapi.json", about{"openapi", "operation", account.Self, "This document"}, answers(http.StatusOK, "application/openapi+json", nil), s.openAPI)
}

// about is what the document says of a route, and what whoever asks must be
// allowed to do.
type about struct {
	id, tag string
	needs   account.Permission
	summary string
}

// operation is the document's entry for a route. Problems are documented once
// for all statuses that are no success.
func (s *Server) operation(method, path string, a about) huma.Operation {
	schema := s.schema(reflect.TypeFor[huma.ErrorModel]())
	return huma.Operation{
		OperationID: a.id, Method: method, Path: path, Summary: a.summary, Tags: []string{a.tag}, MaxBodyBytes: maxJSONBody,
		Responses: map[string]*huma.Response{"default": {
			Description: "A problem document (RFC 9457)",
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}},
	}
}

func (s *Server) schema(t reflect.Type) *huma.Schema {
	return s.doc.OpenAPI().Components.Schemas.Schema(t, true, "")
}

// get registers a route that answers with JSON and changes nothing.
func get[I, T any](s *Server, path string, a about, h func(context.Context, *I) (*T, error)) {
	change(s, http.MethodGet, path, http.StatusOK, a, h)
}

// change registers a route that answers with JSON.
func change[I, T any](s *Server, method, path string, status int, a about, h func(context.Context, *I) (*T, error)) {
	shape := answers(status, "application/json", reflect.TypeFor[T]())
	raw(s, method, path, a, shape, func(w http.ResponseWriter, r *http.Request, in *I) error {
		v, err := h(r.Context(), in)
		if err != nil {
			return err
		}
		return writeJSON(w, r, status, v)
	})
}

// raw registers a route that reads its body or writes its answer itself. The
// error it returns becomes a problem document, as long as it has not written.
func raw[I any](s *Server, method, path string, a about, shape func(*Server, *huma.Operation), h func(http.ResponseWriter, *http.Request, *I) error) {
	op := s.operation(method, path, a)
	shape(s, &op)
	s.record(&op, a)
	huma.Register(s.doc, op, func(_ context.Context, in *I) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			if err := h(w, r, in); err != nil {
				s.fail(w, r, err)
			}
		}}, nil
	})
	item := s.doc.OpenAPI().Paths[path]
	s.rules[method+" "+path] = newRule(a, map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete}[method])
}

// answers documents one kind of success. Type nil is for what is no JSON.
func answers(status int, media string, t reflect.Type) func(*Server, *huma.Operation) {
	return func(s *Server, op *huma.Operation) {
		schema := &huma.Schema{Type: huma.TypeString}
		if t != nil {
			schema = s.schema(t)
		}
		op.DefaultStatus = status
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{media: {Schema: schema}}}
	}
}

const mediaPcap = "application/vnd.tcpdump.pcap"

func pcapng(_ *Server, op *huma.Operation) {
	op.DefaultStatus = http.StatusOK
	op.Responses["200"] = &huma.Response{Description: "A pcapng file", Content: map[string]*huma.MediaType{mediaPcap: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
}

// viewShape documents that a view that is not as it was seen is answered as it
// is now.
func viewShape(status int) func(*Server, *huma.Operation) {
	return func(s *Server, op *huma.Operation) {
		answers(status, "application/json", reflect.TypeFor[View]())(s, op)
		if status == http.StatusNoContent {
			op.Responses["204"] = &huma.Response{Description: "It is removed."}
		}
		if op.Method != http.MethodPost {
			op.Responses["412"] = &huma.Response{
				Description: "Someone else changed it: this is how it is now.",
				Content:     map[string]*huma.MediaType{"application/json": {Schema: s.schema(reflect.TypeFor[View]())}},
			}
		}
	}
}

func sheetShape(_ *Server, op *huma.Operation) {
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	op.DefaultStatus = http.StatusOK
	op.Responses["200"] = &huma.Response{Description: "A file, sent as it is made", Content: map[string]*huma.MediaType{mediaCSV: file, mediaXLSX: file}}
}

func assetShape(s *Server, op *huma.Operation) {
	answers(http.StatusOK, "application/json", reflect.TypeFor[Asset]())(s, op)
	op.Responses["307"] = &huma.Response{
		Description: "The identifier is a former one; Location has the asset it leads to.",
		Headers:     map[string]*huma.Param{"Location": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}

func uploadShape(s *Server, op *huma.Operation) {
	answers(http.StatusAccepted, "application/json", reflect.TypeFor[Job]())(s, op)
	op.RequestBody = &huma.RequestBody{
		Description: "The capture: pcap or pcapng, plain or compressed with gzip or zstd. It goes to disk as it comes.",
		Required:    true,
		Content:     map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}
}

func eventsShape(s *Server, op *huma.Operation) {
	s.schema(reflect.TypeFor[Change]())
	s.schema(reflect.TypeFor[State]())
	op.Description = "Server-sent events. Events named state have a State as data and come first, unless Last-Event-ID was given and nothing was missed: then there is one event named resume. " +
		"An event named reset says that something was missed: ask again for what is shown; states follow it. Events named change have a Change as data. An event named heartbeat comes every 15 seconds: without one for longer than that the connection is dead."
	answers(http.StatusOK, "text/event-stream", nil)(s, op)
}

func readyShape(s *Server, op *huma.Operation) {
	answers(http.StatusOK, "application/json", reflect.TypeFor[Health]())(s, op)
	op.Responses["503"] = &huma.Response{Description: "Not ready", Content: map[string]*huma.MediaType{"application/json": {Schema: s.schema(reflect.TypeFor[Health]())}}}
}
