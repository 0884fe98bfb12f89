package wall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	"kernel.org/pub/linux/libs/security/libcap/cap"
	"kernel.org/pub/linux/libs/security/libcap/psx"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// forwardLLDP is the bit of the group address 01-80-C2-00-00-0E (IEEE 802.1AB).
const forwardLLDP = 1 << 14

// OpenProcess brings up the boundary of a configuration on this machine: it
// finds out what the kernel can do, puts up the wall, makes packets take their
// way through it, listens, and gives away every privilege but those that it and
// its guards need.
func OpenProcess(c *config.Config, version string, log *slog.Logger) (*Server, error) {
	b := c.Boundary
	if b == nil {
		return nil, fmt.Errorf("%w: it has no section boundary (docs/boundary-box.md)", config.ErrWrong)
	}
	x, err := settings(b)
	if err != nil {
		return nil, err
	}
	x.Site, x.Version, x.Log = c.Site, version, log
	if x.Key, err = ReadKey(b.KeyFile); err != nil {
		return nil, err
	}
	if x.Box, err = BoxOf(b); err != nil {
		return nil, err
	}
	if b.Mode != config.BoundaryBridge {
		x.Inject = Tunnels{}
	}
	if ports := x.Box.Config.Relay; len(ports) > 0 {
		x.Relays = NewRelays(ports, log)
	}
	var t *enforce.Topology
	x.Setup = func() error {
		// What it changed stays when the process ends: so does the wall.
		var err error
		if t, err = enforce.Setup(x.Box.Config, x.Box.Caps); err != nil {
			return err
		}
		for _, what := range t.Changed {
			log.Info("set up", "what", what)
		}
		return nil
	}
	if len(x.Box.Config.Learn) > 0 {
		x.Learn = func(ctx context.Context) error {
			return t.Listen(ctx, func(h enforce.Host) { log.Info("learnt", "host", h.Addr, "side", h.Side) })
		}
	}
	s, err := OpenServer(x)
	if err != nil {
		return nil, err
	}
	if c.Confine != "off" {
		log.Info("confined", "report", dropPrivileges())
	}
	return s, nil
}

// settings are a configuration's own part.
func settings(b *config.Boundary) (Config, error) {
	x := Config{
		Dir: b.Data, Socket: b.Socket, Group: b.Group,
		Canary:  Canary{From: b.Canary.From, To: b.Canary.To, Port: b.Canary.Port},
		Restore: b.OnDrift == "restore",
		Open:    OpenKernel, Attach: AttachKernel, Guards: Processes{},
		Limits: Limits{Grants: b.Limits.Grants, Containments: b.Limits.Containments, Reports: b.Limits.Reports},
	}
	for _, d := range []struct {
		from config.Duration
		to   *time.Duration
	}{
		{b.ReadBack, &x.ReadBack},
		{b.Canary.Every, &x.Canary.Every},
		{b.Limits.Grant, &x.Limits.Grant},
		{b.Limits.Containment, &x.Limits.Containment},
		{b.Limits.Trial, &x.Limits.Trial},
	} {
		var err error
		if *d.to, err = d.from.Length(); err != nil {
			return x, fmt.Errorf("%w: boundary: %w", config.ErrWrong, err)
		}
	}
	return x, nil
}

// BoxOf is where a configuration puts the wall, with what the kernel can do.
func BoxOf(b *config.Boundary) (Box, error) {
	caps, err := enforce.Probe()
	if err != nil {
		return Box{}, fmt.Errorf("find out what the kernel can do: %w; run it as root, or with the systemd unit", err)
	}
	return Box{Config: enforceConfig(b), Caps: caps}, nil
}

func enforceConfig(b *config.Boundary) enforce.Config {
	c := enforce.Config{
		Mode: enforce.Mode(b.Mode), Office: b.Office, Plant: b.Plant, Bridge: b.Bridge,
		Tracking: enforce.Tracking(b.Tracking), Relay: maps.Clone(b.RelayPorts), Learn: b.Hosts.Learn,
	}
	for _, a := range b.Hosts.Office {
		c.Hosts = append(c.Hosts, enforce.Host{Addr: a, Side: enforce.Office})
	}
	for _, a := range b.Hosts.Plant {
		c.Hosts = append(c.Hosts, enforce.Host{Addr: a, Side: enforce.Plant})
	}
	if b.ForwardLLDP {
		c.GroupForward = forwardLLDP
	}
	switch {
	case b.Relays == "off" || b.Mode == config.BoundaryBridge:
		c.Relay = nil
	case len(c.Relay) == 0:
		c.Relay = policy.RelayPorts()
	}
	return c
}

// needed are the capabilities that the process keeps: to change the wall, and to
// open transparent sockets and read what the kernel reports.
var needed = []cap.Value{cap.NET_ADMIN, cap.NET_RAW}

// dropPrivileges takes everything else from all threads, and from every program
// that is started: a guard is this program again and needs the same.
func dropPrivileges() string {
	var wrong []error
	var bounds []cap.Value
	for v := range cap.MaxBits() {
		if !slices.Contains(needed, v) {
			bounds = append(bounds, v)
		}
	}
	if err := cap.DropBound(bounds...); err != nil {
		wrong = append(wrong, fmt.Errorf("the bounding set is left as it was: %w", err))
	}
	keep := cap.NewSet()
	for _, flag := range []cap.Flag{cap.Permitted, cap.Effective, cap.Inheritable} {
		if err := keep.SetFlag(flag, true, needed...); err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := keep.SetProc(); err != nil {
		wrong = append(wrong, fmt.Errorf("capabilities are left as they were: %w", err))
	}
	if os.Geteuid() != 0 {
		// Another user's programs inherit only what is ambient.
		if err := cap.SetAmbient(true, needed...); err != nil {
			wrong = append(wrong, fmt.Errorf("a guard will lack rights: %w", err))
		}
	}
	if _, _, e := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); e != 0 {
		wrong = append(wrong, fmt.Errorf("new privileges can be gained: %w", e))
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...).Error()
	}
	return fmt.Sprintf("%v are kept, nothing can be gained", needed)
}
