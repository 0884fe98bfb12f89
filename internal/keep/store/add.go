package store

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// What one key adds up to in one Apply.
type (
	conversationSum struct {
		site                                       int64
		flags, flows, up, down, bytesUp, bytesDown int64
		lost, first, last, packet                  int64
		id                                         int64
		isNew                                      bool
	}
	conversationMinute struct {
		of                                         *conversationSum
		sensor, at, last, flags, flows             int64
		up, down, bytesUp, bytesDown, lost, packet int64
	}
	operationSum struct {
		site                                   int64
		verb                                   plant.Verb
		value                                  string
		requests, responses, accepted, refused int64
		first, last, packet                    int64
		id                                     int64
		isNew                                  bool
	}
	operationMinute struct {
		of                                     *operationSum
		sensor, at, last                       int64
		value                                  string
		requests, responses, accepted, refused int64
		packet                                 int64
	}
	factSum struct {
		count, first, last, packet int64
		confidence                 float64
		id                         int64
	}
	anomalySum struct {
		site, count, first, last, packet int64
		id                               int64
	}
	minuteKey[S any] struct {
		of             *S
		sensor, minute int64
	}
	trafficKey struct {
		site, minute int64
		protocol     string
	}
)

// add adds up the observations of batches. Endpoints come first, because all
// other keys are made of their numbers.
func (a *application) add(batches []counting) error {
	if err := a.addEndpoints(batches); err != nil {
		return err
	}
	for _, c := range batches {
		for i := range c.batch.Sightings {
			a.addSighting(c, &c.batch.Sightings[i])
		}
		for i := range c.batch.Conversations {
			a.addConversation(c, &c.batch.Conversations[i])
		}
		for i := range c.batch.Operations {
			a.addOperation(c, &c.batch.Operations[i])
		}
		for i := range c.batch.Anomalies {
			a.addAnomaly(c, &c.batch.Anomalies[i])
		}
	}
	return nil
}

// addEndpoints gives every endpoint of the batches its number.
func (a *application) addEndpoints(batches []counting) error {
	var wanted []endpointKey
	asked := map[endpointKey]bool{}
	want := func(site int64, e plant.Endpoint) {
		k := endpointKey{site, e}
		if _, ok := a.known.endpoints.get(k); !ok && !asked[k] {
			asked[k] = true
			wanted = append(wanted, k)
		}
	}
	for _, c := range batches {
		site := c.sensor.site
		for i := range c.batch.Sightings {
			want(site, c.batch.Sightings[i].Endpoint)
		}
		for i := range c.batch.Conversations {
			want(site, c.batch.Conversations[i].Client)
			want(site, c.batch.Conversations[i].Server)
		}
		for i := range c.batch.Operations {
			want(site, c.batch.Operations[i].Requester)
			want(site, c.batch.Operations[i].Responder)
		}
		for i := range c.batch.Anomalies {
			want(site, c.batch.Anomalies[i].Source)
			want(site, c.batch.Anomalies[i].Destination)
		}
	}
	return a.internEndpoints(wanted)
}

