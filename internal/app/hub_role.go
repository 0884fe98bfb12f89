package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/hub"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/bus"
	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// hubRole is the hub with what it serves.
type hubRole struct {
	process  *Process
	store    *store.DB
	archive  *history.Archive
	ledger   *ledger.Ledger
	live     *api.Live
	hub      *hub.Hub
	desk     *revision.Desk
	importer *Importer
	accounts *account.Accounts
	server   *api.Server
	listener net.Listener

	certificates *cert.Certificates // nil without TLS
}

func openHub(ctx context.Context, p *Process) (*hubRole, error) {
	h := &hubRole{process: p, live: api.NewLive(api.LiveOptions{})}
	if err := h.openKeep(ctx); err != nil {
		return nil, err
	}
	if err := h.applyPlant(ctx); err != nil {
		return nil, err
	}
	var err error
	h.hub, err = hub.New(ctx, hub.Options{
		Store: h.store, Archive: h.archive, Streams: h.streams(), Publish: h.publish, SealEvery: p.o.SealEvery, Now: p.o.Now, Log: p.o.Log,
		Retention: func(ctx context.Context) (history.Retention, error) {
			r, _, err := api.ReadRetention(ctx, h.store)
			return r.History(), err
		},
	})
	if err != nil {
		return nil, err
	}
	if h.importer, err = NewImporter(ImporterOptions{
		Site: p.c.Site, Version: p.o.Version, Dir: filepath.Join(p.c.Data, "imports"), Store: h.store, Bus: p.bus,
		Publish: func(id string) { h.live.Publish(api.TopicCaptures, api.OpPut, id, nil) }, Log: p.o.Log, Now: p.o.Now,
	}); err != nil {
		return nil, err
	}
	if err := h.openDesk(); err != nil {
		return nil, err
	}
	if err := h.openServer(p.o.Console, p.o.Log); err != nil {
		return nil, err
	}
	return h, nil
}

// openKeep opens the state, the ledger and the history.
func (h *hubRole) openKeep(ctx context.Context) (err error) {
	p := h.process
	url, err := storeURL(p.c)
	if err != nil {
		return err
	}
	if h.store, err = openStore(ctx, url, store.Options{Now: p.o.Now, Log: p.o.Log, Crosses: hub.Crosses, Words: hub.Words}, p.o.Log); err != nil {
		return err
	}
	p.later(h.store.Close)
	if h.ledger, err = ledger.Open(ctx, ledger.Options{Dir: filepath.Join(p.c.Data, state.Ledger), Anchor: h.store, Now: p.o.Now, Log: p.o.Log}); err != nil {
		return err
	}
	p.later(h.ledger.Close)
	if h.accounts, err = newAccounts(p.c, h.store, p.o.Now); err != nil {
		return err
	}
	if err := h.writeHostToken(); err != nil {
		return err
	}
	o := history.Options{Dir: filepath.Join(p.c.Data, state.History)}
	if s := p.c.Hub.History; s.Endpoint != "" {
		o.S3 = &history.S3{Endpoint: s.Endpoint, Region: s.Region, Bucket: s.Bucket, Prefix: s.Prefix, AccessKeyFile: s.AccessKeyFile, SecretKeyFile: s.SecretKeyFile}
	}
	if h.archive, err = history.Open(ctx, o); err != nil {
		return err
	}
	p.later(h.archive.Close)
	return nil
}

// A database server that starts together with this machine may come up after
// the hub: it is waited for so long, and asked so often.
const (
	storeWait  = 2 * time.Minute
	storeEvery = time.Second
)

// openStore opens the state, and waits for a server that cannot be reached yet.
// What is wrong with a file does not go away by waiting.
func openStore(ctx context.Context, url string, o store.Options, log *slog.Logger) (*store.DB, error) {
	open := func() (*store.DB, error) { return store.Open(ctx, url, o) }
	if !strings.Contains(url, "://") {
		return open()
	}
	return awaitStore(ctx, open, log)
}

