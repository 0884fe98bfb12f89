package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Sensor is what is kept of one sensor.
type Sensor struct {
	ID         int // the capture of its packet references
	Site, Name string
	Epoch      string
	Sequence   uint64
	Position   uint64
	Missing    uint64 // batches that have not come, over all epochs
	Batches    uint64 // that counted
	Made       time.Time
	Heard      time.Time // when its last batch was applied, by the hub's clock
	Observed   time.Time // packet time up to which it reported; zero if never
	Status     plant.SensorStatus
	// OneSided is how many TCP conversations of more than three packets, which
	// it was first to see, have packets of one side only. It may be some
	// seconds old.
	OneSided int64
	Samples  []Sample // oldest first; only from Sensor
}

// Sample is a sensor's counters at one time, for rates.
type Sample struct {
	At                                   time.Time // Made of the batch
	Packets, Bytes, Dropped, Lost, Flows uint64
	Duplicates, Undecoded, Failures      uint64
}

// Sensors are all sensors of a site, "" for all sites, by site and name.
func (db *DB) Sensors(ctx context.Context, site string) ([]Sensor, error) {
	return db.sensors(ctx, site)
}

// Sensor is one sensor with its samples.
func (db *DB) Sensor(ctx context.Context, site, name string) (Sensor, error) {
	return db.sensor(ctx, site, name)
}

// SensorOf is the sensor with this number, the capture of a packet reference.
func (db *DB) SensorOf(ctx context.Context, id int) (site, name string, err error) {
	return db.sensorOf(ctx, id)
}

// Sites are the names of all sites that were heard of.
func (db *DB) Sites(ctx context.Context) ([]string, error) { return db.sites(ctx) }

// Counters say how many observations found no room, by table.
func (db *DB) Counters(ctx context.Context) (map[string]uint64, error) { return db.counters(ctx) }

const sensorColumns = "sensor.id, site.name, sensor.name, epoch, sequence, position, batches, missing, made, heard, observed, status"

func scanSensor(scan func(...any) error) (Sensor, error) {
	var s Sensor
	var made, heard, observed int64
	var status string
	err := scan(&s.ID, &s.Site, &s.Name, &s.Epoch, &s.Sequence, &s.Position, &s.Batches, &s.Missing, &made, &heard, &observed, &status)
	if err != nil {
		return s, err
	}
	s.Made, s.Heard, s.Observed = clock(made), clock(heard), clock(observed)
	return s, json.Unmarshal([]byte(status), &s.Status)
}

func (db *DB) sensors(ctx context.Context, site string) ([]Sensor, error) {
	w := where{}
	w.equal("site.name", text(site))
	var all []Sensor
	err := db.each(ctx, "SELECT "+sensorColumns+" FROM sensor JOIN site ON site.id = sensor.site"+w.clause()+" ORDER BY site.name, sensor.name", w.args,
		func(scan func(...any) error) error {
			s, err := scanSensor(scan)
			all = append(all, s)
			return err
		})
	if err != nil {
		return nil, db.failed("read sensors", err)
	}
	halves, err := db.oneSided(ctx)
	for i := range all {
		all[i].OneSided = halves[all[i].ID]
	}
	return all, err
}

func (db *DB) sensor(ctx context.Context, site, name string) (Sensor, error) {
	all, err := db.sensors(ctx, site)
	if err != nil {
		return Sensor{}, err
	}
	i := slices.IndexFunc(all, func(s Sensor) bool { return s.Name == name && s.Site == site })
	if i < 0 {
		return Sensor{}, fmt.Errorf("sensor %q of site %q: %w", name, site, ErrNotFound)
	}
	s := all[i]
	err = db.each(ctx, "SELECT at, packets, bytes, dropped, lost, flows, duplicates, undecoded, failures FROM sample WHERE sensor = ? ORDER BY at", []any{s.ID},
		func(scan func(...any) error) error {
			var m Sample
			var at int64
			err := scan(&at, &m.Packets, &m.Bytes, &m.Dropped, &m.Lost, &m.Flows, &m.Duplicates, &m.Undecoded, &m.Failures)
			m.At = clock(at)
			s.Samples = append(s.Samples, m)
			return err
		})
	return s, db.failed("read the samples of sensor "+name, err)
}

func (db *DB) sensorOf(ctx context.Context, id int) (site, name string, err error) {
	err = db.row(ctx, "SELECT site.name, sensor.name FROM sensor JOIN site ON site.id = sensor.site WHERE sensor.id = ?", []any{id}, &site, &name)
	return site, name, db.failed(fmt.Sprintf("read sensor %d", id), err)
}

func (db *DB) sites(ctx context.Context) ([]string, error) {
	var all []string
	err := db.each(ctx, "SELECT name FROM site ORDER BY name", nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		all = append(all, name)
		return err
	})
	return all, db.failed("read sites", err)
}

func (db *DB) counters(ctx context.Context) (map[string]uint64, error) {
	all := map[string]uint64{}
	err := db.each(ctx, "SELECT name, value FROM counter", nil, func(scan func(...any) error) error {
		var name string
		var n uint64
		err := scan(&name, &n)
		all[name] = n
		return err
	})
	return all, db.failed("read counters", err)
}

// oneSided counts, by sensor, the TCP conversations that carried something and
// of which only one side was seen.
func (db *DB) oneSided(ctx context.Context) (map[int]int64, error) {
	v, err := db.figure(ctx, "one-sided", func(ctx context.Context) (any, error) {
		of := map[int]int64{}
		err := db.each(ctx, "SELECT packet, COUNT(*) FROM (SELECT packet >> 48 AS packet FROM conversation WHERE transport = ? AND flags & 2 = 0 AND packets_up + packets_down > 3) halves GROUP BY packet", []any{int64(plant.TCP)},
			func(scan func(...any) error) error {
				var sensor, n int64
				err := scan(&sensor, &n)
				of[int(sensor&maxSensors)] += n
				return err
			})
		return of, err
	})
	if err != nil {
		return nil, db.failed("count one-sided conversations", err)
	}
	return v.(map[int]int64), nil
}
