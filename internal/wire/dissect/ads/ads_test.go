package ads

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// packet makes an AMS/TCP packet between a client at AMS port 0x8001 and a
// server at that port.
func packet(response bool, port, command uint16, invoke uint32, data ...byte) []byte {
	client, server := append([]byte{10, 0, 0, 1, 1, 1}, 1, 0x80), binary.LittleEndian.AppendUint16([]byte{10, 0, 0, 2, 1, 1}, port)
	flags := uint16(4)
	if response {
		client, server, flags = server, client, 5
	}
	b := binary.LittleEndian.AppendUint32([]byte{0, 0}, uint32(32+len(data)))
	b = append(append(b, server...), client...)
	b = binary.LittleEndian.AppendUint16(b, command)
	b = binary.LittleEndian.AppendUint16(b, flags)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, invoke)
	return append(b, data...)
}

// index makes the body of a request on an index group.
func index(group, offset uint32, lengths []uint32, data string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, group)
	b = binary.LittleEndian.AppendUint32(b, offset)
	for _, n := range lengths {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return append(b, data...)
}

func TestSymbols(t *testing.T) {
	name := "MAIN.nSpeed\x00"
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C(packet(false, 851, 9, 1, index(0xf003, 0, []uint32{4, uint32(len(name))}, name)...)),
		dissecttest.S(packet(true, 851, 9, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0x21, 0, 0, 0)),
		dissecttest.C(packet(false, 851, 3, 2, index(0xf005, 0x21, []uint32{2}, "\x2c\x01")...)),
		dissecttest.S(packet(true, 851, 3, 2, 0, 0, 0, 0)),
		dissecttest.C(packet(false, 851, 3, 3, index(0xf006, 0, []uint32{4}, "\x21\x00\x00\x00")...)),
		dissecttest.S(packet(true, 851, 3, 3, 0, 0, 0, 0)),
	)
	var write plant.Operation
	for _, o := range r.Operations {
		if o.Verb.Name == "Write" {
			write = o
		}
	}
	if write.Object != "symbol MAIN.nSpeed" || write.Value != "300" || write.Accepted != 1 {
		t.Errorf("write = %+v", write)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldUnit); got != "netid 10.0.0.2.1.1" {
		t.Errorf("netid = %q", got)
	}
}

func TestIdentityAndControl(t *testing.T) {
	device := append([]byte{0, 0, 0, 0, 3, 1, 0xb8, 0x0f}, "Plc30 App\x00\x00\x00\x00\x00\x00\x00"...)
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C(packet(false, 851, 1, 1)),
		dissecttest.S(packet(true, 851, 1, 1, device...)),
		dissecttest.C(packet(false, 10000, 5, 2, 15, 0, 0, 0, 0, 0, 0, 0)),
		dissecttest.S(packet(true, 10000, 5, 2, 0, 0, 0, 0)),
		dissecttest.C(packet(false, 10000, 4, 3)),
		dissecttest.S(packet(true, 10000, 4, 3, 0, 0, 0, 0, 15, 0, 1, 0)),
	)
	for field, want := range map[plant.Field]string{
		plant.FieldSoftware: "Plc30 App 3.1.4024", plant.FieldMode: "config", plant.FieldRole: plant.RoleController,
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("5"); o.Verb.Technique != "T0858" || o.Object != "config" || o.Accepted != 1 {
		t.Errorf("control = %+v", o)
	}
}

func TestFileWrite(t *testing.T) {
	name := "Boot/Port_851.app\x00"
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C(packet(false, 10000, 9, 1, index(120, 0x12, []uint32{4, uint32(len(name))}, name)...)),
		dissecttest.S(packet(true, 10000, 9, 1, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0)),
	)
	if o := r.Operation("9"); o.Verb.Technique != "T0843" || o.Object != "file Boot/Port_851.app" {
		t.Errorf("open = %+v", o)
	}
}

// TestLargeWrite skips the body of a write that no one needs, in segments.
func TestLargeWrite(t *testing.T) {
	body := make([]byte, 300_000)
	whole := packet(false, 10000, 3, 1, index(123, 1, []uint32{uint32(len(body))}, string(body))...)
	messages := []dissecttest.Message{}
	for len(whole) > 0 {
		n := min(1400, len(whole))
		messages = append(messages, dissecttest.C(whole[:n]))
		whole = whole[n:]
	}
	messages = append(messages, dissecttest.S(packet(true, 10000, 3, 1, 0, 0, 0, 0)), dissecttest.C(packet(false, 10000, 4, 2)))
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, Port, messages...)
	if o := r.Operation("3"); o.Requests != 1 || o.Accepted != 1 {
		t.Errorf("write = %+v", o)
	}
	if o := r.Operation("4"); o.Requests != 1 || len(r.Anomalies) > 0 {
		t.Errorf("read state behind it = %+v, anomalies %+v", o, r.Anomalies)
	}
}
