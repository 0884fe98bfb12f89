// Package api serves what Bulkhead knows: a REST API with an OpenAPI 3.1
// document, a stream of events, numbers for Prometheus and the files of the
// console.
//
// It asks the store and the history and decides nothing: no SQL, no packet and
// no rule stands here. It bounds what a request can cost (sizes, times, how
// many at once), and until there are accounts it serves on loopback only, to
// pages of its own origin (see Server.Serve).
//
// References: OpenAPI 3.1.0; RFC 9110 and 9111 (HTTP, caching); RFC 9457
// (problem documents); WHATWG HTML, server-sent events; Fetch Metadata.
package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// maxJSONBody bounds the bodies that are read into memory. The largest that
// makes sense is a request to keep packets with its note.
const maxJSONBody = 16 << 10

// Options is what a Server is made of.
type Options struct {
	Version string
	Now     func() time.Time
	Log     *slog.Logger
}

// Server answers over HTTP. Make it with New.
type Server struct {
	opt      Options
	log      *slog.Logger
	mux      *http.ServeMux
	doc      huma.API
	document []byte
}

// New makes a server; it serves nothing yet.
func New(o Options) (*Server, error) {
	s := &Server{opt: o, log: o.Log, mux: http.NewServeMux()}
	s.doc = newDocument(s.mux, o.Version)
	s.register()
	var err error
	s.document, err = finish(s.doc.OpenAPI())
	return s, err
}
