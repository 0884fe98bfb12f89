package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// TextOptions say how a summary is shown.
type TextOptions struct {
	Width int  // columns; 0 is 100
	Color bool // use terminal colours
}

// Text writes a summary that fits a terminal: how things stand, what is there,
// who talks in what, who changes controllers, what crosses, what looks wrong.
func Text(w io.Writer, s *Source, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	t := &text{w: bufio.NewWriter(w), o: o, sum: summarize(s)}
	for i := range s.Captures {
		t.capture(&s.Captures[i])
	}
	findings := s.Findings()
	t.line("\n" + t.style(bold, strings.Join(wrap(clean(t.sum.answer(findings).String()), t.o.Width), "\n")))
	if t.sum.packets == 0 && t.sum.assets == 0 {
		return t.w.Flush()
	}
	t.assets()
	t.protocols()
	t.changes()
	t.crossings()
	t.findings(findings)
	t.unseen(s)
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
	r := []rune(clean(s))
	if room := max(t.o.Width-indent, 8); len(r) > room {
		return string(r[:room-1]) + "…"
	}
	return string(r)
}

// items prints short texts one after the other, in lines that fit.
func (t *text) items(list []string, gap string) {
	line := " "
	for _, item := range list {
		if len([]rune(line+gap+item)) > t.o.Width && line != " " {
			t.line(line)
			line = " "
		}
		if line == " " {
			line += " " + item
			continue
		}
		line += gap + item
	}
	t.line(line)
}

// wrap breaks a sentence into lines.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func (t *text) capture(c *plant.Capture) {
	parts := []string{things(int(c.Packets), "packet", "packets"), size(c.Bytes)}
	if c.Lines > 0 {
		told := things(int(c.Lines), "line of a log", "lines of a log")
		if c.Packets == 0 {
			parts = []string{told}
		} else {
			parts[0] = told + " about " + parts[0]
		}
	}
	if c.Packets > 0 && !c.First.IsZero() {
		parts = append(parts, duration(c.Last.Sub(c.First))+" from "+c.First.UTC().Format("2006-01-02 15:04:05")+" UTC")
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
	t.line(t.style(bold, base(c.File)) + "  " + strings.Join(parts, ", "))
}

// roleWidth is how many columns a role and its number take.
const roleWidth = 36

func (t *text) assets() {
	s := t.sum
	t.heading(things(s.assets, "asset", "assets"))
	t.items([]string{
		thousands(uint64(s.sides[plant.SideOT])) + " on the plant floor (OT)", thousands(uint64(s.sides[plant.SideIT])) + " in the office (IT)",
		thousands(uint64(s.sides[plant.SideUnknown])) + " not placed", thousands(uint64(s.external)) + " outside the site",
	}, ", ")
	var rest []string
	for i, r := range s.roles() {
		if i < shownRoles {
			t.line(fmt.Sprintf("  %-24s %7s  %s", r.role, thousands(uint64(r.count)), t.style(dim, t.products(r))))
			continue
		}
		rest = append(rest, things(r.count, singular(r.role), plural(r.role)))
	}
	if len(rest) > 0 {
		t.items(rest, ", ")
	}
}

// shownRoles is how many roles have a line of their own; the others are counted.
const shownRoles = 12

// products lists what is known of a role's devices: identified products first,
// then the manufacturers of the rest, as many as fit.
func (t *text) products(r *roleSum) string {
	items := counted(r.products)
	for i, v := range counted(r.vendors) {
		if i == 0 {
			v = "made by " + v
		}
		items = append(items, v)
	}
	if len(items) == 0 {
		return ""
	}
	line := t.fit(items[0], roleWidth+3)
	for _, item := range items[1:] {
		next := line + ", " + item
		if len([]rune(next))+3 > t.o.Width-roleWidth {
			return line + ", …"
		}
		line = next
	}
	return line
}

// counted are a tally's texts, with how often each occurs.
func counted(t tally) []string {
	list := t.list()
	for i, p := range list {
		if n := t[p]; n > 1 {
			list[i] = fmt.Sprintf("%s ×%d", p, n)
		}
	}
	return list
}

// shownProtocols is how many protocols a summary shows.
const shownProtocols = 12