// internEndpoints finds endpoints in the database and makes those that are new.
func (a *application) internEndpoints(wanted []endpointKey) error {
	type written struct {
		site    int64
		mac, ip string
		vlan    int64
	}
	write := func(k endpointKey) written {
		return written{k.site, macText(k.e.MAC), ipText(k.e.IP), int64(k.e.VLAN)}
	}
	keys := make(map[written]endpointKey, len(wanted))
	for _, k := range wanted {
		keys[write(k)] = k
	}
	// By site and address: there are few VLANs and MACs to one address.
	ips := map[int64][]any{}
	seen := map[[2]any]bool{}
	for _, k := range wanted {
		if at := [2]any{k.site, ipText(k.e.IP)}; !seen[at] {
			seen[at] = true
			ips[k.site] = append(ips[k.site], at[1])
		}
	}
	for site, all := range ips {
		err := a.t.in("SELECT id, mac, ip, vlan FROM endpoint WHERE site = ? AND ip IN ", []any{site}, all, func(scan func(...any) error) error {
			w := written{site: site}
			var id int64
			err := scan(&id, &w.mac, &w.ip, &w.vlan)
			if k, ok := keys[w]; ok {
				a.fresh.endpoints[k] = id
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	insert := a.t.bulk("INSERT INTO endpoint (id, site, mac, ip, vlan)", "")
	for _, k := range wanted {
		if _, found := a.fresh.endpoints[k]; found || !a.hasRoom("endpoint") {
			continue
		}
		id := a.serials.take("endpoint")
		a.fresh.endpoints[k] = id
		a.made["endpoint"]++
		w := write(k)
		if err := insert.add(id, w.site, w.mac, w.ip, w.vlan); err != nil {
			return err
		}
	}
	return insert.flush()
}

// endpoint is the number of an endpoint, false if there was no room for it.
func (a *application) endpoint(site int64, e plant.Endpoint) (int64, bool) {
	k := endpointKey{site, e}
	if id, ok := a.known.endpoints.get(k); ok {
		return id, true
	}
	id, ok := a.fresh.endpoints[k]
	return id, ok
}

// ends are the numbers of two endpoints. Where there is no room for one, the
// observation is left out.
func (a *application) ends(site int64, x, y plant.Endpoint) (int64, int64, bool) {
	i, ok := a.endpoint(site, x)
	j, also := a.endpoint(site, y)
	if !ok || !also {
		a.leftOut["endpoint"]++
	}
	return i, j, ok && also
}

// when is the time of an observation that may lack one.
func when(t time.Time, b *plant.Batch) int64 {
	for _, t := range []time.Time{t, b.To, b.From, b.Made} {
		if n := nanos(t); n != 0 {
			return n
		}
	}
	return 0
}

// between is when an observation began and ended. It does not end before it
// begins: Forget relies on a total being seen last after its rows begin.
func between(first, last time.Time, b *plant.Batch) (int64, int64) {
	begin := when(first, b)
	return begin, max(begin, when(last, b))
}

// span adds a stretch of time to a sum and says whether it begins earlier.
func span(first, last *int64, from, to int64, isNew bool) (earlier bool) {
	if isNew || from < *first {
		*first, earlier = from, true
	}
	*last = max(*last, to)
	return earlier
}

func (a *application) addSighting(c counting, o *plant.Sighting) {
	e, ok := a.endpoint(c.sensor.site, o.Endpoint)
	if !ok {
		a.leftOut["endpoint"]++
		return
	}
	s, isNew := a.facts.at(factKey{e, c.sensor.id, o.Slot, text(string(o.Field)), text(o.Value), text(o.Source)})
	first, last := when(o.First, c.batch), when(o.Last, c.batch)
	s.count += increment(o.Count)
	s.confidence = max(s.confidence, o.Confidence)
	if span(&s.first, &s.last, first, last, isNew) {
		s.packet = int64(ofSensor(o.Packet, int(c.sensor.id)))
	}
}

func (a *application) addConversation(c counting, o *plant.Conversation) {
	client, server, ok := a.ends(c.sensor.site, o.Client, o.Server)
	if !ok {
		return
	}
	s, isNew := a.conversations.at(conversationKey{client, server, o.Transport, o.Port, text(o.Protocol)})
	first, last := between(o.First, o.Last, c.batch)
	packet := int64(ofSensor(o.Packet, int(c.sensor.id)))
	s.site = c.sensor.site
	if span(&s.first, &s.last, first, last, isNew) {
		s.packet = packet
	}
	k := minuteKey[conversationSum]{s, c.sensor.id, first / minute}
	m := a.minuteOf[k]
	if m == nil {
		m = &conversationMinute{of: s, sensor: c.sensor.id, at: first, last: last, packet: packet}
		a.minuteOf[k] = m
		a.minutes = append(a.minutes, m)
	} else if span(&m.at, &m.last, first, last, false) {
		m.packet = packet
	}
	m.flags |= flagsOf(o)
	m.flows += increment(o.Flows)
	m.up += increment(o.PacketsUp)
	m.down += increment(o.PacketsDown)
	m.bytesUp += increment(o.BytesUp)
	m.bytesDown += increment(o.BytesDown)
	m.lost += increment(o.Lost)
	a.addTraffic(trafficKey{s.site, first / minute, text(o.Protocol)}, o)
}

func (a *application) addTraffic(k trafficKey, o *plant.Conversation) {
	t := a.traffic[k]
	if t == nil {
		t = new([2]int64)
		a.traffic[k] = t
	}
	t[0] += increment(o.PacketsUp) + increment(o.PacketsDown)
	t[1] += increment(o.BytesUp) + increment(o.BytesDown)
}

func (a *application) addOperation(c counting, o *plant.Operation) {
	requester, responder, ok := a.ends(c.sensor.site, o.Requester, o.Responder)
	if !ok {
		return
	}
	s, isNew := a.operations.at(operationKey{requester, responder, o.Port, text(o.Verb.Protocol), text(o.Verb.Code), text(o.Object)})
	first, last := between(o.First, o.Last, c.batch)
	packet := int64(ofSensor(o.Packet, int(c.sensor.id)))
	s.site, s.verb = c.sensor.site, o.Verb
	value := text(o.Value)
	if value != "" && last >= s.last {
		s.value = value
	}
	if span(&s.first, &s.last, first, last, isNew) {
		s.packet = packet
	}
	k := minuteKey[operationSum]{s, c.sensor.id, first / minute}
	m := a.operationOf[k]
	if m == nil {
		m = &operationMinute{of: s, sensor: c.sensor.id, at: first, packet: packet}
		a.operationOf[k] = m
		a.operationRows = append(a.operationRows, m)
	}
	if value != "" && last >= m.last {
		m.value = value
	}
	if span(&m.at, &m.last, first, last, false) {
		m.packet = packet
	}
	m.requests += increment(o.Requests)
	m.responses += increment(o.Responses)
	m.accepted += increment(o.Accepted)
	m.refused += increment(o.Refused)
}

func (a *application) addAnomaly(c counting, o *plant.Anomaly) {
	source, destination, ok := a.ends(c.sensor.site, o.Source, o.Destination)
	if !ok {
		return
	}
	s, isNew := a.anomalies.at(anomalyKey{source, destination, text(o.Protocol), text(o.Kind), text(o.Text)})
	s.site = c.sensor.site
	s.count += increment(o.Count)
	if span(&s.first, &s.last, when(o.First, c.batch), when(o.Last, c.batch), isNew) {
		s.packet = int64(ofSensor(o.Packet, int(c.sensor.id)))
	}
}

// in runs a query that ends in "… IN " for values of any number, some at a
// time. first are the parameters before the list.
func (t *tx) in(query string, first, values []any, row func(scan func(...any) error) error) error {
	for len(values) > 0 {
		n := chunk
		for n > len(values) {
			n /= 2
		}
		args := append(append(make([]any, 0, len(first)+n), first...), values[:n]...)
		if err := t.each(query+"("+list(n)+")", args, row); err != nil {
			return fmt.Errorf("look up: %w", err)
		}
		values = values[n:]
	}
	return nil
}
