// Command gen packs the YAML files of package fingerprint into rules.json.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	f, err := fingerprint.Pack(os.DirFS("."))
	if err != nil {
		return err
	}
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile("rules.json", append(b, '\n'), 0o644)
}
