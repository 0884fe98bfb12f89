package store

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// This file goes in the next step: the interface is published before its bodies.

var errSoon = errors.New("store: not there yet")

func (db *DB) saveInventory(context.Context, string, time.Time, iter.Seq[AssetRow]) (Saved, error) {
	return Saved{}, errSoon
}

func (db *DB) assets(context.Context, AssetFilter, Page) (List[AssetItem], error) {
	return List[AssetItem]{}, errSoon
}
func (db *DB) assetFacets(context.Context, AssetFilter) (Facets, error) { return Facets{}, errSoon }
func (db *DB) asset(context.Context, string) (AssetDetail, error)       { return AssetDetail{}, errSoon }

func (db *DB) endpointAssets(context.Context, string, func(plant.Endpoint, string) error) error {
	return errSoon
}

func (db *DB) changes(context.Context, string, time.Time, Page) (List[Change], error) {
	return List[Change]{}, errSoon
}

func (db *DB) conversations(context.Context, TalkFilter, Page) (List[ConversationItem], error) {
	return List[ConversationItem]{}, errSoon
}

func (db *DB) operations(context.Context, TalkFilter, Page) (List[OperationItem], error) {
	return List[OperationItem]{}, errSoon
}

func (db *DB) peers(context.Context, string, time.Time, Page) (List[Peer], error) {
	return List[Peer]{}, errSoon
}

func (db *DB) topTalkers(context.Context, string, time.Time, int) ([]Talker, error) {
	return nil, errSoon
}

func (db *DB) traffic(context.Context, string, string, time.Time, time.Time, time.Duration) ([]Bucket, error) {
	return nil, errSoon
}
func (db *DB) plantMap(context.Context, string) (*Map, error)      { return nil, errSoon }
func (db *DB) overview(context.Context, string) (*Overview, error) { return nil, errSoon }
func (db *DB) saveFindings(context.Context, string, time.Time, []plant.Finding) (Saved, error) {
	return Saved{}, errSoon
}

func (db *DB) findings(context.Context, FindingFilter, Page) (List[FindingItem], error) {
	return List[FindingItem]{}, errSoon
}

func (db *DB) finding(context.Context, string) (FindingItem, error) { return FindingItem{}, errSoon }

func (db *DB) putCapture(context.Context, Capture) error        { return errSoon }
func (db *DB) capture(context.Context, string) (Capture, error) { return Capture{}, errSoon }

func (db *DB) captures(context.Context, CaptureState, Page) (List[Capture], error) {
	return List[Capture]{}, errSoon
}
func (db *DB) deleteCapture(context.Context, string) error        { return errSoon }
func (db *DB) putKept(context.Context, Kept) error                { return errSoon }
func (db *DB) kept(context.Context, string) (Kept, error)         { return Kept{}, errSoon }
func (db *DB) keptCuts(context.Context, Page) (List[Kept], error) { return List[Kept]{}, errSoon }
func (db *DB) deleteKept(context.Context, string) error           { return errSoon }
func (db *DB) setting(context.Context, string) (json.RawMessage, int64, error) {
	return nil, 0, errSoon
}

func (db *DB) putSetting(context.Context, string, json.RawMessage, int64) (int64, error) {
	return 0, errSoon
}
func (db *DB) forget(context.Context, time.Time) (Forgotten, error) { return Forgotten{}, errSoon }
func (db *DB) tend(context.Context) error                           { return errSoon }
func (db *DB) size(context.Context) (int64, error)                  { return 0, errSoon }
