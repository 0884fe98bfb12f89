package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed page
var pageFiles embed.FS

// scripts are the parts of the page's script, in the order in which they stand
// in it.
var scripts = []string{"element.js", "data.js", "table.js", "finding.js", "picture.js", "asset.js", "talk.js", "operation.js", "main.js"}

// HTML writes one self-contained page: it asks for nothing from anywhere, and
// its policy forbids the browser to. Text from the capture is data in it, never
// markup: the page's script puts it in as text.
func HTML(w io.Writer, s *Source) error {
	m := summarize(s)
	findings := s.Findings()
	shell, err := pageShell(m, s, findings)
	if err != nil {
		return err
	}
	head, tail, _ := strings.Cut(shell, "{{data}}")
	out := &firstError{w: w}
	io.WriteString(out, head)
	p := newPageData(scriptSafe{out}, m, s)
	p.write(findings)
	io.WriteString(out, tail)
	return out.err
}

// firstError keeps the first error of a writer and drops what comes after it.
type firstError struct {
	w   io.Writer
	err error
}

func (f *firstError) Write(b []byte) (int, error) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
	return len(b), f.err
}

// scriptSafe writes JSON that stands in a script element. Only strings can hold
// a "<", and escaped there it can neither close the element nor open a comment.
type scriptSafe struct{ w io.Writer }

func (s scriptSafe) Write(b []byte) (int, error) {
	if bytes.IndexByte(b, '<') >= 0 {
		n := len(b)
		_, err := s.w.Write(bytes.ReplaceAll(b, []byte{'<'}, []byte(`\u003c`)))
		return n, err
	}
	return s.w.Write(b)
}

func newPageData(w io.Writer, m *summary, s *Source) *pageData {
	return &pageData{
		jsonWriter: jsonWriter{w: bufio.NewWriterSize(w, 64<<10)}, sum: m, source: s,
		places: map[place]int{},
	}
}

// pageShell is the page without its data.
func pageShell(m *summary, s *Source, findings []plant.Finding) (string, error) {
	shell, err := pageFiles.ReadFile("page/page.html")
	if err != nil {
		return "", err
	}
	style, err := pageFiles.ReadFile("page/page.css")
	if err != nil {
		return "", err
	}
	var script strings.Builder
	script.WriteString("'use strict';\n")
	for _, name := range scripts {
		part, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return "", err
		}
		script.Write(part)
	}
	policy := fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'", hash(script.String()), hash(string(style)))
	a := m.answer(findings)
	return strings.NewReplacer(
		"{{policy}}", policy,
		"{{style}}", string(style),
		"{{script}}", script.String(),
		"{{title}}", html.EscapeString(title(s)),
		"{{before}}", html.EscapeString(clean(a.before)),
		"{{bold}}", html.EscapeString(clean(a.bold)),
		"{{after}}", html.EscapeString(clean(a.after)),
		"{{loud}}", byLevelClass(findings),
		"{{basis}}", html.EscapeString(m.basis()),
	).Replace(string(shell)), nil
}

// hash names a script or style in the page's policy.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// byLevelClass is the class of the sentence's loud part: colour is for what
// needs someone.
func byLevelClass(findings []plant.Finding) string {
	n := byLevel(findings)
	switch {
	case n["high"] > 0:
		return "stop"
	case n["medium"] > 0:
		return "warn"
	}
	return "calm"
}

// title names the captures.
func title(s *Source) string {
	switch len(s.Captures) {
	case 0:
		return "Capture"
	case 1:
		return base(s.Captures[0].File)
	}
	return fmt.Sprintf("%s and %d more", base(s.Captures[0].File), len(s.Captures)-1)
}

// basis is what the sentence rests on.
func (m *summary) basis() string {
	parts := []string{things(int(m.packets), "packet", "packets")}
	if m.packets == 0 && m.conversations > 0 {
		parts[0] = things(m.conversations, "conversation", "conversations")
	}
	if !m.first.IsZero() {
		parts[0] += " in " + duration(m.last.Sub(m.first)) + " from " + m.first.UTC().Format("2 January 2006, 15:04") + " UTC"
	}
	if inside := m.assets - m.external; inside > 0 {
		parts = append(parts, fmt.Sprintf("the product is known of %s of %s", thousands(uint64(m.identified)), things(inside, "asset", "assets")))
	}
	return strings.Join(parts, "; ") + ". Every statement below opens the packets behind it."
}
