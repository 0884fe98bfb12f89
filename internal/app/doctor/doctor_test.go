package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
)

var now = time.Date(2026, time.March, 10, 6, 0, 0, 0, time.UTC)

func yes() *bool { v := true; return &v }
func no() *bool  { v := false; return &v }

// well is an installation with nothing wrong.
func well() *Facts {
	return &Facts{
		Folder:     Folder{Path: "/var/lib/bulkhead", Exists: true, Writable: true, Free: 50e9, Total: 100e9},
		Interfaces: []Interface{{Name: "eth1", Exists: true, Up: true, Carrier: true, MTU: 1500, Received: 3000, Watched: 3 * time.Second}},
		MayWatch:   yes(), Landlock: yes(), Clock: &Clock{Synchronised: true}, Hub: true, Address: "127.0.0.1:8443",
		Running: &Running{Ready: true, Sensors: []Sensor{{Name: "eth1", State: "watching", Packets: 1e6, Conversations: 100, OneSided: 3, Heard: now}}},
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Facts)
		state  State
		text   string
	}{
		{"all is well", func(*Facts) {}, Good, ""},
		{"no folder yet", func(f *Facts) { f.Folder = Folder{Path: "/x"} }, Unknown, "made at the first start"},
		{"folder of another", func(f *Facts) { f.Folder.Writable = false }, Bad, "may not write"},
		{"folder open to all", func(f *Facts) { f.Folder.Others = true }, Warn, "look into it"},
		{"disk full", func(f *Facts) { f.Folder.Free = 1e9 }, Bad, "only 1.0 GB of 100.0 GB free"},
		{"secret open to all", func(f *Facts) { f.Secrets = []Secret{{"k", "everybody may read k"}} }, Bad, "everybody"},
		{"no privilege", func(f *Facts) { f.MayWatch = no() }, Bad, "may not watch"},
		{"privilege unknown", func(f *Facts) { f.MayWatch = nil }, Unknown, "could not be found out"},
		{"old kernel", func(f *Facts) { f.Landlock = no() }, Warn, "confine"},
		{"no interface", func(f *Facts) { f.Interfaces[0].Exists = false }, Bad, "no such interface"},
		{"interface down", func(f *Facts) { f.Interfaces[0].Up = false }, Bad, "it is down"},
		{"no cable", func(f *Facts) { f.Interfaces[0].Carrier = false }, Bad, "plugged in"},
		{"no mirror", func(f *Facts) { f.Interfaces[0].Received = 0 }, Bad, "nothing came in 3s"},
		{"not watched", func(f *Facts) { f.Interfaces[0].Watched = 0 }, Unknown, "not looked at"},
		{"address on the mirror port", func(f *Facts) { f.Interfaces[0].Addresses = []string{"10.0.0.5/24"} }, Warn, "10.0.0.5/24"},
		{"merged frames", func(f *Facts) { f.Interfaces[0].Merging = []string{"gro"} }, Warn, "gro puts frames together"},
		{"card drops", func(f *Facts) { f.Interfaces[0].Drops = 7 }, Warn, "dropped 7 frames"},
		{"clock free", func(f *Facts) { f.Clock.Synchronised = false }, Warn, "nothing keeps it right"},
		{"clock off", func(f *Facts) { f.Clock.Error = 3 * time.Second }, Warn, "off by 3s"},
		{"clock unknown", func(f *Facts) { f.Clock = nil }, Unknown, "could not be found out"},
		{"not running", func(f *Facts) { f.Running = nil }, Unknown, "nothing answers"},
		{"part broken", func(f *Facts) { f.Running.Ready, f.Running.Problems = false, []string{"store: disk full"} }, Bad, "disk full"},
		{"nothing watches", func(f *Facts) { f.Running.Sensors = nil }, Warn, "nothing watches"},
		{"silent", func(f *Facts) { f.Running.Sensors[0].State = "silent" }, Bad, "nothing comes"},
		{"unheard", func(f *Facts) { f.Running.Sensors[0].Heard = now.Add(-time.Hour) }, Bad, "nothing was heard of it for 1h"},
		{"ended long ago", func(f *Facts) { f.Running.Sensors[0].State, f.Running.Sensors[0].Heard = "ended", now.Add(-time.Hour) }, Good, ""},
		{"drops", func(f *Facts) { f.Running.Sensors[0].Dropped = 5000 }, Warn, "came too fast"},
		{"few drops", func(f *Facts) { f.Running.Sensors[0].Dropped = 5 }, Good, ""},
		{"missing", func(f *Facts) { f.Running.Sensors[0].Missing = 2 }, Warn, "2 of its reports"},
		{"one-sided mirror", func(f *Facts) { f.Running.Sensors[0].OneSided = 60 }, Warn, "60 of 100 conversations only one side"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := well()
			c.change(f)
			checks := Judge(f, now)
			if w := Worst(checks); w != c.state {
				t.Errorf("worst is %s, want %s: %+v", w, c.state, checks)
			}
			if c.text == "" {
				return
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

func TestLook(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte("k"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := &config.Config{
		Data: dir, Listen: "127.0.0.1:1", Roles: []string{config.RoleHub, config.RoleSensor},
		Sensors: []config.Sensor{{Interface: "lo"}, {Interface: "none-such"}}, Hub: config.Hub{StoreURLFile: key},
	}
	f := Look(context.Background(), c, time.Millisecond)
	if !f.Folder.Exists || !f.Folder.Writable || !f.Folder.Others || f.Running != nil || len(f.Secrets) != 1 || f.Secrets[0].Problem == "" {
		t.Errorf("%+v", f)
	}
	if len(f.Interfaces) != 2 || !f.Interfaces[0].Exists || f.Interfaces[1].Exists || f.Interfaces[0].Watched == 0 {
		t.Errorf("%+v", f.Interfaces)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".doctor-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
