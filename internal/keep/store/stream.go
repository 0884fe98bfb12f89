package store

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Streams hand out what is kept as plant values, one at a time and in no
// particular order. The value is yield's only until it returns. An error of
// yield ends the stream and is returned. A stream is one consistent picture;
// while it lasts, SQLite cannot fold its write-ahead log.

// Sightings streams the facts of a site's endpoints, one for each sensor that
// saw them.
func (db *DB) Sightings(ctx context.Context, site string, yield func(*plant.Sighting) error) error {
	return db.streamSightings(ctx, site, yield)
}

// ConversationTotals streams the totals of a site's conversations.
func (db *DB) ConversationTotals(ctx context.Context, site string, yield func(*plant.Conversation) error) error {
	return db.streamConversations(ctx, site, yield)
}

// OperationTotals streams the totals of a site's operations.
func (db *DB) OperationTotals(ctx context.Context, site string, yield func(*plant.Operation) error) error {
	return db.streamOperations(ctx, site, yield)
}

// AnomalyTotals streams the totals of a site's anomalies.
func (db *DB) AnomalyTotals(ctx context.Context, site string, yield func(*plant.Anomaly) error) error {
	return db.streamAnomalies(ctx, site, yield)
}
