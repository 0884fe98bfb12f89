// Package ring keeps the last packets on disk, so that those behind a fact or a
// finding can be shown later. Frames are appended to pcapng files of bounded
// size; the oldest file is deleted when all together reach their bound. What a
// person cuts out of it is kept apart, with its hash, until a person removes it.
//
// Append never waits: a goroutine of the ring writes, and what finds no room in
// its queue is counted and not kept. A full disk stops the writing and nothing
// else; it goes on when there is room.
//
// Packets are known by their number: how many frames the sensor had read with
// it (plant.Batch.Position). Every file can be opened with Wireshark as it is.
//
// Reference: draft-ietf-opsawg-pcapng-02.
package ring

import (
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Errors of the ring.
var (
	// ErrNoPackets: nothing in the ring matches; it may have been overwritten.
	ErrNoPackets = errors.New("no packet in the ring matches")
	// ErrKeptFull: what is kept has reached its bound.
	ErrKeptFull = errors.New("the folder of kept packets is full: remove some of them or raise its bound")
	// ErrNotFound: nothing with that name is kept.
	ErrNotFound = errors.New("no such kept packets")
	// ErrChanged: a kept file is not what was kept.
	ErrChanged = errors.New("the kept packets are not what was kept")
)

// Options of a ring. Zero values take the default.
type Options struct {
	Dir    string // holds the files and the folder kept/; made if it is missing
	Sensor string // named in every file
	// Epoch names the sensor's count of frames (plant.Batch.Epoch): a number
	// means a packet only together with it.
	Epoch string
	// MaxBytes is the size of all files of the ring together, kept/ not
	// counted. Default 4 GiB, at least two files.
	MaxBytes int64
	// FileBytes is the size of one file. Default 64 MiB.
	FileBytes int64
	// QueueBytes is the memory of what waits to be written. Default 16 MiB.
	QueueBytes int
	// Reserve is how much of the disk must stay free for others: the ring stops
	// before. Default 256 MiB; negative for none.
	Reserve int64
	// KeptBytes bounds kept/. Default 1 GiB.
	KeptBytes int64
	// Delay is how long a frame may wait for others before it is written.
	// Default 1 s.
	Delay time.Duration
	// Now is the clock for the times of kept packets. Default time.Now.
	Now func() time.Time

	disk disk // for tests
}

func (o Options) withDefaults() Options {
	def := func(v *int64, to int64) {
		if *v == 0 {
			*v = to
		}
	}
	def(&o.MaxBytes, 4<<30)
	def(&o.FileBytes, 64<<20)
	def(&o.Reserve, 256<<20)
	def(&o.KeptBytes, 1<<30)
	o.FileBytes = max(o.FileBytes, 4096)
	o.MaxBytes = max(o.MaxBytes, 2*o.FileBytes)
	if o.QueueBytes == 0 {
		o.QueueBytes = 16 << 20
	}
	if o.Delay <= 0 {
		o.Delay = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.disk == nil {
		o.disk = realDisk{}
	}
	return o
}

// Status is what the ring holds and what it could not keep.
type Status struct {
	Bytes   uint64    // on disk, kept/ not counted
	Files   int       // of the ring
	Oldest  time.Time // time of the first packet; zero if there is none
	First   uint64    // its number
	Last    uint64    // the highest number of a packet that is on disk
	Written uint64    // packets since Open
	NotKept uint64    // packets that found no room in the queue or on the disk, since Open
	Problem string    // why nothing is written at present, "" if it is
}

// Query says which packets are cut. Empty fields do not restrict; all others
// must match.
type Query struct {
	// Epoch is the sensor's count that Numbers, First and Last are of; "" is
	// the present one. Without numbers it says nothing.
	Epoch string `json:"epoch,omitempty"`
	// Numbers are single packets by number.
	Numbers []uint64 `json:"numbers,omitempty"`
	// First and Last are a range of numbers, both included; Last 0 is no end.
	First uint64 `json:"first,omitempty"`
	Last  uint64 `json:"last,omitempty"`
	// From and To are a range of packet time, From included.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Hosts are the endpoints of one machine: packets to or from any of them.
	// With Peers the other end must be one of those. Only what an endpoint has
	// set (MAC, IP, VLAN) is compared.
	Hosts []plant.Endpoint `json:"hosts,omitempty"`
	Peers []plant.Endpoint `json:"peers,omitempty"`
	// Ports are those of TCP or UDP, at either end. Later fragments, which
	// have none, match.
	Ports []uint16 `json:"ports,omitempty"`
	// MaxPackets and MaxBytes end the cut. Defaults 100,000 and 64 MiB.
	MaxPackets int   `json:"max_packets,omitempty"`
	MaxBytes   int64 `json:"max_bytes,omitempty"`
}

// Cut is what a cut found.
type Cut struct {
	Packets int       `json:"packets"`
	Bytes   int64     `json:"bytes"` // of the written file
	First   uint64    `json:"first"` // number of the first packet
	Last    uint64    `json:"last"`  // and of the last
	From    time.Time `json:"from"`  // packet times
	To      time.Time `json:"to"`
	More    bool      `json:"more"`              // the bound ended it
	Damaged int       `json:"damaged,omitempty"` // stretches that could not be read
}

// Kept is a cut that was stored.
type Kept struct {
	ID     string    `json:"id"`
	Sensor string    `json:"sensor"`
	Why    string    `json:"why"`
	Made   time.Time `json:"made"`
	SHA256 string    `json:"sha256"` // of the pcapng file, hexadecimal
	Query  Query     `json:"query"`
	Cut
}
