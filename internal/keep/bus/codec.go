package bus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// A batch on the bus is JSON lines in zstd: a head, then one line for each
// observation. Endpoints, verbs and their kind are written once in the head and
// named by number; times are nanoseconds since 1970. Lines are for people with
// `zstd -d` and jq as much as for the hub.

// head is the first line.
type head struct {
	Site     string             `json:"site"`
	Sensor   string             `json:"sensor"`
	Epoch    string             `json:"epoch"`
	Sequence uint64             `json:"sequence"`
	Position uint64             `json:"position"`
	From     int64              `json:"from,omitempty"`
	To       int64              `json:"to,omitempty"`
	Made     int64              `json:"made,omitempty"`
	Status   plant.SensorStatus `json:"status"`
	Ends     []end              `json:"ends,omitempty"`
	Verbs    []plant.Verb       `json:"verbs,omitempty"`
	Rows     [4]int             `json:"rows"` // sightings, conversations, operations, anomalies, in this order
}

type end struct {
	MAC  string `json:"mac,omitempty"`
	IP   string `json:"ip,omitempty"`
	VLAN uint16 `json:"vlan,omitempty"`
}

type sighting struct {
	End        int     `json:"e"`
	Slot       *int    `json:"slot,omitempty"`
	Field      string  `json:"field"`
	Value      string  `json:"value"`
	Source     string  `json:"source"`
	Confidence float64 `json:"sure"`
	Count      uint64  `json:"n"`
	First      int64   `json:"t"`
	Last       int64   `json:"last"`
	Packet     uint64  `json:"p,omitempty"`
}

type conversation struct {
	Client    int    `json:"c"`
	Server    int    `json:"s"`
	Transport uint8  `json:"tr"`
	Port      uint16 `json:"port,omitempty"`
	Protocol  string `json:"proto"`
	Flags     uint8  `json:"f,omitempty"`
	Flows     uint64 `json:"flows,omitempty"`
	PacketsUp uint64 `json:"pu,omitempty"`
	PacketsDn uint64 `json:"pd,omitempty"`
	BytesUp   uint64 `json:"bu,omitempty"`
	BytesDn   uint64 `json:"bd,omitempty"`
	Lost      uint64 `json:"lost,omitempty"`
	First     int64  `json:"t"`
	Last      int64  `json:"last"`
	Packet    uint64 `json:"p,omitempty"`
}

// Flags of a conversation.
const (
	confirmed = 1 << iota
	answered
	established
)

type operation struct {
	Verb      int    `json:"v"`
	Requester int    `json:"c"`
	Responder int    `json:"s"`
	Port      uint16 `json:"port,omitempty"`
	Object    string `json:"o,omitempty"`
	Value     string `json:"val,omitempty"`
	Requests  uint64 `json:"req,omitempty"`
	Responses uint64 `json:"res,omitempty"`
	Accepted  uint64 `json:"ok,omitempty"`
	Refused   uint64 `json:"no,omitempty"`
	First     int64  `json:"t"`
	Last      int64  `json:"last"`
	Packet    uint64 `json:"p,omitempty"`
}

type anomaly struct {
	Source      int    `json:"c"`
	Destination int    `json:"s"`
	Protocol    string `json:"proto,omitempty"`
	Kind        string `json:"kind"`
	Text        string `json:"text"`
	Count       uint64 `json:"n"`
	First       int64  `json:"t"`
	Last        int64  `json:"last"`
	Packet      uint64 `json:"p,omitempty"`
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func clock(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// packer numbers what the head names.
type packer struct {
	head  head
	ends  map[plant.Endpoint]int
	verbs map[plant.Verb]int
}

func (p *packer) end(e plant.Endpoint) int {
	if i, ok := p.ends[e]; ok {
		return i
	}
	x := end{VLAN: e.VLAN}
	if !e.MAC.IsZero() {
		x.MAC = e.MAC.String()
	}
	if e.IP.IsValid() {
		x.IP = e.IP.String()
	}
	i := len(p.head.Ends)
	p.head.Ends, p.ends[e] = append(p.head.Ends, x), i
	return i
}

func (p *packer) verb(v plant.Verb) int {
	if i, ok := p.verbs[v]; ok {
		return i
	}
	i := len(p.head.Verbs)
	p.head.Verbs, p.verbs[v] = append(p.head.Verbs, v), i
	return i
}

// encoders and decoders are kept for the next batch: each holds a megabyte of
// tables.
var encoders = sync.Pool{New: func() any {
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) // fails for wrong options only
	return e
}}

// maxPlain bounds what a message may unpack to.
const maxPlain = 1 << 30

var decoders = sync.Pool{New: func() any {
	d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPlain))
	return d
}}

