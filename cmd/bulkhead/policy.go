package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
)

const policyLong = `Work on the boundary's policy: propose zones and conduits from what was recorded,
try a draft against it, make revisions, approve them for IT and for operations,
put one into force, prove that it holds, and write it for a firewall
(docs/boundary.md).

Commands that only look also work on the data folder of a hub that does not run
(--data), those that export, import and compare on a file (--policy).`

const policyExits = `
Exit codes:
  0  it is done, or all is well
  1  it failed, or was refused
  2  the command line or a file is wrong
  3  the answer is no: something would be stopped that nobody has answered
     (simulate), the two differ (diff, import), not all is proven (verify)
`

// errNo is the answer no.
var errNo = errors.New("")

// no is an answer that is no, with what to say.
func no(format string, args ...any) error {
	return fmt.Errorf("%s%w", fmt.Sprintf(format, args...), errNo)
}

func policyCommand() *cobra.Command {
	c := &cobra.Command{Use: "policy", Short: "Propose, try, approve, apply and prove the boundary's policy", Long: policyLong}
	c.AddCommand(
		policyPropose(), policyDiff(), policySimulate(), policyRevise(), policyRevisions(), policyApprove(), policyApply(), policyConfirm(), policyRollback(),
		policyVerify(), policyExport(), policyImport(),
	)
	c.SetUsageTemplate(c.UsageTemplate() + policyExits)
	return c
}

// policyFlags say where policies are kept, and how to answer.
type policyFlags struct {
	at     app.PolicyAt
	asJSON bool
}

// add puts the flags of a command on it; look is for those that change nothing.
func (o *policyFlags) add(c *cobra.Command, look bool) *cobra.Command {
	f := c.Flags()
	f.StringVar(&o.at.URL, "url", "", "the `address` of a hub that runs, https://…")
	f.StringVar(&o.at.TokenFile, "token-file", "", "a `file` with an API token, with --url")
	f.StringVar(&o.at.Site, "site", "", "`name` of the plant, where there are several")
	f.BoolVar(&o.asJSON, "json", false, "as JSON")
	if look {
		f.StringVar(&o.at.Data, "data", config.DefaultData, "the data `folder` of a hub that does not run")
	}
	return c
}

// running refuses a command that needs a hub that runs.
func (o *policyFlags) running() error {
	if o.at.URL == "" {
		return fmt.Errorf("%w: this needs a hub that runs: name it with --url and --token-file", errUsage)
	}
	return nil
}

// atMost refuses more arguments than that.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("%w: %s takes %d at most; see %s --help", errUsage, c.CommandPath(), n, c.CommandPath())
		}
		return nil
	}
}

// show writes an answer as JSON, or as print does.
func show[T any](o *policyFlags, w io.Writer, v T, print func(io.Writer, T)) error {
	if o.asJSON {
		return printJSON(w, v)
	}
	print(w, v)
	return nil
}

func revisionNumber(args []string) (int64, error) {
	if len(args) != 1 {
		return 0, fmt.Errorf("%w: name one revision by its number; bulkhead policy revisions lists them", errUsage)
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: %q is no number of a revision", errUsage, args[0])
	}
	return n, nil
}

func policyPropose() *cobra.Command {
	var o policyFlags
	var text bool
	c := &cobra.Command{
		Use: "propose", Short: "Propose zones and conduits from what was recorded", Args: nothing("policy propose"),
		Example: "  bulkhead policy propose --data /var/lib/bulkhead\n  bulkhead policy propose --text > plant.yaml",
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				p, err := o.at.Propose(ctx)
				if err != nil {
					return err
				}
				if text {
					_, err := io.WriteString(c.OutOrStdout(), p.Text)
					return err
				}
				return show(&o, c.OutOrStdout(), p, printProposal)
			})
		},
	}
	c.Flags().BoolVar(&text, "text", false, "only the plant.yaml that would result")
	return o.add(c, true)
}

func policySimulate() *cobra.Command {
	var o policyFlags
	var n int64
	c := &cobra.Command{
		Use: "simulate [FILE]", Short: "Say what a plant model or a revision would have stopped", Args: atMost(1),
		Example: "  bulkhead policy simulate plant.yaml --data /var/lib/bulkhead\n  bulkhead policy simulate --revision 7 --url https://hub.plant.example:8443 --token-file token",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				text, err := optionalFile(c, args)
				if err != nil {
					return err
				}
				s, err := o.at.Simulate(ctx, text, n)
				if err != nil {
					return err
				}
				if s.Hash == "" {
					for _, p := range s.Problems {
						fmt.Fprintf(c.ErrOrStderr(), "%s:%d:%d: %s; %s\n", args[0], p.Line, p.Column, p.Message, p.Hint)
					}
					return errPlant
				}
				if err := show(&o, c.OutOrStdout(), s, printSimulation); err != nil {
					return err
				}
				if s.Open > 0 {
					return no("%s would be stopped that nobody has answered", counted(s.Open, "kind of conversation", "kinds of conversation"))
				}
				return nil
			})
		},
	}
	c.Flags().Int64Var(&n, "revision", 0, "a revision in place of a file, by its `number`")
	return o.add(c, true)
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func optionalFile(c *cobra.Command, args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	return readPlant(args[0], c.InOrStdin())
}

func policyDiff() *cobra.Command {
	var o policyFlags
	var n int64
	c := &cobra.Command{
		Use: "diff [FILE [FILE]]", Short: "Say which packets a plant model judges otherwise than what is in force; or two files", Args: atMost(2),
		Example: "  bulkhead policy diff plant.yaml --data /var/lib/bulkhead\n  bulkhead policy diff old.json new.json",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				if len(args) == 2 {
					return diffFiles(c, args)
				}
				text, err := optionalFile(c, args)
				if err != nil {
					return err
				}
				s, err := o.at.Simulate(ctx, text, n)
				if err != nil {
					return err
				}
				if err := show(&o, c.OutOrStdout(), s.Difference, printDifference); err != nil {
					return err
				}
				if len(s.Difference) > 0 {
					return no("they differ")
				}
				return nil
			})
		},
	}
	c.Flags().Int64Var(&n, "revision", 0, "a revision in place of a file, by its `number`")
	return o.add(c, true)
}

// diffFiles compares two files.
func diffFiles(c *cobra.Command, args []string) error {
	now := time.Now()
	var both [2]*app.PolicyFile
	for i, name := range args {
		var err error
		if both[i], err = policyFile(c, name, now); err != nil {
			return err
		}
	}
	says, more, err := app.ComparePolicies(both[0].Policy, both[1].Policy, now)
	if err != nil {
		return err
	}
	for _, s := range says {
		fmt.Fprintln(c.OutOrStdout(), s)
	}
	if more {
		fmt.Fprintln(c.OutOrStdout(), "and more")
	}
	if len(says) > 0 {
		return no("they differ")
	}
	fmt.Fprintln(c.OutOrStdout(), "Both let exactly the same packets through.")
	return nil
}

// policyFile reads a policy and says what of a plant model it leaves out.
func policyFile(c *cobra.Command, name string, now time.Time) (*app.PolicyFile, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := app.ReadPolicy(name, b, now)
	if err != nil {
		return nil, err
	}
	for _, n := range f.Notes {
		fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", name, strings.TrimSpace(n.Conduit+" "+n.Text))
	}
	return f, nil
}
