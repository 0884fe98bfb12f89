package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bulkhead-ot/bulkhead/console"
	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
)

const runLong = `Watch the plant's network around the clock: a sensor reads a mirror port (or
several), a hub keeps what it learns and serves the console.

A plant that fits one box needs no configuration: name the interface that the
switch mirrors to. At the first start a link is shown by which the first
administrator is set up (docs/accounts.md). The console is served on loopback;
reach it from elsewhere with ssh -L 8443:127.0.0.1:8443 HOST.

The sensor cannot send on the interface it watches. After everything is opened
the process gives its privileges away; it needs root, or CAP_NET_RAW, only to
start. On SIGTERM it reports what it learnt last and ends; killed, it loses at
most the last minute of a live line and nothing that it had reported.`

const runExample = `  bulkhead run --interface eth1
  bulkhead run --interface eth1 --data /srv/bulkhead --listen 127.0.0.1:9000
  bulkhead run --config /etc/bulkhead/bulkhead.yaml`

const runExits = `
Exit codes:
  0  it was told to stop and did
  1  something failed
  2  the command line or the configuration is wrong
`

type runFlags struct {
	config     string
	interfaces []string
	site, data string
	listen     string
	verbose    bool
}

func runCommand() *cobra.Command {
	var o runFlags
	c := &cobra.Command{
		Use:     "run --interface NAME | --config FILE",
		Short:   "Watch a plant around the clock and serve the console",
		Long:    runLong,
		Example: runExample,
		Args:    nothing("run"),
		RunE:    func(c *cobra.Command, _ []string) error { return runRun(c.Context(), &o) },
	}
	o.flags(c.Flags())
	c.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "log more")
	c.SetUsageTemplate(c.UsageTemplate() + runExits)
	return c
}

// flags are those that say which installation is meant.
func (o *runFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&o.config, "config", "", "read this configuration `file` (docs/run.md)")
	f.StringArrayVar(&o.interfaces, "interface", nil, "watch this `interface`; may be given several times")
	f.StringVar(&o.site, "site", "", "`name` of the plant")
	f.StringVar(&o.data, "data", "", "keep everything in this `folder` (default "+config.DefaultData+")")
	f.StringVar(&o.listen, "listen", "", "serve the console at this `address` (default "+config.DefaultListen+")")
}

// nothing refuses arguments.
func nothing(verb string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("%w: %s takes no arguments, only flags; see bulkhead %s --help", errUsage, verb, verb)
		}
		return nil
	}
}

func (o *runFlags) settings() (*config.Config, error) {
	c := &config.Config{}
	if o.config != "" {
		var err error
		if c, err = config.Read(o.config); err != nil {
			return nil, err
		}
	}
	for _, name := range o.interfaces {
		c.Sensors = append(c.Sensors, config.Sensor{Interface: name})
	}
	for value, place := range map[string]*string{o.site: &c.Site, o.data: &c.Data, o.listen: &c.Listen} {
		if value != "" {
			*place = value
		}
	}
	return c, c.Complete()
}

func runRun(ctx context.Context, o *runFlags) error {
	c, err := o.settings()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := app.Open(ctx, c, app.ProcessOptions{Version: version(), Log: logger(o.verbose), Console: console.Files()})
	if err != nil {
		return err
	}
	if err := tellAddress(ctx, p, c); err != nil {
		p.Close()
		return err
	}
	if err := p.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// tellAddress says where the console is. While there is no account the link for
// the first one goes to a terminal and never into a log, which others may read.
func tellAddress(ctx context.Context, p *app.Process, c *config.Config) error {
	if p.Address() == nil {
		return nil
	}
	fmt.Fprintf(os.Stderr, "Bulkhead is at %s\n", p.URL())
	if !terminal(os.Stderr) {
		if none, err := p.NeedsSetup(ctx); err != nil || !none {
			return err
		}
		fmt.Fprintf(os.Stderr, "There is no account yet: bulkhead account setup --data %s, on this machine, shows the link for the first one.\n", c.Data)
		return nil
	}
	path, err := p.SetupPath(ctx)
	if err == nil && path != "" {
		fmt.Fprintf(os.Stderr, "There is no account yet. Make the first one here (the link works once, for a day):\n  %s%s\n", consoleHost(p), path)
	}
	return err
}

// consoleHost is the console's address with the name that passkeys can be bound
// to where it is on loopback.
func consoleHost(p *app.Process) string {
	return strings.Replace(p.URL(), "127.0.0.1", "localhost", 1)
}

// logger writes to standard error, where a service manager collects it.
func logger(verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
