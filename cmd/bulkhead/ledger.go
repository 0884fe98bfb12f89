package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
)

const ledgerLong = `The ledger keeps who did what: every act that changes something, every sign-in,
and every look at packets or at the ledger itself. It is append-only, and each
record is part of a hash tree whose root is signed. All of this works while the
hub runs. docs/ledger.md tells more.`

const verifyLong = `Work out the ledger's hash tree from its records and hold it against the last
signed checkpoint, against the one in the store, and against those that were
saved elsewhere. A record that was changed, removed, put in or moved is named
with its line.`

const verifyExits = `
Exit codes:
  0  the ledger is whole
  1  it is not, or something failed
  2  the command line is wrong, or there is no ledger
`

const renewLong = `Begin a new ledger in place of one that is damaged, when you know why. The old
folder is set aside as evidence; the new ledger begins with what was found, and
with your reason. Stop the hub first.`

func ledgerCommand() *cobra.Command {
	c := &cobra.Command{Use: "ledger", Short: "Read and verify the log of what was done", Long: ledgerLong}
	c.AddCommand(ledgerVerify(), ledgerCheckpoint(), ledgerShow(), ledgerRenew())
	return c
}

// where says which installation is meant.
type where struct{ config, data string }

func (w *where) flags(c *cobra.Command) {
	c.Flags().StringVar(&w.config, "config", "", "read this configuration `file` (docs/run.md)")
	c.Flags().StringVar(&w.data, "data", "", "the data `folder` (default "+config.DefaultData+")")
}

func (w *where) settings() (*config.Config, error) {
	c := &config.Config{}
	if w.config != "" {
		var err error
		if c, err = config.Read(w.config); err != nil {
			return nil, err
		}
	}
	if w.data != "" {
		c.Data = w.data
	}
	if c.Data == "" {
		c.Data = config.DefaultData
	}
	return c, nil
}

func ledgerVerify() *cobra.Command {
	var w where
	var files []string
	c := &cobra.Command{
		Use: "verify", Short: "Find out whether any record was changed", Long: verifyLong, Args: nothing("ledger verify"),
		Example: "  bulkhead ledger verify\n  bulkhead ledger verify --checkpoint /mnt/usb/checkpoint-2026-03-10",
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error { return verifyLedger(ctx, c.OutOrStdout(), &w, files) })
		},
	}
	w.flags(c)
	c.Flags().StringArrayVar(&files, "checkpoint", nil, "a checkpoint in a `file`, saved with bulkhead ledger checkpoint; may be given several times")
	c.SetUsageTemplate(c.UsageTemplate() + verifyExits)
	return c
}

func verifyLedger(ctx context.Context, out io.Writer, w *where, files []string) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	var texts []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		texts = append(texts, string(b))
	}
	r, err := app.VerifyLedger(ctx, s, texts)
	var damage *ledger.Damage
	if errors.As(err, &damage) {
		return fmt.Errorf("the ledger is damaged: %w", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The ledger is whole: %d records, root %x.\n", r.Size, r.Last.Root[:])
	if r.After > 0 {
		fmt.Fprintf(out, "%d more were just written and are not covered by a checkpoint yet.\n", r.After)
	}
	if r.Store {
		fmt.Fprintln(out, "It agrees with the checkpoint in the store.")
	} else {
		fmt.Fprintln(out, "There is no store here to hold it against: what was taken from its end may be missed.")
	}
	if r.Known > 0 {
		fmt.Fprintf(out, "It agrees with %s.\n", plural(r.Known, "saved checkpoint"))
	}
	if r.Note != "" {
		fmt.Fprintln(out, "Note: "+r.Note+".")
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func ledgerCheckpoint() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use: "checkpoint", Short: "Print the latest signed checkpoint, to be kept elsewhere", Args: nothing("ledger checkpoint"),
		Long:    "Print a signed statement of what the ledger is now. Kept where no one of this host\nreaches (print it, mail it, put it on a USB stick), it proves later that nothing\nup to it was changed, even by somebody who has the ledger's key.",
		Example: "  bulkhead ledger checkpoint > /mnt/usb/checkpoint-$(date +%F)",
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := w.settings()
			if err != nil {
				return err
			}
			last, err := ledger.Last(filepath.Join(s.Data, state.Ledger))
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.OutOrStdout(), last.Text)
			return err
		},
	}
	w.flags(c)
	return c
}

