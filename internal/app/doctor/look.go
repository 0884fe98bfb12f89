package doctor

import (
	"context"
	"net"
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
	if c.Boundary != nil {
		f.Boundary = lookBoundary(ctx, c.Boundary)
	}
	if f.Hub {
		h := hubOf(c)
		f.Running = h.ask(ctx)
		h.close()
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
	for i := range c.Accounts.Providers {
		paths = append(paths, c.Accounts.Providers[i].ClientSecretFile)
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
