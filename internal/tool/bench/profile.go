package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/pprof"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
)

// record writes a CPU profile of analyzing captures one after the other, each
// as the program does it with --json. It shows where the time goes
// (docs/performance.md).
func record(profile string, captures []string) error {
	f, err := os.Create(profile)
	if err != nil {
		return err
	}
	debug.SetGCPercent(20) // about what the program comes to
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	for _, c := range captures {
		a, err := app.Analyze(app.AnalyzeOptions{Files: []string{c}, Workers: 1})
		if err != nil {
			return err
		}
		if err := report.JSON(io.Discard, &a.Source); err != nil {
			return err
		}
	}
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", profile, err)
	}
	return nil
}
