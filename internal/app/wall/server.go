package wall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Config is what a Server is given.
type Config struct {
	Site, Version string
	Box           Box
	Dir           string // the folder where it keeps what is in force
	Socket        string
	Group         string // whose members may use the socket, "" for root only
	// Key verifies what the hub has signed.
	Key      note.Verifier
	Canary   Canary
	ReadBack time.Duration // between looks at what the kernel has
	// Restore puts back what the kernel should have when it has something else.
	Restore bool
	Limits  Limits
	Log     *slog.Logger

	// Open reaches the kernel at the start, Attach again later.
	Open, Attach Open
	// Setup makes the box pass packets; it is called once the wall stands.
	Setup func() error
	// Learn learns which host stands on which side until ctx ends; nil where that
	// is no matter.
	Learn func(ctx context.Context) error
	// Guards starts guards.
	Guards Guards
	// Relays makes what reads messages, and is given where it reports; nil for
	// none.
	Relays func(report func(...Report)) Relays
	// Inject sends the canary's packets; nil if it cannot.
	Inject Injector
}

// Limits bound what may be asked. Every one must be set.
type Limits struct {
	Grant, Containment, Trial time.Duration // the longest
	Grants, Containments      int           // at a time
	Reports                   int           // kept
}

// Canary are the addresses of a probe; without them there is none.
type Canary struct {
	From, To netip.Addr
	Port     uint16
	Every    time.Duration
}

// Server is the boundary process: it holds the wall and answers at a socket.
type Server struct {
	c       Config
	dir     folder
	lock    *os.File
	socket  net.Listener
	started time.Time
	reports *reports
	relays  Relays // nil for none
	work    sync.WaitGroup
	done    context.Context // when its goroutines end
	stop    context.CancelFunc

	probing sync.Mutex // one probe at a time

	mu           sync.Mutex
	kernel       Kernel
	confirmed    *record        // nil before the first revision
	inForce      *policy.Policy // what the kernel should have
	trial        *running       // nil where none is on
	opened       *Opened
	last         *Outcome
	grants       map[string]Grant
	containments map[string]Contained
	readBack     *ReadBack
	canary       *ProbeResult
	problems     map[string]string // by what has the problem
}

// running is a trial that is on.
type running struct {
	record   *record
	previous previous
	policy   *policy.Policy
	before   string // hash of previous.Policy
	guard    Guard
	settled  chan struct{} // closed when it has ended
}

// OpenServer brings up the wall as it was confirmed last, and a socket. A trial
// whose guard lives is left to the guard.
func OpenServer(c Config) (_ *Server, err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		c: c, dir: folder(c.Dir), started: time.Now(), reports: newReports(c.Limits.Reports),
		grants: map[string]Grant{}, containments: map[string]Contained{}, problems: map[string]string{},
	}
	s.done, s.stop = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the boundary's folder: %w; name another with boundary: data", err)
	}
	if s.lock, err = lock(s.dir.path(lockFile)); err != nil {
		return nil, fmt.Errorf("use the boundary's folder: %w; stop the other boundary process first", err)
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	if s.kernel, err = c.Open(c.Box); err != nil {
		return nil, fmt.Errorf("reach the wall in the kernel: %w", err)
	}
	if err := s.bringUp(); err != nil {
		return nil, err
	}
	if c.Setup != nil {
		if err = c.Setup(); err != nil {
			return nil, fmt.Errorf("lead packets through the wall: %w", err)
		}
	}
	if c.Relays != nil {
		s.relays = c.Relays(s.reports.add)
		s.setRelays(s.should())
	}
	s.socket, err = listen(c.Socket, c.Group)
	return s, err
}

// Run answers until ctx ends. The wall stays as it is afterwards.
func (s *Server) Run(ctx context.Context) error {
	defer s.Close()
	s.begin()
	return s.serve(ctx)
}

// begin starts what goes on beside requests.
func (s *Server) begin() {
	s.work.Go(s.collect)
	s.work.Go(func() { s.every(s.c.ReadBack, s.checkKernel) })
	if s.c.Canary.From.IsValid() && s.c.Canary.Every > 0 {
		s.work.Go(s.probeNowAndThen)
	}
	if s.relays != nil {
		s.work.Go(s.relay)
	}
	if s.c.Learn != nil {
		s.work.Go(s.learn)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.trial; t != nil {
		s.work.Go(func() { s.follow(t) })
	}
}

// learn learns hosts until the server ends.
func (s *Server) learn() {
	for s.done.Err() == nil {
		err := s.c.Learn(s.done)
		if s.done.Err() != nil {
			return
		}
		s.mu.Lock()
		s.problem("learn", fmt.Sprintf("hosts are not learnt any more: %v; those that are known stay", err))
		s.mu.Unlock()
		select {
		case <-time.After(5 * time.Second): // an interface may have gone down
		case <-s.done.Done():
		}
		s.mu.Lock()
		s.problem("learn", "") // it is said again if it fails again
		s.mu.Unlock()
	}
}

// firstProbe is when the first canary goes out after a start: a box that is
// started anew every day is probed all the same.
const firstProbe = time.Minute

// probeNowAndThen sends canaries until the server ends.
func (s *Server) probeNowAndThen() {
	t := time.NewTimer(min(firstProbe, s.c.Canary.Every))
	defer t.Stop()
	for {
		select {
		case <-s.done.Done():
			return
		case <-t.C:
			_, _ = s.Probe(s.done) // what came of it is in the status
			t.Reset(s.c.Canary.Every)
		}
	}
}

// every does something again and again until the server ends.
func (s *Server) every(d time.Duration, do func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-s.done.Done():
			return
		case <-t.C:
			do()
		}
	}
}

