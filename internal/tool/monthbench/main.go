// Command monthbench measures how fast a hub takes a month of the simulated
// plant from the bus, and how much of the disk it needs for it.
//
// One day of the plant is watched at its true pace by a sensor; its batches are
// then published for each day of the month, with their times moved. So the rows
// are as many as those of a plant that polls all day. Then a hub starts on the
// full bus, and the clock runs until everything is committed, judged, sealed and
// rolled up.
//
//	go run ./internal/tool/monthbench [-days 30] [-store postgres://…]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/hub"
	"github.com/bulkhead-ot/bulkhead/internal/keep/bus"
	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
	"github.com/bulkhead-ot/bulkhead/lab"
)

func main() {
	days := flag.Int("days", 30, "`days` of the month")
	url := flag.String("store", "", "`url` of a PostgreSQL server with an empty database; default is SQLite")
	profile := flag.String("profile", "", "write a profile of the processor to this `file`")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			log.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	if err := run(*days, *url); err != nil {
		log.Fatal(err)
	}
}

func run(days int, url string) error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bulkhead-month-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := bus.Open(ctx, bus.Options{Dir: filepath.Join(dir, "bus"), MaxBytes: 16 << 30})
	if err != nil {
		return err
	}
	defer b.Close()
	end := time.Now().UTC().Truncate(24 * time.Hour)
	day, err := oneDay(ctx, end.AddDate(0, 0, -days))
	if err != nil {
		return err
	}
	batches, rows, err := publish(ctx, b, day, days)
	if err != nil {
		return err
	}
	fmt.Printf("%d days, %d batches, %d observations on the bus, %.0f MB\n", days, batches, rows, megabytes(dir, "bus"))
	return ingest(ctx, b, dir, url, end, batches, rows)
}

// oneDay watches a day of the plant.
func oneDay(ctx context.Context, start time.Time) (day []*plant.Batch, err error) {
	source, err := lab.NewSource(lab.Options{Scenario: "quiet-week", Seed: 1, Start: start, Time: 24 * time.Hour})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	s := sensor.New(sensor.Options{
		Site: "month", Name: "core", Kind: sensor.Played, Protocols: app.Protocols, Log: slog.New(slog.DiscardHandler), Sample: true,
		Last:    func(context.Context) (*plant.Batch, error) { return nil, nil },
		Publish: func(_ context.Context, b *plant.Batch) error { day = append(day, b); return nil },
	})
	if err := s.Run(ctx, source); err != nil && err != io.EOF {
		return nil, err
	}
	return day, nil
}

// publish sends the day once for each day of the month.
func publish(ctx context.Context, b *bus.Bus, day []*plant.Batch, days int) (batches, rows int, err error) {
	for d := range days {
		for _, one := range day {
			batches++
			next := moved(one, time.Duration(d)*24*time.Hour)
			next.Sequence = uint64(batches)
			next.Status.State = plant.SensorReading
			if err := b.Publish(ctx, next); err != nil {
				return batches, rows, err
			}
			rows += next.Rows()
		}
	}
	return batches, rows, nil
}

// moved is a batch of another day.
func moved(b *plant.Batch, by time.Duration) *plant.Batch {
	c := *b
	c.From, c.To = b.From.Add(by), b.To.Add(by)
	c.Sightings = append([]plant.Sighting(nil), b.Sightings...)
	for i := range c.Sightings {
		c.Sightings[i].First, c.Sightings[i].Last = c.Sightings[i].First.Add(by), c.Sightings[i].Last.Add(by)
	}
	c.Conversations = append([]plant.Conversation(nil), b.Conversations...)
	for i := range c.Conversations {
		c.Conversations[i].First, c.Conversations[i].Last = c.Conversations[i].First.Add(by), c.Conversations[i].Last.Add(by)
	}
	c.Operations = append([]plant.Operation(nil), b.Operations...)
	for i := range c.Operations {
		c.Operations[i].First, c.Operations[i].Last = c.Operations[i].First.Add(by), c.Operations[i].Last.Add(by)
	}
	return &c
}

// ingest starts a hub on the full bus and waits until it is through.
func ingest(ctx context.Context, b *bus.Bus, dir, url string, now time.Time, batches, rows int) error {
	if url == "" {
		url = filepath.Join(dir, "bulkhead.db")
	}
	db, err := store.Open(ctx, url, store.Options{Crosses: hub.Crosses})
	if err != nil {
		return err
	}
	defer db.Close()
	archive, err := history.Open(ctx, history.Options{Dir: filepath.Join(dir, "history")})
	if err != nil {
		return err
	}
	defer archive.Close()
	h, err := hub.New(ctx, hub.Options{
		Store: db, Archive: archive, Now: func() time.Time { return now }, SealEvery: time.Second,
		Streams: []hub.Stream{{Name: "here", Open: func(ctx context.Context) (hub.Reader, error) { return b.Consume(ctx, "hub", "") }}},
	})
	if err != nil {
		return err
	}
	begin, cpu := time.Now(), processor()
	work, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { h.Run(work); close(done) }()
	for h.Counters().Batches.Load() < uint64(batches) {
		time.Sleep(50 * time.Millisecond)
	}
	applied := time.Since(begin)
	stop()
	<-done
	if err := h.JudgeNow(ctx); err != nil {
		return err
	}
	if err := h.Seal(ctx, now); err != nil {
		return err
	}
	if err := h.RollUp(ctx); err != nil {
		return err
	}
	if err := db.Tend(ctx); err != nil {
		return err
	}
	wall, spent := time.Since(begin), processor()-cpu
	state, err := db.Size(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%s: applied after %.0f s, all done after %.0f s, %.0f s of processor time\n", db.Engine(), applied.Seconds(), wall.Seconds(), spent.Seconds())
	fmt.Printf("%.0f observations/s; state %.0f MB, history %.0f MB, together %.0f MB; peak memory %.0f MB\n",
		float64(rows)/wall.Seconds(), float64(state)/1e6, megabytes(dir, "history"), float64(state)/1e6+megabytes(dir, "history"), peak())
	return nil
}

// megabytes is the size of a folder.
func megabytes(dir, name string) (sum float64) {
	_ = filepath.WalkDir(filepath.Join(dir, name), func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			sum += float64(info.Size()) / 1e6
		}
		return nil
	})
	return sum
}

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u
}

// processor is the processor time that was spent so far.
func processor() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the largest amount of memory so far, in MB.
func peak() float64 { return float64(usage().Maxrss) * 1024 / 1e6 }
