package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func run(o options) error {
	switch o.role {
	case "send":
		return send(o)
	case "read":
		return read(o)
	case "probe":
		return probe(o.iface)
	}
	if os.Geteuid() != 0 {
		return errors.New("it needs root for network namespaces")
	}
	b, err := newBench(o)
	if err != nil {
		return err
	}
	defer b.close()
	if b.o.sender, err = b.choose(); err != nil {
		return err
	}
	fmt.Printf("%s, %d cores, Linux %s; traffic %s, %d flows; %s; %d worker(s)\n%s\n",
		runtime.GOARCH, runtime.NumCPU(), release(), o.what, o.flows, senders[b.o.sender], o.workers, header)
	if o.bisect {
		return b.bisect()
	}
	return b.compare(o.rate)
}

// senders are the ways to send, and what they are.
var senders = map[string]string{
	"xdp":    "frames injected by XDP test runs",
	"socket": "frames sent through a cable",
}

// choose is the way to send. Injecting is several times as fast, but a kernel
// may be too old for it and a container may refuse it.
func (b *bench) choose() (string, error) {
	switch b.o.sender {
	case "xdp", "socket":
		return b.o.sender, nil
	case "":
	default:
		return "", fmt.Errorf("sender %q is neither xdp nor socket", b.o.sender)
	}
	c := in(b.hub, b.self, "-role", "probe", "-interface", hubSide)
	c.Stderr = nil
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Printf("frames cannot be injected here and are sent through a cable, which is slower (%s)\n", bytes.TrimSpace(out))
		return "socket", nil
	}
	return "xdp", nil
}

func release() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "?"
	}
	return unix.ByteSliceToString(u.Release[:])
}

// bench is the two namespaces.
type bench struct {
	o          options
	self       string
	plant, hub string // namespaces
	stop       chan os.Signal
}

// Interfaces at the two ends of the cable.
const (
	plantSide = "plant0"
	hubSide   = "mirror0"
)

func newBench(o options) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	id := strconv.Itoa(os.Getpid())
	b := &bench{o: o, self: self, plant: "bulkhead-plant-" + id, hub: "bulkhead-hub-" + id, stop: make(chan os.Signal, 1)}
	signal.Notify(b.stop, unix.SIGINT, unix.SIGTERM)
	for _, args := range []string{
		"netns add " + b.plant,
		"netns add " + b.hub,
		"-n " + b.plant + " link add " + plantSide + " type veth peer name " + hubSide + " netns " + b.hub,
	} {
		if err := ip(args); err != nil {
			b.close()
			return nil, err
		}
	}
	for _, side := range [][2]string{{b.plant, plantSide}, {b.hub, hubSide}} {
		// A kernel without IPv6 has no such setting.
		_ = exec.Command("ip", "netns", "exec", side[0], "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1").Run()
		if err := ip("-n " + side[0] + " link set " + side[1] + " arp off up"); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, nil
}

func ip(args string) error {
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", args, err, out)
	}
	return nil
}

func (b *bench) close() {
	for _, ns := range []string{b.plant, b.hub} {
		_ = ip("netns del " + ns) // it may not have been made
	}
}

// compare runs one rate with each program.
func (b *bench) compare(rate int) error {
	t, err := b.trial(rate)
	if err != nil {
		return err
	}
	fmt.Println(t.row("bulkhead", rate))
	if !b.o.peers {
		return nil
	}
	if _, err := exec.LookPath("tcpdump"); err != nil {
		fmt.Println("tcpdump is not installed")
		return nil
	}
	if t, err = b.tcpdump(rate); err != nil {
		return err
	}
	fmt.Println(t.row("tcpdump", rate))
	return nil
}

// bisect finds the highest rate without loss to within 2 %.
func (b *bench) bisect() error {
	most, err := b.trial(0)
	if err != nil {
		return err
	}
	fmt.Println(most.row("bulkhead", 0))
	best := 0
	if most.lossless() {
		best = most.perSecond()
		fmt.Printf("no loss at the most that the sender can send: %d frames/s\n", best)
		return b.reference(0)
	}
	low, high := 0, most.perSecond()
	for high-low > high/50 {
		rate := (low + high) / 2
		t, err := b.trial(rate)
		if err != nil {
			return err
		}
		fmt.Println(t.row("bulkhead", rate))
		if t.lossless() {
			low, best = rate, t.perSecond() // a busy machine may have sent less than it should
		} else {
			high = rate
		}
		select {
		case <-b.stop:
			return errors.New("stopped")
		default:
		}
	}
	fmt.Printf("highest rate without loss: %d frames/s\n", best)
	return b.reference(best)
}

