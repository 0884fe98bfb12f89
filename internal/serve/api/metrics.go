package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Numbers are what the hub tells of itself for /metrics. Counters go from the
// start of the program.
type Numbers struct {
	Batches      uint64        // applied
	Observations uint64        // applied
	Duplicates   uint64        // batches that came again and did not count
	Missing      uint64        // batches that never came
	LeftOut      uint64        // observations that found no room
	Failures     uint64        // of applying; each was tried again
	Waiting      uint64        // batches on the bus that are not applied yet
	Lag          time.Duration // between the last batch being made and applied
	Apply        time.Duration // all time spent applying
	// Disk is bytes by what they are for: "store", "history", "bus", "ring".
	Disk map[string]uint64
}

// NumbersOf gives the present numbers. It must answer at once.
type NumbersOf func() Numbers

// metrics are the numbers of this package in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	page     http.Handler
	requests *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	inFlight prometheus.Gauge
	events   prometheus.Counter
	resets   prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bulkhead_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 30},
		}, []string{"route", "method", "status"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bulkhead_http_refused_total", Help: "Requests refused before they were answered, by reason."}, []string{"reason"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "bulkhead_http_requests_in_flight", Help: "Requests being answered, streams included."}),
		events:   prometheus.NewCounter(prometheus.CounterOpts{Name: "bulkhead_events_sent_total", Help: "Events sent to clients."}),
		resets:   prometheus.NewCounter(prometheus.CounterOpts{Name: "bulkhead_event_resets_total", Help: "Times a client was too slow and had to begin anew."}),
	}
	m.registry.MustRegister(m.requests, m.refused, m.inFlight, m.events, m.resets, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watch adds what the server can tell, once it is made.
func (m *metrics) watch(s *Server) {
	m.registry.MustRegister(&plantCollector{s})
	m.page = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
}

// observe counts an answered request under its route's pattern, which bounds
// how many series there can be.
func (m *metrics) observe(r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" || route == "/" {
		route = "other"
	}
	m.requests.WithLabelValues(route, method(r.Method), strconv.Itoa(status)).Observe(took.Seconds())
}

// method is one of those there are: a client can send any word.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

func (s *Server) metricsPage(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	s.metrics.page.ServeHTTP(w, r)
	return nil
}

// plantCollector reads the numbers of hub and sensors when they are asked for.
type plantCollector struct{ s *Server }

// Describe sends nothing: which numbers there are depends on the plant.
func (*plantCollector) Describe(chan<- *prometheus.Desc) {}

// Collect reads the present numbers.
func (c *plantCollector) Collect(ch chan<- prometheus.Metric) {
	out := emitter{ch}
	if c.s.opt.Numbers != nil {
		out.hub(c.s.opt.Numbers())
	}
	out.gauge("bulkhead_event_streams", "Streams of events that are open.", float64(c.s.streams.taken()))
	out.gauge("bulkhead_uploads", "Captures being received.", float64(c.s.uploads.taken()))
	published, large := c.s.opt.Live.Published()
	out.counter("bulkhead_events_published_total", "Changes published to streams.", float64(published))
	out.counter("bulkhead_events_without_value_total", "Changes whose value was too large to send.", float64(large))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out.store(ctx, c.s)
}

type emitter struct{ ch chan<- prometheus.Metric }

func (e emitter) emit(t prometheus.ValueType, name, help string, v float64, labels ...string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	m, err := prometheus.NewConstMetric(prometheus.NewDesc(name, help, names, nil), t, v, values...)
	if err != nil {
		m = prometheus.NewInvalidMetric(prometheus.NewDesc(name, help, names, nil), err)
	}
	e.ch <- m
}

func (e emitter) counter(name, help string, v float64, labels ...string) {
	e.emit(prometheus.CounterValue, name, help, v, labels...)
}

func (e emitter) gauge(name, help string, v float64, labels ...string) {
	e.emit(prometheus.GaugeValue, name, help, v, labels...)
}

func (e emitter) hub(n Numbers) {
	e.counter("bulkhead_batches_applied_total", "Batches taken in.", float64(n.Batches))
	e.counter("bulkhead_observations_applied_total", "Observations taken in.", float64(n.Observations))
	e.counter("bulkhead_batches_duplicate_total", "Batches that came again and did not count.", float64(n.Duplicates))
	e.counter("bulkhead_batches_missing_total", "Batches that never came.", float64(n.Missing))
	e.counter("bulkhead_observations_left_out_total", "Observations that found no room.", float64(n.LeftOut))
	e.counter("bulkhead_apply_failures_total", "Failures to take batches in; each was tried again.", float64(n.Failures))
	e.counter("bulkhead_apply_seconds_total", "Time spent taking batches in.", n.Apply.Seconds())
	e.gauge("bulkhead_batches_waiting", "Batches on the bus that are not taken in yet.", float64(n.Waiting))
	e.gauge("bulkhead_lag_seconds", "Time between the last batch being made and taken in.", n.Lag.Seconds())
	for what, bytes := range n.Disk {
		e.gauge("bulkhead_disk_bytes", "Bytes on disk, by what they are for.", float64(bytes), "what", what)
	}
}

// store tells of the store and the sensors. A store that does not answer shows
// as down, and the other numbers are there.
func (e emitter) store(ctx context.Context, s *Server) {
	sensors, err := s.store.Sensors(ctx, "")
	if err != nil {
		e.gauge("bulkhead_store_up", "Whether the store answers.", 0)
		s.log.Warn("the store gives no numbers", "error", err)
		return
	}
	e.gauge("bulkhead_store_up", "Whether the store answers.", 1)
	for i := range sensors {
		x := &sensors[i]
		l := []string{"site", x.Site, "sensor", x.Name}
		e.counter("bulkhead_sensor_packets_total", "Packets read in this epoch.", float64(x.Status.Packets), l...)
		e.counter("bulkhead_sensor_bytes_total", "Bytes read in this epoch.", float64(x.Status.Bytes), l...)
		e.counter("bulkhead_sensor_dropped_total", "Packets that the kernel dropped in this epoch.", float64(x.Status.Dropped), l...)
		e.counter("bulkhead_sensor_lost_total", "Observations that found no room in this epoch.", float64(x.Status.Lost), l...)
		e.counter("bulkhead_sensor_batches_missing_total", "Batches that have not come.", float64(x.Missing), l...)
		e.gauge("bulkhead_sensor_flows", "Flows in progress.", float64(x.Status.Flows), l...)
		e.gauge("bulkhead_sensor_ring_bytes", "Packets kept on disk.", float64(x.Status.RingBytes), l...)
		if !x.Made.IsZero() {
			e.gauge("bulkhead_sensor_made_timestamp_seconds", "When the last batch was made.", float64(x.Made.UnixMilli())/1e3, l...)
		}
	}
	if left, err := s.store.Counters(ctx); err == nil {
		for table, n := range left {
			e.counter("bulkhead_store_left_out_total", "Observations that found no room in the store, by table.", float64(n), "table", table)
		}
	}
}
