package relay

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/enip"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/pccc"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

// enipReader reads EtherNet/IP's explicit messages: the encapsulation here, the
// CIP messages in it in cip.go, PCCC in those in pccc.go.
type enipReader struct {
	ledger *ledger
	conns  connections
	pccc   pccc.Parser
	slot   int // module that the message at hand is routed to, -1 for none
	name   [128]byte
	reply  []byte
	inner  []byte
}

// Encapsulation statuses (volume 2, 2-3.5).
const (
	statusCommand = 1 // invalid or unsupported command
	statusData    = 3 // incorrect data
)

func (e *enipReader) largest() int { return pdu.HeaderSize + 1<<16 }

func (e *enipReader) request(b []byte) (int, error)  { return enipSize(b) }
func (e *enipReader) response(b []byte) (int, error) { return enipSize(b) }

func enipSize(b []byte) (int, error) {
	_, n, err := pdu.Decode(b)
	if err == nil || errors.Is(err, pdu.ErrShort) {
		return n, nil
	}
	return 0, &malformed{err.Error()}
}

func (e *enipReader) judge(b []byte, r *rule) (verdict, error) {
	m, _, err := pdu.Decode(b)
	if err != nil {
		return verdict{}, &malformed{err.Error()}
	}
	v := verdict{key: contextKey(&m), waits: m.Command != pdu.NOP && m.Command != pdu.UnregisterSession}
	verb := enip.Asked(m.Command)
	if m.Command == pdu.SendRRData || m.Command == pdu.SendUnitData {
		return e.data(&m, v, verb, r), nil
	}
	kind, known := effect(verb)
	_, v.pass = e.ledger.decide(r, verb, kind, known && m.Status == 0, nil)
	if !v.pass {
		v.reply = e.failure(&m, statusCommand)
	}
	return v, nil
}

// contextKey is what a reply shares with its request: the sender's context.
func contextKey(m *pdu.Message) uint64 { return m.Context<<1 ^ uint64(m.Command)<<48 }

// connectedKey is that of connected messages: the sequence count in front.
func connectedKey(data []byte) uint64 {
	return 1<<63 | uint64(binary.LittleEndian.Uint16(data))
}

// parcel is what a data message carries.
type parcel struct {
	connected  bool
	connection uint32
	sequence   []byte // two bytes in front of a connected message
	message    []byte
}

// unpack reads the items of SendRRData or SendUnitData. It is strict: what a
// server might read in another way is not carried on.
func unpack(m *pdu.Message) (parcel, bool) {
	items, err := pdu.DecodeCommandItems(m.Data)
	if err != nil || items.Left() < 2 || items.Left() > 4 {
		return parcel{}, false
	}
	address, _ := items.Next()
	data, ok := items.Next()
	if !ok || address.Cut || data.Cut {
		return parcel{}, false
	}
	for items.Left() > 0 {
		i, ok := items.Next()
		if !ok || i.Cut || i.Type != pdu.SocketToTarget && i.Type != pdu.SocketToOrigin {
			return parcel{}, false
		}
	}
	switch {
	case m.Command == pdu.SendRRData && address.Type == pdu.NullAddress && len(address.Data) == 0 && data.Type == pdu.UnconnectedData:
		return parcel{message: data.Data}, true
	case m.Command == pdu.SendUnitData && address.Type == pdu.ConnectedAddress && len(address.Data) == 4 && data.Type == pdu.ConnectedData && len(data.Data) >= 2:
		id, _ := address.Connection()
		return parcel{connected: true, connection: id, sequence: data.Data[:2], message: data.Data[2:]}, true
	}
	return parcel{}, false
}

// data judges a message that carries CIP.
func (e *enipReader) data(m *pdu.Message, v verdict, verb *plant.Verb, r *rule) verdict {
	p, ok := unpack(m)
	var conn *connection
	if ok && p.connected {
		v.key = connectedKey(p.sequence)
		if conn = e.conns.find(p.connection); conn == nil {
			ok = false
		}
	}
	if !ok {
		if _, v.pass = e.ledger.decide(r, verb, plant.Other, false, nil); !v.pass {
			v.reply = e.failure(m, statusData)
		}
		return v
	}
	e.slot = -1
	if conn != nil {
		e.slot = conn.slot
	}
	e.inner = e.inner[:0]
	if v.pass = e.message(p.message, conn, 0, r); v.pass {
		return v
	}
	e.inner = e.deny(e.inner, p.message, conn)
	if conn == nil {
		v.reply = e.unconnected(m)
	} else {
		v.reply = e.connected(m, conn, p.sequence)
	}
	return v
}

// answer follows which connections the server opened and closed.
func (e *enipReader) answer(b []byte) (uint64, bool, error) {
	m, _, err := pdu.Decode(b)
	if err != nil {
		return 0, false, &malformed{err.Error()}
	}
	if m.Command != pdu.SendRRData && m.Command != pdu.SendUnitData || m.Status != 0 {
		return contextKey(&m), true, nil
	}
	p, ok := unpack(&m)
	if !ok {
		return contextKey(&m), true, nil
	}
	e.conns.replied(p.message)
	if p.connected {
		return connectedKey(p.sequence), true, nil
	}
	return contextKey(&m), true, nil
}

// failure answers a message whose encapsulation is refused.
func (e *enipReader) failure(m *pdu.Message, status uint32) []byte {
	return e.header(m, 0, status)
}

// header begins an answer to m with n bytes behind the header.
func (e *enipReader) header(m *pdu.Message, n int, status uint32) []byte {
	b := binary.LittleEndian.AppendUint16(e.reply[:0], uint16(m.Command))
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	b = binary.LittleEndian.AppendUint32(b, m.Session)
	b = binary.LittleEndian.AppendUint32(b, status)
	b = binary.LittleEndian.AppendUint64(b, m.Context)
	e.reply = binary.LittleEndian.AppendUint32(b, 0)
	return e.reply
}

// unconnected answers with the CIP reply in inner.
func (e *enipReader) unconnected(m *pdu.Message) []byte {
	b := e.header(m, 16+len(e.inner), 0)
	b = append(b, 0, 0, 0, 0, 0, 0, 2, 0) // interface CIP, no timeout, two items
	b = item(b, pdu.NullAddress, 0)
	b = item(b, pdu.UnconnectedData, len(e.inner))
	e.reply = append(b, e.inner...)
	return e.reply
}

// connected answers on the connection's way back.
func (e *enipReader) connected(m *pdu.Message, c *connection, sequence []byte) []byte {
	b := e.header(m, 22+len(e.inner), 0)
	b = append(b, 0, 0, 0, 0, 0, 0, 2, 0)
	b = item(b, pdu.ConnectedAddress, 4)
	b = binary.LittleEndian.AppendUint32(b, c.toOriginator)
	b = item(b, pdu.ConnectedData, 2+len(e.inner))
	e.reply = append(append(b, sequence...), e.inner...)
	return e.reply
}

func item(b []byte, t pdu.ItemType, n int) []byte {
	b = binary.LittleEndian.AppendUint16(b, uint16(t))
	return binary.LittleEndian.AppendUint16(b, uint16(n))
}
