package wall

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// GuardArgs are the arguments by which this program is a guard: the folder is
// added.
var guardArgs = []string{"boundary", "guard", "--folder"}

// GuardReadyFD is the file descriptor on which a guard process tells that it
// watches.
const GuardReadyFD = 3

// Processes starts guards as processes of their own: this program again, in a
// session of its own, so that nothing that ends the server ends them.
type Processes struct {
	// Within is how long a guard may take until it watches; 0 is 10 s.
	Within time.Duration
}

// Start starts a guard process.
func (p Processes) Start(dir string) (Guard, error) {
	ready, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ready.Close()
	// This very program, also where another version was installed meanwhile.
	c := exec.Command("/proc/self/exe", append(guardArgs, dir)...)
	c.Args[0] = "bulkhead"
	c.Dir = "/"
	c.Stderr = os.Stderr
	c.ExtraFiles = []*os.File{tell}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	changed, err := c.StdinPipe()
	if err != nil {
		tell.Close()
		return nil, err
	}
	err = c.Start()
	tell.Close()
	if err != nil {
		changed.Close()
		return nil, err
	}
	g := &process{c: c, changed: changed, done: make(chan struct{})}
	go func() { // ends with the guard, which may outlive everything here
		_ = c.Wait()
		close(g.done)
	}()
	if err := g.await(ready, p.Within); err != nil {
		_ = c.Process.Kill()
		<-g.done
		changed.Close()
		return nil, err
	}
	return g, nil
}

// process is a guard that this process has started.
type process struct {
	c       *exec.Cmd
	changed io.WriteCloser
	done    chan struct{}
}

// await reads the line that says that the guard watches, or why not.
func (g *process) await(ready *os.File, within time.Duration) error {
	if within <= 0 {
		within = 10 * time.Second
	}
	if err := ready.SetReadDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(ready, 4096)).ReadString('\n')
	line = strings.TrimSpace(line)
	switch {
	case line == guardReady:
		return nil
	case line != "":
		return errors.New(line)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("it did not say within %s that it watches", within)
	}
	return errors.New("it ended before it watched; its own words are in the log")
}

func (g *process) Changed() {
	_, _ = io.WriteString(g.changed, "changed\n") // its end says the same
	g.changed.Close()
}

func (g *process) End() { _ = g.c.Process.Signal(syscall.SIGTERM) }

func (g *process) Alive() bool {
	select {
	case <-g.done:
		return false
	default:
		return true
	}
}

func (g *process) Wait(ctx context.Context) error {
	select {
	case <-g.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
