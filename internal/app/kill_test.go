package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// The kill test runs the roles as processes of their own, kills them with
// SIGKILL at random times, starts them again, and holds what the hub has at the
// end against what the capture has: no packet, byte or message may be missing or
// counted twice, neither in the totals nor in the rows by the minute. `make
// check` kills a few times; BULKHEAD_KILLS=200 go test -run Killed does it in
// earnest.

// childConfig names the configuration of a child process.
const childConfig = "BULKHEAD_TEST_CONFIG"

// TestChildProcess is the child: it runs what the configuration says.
func TestChildProcess(t *testing.T) {
	path := os.Getenv(childConfig)
	if path == "" {
		return // not a test: the kill test runs it as a process of its own
	}
	c, err := config.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	p, err := Open(context.Background(), c, ProcessOptions{Version: "test", Log: log, SealEvery: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// totals are what a capture or a hub has: packets and bytes of conversations by
// who talked to whom in what, messages by what was asked of whom.
type totals map[string][2]uint64

func (t totals) conversation(c *plant.Conversation) {
	k := fmt.Sprint("conversation ", c.Client.Addr(), " ", c.Server.Addr(), " ", c.Transport, " ", c.Port, " ", c.Protocol)
	v := t[k]
	t[k] = [2]uint64{v[0] + c.PacketsUp + c.PacketsDown, v[1] + c.BytesUp + c.BytesDown}
}

func (t totals) operation(o *plant.Operation) {
	k := fmt.Sprint("operation ", o.Requester.Addr(), " ", o.Responder.Addr(), " ", o.Verb.Protocol, " ", o.Verb.Code)
	v := t[k]
	t[k] = [2]uint64{v[0] + o.Requests, v[1] + o.Responses}
}

// expect reports what differs.
func (t totals) expect(tb testing.TB, what string, want totals) {
	tb.Helper()
	wrong := 0
	for k, v := range want {
		if t[k] != v {
			wrong++
			if wrong <= 5 {
				tb.Errorf("%s: %s: got %v, want %v", what, k, t[k], v)
			}
		}
	}
	for k, v := range t {
		if _, ok := want[k]; !ok {
			wrong++
			if wrong <= 5 {
				tb.Errorf("%s: %s: got %v, which the capture does not have", what, k, v)
			}
		}
	}
	if wrong > 0 {
		tb.Errorf("%s: %d of %d totals differ", what, wrong, len(want))
	}
}

// truth reads a capture with a sensor that nobody kills.
func truth(t *testing.T, file string) totals {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := capture.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	e := dissect.NewEngine(Protocols(), dissect.Options{})
	var frame capture.Frame
	for n := uint64(1); r.Next(&frame) == nil; n++ {
		e.Frame(&frame, plant.NewPacketRef(0, n))
	}
	e.Drain()
	sum := totals{}
	for c := range e.Conversations() {
		sum.conversation(c)
	}
	for o := range e.Operations() {
		sum.operation(o)
	}
	return sum
}

// kept reads what a hub has: its totals, and its rows by the minute, sealed or
// not.
func kept(t *testing.T, data string) (sums, rows totals) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, filepath.Join(data, state.Database), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	archive, err := history.Open(ctx, history.Options{Dir: filepath.Join(data, state.History)})
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	sums, rows = totals{}, totals{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(db.ConversationTotals(ctx, killSite, func(c *plant.Conversation) error { sums.conversation(c); return nil }))
	must(db.OperationTotals(ctx, killSite, func(o *plant.Operation) error { sums.operation(o); return nil }))
	segments, err := db.Segments(ctx, store.SegmentFilter{})
	must(err)
	if len(segments) == 0 {
		t.Error("nothing was sealed: the test does not test that")
	}
	must(archive.Conversations(ctx, segments, history.Query{}, func(c *history.Conversation) bool { rows.conversation(&c.Conversation); return true }))
	must(archive.Operations(ctx, segments, history.Query{}, func(o *history.Operation) bool { rows.operation(&o.Operation); return true }))
	always, never := time.Unix(0, 0), time.Unix(1<<32, 0)
	must(db.ConversationsBetween(ctx, killSite, always, never, func(_ string, c *plant.Conversation) error { rows.conversation(c); return nil }))
	must(db.OperationsBetween(ctx, killSite, always, never, func(_ string, o *plant.Operation) error { rows.operation(o); return nil }))
	return sums, rows
}

const killSite = "kill"

// child is one role as a process.
type child struct {
	config string
	log    *os.File
	cmd    *exec.Cmd
}

func (c *child) start(t *testing.T) {
	t.Helper()
	c.cmd = exec.Command(os.Args[0], "-test.run=^TestChildProcess$", "-test.timeout=10m")
	c.cmd.Env = append(os.Environ(), childConfig+"="+c.config)
	c.cmd.Stderr, c.cmd.Stdout = c.log, c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func newChild(t *testing.T, dir, name, text string) *child {
	t.Helper()
	path := filepath.Join(dir, name+".yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	return &child{config: path, log: log}
}

// kills is how often a process is killed.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("BULKHEAD_KILLS")); err == nil && n > 0 {
		return n
	}
	return 8
}

// plantCapture is some hours of the simulated plant.
func plantCapture(t *testing.T, dir string, hours int) string {
	t.Helper()
	path := filepath.Join(dir, "plant.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := lab.Write(f, lab.Options{Seed: 7, Time: time.Duration(hours) * time.Hour, Thin: 30}); err != nil {
		t.Fatal(err)
	}
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestKilledOneBox(t *testing.T) {
	file := plantCapture(t, t.TempDir(), 6)
	killRounds(t, truth(t, file), func(t *testing.T, dir string) ([]*child, string) {
		data := filepath.Join(dir, "data")
		text := fmt.Sprintf("site: %s\ndata: %s\nlisten: %s\nsensors: [{name: file, file: %s, ring: 64MiB}]\n", killSite, data, freeAddress(t), file)
		return []*child{newChild(t, dir, "box", text)}, data
	})
}

func TestKilledSensorAndHub(t *testing.T) {
	file := plantCapture(t, t.TempDir(), 6)
	killRounds(t, truth(t, file), func(t *testing.T, dir string) ([]*child, string) {
		data, key, port := filepath.Join(dir, "hub"), filepath.Join(dir, "key"), freeAddress(t)
		if err := os.WriteFile(key, []byte("correct horse"), 0o600); err != nil {
			t.Fatal(err)
		}
		hub := fmt.Sprintf("site: %s\ndata: %s\nlisten: %s\nroles: [hub]\nhub: {listen: '%s', sensors: [{name: file, password-file: %s}]}\n", killSite, data, freeAddress(t), port, key)
		watch := fmt.Sprintf("site: %s\ndata: %s\nroles: [sensor]\nsensors: [{name: file, file: %s}]\nbus: {hub: 'nats://%s', password-file: %s}\n", killSite, filepath.Join(dir, "sensor"), file, port, key)
		return []*child{newChild(t, dir, "hub", hub), newChild(t, dir, "sensor", watch)}, data
	})
}

// killRounds lets new processes read the capture again and again until they were
// killed often enough while they worked, and compares after each time.
func killRounds(t *testing.T, want totals, start func(t *testing.T, dir string) (children []*child, data string)) {
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	rounds := 0
	for left := kills(); left > 0; rounds++ {
		children, data := start(t, t.TempDir())
		left -= killAll(t, chance, children, data, left)
		sums, rows := kept(t, data)
		sums.expect(t, "totals", want)
		rows.expect(t, "rows by the minute", want)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills in %d rounds", kills(), rounds)
}

// killAll kills one child after the other at random while there is work, lets
// them finish, and returns how often it killed.
func killAll(t *testing.T, chance *rand.Rand, children []*child, data string, most int) (killed int) {
	for _, c := range children {
		c.start(t)
	}
	for killed < most {
		<-time.After(time.Duration(30+chance.IntN(700)) * time.Millisecond)
		if _, ended := ending(t, data); ended {
			break
		}
		c := children[chance.IntN(len(children))]
		c.kill()
		c.start(t)
		killed++
	}
	done := waitForEnd(t, data)
	for _, c := range children {
		c.kill()
	}
	if !done {
		for _, c := range children {
			text, _ := os.ReadFile(c.log.Name())
			t.Logf("%s: …%s", filepath.Base(c.config), text[max(0, len(text)-3000):])
		}
		t.Fatal("the hub did not hear the end of the capture")
	}
	return max(killed, 1)
}

// waitForEnd waits until the hub knows that the sensor has read everything.
func waitForEnd(t *testing.T, data string) bool {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		<-time.After(200 * time.Millisecond)
		if missing, ended := ending(t, data); ended {
			if missing != 0 {
				t.Errorf("%d batches are missing", missing)
			}
			return true
		}
	}
	return false
}

// ending asks the hub's store whether the sensor has read everything, and how
// many of its batches have not come.
func ending(t *testing.T, data string) (missing uint64, ended bool) {
	path := filepath.Join(data, state.Database)
	if _, err := os.Stat(path); err != nil {
		return 0, false
	}
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		return 0, false // it may be starting
	}
	defer db.Close()
	s, err := db.Sensor(t.Context(), killSite, "file")
	return s.Missing, err == nil && s.Status.State == plant.SensorEnded
}
