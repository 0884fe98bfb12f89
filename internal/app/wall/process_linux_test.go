package wall

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// The tests of this file run the program itself in a network namespace between
// an office and a plant, with a client that polls a server through it.

// program builds the program once for all tests of this package.
func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "bulkhead-wall-test-"); built.err != nil {
			return
		}
		c := exec.Command("go", "build", "-o", filepath.Join(built.dir, "bulkhead"), "./cmd/bulkhead")
		c.Dir = "../../.."
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build the program: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "bulkhead")
}

var built struct {
	once sync.Once
	dir  string
	err  error
}

// TestMain takes away what was built.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// site is a box with the program on it, between an office and a plant.
type site struct {
	*testing.T
	*Client
	bed    *testbed.Bed
	dir    string // with everything
	data   string
	config string
	socket string
	log    *os.File
	cmd    *exec.Cmd
	signer note.Signer
	poll   *poller
}

// period is how often the plant is polled.
const period = 250 * time.Millisecond

// newSite is a site whose box is a router.
func newSite(t *testing.T, more string) *site {
	t.Helper()
	s := newBox(t, "router", more, (*testbed.Bed).Routed)
	s.poll = s.polling()
	return s
}

func newBox(t *testing.T, mode, more string, lay func(*testbed.Bed, testing.TB)) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("runs processes and waits for them")
	}
	t.Parallel() // it mostly waits
	bed := testbed.New(t)
	needs(t)
	lay(bed, t)
	s := &site{T: t, bed: bed, dir: t.TempDir()}
	s.data, s.config, s.socket = filepath.Join(s.dir, "data"), filepath.Join(s.dir, "bulkhead.yaml"), filepath.Join(s.dir, "run", "boundary.sock")
	secret, public, err := note.GenerateKey(rand.Reader, "bulkhead/test")
	if err != nil {
		t.Fatal(err)
	}
	if s.signer, err = note.NewSigner(secret); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(s.dir, "hub.pub")
	s.write(key, public+"\n")
	s.write(s.config, fmt.Sprintf("site: north\nboundary:\n  mode: %s\n  office: %s\n  plant: %s\n  data: %s\n  socket: %s\n  key-file: %s\n  read-back: 1s\n%s",
		mode, testbed.OfficeIf, testbed.PlantIf, s.data, s.socket, key, more))
	if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
		t.Fatal(err)
	}
	s.Client = Dial(s.socket)
	t.Cleanup(s.end)
	s.start()
	return s
}

// needs skips where the kernel lacks what a router needs.
func needs(t *testing.T) {
	t.Helper()
	caps, err := enforce.Probe()
	if err != nil {
		t.Skipf("network-namespaces: %v", err)
	}
	if missing := caps.Missing(enforce.Needs(enforce.Router, "")...); len(missing) > 0 {
		t.Skipf("the kernel lacks %v", missing)
	}
}

