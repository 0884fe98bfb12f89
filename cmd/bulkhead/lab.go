package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/lab"
)

const labLong = `A plant that does not exist, in which devices speak their real protocols: an
office, a DMZ, operations, three lines of machines with controllers of six
makers, and a building. People work in shifts, jobs run at night, and a scenario
adds what somebody should look at, or should not.

Use it to try Bulkhead without a plant, to train, and to test other tools. The
same seed gives the same bytes.`

const labExample = `  bulkhead lab list
  bulkhead lab write --out plant.pcap && bulkhead analyze plant.pcap
  bulkhead lab write --scenario phishing --out - | tcpdump -r - -n | head
  bulkhead lab write --scenario quiet-week --days 7 --thin 30 --out week.pcap
  bulkhead lab play --interface veth0 --scenario scan --speed 10`

const labExits = `
Exit codes:
  0  it was done
  1  it could not be done
  2  the command line is wrong
`

func labCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "lab",
		Short:   "Write, play and describe a simulated plant",
		Long:    labLong,
		Example: labExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%w: lab has no %q; there are write, play, list and show", errUsage, args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(labWriteCommand(), labPlayCommand(), labListCommand(), labShowCommand())
	c.SetUsageTemplate(c.UsageTemplate() + labExits)
	return c
}

// labFlags say what to simulate.
type labFlags struct {
	scenario      string
	seed          uint64
	minutes, days int
	thin          int
}

// maxDays bounds what is written: a year of a plant.
const maxDays = 366

func (o *labFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.scenario, "scenario", lab.DefaultScenario, "what happens besides everyday work: a `name` from bulkhead lab list")
	f.Uint64Var(&o.seed, "seed", 1, "`number` that all chance comes from")
	f.IntVar(&o.minutes, "minutes", 0, "how many `minutes` of the plant's life (default: as long as the scenario is)")
	f.IntVar(&o.days, "days", 0, "or how many `days`")
	f.IntVar(&o.thin, "thin", 1, "poll and announce so many `times` less often, so that a week stays small")
}

// options are what the flags ask for.
func (o *labFlags) options() (lab.Options, error) {
	switch {
	case o.minutes < 0 || o.days < 0 || o.minutes > maxDays*24*60 || o.days > maxDays:
		return lab.Options{}, fmt.Errorf("%w: --minutes and --days take at least 1 and at most %d days", errUsage, maxDays)
	case o.minutes > 0 && o.days > 0:
		return lab.Options{}, fmt.Errorf("%w: give --minutes or --days, not both", errUsage)
	case o.thin < 1:
		return lab.Options{}, fmt.Errorf("%w: --thin takes at least 1", errUsage)
	}
	if _, err := scenario(o.scenario); err != nil {
		return lab.Options{}, err
	}
	length := time.Duration(o.minutes)*time.Minute + time.Duration(o.days)*24*time.Hour
	return lab.Options{Scenario: o.scenario, Seed: o.seed, Time: length, Thin: o.thin}, nil
}

// scenario reads one, or says which there are.
func scenario(name string) (*lab.Scenario, error) {
	s, err := lab.ReadScenario(name)
	if err == nil {
		return s, nil
	}
	names, listed := lab.Scenarios()
	if listed != nil {
		return nil, listed
	}
	return nil, fmt.Errorf("%w: %v; there are %s", errUsage, err, strings.Join(names, ", "))
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%w: %s takes no argument %q; see %s --help", errUsage, c.CommandPath(), args[0], c.CommandPath())
	}
	return nil
}

func labListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the scenarios",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			names, err := lab.Scenarios()
			if err != nil {
				return err
			}
			for _, name := range names {
				s, err := lab.ReadScenario(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(os.Stdout, "%-18s %s\n", name, s.Title)
			}
			return nil
		},
	}
}

func labShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Tell what happens in a scenario and what must be made of it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%w: name one scenario: bulkhead lab show %s", errUsage, lab.DefaultScenario)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := scenario(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(os.Stdout, s.Describe())
			return err
		},
	}
}
