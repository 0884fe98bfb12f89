package sparkplug

import "testing"

func TestParseTopic(t *testing.T) {
	tests := []struct {
		name, topic         string
		kind                Kind
		group, node, device string
		ok                  bool
	}{
		{"node birth", "spBv1.0/Plant1/NBIRTH/Edge7", NodeBirth, "Plant1", "Edge7", "", true},
		{"device command", "spBv1.0/Plant1/DCMD/Edge7/Pump", DeviceCommand, "Plant1", "Edge7", "Pump", true},
		{"host state", "spBv1.0/STATE/scada", HostState, "", "scada", "", true},
		{"node birth with a device", "spBv1.0/Plant1/NBIRTH/Edge7/Pump", NodeBirth, "Plant1", "Edge7", "Pump", false},
		{"device data without a device", "spBv1.0/Plant1/DDATA/Edge7", DeviceData, "Plant1", "Edge7", "", false},
		{"unknown verb", "spBv1.0/Plant1/HELLO/Edge7", None, "Plant1", "Edge7", "", false},
		{"another namespace", "spAv1.0/Plant1/NBIRTH/Edge7", None, "", "", "", false},
		{"namespace alone", "spBv1.0/", None, "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseTopic([]byte(tt.topic))
			if ok != tt.ok || got.Kind != tt.kind || string(got.Group) != tt.group || string(got.Node) != tt.node || string(got.Device) != tt.device {
				t.Errorf("ParseTopic = %+v, %v", got, ok)
			}
		})
	}
}

// A payload with a timestamp, a string metric, a boolean with an alias and a
// sequence number.
var payload = []byte("\x08\x80\x01" +
	"\x12\x10" + "\x0a\x05Model" + "\x20\x0c" + "\x7a\x05RTU-9" +
	"\x12\x0a" + "\x0a\x02On" + "\x10\x07" + "\x20\x0b" + "\x70\x01" +
	"\x18\x00")

func TestNext(t *testing.T) {
	one, rest, ok1 := Next(payload)
	two, rest, ok2 := Next(rest)
	_, _, ok3 := Next(rest)
	if !ok1 || !ok2 || ok3 {
		t.Fatalf("Next: %v %v %v", ok1, ok2, ok3)
	}
	if string(one.Name) != "Model" || one.Type != 12 || string(one.Text) != "RTU-9" || one.IsInt {
		t.Errorf("first metric %+v", one)
	}
	if string(two.Name) != "On" || two.Alias != 7 || two.Int != 1 || !two.IsInt {
		t.Errorf("second metric %+v", two)
	}
}

func TestTruncation(t *testing.T) {
	for i := range payload {
		for b := payload[:i]; ; {
			_, rest, ok := Next(b)
			if !ok {
				break
			}
			b = rest
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(payload)
	f.Add([]byte("spBv1.0/Plant1/NBIRTH/Edge7"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ParseTopic(b)
		for {
			m, rest, ok := Next(b)
			if !ok {
				return
			}
			if len(rest) >= len(b) || len(m.Name)+len(m.Text) > len(b) {
				t.Fatalf("%d bytes left of %d, metric %+v", len(rest), len(b), m)
			}
			b = rest
		}
	})
}

func BenchmarkNext(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, rest, ok := Next(payload); !ok || len(rest) == 0 {
			b.Fatal("no metric")
		}
	}
}
