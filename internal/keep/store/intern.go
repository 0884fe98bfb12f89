package store

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Keys by which rows are found in memory. A database is asked only for those
// that are not there.
type (
	endpointKey struct {
		site int64
		e    plant.Endpoint
	}
	conversationKey struct {
		client, server int64
		transport      plant.Transport
		port           uint16
		protocol       string
	}
	operationKey struct {
		requester, responder   int64
		port                   uint16
		protocol, code, object string
	}
	factKey struct {
		endpoint, sensor     int64
		slot                 int
		field, value, source string
	}
	anomalyKey struct {
		source, destination  int64
		protocol, kind, text string
	}
)

// interned remembers the numbers of rows. It is changed only after a commit,
// so it never names a row that is not there.
type interned struct {
	generation    int64
	rows          map[string]int64 // of bounded tables; nil until they are counted
	sites         map[string]int64
	endpoints     memory[endpointKey]
	conversations memory[conversationKey]
	operations    memory[operationKey]
	facts         memory[factKey]
	anomalies     memory[anomalyKey]
}

func newInterned() interned {
	return interned{
		sites:         map[string]int64{},
		endpoints:     newMemory[endpointKey](),
		conversations: newMemory[conversationKey](),
		operations:    newMemory[operationKey](),
		facts:         newMemory[factKey](),
		anomalies:     newMemory[anomalyKey](),
	}
}

// remembered is how many rows a generation of a memory has. Two are kept: at
// about 150 bytes each, all five memories stay below 200 MB even in a plant
// that fills them.
const remembered = 1 << 17

// memory is a map of bounded size. When the young half is full it becomes the
// old one, and what was not asked for since then is forgotten: close to least
// recently used, for the price of a map.
type memory[K comparable] struct{ young, old map[K]int64 }

func newMemory[K comparable]() memory[K] { return memory[K]{young: map[K]int64{}} }

func (m *memory[K]) get(k K) (int64, bool) {
	if id, ok := m.young[k]; ok {
		return id, true
	}
	id, ok := m.old[k]
	if ok {
		m.put(k, id)
	}
	return id, ok
}

func (m *memory[K]) put(k K, id int64) {
	if len(m.young) >= remembered {
		m.old, m.young = m.young, make(map[K]int64, remembered)
	}
	m.young[k] = id
}

// serials hands out the numbers of new rows. They are kept in the database, so
// that a number is never used twice, whatever was removed since.
type serials struct {
	next    map[string]int64
	changed map[string]bool
}

// serialOf reads all numbers; generation tells whether what was interned is
// still there.
func (t *tx) serials() (*serials, error) {
	s := &serials{next: map[string]int64{}, changed: map[string]bool{}}
	return s, t.each("SELECT name, next FROM serial", nil, func(scan func(...any) error) error {
		var name string
		var next int64
		err := scan(&name, &next)
		s.next[name] = next
		return err
	})
}

func (s *serials) take(name string) int64 {
	s.next[name]++
	s.changed[name] = true
	return s.next[name]
}

func (s *serials) save(t *tx) error {
	for name := range s.changed {
		if _, err := t.exec("INSERT INTO serial (name, next) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next = excluded.next", name, s.next[name]); err != nil {
			return err
		}
	}
	return nil
}
