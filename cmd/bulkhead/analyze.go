package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
)

func analyzeCommand() *cobra.Command {
	var o app.AnalyzeOptions
	var asJSON bool
	c := &cobra.Command{
		Use:   "analyze FILE...",
		Short: "Say what captures show: assets, conversations, operations, findings",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.Files = args
			a, err := app.Analyze(o)
			if err != nil {
				return err
			}
			return report.JSON(os.Stdout, &a.Source)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().IntVar(&o.MemoryMB, "memory", app.DefaultMemoryMB, "bound on what is remembered, in MiB")
	return c
}
