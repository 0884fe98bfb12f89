// Command bench measures what a packet costs: the whole program (reading,
// decoding, inventory, JSON) on one core, on captures of the benchmark
// workload, beside tshark, nfpcapd and Zeek where they are installed. All
// figures are CPU time of the process, so that they compare on a busy machine;
// quote ratios.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
)

// load is one benchmark capture and how its maker is told its size.
type load struct{ kind, size, what string }

var loads = []load{
	{"w1", "6000000", "mixed IT and OT"},
	{"w2", "5000000", "Modbus polling"},
	{"w3", "1000000", "a scan, a million conversations"},
}

func main() {
	bin := flag.String("bin", "bin/bulkhead", "the program")
	workload := flag.String("workload", "../shared/bench/workload", "folder of the program that makes the captures")
	corpus := flag.String("corpus", "../shared/corpus", "folder of the captures they are made of")
	dir := flag.String("dir", filepath.Join(os.TempDir(), "bulkhead-bench"), "where the captures are kept")
	peers := flag.Bool("peers", true, "run the other programs too")
	count := flag.String("allocations", "", "only count the allocations of analyzing this `file`")
	profile := flag.String("profile", "", "only write a CPU profile of analyzing the named captures to this `file`")
	flag.Parse()
	if *profile != "" {
		if err := record(*profile, flag.Args()); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if *count != "" {
		if err := allocations(*count); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(*bin, *workload, *corpus, *dir, *peers); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(bin, workload, corpus, dir string, peers bool) error {
	if _, err := os.Stat(workload); err != nil {
		return fmt.Errorf("the workload is not there: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	fmt.Printf("%-32s %-22s %12s %9s %9s %9s %8s\n", "capture", "program", "packets", "CPU s", "ns/pkt", "Mpkt/s", "MiB")
	for _, l := range loads {
		file := filepath.Join(dir, l.kind+".pcap")
		if _, err := os.Stat(file); err != nil {
			if err := makeCapture(workload, corpus, l, file); err != nil {
				return err
			}
		}
		if err := measure(bin, l, file, dir, peers); err != nil {
			return err
		}
	}
	return nil
}

// makeCapture has the workload's own program write a capture.
func makeCapture(workload, corpus string, l load, file string) error {
	abs, err := filepath.Abs(corpus)
	if err != nil {
		return err
	}
	tool := filepath.Join(filepath.Dir(file), "workload")
	build := exec.Command("go", "build", "-o", tool, ".")
	build.Dir = workload
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the workload: %w", err)
	}
	c := exec.Command(tool, "-kind", l.kind, "-n", l.size, "-corpus", abs, "-list", filepath.Join(workload, "w1.list"), "-o", file)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("make %s: %w\n%s", l.kind, err, out)
	}
	return nil
}

// usage is what a process took.
type usage struct {
	cpu time.Duration
	mib float64
}

// one runs a command on one core and returns what it took.
func one(name string, args ...string) (usage, error) {
	c := exec.Command("taskset", append([]string{"-c", "1", name}, args...)...)
	c.Stdout = io.Discard
	if err := c.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w", name, err)
	}
	r := c.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := time.Duration(r.Utime.Nano() + r.Stime.Nano())
	return usage{cpu, float64(r.Maxrss) / 1024}, nil
}

func print(l load, program string, packets uint64, u usage) {
	fmt.Printf("%-32s %-22s %12d %9.2f %9.0f %9.2f %8.0f\n", l.kind+" "+l.what, program, packets, u.cpu.Seconds(),
		float64(u.cpu.Nanoseconds())/float64(packets), float64(packets)/u.cpu.Seconds()/1e6, u.mib)
}

// best runs a command three times and keeps the least CPU time: what disturbs a
// run only ever makes it slower.
func best(name string, args ...string) (usage, error) {
	var b usage
	for i := range 3 {
		u, err := one(name, args...)
		if err != nil {
			return u, err
		}
		if i == 0 || u.cpu < b.cpu {
			b = u
		}
	}
	return b, nil
}

func measure(bin string, l load, file, dir string, peers bool) error {
	packets, mallocs, err := counted(file)
	if err != nil {
		return err
	}
	u, err := best(bin, "analyze", "--json", "--quiet", file)
	if err != nil {
		return err
	}
	print(l, "bulkhead", packets, u)
	fmt.Printf("%-32s %-22s %.3f allocations a packet, start and end included\n", "", "", float64(mallocs)/float64(packets))
	if peers {
		return others(l, file, dir, packets)
	}
	return nil
}

// counted has another process count allocations: the memory of a process is
// told of those it starts, too.
func counted(file string) (packets, mallocs uint64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	out, err := exec.Command(self, "-allocations", file).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("count allocations: %w", err)
	}
	_, err = fmt.Sscan(string(out), &packets, &mallocs)
	return packets, mallocs, err
}

// allocations runs the analysis in this process and prints the number of packets
// and of allocations.
func allocations(file string) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a, err := app.Analyze(app.AnalyzeOptions{Files: []string{file}, Workers: 1})
	if err != nil {
		return err
	}
	if err := report.JSON(io.Discard, &a.Source); err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	fmt.Println(a.Captures[0].Packets, after.Mallocs-before.Mallocs)
	return nil
}

// slowPackets is how much of a capture the slow ones get.
const slowPackets = 300_000

func others(l load, file, dir string, packets uint64) error {
	if have("tshark") {
		u, err := one("tshark", "-n", "-q", "-c", fmt.Sprint(slowPackets), "-r", file, "-z", "io,phs")
		if err != nil {
			return err
		}
		print(l, "tshark, first 300,000", slowPackets, u)
	}
	if have("nfpcapd") {
		flows, err := os.MkdirTemp(dir, "nfpcapd")
		if err != nil {
			return err
		}
		defer os.RemoveAll(flows)
		u, err := one("nfpcapd", "-r", file, "-w", flows)
		if err != nil {
			return err
		}
		print(l, "nfpcapd (flows only)", packets, u)
	}
	if have("zeek") {
		u, err := one("zeek", "-C", "-r", file)
		if err != nil {
			return err
		}
		print(l, "zeek", packets, u)
	}
	return nil
}

func have(name string) bool {
	_, err := exec.LookPath(name)
	return !errors.Is(err, exec.ErrNotFound) && err == nil
}
