package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// hub is the program that is measured.
type hub struct {
	cmd   *exec.Cmd
	url   string
	began time.Time
	ready time.Duration // from the start until it answered
	link  string
}

// start makes a link that signs in, starts the program and waits until it is
// ready.
func start(ctx context.Context, o *options) (*hub, error) {
	link, err := enter(ctx, o.data)
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(o.data, "bench.yaml")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "data: %s\nlisten: %s\nsite: big\n", o.data, o.listen), 0o600); err != nil {
		return nil, err
	}
	h := &hub{cmd: exec.CommandContext(ctx, o.bin, "run", "--config", conf), url: "http://" + o.listen, link: link}
	h.cmd.Stderr = os.Stderr
	h.began = time.Now()
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(h.began) < patience {
		if res, err := http.Get(h.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				h.ready = time.Since(h.began)
				return h, nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.stop()
	return nil, fmt.Errorf("the hub was not ready after %s", patience)
}

// enter makes a link by which an administrator signs in: whoever has the data
// folder may.
func enter(ctx context.Context, data string) (string, error) {
	db, err := store.Open(ctx, filepath.Join(data, state.Database), store.Options{})
	if err != nil {
		return "", err
	}
	defer db.Close()
	a, err := account.New(account.Options{Store: db, Now: time.Now})
	if err != nil {
		return "", err
	}
	l, err := a.EnterLink(ctx, "bench", "Benchmark")
	return l.Token, err
}

func (h *hub) stop() {
	h.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	h.cmd.Wait()                          // how it ends is of no matter here
}

// memory reads a line of the process's status, in MiB; 0 if there is none.
func (h *hub) memory(line string) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == line+":" {
			kib, _ := strconv.Atoi(f[1]) // the kernel writes a number
			return kib / 1024
		}
	}
	return 0
}

// forgetPeak begins the measurement of the peak anew.
func (h *hub) forgetPeak() {
	os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", h.cmd.Process.Pid), []byte("5"), 0) // without it the peak is that of the whole run
}
