// Package sparkplug decodes Sparkplug B topics and payloads, which MQTT
// publications carry.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// does not resolve aliases. Of a payload it reads the metrics with name, type
// and plain values; templates, data sets and property sets are skipped.
//
// Reference: Eclipse Sparkplug Specification 3.0.0, sections 4 and 6
// (sparkplug_b.proto); Protocol Buffers encoding.
package sparkplug

import "bytes"

// Kind is the message type in a topic.
type Kind uint8

// Message types.
const (
	None Kind = iota
	NodeBirth
	NodeDeath
	NodeData
	NodeCommand
	DeviceBirth
	DeviceDeath
	DeviceData
	DeviceCommand
	HostState
)

// Topic is a Sparkplug topic. The parts point into the topic it was read from.
type Topic struct {
	Kind   Kind
	Group  []byte
	Node   []byte // the edge node; the host application's name in a HostState
	Device []byte // empty in a node's message
}

const namespace = "spBv1.0/"

// ParseTopic reads an MQTT topic, "spBv1.0/group/NBIRTH/node". It is not ok
// when the topic is another namespace's or has the wrong number of parts.
func ParseTopic(topic []byte) (Topic, bool) {
	if !bytes.HasPrefix(topic, []byte(namespace)) {
		return Topic{}, false
	}
	first, rest, ok := bytes.Cut(topic[len(namespace):], []byte{'/'})
	if !ok {
		return Topic{}, false
	}
	if string(first) == "STATE" {
		return Topic{Kind: HostState, Node: rest}, true
	}
	verb, rest, ok := bytes.Cut(rest, []byte{'/'})
	if !ok {
		return Topic{}, false
	}
	t := Topic{Kind: kindOf(verb), Group: first}
	var device bool
	t.Node, t.Device, device = bytes.Cut(rest, []byte{'/'})
	return t, t.Kind != None && device == (t.Kind >= DeviceBirth)
}

func kindOf(verb []byte) Kind {
	switch string(verb) {
	case "NBIRTH":
		return NodeBirth
	case "NDEATH":
		return NodeDeath
	case "NDATA":
		return NodeData
	case "NCMD":
		return NodeCommand
	case "DBIRTH":
		return DeviceBirth
	case "DDEATH":
		return DeviceDeath
	case "DDATA":
		return DeviceData
	case "DCMD":
		return DeviceCommand
	}
	return None
}

// Metric is one metric of a payload. Name and Text point into the payload.
type Metric struct {
	Name  []byte // empty when only the alias is sent
	Alias uint64
	Type  uint64 // data type: 3 Int32, 9 Float, 11 Boolean, 12 String …
	Int   uint64 // value of integers and booleans
	IsInt bool
	Text  []byte // value of strings
}

// Fields of sparkplug_b.proto.
const (
	payloadMetric = 2

	metricName  = 1
	metricAlias = 2
	metricType  = 4
	metricInt   = 10
	metricLong  = 11
	metricBool  = 14
	metricText  = 15
)

// Next is the next metric in a payload and what follows it. It is not ok at the
// end and where the bytes are no Protocol Buffers.
func Next(payload []byte) (m Metric, rest []byte, ok bool) {
	for len(payload) > 0 {
		f, rest, ok := next(payload)
		if !ok {
			return Metric{}, nil, false
		}
		if f.number == payloadMetric && f.wire == wireBytes {
			m, ok = metric(f.bytes)
			return m, rest, ok
		}
		payload = rest
	}
	return Metric{}, nil, false
}

func metric(b []byte) (Metric, bool) {
	var m Metric
	for len(b) > 0 {
		f, rest, ok := next(b)
		if !ok {
			return Metric{}, false
		}
		m.set(f)
		b = rest
	}
	return m, true
}

func (m *Metric) set(f field) {
	switch {
	case f.number == metricName && f.wire == wireBytes:
		m.Name = f.bytes
	case f.number == metricText && f.wire == wireBytes:
		m.Text = f.bytes
	case f.wire != wireVarint:
		return
	case f.number == metricAlias:
		m.Alias = f.value
	case f.number == metricType:
		m.Type = f.value
	case f.number == metricInt, f.number == metricLong, f.number == metricBool:
		m.Int, m.IsInt = f.value, true
	}
}
