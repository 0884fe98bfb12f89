package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

func policyRevise() *cobra.Command {
	var o policyFlags
	var reason string
	c := &cobra.Command{
		Use: "revise [FILE]", Short: "Make a revision of a plant model", Args: atMost(1),
		Example: "  bulkhead policy revise --reason \"The historian moves\" --url https://hub.plant.example:8443 --token-file token",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				if err := o.running(); err != nil {
					return err
				}
				text, err := optionalFile(c, args)
				if err != nil {
					return err
				}
				r, err := o.at.Revise(ctx, text, reason)
				if err != nil {
					return err
				}
				return show(&o, c.OutOrStdout(), r, printRevision)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.MarkFlagRequired("reason") // fails only for a flag that is not there
	return o.add(c, false)
}

func policyRevisions() *cobra.Command {
	var o policyFlags
	var text, compiled bool
	c := &cobra.Command{
		Use: "revisions [NUMBER]", Short: "List revisions, or show one", Args: atMost(1),
		Example: "  bulkhead policy revisions\n  bulkhead policy revisions 7 --policy > policy.json",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				if len(args) == 0 {
					l, err := o.at.Revisions(ctx)
					if err != nil {
						return err
					}
					return show(&o, c.OutOrStdout(), l.Items, printRevisions)
				}
				n, err := revisionNumber(args)
				if err != nil {
					return err
				}
				r, err := o.at.Revision(ctx, n)
				switch {
				case err != nil:
					return err
				case text:
					_, err := io.WriteString(c.OutOrStdout(), r.Text)
					return err
				case compiled:
					return printJSON(c.OutOrStdout(), r.Policy)
				}
				return show(&o, c.OutOrStdout(), r, printRevision)
			})
		},
	}
	c.Flags().BoolVar(&text, "text", false, "only the plant.yaml it was made from")
	c.Flags().BoolVar(&compiled, "policy", false, "only the compiled policy, as JSON")
	return o.add(c, true)
}

func policyApprove() *cobra.Command {
	var o policyFlags
	var side, hash string
	c := &cobra.Command{
		Use: "approve NUMBER", Short: "Approve a revision for IT or for operations",
		Example: "  bulkhead policy approve 7 --side operations --url https://hub.plant.example:8443 --token-file token",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				n, err := revisionNumber(args)
				if err = errors.Join(err, o.running()); err != nil {
					return err
				}
				if side != "it" && side != "operations" {
					return fmt.Errorf("%w: --side takes it or operations", errUsage)
				}
				r, err := o.at.Approve(ctx, n, side, hash)
				if err != nil {
					return err
				}
				return show(&o, c.OutOrStdout(), r, printRevision)
			})
		},
	}
	c.Flags().StringVar(&side, "side", "", "`it` or operations: the side you speak for")
	c.Flags().StringVar(&hash, "hash", "", "`hash` of the revision as you looked at it: refused if it is another")
	return o.add(c, false)
}

func policyApply() *cobra.Command {
	var o policyFlags
	var within time.Duration
	var force bool
	var reason string
	c := &cobra.Command{
		Use: "apply NUMBER", Short: "Put a signed revision into force until it is confirmed",
		Long:    "Put a signed revision into force. The guard puts back what was before unless it\nis confirmed and every conversation that a line lives on was seen again, in time.",
		Example: "  bulkhead policy apply 7 --confirm-within 10m --url https://hub.plant.example:8443 --token-file token\n  bulkhead policy apply 7 --force --reason \"worm in the office\" …",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				n, err := revisionNumber(args)
				if err = errors.Join(err, o.running()); err != nil {
					return err
				}
				a, err := o.at.Apply(ctx, n, within, force, reason)
				if err != nil {
					return err
				}
				return show(&o, c.OutOrStdout(), a, printApplied)
			})
		},
	}
	c.Flags().DurationVar(&within, "confirm-within", 5*time.Minute, "the `time` until it goes back unless it is confirmed")
	c.Flags().BoolVar(&force, "force", false, "also outside a maintenance window and past what holds it back; takes a --reason")
	c.Flags().StringVar(&reason, "reason", "", "why")
	return o.add(c, false)
}

func policyConfirm() *cobra.Command {
	var o policyFlags
	c := &cobra.Command{
		Use: "confirm", Short: "Keep what is on trial: the plant is well", Args: nothing("policy confirm"),
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				if err := o.running(); err != nil {
					return err
				}
				a, err := o.at.Confirm(ctx)
				if err != nil {
					return err
				}
				return show(&o, c.OutOrStdout(), a, printApplied)
			})
		},
	}
	return o.add(c, false)
}

func policyRollback() *cobra.Command {
	var o policyFlags
	var reason string
	c := &cobra.Command{
		Use: "rollback", Short: "Put back at once what was in force before the trial", Args: nothing("policy rollback"),
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				if err := o.running(); err != nil {
					return err
				}
				a, err := o.at.Rollback(ctx, reason)
				if err != nil {
					return err
				}
				return show(&o, c.OutOrStdout(), a, printApplied)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.MarkFlagRequired("reason") // fails only for a flag that is not there
	return o.add(c, false)
}

func policyVerify() *cobra.Command {
	var o policyFlags
	var now bool
	c := &cobra.Command{
		Use: "verify", Short: "Say whether the wall stands, in four ways", Args: nothing("policy verify"),
		Long: "Say how the four proofs stand: the configuration read back, what was seen since, a\ncanary of the boundary's own, and conduits that nobody uses. With --now the\nboundary is read and probed first, which takes some seconds.",
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				if err := o.running(); err != nil {
					return err
				}
				p, err := o.at.Verify(ctx, now)
				if err != nil {
					return err
				}
				if err := show(&o, c.OutOrStdout(), p, printProofs); err != nil {
					return err
				}
				for _, x := range p.Proofs {
					if x.Status != "proven" {
						return no("not all is proven")
					}
				}
				if len(p.Proofs) == 0 {
					return no("nothing is proven")
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&now, "now", false, "read back and probe the boundary first")
	return o.add(c, false)
}
