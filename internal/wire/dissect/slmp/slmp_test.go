package slmp

import (
	"encoding/hex"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

const route = "00ff" + "ff03" + "00"

func TestBinary3E(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 12345,
		dissecttest.C(unhex("5000"+route+"0600"+"1000"+"0101"+"0000")),
		dissecttest.S(unhex("d000"+route+"1400"+"0000"+"51303355444543505520202020202020"+"6802")),
		dissecttest.C(unhex("5000"+route+"0e00"+"1000"+"0114"+"0000"+"640000a8"+"0100"+"2c01")),
		dissecttest.S(unhex("d000"+route+"0200"+"0000")),
		dissecttest.C(unhex("5000"+route+"0e00"+"1000"+"0114"+"0000"+"2000009d"+"0100"+"0100")),
		dissecttest.S(unhex("d000"+route+"0200"+"50c0")),
		dissecttest.C(unhex("5000"+route+"0800"+"1000"+"0210"+"0000"+"0100")),
		dissecttest.S(unhex("d000"+route+"0200"+"0000")),
	)
	if got := r.Fact(dissecttest.Server, plant.FieldProduct); got != "Q03UDECPU" {
		t.Errorf("product = %q", got)
	}
	objects := map[string]plant.Operation{}
	for _, o := range r.Operations {
		objects[o.Object] = o
	}
	if o := objects["D 100"]; o.Value != "300" || o.Accepted != 1 {
		t.Errorf("write of D100 = %+v", o)
	}
	if o := objects["Y 0x20-0x20"]; o.Refused != 1 {
		t.Errorf("write of Y20 = %+v", o)
	}
	if o := r.Operation("0x1002"); o.Verb.Technique != "T0858" || o.Accepted != 1 {
		t.Errorf("remote stop = %+v", o)
	}
}

func TestASCII4E(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 5000,
		dissecttest.C([]byte("540012340000"+"00FF03FF00"+"0018"+"0010"+"0401"+"0000"+"D*0001000003")),
		dissecttest.S([]byte("D40012340000"+"00FF03FF00"+"0010"+"0000"+"000100020003")),
	)
	if o := r.Operation("0x0401"); o.Object != "D 100-102" || o.Accepted != 1 {
		t.Errorf("read = %+v", o)
	}
}

func TestProbe(t *testing.T) {
	tests := []struct {
		name   string
		in     []byte
		stream bool
		want   dissect.Match
	}{
		{"a request for the station itself", unhex("5000" + route + "0600" + "1000" + "0101" + "0000"), true, dissect.Strong},
		{"a request for another station", unhex("5000" + "0102ff0300" + "0600" + "1000" + "0101" + "0000"), true, dissect.Weak},
		{"an unknown command", unhex("5000" + route + "0600" + "1000" + "9999" + "0000"), true, dissect.No},
		{"a datagram with something behind", unhex("5000" + route + "0600" + "1000" + "0101" + "0000" + "ff"), false, dissect.No},
		{"HTTP", []byte("POST /x HTTP/1.1\r\n"), true, dissect.No},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := probe(tt.in, dissect.Hint{Stream: tt.stream}); got != tt.want {
				t.Errorf("probe = %d, want %d", got, tt.want)
			}
		})
	}
}

// TestCorpus reads CC-Link IE TSN, whose frames share SLMP's layout.
func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "melsec/cclink-tsn-slmp.pcap", Protocol())
	for code, want := range map[string]uint64{"0x0e90": 1788, "0x0e92": 894, "0x0e93": 3580, "0x0e94": 894} {
		if o := r.Operation(code); o.Requests+o.Responses != want {
			t.Errorf("%s: %d messages, want %d", code, o.Requests+o.Responses, want)
		}
	}
	if len(r.Anomalies) > 0 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
}
