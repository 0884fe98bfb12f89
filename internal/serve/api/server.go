// Package api serves what Bulkhead knows: a REST API with an OpenAPI 3.1
// document, a stream of events, numbers for Prometheus and the files of the
// console.
//
// It asks the store and the history and decides nothing: no SQL, no packet and
// no rule stands here. It bounds what a request can cost (sizes, times, how
// many at once), asks who sends it and whether they may before its route is
// reached, and records what was done. Without TLS it serves on loopback only.
//
// References: OpenAPI 3.1.0; RFC 9110 and 9111 (HTTP, caching); RFC 9457
// (problem documents); WHATWG HTML, server-sent events; W3C Fetch Metadata.
package api

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/net/netutil"

	"github.com/bulkhead-ot/bulkhead/internal/judge/assure"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// maxJSONBody bounds the bodies that are read into memory. The largest that
// makes sense is a request to keep packets with its note.
const maxJSONBody = 16 << 10

// Options is what a Server is made of. Store and Accounts are needed, all else
// is not: what is absent answers with 501 and says so.
type Options struct {
	Store    Store
	Accounts *account.Accounts
	// Who tells who asks, in place of Accounts: for tests.
	Who Authenticator
	// Names are what the console is called in addresses, beside the names of
	// loopback.
	Names    []string
	History  Archive
	Importer Importer
	Packets  Cutter
	Curator  Curator
	Ledger   Ledger // records what is done
	// Policy is where revisions of boundaries' policies are made.
	Policy *revision.Desk
	// TLS has the certificates of the listener; nil serves without TLS, and then
	// on loopback only.
	TLS     *cert.Certificates
	Live    *Live     // events; one of its own if nil, which nobody publishes to
	Console fs.FS     // the console's files with index.html at the root
	Ready   []Probe   // what /readyz asks besides the store
	Numbers NumbersOf // of the hub, for /metrics
	// Crosses is what the store was given as Options.Crosses: whether a
	// conversation goes over a boundary. Nil means that nothing does.
	Crosses func(client, server store.Stand, protocol string, answered bool) bool
	// Words is what the store was given as Options.Words: it reads a site's plant
	// model. Nil means that there is none.
	Words   func(site, text string, now time.Time) (store.Words, error)
	Version string
	Now     func() time.Time // time.Now if nil
	Log     *slog.Logger     // slog.Default if nil

	// Uploads is the folder where captures are put as they come; made if it is
	// missing. It must hold nothing else. Without it nothing can be imported.
	Uploads string
	// Scratch is a folder for what is too large for memory while it is made;
	// os.TempDir if empty. Files in it are removed when the server is made.
	Scratch string
	Limits  Limits
	// Free is the room on the disk that holds a folder, in bytes; asked of the
	// system if nil.
	Free func(dir string) (uint64, error)
}

// Probe is one thing that has to work for the program to be ready. The text of
// its error goes to the log; people see Problem.
type Probe struct {
	Name    string // "bus"
	Problem string // what it means if it fails and what to do
	Check   func(context.Context) error
}

// Limits bound what requests can cost. A zero field is its default.
type Limits struct {
	Connections int           // open at once; 256
	Requests    int           // answered at once, streams and uploads not counted; 64
	Heavy       int           // of them those that read history or cut packets; 2
	Wait        time.Duration // that a request waits for its turn; 2 s
	Timeout     time.Duration // of a request's work; 30 s
	Streams     int           // of events at once; 64
	Uploads     int           // at once; 2
	Exports     int           // of tables at once; 4
	UploadBytes int64         // of one capture; 64 GiB
	FreeBytes   uint64        // of disk that an upload leaves free; 1 GiB
	Assets      int           // drawn on the map; 5,000
	PerSecond   float64       // requests of one session or token, with a burst of four seconds; 100
}

func (l Limits) withDefaults() Limits {
	orDefault(&l.Connections, 256)
	orDefault(&l.Requests, 64)
	orDefault(&l.Heavy, 2)
	orDefault(&l.Wait, 2*time.Second)
	orDefault(&l.Timeout, 30*time.Second)
	orDefault(&l.Streams, 64)
	orDefault(&l.Uploads, 2)
	orDefault(&l.Exports, 4)
	orDefault(&l.UploadBytes, 64<<30)
	orDefault(&l.FreeBytes, 1<<30)
	orDefault(&l.Assets, 5000)
	orDefault(&l.PerSecond, 100)
	return l
}

