package bus

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var at = time.Date(2026, time.March, 10, 6, 0, 0, 250, time.UTC)

func compareAddr(a, b netip.Addr) bool { return a == b }

// sample is a batch with something in every field.
func sample() *plant.Batch {
	plc := plant.Endpoint{MAC: plant.MAC{0, 0x1b, 0x1b, 1, 2, 3}, IP: netip.MustParseAddr("10.21.1.10"), VLAN: 101}
	hmi := plant.Endpoint{MAC: plant.MAC{0, 0x1b, 0x1b, 1, 2, 4}, IP: netip.MustParseAddr("fe80::1")}
	mute := plant.Endpoint{MAC: plant.MAC{1, 0x80, 0xc2, 0, 0, 0x0e}}
	write := plant.Verb{Protocol: "modbus", Code: "16", Name: "Write Multiple Registers", Kind: plant.Write, Technique: "T0855", Reply: "16"}
	return &plant.Batch{
		Site: "north", Sensor: "line 1", Epoch: "e1", Sequence: 7, Position: 1 << 40, From: at, To: at.Add(time.Minute), Made: at.Add(time.Hour),
		Status: plant.SensorStatus{Version: "v1", Source: "eth1", State: plant.SensorWatching, Problem: "none", Started: at, Packets: 5, Bytes: 6, Dropped: 7, Flows: 8, RingOldest: at},
		Sightings: []plant.Sighting{
			{Endpoint: plc, Slot: 0, Field: plant.FieldFirmware, Value: "V3.2 <\"ü\n>", Source: "s7comm.szl", Confidence: 0.95, Count: 3, First: at, Last: at.Add(1), Packet: 9},
			{Endpoint: mute, Slot: plant.NoSlot, Field: plant.FieldAddress, Value: "x", Source: "ethernet", Confidence: 0.9, Count: 1},
		},
		Conversations: []plant.Conversation{{
			Client: hmi, Server: plc, Transport: plant.TCP, Port: 502, Protocol: "modbus", Confirmed: true, Established: true,
			Flows: 1, PacketsUp: 2, PacketsDown: 3, BytesUp: 4, BytesDown: 5, Lost: 6, First: at, Last: at, Packet: 10,
		}, {Client: plc, Server: mute, Transport: plant.Ethernet, Protocol: "lldp", Answered: true}},
		Operations: []plant.Operation{{
			Verb: write, Requester: hmi, Responder: plc, Port: 502, Object: "holding registers 0-3", Value: "-17",
			Requests: 4, Responses: 3, Accepted: 2, Refused: 1, First: at, Last: at, Packet: 11,
		}},
		Anomalies: []plant.Anomaly{{Source: hmi, Destination: plc, Protocol: "modbus", Kind: plant.AnomalyMalformed, Text: "short", Count: 2, First: at, Last: at, Packet: 12}},
	}
}

func TestBatchComesBackAsItWent(t *testing.T) {
	for name, want := range map[string]*plant.Batch{
		"everything": sample(),
		"heartbeat":  {Site: "", Sensor: "s", Epoch: "e", Sequence: 1},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Decode(m)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(compareAddr)); diff != "" {
				t.Error(diff)
			}
			h, err := DecodeHead(m)
			if err != nil || h.Position != want.Position || h.Rows() != 0 || h.Status != want.Status {
				t.Errorf("head %+v, %v", h, err)
			}
		})
	}
}

func TestDamagedMessages(t *testing.T) {
	pack := func(lines string) []byte { return zip([]byte(lines)) }
	good, err := Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string][]byte{
		"nothing":             nil,
		"not compressed":      []byte(`{"sensor":"s"}`),
		"cut":                 good[:len(good)-9],
		"no JSON":             pack("hello"),
		"nobody":              pack(`{"rows":[0,0,0,0]}`),
		"no sequence":         pack(`{"sensor":"s","epoch":"e"}`),
		"more rows than text": pack(`{"sensor":"s","epoch":"e","sequence":1,"rows":[1000000000,0,0,0]}`),
		"fewer than none":     pack(`{"sensor":"s","epoch":"e","sequence":1,"rows":[-1,0,0,0]}`),
		"unknown endpoint":    pack(`{"sensor":"s","epoch":"e","sequence":1,"rows":[0,1,0,0]}` + "\n" + `{"c":0,"s":0}`),
		"unknown verb":        pack(`{"sensor":"s","epoch":"e","sequence":1,"ends":[{}],"rows":[0,0,1,0]}` + "\n" + `{"v":3}`),
		"bad address":         pack(`{"sensor":"s","epoch":"e","sequence":1,"ends":[{"ip":"10.0.0"}],"rows":[0,0,0,0]}`),
		"missing row":         pack(`{"sensor":"s","epoch":"e","sequence":1,"ends":[{}],"rows":[2,0,0,0]}` + "\n" + `{"e":0}`),
	} {
		t.Run(name, func(t *testing.T) {
			if b, err := Decode(m); !errors.Is(err, ErrDamaged) {
				t.Errorf("got %+v, %v", b, err)
			}
		})
	}
}

// FuzzDecode: what is read is written and read again as the same.
func FuzzDecode(f *testing.F) {
	good, err := Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(zip([]byte(`{"sensor":"s","epoch":"e","sequence":1,"ends":[{"ip":"10.0.0.1"}],"rows":[1,0,0,0]}` + "\n" + `{"e":0,"field":"name","value":"a"}`)))
	f.Fuzz(func(t *testing.T, m []byte) {
		b, err := Decode(m)
		if err != nil {
			return
		}
		again, err := Encode(b)
		if err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		c, err := Decode(again)
		if err != nil {
			t.Fatalf("written but not read: %v", err)
		}
		if diff := cmp.Diff(b, c, cmp.Comparer(compareAddr)); diff != "" {
			t.Error(diff)
		}
	})
}

func BenchmarkCodec(b *testing.B) {
	s := sample()
	for range 1000 {
		s.Conversations = append(s.Conversations, s.Conversations[0])
	}
	m, err := Encode(s)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Encode(s); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(s.Rows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(m); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(s.Rows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
