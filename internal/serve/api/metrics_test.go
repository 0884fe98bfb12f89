package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

func TestMetrics(t *testing.T) {
	s := bare(t, Options{Numbers: func() Numbers {
		return Numbers{Batches: 7, Observations: 70, Duplicates: 2, Missing: 1, Waiting: 4, Lag: 1500 * time.Millisecond, Disk: map[string]uint64{"store": 1000, "history": 2000}}
	}})
	ask(t, s, "GET", base+"/overview", nil)
	ask(t, s, "GET", base+"/assets/../../../x", nil)
	ask(t, s, "GET", "/nothing/at/all", nil)
	ask(t, s, "BREW", base+"/overview", nil)
	ask(t, s, "GET", base+"/overview", nil, "Host", "attacker.example")
	got := ask(t, s, "GET", "/metrics", nil)
	for _, line := range []string{
		"bulkhead_batches_applied_total 7",
		"bulkhead_observations_applied_total 70",
		"bulkhead_batches_duplicate_total 2",
		"bulkhead_batches_missing_total 1",
		"bulkhead_batches_waiting 4",
		"bulkhead_lag_seconds 1.5",
		`bulkhead_disk_bytes{what="history"} 2000`,
		`bulkhead_sensor_dropped_total{sensor="line-1",site="plant"} 4`,
		`bulkhead_store_left_out_total{table="facts"} 3`,
		"bulkhead_store_up 1",
		`bulkhead_http_request_seconds_count{method="GET",route="GET /api/v1/overview",status="200"} 1`,
		`bulkhead_http_request_seconds_count{method="GET",route="other",status="404"} 1`,
		`bulkhead_http_request_seconds_count{method="other",route="other",status="405"} 1`,
		`bulkhead_http_refused_total{reason="host"} 1`,
	} {
		if !strings.Contains(string(got.body), line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if t.Failed() {
		t.Logf("%s", got.body)
	}
}

func TestHealth(t *testing.T) {
	var bus error
	st := &emptyStore{}
	s := bare(t, Options{Store: st, Ready: []Probe{{Name: "bus", Problem: "The bus does not answer.", Check: func(context.Context) error { return bus }}}})
	for _, c := range []struct {
		name      string
		ping, bus error
		want      int
		failed    string
	}{
		{name: "all is well", want: 200},
		{name: "the store is away", ping: store.ErrUnavailable, want: 503, failed: "store"},
		{name: "the bus is away", bus: errors.New("nats: secret address refused"), want: 503, failed: "bus"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st.ping, bus = c.ping, c.bus
			got := ask(t, s, "GET", "/readyz", nil)
			if got.status != c.want || strings.Contains(string(got.body), "secret") || c.failed != "" && !strings.Contains(string(got.body), `"name":"`+c.failed+`","ok":false`) {
				t.Errorf("%d %s", got.status, got.body)
			}
			if got := ask(t, s, "GET", "/healthz", nil); got.status != 200 {
				t.Errorf("the process lives: %d", got.status)
			}
		})
	}
}
