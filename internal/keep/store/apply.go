package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Outcome is what became of one batch.
type Outcome uint8

// Outcomes. Late is a batch whose number had been counted as missing; it
// counts like any other.
const (
	Counted Outcome = iota + 1
	Late
	Duplicate
)

// Applied is what Apply did, in the order of the batches.
type Applied struct {
	Batches []AppliedBatch
	// LeftOut is how many observations found no room within Limits.
	LeftOut uint64
}

// AppliedBatch is what became of one batch. Where it counted, the packet
// references in its observations now have Sensor as their capture.
type AppliedBatch struct {
	Sensor   int // the sensor's number, the capture of its packet references
	Outcome  Outcome
	NewEpoch bool   // the sensor lost its state, or was never heard of
	Missing  uint64 // batches between the last one and this that have not come
}

// Apply adds batches in one transaction: all of them count or none. A batch
// counts exactly once: of each epoch the sequence numbers that came are known,
// so one that comes again is a Duplicate and one that comes after its
// successors is Late. Packet references (capture 0) in the batches that count
// are changed in place to carry the sensor's number as capture, so that the
// caller may hand the observations on to its inventory; this is done only when
// the transaction has committed. Apply does not keep the batches.
//
// Several hundred batches at a time are much cheaper than one by one.
func (db *DB) Apply(ctx context.Context, batches []*plant.Batch) (Applied, error) {
	return db.apply(ctx, batches)
}

// application is one Apply at work. It adds up in memory first, so that a
// total is written once however many batches add to it.
type application struct {
	t       *tx
	known   *interned
	serials *serials
	limits  *Limits
	now     time.Time
	sensors map[sensorKey]*sensorState
	// fresh are rows that the commit will make known.
	fresh struct {
		sites         map[string]int64
		endpoints     map[endpointKey]int64
		conversations map[conversationKey]int64
		operations    map[operationKey]int64
		facts         map[factKey]int64
		anomalies     map[anomalyKey]int64
	}
	made    map[string]int64 // rows made, by table
	leftOut map[string]int64 // observations without room, by table

	conversations sums[conversationKey, conversationSum]
	operations    sums[operationKey, operationSum]
	facts         sums[factKey, factSum]
	anomalies     sums[anomalyKey, anomalySum]
	minutes       []*conversationMinute
	minuteOf      map[minuteKey[conversationSum]]*conversationMinute
	operationRows []*operationMinute
	operationOf   map[minuteKey[operationSum]]*operationMinute
	traffic       map[trafficKey]*[2]int64 // packets, bytes
}

// sums is a map that remembers the order in which keys came, so that the same
// batches always write the same rows.
type sums[K comparable, V any] struct {
	of   map[K]*V
	keys []K
}

func (s *sums[K, V]) at(k K) (v *V, isNew bool) {
	if v = s.of[k]; v != nil {
		return v, false
	}
	if s.of == nil {
		s.of = map[K]*V{}
	}
	v = new(V)
	s.of[k] = v
	s.keys = append(s.keys, k)
	return v, true
}

// counting is a batch that counts, and its sensor.
type counting struct {
	batch  *plant.Batch
	sensor *sensorState
}

func (db *DB) apply(ctx context.Context, batches []*plant.Batch) (Applied, error) {
	var done Applied
	var a *application
	var counted []counting
	err := db.change(ctx, "apply batches", func(t *tx) error {
		done, counted = Applied{Batches: make([]AppliedBatch, 0, len(batches))}, nil
		var err error
		if a, err = db.application(t); err != nil {
			return err
		}
		for _, b := range batches {
			s, result, err := a.admit(b)
			if err != nil {
				return err
			}
			done.Batches = append(done.Batches, result)
			if result.Outcome != Duplicate {
				counted = append(counted, counting{b, s})
			}
		}
		if err := a.add(counted); err != nil {
			return err
		}
		return a.save()
	}, func() {
		db.interned.learn(a)
		db.grown(db.interned.total())
	})
	if err != nil {
		return Applied{}, err
	}
	for _, c := range counted {
		number(c.batch, int(c.sensor.id))
	}
	for _, n := range a.leftOut {
		done.LeftOut += uint64(n)
	}
	return done, nil
}

