package store

import (
	"context"
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
	// OneSided is how many of the conversations that it was first to see have
	// no answer although they are TCP and carried data.
	OneSided int64
	Samples  []Sample // oldest first; only from Sensor
}

// Sample is a sensor's counters at one time, for rates.
type Sample struct {
	At                                    time.Time // Made of the batch
	Packets, Bytes, Dropped, Lost, Flows  uint64
	Duplicates, Undecoded, Failures, Kept uint64
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
