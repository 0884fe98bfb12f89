package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
)

// deviceFlags say which firewall, and which policy.
type deviceFlags struct {
	policyFlags
	brand, file string
	n           int64
}

func (o *deviceFlags) add(c *cobra.Command) *cobra.Command {
	f := c.Flags()
	f.StringVar(&o.brand, "brand", "", "`fortigate`, opnsense, mikrotik, ios or asa")
	f.StringVar(&o.file, "policy", "", "a `file` with a policy or a plant model, in place of a hub's revision")
	f.Int64Var(&o.n, "revision", 0, "a revision by its `number`")
	c.MarkFlagRequired("brand") // fails only for a flag that is not there
	return o.policyFlags.add(c, true)
}

func policyExport() *cobra.Command {
	var o deviceFlags
	var d app.Device
	var out string
	c := &cobra.Command{
		Use: "export", Short: "Write a revision as a firewall's configuration", Args: nothing("policy export"),
		Long:    "Write a revision, or a policy in a file, as a firewall's configuration. The same\npolicy gives the same text. What the device cannot hold refuses the export and\nnames the conduit.",
		Example: "  bulkhead policy export --brand fortigate --interface office=port1 --interface plant=port2 > wall.conf\n  bulkhead policy export --brand ios --policy policy.json --interface =GigabitEthernet0/0",
		RunE: func(c *cobra.Command, _ []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				config, err := exported(ctx, c, &o, d)
				if err != nil {
					return err
				}
				if out != "" {
					return os.WriteFile(out, config, 0o600)
				}
				_, err = c.OutOrStdout().Write(config)
				return err
			})
		},
	}
	c.Flags().StringArrayVar(&d.Interfaces, "interface", nil, "`zone=name`: what the device calls the interface behind which a zone is; =name for everything else")
	c.Flags().StringArrayVar(&d.Own, "own", nil, "an `address` of the device itself")
	c.Flags().StringVar(&d.Family, "family", "", "only `4` or 6")
	c.Flags().StringVarP(&out, "output", "o", "", "write to a `file`")
	return o.add(c)
}

func exported(ctx context.Context, c *cobra.Command, o *deviceFlags, d app.Device) ([]byte, error) {
	if o.file == "" {
		return o.at.Export(ctx, o.brand, o.n, d)
	}
	f, err := policyFile(c, o.file, time.Now())
	if err != nil {
		return nil, err
	}
	return f.Export(o.brand, d, time.Now())
}

func policyImport() *cobra.Command {
	var o deviceFlags
	c := &cobra.Command{
		Use: "import FILE", Short: "Hold a firewall's configuration against a revision", Args: oneArgument("policy import", "the configuration to read"),
		Long:    "Read a firewall's configuration and say which packets it judges otherwise than a\nrevision, or than a policy in a file. A line that is not understood makes what it\nmight decide unknown, never allowed.",
		Example: "  bulkhead policy import running.conf --brand asa\n  bulkhead policy import wall.conf --brand fortigate --policy policy.json",
		RunE: func(c *cobra.Command, args []string) error {
			return withStop(c.Context(), func(ctx context.Context) error {
				config, err := os.ReadFile(args[0])
				if err != nil {
					return err
				}
				if len(config) > maxConfiguration {
					return fmt.Errorf("%w: %s has more than %d bytes", errUsage, args[0], maxConfiguration)
				}
				v, err := imported(ctx, c, &o, config)
				if err != nil {
					return err
				}
				if err := show(&o.policyFlags, c.OutOrStdout(), v, printCompared); err != nil {
					return err
				}
				switch v.Verdict {
				case "equal":
					return nil
				case "unknown":
					return no("it is not known to be equal")
				}
				return no("they differ")
			})
		},
	}
	return o.add(c)
}

// maxConfiguration bounds what is read of a firewall.
const maxConfiguration = 4 << 20

func imported(ctx context.Context, c *cobra.Command, o *deviceFlags, config []byte) (*app.Compared, error) {
	if o.file == "" {
		return o.at.Import(ctx, o.brand, string(config), o.n)
	}
	f, err := policyFile(c, o.file, time.Now())
	if err != nil {
		return nil, err
	}
	return f.Import(o.brand, config, time.Now())
}
