package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var keepPages = flag.String("pages", "", "also write the test pages into this folder")

func page(t *testing.T, name string, p *testPlant) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, p.source()); err != nil {
		t.Fatal(err)
	}
	if *keepPages != "" {
		if err := os.WriteFile(*keepPages+"/"+name+".html", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

var dataElement = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)

// pageData is the page's data as its script reads it.
func pageJSON(t *testing.T, page string) map[string]any {
	t.Helper()
	m := dataElement.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no data")
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(m[1]), &v); err != nil {
		t.Fatalf("the page's data: %v", err)
	}
	return v
}

func TestPageHoldsEverything(t *testing.T) {
	html := page(t, "small", smallPlant())
	data := pageJSON(t, html)
	for key, rows := range map[string]int{"captures": 1, "assets": 16, "conversations": 14, "operations": 11, "findings": 3, "anomalies": 1, "endpoints": 15} {
		if got := len(data[key].([]any)); got != rows {
			t.Errorf("%d %s, want %d", got, key, rows)
		}
	}
	for _, part := range []string{`id="answer"`, `id="findings"`, `id="plant"`, `id="assets"`, `id="talk"`, `id="operations"`, `id="blind"`, `id="captures"`, `<html lang="en">`, "<h1>What monday.pcapng shows</h1>"} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if !strings.Contains(html, `<b class="stop">Plant devices talk to the internet</b>: this needs someone today.`) {
		t.Error("the sentence on top does not name the serious finding")
	}
	if strings.Contains(html, "{{") {
		t.Error("a placeholder was left in the page")
	}
}

func TestEveryFactHasItsPacket(t *testing.T) {
	data := pageJSON(t, page(t, "small", smallPlant()))
	plc := data["assets"].([]any)[0].(map[string]any)
	for _, f := range plc["facts"].([]any) {
		if row := f.([]any); len(row) != 9 || row[7].(float64) == 0 {
			t.Errorf("fact %v lacks its packet", row)
		}
	}
	if got := plc["modules"].([]any)[0].(map[string]any)["order"]; got != "6GK7 343-1EX30-0XE0" {
		t.Errorf("module's order number %v", got)
	}
}

func TestPageEscapesTheCapture(t *testing.T) {
	p := smallPlant()
	p.captures[0].File = hostile + ".pcap"
	p.findings[0].Title = hostile
	html := page(t, "hostile", p)
	if strings.Contains(html, "<img") || strings.Count(html, "</script>") != 2 || strings.Contains(html, "<!--") {
		t.Error("text from the capture became markup")
	}
	names := pageJSON(t, html)["assets"].([]any)[12].(map[string]any)["names"]
	if got := fmt.Sprint(names); got != "["+hostile+"]" {
		t.Errorf("name %s, want it as it was sent", got)
	}
}

// TestPageAsksForNothing holds that the page names no other file, and that its
// policy names its one script and its one style by their hashes.
func TestPageAsksForNothing(t *testing.T) {
	html := page(t, "small", smallPlant())
	for _, bad := range []string{` src="`, `<link`, `@import`, `url(http`, `innerHTML`, `outerHTML`, `insertAdjacentHTML`, `document.write`, `eval(`, `fetch(`, `XMLHttpRequest`, `style="`, `onclick=`} {
		if strings.Contains(html, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	for element, source := range map[string]string{"style": "style-src", "script": "script-src"} {
		body := regexp.MustCompile(`(?s)<` + element + `>(.*?)</` + element + `>`).FindStringSubmatch(html)[1]
		if !strings.Contains(html, source+" '"+hash(body)+"'") {
			t.Errorf("the policy does not name the page's %s", element)
		}
	}
	if !strings.Contains(html, "default-src 'none'") {
		t.Error("the policy allows more than it names")
	}
}

func TestEmptyCaptureMakesAPage(t *testing.T) {
	html := page(t, "empty", &testPlant{captures: []plant.Capture{{File: "empty.pcap", Format: "pcap"}}})
	if !strings.Contains(html, "The capture is empty: it holds no packets.") {
		t.Error("the page does not say that the capture is empty")
	}
	pageJSON(t, html)
}

func TestPageSizeIsBounded(t *testing.T) {
	tests := []struct {
		name         string
		assets, most int
	}{
		{"3,000 assets", 3_000, 6_000_000},
		{"8,000 assets", 8_000, 10_000_000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := largePlant(test.assets)
			html := page(t, fmt.Sprint("large-", test.assets), p)
			if len(html) > test.most {
				t.Errorf("%d bytes, want at most %d", len(html), test.most)
			}
			data := pageJSON(t, html)
			left := data["left"].(map[string]any)
			for key, all := range map[string]int{"assets": len(p.assets), "conversations": len(p.conversations)} {
				if shown, gone := len(data[key].([]any)), int(left[key].(float64)); shown+gone != all {
					t.Errorf("%d %s shown and %d left out, of %d", shown, key, gone, all)
				}
			}
		})
	}
}

// TestCrossingsAreNeverLeftOut holds that the largest conversations push out
// small ones, but none that crosses the boundary.
func TestCrossingsAreNeverLeftOut(t *testing.T) {
	p := smallPlant()
	scada, plc := p.conversations[0].Client, p.conversations[0].Server
	for i := range pageConversations + 10 {
		p.talk(scada, plc, uint16(i), "modbus", 1_000_000)
	}
	data := pageJSON(t, page(t, "many", p))
	crossing := 0
	for _, c := range data["conversations"].([]any) {
		if int(c.([]any)[12].(float64))&(flagOffice|flagOutside) != 0 {
			crossing++
		}
	}
	if crossing != 4 {
		t.Errorf("%d conversations cross the boundary, want 4", crossing)
	}
	if left := data["left"].(map[string]any)["conversations"].(float64); left != 24 {
		t.Errorf("%v conversations left out, want 24", left)
	}
}

func TestPageIsTheSameEveryTime(t *testing.T) {
	one, other := page(t, "small", smallPlant()), page(t, "small", smallPlant())
	if one != other {
		t.Error("two pages of the same plant differ")
	}
}

// TestPageOfLogsHasTimes holds that inputs without packet times, such as another
// sensor's logs, still show when things happened.
func TestPageOfLogsHasTimes(t *testing.T) {
	p := smallPlant()
	p.captures[0] = plant.Capture{File: "-", Format: "zeek"}
	html := page(t, "logs", p)
	data := pageJSON(t, html)
	if start := int64(data["start"].(float64)); start != began.UnixMilli() {
		t.Errorf("times count from %d, want %d", start, began.UnixMilli())
	}
	if last := data["conversations"].([]any)[0].([]any)[11].(float64); last != 50*60*1000 {
		t.Errorf("the conversation ends at %v", last)
	}
	if !strings.Contains(html, "<h1>What standard input shows</h1>") {
		t.Error("standard input has no name")
	}
}

type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (f *fullDisk) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestPageReportsAFullDisk(t *testing.T) {
	for _, room := range []int{0, 10_000, 60_000} {
		if err := HTML(&fullDisk{room}, smallPlant().source()); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	s := largePlant(3000).source()
	for b.Loop() {
		var out bytes.Buffer
		if err := HTML(&out, s); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
}