// Encode writes a batch as a message.
func Encode(b *plant.Batch) ([]byte, error) {
	p := &packer{ends: make(map[plant.Endpoint]int), verbs: make(map[plant.Verb]int), head: head{
		Site: b.Site, Sensor: b.Sensor, Epoch: b.Epoch, Sequence: b.Sequence, Position: b.Position,
		From: nanos(b.From), To: nanos(b.To), Made: nanos(b.Made), Status: b.Status,
		Rows: [4]int{len(b.Sightings), len(b.Conversations), len(b.Operations), len(b.Anomalies)},
	}}
	var rows bytes.Buffer
	if err := p.rows(json.NewEncoder(&rows), b); err != nil {
		return nil, fmt.Errorf("write batch %d of %s: %w", b.Sequence, b.Sensor, err)
	}
	first, err := json.Marshal(&p.head)
	if err != nil {
		return nil, fmt.Errorf("write batch %d of %s: %w", b.Sequence, b.Sensor, err)
	}
	plain := make([]byte, 0, len(first)+1+rows.Len())
	plain = append(append(append(plain, first...), '\n'), rows.Bytes()...)
	return zip(plain), nil
}

func zip(plain []byte) []byte {
	e := encoders.Get().(*zstd.Encoder)
	defer encoders.Put(e)
	return e.EncodeAll(plain, make([]byte, 0, len(plain)/8+64))
}

func (p *packer) rows(w *json.Encoder, b *plant.Batch) error {
	w.SetEscapeHTML(false)
	var errs error
	put := func(v any) { errs = errors.Join(errs, w.Encode(v)) }
	for i := range b.Sightings {
		s := &b.Sightings[i]
		x := sighting{End: p.end(s.Endpoint), Field: string(s.Field), Value: s.Value, Source: s.Source, Confidence: s.Confidence, Count: s.Count, First: nanos(s.First), Last: nanos(s.Last), Packet: uint64(s.Packet)}
		if s.Slot != plant.NoSlot {
			x.Slot = &s.Slot
		}
		put(&x)
	}
	for i := range b.Conversations {
		c := &b.Conversations[i]
		put(&conversation{
			Client: p.end(c.Client), Server: p.end(c.Server), Transport: uint8(c.Transport), Port: c.Port, Protocol: c.Protocol, Flags: flagsOf(c), Flows: c.Flows,
			PacketsUp: c.PacketsUp, PacketsDn: c.PacketsDown, BytesUp: c.BytesUp, BytesDn: c.BytesDown, Lost: c.Lost, First: nanos(c.First), Last: nanos(c.Last), Packet: uint64(c.Packet),
		})
	}
	for i := range b.Operations {
		o := &b.Operations[i]
		put(&operation{
			Verb: p.verb(o.Verb), Requester: p.end(o.Requester), Responder: p.end(o.Responder), Port: o.Port, Object: o.Object, Value: o.Value,
			Requests: o.Requests, Responses: o.Responses, Accepted: o.Accepted, Refused: o.Refused, First: nanos(o.First), Last: nanos(o.Last), Packet: uint64(o.Packet),
		})
	}
	for i := range b.Anomalies {
		a := &b.Anomalies[i]
		put(&anomaly{Source: p.end(a.Source), Destination: p.end(a.Destination), Protocol: a.Protocol, Kind: a.Kind, Text: a.Text, Count: a.Count, First: nanos(a.First), Last: nanos(a.Last), Packet: uint64(a.Packet)})
	}
	return errs
}

func flagsOf(c *plant.Conversation) (f uint8) {
	if c.Confirmed {
		f |= confirmed
	}
	if c.Answered {
		f |= answered
	}
	if c.Established {
		f |= established
	}
	return f
}

// DecodeHead reads a message's first line: the batch without observations.
func DecodeHead(message []byte) (*plant.Batch, error) {
	u, err := open(message)
	if err != nil {
		return nil, err
	}
	return u.batch, nil
}

