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
	"context"
	"errors"
	"io"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
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
	// Now is the clock for the times of kept packets. Default time.Now.
	Now func() time.Time
}

// Status is what the ring holds and what it could not keep.
type Status struct {
	Bytes   uint64    // on disk, kept/ not counted
	Files   int       // of the ring
	Oldest  time.Time // time of the first packet; zero if there is none
	First   uint64    // its number
	Written uint64    // packets since Open
	NotKept uint64    // packets that found no room in the queue or on the disk, since Open
	Problem string    // why nothing is written at present, "" if it is
}

// Query says which packets are cut. Empty fields do not restrict; all others
// must match.
type Query struct {
	// Numbers are single packets by number.
	Numbers []uint64 `json:"numbers,omitempty"`
	// First and Last are a range of numbers, both included; Last 0 is no end.
	First uint64 `json:"first,omitempty"`
	Last  uint64 `json:"last,omitempty"`
	// From and To are a range of packet time, From included.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Hosts with one endpoint are the packets to and from it, with several those
	// between them. Only what an endpoint has set (MAC, IP, VLAN) is compared.
	Hosts []plant.Endpoint `json:"hosts,omitempty"`
	// Ports are those of TCP or UDP, at either end. Later fragments, which
	// have none, match.
	Ports []uint16 `json:"ports,omitempty"`
	// MaxPackets and MaxBytes end the cut. Defaults 100,000 and 64 MiB.
	MaxPackets int   `json:"max_packets,omitempty"`
	MaxBytes   int64 `json:"max_bytes,omitempty"`
}

// Cut is what a cut found.
type Cut struct {
	Packets     int       `json:"packets"`
	Bytes       int64     `json:"bytes"` // of the written file
	First, Last uint64    // numbers of the first and last packet
	From, To    time.Time // packet times
	More        bool      `json:"more"`              // the bound ended it
	Damaged     int       `json:"damaged,omitempty"` // stretches that could not be read
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

// Ring is the ring of one sensor. Its methods may be called by any goroutine.
type Ring struct{}

// Open opens or makes the ring in o.Dir and begins a new file. One process at a
// time may have it open.
func Open(o Options) (*Ring, error) { return nil, errors.ErrUnsupported }

// Append takes a copy of a frame and its number. It never waits.
func (r *Ring) Append(number uint64, f *capture.Frame) {}

// Flush waits until what was appended is in the files (not: synced).
func (r *Ring) Flush(ctx context.Context) error { return nil }

// Status is what the ring holds.
func (r *Ring) Status() Status { return Status{} }

// Cut writes the packets that match as a pcapng file. Each has a comment that
// names sensor and number. It returns ErrNoPackets, having written nothing,
// when there is none.
func (r *Ring) Cut(ctx context.Context, w io.Writer, q Query) (Cut, error) {
	return Cut{}, ErrNoPackets
}

// Keep stores a cut in kept/ with a JSON file beside it that holds its hash.
func (r *Ring) Keep(ctx context.Context, q Query, why string) (Kept, error) {
	return Kept{}, ErrNoPackets
}

// Kept lists what is kept, oldest first.
func (r *Ring) Kept() ([]Kept, error) { return nil, nil }

// OpenKept opens a kept file for reading.
func (r *Ring) OpenKept(id string) (io.ReadCloser, Kept, error) { return nil, Kept{}, ErrNotFound }

// Verify reads a kept file and compares it with its hash; ErrChanged if it is
// another.
func (r *Ring) Verify(id string) error { return ErrNotFound }

// RemoveKept deletes a kept file.
func (r *Ring) RemoveKept(id string) error { return ErrNotFound }

// Close writes what waits and ends the ring.
func (r *Ring) Close() error { return nil }