func orDefault[T int | int64 | uint64 | float64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

// Server answers over HTTP. Make it with New. Its methods can be called by
// several goroutines.
type Server struct {
	opt      Options
	log      *slog.Logger
	store    Store
	mux      *routes
	acts     map[string]act // what is recorded of each route, by its pattern
	folds    folds
	doc      huma.API
	document []byte
	handler  http.Handler
	files    *site
	metrics  *metrics
	index    assetIndex
	models   modelCache
	parsed   parsed
	drawn    drawn
	seed     maphash.Seed // of hashes in cursors
	checks   []assure.Check
	all      turns // requests
	heavy    turns
	streams  turns
	uploads  turns
	exports  turns
	rules    map[string]*rule // by pattern
	paces    paces
	closing  chan struct{} // closed when streams must end
}

// New makes a server; it serves nothing yet. What an upload left behind when
// the program was last stopped is removed.
func New(o Options) (*Server, error) {
	if o.Store == nil {
		return nil, errors.New("make the API: it needs a store")
	}
	if o.Who == nil {
		if o.Accounts == nil {
			return nil, errors.New("make the API: it needs accounts")
		}
		o.Who = credentials{o.Accounts}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Live == nil {
		o.Live = NewLive(LiveOptions{})
	}
	if o.Free == nil {
		o.Free = freeBytes
	}
	o.Limits = o.Limits.withDefaults()
	s := &Server{
		opt: o, log: o.Log, store: o.Store, mux: &routes{ServeMux: http.NewServeMux()}, metrics: newMetrics(), acts: map[string]act{},
		all: newTurns(o.Limits.Requests), heavy: newTurns(o.Limits.Heavy), streams: newTurns(o.Limits.Streams), uploads: newTurns(o.Limits.Uploads), exports: newTurns(o.Limits.Exports),
		closing: make(chan struct{}), seed: maphash.MakeSeed(), rules: map[string]*rule{}, paces: newPaces(o.Limits),
	}
	s.mux.guard = s.guard
	var err error
	if s.files, err = newSite(o.Console); err != nil {
		return nil, fmt.Errorf("read the console's files: %w", err)
	}
	if s.checks, err = assure.Checks(); err != nil {
		return nil, err
	}
	if err := removeLeftovers(o.Uploads, "*"+partSuffix); err != nil {
		return nil, fmt.Errorf("clean the folder of uploads: %w", err)
	}
	if err := removeLeftovers(o.Scratch, "excelize-*"); err != nil {
		return nil, fmt.Errorf("clean the folder for tables in the making: %w", err)
	}
	s.doc = newDocument(s.mux, o.Version)
	s.register()
	s.mux.HandleFunc("/", s.otherwise)
	if s.document, err = finish(s.doc.OpenAPI()); err != nil {
		return nil, err
	}
	s.metrics.watch(s)
	s.handler = s.wrap(s.mux)
	return s, nil
}

// Handler answers requests with all guards but the check of the listener.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve answers on a listener until the context ends, then lets requests in
// progress finish for at most ten seconds. Without TLS it refuses a listener that
// is not on loopback. Serve can be called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.opt.TLS == nil {
		if err := CheckLoopback(l.Addr()); err != nil {
			l.Close()
			return err
		}
	}
	l = netutil.LimitListener(l, s.opt.Limits.Connections)
	if s.opt.TLS != nil {
		l = s.opt.TLS.Listen(l, cert.Limits{})
	}
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      s.opt.Limits.Timeout + 30*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if s.opt.Ledger != nil {
		var folding sync.WaitGroup
		stop, cancel := context.WithCancel(context.WithoutCancel(ctx))
		folding.Go(func() { s.foldLoop(stop) })
		defer folding.Wait()
		defer cancel()
	}
	srv.RegisterOnShutdown(func() { close(s.closing) })
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve the API on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := srv.Shutdown(last)
	if err != nil {
		srv.Close()
		err = fmt.Errorf("end the API: requests did not finish: %w", err)
	}
	<-done
	return err
}

// CheckLoopback refuses what others than this machine can reach, for a server
// without TLS.
func CheckLoopback(a net.Addr) error {
	if _, local := a.(*net.UnixAddr); local {
		return nil
	}
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsLoopback() {
		return nil
	}
	return fmt.Errorf("refusing to serve on %s without TLS: whoever is on the way could read passwords and sessions; "+
		"serve with TLS, or listen on 127.0.0.1 or [::1], and reach it from elsewhere through SSH (ssh -L 8080:127.0.0.1:8080 this-machine)", a)
}