// Decode reads a message. The error wraps ErrDamaged.
func Decode(message []byte) (*plant.Batch, error) {
	u, err := open(message)
	if err != nil {
		return nil, err
	}
	if err := u.rows(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return u.batch, nil
}

// unpacker reads the lines of a message.
type unpacker struct {
	batch *plant.Batch
	head  head
	ends  []plant.Endpoint
	plain []byte
	err   error
}

func open(message []byte) (*unpacker, error) {
	d := decoders.Get().(*zstd.Decoder)
	defer decoders.Put(d)
	plain, err := d.DecodeAll(message, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	u := &unpacker{plain: plain}
	if err := json.Unmarshal(u.line(), &u.head); err != nil {
		return nil, fmt.Errorf("%w: its first line: %w", ErrDamaged, err)
	}
	h := &u.head
	if h.Sensor == "" || h.Epoch == "" || h.Sequence == 0 {
		return nil, fmt.Errorf("%w: it names no sensor, epoch or sequence", ErrDamaged)
	}
	for i := range h.Ends {
		e, err := h.Ends[i].word()
		if err != nil {
			return nil, fmt.Errorf("%w: endpoint %d: %w", ErrDamaged, i, err)
		}
		u.ends = append(u.ends, e)
	}
	u.batch = &plant.Batch{
		Site: h.Site, Sensor: h.Sensor, Epoch: h.Epoch, Sequence: h.Sequence, Position: h.Position,
		From: clock(h.From), To: clock(h.To), Made: clock(h.Made), Status: h.Status,
	}
	return u, nil
}

func (e *end) word() (plant.Endpoint, error) {
	w := plant.Endpoint{VLAN: e.VLAN}
	var err error
	if e.IP != "" {
		if w.IP, err = netip.ParseAddr(e.IP); err != nil {
			return w, err
		}
	}
	if e.MAC != "" {
		w.MAC, err = plant.ParseMAC(e.MAC)
	}
	return w, err
}

// line takes the next line off what is left.
func (u *unpacker) line() []byte {
	i := bytes.IndexByte(u.plain, '\n')
	if i < 0 {
		i = len(u.plain)
	}
	l := u.plain[:i]
	u.plain = u.plain[min(i+1, len(u.plain)):]
	return l
}

// end is an endpoint by number.
func (u *unpacker) end(i int) plant.Endpoint {
	if i < 0 || i >= len(u.ends) {
		u.err = fmt.Errorf("endpoint %d of %d", i, len(u.ends))
		return plant.Endpoint{}
	}
	return u.ends[i]
}

func (u *unpacker) verb(i int) plant.Verb {
	if i < 0 || i >= len(u.head.Verbs) {
		u.err = fmt.Errorf("verb %d of %d", i, len(u.head.Verbs))
		return plant.Verb{}
	}
	return u.head.Verbs[i]
}

// next reads one row; a row is at least three bytes, so that a head that
// promises more than there is makes no room for it.
func next[T any](u *unpacker) (row T) {
	if u.err == nil {
		if err := json.Unmarshal(u.line(), &row); err != nil {
			u.err = err
		}
	}
	return row
}

func (u *unpacker) rows() error {
	b, n := u.batch, u.head.Rows
	for _, want := range n {
		if want < 0 || want > len(u.plain)/3+1 {
			return fmt.Errorf("it promises %d rows in %d bytes", want, len(u.plain))
		}
	}
	b.Sightings = list(u, n[0], func(x sighting) plant.Sighting {
		s := plant.Sighting{Endpoint: u.end(x.End), Slot: plant.NoSlot, Field: plant.Field(x.Field), Value: x.Value, Source: x.Source, Confidence: x.Confidence, Count: x.Count, First: clock(x.First), Last: clock(x.Last), Packet: plant.PacketRef(x.Packet)}
		if x.Slot != nil {
			s.Slot = *x.Slot
		}
		return s
	})
	b.Conversations = list(u, n[1], func(x conversation) plant.Conversation {
		return plant.Conversation{
			Client: u.end(x.Client), Server: u.end(x.Server), Transport: plant.Transport(x.Transport), Port: x.Port, Protocol: x.Protocol,
			Confirmed: x.Flags&confirmed != 0, Answered: x.Flags&answered != 0, Established: x.Flags&established != 0, Flows: x.Flows,
			PacketsUp: x.PacketsUp, PacketsDown: x.PacketsDn, BytesUp: x.BytesUp, BytesDown: x.BytesDn, Lost: x.Lost,
			First: clock(x.First), Last: clock(x.Last), Packet: plant.PacketRef(x.Packet),
		}
	})
	b.Operations = list(u, n[2], func(x operation) plant.Operation {
		return plant.Operation{
			Verb: u.verb(x.Verb), Requester: u.end(x.Requester), Responder: u.end(x.Responder), Port: x.Port, Object: x.Object, Value: x.Value,
			Requests: x.Requests, Responses: x.Responses, Accepted: x.Accepted, Refused: x.Refused,
			First: clock(x.First), Last: clock(x.Last), Packet: plant.PacketRef(x.Packet),
		}
	})
	b.Anomalies = list(u, n[3], func(x anomaly) plant.Anomaly {
		return plant.Anomaly{Source: u.end(x.Source), Destination: u.end(x.Destination), Protocol: x.Protocol, Kind: x.Kind, Text: x.Text, Count: x.Count, First: clock(x.First), Last: clock(x.Last), Packet: plant.PacketRef(x.Packet)}
	})
	return u.err
}

// list reads n rows as words.
func list[R, W any](u *unpacker, n int, word func(R) W) []W {
	if n == 0 || u.err != nil {
		return nil
	}
	words := make([]W, 0, n)
	for range n {
		row := next[R](u)
		if u.err != nil {
			return nil
		}
		words = append(words, word(row))
	}
	return words
}
