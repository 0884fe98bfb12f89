package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
)

const certShowLong = `Print the fingerprint of this installation's own authority. Whoever is to trust
it gets the authority itself at https://HOST/ca.pem and compares the fingerprint
that is shown there with this one, before they take it. docs/tls.md tells how.`

func certCommand() *cobra.Command {
	c := &cobra.Command{Use: "cert", Short: "Show the certificate authority of this installation"}
	var w where
	show := &cobra.Command{
		Use: "show", Short: "Print the fingerprint to compare", Long: certShowLong, Args: nothing("cert show"),
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := w.settings()
			if err != nil {
				return err
			}
			x, _, err := cert.ReadAuthority(filepath.Join(s.Data, config.CertificateDir))
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("this installation has no authority of its own; it makes one when the console listens elsewhere than on loopback: %w", err)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s\nSHA-256 %s\nuntil %s\n", x.Subject.CommonName, cert.Fingerprint(x), x.NotAfter.UTC().Format(time.DateOnly))
			return err
		},
	}
	w.flags(show)
	c.AddCommand(show)
	return c
}