// reference shows what tcpdump does at the rate that was found.
func (b *bench) reference(rate int) error {
	if _, err := exec.LookPath("tcpdump"); err != nil || !b.o.peers {
		return nil
	}
	t, err := b.tcpdump(rate)
	if err == nil {
		fmt.Println(t.row("tcpdump", rate))
	}
	return err
}

// in is a command that runs in a namespace.
func in(ns string, args ...string) *exec.Cmd {
	c := exec.Command("ip", append([]string{"netns", "exec", ns}, args...)...)
	c.Stderr = os.Stderr
	return c
}

// cores of sender and reader: the same on a machine that has one only.
func (b *bench) cores() (sender, reader int) {
	if b.o.oneCore {
		return runtime.NumCPU() - 1, runtime.NumCPU() - 1
	}
	return 0, min(1, runtime.NumCPU()-1)
}

// trial sends at a rate and reads with the program.
func (b *bench) trial(rate int) (t trial, err error) {
	_, core := b.cores()
	c := in(b.hub, append([]string{b.self, "-role", "read", "-interface", hubSide, "-core", fmt.Sprint(core)}, b.flags()...)...)
	control, err := c.StdinPipe()
	if err != nil {
		return t, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return t, err
	}
	if err := c.Start(); err != nil {
		return t, err
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		_ = c.Wait() // what it said went to standard error
		return t, errors.New("the reader did not start")
	}
	sent, took, err := b.send(rate)
	control.Close() // asks the reader to end
	if lines.Scan() && err == nil {
		err = json.Unmarshal(lines.Bytes(), &t)
	}
	t.Sent, t.Took = sent, took
	return t, errors.Join(err, c.Wait())
}

func (b *bench) flags() []string {
	o := b.o
	return []string{
		"-workers", fmt.Sprint(o.workers), "-block", fmt.Sprint(o.block), "-blocks", fmt.Sprint(o.blocks),
		"-bare=" + fmt.Sprint(o.bare), "-sample=" + fmt.Sprint(o.sample), "-confined=" + fmt.Sprint(o.confined), "-ring", o.ring,
	}
}

// send has a child send and returns how many frames in what time.
func (b *bench) send(rate int) (uint64, time.Duration, error) {
	o := b.o
	core, _ := b.cores()
	where, iface := b.plant, plantSide
	if o.sender == "xdp" { // at the reader's end: what comes in there was received
		where, iface = b.hub, hubSide
	}
	out, err := in(where, b.self, "-role", "send", "-sender", o.sender, "-interface", iface, "-traffic", o.what, "-flows", fmt.Sprint(o.flows),
		"-limit", fmt.Sprint(o.limit), "-rate", fmt.Sprint(rate), "-seconds", fmt.Sprint(o.seconds), "-core", fmt.Sprint(core), "-one-core="+fmt.Sprint(o.oneCore)).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("send: %w", err)
	}
	var n uint64
	var took time.Duration
	_, err = fmt.Sscan(string(out), &n, &took)
	return n, took, err
}

// tcpdump sees the same traffic with a ring of the same size and keeps nothing.
func (b *bench) tcpdump(rate int) (t trial, err error) {
	_, core := b.cores()
	c := exec.Command("ip", "netns", "exec", b.hub, "taskset", "-c", fmt.Sprint(core), "tcpdump", "-n", "-i", hubSide, "-B", "65536", "-w", "/dev/null")
	said, err := c.StderrPipe()
	if err != nil {
		return t, err
	}
	if err := c.Start(); err != nil {
		return t, err
	}
	r := bufio.NewReader(said)
	for line := ""; !strings.Contains(line, "listening on"); {
		if line, err = r.ReadString('\n'); err != nil {
			return t, fmt.Errorf("tcpdump: %w: %s", err, line)
		}
	}
	sent, took, err := b.send(rate)
	if err != nil {
		return t, err
	}
	time.Sleep(1500 * time.Millisecond) // it has the kernel hand over its last block after a second
	if err := c.Process.Signal(unix.SIGINT); err != nil {
		return t, err
	}
	rest, err := io.ReadAll(r)
	if err := errors.Join(err, c.Wait()); err != nil {
		return t, err
	}
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	t = trial{Sent: sent, Took: took, CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), MiB: float64(usage.Maxrss) / 1024}
	for line := range strings.Lines(string(rest)) {
		var n uint64
		if _, err := fmt.Sscan(line, &n); err != nil {
			continue
		}
		switch {
		case strings.Contains(line, "captured"):
			t.Received = n
		case strings.Contains(line, "dropped by kernel"):
			t.Dropped = n
		}
	}
	return t, nil
}
