package modbus

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func adu(transaction uint16, unit byte, pdu ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, transaction)
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(1+len(pdu)))
	return append(append(b, unit), pdu...)
}

func tcp(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, m...)
}

var (
	c = dissecttest.C
	s = dissecttest.S
)

func TestOperations(t *testing.T) {
	read := adu(1, 3, 3, 0, 100, 0, 2)
	cases := []struct {
		name     string
		messages []dissecttest.Message
		code     string
		object   string
		value    string
		kind     plant.Kind
		counts   [4]uint64 // requests, responses, accepted, refused
	}{
		{"read answered", []dissecttest.Message{c(read), s(adu(1, 3, 3, 4, 0, 1, 0, 2))}, "3", "unit 3 holding registers 100-101", "", plant.Read, [4]uint64{1, 1, 1, 0}},
		{"reads of one table share a row", []dissecttest.Message{c(read), c(adu(2, 3, 3, 0, 200, 0, 1))}, "3", "unit 3 holding registers 100-200", "", plant.Read, [4]uint64{2, 0, 0, 0}},
		{"write refused", []dissecttest.Message{c(adu(1, 1, 6, 0, 5, 0x12, 0x34)), s(adu(1, 1, 0x86, 2))}, "6", "unit 1 holding registers 5", "4660", plant.Write, [4]uint64{1, 1, 0, 1}},
		{"a coil switched on", []dissecttest.Message{c(adu(1, 255, 5, 0, 7, 0xff, 0)), s(adu(1, 255, 5, 0, 7, 0xff, 0))}, "5", "coils 7", "65280", plant.Write, [4]uint64{1, 1, 1, 0}},
		{"only the response was seen", []dissecttest.Message{s(adu(1, 1, 3, 2, 0, 1))}, "3", "", "", plant.Read, [4]uint64{0, 1, 1, 0}},
		{"responses out of order", []dissecttest.Message{c(adu(1, 1, 3, 0, 0, 0, 1)), c(adu(2, 1, 3, 0, 0, 0, 1)), s(adu(2, 1, 3, 2, 0, 0)), s(adu(1, 1, 3, 2, 0, 0))}, "3", "unit 1 holding registers 0", "", plant.Read, [4]uint64{2, 2, 2, 0}},
		{"two requests in one segment", []dissecttest.Message{c(append(adu(1, 1, 1, 0, 0, 0, 8), adu(2, 1, 1, 0, 0, 0, 8)...))}, "1", "unit 1 coils 0-7", "", plant.Read, [4]uint64{2, 0, 0, 0}},
		{"a request in two segments", []dissecttest.Message{c(read[:5]), c(read[5:])}, "3", "unit 3 holding registers 100-101", "", plant.Read, [4]uint64{1, 0, 0, 0}},
		{"restart of communications", []dissecttest.Message{c(adu(1, 1, 8, 0, 1, 0, 0))}, "8", "unit 1", "", plant.Mode, [4]uint64{1, 0, 0, 0}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r := tcp(502, tc.messages...)
			o := r.Operation(tc.code)
			if got := [4]uint64{o.Requests, o.Responses, o.Accepted, o.Refused}; got != tc.counts || o.Object != tc.object || o.Value != tc.value || o.Verb.Kind != tc.kind {
				t.Errorf("got %v, object %q, value %q, kind %v", got, o.Object, o.Value, o.Verb.Kind)
			}
			if len(r.Operations) != 1 || len(r.Anomalies) != 0 {
				t.Errorf("operations %v, anomalies %v", r.Operations, r.Anomalies)
			}
		})
	}
}

func TestDeviceIdentification(t *testing.T) {
	answer := []byte{43, 14, 1, 1, 0, 0, 3, 0, 9}
	answer = append(answer, "Schneider"...)
	answer = append(append(answer, 1, 11), "BMX P34 2020"[:11]...)
	answer = append(append(answer, 2, 4), "v2.5"...)
	r := tcp(502, c(adu(1, 0, 43, 14, 1, 0)), s(adu(1, 0, answer...)))
	for field, want := range map[plant.Field]string{plant.FieldVendor: "Schneider", plant.FieldOrderNumber: "BMX P34 202", plant.FieldFirmware: "v2.5"} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

func TestPortAloneProvesNothing(t *testing.T) {
	for name, b := range map[string]string{
		"HTTP":           "GET / HTTP/1.1\r\nHost: plc\r\n\r\n",
		"a TLS record":   "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03",
		"zeros":          "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"function 0":     "\x00\x01\x00\x00\x00\x02\x01\x00",
		"a wrong length": "\x00\x01\x00\x00\xff\xff\x01\x03",
	} {
		t.Run(name, func(t *testing.T) {
			r := tcp(502, c([]byte(b)))
			if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
				t.Errorf("read as Modbus: %v", r.Operations)
			}
		})
	}
}

func TestMessagesOnAnotherPortAreNotGuessed(t *testing.T) {
	if r := tcp(8080, c(adu(1, 3, 3, 0, 100, 0, 2))); len(r.Operations) != 0 {
		t.Errorf("without a magic number a port must suggest it: %v", r.Operations)
	}
}
