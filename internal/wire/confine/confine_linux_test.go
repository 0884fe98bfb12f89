package confine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live/livetest"
)

// The confinement cannot be undone, so each test runs it in a child: this test
// binary again, told by the environment which part to play.
const part = "BULKHEAD_CONFINE_TEST"

func TestMain(m *testing.M) {
	switch os.Getenv(part) {
	case "attempts":
		attempts()
	case "watch":
		watch()
	default:
		os.Exit(m.Run())
	}
}

func child(t *testing.T, play string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), part+"="+play)
	c.Stderr = os.Stderr
	return c
}

// outcome is what a child tells.
type outcome struct {
	Report  Report
	Errors  map[string]string // of what was tried, "" if it worked
	Threads []string          // of /proc/self/task: what each still has
}

// attempts tries everything that must fail or go on, in a confined process.
func attempts() {
	role, data := Role(os.Args[1]), os.Args[2]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
	locked := make(chan func(map[string]error))
	go func() { // a thread that was there before
		runtime.LockOSThread()
		(<-locked)(nil)
	}()
	// The answer goes through a file that was opened before.
	out := os.Stdout
	o := outcome{Errors: map[string]string{}}
	o.Report = Apply(Options{Role: role, Writable: []string{data}})
	got := map[string]error{}
	forbidden(got, data)
	allowed(got, data, listener.Addr().String())
	done := make(chan bool)
	locked <- func(map[string]error) {
		_, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
		got["packet socket of an older thread"] = err
		_, err = os.ReadFile("/etc/shadow")
		got["password file read by an older thread"] = err
		close(done)
	}
	<-done
	for name, err := range got {
		o.Errors[name] = ""
		if err != nil {
			o.Errors[name] = err.Error()
		}
	}
	o.Threads = threads()
	if err := json.NewEncoder(out).Encode(o); err != nil {
		panic(err)
	}
}

// forbidden tries what must fail.
func forbidden(got map[string]error, data string) {
	socket := func(family, kind, proto int) error {
		fd, err := unix.Socket(family, kind, proto)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
	got["packet socket"] = socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	got["packet socket, datagrams"] = socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	got["packet socket of old"] = socket(unix.AF_INET, 10, 0)
	got["raw IP socket"] = socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP)
	got["netfilter socket"] = socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_NETFILTER)
	got["vsock"] = socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0)
	_, got["password file"] = os.ReadFile("/etc/shadow")
	got["a file elsewhere"] = os.WriteFile(filepath.Join(filepath.Dir(data), "elsewhere"), nil, 0o600)
	got["a program"] = exec.Command("/bin/true").Run()
	program := filepath.Join(data, "program")
	_ = os.WriteFile(program, []byte("#!/bin/true\n"), 0o755)
	got["an own program"] = exec.Command(program).Run()
	got["ptrace"] = unix.PtraceAttach(os.Getppid())
	got["mount"] = unix.Mount("none", data, "tmpfs", 0, "")
	got["chroot"] = unix.Chroot(data)
	got["namespace"] = unix.Unshare(unix.CLONE_NEWUSER)
	got["clock"] = unix.ClockSettime(unix.CLOCK_REALTIME, &unix.Timespec{Sec: 1})
	got["module"] = unix.DeleteModule("none", 0)
	_, _, e := unix.Syscall(unix.SYS_BPF, 0, 0, 0)
	got["bpf"] = orNil(e)
	_, _, e = unix.Syscall(unix.SYS_KEXEC_LOAD, 0, 0, 0)
	got["kexec"] = orNil(e)
	_, got["code in memory"] = unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON)
}

func orNil(e unix.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

// allowed tries what must go on. That of which a role has a choice begins with
// its name.
func allowed(got map[string]error, data, address string) {
	name := filepath.Join(data, "a", "b")
	got["ok: folder"] = os.MkdirAll(name, 0o755)
	got["ok: file"] = os.WriteFile(filepath.Join(name, "new"), []byte("x"), 0o644)
	got["ok: rename to another folder"] = os.Rename(filepath.Join(name, "new"), filepath.Join(data, "old"))
	_, got["ok: read"] = os.ReadFile(filepath.Join(data, "old"))
	got["ok: remove"] = os.Remove(filepath.Join(data, "old"))
	_, got["ok: hosts"] = os.ReadFile("/etc/hosts")
	got["ok: TCP"] = echo(address)
	_, got["ok: UDP"] = net.Dial("udp", "127.0.0.1:9")
	got["ok: threads"] = manyThreads()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	got["one box: listen"] = err
	if err == nil {
		l.Close()
	}
	_, got["one box: interfaces"] = net.Interfaces()
}

func echo(address string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write([]byte("hello")); err != nil {
		return err
	}
	_, err = io.ReadFull(c, make([]byte, 5))
	return err
}

// manyThreads makes the runtime start threads.
func manyThreads() error {
	ready, done := make(chan error), make(chan bool)
	for range 8 {
		go func() {
			runtime.LockOSThread()
			_, err := os.ReadFile("/etc/shadow")
			if err == nil {
				ready <- errors.New("a new thread reads /etc/shadow")
			} else {
				ready <- nil
			}
			<-done
		}()
	}
	var bad error
	for range 8 {
		bad = errors.Join(bad, <-ready)
	}
	close(done)
	return bad
}

// threads are the lines of each thread's status that tell its rights.
func threads() (lines []string) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return []string{err.Error()}
	}
	for _, task := range tasks {
		b, err := os.ReadFile("/proc/self/task/" + task.Name() + "/status")
		if err != nil {
			continue // it ended
		}
		var line []string
		for l := range strings.Lines(string(b)) {
			for _, key := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"} {
				if v, ok := strings.CutPrefix(l, key+":"); ok {
					line = append(line, key+"="+strings.TrimLeft(strings.TrimSpace(v), "0"))
				}
			}
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return lines
}

