package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/lab"
)

const labLong = `Write a capture of a plant that does not exist: an office, a DMZ, operations,
three lines of machines with controllers of six makers, and a building. The
devices speak their real protocols, and a few things happen that somebody
should look at.

Use it to try Bulkhead without a plant, to train, and to test other tools. The
same seed writes the same bytes.`

const labExample = `  bulkhead lab --out plant.pcap && bulkhead analyze plant.pcap
  bulkhead lab --out - --minutes 2 | tcpdump -r - -n | head
  bulkhead lab --out hour.pcap --minutes 60 --seed 7`

const labExits = `
Exit codes:
  0  the capture was written
  1  it could not be written
  2  the command line is wrong
`

type labFlags struct {
	out     string
	seed    uint64
	minutes int
}

func labCommand() *cobra.Command {
	var o labFlags
	c := &cobra.Command{
		Use:     "lab --out FILE",
		Short:   "Write a capture of a simulated plant",
		Long:    labLong,
		Example: labExample,
		Args:    noFiles,
		RunE:    func(*cobra.Command, []string) error { return runLab(&o) },
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "write the capture to this `file`; - is standard output")
	f.Uint64Var(&o.seed, "seed", 1, "`number` that all chance comes from")
	f.IntVar(&o.minutes, "minutes", 10, "how many `minutes` of the plant's life to write")
	c.SetUsageTemplate(c.UsageTemplate() + labExits)
	return c
}

func noFiles(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%w: lab reads nothing; name the file to write: bulkhead lab --out %s", errUsage, args[0])
	}
	return nil
}

func runLab(o *labFlags) error {
	if o.out == "" {
		return fmt.Errorf("%w: name the file to write: bulkhead lab --out plant.pcap", errUsage)
	}
	if o.minutes < 1 || time.Duration(o.minutes) > 24*60 {
		return fmt.Errorf("%w: --minutes takes 1 to %d", errUsage, 24*60)
	}
	packets := 0
	err := toFile(o.out, func(w io.Writer) (err error) {
		b := bufio.NewWriterSize(w, 1<<20)
		packets, err = lab.Write(b, lab.Options{Seed: o.seed, Time: time.Duration(o.minutes) * time.Minute})
		return errors.Join(err, b.Flush())
	})
	if err == nil && o.out != "-" {
		fmt.Fprintf(os.Stderr, "wrote %d packets of a simulated plant to %s\n", packets, o.out)
	}
	return err
}
