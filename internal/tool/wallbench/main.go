//go:build linux

// Command wallbench measures what the wall costs: the round trip through a box
// without rules, with a policy of many conduits, and with as many linear rules
// as people write; how long a policy takes to apply and to roll back; and how
// soon a revoked grant stops. All in one run, in network namespaces of its own,
// since only their ratios mean anything on another machine. It needs root.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
)

func main() {
	log.SetFlags(0)
	o := options{}
	flag.IntVar(&o.conduits, "conduits", 10_000, "conduits of the policy")
	flag.IntVar(&o.rules, "rules", 5_000, "linear rules to compare with")
	flag.IntVar(&o.pings, "pings", 20_000, "round trips of one measurement")
	flag.IntVar(&o.rounds, "rounds", 5, "measurements, of which the median counts")
	flag.IntVar(&o.changes, "changes", 20, "policies applied")
	flag.Parse()
	if err := run(o); err != nil {
		log.Fatal(err)
	}
}

type options struct{ conduits, rules, pings, rounds, changes int }

func run(o options) error {
	caps, err := enforce.Probe()
	if err != nil {
		return err
	}
	fmt.Printf("kernel %s; %d conduits, %d linear rules, %d round trips × %d\n\n", caps.Kernel, o.conduits, o.rules, o.pings, o.rounds)
	t := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "topology\twhat\tUDP µs\t+\tTCP µs\t+\tconnect µs\t+")
	var benches []*bench
	defer func() {
		for _, b := range benches {
			b.close()
		}
	}()
	for _, way := range ways {
		if missing := caps.Missing(enforce.Needs(way.Mode, way.Tracking)...); len(missing) > 0 {
			fmt.Fprintf(t, "%s %s\tlacks %v\n", way.Mode, way.Tracking, missing)
			continue
		}
		b, err := newBench(o, caps, way)
		if err != nil {
			return fmt.Errorf("%s %s: %w", way.Mode, way.Tracking, err)
		}
		benches = append(benches, b)
		if err := b.roundTrips(t); err != nil {
			return fmt.Errorf("%s %s: %w", way.Mode, way.Tracking, err)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Println()
	fmt.Fprintln(t, "topology\tapply ms (median, worst)\tgrant µs\trevoke µs\tstops after µs (median, worst)")
	for _, b := range benches {
		if err := b.changes(t); err != nil {
			return err
		}
	}
	return t.Flush()
}

// ways are the topologies measured.
var ways = []enforce.Config{
	{Mode: enforce.Router},
	{Mode: enforce.ProxyARP},
	{Mode: enforce.Bridge, Tracking: enforce.Native},
	{Mode: enforce.Bridge, Tracking: enforce.BrNetfilter},
	{Mode: enforce.Bridge, Tracking: enforce.Stateless},
}

func median(list []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(list))
	return s[len(s)/2]
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Nanoseconds())/1000) }
