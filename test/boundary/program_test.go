//go:build linux

package boundary

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
)

// patience is how long a program of others may take to start or to answer.
const patience = 30 * time.Second

// Interpreters of the programs in testdata. The path is Debian's Python's: its
// packages are not another one's.
const (
	python = "/usr/bin/python3"
	node   = "node"
)

// needPython skips without Debian's pymodbus.
func needPython(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(python); err != nil {
		t.Skipf("python3-pymodbus: %v", err)
	}
	if out, err := exec.Command(python, "-c", "import pymodbus.client, pymodbus.server").CombinedOutput(); err != nil {
		t.Skipf("python3-pymodbus (and python3-serial-asyncio): %s", bytes.TrimSpace(out))
	}
}

// needNode skips without npm packages.
func needNode(t *testing.T, packages ...string) {
	t.Helper()
	need(t, node, "nodejs")
	for _, p := range packages {
		if out, err := exec.Command(node, "-e", "require('"+p+"')").CombinedOutput(); err != nil {
			t.Skipf("npm package %s is not below NODE_PATH: %.200s", p, bytes.TrimSpace(out))
		}
	}
}

// server is a program of others that says what it is asked.
type server struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	lines []string
	more  chan struct{}
	ended chan struct{}
	bad   bytes.Buffer
}

// start runs a program until the test ends, and waits until it listens.
func start(t *testing.T, s *testbed.Space, interpreter, script string, args ...string) *server {
	t.Helper()
	p := &server{cmd: s.Command(interpreter, append([]string{filepath.Join("testdata", script)}, args...)...), more: make(chan struct{}, 1), ended: make(chan struct{})}
	p.cmd.Stderr = &p.bad
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		for r := bufio.NewScanner(out); r.Scan(); {
			p.mu.Lock()
			p.lines = append(p.lines, r.Text())
			p.mu.Unlock()
			select {
			case p.more <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		_ = p.cmd.Wait()
	})
	if !p.says("listening") {
		t.Fatalf("%s does not listen: %v %s", script, p.said(), p.bad.String())
	}
	return p
}

// says waits for a line that begins so.
func (p *server) says(begin string) bool {
	late := time.After(patience)
	for {
		if slices.ContainsFunc(p.said(), func(l string) bool { return strings.HasPrefix(l, begin) }) {
			return true
		}
		select {
		case <-p.more:
		case <-late:
			return false
		case <-p.ended:
			return slices.ContainsFunc(p.said(), func(l string) bool { return strings.HasPrefix(l, begin) })
		}
	}
}

// said are the lines so far.
func (p *server) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.lines)
}

// ask runs a client of others with its operations, and returns its answers.
func ask(t *testing.T, s *testbed.Space, interpreter, script string, args ...string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := s.Command(interpreter, append([]string{filepath.Join("testdata", script)}, args...)...)
	cmd = exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s%s", script, args, err, out.String(), bad.String())
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

// wantLines compares answers with what they must begin with.
func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		t.Errorf("%s: it says\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