// awaitStore opens a store again and again while it is unavailable.
func awaitStore(ctx context.Context, open func() (*store.DB, error), log *slog.Logger) (*store.DB, error) {
	end := time.NewTimer(storeWait)
	defer end.Stop()
	for first := true; ; first = false {
		db, err := open()
		if err == nil || !errors.Is(err, store.ErrUnavailable) {
			return db, err
		}
		if first {
			log.Warn("the database cannot be reached yet; waiting for it", "for", storeWait, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-end.C:
			return nil, err
		case <-time.After(storeEvery):
		}
	}
}

// hubReader is the name under which a hub reads.
const hubReader = "hub"

// streams are this process's own and those of the sensors elsewhere.
func (h *hubRole) streams() []hub.Stream {
	b := h.process.bus
	stream := func(name, domain string) hub.Stream {
		return hub.Stream{Name: name, Open: func(ctx context.Context) (hub.Reader, error) { return openReader(ctx, b, domain) }}
	}
	list := []hub.Stream{stream("here", "")}
	for _, r := range h.process.c.Hub.Sensors {
		list = append(list, stream(r.Site+"/"+r.Name, bus.DomainOf(r.Site, r.Name)))
	}
	return list
}

// reachWait is how long a sensor elsewhere may take to answer.
const reachWait = 5 * time.Second

func openReader(ctx context.Context, b *bus.Bus, domain string) (hub.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	return b.Consume(ctx, hubReader, domain)
}

// publish tells the console what changed. It asks for what it shows.
func (h *hubRole) publish(topic string, removed bool, id string) {
	op := api.OpPut
	if removed {
		op = api.OpRemove
	}
	h.live.Publish(api.Topic(topic), op, id, nil)
}

func (h *hubRole) openServer(console fs.FS, log *slog.Logger) (err error) {
	p := h.process
	uploads := filepath.Join(p.c.Data, "imports", "incoming")
	if err := os.MkdirAll(uploads, 0o700); err != nil {
		return fmt.Errorf("make the folder of uploads: %w", err)
	}
	if h.certificates, err = p.certificates(); err != nil {
		return err
	}
	h.server, err = api.New(api.Options{
		Store: h.store, Accounts: h.accounts, Names: p.c.Names, History: h.archive, Ledger: h.ledger, TLS: h.certificates, Importer: h.importer, Packets: &cutter{process: p, store: h.store}, Curator: h.hub.Curator(), Policy: h.desk, Live: h.live, Console: console, Crosses: hub.Crosses, Words: hub.Words,
		Ready: h.probes(), Numbers: h.numbers, Version: p.o.Version, Now: p.o.Now, Log: log, Uploads: uploads,
		Scratch: filepath.Join(p.c.Data, "scratch"),
	})
	if err != nil {
		return err
	}
	if h.listener, err = net.Listen("tcp", p.c.Listen); err != nil {
		return fmt.Errorf("serve the console: %w; name another address with --listen", err)
	}
	p.later(func() error {
		if err := h.listener.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	if h.certificates == nil {
		return api.CheckLoopback(h.listener.Addr())
	}
	return nil
}

// run works until ctx is done, or until the server fails.
func (h *hubRole) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { h.hub.Run(ctx) })
	all.Go(func() { h.importer.Run(ctx) })
	all.Go(func() { h.ledger.Run(ctx) })
	all.Go(func() { h.forget(ctx) })
	all.Go(func() { h.draw(ctx) })
	all.Go(func() { h.desk.Run(ctx) })
	if h.certificates != nil {
		all.Go(func() { h.certificates.Run(ctx) })
	}
	err := h.server.Serve(ctx, h.listener)
	stop()
	all.Wait()
	return err
}

// draw makes the picture of the plant, which takes seconds where it is large, so
// that the first one who asks for it does not wait.
func (h *hubRole) draw(ctx context.Context) {
	if _, err := h.store.Map(ctx, ""); err != nil && ctx.Err() == nil {
		h.process.o.Log.Warn("the map was not drawn ahead", "error", err)
	}
}

// probes are what has to work besides the store.
func (h *hubRole) probes() []api.Probe {
	return []api.Probe{
		{Name: "bus", Problem: "Reports of sensors do not come in. Is the disk full? The log says more.", Check: func(ctx context.Context) error {
			_, err := h.process.bus.Status(ctx)
			return err
		}},
		{Name: "ledger", Problem: "Nothing can be recorded, and so nothing be changed. Look with bulkhead ledger verify.", Check: func(context.Context) error {
			return h.ledger.Able()
		}},
		{Name: "hub", Problem: "Something that the hub does fails and is tried again. The log says what.", Check: func(context.Context) error {
			for part, problem := range h.hub.Problems() {
				return fmt.Errorf("%s: %s", part, problem)
			}
			return nil
		}},
	}
}

// numbers are the hub's, for /metrics.
func (h *hubRole) numbers() api.Numbers {
	c := h.hub.Counters()
	n := api.Numbers{
		Batches: c.Batches.Load(), Observations: c.Observations.Load(), Duplicates: c.Duplicates.Load(), Missing: c.Missing.Load(),
		LeftOut: c.LeftOut.Load(), Failures: c.Failures.Load(), Lag: time.Duration(c.Lag.Load()), Apply: time.Duration(c.ApplyNanos.Load()),
		Disk: map[string]uint64{},
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if size, err := h.store.Size(ctx); err == nil {
		n.Disk["store"] = uint64(size)
	}
	if s, err := h.process.bus.Status(ctx); err == nil {
		n.Disk["bus"] = s.Bytes
	}
	if list, err := h.store.Segments(ctx, store.SegmentFilter{}); err == nil {
		for i := range list {
			n.Disk["history"] += list[i].Bytes
		}
	}
	for _, s := range h.process.sensors {
		if s.ring != nil {
			n.Disk["ring"] += s.ring.Status().Bytes
		}
	}
	return n
}
