package doctor

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
)

// Look gathers the facts about the installation that a configuration describes.
// It watches each interface's counters for a while.
func Look(ctx context.Context, c *config.Config, watch time.Duration) *Facts {
	f := &Facts{
		Folder: folder(c.Data), MayWatch: mayWatch(), Landlock: landlock(), Clock: clockState(), Address: c.Listen,
		Hub: c.Has(config.RoleHub),
	}
	for _, path := range secretFiles(c) {
		s := Secret{Path: path}
		if _, err := config.Secret(path); err != nil {
			s.Problem = err.Error()
		}
		f.Secrets = append(f.Secrets, s)
	}
	for _, s := range c.Sensors {
		if s.Interface != "" {
			f.Interfaces = append(f.Interfaces, link(s.Interface))
		}
	}
	f.count(ctx, watch)
	if f.Hub {
		f.Running = ask(ctx, c.Listen, hostToken(c.Data))
	}
	return f
}

func secretFiles(c *config.Config) (paths []string) {
	for _, p := range []string{c.Hub.StoreURLFile, c.Hub.History.AccessKeyFile, c.Hub.History.SecretKeyFile, c.Bus.PasswordFile} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	for _, r := range c.Hub.Sensors {
		paths = append(paths, r.PasswordFile)
	}
	return paths
}

func folder(path string) Folder {
	f := Folder{Path: path}
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		f.Free, f.Total = room(parent(path))
		return f
	case err != nil:
		f.Problem = err.Error()
		return f
	case !info.IsDir():
		f.Problem = "it is a file, not a folder"
		return f
	}
	f.Exists = true
	f.Others = info.Mode().Perm()&0o077 != 0
	f.Free, f.Total = room(path)
	if t, err := os.CreateTemp(path, ".doctor-"); err == nil {
		t.Close()
		os.Remove(t.Name())
		f.Writable = true
	}
	return f
}

// parent is the nearest folder above a path that exists.
func parent(path string) string {
	for {
		up := filepath.Dir(path)
		if _, err := os.Stat(up); err == nil || up == path {
			return up
		}
		path = up
	}
}

// sysNet is where Linux tells of interfaces.
const sysNet = "/sys/class/net"

func link(name string) Interface {
	i := Interface{Name: name}
	n, err := net.InterfaceByName(name)
	if err != nil {
		return i
	}
	i.Exists, i.MTU, i.Up = true, n.MTU, n.Flags&net.FlagUp != 0
	i.Carrier = number(name, "carrier") == 1
	// rx_dropped is no sign: it also counts frames that this host has no use for,
	// and on a mirror port that is most of them.
	i.Drops = number(name, "statistics/rx_missed_errors") + number(name, "statistics/rx_fifo_errors")
	i.Merging = merging(name)
	addresses, err := n.Addrs()
	if err != nil {
		return i
	}
	for _, a := range addresses {
		// Every interface gives itself a link-local address; that reaches nobody
		// who is not on the mirror port.
		if ip, _, err := net.ParseCIDR(a.String()); err == nil && !ip.IsLinkLocalUnicast() {
			i.Addresses = append(i.Addresses, a.String())
		}
	}
	return i
}

func number(name, file string) uint64 {
	text, err := os.ReadFile(filepath.Join(sysNet, filepath.Base(name), file))
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// count counts what comes in on every interface during the same time.
func (f *Facts) count(ctx context.Context, watch time.Duration) {
	if watch <= 0 || len(f.Interfaces) == 0 {
		return
	}
	before := make([]uint64, len(f.Interfaces))
	for i := range f.Interfaces {
		before[i] = number(f.Interfaces[i].Name, "statistics/rx_packets")
	}
	begin := time.Now()
	t := time.NewTimer(watch)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
	for i := range f.Interfaces {
		x := &f.Interfaces[i]
		x.Received, x.Watched = number(x.Name, "statistics/rx_packets")-before[i], time.Since(begin)
	}
}

// hostToken is what the hub that works in a folder lets this machine's programs
// ask with, "" if it cannot be read: then the hub tells only whether it is ready.
func hostToken(data string) string {
	text, err := os.ReadFile(filepath.Join(data, config.HostToken))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// ask asks a Bulkhead that runs here, nil if none answers. The token is the one
// that it wrote for this machine's own programs.
func ask(ctx context.Context, address, token string) *Running {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var health struct {
		Status string `json:"status"`
		Checks []struct{ Name, Problem string }
	}
	status, ok := get(ctx, token, "http://"+address+"/readyz", &health)
	if !ok {
		return nil
	}
	r := &Running{Ready: status == http.StatusOK}
	for _, c := range health.Checks {
		if c.Problem != "" {
			r.Problems = append(r.Problems, c.Name+": "+c.Problem)
		}
	}
	var overview struct{ Conversations int64 }
	get(ctx, token, "http://"+address+"/api/v1/overview", &overview)
	var list struct {
		Items []struct {
			Name, State, Problem                                   string
			Packets, Dropped, Missing, Undecoded, Duplicates, Lost uint64
			OneSided                                               int64 `json:"one_sided"`
			Lag                                                    *float64
			Heard                                                  *time.Time
		}
	}
	get(ctx, token, "http://"+address+"/api/v1/sensors", &list)
	for _, x := range list.Items {
		s := Sensor{
			Name: x.Name, State: x.State, Problem: x.Problem, Packets: x.Packets, Dropped: x.Dropped, Missing: x.Missing,
			OneSided: x.OneSided, Conversations: overview.Conversations, Undecoded: x.Undecoded, Duplicates: x.Duplicates, Lost: x.Lost,
		}
		if x.Lag != nil {
			s.Lag = time.Duration(*x.Lag * float64(time.Second))
		}
		if x.Heard != nil {
			s.Heard = *x.Heard
		}
		r.Sensors = append(r.Sensors, s)
	}
	return r
}

// maxAnswer bounds an answer: what listens there may be anything.
const maxAnswer = 4 << 20

func get(ctx context.Context, token, url string, into any) (status int, ok bool) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, false
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, false
	}
	defer a.Body.Close()
	err = json.NewDecoder(http.MaxBytesReader(nil, a.Body, maxAnswer)).Decode(into)
	return a.StatusCode, err == nil
}
