package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
)

const boundaryLong = `Hold the wall between office and plant on a small Linux box: put approved
revisions of the policy into the kernel, on trial, and report what is stopped.

A revision is on trial until somebody has confirmed it and every critical
conversation was seen again. A guard, a process of its own, puts back what was
there before otherwise, also when this process is dead. What is in the kernel
stays when this process ends; after a loss of power the last confirmed revision
is loaded. docs/boundary-box.md tells how to set up a box, and what to do when
something is wrong.

The other commands ask the process that runs on this machine.`

const boundaryExits = `
Exit codes:
  0  it was told to stop and did, or what was asked was done
  1  something failed
  2  the command line or the configuration is wrong
`

// boundaryFlags say which boundary is meant.
type boundaryFlags struct {
	config, socket string
	verbose        bool
}

func boundaryCommand() *cobra.Command {
	var o boundaryFlags
	c := &cobra.Command{
		Use: "boundary --config FILE", Short: "Hold the wall between office and plant on this box", Long: boundaryLong,
		Example: "  bulkhead boundary --config /etc/bulkhead/bulkhead.yaml\n  bulkhead boundary status",
		Args:    nothing("boundary"),
		RunE:    func(c *cobra.Command, _ []string) error { return runBoundary(c.Context(), &o) },
	}
	c.PersistentFlags().StringVar(&o.config, "config", "", "read this configuration `file` (docs/boundary-box.md)")
	c.PersistentFlags().StringVar(&o.socket, "socket", "", "ask at this `socket` (default "+config.DefaultBoundarySocket+")")
	c.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "log more")
	c.AddCommand(
		boundaryStatus(&o), boundaryConfirm(&o), boundaryRollback(&o), boundaryGrant(&o), boundaryRevoke(&o),
		boundaryContain(&o), boundaryRelease(&o), boundaryProbe(&o), boundaryOpen(&o), boundaryClose(&o), boundaryGuard(),
	)
	c.SetUsageTemplate(c.UsageTemplate() + boundaryExits)
	return c
}

// settings is the configuration, nil if none was named.
func (o *boundaryFlags) settings() (*config.Config, error) {
	if o.config == "" {
		return nil, nil
	}
	c, err := config.Read(o.config)
	if err == nil && (c.Boundary == nil || c.Boundary.Elsewhere()) {
		err = fmt.Errorf("%s: %w: it has no section boundary that says where it stands (docs/boundary-box.md)", o.config, config.ErrWrong)
	}
	return c, err
}

func runBoundary(ctx context.Context, o *boundaryFlags) error {
	c, err := o.settings()
	if err != nil {
		return err
	}
	if c == nil {
		return fmt.Errorf("%w: name the configuration: bulkhead boundary --config /etc/bulkhead/bulkhead.yaml", errUsage)
	}
	if o.socket != "" {
		c.Boundary.Socket = o.socket
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := wall.OpenProcess(c, version(), logger(o.verbose))
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The boundary (%s) answers at %s\n", c.Boundary, c.Boundary.Socket)
	if err := s.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// boundaryGuard is what the boundary process starts beside itself. It is no
// command for people.
func boundaryGuard() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use: "guard --folder FOLDER", Short: "Watch a trial", Hidden: true, Args: nothing("boundary guard"),
		RunE: func(c *cobra.Command, _ []string) error {
			ready := os.NewFile(wall.GuardReadyFD, "ready")
			if info, err := ready.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 || dir == "" {
				return fmt.Errorf("%w: a guard is started by the boundary process, not by hand", errUsage)
			}
			// A terminal that closes and a log that nobody reads any more do not end
			// it. Whoever tells it to end gets the previous contents back.
			signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGPIPE)
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGTERM)
			defer stop()
			return wall.RunGuard(ctx, wall.GuardOptions{Dir: dir, Open: wall.AttachKernel, Ready: ready, Changed: os.Stdin, Log: logger(false)})
		},
	}
	c.Flags().StringVar(&dir, "folder", "", "the boundary's `folder`")
	return c
}
