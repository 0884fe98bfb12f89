package logs

import (
	"fmt"
	"iter"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Options bound what a Table keeps.
type Options struct {
	// MaxFlows is the number of conversations in progress that a capture may
	// have; the tables are bounded in proportion.
	MaxFlows int
}

// Table adds up the rows of any number of logs. It is not safe for concurrent
// use.
type Table struct {
	*knowledge
	unknown map[verbName]*verb

	ends       endTable
	talks      talkTable
	operations operationTable
	facts      factTable
	anomalies  anomalyTable

	json    flattener
	scratch []byte
	words   []byte
	once    uint64 // hash of the message that the last row told of
}

// knowledge is what the data files say. It does not change.
type knowledge struct {
	descriptions [2]*description // by Format
	book         *verbBook
}

func load() (*knowledge, error) {
	book, err := loadVerbs(protocolYAML)
	if err != nil {
		return nil, fmt.Errorf("read protocol.yaml: %w", err)
	}
	k := &knowledge{book: book}
	for f, data := range [...][]byte{Zeek: zeekYAML, Eve: eveYAML} {
		if k.descriptions[f], err = loadDescription(data, book); err != nil {
			return nil, fmt.Errorf("read %s.yaml: %w", Format(f), err)
		}
	}
	return k, nil
}

// New makes an empty table.
func New(o Options) (*Table, error) {
	k, err := load()
	if err != nil {
		return nil, err
	}
	return k.table(o), nil
}

func (k *knowledge) table(o Options) *Table {
	// An entry costs about 250 bytes with its place in an index: all tables
	// together, full, take a half of what MaxFlows stands for.
	limit := max(o.MaxFlows/2, 4096)
	return &Table{
		knowledge: k, unknown: map[verbName]*verb{},
		ends: newEndTable(limit), facts: newFactTable(2 * limit), operations: newOperationTable(limit),
		talks: newTalkTable(2 * limit), anomalies: newAnomalyTable(),
	}
}

// Lost is the number of things that found no room in the tables.
func (t *Table) Lost() uint64 {
	return t.ends.lost + t.facts.lost + t.operations.lost + t.talks.lost + t.anomalies.lost
}

// Sightings are the facts that the logs tell: first who sent, from which
// addresses, then what is said about whom. Here and in the sequences below the
// value is reused by the next step.
func (t *Table) Sightings() iter.Seq[*plant.Sighting] {
	return func(yield func(*plant.Sighting) bool) {
		var s plant.Sighting
		for i := range t.ends.seen {
			t.presenceWord(&t.ends.seen[i], &s)
			if !yield(&s) {
				return
			}
		}
		for i := range t.facts.list {
			f := &t.facts.list[i]
			s = plant.Sighting{
				Endpoint: t.ends.list[f.end].word(), Slot: plant.NoSlot, Field: f.field, Value: f.value, Source: f.source,
				Confidence: f.sure, Count: f.count, First: stamp(f.span.first), Last: stamp(f.span.last), Packet: f.span.ref,
			}
			if !yield(&s) {
				return
			}
		}
	}
}

// presenceWord says that an endpoint sent.
func (t *Table) presenceWord(p *presence, s *plant.Sighting) {
	e := &t.ends.list[p.end]
	*s = plant.Sighting{
		Endpoint: plant.Endpoint{IP: e.key.ip, MAC: p.mac, VLAN: p.vlan}, Slot: plant.NoSlot, Field: plant.FieldAddress,
		Source: "ip", Confidence: 0.9, Count: p.count, First: stamp(p.span.first), Last: stamp(p.span.last), Packet: p.span.ref,
	}
	if p.mac.IsZero() { // the log knows no MAC address, another one may
		s.Endpoint = e.word()
	}
	s.Value = s.Endpoint.Addr()
	if !e.key.ip.IsValid() {
		s.Source = "ethernet"
	}
}

// Conversations are who talked to whom.
func (t *Table) Conversations() iter.Seq[*plant.Conversation] {
	return func(yield func(*plant.Conversation) bool) {
		var c plant.Conversation
		for i := range t.talks.list {
			k := &t.talks.list[i]
			if t.talks.shadows(k) {
				continue
			}
			c = plant.Conversation{
				Client: t.ends.list[k.client].word(), Server: t.ends.list[k.server].word(), Transport: k.transport, Port: k.port,
				Protocol: k.protocol, Confirmed: k.confirmed, Answered: k.answered, Established: k.established, Flows: max(k.flows, 1),
				PacketsUp: k.packetsOf(0), PacketsDown: k.packetsOf(1), BytesUp: k.bytes[0], BytesDown: k.bytes[1], Lost: k.lost,
				First: stamp(k.span.first), Last: stamp(k.span.last), Packet: k.span.ref,
			}
			if c.Protocol == "" {
				c.Protocol = "unknown"
			}
			if !yield(&c) {
				return
			}
		}
	}
}

// Operations are what was asked of whom.
func (t *Table) Operations() iter.Seq[*plant.Operation] {
	return func(yield func(*plant.Operation) bool) {
		settled := t.operations.settle()
		for i := range t.operations.list {
			if settled[i] == (counts{}) {
				continue
			}
			o := t.operationWord(&t.operations.list[i], settled[i])
			if !yield(&o) {
				return
			}
		}
	}
}

// Anomalies are what the other sensor found broken.
func (t *Table) Anomalies() iter.Seq[*plant.Anomaly] {
	return func(yield func(*plant.Anomaly) bool) {
		var a plant.Anomaly
		for i := range t.anomalies.list {
			k := &t.anomalies.list[i]
			a = plant.Anomaly{
				Source: t.word(k.source), Destination: t.word(k.destination), Protocol: k.protocol, Kind: plant.AnomalyMalformed, Text: k.text,
				Count: k.count, First: stamp(k.span.first), Last: stamp(k.span.last), Packet: k.span.ref,
			}
			if !yield(&a) {
				return
			}
		}
	}
}

func (t *Table) word(id uint32) plant.Endpoint {
	if id == noEnd {
		return plant.Endpoint{}
	}
	return t.ends.list[id].word()
}
