package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app/doctor"
)

const doctorLong = `Say in words what is wrong with this installation: permissions, an interface
without traffic, a mirror port that shows one side only, a full disk, a wrong
clock. It changes nothing and sends nothing but questions to a Bulkhead that runs
on this machine.`

const doctorExits = `
Exit codes:
  0  nothing is wrong
  1  something is wrong
  2  the command line or the configuration is wrong
`

func doctorCommand() *cobra.Command {
	var o runFlags
	watch := 3 * time.Second
	c := &cobra.Command{
		Use:   "doctor [--interface NAME | --config FILE]",
		Short: "Say what is wrong with an installation",
		Long:  doctorLong,
		Example: `  bulkhead doctor --interface eth1
  bulkhead doctor --config /etc/bulkhead/bulkhead.yaml`,
		Args: nothing("doctor"),
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := o.settings()
			if err != nil {
				return err
			}
			return withStop(c.Context(), func(ctx context.Context) error {
				checks := doctor.Judge(doctor.Look(ctx, settings, watch), time.Now())
				return printChecks(c.OutOrStdout(), checks)
			})
		},
	}
	o.flags(c.Flags())
	c.Flags().DurationVar(&watch, "watch", watch, "watch each interface's counters for this `time`")
	c.SetUsageTemplate(c.UsageTemplate() + doctorExits)
	return c
}

// errUnwell is the exit code of a doctor who found something.
var errUnwell = errors.New("something is wrong; see above")

func printChecks(w io.Writer, checks []doctor.Check) error {
	for _, c := range checks {
		if _, err := fmt.Fprintf(w, "%-8s %s: %s\n", c.State, c.What, c.Text); err != nil {
			return err
		}
		if c.Do != "" {
			if _, err := fmt.Fprintf(w, "         → %s\n", c.Do); err != nil {
				return err
			}
		}
	}
	if doctor.Worst(checks) == doctor.Bad {
		return errUnwell
	}
	return nil
}