func (db *DB) application(t *tx) (*application, error) {
	s, err := t.serials()
	if err != nil {
		return nil, err
	}
	if s.next["generation"] != db.interned.generation {
		db.interned = newInterned()
		db.interned.generation = s.next["generation"]
	}
	a := &application{
		t: t, known: &db.interned, serials: s, limits: &db.options.Limits, now: db.options.Now(),
		sensors: map[sensorKey]*sensorState{}, made: map[string]int64{}, leftOut: map[string]int64{},
		minuteOf: map[minuteKey[conversationSum]]*conversationMinute{}, operationOf: map[minuteKey[operationSum]]*operationMinute{}, traffic: map[trafficKey]*[2]int64{},
	}
	a.fresh.sites = map[string]int64{}
	a.fresh.endpoints = map[endpointKey]int64{}
	return a, a.countRows()
}

// counted tables are bounded by Limits.
var countedTables = []string{"endpoint", "conversation", "operation", "anomaly"}

// countRows counts the rows of bounded tables once; from then on they are kept
// count of.
func (a *application) countRows() error {
	if a.known.rows != nil {
		return nil
	}
	rows := map[string]int64{}
	for _, table := range countedTables {
		var n int64
		if _, err := a.t.row("SELECT COUNT(*) FROM "+table, nil, &n); err != nil {
			return err
		}
		rows[table] = n
	}
	a.known.rows = rows
	return nil
}

// hasRoom tells whether a bounded table may have one more row.
func (a *application) hasRoom(table string) bool {
	limit := map[string]int{"endpoint": a.limits.Endpoints, "conversation": a.limits.Conversations, "operation": a.limits.Operations, "anomaly": a.limits.Anomalies}[table]
	return a.known.rows[table]+a.made[table] < int64(limit)
}

// learn takes over what a committed application made.
func (n *interned) learn(a *application) {
	for k, id := range a.fresh.sites {
		n.sites[k] = id
	}
	for table, rows := range a.made {
		n.rows[table] += rows
	}
	remember(&n.endpoints, a.fresh.endpoints)
	remember(&n.conversations, a.fresh.conversations)
	remember(&n.operations, a.fresh.operations)
	remember(&n.facts, a.fresh.facts)
	remember(&n.anomalies, a.fresh.anomalies)
}

func remember[K comparable](m *memory[K], fresh map[K]int64) {
	for k, id := range fresh {
		m.put(k, id)
	}
}

// number gives the packet references of a batch their sensor.
func number(b *plant.Batch, sensor int) {
	for i := range b.Sightings {
		b.Sightings[i].Packet = ofSensor(b.Sightings[i].Packet, sensor)
	}
	for i := range b.Conversations {
		b.Conversations[i].Packet = ofSensor(b.Conversations[i].Packet, sensor)
	}
	for i := range b.Operations {
		b.Operations[i].Packet = ofSensor(b.Operations[i].Packet, sensor)
	}
	for i := range b.Anomalies {
		b.Anomalies[i].Packet = ofSensor(b.Anomalies[i].Packet, sensor)
	}
}

func ofSensor(p plant.PacketRef, sensor int) plant.PacketRef {
	if p.Number() == 0 {
		return 0
	}
	return plant.NewPacketRef(sensor, p.Number())
}

// site is the number of a site, which is made if it is new.
func (a *application) site(name string) (int64, error) {
	name = text(name)
	if id, ok := a.known.sites[name]; ok {
		return id, nil
	}
	if id, ok := a.fresh.sites[name]; ok {
		return id, nil
	}
	id, err := a.t.site(a.serials, name)
	a.fresh.sites[name] = id
	return id, err
}

// site finds or makes a site.
func (t *tx) site(s *serials, name string) (int64, error) {
	var id int64
	found, err := t.row("SELECT id FROM site WHERE name = ?", []any{name}, &id)
	if found || err != nil {
		return id, err
	}
	id = s.take("site")
	_, err = t.exec("INSERT INTO site (id, name) VALUES (?, ?)", id, name)
	return id, err
}

// save writes everything that was added up.
func (a *application) save() error {
	for _, step := range []func() error{
		a.saveFacts, a.saveConversations, a.saveOperations, a.saveAnomalies, a.saveTraffic, a.saveSensors, a.saveCounters,
		func() error { return a.serials.save(a.t) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) saveCounters() error {
	for table, n := range a.leftOut {
		if _, err := a.t.exec("INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value", table, n); err != nil {
			return err
		}
	}
	return nil
}
