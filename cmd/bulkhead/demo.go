package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/console"
	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/lab"
)

const demoLong = `Show Bulkhead on a plant that does not exist: a dairy with an office, three
production lines and a building. A week of its life is read first, in less than
a minute; then the plant lives on, and the console shows it live.

Nothing is sent on any network and nothing outside the data folder is changed.
Without --data the folder is a temporary one, which is removed at the end.`

const demoExample = `  bulkhead demo
  bulkhead demo --days 1 --listen 127.0.0.1:9000
  bulkhead demo --scenario phishing --data ./demo`

type demoFlags struct {
	data, listen, scenario string
	seed                   uint64
	days                   int
	verbose                bool
}

func demoCommand() *cobra.Command {
	var o demoFlags
	c := &cobra.Command{
		Use:     "demo",
		Short:   "Show the console on a simulated plant",
		Long:    demoLong,
		Example: demoExample,
		Args:    nothing("demo"),
		RunE:    func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), &o) },
	}
	f := c.Flags()
	f.StringVar(&o.data, "data", "", "keep everything in this `folder`, and keep it at the end")
	f.StringVar(&o.listen, "listen", config.DefaultListen, "serve the console at this `address`")
	f.StringVar(&o.scenario, "scenario", "", "what happens in the plant; bulkhead lab list `name`s them")
	f.Uint64Var(&o.seed, "seed", 1, "`number` that all chance comes from")
	f.IntVar(&o.days, "days", 7, "how many `days` are past when the console opens")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log more")
	return c
}

// demoThin is how many times slower machines poll in the past week. Their true
// pace would be a hundred million packets.
const demoThin = 30

// demoSession is how long the one who opened the demonstration stays signed in.
const demoSession = "720h"

func runDemo(ctx context.Context, o *demoFlags) error {
	if o.days < 0 || o.days > 31 {
		return fmt.Errorf("%w: --days takes 0 to 31", errUsage)
	}
	var writable []string
	if o.data == "" {
		dir, err := os.MkdirTemp("", "bulkhead-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.data, writable = dir, []string{filepath.Dir(dir)} // where the folder is removed from
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	plant, done, err := app.NewDemo(ctx, app.Demo{
		Seed: o.seed, Scenario: o.scenario, Past: time.Duration(o.days) * 24 * time.Hour, Thin: demoThin, Now: time.Now(),
	})
	if err != nil {
		return err
	}
	defer done()
	c := &config.Config{Site: "Alder Foods", Data: o.data, Listen: o.listen, Roles: []string{config.RoleSensor, config.RoleHub}}
	// The link works once, and a newcomer has nothing else to sign in with.
	c.Accounts.IdleAdministrator, c.Accounts.LongestAdministrator, c.Accounts.Fresh = demoSession, demoSession, demoSession
	if err := c.Complete(); err != nil {
		return err
	}
	p, err := app.Open(ctx, c, app.ProcessOptions{Version: version(), Log: quietLogger(o.verbose), Console: console.Files(), Extra: []app.ExtraSensor{plant}, Model: lab.Model, Writable: writable})
	if err != nil {
		return err
	}
	path, err := p.EnterPath(ctx, "demo", "Newcomer")
	if err != nil {
		p.Close()
		return err
	}
	fmt.Fprintf(os.Stderr, "Open the console here (the link signs you in, once):\n  %s%s\n%s Stop with Ctrl-C.\n", consoleHost(p), path, demoPast(o.days))
	if !console.Built() {
		fmt.Fprintln(os.Stderr, "This program was built without its console: make console build puts it in.")
	}
	if err := p.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func demoPast(days int) string {
	switch days {
	case 0:
		return "The plant lives; the console fills while you look."
	case 1:
		return "A day of the plant's life is read first; the console fills while you look."
	}
	return fmt.Sprintf("%d days of the plant's life are read first; the console fills while you look.", days)
}

// quietLogger tells only what somebody at a terminal should know.
func quietLogger(verbose bool) *slog.Logger {
	if verbose {
		return logger(true)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