func (s *site) write(path, text string) {
	s.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// start starts the boundary and waits until it answers.
func (s *site) start() {
	s.Helper()
	s.cmd = s.bed.Box.Command(program(s.T), "boundary", "--config", s.config)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.await("the boundary answers", 20*time.Second, func() bool {
		_, err := s.Status(s.Context())
		return err == nil
	})
}

// kill ends the boundary as a crash does.
func (s *site) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// end ends everything, a guard too, and shows the log of a test that failed.
func (s *site) end() {
	s.kill()
	if pid := s.guard(); pid > 0 {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	s.Close()
	s.log.Close()
	if s.Failed() {
		text, _ := os.ReadFile(s.log.Name())
		s.Logf("the boundary's log: …%s", text[max(0, len(text)-4000):])
	}
}

// guard is the process number of a guard that lives, 0 for none.
func (s *site) guard() int {
	path := filepath.Join(s.data, guardLockFile)
	if f, err := lock(path); err == nil {
		f.Close()
		return 0
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid
}

// await waits for something that other processes do.
func (s *site) await(what string, within time.Duration, done func() bool) {
	s.Helper()
	for end := time.Now().Add(within); !done(); {
		if time.Now().After(end) {
			s.Fatalf("not within %s: %s", within, what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// poller polls a server through the box as a SCADA system does: on one
// connection, which it opens anew when it gets no answer.
type poller struct {
	mu   sync.Mutex
	last time.Time
	n    int
}

// server is what the office polls; other is a second service of the same
// machine.
var (
	server = netip.AddrPortFrom(testbed.RoutePlant[0].Addr(), 502)
	other  = netip.AddrPortFrom(testbed.RoutePlant[0].Addr(), 102)
	client = testbed.RouteOffice[0].Addr()
)

func (s *site) polling() *poller {
	s.Helper()
	for _, a := range []netip.AddrPort{server, other} {
		stop, err := s.bed.Plant.Echo(a.String())
		if err != nil {
			s.Fatal(err)
		}
		s.Cleanup(stop)
	}
	p := &poller{}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); p.run(s, done) }()
	s.Cleanup(func() { close(done); <-ended })
	s.await("the first answer", 10*time.Second, func() bool { return p.since(time.Time{}) > 0 })
	return p
}

func (p *poller) run(s *site, done chan struct{}) {
	t := time.NewTicker(period)
	defer t.Stop()
	var c net.Conn
	for {
		var err error
		if c == nil {
			c, err = s.bed.Office.Dial("tcp", server.String(), time.Second)
		}
		if err == nil {
			err = testbed.Ping(c, []byte("how are you"), time.Second)
		}
		switch {
		case err == nil:
			p.mu.Lock()
			p.last, p.n = time.Now(), p.n+1
			p.mu.Unlock()
		case c != nil:
			c.Close()
			c = nil
		}
		select {
		case <-t.C:
		case <-done:
			if c != nil {
				c.Close()
			}
			return
		}
	}
}

// since is how many answers there were, 0 if none came after a time.
func (p *poller) since(at time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last.After(at) {
		return p.n
	}
	return 0
}

// siteCritical is the polling.
var siteCritical = []policy.Critical{{Client: client, Server: server.Addr(), Proto: policy.TCP, Port: server.Port(), Period: period, Line: "bottling", Says: "SCADA polls the filler"}}

// sitePolicy lets the office reach ports of the plant.
func sitePolicy(ports ...uint16) *policy.Policy {
	zone := func(id string, kind model.ZoneKind, addrs []netip.Prefix) policy.Zone {
		z := policy.Zone{ID: id, Kind: kind}
		for _, a := range addrs {
			z.Ranges = append(z.Ranges, a.Masked())
		}
		return z
	}
	p := &policy.Policy{
		Site: "north", Rest: model.StageEnforce,
		Zones: []policy.Zone{{}, zone("cell", model.ZoneCell, testbed.RoutePlant), zone("office", model.ZoneEnterprise, testbed.RouteOffice)},
	}
	for _, port := range ports {
		p.Conduits = append(p.Conduits, policy.Conduit{ID: fmt.Sprintf("port-%d", port), From: 2, To: 1, Matches: []policy.Match{{Proto: policy.TCP, First: port, Last: port}}})
	}
	p.Normalize()
	return p
}

func (s *site) request(number int64, p *policy.Policy) *ApplyRequest {
	s.Helper()
	signature, err := Sign(s.signer, p.Site, number, p.Hash())
	if err != nil {
		s.Fatal(err)
	}
	return &ApplyRequest{Number: number, Policy: p.Canonical(), Signature: signature, Critical: siteCritical, Within: 20 * time.Second, By: "anna"}
}

func (s *site) apply(number int64, p *policy.Policy) {
	s.Helper()
	r := s.request(number, p)
	r.Force, r.Reason = true, "test"
	if _, err := s.Apply(s.Context(), r); err != nil {
		s.Fatal(err)
	}
}

func (s *site) confirm() {
	s.Helper()
	if _, err := s.Confirm(s.Context(), EndRequest{By: "bernd"}); err != nil {
		s.Fatal(err)
	}
}

// kept applies a revision that the plant likes, to its end.
func (s *site) kept(number int64, p *policy.Policy) {
	s.Helper()
	s.apply(number, p)
	s.confirm()
	o := s.ended(number)
	if o.What != Confirmed || o.ConfirmedBy != "bernd" {
		s.Fatalf("revision %d: %+v", number, o)
	}
}

// ended waits for the end of a trial.
func (s *site) ended(number int64) *Outcome {
	s.Helper()
	var o *Outcome
	s.await(fmt.Sprintf("the end of the trial of revision %d", number), 30*time.Second, func() bool {
		x, err := s.Status(s.Context())
		if err != nil || x.Pending != nil || x.Last == nil || x.Last.Number != number {
			return false
		}
		o = x.Last
		return true
	})
	return o
}

// polls waits until the plant is polled again.
func (s *site) polls() {
	s.Helper()
	now := time.Now()
	s.await("the plant is polled", 20*time.Second, func() bool { return s.poll.since(now) > 0 })
}

// holds asks the kernel, not the process, what it has.
func (s *site) holds(want *policy.Policy) {
	s.Helper()
	if r := s.reads(); r.Hash != want.Hash() || len(r.Drift) > 0 {
		s.Errorf("the kernel has %s, drift %v; want %s", r.Policy.Canonical(), r.Drift, want.Canonical())
	}
}

func (s *site) reads() *enforce.ReadBack {
	s.Helper()
	caps, err := enforce.Probe()
	if err != nil {
		s.Fatal(err)
	}
	k, err := enforce.Open(enforce.Config{Mode: enforce.Router, Office: testbed.OfficeIf, Plant: testbed.PlantIf, Relay: policy.RelayPorts(), Namespace: s.bed.Box.Path}, caps)
	if err != nil {
		s.Fatal(err)
	}
	defer k.Close()
	if f := k.Found(); !f.Standing || len(f.Rebuilt) > 0 {
		s.Errorf("the wall had to be made anew: %+v", f)
	}
	r, err := k.Read()
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// silent makes sure that the polling is stopped, so that what comes back was put
// back.
func (s *site) silent() {
	s.Helper()
	now := time.Now()
	<-time.After(2 * period)
	if s.poll.since(now.Add(period)) > 0 {
		s.Error("the plant is polled although the policy stops it")
	}
}

// TestProcessRollsBack is the guard's work: a policy that stops a critical
// conversation is taken back, confirmed or not; one that does not stays.
func TestProcessRollsBack(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	for number, confirmed := range map[int64]bool{2: false, 3: true} {
		s.apply(number, sitePolicy(102))
		s.silent()
		if confirmed {
			s.confirm()
		}
		o := s.ended(number)
		if o.What != RolledBack || o.Ender != enderGuard || o.Restored != 1 || o.Critical == nil || o.Critical.Port != 502 {
			t.Errorf("confirmed %v: %+v", confirmed, o)
		}
		s.polls()
		s.holds(sitePolicy(502))
	}
	x, err := s.Status(t.Context())
	if err != nil || x.Confirmed.Number != 1 || !x.ReadBack.Same {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestProcessKilledAfterApply kills the boundary right after the change: its
// guard takes it back alone.
func TestProcessKilledAfterApply(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	s.apply(2, sitePolicy(102))
	s.kill()
	s.silent()
	s.polls()
	s.await("the guard's end", 5*time.Second, func() bool { return s.guard() == 0 })
	s.holds(sitePolicy(502))
	s.start()
	x, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if x.Pending != nil || x.Confirmed.Number != 1 || x.Last.Number != 2 || x.Last.What != RolledBack || !strings.Contains(x.Last.Why, "SCADA polls the filler") {
		t.Errorf("%+v, last %+v", x, x.Last)
	}
}

// TestProcessRestartedDuringTrial starts the boundary again while the guard
// watches: it is left to the guard.
func TestProcessRestartedDuringTrial(t *testing.T) {
	s := newSite(t, "")
	s.apply(1, sitePolicy(502, 102))
	s.kill()
	s.start()
	x, err := s.Status(t.Context())
	if err != nil || x.Pending == nil || !x.Pending.Guarded || x.Pending.Number != 1 {
		t.Fatalf("%+v, %v", x, err)
	}
	s.confirm()
	if o := s.ended(1); o.What != Confirmed {
		t.Errorf("%+v", o)
	}
	s.holds(sitePolicy(502, 102))
	s.polls()
}

// TestGuardKilledByHand takes the guard away: the boundary stands in for it.
func TestGuardKilledByHand(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	s.apply(2, sitePolicy(102))
	pid := s.guard()
	if pid == 0 {
		t.Fatal("there is no guard")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	o := s.ended(2)
	if o.What != RolledBack || o.Ender != enderServer || !strings.Contains(o.Why, "guard was gone") {
		t.Errorf("%+v", o)
	}
	s.holds(sitePolicy(502))
	s.polls()
}

// TestGuardToldToEnd is SIGTERM: it puts things back before it goes.
func TestGuardToldToEnd(t *testing.T) {
	s := newSite(t, "")
	s.apply(1, sitePolicy(102))
	if err := syscall.Kill(s.guard(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if o := s.ended(1); o.What != RolledBack || o.Ender != enderGuard || !strings.Contains(o.Why, "told to end") {
		t.Errorf("%+v", o)
	}
	s.polls()
}

// TestBothKilled is what a loss of power leaves, but for the kernel: at the next
// start the confirmed revision is loaded, not the one on trial.
func TestBothKilled(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	s.apply(2, sitePolicy(102))
	s.confirm()
	if err := syscall.Kill(s.guard(), syscall.SIGSTOP); err != nil { // it must not decide first
		t.Fatal(err)
	}
	pid := s.guard()
	s.kill()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.await("the guard's end", 5*time.Second, func() bool { return s.guard() == 0 })
	s.holds(sitePolicy(102))
	s.start()
	s.holds(sitePolicy(502))
	s.polls()
	if x, err := s.Status(t.Context()); err != nil || x.Last.What != RolledBack || x.Confirmed.Number != 1 {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestGrantEndsWithoutAProcess kills the boundary: the kernel ends the session
// that a grant let through, at its time.
func TestGrantEndsWithoutAProcess(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	if c, err := s.bed.Office.Dial("tcp", other.String(), time.Second); err == nil {
		c.Close()
		t.Fatal("the policy lets pass what no conduit allows")
	}
	until := time.Now().Add(4 * time.Second)
	g := policy.Grant{ID: "session", Src: client, Dst: other.Addr(), Proto: policy.TCP, Port: other.Port(), Until: until, Why: "ticket 1"}
	if err := s.Grant(t.Context(), GrantRequest{Grant: g, By: "anna"}); err != nil {
		t.Fatal(err)
	}
	c, err := s.bed.Office.Dial("tcp", other.String(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s.kill()
	var last time.Time
	for time.Now().Before(until.Add(2 * time.Second)) {
		// One that is late is not the end: the machine may be busy.
		if testbed.Ping(c, []byte("x"), 100*time.Millisecond) == nil {
			last = time.Now()
		}
		<-time.After(10 * time.Millisecond)
	}
	if off := last.Sub(until); off < -time.Second || off > 300*time.Millisecond {
		t.Errorf("the session ended %s after the grant", off)
	}
	s.polls()
	s.start()
	if x, err := s.Status(t.Context()); err != nil || len(x.Grants) != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestRevoked ends a session at once.
func TestRevoked(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	g := policy.Grant{ID: "session", Src: client, Dst: other.Addr(), Proto: policy.TCP, Port: other.Port(), Until: time.Now().Add(time.Minute), Why: "ticket 1"}
	if err := s.Grant(t.Context(), GrantRequest{Grant: g, By: "anna"}); err != nil {
		t.Fatal(err)
	}
	c, err := s.bed.Office.Dial("tcp", other.String(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := testbed.Ping(c, []byte("x"), time.Second); err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), "session", EndRequest{By: "anna"}); err != nil {
		t.Fatal(err)
	}
	if err := testbed.Ping(c, []byte("x"), time.Second); err == nil {
		t.Error("the session goes on after its grant was revoked")
	}
	s.polls()
}

// TestContained stops a machine that the policy lets through.
func TestContained(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	k, err := s.Contain(t.Context(), policy.Containment{ID: "worm", Addrs: []netip.Addr{client}, Until: time.Now().Add(time.Minute), Why: "odd writes", By: "anna"})
	if err != nil || len(k.Stops) != 1 || k.Stops[0] != "port-502" {
		t.Fatalf("%+v, %v", k, err)
	}
	s.silent()
	if err := s.Release(t.Context(), "worm", EndRequest{By: "anna"}); err != nil {
		t.Fatal(err)
	}
	s.polls()
	// A pair that is cut outlives the process.
	x := policy.Containment{ID: "cut", Pair: [2]string{"office", "cell"}, Until: time.Now().Add(time.Minute), Why: "odd writes", By: "anna"}
	if _, err := s.Contain(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	s.silent()
	s.kill()
	s.start()
	s.silent()
	s.holds(sitePolicy(502))
	st, err := s.Status(t.Context())
	if err != nil || len(st.Containments) != 1 || !st.ReadBack.Same {
		t.Errorf("%+v, %v", st, err)
	}
	if err := s.Release(t.Context(), "cut", EndRequest{By: "anna"}); err != nil {
		t.Fatal(err)
	}
	s.polls()
}

// TestDriftByHand changes the kernel behind the boundary's back.
func TestDriftByHand(t *testing.T) {
	for _, how := range []string{"report", "restore"} {
		t.Run(how, func(t *testing.T) {
			s := newSite(t, "  on-drift: "+how+"\n")
			s.kept(1, sitePolicy(502))
			if out, err := s.bed.Box.Run("nft", "flush", "set", "inet", "bulkhead", "conduits"); err != nil {
				t.Skipf("nft: %v %s", err, out)
			}
			if how == "restore" {
				s.await("it is put back", 10*time.Second, func() bool { return s.reads().Hash == sitePolicy(502).Hash() })
				return
			}
			s.await("drift is said", 10*time.Second, func() bool {
				x, err := s.Status(t.Context())
				return err == nil && x.ReadBack != nil && !x.ReadBack.Same && len(x.Problems) > 0
			})
			r := s.request(2, sitePolicy(502))
			if _, err := s.Apply(t.Context(), r); !errors.Is(err, ErrConflict) {
				t.Errorf("apply to a kernel that has drifted: %v", err)
			}
		})
	}
}

// TestOpenedByHand opens the wall with the process dead, by the command.
func TestOpenedByHand(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	s.kill()
	command := func(args ...string) string {
		t.Helper()
		out, err := s.bed.Box.Run(program(t), append([]string{"boundary", "--config", s.config}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := command("open", "--reason", "line 2 stands still"); !strings.Contains(out, "Everything passes") {
		t.Error(out)
	}
	c, err := s.bed.Office.Dial("tcp", other.String(), time.Second)
	if err != nil {
		t.Fatalf("the wall is not open: %v", err)
	}
	c.Close()
	s.start()
	if out := command("status"); !strings.Contains(out, "The wall is open") || !strings.Contains(out, "line 2 stands still") {
		t.Error(out)
	}
	command("close")
	s.holds(sitePolicy(502))
	if c, err := s.bed.Office.Dial("tcp", other.String(), time.Second); err == nil {
		c.Close()
		t.Error("the wall is not closed again")
	}
	if out := command("status"); !strings.Contains(out, "Revision 1 holds") {
		t.Error(out)
	}
}

// TestFullDiskNoApply fills the disk: what cannot be written is not applied, and
// what is on trial can still be taken back.
func TestFullDiskNoApply(t *testing.T) {
	small := t.TempDir()
	if err := unix.Mount("bulkhead-test", small, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=1m"); err != nil {
		t.Skipf("a file system of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(small, unix.MNT_DETACH) })
	s := newSite(t, "")
	s.kill()
	b, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	s.data = filepath.Join(small, "data")
	s.write(s.config, strings.Replace(string(b), "data: "+filepath.Join(s.dir, "data"), "data: "+s.data, 1))
	s.start()
	s.kept(1, sitePolicy(502))
	s.apply(2, sitePolicy(102))
	filler := filepath.Join(small, "filler")
	fillDisk(t, filler)
	if o := s.ended(2); o.What != RolledBack {
		t.Errorf("%+v", o)
	}
	s.holds(sitePolicy(502))
	second := filler + "-2" // what the trial took is free again
	fillDisk(t, second)
	_, err = s.Apply(t.Context(), s.request(3, sitePolicy(102)))
	if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), "the disk is full") || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("apply on a full disk: %v", err)
	}
	s.holds(sitePolicy(502))
	s.polls()
	if err := errors.Join(os.Remove(filler), os.Remove(second)); err != nil {
		t.Fatal(err)
	}
	s.kept(3, sitePolicy(502, 102))
}

func fillDisk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

// TestFlatNetwork is a box in the middle of one subnet that learns who stands
// where: the office reaches a controller that it never named.
func TestFlatNetwork(t *testing.T) {
	s := newBox(t, "proxy-arp", "  hosts: {learn: [10.66.0.0/24]}\n", func(b *testbed.Bed, tb testing.TB) { b.Flat(tb, true) })
	a := netip.AddrPortFrom(testbed.FlatPlant[0].Addr(), 502).String()
	stop, err := s.bed.Plant.Echo(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s.await("the plant is reached", 20*time.Second, func() bool {
		c, err := s.bed.Office.Dial("tcp", a, 2*time.Second)
		if err != nil {
			return false
		}
		defer c.Close()
		return testbed.Ping(c, []byte("x"), time.Second) == nil
	})
	if x, err := s.Status(t.Context()); err != nil || x.Mode != "proxy-arp" || len(x.Problems) > 0 {
		t.Errorf("%+v, %v", x, err)
	}
}
