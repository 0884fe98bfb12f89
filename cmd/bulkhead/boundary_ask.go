package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// asking is what a command that asks the boundary works with.
type asking struct {
	*wall.Client
	config *config.Config // nil if none was named
	out    io.Writer
	args   []string
}

// folder is the boundary's data folder.
func (a *asking) folder() string {
	if a.config == nil {
		return config.DefaultBoundaryData
	}
	return a.config.Boundary.Data
}

// boundaryAsk makes a command that asks the boundary and takes args arguments.
func boundaryAsk(o *boundaryFlags, use, short, example string, args int, do func(context.Context, *asking) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: func(_ *cobra.Command, given []string) error {
			if len(given) != args {
				return fmt.Errorf("%w: bulkhead boundary %s", errUsage, use)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := o.settings()
			if err != nil {
				return err
			}
			socket := o.socket
			if socket == "" {
				socket = config.DefaultBoundarySocket
				if settings != nil {
					socket = settings.BoundarySocket()
				}
			}
			return withStop(c.Context(), func(ctx context.Context) error {
				client := wall.Dial(socket)
				defer client.Close()
				return do(ctx, &asking{client, settings, c.OutOrStdout(), args})
			})
		},
	}
}

// hostUser is who works on this machine, as far as it can be told: root can say
// anything.
func hostUser() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return "host " + name
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "host " + u.Username
	}
	return "host root"
}

func boundaryStatus(o *boundaryFlags) *cobra.Command {
	var asJSON bool
	c := boundaryAsk(o, "status", "Say what holds now", "  bulkhead boundary status\n  bulkhead boundary status --json", 0, func(ctx context.Context, a *asking) error {
		s, err := a.Status(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(a.out, s)
		}
		return printStatus(a.out, s)
	})
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func boundaryConfirm(o *boundaryFlags) *cobra.Command {
	return boundaryAsk(o, "confirm", "Say that the plant is well: keep the revision on trial", "  bulkhead boundary confirm", 0, func(ctx context.Context, a *asking) error {
		p, err := a.Confirm(ctx, wall.EndRequest{By: hostUser()})
		if errors.Is(err, wall.ErrAway) {
			r, err := wall.ConfirmIn(a.folder(), hostUser())
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "The boundary process does not answer. Its guard is told that revision %d is confirmed.\n", r.Number)
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "Revision %d is confirmed. It stays when every critical conversation was seen again:\n", p.Number)
		return printSeen(a.out, p.Seen)
	})
}

func boundaryRollback(o *boundaryFlags) *cobra.Command {
	var reason string
	c := boundaryAsk(o, "rollback", "Take the revision on trial back at once", `  bulkhead boundary rollback --reason "the scanner stopped"`, 0, func(ctx context.Context, a *asking) error {
		out, err := a.Rollback(ctx, wall.EndRequest{By: hostUser(), Reason: reason})
		if errors.Is(err, wall.ErrAway) {
			r, err := wall.RollbackIn(a.folder(), hostUser(), reason)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "The boundary process does not answer. Its guard is told to take revision %d back.\n", r.Number)
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "Revision %d was %s: %s.\n", out.Number, out.What, out.Why)
		return nil
	})
	c.Flags().StringVar(&reason, "reason", "", "`why`")
	return c
}

func boundaryProbe(o *boundaryFlags) *cobra.Command {
	return boundaryAsk(o, "probe", "Send a canary that the wall must stop", "  bulkhead boundary probe", 0, func(ctx context.Context, a *asking) error {
		r, err := a.Probe(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s: %s\n", r.What, r.Says)
		if r.What != wall.Stopped {
			return errUnwell
		}
		return nil
	})
}

// granted is what the flags of a grant say.
type granted struct {
	id, src, dst, why string
	port              uint16
	udp               bool
	length            time.Duration
}

func boundaryGrant(o *boundaryFlags) *cobra.Command {
	var g granted
	c := boundaryAsk(o, "grant", "Let one connection pass for a time", `  bulkhead boundary grant --from 10.9.0.5 --to 10.2.0.20 --port 102 --for 30m --why "ticket 812"`, 0, func(ctx context.Context, a *asking) error {
		r, err := g.request()
		if err != nil {
			return err
		}
		if err := a.Grant(ctx, r); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s holds until %s. End it sooner with: bulkhead boundary revoke %s\n", r.ID, r.Until.Format(time.RFC3339), r.ID)
		return nil
	})
	f := c.Flags()
	f.StringVar(&g.id, "id", "", "what it is called; one of the same `name` is replaced (default made up)")
	f.StringVar(&g.src, "from", "", "`address` that opens the connection")
	f.StringVar(&g.dst, "to", "", "`address` that answers")
	f.Uint16Var(&g.port, "port", 0, "the `port` that answers")
	f.BoolVar(&g.udp, "udp", false, "UDP and not TCP")
	f.DurationVar(&g.length, "for", 30*time.Minute, "how `long`")
	f.StringVar(&g.why, "why", "", "`why`: a ticket, a name")
	return c
}

func (g *granted) request() (r wall.GrantRequest, err error) {
	if g.why == "" {
		return r, fmt.Errorf("%w: say why with --why", errUsage)
	}
	r.By = hostUser()
	now := time.Now()
	r.Grant = policy.Grant{ID: g.id, Proto: policy.TCP, Port: g.port, Until: now.Add(g.length), Why: g.why, Approved: []string{r.By}}
	if g.udp {
		r.Proto = policy.UDP
	}
	if r.ID == "" {
		r.ID = "host-" + now.UTC().Format("20060102-150405")
	}
	if r.Src, err = address("--from", g.src); err != nil {
		return r, err
	}
	r.Dst, err = address("--to", g.dst)
	return r, err
}

func address(flag, text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return a, fmt.Errorf("%w: %s: %q is no IP address", errUsage, flag, text)
	}
	return a.Unmap(), nil
}

