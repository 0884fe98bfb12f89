package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/lab"
)

func labWriteCommand() *cobra.Command {
	var o labFlags
	var out string
	c := &cobra.Command{
		Use:   "write --out FILE",
		Short: "Write a capture of the simulated plant",
		Args:  noArguments,
		RunE:  func(*cobra.Command, []string) error { return writeLab(&o, out) },
	}
	c.Flags().StringVar(&out, "out", "", "write the capture to this `file`; - is standard output")
	o.register(c)
	return c
}

func writeLab(flags *labFlags, out string) error {
	if out == "" {
		return fmt.Errorf("%w: name the file to write: bulkhead lab write --out plant.pcap", errUsage)
	}
	o, err := flags.options()
	if err != nil {
		return err
	}
	packets := 0
	err = toFile(out, func(w io.Writer) (err error) {
		b := bufio.NewWriterSize(w, 1<<20)
		packets, err = lab.Write(b, o)
		return errors.Join(err, b.Flush())
	})
	if err == nil && out != "-" {
		fmt.Fprintf(os.Stderr, "wrote %d packets of a simulated plant to %s\n", packets, out)
	}
	return err
}
