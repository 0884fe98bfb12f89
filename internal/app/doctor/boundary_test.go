package doctor

import (
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
)

// walled is a boundary with nothing wrong.
func walled() *Boundary {
	end := func(name string) Interface {
		return Interface{Name: name, Exists: true, Up: true, Carrier: true, Addresses: []string{"10.0.0.1/24"}, Merging: []string{"gro"}}
	}
	return &Boundary{
		Socket: "/run/s", Ends: []Interface{end("office0"), end("plant0")}, Folder: Folder{Path: "/b", Exists: true, Free: 1 << 30, Total: 1 << 33},
		Status: &wall.Status{
			Confirmed: &wall.Revision{Number: 4, At: now},
			ReadBack:  &wall.ReadBack{At: now, Same: true, Says: "the kernel has what it should"},
			Canary:    &wall.ProbeResult{At: now, What: wall.Stopped, Says: "it was stopped"},
		},
	}
}

func TestJudgeBoundary(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Boundary)
		state  State
		text   string
	}{
		{"all is well", func(*Boundary) {}, Good, "revision 4 holds"},
		{"no key", func(b *Boundary) { b.Key = "read the hub's key: no such file" }, Bad, "hub's key"},
		{"no room", func(b *Boundary) { b.Folder.Free = 1 << 20 }, Bad, "only 1 MB free"},
		{"folder open to all", func(b *Boundary) { b.Folder.Others = true }, Warn, "look into it"},
		{"no plant interface", func(b *Boundary) { b.Ends[1].Exists = false }, Bad, "no such interface"},
		{"office unplugged", func(b *Boundary) { b.Ends[0].Carrier = false }, Bad, "nothing passes the boundary"},
		{"dead", func(b *Boundary) { b.Status, b.Problem = nil, "the boundary process does not answer" }, Bad, "does not answer"},
		{"drift", func(b *Boundary) { b.Status.Problems = []string{"the kernel does not have what it should"} }, Bad, "does not have"},
		{"on trial", func(b *Boundary) {
			b.Status.Pending = &wall.Pending{Revision: wall.Revision{Number: 5}, Until: now.Add(time.Minute)}
		}, Warn, "revision 5 is on trial until 06:01:00"},
		{"nothing confirmed", func(b *Boundary) { b.Status.Confirmed = nil }, Warn, "everything passes"},
		{"never read back", func(b *Boundary) { b.Status.ReadBack = nil }, Unknown, "not been looked at"},
		{"never probed", func(b *Boundary) { b.Status.Canary = nil }, Unknown, "none was sent"},
		{"the probe proves nothing", func(b *Boundary) { b.Status.Canary.What, b.Status.Canary.Says = wall.Unknown, "no addresses" }, Unknown, "no addresses"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := well()
			f.Boundary = walled()
			c.change(f.Boundary)
			checks := Judge(f, now)
			if w := Worst(checks); w != c.state {
				t.Errorf("worst is %s, want %s: %+v", w, c.state, checks)
			}
			for _, x := range checks {
				if x.State == c.state && strings.Contains(x.Text, c.text) {
					return
				}
			}
			t.Errorf("nothing says %q: %+v", c.text, checks)
		})
	}
}

func TestLookBoundary(t *testing.T) {
	dir := t.TempDir()
	b := &config.Boundary{Socket: dir + "/none", Data: dir, KeyFile: dir + "/key", Office: "lo", Plant: "none-such"}
	f := lookBoundary(t.Context(), b)
	if f.Status != nil || !strings.Contains(f.Problem, "systemctl start bulkhead-boundary") || !strings.Contains(f.Key, "ledger/key.pub") {
		t.Errorf("%+v", f)
	}
	if x := lookBoundary(t.Context(), &config.Boundary{Socket: dir + "/none"}); x.Key != "" || x.Problem == "" || x.Folder.Path != "" {
		t.Errorf("one that is only asked: %+v", x)
	}
	if len(f.Ends) != 2 || !f.Ends[0].Exists || f.Ends[1].Exists || !f.Folder.Exists {
		t.Errorf("%+v", f)
	}
}
