// Command bulkhead secures the place where an office network and a plant floor
// meet. See `bulkhead help`.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Exit codes, for scripts.
const (
	exitError = 1 // something went wrong
	exitInput = 2 // the input or the command line is wrong
	exitNo    = 3 // what was asked is answered by no
)

func main() { os.Exit(run()) }

// run executes the command line and returns the exit code.
func run() int {
	root := &cobra.Command{
		Use:           "bulkhead",
		Short:         "See, wall and watch the place where office and plant networks meet",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w: %v; see %s --help", errUsage, err, c.CommandPath())
	})
	root.AddCommand(accountCommand(), analyzeCommand(), boundaryCommand(), certCommand(), demoCommand(), doctorCommand(), labCommand(), plantCommand(), policyCommand(), ledgerCommand(), runCommand(), stateCommand())
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "bulkhead: "+err.Error())
		return exitCode(err)
	}
	return 0
}

func exitCode(err error) int {
	if errors.Is(err, errNo) {
		return exitNo
	}
	wrong := append([]error{capture.ErrFormat, errUsage, ledger.ErrNone, ledger.ErrNoCheckpoint, ledger.ErrWhole, os.ErrNotExist, config.ErrWrong, errPlant, app.ErrModel, wall.ErrInvalid}, wrongState...)
	if slices.ContainsFunc(wrong, func(w error) bool { return errors.Is(err, w) }) {
		return exitInput
	}
	return exitError
}

// errUsage marks errors of the command line.
var errUsage = errors.New("wrong usage")
