package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func terminal(t *testing.T, p *testPlant, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, p.source(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSummarySaysWhatMatters(t *testing.T) {
	got := terminal(t, smallPlant(), TextOptions{})
	for _, want := range []string{
		"monday.pcapng  48,211 packets, 32.5 MB, 60 min from 2026-03-02 06:00:00 UTC, 31 copies left out, 7 not read, cut short",
		"Plant devices talk to the internet: this needs someone today.",
		"11 on the plant floor (OT), 3 in the office (IT), 1 not placed, 1 outside the site",
		"controller                     7  Siemens CPU 315-2 PN/DP, made by Schneider Electric ×6",
		"SCADA-02 (10.20.1.10) → 6 controllers  300 writes (modbus)",
		"ENG-01 (10.20.1.5) → filler-plc (10.20.2.11)  1 start/stop/reset, 2 program, 1 refused (s7comm)",
		"internet  labeller-hmi (10.20.2.40) → 203.0.113.80  tls, 50 kB",
		"office    PC-ACC-04 (10.10.0.17) → filler-plc (10.20.2.11)  modbus, 4 kB",
		"HIGH    Plant devices talk to the internet",
		"labeller-hmi (10.20.2.40) → 203.0.113.80: tls, tcp port 443  #7",
		"What this capture cannot show",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the summary lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestSummaryFits(t *testing.T) {
	for _, width := range []int{40, 80, 100, 200} {
		got := terminal(t, smallPlant(), TextOptions{Width: width})
		lines := strings.Split(got, "\n")
		if width >= 80 && len(lines) > 70 {
			t.Errorf("%d lines at %d columns", len(lines), width)
		}
		for _, l := range lines {
			if n := len([]rune(l)); n > width && width >= 80 && !strings.HasPrefix(l, "monday") {
				t.Errorf("a line of %d at %d columns: %s", n, width, l)
			}
		}
	}
}

// TestSummaryCannotSteerATerminal holds that names from the network reach no
// terminal as control codes.
func TestSummaryCannotSteerATerminal(t *testing.T) {
	p := smallPlant()
	const bad = "\x1b]0;owned\x07\u202enoitcerid"
	p.assets[0].Names = []string{bad}
	p.assets[0].Product = bad
	p.conversations[0].Protocol = bad
	p.conversations[3].Protocol = bad
	p.operations[0].Verb.Protocol = bad
	p.findings[0].Details[0], p.findings[0].Title = bad, bad
	p.captures[0].File, p.captures[0].Problem = bad, bad
	got := terminal(t, p, TextOptions{})
	for _, r := range []rune{'\x1b', '\x07', '\u202e'} {
		if strings.ContainsRune(got, r) {
			t.Errorf("the summary holds %U:\n%q", r, got)
		}
	}
}

func TestEmptyCaptureSaysSo(t *testing.T) {
	got := terminal(t, &testPlant{captures: []plant.Capture{{File: "empty.pcap"}}}, TextOptions{})
	if !strings.Contains(got, "The capture is empty: it holds no packets.") || strings.Count(got, "\n") > 4 {
		t.Errorf("got %q", got)
	}
}

func TestAnswer(t *testing.T) {
	finding := func(level, title string) plant.Finding { return plant.Finding{Level: level, Title: title} }
	tests := []struct {
		name     string
		findings []plant.Finding
		want     string
	}{
		{"nothing", nil, "Nothing looked wrong in what could be read."},
		{"one serious", []plant.Finding{finding("high", "A")}, "A: this needs someone today."},
		{"two serious", []plant.Finding{finding("high", "A"), finding("high", "B")}, "A, and one other thing needs someone today."},
		{"serious and not", []plant.Finding{finding("high", "A"), finding("medium", "B")}, "A: this needs someone today."},
		{"three medium", []plant.Finding{finding("medium", "Logic was loaded"), finding("medium", "B"), finding("medium", "C")}, "Nothing stands out as urgent, but logic was loaded, and 2 other things need an explanation."},
		{"an abbreviation", []plant.Finding{finding("medium", "SMB is old")}, "Nothing stands out as urgent, but SMB is old: ask why."},
		{"low", []plant.Finding{finding("low", "A"), finding("info", "B")}, "Nothing alarming stands out. 1 thing is worth a look when there is time."},
		{"info", []plant.Finding{finding("info", "B")}, "Nothing looked wrong in what could be read."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (&summary{packets: 1}).answer(test.findings).String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMaker(t *testing.T) {
	tests := []struct{ vendor, want string }{
		{"Siemens AG", "Siemens"},
		{"Hon Hai Precision Ind. Co.,Ltd.", "Hon Hai Precision Ind."},
		{"DAIKIN Industries, Ltd.", "DAIKIN Industries"},
		{"Elitegroup Computer Systems Co., Ltd.", "Elitegroup Computer Systems"},
		{"GmbH", "GmbH"},
		{"", ""},
	}
	for _, test := range tests {
		if got := maker(test.vendor); got != test.want {
			t.Errorf("maker(%q) = %q, want %q", test.vendor, got, test.want)
		}
	}
}

func TestNumbersForPeople(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0 ms", 0: "0 ms", 1500 * time.Microsecond: "1 ms", 90 * time.Second: "90 s", time.Hour: "60 min", 47 * time.Hour: "47.0 h", 72 * time.Hour: "3.0 days", 3 * 8766 * time.Hour: "3.0 years",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%d) = %s, want %s", d, got, want)
		}
	}
}