func TestConfined(t *testing.T) {
	for _, role := range []Role{Sensor, OneBox} {
		t.Run(string(role), func(t *testing.T) {
			out, err := child(t, "attempts", string(role), t.TempDir()).Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var o outcome
			if err := json.Unmarshal(out, &o); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Log(o.Report)
			holdsTo(t, role, o)
		})
	}
}

// holdsTo compares an outcome with what the kernel lets be reached.
func holdsTo(t *testing.T, role Role, o outcome) {
	reached := map[string]bool{}
	for _, m := range o.Report.Measures {
		reached[m.Name] = m.State == Done || m.State == Partly
		if m.State == Failed {
			t.Errorf("%s failed: %s", m.Name, m.Detail)
		}
	}
	byFiles := []string{"password file", "password file read by an older thread", "a file elsewhere"}
	for name, err := range o.Errors {
		who, _, choice := strings.Cut(name, ": ")
		switch {
		case choice && who != "ok" && who != string(role):
			if reached["seccomp"] && err == "" {
				t.Errorf("%s is allowed to a %s", name, role)
			}
		case choice:
			if err != "" {
				t.Errorf("%s: %s", name, err)
			}
		default:
			by := "seccomp"
			if slices.Contains(byFiles, name) {
				by = "landlock"
			}
			if !reached[by] {
				t.Logf("%s: not tested, the kernel has no %s", name, by)
			} else if err == "" {
				t.Errorf("%s is still possible", name)
			}
		}
	}
	want := "CapInh= CapPrm= CapEff= CapBnd= CapAmb= NoNewPrivs=1 Seccomp=2"
	if os.Geteuid() != 0 {
		return // the bounding set stays
	}
	if len(o.Threads) < 4 {
		t.Errorf("%d threads", len(o.Threads))
	}
	for _, l := range o.Threads {
		if l != want && reached["seccomp"] {
			t.Errorf("a thread has %s", l)
		}
	}
}

// watch reads an interface, confined, and answers commands with a line each.
func watch() {
	say := func(v ...any) { fmt.Println(v...) }
	h, err := live.Open(live.Options{Interface: os.Args[1], BlockSize: 1 << 16, Blocks: 8, Idle: 150 * time.Millisecond})
	if err != nil {
		say(err)
		return
	}
	r := Apply(Options{Role: Sensor, Writable: []string{os.Args[2]}, Packet: h.Descriptors()})
	say(r.Complete(), r)
	fd := h.Descriptors()[0]
	var frame [64]byte
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "read":
			n := 0
			var f capture.Frame
			for h.Source(0).Next(&f) == nil {
				n++
			}
			say(n)
		case "status":
			st := h.Status()
			say(st.State, st.Rebinds)
		case "send":
			_, err1 := unix.Write(fd, frame[:])
			err2 := unix.Send(fd, frame[:], 0)
			_, err3 := unix.Dup(fd)
			_, err4 := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
			_, err5 := unix.MmapPtr(fd, 0, nil, 8<<16+4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
			err6 := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_LOSS, 1)
			say(err1, err2, err3, err4, err5, err6)
		}
	}
	say(h.Close())
}

func TestConfinedSensorGoesOnWatchingAndCannotSend(t *testing.T) {
	plant, mirror := livetest.Pair(t)
	c := child(t, "watch", mirror, t.TempDir())
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	answer := func() string {
		t.Helper()
		if !lines.Scan() {
			t.Fatal("the child is gone")
		}
		return lines.Text()
	}
	ask := func(what, want string) {
		t.Helper()
		fmt.Fprintln(stdin, what)
		if got := answer(); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	report := answer()
	t.Log(report)
	frame := append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5}, make([]byte, 46)...)
	send := func() { livetest.NewSender(t, plant).Send(t, frame, frame, frame) }
	send()
	ask("read", "3")
	if strings.Contains(report, "seccomp done") {
		no := unix.EPERM.Error()
		ask("send", strings.Join([]string{no, no, no, no, no, no}, " "))
	}
	livetest.IP(t, "link del "+mirror)
	ask("read", "0")
	ask("status", "no link 0")
	livetest.Cable(t)
	ask("read", "0")
	ask("status", "watching 1")
	send()
	ask("read", "3")
	if n := livetest.Sent(t, mirror); n != 0 {
		t.Errorf("%d frames left %s", n, mirror)
	}
	stdin.Close()
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}
