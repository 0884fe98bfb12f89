package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

const plantLong = `Work on the plant model, plant.yaml: who answers for what, lines and the cost of
their stop, zones, conduits and maintenance windows (docs/plant-model.md).`

const checkLong = `Read a plant model and say everything that is wrong in it: line, column, what it
is, and what would be right. Warnings are about what is allowed and probably not
meant.

Exit codes:
  0  it can be saved
  2  it has errors`

func plantCommand() *cobra.Command {
	c := &cobra.Command{Use: "plant", Short: "Check, show and apply the plant model", Long: plantLong}
	c.AddCommand(plantCheckCommand(), plantShowCommand(), plantApplyCommand())
	return c
}

// errPlant says that a model has errors, which were printed.
var errPlant = errors.New("the plant model has errors")

func plantCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE", Short: "Say what is wrong in a plant model, line by line", Long: checkLong,
		Example: `  bulkhead plant check plant.yaml
  bulkhead plant check - < plant.yaml`,
		Args: oneArgument("plant check", "the file to check"),
		RunE: func(c *cobra.Command, args []string) error {
			text, err := readPlant(args[0], c.InOrStdin())
			if err != nil {
				return err
			}
			m, problems := model.Parse(text, time.Now())
			printProblems(c.OutOrStdout(), args[0], text, problems)
			if m == nil {
				return errPlant
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: site %s: %d lines, %d zones, %d conduits, %d windows, %d people and teams\n",
				args[0], m.Site, len(m.Lines), len(m.Zones), len(m.Conduits), len(m.Windows), len(m.People)+len(m.Teams))
			return nil
		},
	}
}

// printProblems writes them as compilers do, each with its line.
func printProblems(w io.Writer, name, text string, problems []model.Problem) {
	for _, p := range problems {
		fmt.Fprintf(w, "%s:%s\n", name, p)
		if e := model.Excerpt(text, p); e != "" {
			fmt.Fprintln(w, e)
		}
	}
}

// readPlant reads a file, or standard input for "-", as far as a model may go.
func readPlant(name string, in io.Reader) (string, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, model.MaxText+1))
	return string(b), err
}

func oneArgument(verb, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%w: name %s; see bulkhead %s --help", errUsage, what, verb)
		}
		return nil
	}
}

// plantFlags say where the model is kept.
type plantFlags struct{ data, site, url, tokenFile, note string }

func (o *plantFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.data, "data", config.DefaultData, "the data `folder` of a hub that does not run")
	f.StringVar(&o.url, "url", "", "the `address` of a hub that runs, https://…")
	f.StringVar(&o.tokenFile, "token-file", "", "a `file` with an API token, with --url")
}

func plantShowCommand() *cobra.Command {
	var o plantFlags
	c := &cobra.Command{
		Use: "show", Short: "Write the newest version to standard output", Args: nothing("plant show"),
		Example: `  bulkhead plant show --data /var/lib/bulkhead > plant.yaml`,
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) (err error) {
				var text string
				if o.url != "" {
					text, err = app.FetchPlant(ctx, o.url, o.tokenFile, o.site)
				} else {
					text, _, err = app.ShowPlant(ctx, o.data, o.site)
				}
				if err == nil {
					fmt.Fprint(c.OutOrStdout(), text)
				}
				return err
			})
		},
	}
	o.add(c)
	c.Flags().StringVar(&o.site, "site", "", "`name` of the plant, where there are several")
	return c
}

func plantApplyCommand() *cobra.Command {
	var o plantFlags
	c := &cobra.Command{
		Use: "apply FILE", Short: "Save a plant model as the next version", Args: oneArgument("plant apply", "the file to save"),
		Example: `  bulkhead plant apply plant.yaml --note "Line 3 has an owner"
  bulkhead plant apply plant.yaml --url https://hub.plant.example:8443 --token-file token`,
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error { return applyPlant(ctx, c, &o, args[0]) })
		},
	}
	o.add(c)
	c.Flags().StringVar(&o.note, "note", "", "why it is changed, for the history")
	return c
}

func applyPlant(ctx context.Context, c *cobra.Command, o *plantFlags, name string) error {
	text, err := readPlant(name, c.InOrStdin())
	if err != nil {
		return err
	}
	m, problems := model.Parse(text, time.Now())
	printProblems(c.ErrOrStderr(), name, text, problems)
	if m == nil {
		return errPlant
	}
	var version int64
	var changed bool
	if o.url != "" {
		version, changed, err = app.SendPlant(ctx, o.url, o.tokenFile, m.Site, text, o.note)
	} else {
		version, changed, err = app.ApplyPlant(ctx, o.data, name, text, o.note, time.Now())
	}
	switch {
	case err != nil:
		return err
	case changed:
		fmt.Fprintf(c.OutOrStdout(), "saved as version %d of site %s\n", version, m.Site)
	default:
		fmt.Fprintf(c.OutOrStdout(), "version %d of site %s says the same\n", version, m.Site)
	}
	return nil
}
