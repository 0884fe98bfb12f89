package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
)

const analyzeLong = `Read captures and say what they show: the assets with vendor, model and
firmware, who talks to whom in which protocol, what was done to controllers,
and what looks wrong.

FILE is a capture (pcap or pcapng), a Zeek log (conn.log and the logs of the
ICSNPP parsers, as TSV or JSON) or Suricata's eve.json, plain or compressed with
gzip or zstd; what it is is told by its first bytes. "-" is standard input.
Several files are read as one, in the order of their packets' times.

Without an option a summary for the terminal is printed. --html, --csv and
--json may be combined; "-" as their value is standard output.

Nothing is ever sent: captures are read, and nothing else.`

const analyzeExample = `  bulkhead analyze monday.pcapng
  bulkhead analyze --html report.html --csv tables/ monday.pcapng tuesday.pcapng.gz
  bulkhead analyze --json monday.pcapng | jq '.assets[] | select(.role == "controller")'
  tcpdump -i span0 -w - -G 60 -W 1 | bulkhead analyze -
  bulkhead analyze /var/log/zeek/current/*.log`

const analyzeExits = `
Exit codes:
  0  everything was read; a capture that is cut short is read up to there
  1  something failed: a full disk, a report that cannot be written
  2  the input is no capture or does not exist, or the command line is wrong
`

type analyzeFlags struct {
	app.AnalyzeOptions
	json  bool
	html  string
	csv   string
	quiet bool
	plain bool
}

func analyzeCommand() *cobra.Command {
	var o analyzeFlags
	c := &cobra.Command{
		Use:     "analyze FILE...",
		Short:   "Say what captures show: assets, conversations, operations, findings",
		Long:    analyzeLong,
		Example: analyzeExample,
		Args:    needFiles,
		RunE:    func(_ *cobra.Command, args []string) error { return analyze(&o, args) },
	}
	f := c.Flags()
	f.BoolVar(&o.json, "json", false, "print everything as one JSON object (docs/json.md)")
	f.StringVar(&o.html, "html", "", "write a self-contained report to this `file`")
	f.StringVar(&o.csv, "csv", "", "write tables (assets, conversations, messages, facts, findings) into this `folder`")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress, and no summary if another output is asked for")
	f.BoolVar(&o.plain, "no-color", false, "print without colours (also when NO_COLOR is set)")
	f.IntVar(&o.MemoryMB, "memory", app.DefaultMemoryMB, "bound on what is remembered, in `MiB`; what finds no room is counted")
	f.IntVar(&o.Workers, "workers", 0, "processor `cores` to use (default all)")
	c.SetUsageTemplate(c.UsageTemplate() + analyzeExits)
	return c
}

func needFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: name at least one capture, or - for standard input", errUsage)
	}
	return nil
}

func analyze(o *analyzeFlags, files []string) error {
	collect := newPacer()
	o.Files = files
	bar := newProgress(files, o.quiet)
	o.Progress = func(n int) {
		bar.add(n)
		collect.read()
	}
	a, err := app.Analyze(o.AnalyzeOptions)
	bar.done()
	collect.done()
	if err != nil {
		return err
	}
	warn(a)
	return write(o, a)
}

// warn tells on standard error what the reader of any output must know.
func warn(a *app.Analysis) {
	for i := range a.Captures {
		if c := &a.Captures[i]; c.Problem != "" {
			fmt.Fprintf(os.Stderr, "bulkhead: %s: %s; the %d packets before are analysed\n", c.File, c.Problem, c.Packets)
		}
	}
	if a.Lost > 0 {
		fmt.Fprintf(os.Stderr, "bulkhead: %d observations found no room; run again with a larger --memory\n", a.Lost)
	}
	if a.Failures > 0 {
		fmt.Fprintf(os.Stderr, "bulkhead: a decoder failed %d times; the conversations are listed under anomalies: please report it\n", a.Failures)
	}
}

func write(o *analyzeFlags, a *app.Analysis) error {
	wrote := false
	if o.html != "" {
		if err := toFile(o.html, func(w io.Writer) error { return report.HTML(w, &a.Source) }); err != nil {
			return err
		}
		wrote = true
	}
	if o.csv != "" {
		if err := report.CSV(o.csv, &a.Source); err != nil {
			return err
		}
		wrote = true
	}
	if o.json {
		return report.JSON(os.Stdout, &a.Source)
	}
	if wrote && (o.quiet || o.html == "-") {
		return nil
	}
	return report.Text(os.Stdout, &a.Source, report.TextOptions{Width: width(), Color: !o.plain && colors()})
}

// toFile writes through a temporary file, so that a full disk leaves the old
// report in place.
func toFile(name string, write func(io.Writer) error) error {
	if name == "-" {
		return write(os.Stdout)
	}
	f, err := os.CreateTemp(dir(name), ".bulkhead-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(f.Name())
	if err = write(f); err == nil {
		err = f.Chmod(0o644)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func dir(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i+1]
	}
	return "."
}

// progress draws a bar on standard error once reading takes longer than a
// moment.
type progress struct {
	total, read int64
	began, last time.Time
	shown, off  bool
}

const (
	progressAfter = 700 * time.Millisecond
	progressEvery = 200 * time.Millisecond
	progressWidth = 30
)

func newProgress(files []string, quiet bool) *progress {
	p := &progress{began: time.Now(), off: quiet || !terminal(os.Stderr)}
	for _, f := range files {
		if s, err := os.Stat(f); err == nil {
			p.total += s.Size()
		}
	}
	return p
}

func (p *progress) add(n int) {
	p.read += int64(n)
	if p.off || p.total == 0 {
		return
	}
	now := time.Now()
	if now.Sub(p.began) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	share := min(float64(p.read)/float64(p.total), 1)
	left := time.Duration(float64(now.Sub(p.began)) * (1 - share) / max(share, 0.001)).Round(time.Second)
	n = int(share * progressWidth)
	fmt.Fprintf(os.Stderr, "\r[%s%s] %3.0f %%  %d of %d MB, %v left ", strings.Repeat("#", n), strings.Repeat(".", progressWidth-n), share*100, p.read/1e6, p.total/1e6, left)
}

func (p *progress) done() {
	if p.shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