func boundaryRevoke(o *boundaryFlags) *cobra.Command {
	var reason string
	c := boundaryAsk(o, "revoke ID", "End a grant and its connections", "  bulkhead boundary revoke host-20260310-0812", 1, func(ctx context.Context, a *asking) error {
		return a.Revoke(ctx, a.args[0], wall.EndRequest{By: hostUser(), Reason: reason})
	})
	c.Flags().StringVar(&reason, "reason", "", "`why`")
	return c
}

func boundaryContain(o *boundaryFlags) *cobra.Command {
	var addrs, pair []string
	var x policy.Containment
	var length time.Duration
	example := "  bulkhead boundary contain --address 10.2.0.20 --for 4h --why \"odd writes\"\n  bulkhead boundary contain --between office,cell1 --for 1h --why \"worm in the office\""
	c := boundaryAsk(o, "contain", "Stop an address, a conduit or everything between two zones for a time", example, 0, func(ctx context.Context, a *asking) error {
		for _, text := range addrs {
			addr, err := address("--address", text)
			if err != nil {
				return err
			}
			x.Addrs = append(x.Addrs, addr)
		}
		if len(pair) != 0 && len(pair) != 2 || x.Why == "" {
			return fmt.Errorf("%w: --between takes two zones, and --why is needed", errUsage)
		}
		copy(x.Pair[:], pair)
		now := time.Now()
		x.Until, x.By = now.Add(length), hostUser()
		if x.ID == "" {
			x.ID = "host-" + now.UTC().Format("20060102-150405")
		}
		k, err := a.Contain(ctx, x)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s holds until %s and stops: %s. End it with: bulkhead boundary release %s\n", k.ID, k.Until.Format(time.RFC3339), strings.Join(k.Stops, ", "), k.ID)
		return nil
	})
	f := c.Flags()
	f.StringVar(&x.ID, "id", "", "what it is called; one of the same `name` is replaced (default made up)")
	f.StringArrayVar(&addrs, "address", nil, "an `address` of the machine; may be given several times")
	f.StringVar(&x.Conduit, "conduit", "", "a conduit's `id`")
	f.StringSliceVar(&pair, "between", nil, "two `zones`, separated by a comma")
	f.DurationVar(&length, "for", time.Hour, "how `long`")
	f.StringVar(&x.Why, "why", "", "`why`")
	return c
}

func boundaryRelease(o *boundaryFlags) *cobra.Command {
	var reason string
	c := boundaryAsk(o, "release ID", "End a containment", "  bulkhead boundary release host-20260310-0812", 1, func(ctx context.Context, a *asking) error {
		return a.Release(ctx, a.args[0], wall.EndRequest{By: hostUser(), Reason: reason})
	})
	c.Flags().StringVar(&reason, "reason", "", "`why`")
	return c
}

const openLong = `Let everything pass until "bulkhead boundary close", over restarts too: for a
plant that stands still while nobody knows why. A revision on trial is taken back
first. What a containment stops stays stopped. It works when the boundary process
is dead, too; if even this fails, see docs/boundary-box.md.`

func boundaryOpen(o *boundaryFlags) *cobra.Command {
	var reason string
	c := boundaryAsk(o, "open --reason TEXT", "Let everything pass, in an emergency", `  bulkhead boundary open --reason "line 2 stands still"`, 0, func(ctx context.Context, a *asking) error {
		r := wall.EndRequest{By: hostUser(), Reason: reason}
		if strings.TrimSpace(reason) == "" {
			return fmt.Errorf("%w: say why with --reason", errUsage)
		}
		err := a.OpenWall(ctx, r)
		if errors.Is(err, wall.ErrAway) {
			err = openDead(a, r)
		}
		if err == nil {
			fmt.Fprintln(a.out, "Everything passes now. Close the wall again with: bulkhead boundary close")
		}
		return err
	})
	c.Long = openLong
	c.Flags().StringVar(&reason, "reason", "", "`why`")
	return c
}

// openDead opens the wall of a process that does not answer.
func openDead(a *asking, r wall.EndRequest) error {
	if a.config == nil {
		return fmt.Errorf("%w: the boundary process does not answer; name its configuration: bulkhead boundary open --config /etc/bulkhead/bulkhead.yaml", errUsage)
	}
	box, err := wall.BoxOf(a.config.Boundary)
	if err != nil {
		return err
	}
	return wall.OpenIn(a.folder(), box, wall.OpenKernel, r)
}

func boundaryClose(o *boundaryFlags) *cobra.Command {
	return boundaryAsk(o, "close", "Put the confirmed revision in force again", "  bulkhead boundary close", 0, func(ctx context.Context, a *asking) error {
		return a.CloseWall(ctx, wall.EndRequest{By: hostUser()})
	})
}
