//go:build !unix

package app

import (
	"fmt"
	"os"
	"path/filepath"
)

// lockFolder notes that a process works in a data folder; this system has no
// lock that ends with the process.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("use the data folder: %w", err)
	}
	return f, nil
}
