package isotsap

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	wire "github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// segment is a TCP segment of the client at that sequence number, in IP in
// Ethernet.
func segment(seq uint32, flags byte, payload []byte) []byte {
	b := make([]byte, 54, 54+len(payload))
	b[5], b[11], b[12] = 2, 1, 8
	b[14], b[22], b[23] = 0x45, 64, 6
	binary.BigEndian.PutUint16(b[16:], uint16(40+len(payload)))
	copy(b[26:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	binary.BigEndian.PutUint16(b[34:], 50000)
	binary.BigEndian.PutUint16(b[36:], Port)
	binary.BigEndian.PutUint32(b[38:], seq)
	b[46], b[47] = 5<<4, flags
	return append(b, payload...)
}

// Behind a hole the parts of the broken unit are dropped, and so is what is
// left of a packet that the hole cut; the next whole packet is read.
func TestGap(t *testing.T) {
	stream := [][]byte{
		packet(unhex(connectPG)), data(setup),
		packet(append(unhex("02f000"), unhex("3201000000")...)), // a part
		nil, // 100 bytes that the capture lacks
		unhex("00000000000000000000"),
		data(setup),
	}
	engine := dissect.NewEngine([]dissect.Protocol{Protocol()}, dissect.Options{})
	seq, n := uint32(1000), uint64(0)
	for _, p := range stream {
		if p == nil {
			seq += 100
			continue
		}
		n++
		b := segment(seq, wire.ACK|wire.PSH, p)
		f := capture.Frame{Time: int64(n) * 1e9, Data: b, Wire: len(b), Link: wire.LinkEthernet}
		engine.Frame(&f, plant.NewPacketRef(0, n))
		seq += uint32(len(p))
	}
	setups := uint64(0)
	engine.Flush(func(o plant.Observation) {
		if op, ok := o.(*plant.Operation); ok && op.Verb.Code == "0xf0" {
			setups += op.Requests
		}
		if a, ok := o.(*plant.Anomaly); ok && a.Kind == plant.AnomalyMalformed {
			t.Errorf("anomaly: %+v", a)
		}
	})
	if setups != 2 {
		t.Errorf("%d setups, want 2", setups)
	}
}
