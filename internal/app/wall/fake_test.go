package wall

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// machine is a box whose kernel holds a policy, and a plant that polls through
// it. Several kernels may be open on it, as several processes would.
type machine struct {
	mu           sync.Mutex
	policy       *policy.Policy
	applied      string // hash of what was applied last
	grants       map[string]policy.Grant
	containments map[string]policy.Containment
	watched      []policy.Critical
	counts       map[netip.AddrPort]uint64 // of replies, by server
	base         map[netip.AddrPort]uint64
	refuse       error // of the next Apply
	blind        error // of Seen
	gone         bool
	denials      chan []policy.Denial
	applies      int
}

func newMachine() *machine {
	m := &machine{denials: make(chan []policy.Denial)}
	m.boot()
	return m
}

// boot is what a loss of power leaves of a kernel.
func (m *machine) boot() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.policy, m.applied, m.gone = openPolicy(""), "", false
	m.grants, m.containments = map[string]policy.Grant{}, map[string]policy.Containment{}
	m.watched, m.counts, m.base = nil, map[netip.AddrPort]uint64{}, map[netip.AddrPort]uint64{}
}

// poll asks a server once; the answer counts if the policy lets it through.
func (m *machine) poll(client netip.Addr, server netip.AddrPort) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.policy.Judge(&policy.Packet{Src: client, Dst: server.Addr(), Proto: policy.TCP, SrcPort: 40000, DstPort: server.Port()}, time.Now())
	if v.Action.Passes() {
		m.counts[server]++
	}
}

// polling polls until ctx ends.
func (m *machine) polling(ctx context.Context, client netip.Addr, server netip.AddrPort, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			m.poll(client, server)
		}
	}
}

func (m *machine) now() *policy.Policy {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.policy
}

func (m *machine) set(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
}

func (m *machine) open(Box) (Kernel, error) {
	m.set(func() {
		if m.gone {
			m.policy, m.applied, m.gone = openPolicy(""), "", false
		}
	})
	return &fakeKernel{m}, nil
}

type fakeKernel struct{ m *machine }

func (k *fakeKernel) Apply(p *policy.Policy) (enforce.Applied, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	if err := k.m.refuse; err != nil {
		k.m.refuse = nil
		return enforce.Applied{}, err
	}
	k.m.policy, k.m.applied = p, p.Hash()
	k.m.applies++
	return enforce.Applied{Hash: p.Hash()}, nil
}

func (k *fakeKernel) Read() (*enforce.ReadBack, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	if k.m.gone {
		return nil, enforce.ErrGone
	}
	b := &enforce.ReadBack{Policy: k.m.policy, Hash: k.m.policy.Hash(), Applied: k.m.applied}
	if b.Applied != "" && b.Hash != b.Applied {
		b.Drift = []enforce.Drift{{Where: "set conduits", What: "an element"}}
	}
	return b, nil
}

func (k *fakeKernel) Grant(g policy.Grant) error {
	k.m.set(func() { k.m.grants[g.ID] = g })
	return nil
}

func (k *fakeKernel) Revoke(id string) error {
	k.m.set(func() { delete(k.m.grants, id) })
	return nil
}

func (k *fakeKernel) Grants() ([]policy.Grant, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	return slices.Collect(maps.Values(k.m.grants)), nil
}

func (k *fakeKernel) Contain(c policy.Containment) error {
	k.m.set(func() { k.m.containments[c.ID] = c })
	return nil
}

func (k *fakeKernel) Release(id string) error {
	k.m.set(func() { delete(k.m.containments, id) })
	return nil
}

func (k *fakeKernel) Containments() ([]policy.Containment, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	return slices.Collect(maps.Values(k.m.containments)), nil
}

func (k *fakeKernel) Watch(list []policy.Critical) error {
	k.m.set(func() { k.m.watched, k.m.base = list, maps.Clone(k.m.counts) })
	return nil
}

func (k *fakeKernel) Seen() ([]enforce.Seen, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	var list []enforce.Seen
	for _, c := range k.m.watched {
		server := netip.AddrPortFrom(c.Server, c.Port)
		list = append(list, enforce.Seen{Critical: c, Packets: k.m.counts[server] - k.m.base[server]})
	}
	return list, k.m.blind
}

func (k *fakeKernel) Counters() (map[string]enforce.Count, error) {
	return map[string]enforce.Count{"poll": {Packets: 1, Bytes: 60}}, nil
}

func (k *fakeKernel) Stats() (enforce.Stats, error) { return enforce.Stats{}, nil }

func (k *fakeKernel) Denials(ctx context.Context, f func([]policy.Denial, uint64)) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case list := <-k.m.denials:
			f(list, 0)
		}
	}
}

func (k *fakeKernel) Mend() (enforce.Found, error) {
	_, err := k.m.open(Box{})
	return enforce.Found{}, err
}

func (k *fakeKernel) Close() error { return nil }

// fakeGuards run a guard beside the test; a killed one never does anything.
type fakeGuards struct {
	open    Open
	refuse  error
	stillit bool // the next guards only hold the lock until they are killed
	last    *fakeGuard
	work    sync.WaitGroup
}

