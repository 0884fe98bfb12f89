package store

import (
	"context"
	"strings"

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

// ends remembers the endpoints of a stream, so that each is read from text
// once. It is forgotten when it has maxEnds.
type ends map[int64]plant.Endpoint

const maxEnds = 1 << 16

func (m ends) at(id int64, mac, ip string, vlan int64) plant.Endpoint {
	e, ok := m[id]
	if !ok {
		if len(m) >= maxEnds {
			clear(m)
		}
		e = endpointOf(mac, ip, vlan)
		m[id] = e
	}
	return e
}

// endRow is where the columns of one end are read to.
type endRow struct {
	id, vlan int64
	mac, ip  string
}

func (r *endRow) into(dest []any) []any { return append(dest, &r.id, &r.mac, &r.ip, &r.vlan) }

func (m ends) of(r *endRow) plant.Endpoint { return m.at(r.id, r.mac, r.ip, r.vlan) }

func (db *DB) streamSightings(ctx context.Context, site string, yield func(*plant.Sighting) error) error {
	m := ends{}
	var end endRow
	var first, last, packet int64
	var o plant.Sighting
	dest := end.into([]any{&o.Slot, &o.Field, &o.Value, &o.Source, &o.Confidence, &o.Count, &first, &last, &packet})
	err := db.each(ctx, `SELECT slot, field, value, source, confidence, count, first, last, packet, e.id, e.mac, e.ip, e.vlan
 FROM fact JOIN endpoint e ON e.id = fact.endpoint JOIN site ON site.id = e.site WHERE site.name = ?`, []any{site}, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		o.Endpoint, o.First, o.Last, o.Packet = m.of(&end), clock(first), clock(last), plant.PacketRef(packet)
		return yield(&o)
	})
	return db.failed("read facts", err)
}

// Columns of both ends, and the tables they come from.
const (
	conversationEnds = ", c.id, c.mac, c.ip, c.vlan, s.id, s.mac, s.ip, s.vlan"
	conversationJoin = " JOIN endpoint c ON c.id = t.client JOIN endpoint s ON s.id = t.server"
	operationJoin    = " JOIN endpoint c ON c.id = t.requester JOIN endpoint s ON s.id = t.responder"
	anomalyJoin      = " JOIN endpoint c ON c.id = t.source JOIN endpoint s ON s.id = t.destination"
	ofSite           = " JOIN site ON site.id = t.site WHERE site.name = ?"
)

// conversationRow is where the columns of a conversation are read to. The
// counters come from the total (t) or from a row by the minute (r).
type conversationRow struct {
	client, server endRow
	flags          int64
	first, last    int64
	packet         int64
	o              plant.Conversation
	ends           ends
}

const (
	conversationKeys     = "t.transport, t.port, t.protocol"
	conversationCounters = ", $.flags, $.flows, $.packets_up, $.packets_down, $.bytes_up, $.bytes_down, $.lost, $.last, $.packet"
)

func (r *conversationRow) dest() []any {
	d := []any{
		&r.o.Transport, &r.o.Port, &r.o.Protocol, &r.flags, &r.o.Flows, &r.o.PacketsUp, &r.o.PacketsDown, &r.o.BytesUp, &r.o.BytesDown, &r.o.Lost,
		&r.last, &r.packet, &r.first,
	}
	return r.server.into(r.client.into(d))
}

// finish makes the value of what was read.
func (r *conversationRow) finish() *plant.Conversation {
	if r.ends == nil {
		r.ends = ends{}
	}
	r.o.Client, r.o.Server = r.ends.of(&r.client), r.ends.of(&r.server)
	setFlags(&r.o, r.flags)
	r.o.First, r.o.Last, r.o.Packet = clock(r.first), clock(r.last), plant.PacketRef(r.packet)
	return &r.o
}

func conversationColumns(counters, first string) string {
	return conversationKeys + strings.ReplaceAll(conversationCounters, "$", counters) + ", " + first + conversationEnds
}

func (db *DB) streamConversations(ctx context.Context, site string, yield func(*plant.Conversation) error) error {
	var r conversationRow
	dest := r.dest()
	err := db.each(ctx, "SELECT "+conversationColumns("t", "t.first")+" FROM conversation t"+conversationJoin+ofSite, []any{site}, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return yield(r.finish())
	})
	return db.failed("read conversations", err)
}

// operationRow is conversationRow for operations.
type operationRow struct {
	requester, responder endRow
	kind                 int64
	first, last, packet  int64
	o                    plant.Operation
	ends                 ends
}

const (
	operationKeys     = "t.port, t.protocol, t.code, t.name, t.kind, t.technique, t.reply, t.object"
	operationCounters = ", $.value, $.requests, $.responses, $.accepted, $.refused, $.last, $.packet"
)

func (r *operationRow) dest() []any {
	v := &r.o.Verb
	d := []any{
		&r.o.Port, &v.Protocol, &v.Code, &v.Name, &r.kind, &v.Technique, &v.Reply, &r.o.Object, &r.o.Value,
		&r.o.Requests, &r.o.Responses, &r.o.Accepted, &r.o.Refused, &r.last, &r.packet, &r.first,
	}
	return r.responder.into(r.requester.into(d))
}

func (r *operationRow) finish() *plant.Operation {
	if r.ends == nil {
		r.ends = ends{}
	}
	r.o.Requester, r.o.Responder = r.ends.of(&r.requester), r.ends.of(&r.responder)
	r.o.Verb.Kind = kindOf(r.kind)
	r.o.First, r.o.Last, r.o.Packet = clock(r.first), clock(r.last), plant.PacketRef(r.packet)
	return &r.o
}

// kindOf is a kept kind; one that this version does not know is Other.
func kindOf(n int64) plant.Kind {
	if n < 0 || n > int64(plant.Firmware) {
		return plant.Other
	}
	return plant.Kind(n)
}

func operationColumns(counters, first string) string {
	return operationKeys + strings.ReplaceAll(operationCounters, "$", counters) + ", " + first + conversationEnds
}

func (db *DB) streamOperations(ctx context.Context, site string, yield func(*plant.Operation) error) error {
	var r operationRow
	dest := r.dest()
	err := db.each(ctx, "SELECT "+operationColumns("t", "t.first")+" FROM operation t"+operationJoin+ofSite, []any{site}, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return yield(r.finish())
	})
	return db.failed("read operations", err)
}

func (db *DB) streamAnomalies(ctx context.Context, site string, yield func(*plant.Anomaly) error) error {
	m := ends{}
	var source, destination endRow
	var first, last, packet int64
	var o plant.Anomaly
	dest := destination.into(source.into([]any{&o.Protocol, &o.Kind, &o.Text, &o.Count, &first, &last, &packet}))
	err := db.each(ctx, "SELECT t.protocol, t.kind, t.text, t.count, t.first, t.last, t.packet"+conversationEnds+" FROM anomaly t"+anomalyJoin+ofSite, []any{site},
		func(scan func(...any) error) error {
			if err := scan(dest...); err != nil {
				return err
			}
			o.Source, o.Destination = m.of(&source), m.of(&destination)
			o.First, o.Last, o.Packet = clock(first), clock(last), plant.PacketRef(packet)
			return yield(&o)
		})
	return db.failed("read anomalies", err)
}