// shown says which records are listed.
type shown struct {
	where
	actor, act string
	last       int
	json       bool
}

func ledgerShow() *cobra.Command {
	var o shown
	c := &cobra.Command{
		Use: "show", Short: "List what was done, the newest last", Args: nothing("ledger show"),
		Long:    "List records of the ledger. It verifies nothing: bulkhead ledger verify does.",
		Example: "  bulkhead ledger show\n  bulkhead ledger show --actor anna -n 20\n  bulkhead ledger show --json -n 0",
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error { return o.run(ctx, c.OutOrStdout(), c.ErrOrStderr()) })
		},
	}
	o.flags(c)
	c.Flags().StringVar(&o.actor, "actor", "", "only what this account did: its `name` or identifier")
	c.Flags().StringVar(&o.act, "act", "", "only this `act`")
	c.Flags().IntVarP(&o.last, "number", "n", 50, "the last so `many`; 0 for all")
	c.Flags().BoolVar(&o.json, "json", false, "as JSON lines")
	return c
}

func (o *shown) run(ctx context.Context, stdout, stderr io.Writer) error {
	s, err := o.settings()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(stdout)
	show, end := o.printer(out)
	var tail []ledger.Record
	err = ledger.Each(ctx, filepath.Join(s.Data, state.Ledger), func(r ledger.Record) error {
		if o.actor != "" && o.actor != r.Actor && o.actor != r.Name || o.act != "" && o.act != r.Act {
			return nil
		}
		if o.last <= 0 {
			return show(&r)
		}
		if tail = append(tail, r); len(tail) > 2*o.last {
			tail = append(tail[:0], tail[len(tail)-o.last:]...)
		}
		return nil
	}, func(line int64, err error) {
		fmt.Fprintf(stderr, "line %d: %v; look with bulkhead ledger verify\n", line, err)
	})
	if err != nil {
		return err
	}
	for i := max(0, len(tail)-o.last); i < len(tail) && o.last > 0; i++ {
		if err := show(&tail[i]); err != nil {
			return err
		}
	}
	return errors.Join(end(), out.Flush())
}

func (o *shown) printer(out io.Writer) (show func(*ledger.Record) error, end func() error) {
	if o.json {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		return func(r *ledger.Record) error { return e.Encode(r) }, func() error { return nil }
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	return func(r *ledger.Record) error {
		who := r.Name
		if who == "" {
			who = r.Actor
		}
		how := string(r.Outcome)
		if r.Status > 0 {
			how += fmt.Sprintf(" %d", r.Status)
		}
		if r.Of > 0 {
			how += fmt.Sprintf(" of %d", r.Of)
		}
		what := strings.TrimSpace(r.Object + "  " + r.Detail)
		_, err := fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Index, r.At.Format(time.RFC3339), or(who, "-"), or(r.From, "-"), r.Act, how, what)
		return err
	}, t.Flush
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func ledgerRenew() *cobra.Command {
	var w where
	var reason string
	c := &cobra.Command{
		Use: "renew --reason TEXT", Short: "Begin a new ledger in place of a damaged one", Long: renewLong, Args: nothing("ledger renew"),
		RunE: func(c *cobra.Command, _ []string) error {
			if strings.TrimSpace(reason) == "" {
				return fmt.Errorf("%w: say why with --reason", errUsage)
			}
			s, err := w.settings()
			if err != nil {
				return err
			}
			aside, err := app.RenewLedger(c.Context(), s, reason)
			if err != nil {
				return err
			}
			if aside != "" {
				fmt.Fprintln(c.ErrOrStderr(), "the damaged ledger is kept in "+aside)
			}
			return nil
		},
	}
	w.flags(c)
	c.Flags().StringVar(&reason, "reason", "", "`why` it is damaged, for the new ledger")
	return c
}
