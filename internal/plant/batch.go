package plant

import "time"

// Batch is what one sensor learnt in a stretch of time, as it crosses the bus.
// Its counters are increments: what came since the batch before. Within one
// epoch sequence numbers go up from 1 without gaps, so that the hub counts each
// batch once and knows when one is missing.
type Batch struct {
	Site, Sensor string
	// Epoch names one life of the sensor's state. A sensor that lost its state
	// begins a new epoch at sequence 1.
	Epoch    string
	Sequence uint64
	// Position is how many frames of its source this batch and those before it
	// account for: where a sensor goes on after a restart. The packet numbers
	// in the observations count in the same way.
	Position uint64
	From, To time.Time // packet time that it covers; zero if there was no packet
	Made     time.Time // the sensor's clock
	Status   SensorStatus

	Sightings     []Sighting
	Conversations []Conversation
	Operations    []Operation
	Anomalies     []Anomaly
}

// Rows is the number of observations in the batch.
func (b *Batch) Rows() int {
	return len(b.Sightings) + len(b.Conversations) + len(b.Operations) + len(b.Anomalies)
}

// SensorStatus is what a sensor says of itself with each batch. Counters go
// from the beginning of the epoch.
type SensorStatus struct {
	Version string
	Source  string // "eth1", "file monday.pcapng"
	State   SensorState
	Problem string // what is wrong and what to do, "" if nothing is
	Started time.Time

	Packets, Bytes uint64 // read from the source, copies included
	Dropped        uint64 // by the kernel: they came too fast
	Duplicates     uint64 // copies that the mirror port made
	Undecoded      uint64 // whose link or network layer is not read
	Sampled        uint64 // cyclic I/O counted without being parsed
	Failures       uint64 // of decoders
	Lost           uint64 // observations that found no room
	Flows          uint64 // in progress now

	RingBytes  uint64    // on disk in the ring of packets
	RingOldest time.Time // from when on packets can be shown; zero without a ring
}

// SensorState is what a sensor does.
type SensorState string

// States of a sensor. Silent means that the link is up and nothing comes.
const (
	SensorWatching SensorState = "watching"
	SensorSilent   SensorState = "silent"
	SensorNoLink   SensorState = "no link"
	SensorReading  SensorState = "reading"
	SensorEnded    SensorState = "ended"
)

// Segment is a sealed stretch of history: one immutable Parquet file.
type Segment struct {
	Site     string
	Kind     SegmentKind
	Step     Step // what one row covers
	From, To time.Time
	Path     string // below the archive's root
	Rows     uint64
	Bytes    uint64
	SHA256   string // of the file, hexadecimal
}

// SegmentKind is what the rows of a segment are.
type SegmentKind string

// Kinds of segment.
const (
	SegmentConversations SegmentKind = "conversations"
	SegmentOperations    SegmentKind = "operations"
)

// Step is the stretch of time that one row of history covers.
type Step string

// Steps, finest first. Age rolls rows up from one to the next.
const (
	StepMinute Step = "minute"
	StepHour   Step = "hour"
	StepDay    Step = "day"
)
