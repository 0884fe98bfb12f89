package store

import (
	"context"
	"encoding/json"
	"time"
)

// CaptureState is where the import of a capture stands.
type CaptureState string

// States of an import.
const (
	CaptureQueued    CaptureState = "queued"
	CaptureReading   CaptureState = "reading"
	CaptureDone      CaptureState = "done"
	CaptureFailed    CaptureState = "failed"
	CaptureCancelled CaptureState = "cancelled"
)

// Capture is a capture that someone gave to be read.
type Capture struct {
	ID         string
	Site, Name string
	Sensor     string // under which its batches come
	Path       string
	Size       int64 // bytes of the file
	SHA256     string
	State      CaptureState
	ReadBytes  int64
	Packets    int64
	Problem    string // why it failed, or what to know of it
	Created    time.Time
	Started    time.Time
	Ended      time.Time
}

// PutCapture adds or replaces a capture.
func (db *DB) PutCapture(ctx context.Context, c Capture) error { return db.putCapture(ctx, c) }

// Capture is one capture.
func (db *DB) Capture(ctx context.Context, id string) (Capture, error) { return db.capture(ctx, id) }

// Captures lists captures, newest first; site "" and state "" are all.
func (db *DB) Captures(ctx context.Context, site string, state CaptureState, p Page) (List[Capture], error) {
	return db.captures(ctx, site, state, p)
}

// DeleteCapture forgets a capture; what was learnt from it stays.
func (db *DB) DeleteCapture(ctx context.Context, id string) error { return db.deleteCapture(ctx, id) }

// Kept is a cut of packets that someone keeps as evidence.
type Kept struct {
	ID           string
	Site, Sensor string
	Note         string
	Path         string
	Size         int64
	SHA256       string
	Packets      int64
	From, To     time.Time // of the packets
	Created      time.Time
}

// PutKept adds a cut; ErrConflict if its ID is taken.
func (db *DB) PutKept(ctx context.Context, k Kept) error { return db.putKept(ctx, k) }

// Kept is one cut.
func (db *DB) Kept(ctx context.Context, id string) (Kept, error) { return db.kept(ctx, id) }

// KeptCuts lists cuts, newest first; site "" is all.
func (db *DB) KeptCuts(ctx context.Context, site string, p Page) (List[Kept], error) {
	return db.keptCuts(ctx, site, p)
}

// DeleteKept forgets a cut.
func (db *DB) DeleteKept(ctx context.Context, id string) error { return db.deleteKept(ctx, id) }

// Setting is a kept setting with its version, from 1; ErrNotFound if it was
// never put.
func (db *DB) Setting(ctx context.Context, key string) (value json.RawMessage, version int64, err error) {
	return db.setting(ctx, key)
}

// PutSetting writes a setting if its version still is the one given, 0 for one
// that was never put, else it is ErrConflict. It returns the new version.
func (db *DB) PutSetting(ctx context.Context, key string, value json.RawMessage, version int64) (int64, error) {
	return db.putSetting(ctx, key, value, version)
}
