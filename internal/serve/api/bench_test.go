package api

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkConsole measures the calls that a console makes most, over HTTP on
// loopback, one after the other on one connection. p50 and p95 are in ms.
//
//	go test ./internal/serve/api -run '^$' -bench Console -benchtime 200x
func BenchmarkConsole(b *testing.B) {
	for _, n := range []int{1000, 50_000} {
		p := fill(b, n, Options{})
		p.seal(b, clock.Add(-3*time.Hour), 2)
		url := serve(b, p.Server)
		middle := made(n / 2).ID
		for _, c := range []struct{ name, path string }{
			{"overview", "/overview"},
			{"sensors", "/sensors"},
			{"assets", "/assets?limit=100"},
			{"assets, newest first", "/assets?limit=100&sort=-last_seen"},
			{"assets, filtered", "/assets?limit=100&vendor=Siemens&level=1"},
			{"assets, searched", "/assets?limit=100&q=unit-00"},
			{"assets, searched for one", "/assets?limit=100&q=" + made(n - 2).Names[0]},
			{"assets, last page", "/assets?limit=100&sort=-name&first_since=" + clock.Add(-48*time.Hour).Format(time.RFC3339)},
			{"facets", "/assets/facets"},
			{"facets, searched", "/assets/facets?q=drive"},
			{"asset", "/assets/" + middle},
			{"peers", "/assets/" + middle + "/peers"},
			{"operations of an asset", "/assets/" + middle + "/operations"},
			{"conversations", "/conversations?limit=100"},
			{"crossings", "/conversations?limit=100&crossing=true"},
			{"operations", "/operations?limit=100"},
			{"writes", "/operations?limit=100&kind=write"},
			{"findings", "/findings"},
			{"map", "/map"},
			{"traffic", "/traffic"},
			{"traffic of an asset", "/traffic?asset=" + middle},
			{"conversations of an hour", "/conversations?limit=100&from=" + clock.Add(-4*time.Hour).Format(time.RFC3339) + "&to=" + clock.Add(-time.Hour).Format(time.RFC3339)},
			{"history", "/history"},
			{"two days", "/map/difference?from=" + clock.Add(-24*time.Hour).Format(time.DateOnly) + "&to=" + clock.Format(time.DateOnly)},
			{"decisions", "/decisions?asset=" + middle},
			{"views", "/views"},
			{"export of a vendor", "/export/assets?vendor=Siemens"},
		} {
			b.Run(fmt.Sprintf("%d/%s", n, c.name), func(b *testing.B) {
				load(b, url+base+c.path) // figures of the whole plant are made once
				var took []time.Duration
				size := 0
				for b.Loop() {
					begin := time.Now()
					size = load(b, url+base+c.path)
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				ms := func(q float64) float64 {
					return took[int(q*float64(len(took)-1))].Seconds() * 1000
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(ms(.5), "p50-ms")
				b.ReportMetric(ms(.95), "p95-ms")
				b.ReportMetric(float64(size)/1000, "kB")
			})
		}
	}
}

func load(b *testing.B, url string) int {
	res, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("GET %s: %s %v", url, res.Status, err)
	}
	return int(n)
}