type fakeGuard struct {
	changed *io.PipeWriter
	end     context.CancelFunc
	done    chan struct{}
	ran     error
}

func (g *fakeGuards) Start(dir string) (Guard, error) {
	if g.refuse != nil {
		return nil, g.refuse
	}
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	x := &fakeGuard{changed: w, end: cancel, done: make(chan struct{})}
	g.last = x
	ready := make(chan string, 1)
	g.work.Go(func() {
		defer close(x.done)
		defer w.Close()
		if g.stillit {
			f, err := lock(folder(dir).path(guardLockFile))
			if err != nil {
				ready <- err.Error()
				return
			}
			ready <- guardReady + "\n"
			<-ctx.Done()
			f.Close()
			return
		}
		x.ran = RunGuard(ctx, GuardOptions{Dir: dir, Open: g.open, Ready: lineWriter(ready), Changed: r, Log: slog.New(slog.DiscardHandler)})
	})
	if line := <-ready; line != guardReady+"\n" {
		<-x.done
		return nil, errors.New(line)
	}
	return x, nil
}

type lineWriter chan string

func (w lineWriter) Write(b []byte) (int, error) { w <- string(b); return len(b), nil }

func (g *fakeGuard) Changed() { g.changed.Close() }
func (g *fakeGuard) End()     { g.end() }

func (g *fakeGuard) Alive() bool {
	select {
	case <-g.done:
		return false
	default:
		return true
	}
}

func (g *fakeGuard) Wait(ctx context.Context) error {
	select {
	case <-g.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// bench is a server on a machine, with its hub's key and a plant.
type bench struct {
	*testing.T
	machine *machine
	guards  *fakeGuards
	server  *Server
	config  Config
	signer  note.Signer
}

var (
	scada  = netip.MustParseAddr("10.1.0.10")
	filler = netip.MustParseAddrPort("10.2.0.20:502")
	office = netip.MustParseAddr("10.9.0.5")
)

// critical is the polling that the plant lives on.
func critical(period time.Duration) []policy.Critical {
	return []policy.Critical{{Client: scada, Server: filler.Addr(), Proto: policy.TCP, Port: filler.Port(), Period: period, Line: "bottling", Says: "SCADA polls the filler"}}
}

// plantPolicy lets SCADA poll the filler if polls is true, and stops the rest.
func plantPolicy(polls bool) *policy.Policy {
	p := &policy.Policy{
		Site: "north", Rest: model.StageEnforce,
		Zones: []policy.Zone{
			{},
			{ID: "cell", Kind: model.ZoneCell, Ranges: []netip.Prefix{netip.MustParsePrefix("10.2.0.0/24")}},
			{ID: "office", Kind: model.ZoneEnterprise, Ranges: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/24")}},
			{ID: "ops", Kind: model.ZoneOperations, Ranges: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/24")}},
		},
	}
	if polls {
		p.Conduits = []policy.Conduit{{ID: "poll", From: 3, To: 1, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502}}}}
	}
	p.Normalize()
	return p
}

func newBench(t *testing.T) *bench {
	secret, public, err := note.GenerateKey(rand.Reader, "bulkhead/test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, machine: newMachine(), signer: signer}
	b.guards = &fakeGuards{open: b.machine.open}
	dir := t.TempDir()
	b.config = Config{
		Site: "north", Version: "test", Dir: dir, Socket: folder(dir).path("s"), Key: key,
		ReadBack: time.Minute, Open: b.machine.open, Attach: b.machine.open, Guards: b.guards,
		Limits: Limits{Grant: time.Hour, Containment: time.Hour, Trial: time.Hour, Grants: 3, Containments: 2, Reports: 100},
	}
	return b
}

// start brings up the server; its end leaves everything as a killed process
// would.
func (b *bench) start() {
	b.Helper()
	s, err := OpenServer(b.config)
	if err != nil {
		b.Fatal(err)
	}
	s.begin()
	b.server = s
}

func (b *bench) stop() { b.server.Close() }

// request is a signed revision.
func (b *bench) request(number int64, p *policy.Policy, within time.Duration, c []policy.Critical) *ApplyRequest {
	b.Helper()
	signature, err := Sign(b.signer, p.Site, number, p.Hash())
	if err != nil {
		b.Fatal(err)
	}
	return &ApplyRequest{Number: number, Policy: p.Canonical(), Signature: signature, Critical: c, Within: within, By: "anna"}
}

func (b *bench) apply(r *ApplyRequest) *Pending {
	b.Helper()
	p, err := b.server.Apply(r)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func (b *bench) confirm() {
	b.Helper()
	if _, err := b.server.Confirm(EndRequest{By: "bernd"}); err != nil {
		b.Fatal(err)
	}
}

// holds compares what the kernel has.
func (b *bench) holds(want *policy.Policy) {
	b.Helper()
	if got := b.machine.now(); got.Hash() != want.Hash() {
		b.Errorf("the kernel has %s, want %s", got.Canonical(), want.Canonical())
	}
}
