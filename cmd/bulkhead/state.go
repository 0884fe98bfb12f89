package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
)

const stateLong = `Save and restore what Bulkhead itself keeps: assets and their history, findings,
settings, sealed history, and packets that somebody kept as evidence. Batches
that wait on the bus and the ring of packets are not in it.`

const backupLong = `Write everything that a hub keeps into one file, also while it works. The copy is
of one moment. Each file in it is listed with its hash.

A hub that keeps its state in PostgreSQL is backed up with pg_dump, and a copy of
the history folder.`

const restoreLong = `Put a backup into a data folder, which must be missing or empty. Nothing is put
in place before every file has been compared with its hash. Then start:
bulkhead run --data FOLDER`

func stateCommand() *cobra.Command {
	c := &cobra.Command{Use: "state", Short: "Save and restore what Bulkhead keeps", Long: stateLong}
	c.AddCommand(backupCommand(), restoreCommand())
	return c
}

func backupCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "backup FILE", Short: "Save everything into one file, also while it works", Long: backupLong,
		Example: `  bulkhead state backup --data /var/lib/bulkhead /mnt/backup/bulkhead-$(date +%F).tar.zst`,
		Args:    oneFile("backup", "the file to write"),
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				m, err := app.Backup(ctx, data, args[0], version())
				if err == nil {
					tell("saved", m)
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&data, "data", config.DefaultData, "the data `folder`")
	return c
}

func restoreCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup into an empty data folder", Long: restoreLong,
		Example: `  bulkhead state restore --data /srv/bulkhead bulkhead-2026-03-10.tar.zst`,
		Args:    oneFile("restore", "the backup to read"),
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				m, err := app.Restore(ctx, args[0], data)
				if err == nil {
					tell("restored", m)
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&data, "data", config.DefaultData, "the data `folder` to make")
	return c
}

func oneFile(verb, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%w: name %s; see bulkhead state %s --help", errUsage, what, verb)
		}
		return nil
	}
}

func tell(did string, m *state.Manifest) {
	var bytes int64
	for _, f := range m.Files {
		bytes += f.Bytes
	}
	fmt.Fprintf(os.Stderr, "%s %d files, %.1f MB, as of %s\n", did, len(m.Files), float64(bytes)/1e6, m.Made.Format(time.RFC3339))
}

// withStop runs something that Ctrl-C ends cleanly.
func withStop(ctx context.Context, f func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return f(ctx)
}

// wrongState are errors of the command line and not of the program.
var wrongState = []error{state.ErrNotEmpty, state.ErrDamaged, fs.ErrExist}
