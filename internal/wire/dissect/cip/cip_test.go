package cip

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// Conversations are tested in package dissect/enip, which carries them.

func TestVerbs(t *testing.T) {
	for _, c := range []struct {
		name    string
		class   uint32
		service pdu.Service
		want    string
		kind    plant.Kind
	}{
		{"tag by name", pdu.ClassSymbol, 0x4d, "Write Tag", plant.Write},
		{"the same code on a file", pdu.ClassFile, 0x4d, "Initiate Partial Read", plant.Program},
		{"the same code on storage", pdu.ClassStorage, 0x4d, "Transfer", plant.Firmware},
		{"a class nobody knows", 0x321, 0x4c, "Read Tag", plant.Read},
		{"a class-specific code nobody knows", 0x321, 0x4e, "Service 0x4e", plant.Other},
		{"open in the connection manager", pdu.ClassConnectionManager, 0x54, "Forward Open", plant.Other},
		{"identity", pdu.ClassIdentity, 0x01, "Get Attributes All", plant.Identify},
		{"attributes of others", pdu.ClassPort, 0x01, "Get Attributes All", plant.Read},
	} {
		if v := verbs.find(c.class, c.service); v.Name != c.want || v.Kind != c.kind || v.Protocol != protocol {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

// TestGuess: replies whose request was not seen.
func TestGuess(t *testing.T) {
	for _, c := range []struct {
		name string
		m    pdu.Message
		want string
	}{
		{"a refused send", pdu.Message{Service: 0x52, Status: 1}, "Unconnected Send"},
		{"a part of a tag", pdu.Message{Service: 0x52, Data: []byte{0xc4, 0}}, "Read Tag Fragmented"},
		{"a closed connection", pdu.Message{Service: 0x4e, Data: make([]byte, 10)}, "Forward Close"},
		{"a changed tag", pdu.Message{Service: 0x4e}, "Read Modify Write Tag"},
		{"an opened connection", pdu.Message{Service: 0x54, Data: make([]byte, 26)}, "Forward Open"},
		{"a written tag", pdu.Message{Service: 0x4d}, "Write Tag"},
	} {
		if v := verbs.guess(&c.m); v.Name != c.want {
			t.Errorf("%s: %s", c.name, v.Name)
		}
	}
}

func TestExchangesDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for base := range uint64(64) {
		for index := range 64 {
			for _, s := range []pdu.Service{0x01, 0x4c, 0x52} {
				id := exchange{base: base, index: index}.id(s)
				if seen[id] {
					t.Fatalf("base %d, place %d, service %#x: the id of another", base, index, s)
				}
				seen[id] = true
			}
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	var list connections
	for i := range uint32(100) {
		o := pdu.OpenRequest{Triad: pdu.Triad{Originator: i}, ToOriginator: i}
		list.opening(&o)
		list.opened(&pdu.OpenReply{Triad: o.Triad, ToTarget: 1000 + i, ToOriginator: i})
	}
	if len(list.list) != maxConnections {
		t.Errorf("%d connections kept", len(list.list))
	}
	if list.find(1099) == nil || list.find(1000) != nil {
		t.Error("the newest is forgotten, or the oldest is not")
	}
	list.close(pdu.Triad{Originator: 99})
	if list.find(1099) != nil {
		t.Error("a closed connection is found")
	}
}

func TestCatalogue(t *testing.T) {
	for name, want := range map[string]string{
		"1756-L61/B LOGIX5561":           "1756-L61/B",
		"1756-ENBT/A":                    "1756-ENBT/A",
		"MVI56 ProSoft Technology, Inc.": "",
		"PowerFlex 525 1P 110V":          "",
		"":                               "",
	} {
		if got := name[:catalogue([]byte(name))]; got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
