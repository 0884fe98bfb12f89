package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// TextOptions say how a summary is shown.
type TextOptions struct {
	Width int  // columns; 0 is 100
	Color bool // use terminal colours
}

// Text writes a summary that fits a terminal: what is there, who talks in what,
// who changes controllers, what crosses, what looks wrong.
func Text(w io.Writer, s *Source, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	t := &text{w: bufio.NewWriter(w), o: o, sum: summarize(s)}
	for i := range s.Captures {
		t.capture(&s.Captures[i])
	}
	if t.sum.packets == 0 && t.sum.assets == 0 {
		t.line("The capture is empty: it holds no packets.")
		return t.w.Flush()
	}
	t.assets()
	t.protocols()
	t.changes()
	t.findings(s.Findings())
	return t.w.Flush()
}

type text struct {
	w   *bufio.Writer
	o   TextOptions
	sum *summary
}

func (t *text) line(s string) {
	t.w.WriteString(strings.TrimRight(s, " "))
	t.w.WriteByte('\n')
}

// ANSI styles.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	yellow = "1;33"
)

func (t *text) style(code, s string) string {
	if !t.o.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *text) heading(s string) { t.line("\n" + t.style(bold, s)) }

// fit cuts a line to the width, with "…" for what is cut.
func (t *text) fit(s string, indent int) string {
	r := []rune(s)
	if room := t.o.Width - indent; len(r) > room && room > 1 {
		return string(r[:room-1]) + "…"
	}
	return s
}

func (t *text) capture(c *plant.Capture) {
	parts := []string{thousands(c.Packets) + " packets", size(c.Bytes)}
	if c.Packets > 0 {
		parts = append(parts, duration(c.Last.Sub(c.First))+" from "+c.First.Format("2006-01-02 15:04:05")+" UTC")
	}
	if c.Duplicates > 0 {
		parts = append(parts, thousands(c.Duplicates)+" copies left out")
	}
	if c.Undecoded > 0 {
		parts = append(parts, thousands(c.Undecoded)+" not read")
	}
	if c.Truncated {
		parts = append(parts, "cut short")
	}
	t.line(t.style(bold, c.File) + "  " + strings.Join(parts, ", "))
}

func (t *text) assets() {
	s := t.sum
	t.heading(fmt.Sprintf("%s assets", thousands(uint64(s.assets))))
	t.line(fmt.Sprintf("  %s in operations (OT), %s in the office (IT), %s unclear, %s outside the site",
		thousands(uint64(s.sides[plant.SideOT])), thousands(uint64(s.sides[plant.SideIT])), thousands(uint64(s.sides[plant.SideUnknown])), thousands(uint64(s.external))))
	for _, r := range s.roles() {
		products := t.fit(strings.Join(r.products, ", "), 38)
		t.line(fmt.Sprintf("  %-26s %6s  %s", r.role, thousands(uint64(r.count)), t.style(dim, products)))
	}
}

func (t *text) protocols() {
	if len(t.sum.protocols) == 0 {
		return
	}
	t.heading("Protocols, by bytes")
	line := "  "
	for _, p := range t.sum.topProtocols(18) {
		item := fmt.Sprintf("%s %s", p.name, size(p.bytes))
		if len(line)+len(item) > t.o.Width {
			t.line(line)
			line = "  "
		}
		line += item + "   "
	}
	t.line(line)
}

// shownChanges is how many rows of a list a summary shows.
const shownChanges = 8

func (t *text) changes() {
	if len(t.sum.changes) == 0 {
		return
	}
	t.heading("Who changes controllers")
	for i, c := range t.sum.changes {
		if i == shownChanges {
			t.line(t.style(dim, fmt.Sprintf("  and %d more pairs", len(t.sum.changes)-i)))
			break
		}
		t.line("  " + t.fit(c.from+" → "+c.to+"  "+c.words(), 2))
	}
}

func (t *text) findings(list []plant.Finding) {
	if len(list) == 0 {
		t.heading("Findings: none")
		t.line("  Nothing looked wrong in what could be read.")
		return
	}
	t.heading("Findings")
	for i := range list {
		t.finding(&list[i])
	}
}

// shownDetails is how many lines of a finding a summary shows.
const shownDetails = 3

func (t *text) finding(f *plant.Finding) {
	mark := map[string]string{"high": red, "medium": yellow, "low": bold, "info": dim}[f.Level]
	t.line(fmt.Sprintf("  %s  %s", t.style(mark, fmt.Sprintf("%-6s", strings.ToUpper(f.Level))), t.style(bold, f.Title)))
	for i, d := range f.Details {
		if i == shownDetails {
			t.line(t.style(dim, fmt.Sprintf("          and %d more", len(f.Details)-i)))
			break
		}
		packet := ""
		if i < len(f.Evidence) && f.Evidence[i] != 0 {
			packet = fmt.Sprintf("  #%d", f.Evidence[i].Number())
		}
		t.line("          " + t.fit(d, 10+len(packet)) + t.style(dim, packet))
	}
}

// thousands prints a number with separators.
func thousands(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size prints bytes in units of 1,000.
func size(n uint64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// duration prints a time span in the unit people would use.
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}

// topProtocols are the n protocols with the most bytes.
func (s *summary) topProtocols(n int) []protocolSum {
	list := slices.Clone(s.protocols)
	slices.SortFunc(list, func(a, b protocolSum) int {
		return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.name, b.name))
	})
	return list[:min(n, len(list))]
}