func (t *text) protocols() {
	if len(t.sum.protocols) == 0 {
		return
	}
	t.heading("Protocols, by bytes")
	var items []string
	for _, p := range t.sum.topProtocols(shownProtocols) {
		items = append(items, clean(p.name)+" "+size(p.bytes))
	}
	if n := len(t.sum.protocols) - shownProtocols; n > 0 {
		items = append(items, fmt.Sprintf("and %d more", n))
	}
	t.items(items, "   ")
}

// shownRows is how many rows of a list a summary shows.
const shownRows = 5

func (t *text) changes() {
	if len(t.sum.changes) == 0 {
		return
	}
	t.heading("Who changes controllers")
	for i := range t.sum.changes {
		c := &t.sum.changes[i]
		if i == shownRows {
			t.more(len(t.sum.changes)-i, "requester and protocol", "requesters and protocols")
			break
		}
		t.pair(c.from+" → "+c.target(), c.words())
	}
}

// pair prints two texts in one line, or in two where they do not fit.
func (t *text) pair(left, right string) {
	if line := left + "  " + right; len([]rune(line))+2 <= t.o.Width {
		t.line("  " + clean(line))
		return
	}
	t.line("  " + t.fit(left, 2))
	t.line("      " + t.fit(right, 6))
}

func (t *text) more(n int, one, many string) {
	t.line(t.style(dim, "  and "+things(n, "more "+one, "more "+many)))
}

func (t *text) crossings() {
	if len(t.sum.crossings) == 0 {
		return
	}
	t.heading("What crosses the boundary of the plant floor")
	for i, x := range t.sum.crossings {
		if i == shownRows {
			t.more(len(t.sum.crossings)-i, "pair of devices", "pairs of devices")
			break
		}
		where := "office  "
		if x.border == withOutside {
			where = "internet"
		}
		rest := fmt.Sprintf("  %s, %s", strings.Join(x.protocols, ", "), size(x.bytes))
		t.line("  " + t.style(yellow, where) + "  " + t.fit(t.sum.labels[x.client]+" → "+t.sum.labels[x.server]+rest, 12))
	}
}

func (t *text) findings(list []plant.Finding) {
	if len(list) == 0 {
		t.heading("Findings: none")
		return
	}
	t.heading("Findings")
	for i := range list {
		t.finding(&list[i], shownDetails(list[i].Level, len(list)))
	}
}

// shownDetails is how many lines of a finding a summary shows: fewer where there
// are many findings, so that the serious ones stay in sight.
func shownDetails(level string, findings int) int {
	if findings <= 5 {
		return 3
	}
	return map[string]int{"high": 3, "medium": 1}[level]
}

// detailIndent is where the lines of a finding begin.
const detailIndent = 10

func (t *text) finding(f *plant.Finding, details int) {
	mark := map[string]string{"high": red, "medium": yellow, "low": bold, "info": dim}[f.Level]
	count := ""
	if n := len(f.Details); n > details {
		count = fmt.Sprintf(" (%d)", n)
	}
	t.line(fmt.Sprintf("  %s  %s%s", t.style(mark, fmt.Sprintf("%-6s", strings.ToUpper(f.Level))), t.style(bold, t.fit(f.Title, detailIndent+len(count))), t.style(dim, count)))
	for i := range min(details, len(f.Details)) {
		packet := ""
		if i < len(f.Evidence) && f.Evidence[i] != 0 {
			packet = fmt.Sprintf("  #%d", f.Evidence[i].Number())
		}
		t.line(strings.Repeat(" ", detailIndent) + t.fit(f.Details[i], detailIndent+len(packet)) + t.style(dim, packet))
	}
}

// shownUnseen is how many limits of the capture a summary names.
const shownUnseen = 2

func (t *text) unseen(s *Source) {
	list := t.sum.unseen(s)
	if len(list) == 0 {
		return
	}
	t.heading("What this capture cannot show")
	for i, u := range list {
		if i == shownUnseen {
			t.more(len(list)-i, "in the HTML report", "in the HTML report")
			break
		}
		for k, l := range wrap(clean(u), t.o.Width-4) {
			t.line([2]string{"  - ", "    "}[min(k, 1)] + l)
		}
	}
}
