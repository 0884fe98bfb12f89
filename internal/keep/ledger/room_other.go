//go:build !linux

package ledger

import "os"

func allocate(*os.File, int64, int64) error { return nil }

func syncData(f *os.File) error { return f.Sync() }
