package store

import "strings"

// intern finds or makes the numbers of keys. hash gives the key in the table;
// a row that is not there gets a number if room says so, else -1.
func intern[K comparable](a *application, table string, keys []K, known *memory[K], fresh map[K]int64, hash func(K) [16]byte, found func(k K, id int64, isNew bool), room func(K) bool) error {
	var missing []K
	var hashes []any
	of := map[[16]byte]int{}
	for _, k := range keys {
		if id, ok := known.get(k); ok {
			found(k, id, false)
			continue
		}
		h := hash(k)
		of[h] = len(missing)
		missing = append(missing, k)
		hashes = append(hashes, append([]byte(nil), h[:]...))
	}
	ids := make([]int64, len(missing))
	err := a.t.in("SELECT id, key FROM "+table+" WHERE key IN ", nil, hashes, func(scan func(...any) error) error {
		var id int64
		var h []byte
		err := scan(&id, &h)
		if err == nil {
			ids[of[[16]byte(h)]] = id
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, k := range missing {
		isNew := ids[i] == 0
		if isNew && !room(k) {
			found(k, -1, false)
			continue
		}
		if isNew {
			ids[i] = a.serials.take(table)
			a.made[table]++
		}
		fresh[k] = ids[i]
		found(k, ids[i], isNew)
	}
	return nil
}

// Parts of statements that add a row to one that is there. Both engines know
// excluded, and CASE in place of the two spellings of the smaller of two.
const (
	firstOf = `first = CASE WHEN excluded.first < $.first THEN excluded.first ELSE $.first END,
 last = CASE WHEN excluded.last > $.last THEN excluded.last ELSE $.last END,
 packet = CASE WHEN excluded.first < $.first AND excluded.packet <> 0 OR $.packet = 0 THEN excluded.packet ELSE $.packet END`
)

func conversationHash(k conversationKey) [16]byte {
	return key([]int64{k.client, k.server, int64(k.transport), int64(k.port)}, k.protocol)
}

func (a *application) saveConversations() error {
	for _, m := range a.minutes {
		s := m.of
		s.flags |= m.flags
		s.flows += m.flows
		s.up += m.up
		s.down += m.down
		s.bytesUp += m.bytesUp
		s.bytesDown += m.bytesDown
		s.lost += m.lost
	}
	a.fresh.conversations = map[conversationKey]int64{}
	err := intern(a, "conversation", a.conversations.keys, &a.known.conversations, a.fresh.conversations, conversationHash,
		func(k conversationKey, id int64, isNew bool) {
			s := a.conversations.of[k]
			s.id, s.isNew = id, isNew
		}, func(conversationKey) bool { return a.hasRoom("conversation") })
	if err != nil {
		return err
	}
	if err := a.saveConversationTotals(); err != nil {
		return err
	}
	return a.saveConversationMinutes()
}

func (a *application) saveConversationTotals() error {
	// The answer to a conversation may decide whether it crosses.
	add := a.t.bulk("INSERT INTO conversation (id, key, site, client, server, transport, port, protocol, flags, flows, packets_up, packets_down, bytes_up, bytes_down, lost, first, last, packet)",
		on(`(id) DO UPDATE SET flags = $.flags | excluded.flags, flows = $.flows + excluded.flows,
 packets_up = $.packets_up + excluded.packets_up, packets_down = $.packets_down + excluded.packets_down,
 bytes_up = $.bytes_up + excluded.bytes_up, bytes_down = $.bytes_down + excluded.bytes_down, lost = $.lost + excluded.lost,
 placed = CASE WHEN ($.flags & 2) <> (($.flags | excluded.flags) & 2) THEN 0 ELSE $.placed END, `+firstOf, "conversation"))
	for _, k := range a.conversations.keys {
		s := a.conversations.of[k]
		if s.id < 0 {
			a.leftOut["conversation"]++
			continue
		}
		// Of a row that is there only the number counts; its key is not
		// made again.
		h := []byte{}
		if s.isNew {
			made := conversationHash(k)
			h = made[:]
		}
		if err := add.add(s.id, h, s.site, k.client, k.server, int64(k.transport), int64(k.port), k.protocol,
			s.flags, s.flows, s.up, s.down, s.bytesUp, s.bytesDown, s.lost, s.first, s.last, s.packet); err != nil {
			return err
		}
	}
	return add.flush()
}

// on writes ON CONFLICT with $ for the table.
func on(what, table string) string { return "ON CONFLICT " + strings.ReplaceAll(what, "$", table) }

func (a *application) saveConversationMinutes() error {
	rows := make([]siteRow, 0, len(a.minutes))
	for _, m := range a.minutes {
		if m.of.id < 0 {
			continue
		}
		rows = append(rows, siteRow{m.of.site, minuteRow{
			of: m.of.id, sensor: m.sensor, at: m.at, last: m.last, packet: m.packet,
			counts: [7]int64{countFlags: m.flags, countFlows: m.flows, countPacketsUp: m.up, countPacketsDown: m.down, countBytesUp: m.bytesUp, countBytesDown: m.bytesDown, countLost: m.lost},
		}})
	}
	return conversationMinutes.write(a.t, a.serials, rows)
}

func operationHash(k operationKey) [16]byte {
	return key([]int64{k.requester, k.responder, int64(k.port)}, k.protocol, k.code, k.object)
}

func (a *application) saveOperations() error {
	for _, m := range a.operationRows {
		s := m.of
		s.requests += m.requests
		s.responses += m.responses
		s.accepted += m.accepted
		s.refused += m.refused
	}
	a.fresh.operations = map[operationKey]int64{}
	err := intern(a, "operation", a.operations.keys, &a.known.operations, a.fresh.operations, operationHash,
		func(k operationKey, id int64, isNew bool) {
			s := a.operations.of[k]
			s.id, s.isNew = id, isNew
		}, func(operationKey) bool { return a.hasRoom("operation") })
	if err != nil {
		return err
	}
	if err := a.saveOperationTotals(); err != nil {
		return err
	}
	return a.saveOperationMinutes()
}

func (a *application) saveOperationTotals() error {
	add := a.t.bulk("INSERT INTO operation (id, key, site, requester, responder, port, protocol, code, name, kind, technique, reply, object, value, requests, responses, accepted, refused, first, last, packet)",
		on(`(id) DO UPDATE SET requests = $.requests + excluded.requests, responses = $.responses + excluded.responses,
 accepted = $.accepted + excluded.accepted, refused = $.refused + excluded.refused,
 placed = CASE WHEN $.responses = 0 AND excluded.responses > 0 THEN 0 ELSE $.placed END,
 name = excluded.name, kind = excluded.kind, technique = excluded.technique, reply = excluded.reply,
 value = CASE WHEN excluded.value <> '' AND excluded.last >= $.last THEN excluded.value ELSE $.value END, `+firstOf, "operation"))
	for _, k := range a.operations.keys {
		s := a.operations.of[k]
		if s.id < 0 {
			a.leftOut["operation"]++
			continue
		}
		h := []byte{}
		if s.isNew {
			made := operationHash(k)
			h = made[:]
		}
		if err := add.add(s.id, h, s.site, k.requester, k.responder, int64(k.port), k.protocol, k.code,
			text(s.verb.Name), int64(s.verb.Kind), text(s.verb.Technique), text(s.verb.Reply), k.object, s.value,
			s.requests, s.responses, s.accepted, s.refused, s.first, s.last, s.packet); err != nil {
			return err
		}
	}
	return add.flush()
}

func (a *application) saveOperationMinutes() error {
	rows := make([]siteRow, 0, len(a.operationRows))
	for _, m := range a.operationRows {
		if m.of.id < 0 {
			continue
		}
		rows = append(rows, siteRow{m.of.site, minuteRow{
			of: m.of.id, sensor: m.sensor, at: m.at, last: m.last, packet: m.packet, value: m.value,
			counts: [7]int64{countRequests: m.requests, countResponses: m.responses, countAccepted: m.accepted, countRefused: m.refused},
		}})
	}
	return operationMinutes.write(a.t, a.serials, rows)
}

func factHash(k factKey) [16]byte {
	return key([]int64{k.endpoint, k.sensor, int64(k.slot)}, k.field, k.value, k.source)
}

// fieldOf is one endpoint's facts in one field, which are bounded together.
type fieldOf struct {
	endpoint int64
	field    string
}

func (a *application) saveFacts() error {
	a.fresh.facts = map[factKey]int64{}
	room, err := a.factRoom()
	if err != nil {
		return err
	}
	err = intern(a, "fact", a.facts.keys, &a.known.facts, a.fresh.facts, factHash,
		func(k factKey, id int64, _ bool) { a.facts.of[k].id = id },
		func(k factKey) bool {
			f := fieldOf{k.endpoint, k.field}
			room[f]++
			return room[f] <= a.limits.Facts
		})
	if err != nil {
		return err
	}
	add := a.t.bulk("INSERT INTO fact (id, key, endpoint, sensor, slot, field, value, source, count, confidence, first, last, packet)",
		on(`(id) DO UPDATE SET count = $.count + excluded.count,
 confidence = CASE WHEN excluded.confidence > $.confidence THEN excluded.confidence ELSE $.confidence END, `+firstOf, "fact"))
	for _, k := range a.facts.keys {
		s := a.facts.of[k]
		if s.id < 0 {
			a.leftOut["fact"]++
			continue
		}
		h := factHash(k)
		if err := add.add(s.id, h[:], k.endpoint, k.sensor, int64(k.slot), k.field, k.value, k.source, s.count, s.confidence, s.first, s.last, s.packet); err != nil {
			return err
		}
	}
	return add.flush()
}

// factRoom counts the facts that are kept in the fields to which something may
// be added.
func (a *application) factRoom() (map[fieldOf]int, error) {
	room := map[fieldOf]int{}
	var endpoints []any
	asked := map[int64]bool{}
	for _, k := range a.facts.keys {
		if _, ok := a.known.facts.get(k); !ok && !asked[k.endpoint] {
			asked[k.endpoint] = true
			endpoints = append(endpoints, k.endpoint)
		}
	}
	const query = "SELECT endpoint, field, COUNT(*) FROM fact WHERE endpoint IN "
	for len(endpoints) > 0 {
		n := chunk
		for n > len(endpoints) {
			n /= 2
		}
		err := a.t.each(query+"("+list(n)+") GROUP BY endpoint, field", endpoints[:n], func(scan func(...any) error) error {
			var f fieldOf
			var count int
			err := scan(&f.endpoint, &f.field, &count)
			room[f] = count
			return err
		})
		if err != nil {
			return nil, err
		}
		endpoints = endpoints[n:]
	}
	return room, nil
}

func anomalyHash(k anomalyKey) [16]byte {
	return key([]int64{k.source, k.destination}, k.protocol, k.kind, k.text)
}

func (a *application) saveAnomalies() error {
	a.fresh.anomalies = map[anomalyKey]int64{}
	err := intern(a, "anomaly", a.anomalies.keys, &a.known.anomalies, a.fresh.anomalies, anomalyHash,
		func(k anomalyKey, id int64, _ bool) { a.anomalies.of[k].id = id },
		func(anomalyKey) bool { return a.hasRoom("anomaly") })
	if err != nil {
		return err
	}
	add := a.t.bulk("INSERT INTO anomaly (id, key, site, source, destination, protocol, kind, text, count, first, last, packet)",
		on("(id) DO UPDATE SET count = $.count + excluded.count, "+firstOf, "anomaly"))
	for _, k := range a.anomalies.keys {
		s := a.anomalies.of[k]
		if s.id < 0 {
			a.leftOut["anomaly"]++
			continue
		}
		h := anomalyHash(k)
		if err := add.add(s.id, h[:], s.site, k.source, k.destination, k.protocol, k.kind, k.text, s.count, s.first, s.last, s.packet); err != nil {
			return err
		}
	}
	return add.flush()
}

func (a *application) saveTraffic() error {
	add := a.t.bulk("INSERT INTO traffic (site, minute, protocol, packets, bytes)",
		"ON CONFLICT (site, minute, protocol) DO UPDATE SET packets = traffic.packets + excluded.packets, bytes = traffic.bytes + excluded.bytes")
	for k, v := range a.traffic {
		if err := add.add(k.site, k.minute, k.protocol, v[0], v[1]); err != nil {
			return err
		}
	}
	return add.flush()
}
