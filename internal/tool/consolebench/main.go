// Command consolebench measures what a console asks of a hub with a large plant:
// how long it takes to start and to judge everything, each list and page, the
// plant model, an export and a merge, and how much memory the hub needs.
//
//	go run ./internal/tool/consolebench -bin bin/bulkhead -data DIR [-n 40] [-only boundary]
//
// The folder is one that bigplant wrote. The hub is a process of its own that
// this program starts on it, asks over HTTP as a browser does, and stops.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"time"
)

type options struct {
	bin, data, listen string
	n                 int
	only              *regexp.Regexp
	acts, stay        bool
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin/bulkhead", "the `program`")
	flag.StringVar(&o.data, "data", "", "the data `folder` that bigplant wrote")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:18498", "the `address` on which the hub is to listen")
	flag.IntVar(&o.n, "n", 40, "how `often` each call is made after the first")
	only := flag.String("only", "", "measure only calls whose name matches this `pattern`")
	flag.BoolVar(&o.acts, "acts", true, "also measure what changes something: model, merge, undo, and exports")
	flag.BoolVar(&o.stay, "stay", false, "only start the hub, show a link for a browser, and stay until stopped")
	flag.Parse()
	if o.data == "" {
		log.Fatal("name the folder with -data")
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		log.Fatal(err)
	}
	if err := run(context.Background(), &o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o *options) error {
	h, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer h.stop()
	fmt.Printf("load %s; serving after %.1f s\n", load(), h.ready.Seconds())
	if o.stay {
		fmt.Printf("%s/setup#%s\n", h.url, h.link)
		return h.cmd.Wait()
	}
	c, err := signIn(ctx, o, h)
	if err != nil {
		return err
	}
	settled, err := c.settle(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("judged and at rest %.0f s after the start; memory %d MiB, peak %d MiB\n\n", settled.Sub(h.began).Seconds(), h.memory("VmRSS"), h.memory("VmHWM"))
	calls, err := c.calls(ctx)
	if err != nil {
		return err
	}
	fmt.Println("| call | first ms | p50 | p95 | kB |\n|---|---|---|---|---|")
	for _, x := range calls {
		if !o.only.MatchString(x.name) {
			continue
		}
		if err := c.measure(ctx, x, o.n); err != nil {
			log.Print(err) // the others are measured all the same
		}
	}
	fmt.Printf("\nmemory %d MiB, peak %d MiB\n\n", h.memory("VmRSS"), h.memory("VmHWM"))
	if !o.acts {
		return nil
	}
	return c.act(ctx, h)
}

// load is that of the machine, which figures have to be read with.
func load() string {
	var a, b, c string
	f, err := os.Open("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	if _, err := fmt.Fscan(f, &a, &b, &c); err != nil {
		return "unknown"
	}
	return a
}

// patience bounds the wait for the hub to start or to judge.
const patience = 10 * time.Minute