// Close ends the process's part. What is in the kernel stays, and so does a
// guard.
func (s *Server) Close() {
	s.stop()
	s.work.Wait()
	if s.socket != nil {
		s.socket.Close()
		os.Remove(s.c.Socket)
	}
	if s.kernel != nil {
		s.kernel.Close()
	}
	if s.lock != nil {
		s.lock.Close()
	}
}

// problem notes what a person must look at; "" that it is over. s.mu is held.
func (s *Server) problem(what, text string) {
	if text == "" {
		delete(s.problems, what)
		return
	}
	if s.problems[what] != text {
		s.c.Log.Error("boundary", "what", what, "problem", text)
	}
	s.problems[what] = text
}

// Status is what holds now.
func (s *Server) Status() *Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	x := &Status{
		Site: s.c.Site, Version: s.c.Version, Started: s.started, Now: now,
		Mode: string(s.c.Box.Config.Mode), Caps: s.caps(), Interfaces: s.interfaces(),
		Pending: s.pending(), Opened: s.opened, Last: s.last, ReadBack: s.readBack, Canary: s.canary,
		Grants: []Grant{}, Containments: []Contained{}, Conduits: []Counter{}, Problems: []string{},
	}
	if s.confirmed != nil {
		x.Confirmed = &s.confirmed.Revision
	}
	s.prune(now)
	for _, id := range sortedKeys(s.grants) {
		x.Grants = append(x.Grants, s.grants[id])
	}
	for _, id := range sortedKeys(s.containments) {
		x.Containments = append(x.Containments, s.containments[id])
	}
	s.count(x)
	if s.relays != nil {
		s.problem("relays", s.relays.Problem())
	}
	for _, what := range sortedKeys(s.problems) {
		x.Problems = append(x.Problems, s.problems[what])
	}
	return x
}

// count adds what the kernel counted. s.mu is held.
func (s *Server) count(x *Status) {
	counts, err := s.kernel.Counters()
	stats, err2 := s.kernel.Stats()
	if err := errors.Join(err, err2); err != nil {
		s.problem("counters", "the kernel's counters cannot be read: "+err.Error())
		return
	}
	s.problem("counters", "")
	for _, id := range sortedKeys(counts) {
		x.Conduits = append(x.Conduits, Counter{id, counts[id].Packets, counts[id].Bytes})
	}
	x.Denied = stats.Refused.Packets + stats.Silenced.Packets + stats.Stopped.Packets + stats.Frames.Packets
	x.Shadowed = stats.Shadowed.Packets
	if stats.Lost.Packets > 0 {
		s.problem("counters", fmt.Sprintf("%d packets came to no rule of the wall: somebody has changed it", stats.Lost.Packets))
	}
}

// caps are the kernel's in words.
func (s *Server) caps() []string {
	list := []string{}
	for f, has := range s.c.Box.Caps.Has {
		switch {
		case has:
			list = append(list, string(f))
		default:
			list = append(list, "no "+string(f))
		}
	}
	slices.Sort(list)
	return list
}

func (s *Server) interfaces() []Interface {
	list := []Interface{}
	for _, x := range []Interface{{Name: s.c.Box.Config.Office, Side: "office"}, {Name: s.c.Box.Config.Plant, Side: "plant"}} {
		if x.Name == "" {
			continue
		}
		if i, err := net.InterfaceByName(filepath.Base(x.Name)); err == nil {
			x.Up = i.Flags&net.FlagUp != 0 && i.Flags&net.FlagRunning != 0
		}
		list = append(list, x)
	}
	return list
}

// pending is the trial that is on, nil for none. s.mu is held.
func (s *Server) pending() *Pending {
	t := s.trial
	if t == nil {
		return nil
	}
	p := &Pending{Revision: t.record.Revision, ID: t.record.ID, Until: t.record.Until, Seen: []Seen{}, Guarded: t.guard.Alive()}
	if w, ok := s.dir.saying(confirmFile, t.record.ID); ok {
		p.Confirmed, p.ConfirmedBy = w.At, w.By
	}
	var g progress
	if ok, err := s.dir.read(progressFile, &g); ok && err == nil && g.ID == t.record.ID {
		p.Seen = g.Seen
		s.problem("guard", g.Problem)
	}
	return p
}
