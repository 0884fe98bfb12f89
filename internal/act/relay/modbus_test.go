package relay

import (
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// adu is a Modbus/TCP frame of unit 1.
func adu(transaction uint16, pdu string) []byte {
	p := unhex(pdu)
	n := len(p) + 1
	return append([]byte{byte(transaction >> 8), byte(transaction), 0, 0, byte(n >> 8), byte(n), 1}, p...)
}

func TestModbusKinds(t *testing.T) {
	for _, c := range []struct {
		name, pdu string
		kinds     []plant.Kind
		refused   byte // the exception, 0: it passes
	}{
		{"read coils", "01 0000 0008", []plant.Kind{plant.Read}, 0},
		{"read discrete inputs", "02 0000 0008", []plant.Kind{plant.Read}, 0},
		{"read holding registers", "03 0000 0008", []plant.Kind{plant.Read}, 0},
		{"read input registers", "04 0000 0008", []plant.Kind{plant.Read}, 0},
		{"read exception status", "07", []plant.Kind{plant.Read}, 0},
		{"read FIFO", "18 0010", []plant.Kind{plant.Read}, 0},
		{"read a file record", "14 07 06 0001 0000 0002", []plant.Kind{plant.Read}, 0},
		{"read nothing where only identifying is allowed", "03 0000 0008", nil, 1},
		{"identification needs no permission", "2b 0e 01 00", nil, 0},
		{"report server id", "11", nil, 0},
		{"CANopen in the encapsulation is not known", "2b 0d 00 00 00", []plant.Kind{plant.Read}, 1},
		{"write a coil", "05 0001 ff00", []plant.Kind{plant.Read}, 1},
		{"write a register", "06 0001 1234", []plant.Kind{plant.Read}, 1},
		{"write coils", "0f 0000 0009 02 ffff", []plant.Kind{plant.Read}, 1},
		{"write registers", "10 0000 0001 02 1234", []plant.Kind{plant.Read}, 1},
		{"mask a register", "16 0001 00f2 0025", []plant.Kind{plant.Read}, 1},
		{"read and write is a write", "17 0000 0001 0005 0001 02 1234", []plant.Kind{plant.Read}, 1},
		{"read and write is a read, too", "17 0000 0001 0005 0001 02 1234", []plant.Kind{plant.Write}, 1},
		{"read and write where both are allowed", "17 0000 0001 0005 0001 02 1234", []plant.Kind{plant.Read, plant.Write}, 0},
		{"write a file record", "15 09 06 0001 0000 0001 1234", []plant.Kind{plant.Read}, 1},
		{"echo", "08 0000 1234", nil, 0},
		{"read a counter", "08 000b 0000", nil, 0},
		{"restart communications", "08 0001 0000", []plant.Kind{plant.Read, plant.Write}, 1},
		{"force listen only", "08 0004 0000", []plant.Kind{plant.Read, plant.Write}, 1},
		{"clear counters", "08 000a 0000", []plant.Kind{plant.Read}, 1},
		{"a diagnostic nobody knows", "08 0020 0000", []plant.Kind{plant.Read, plant.Write}, 1},
		{"a diagnostic without a sub-function", "08 00", []plant.Kind{plant.Read}, 1},
		{"an unknown function", "41 01", []plant.Kind{plant.Read, plant.Write, plant.Config}, 1},
		{"an exception as a request", "83 02", []plant.Kind{plant.Read}, 1},
		{"firmware", "7d 01", []plant.Kind{plant.Read, plant.Write}, 1},
		{"UMAS read", "5a 00 22 01", []plant.Kind{plant.Read}, 0},
		{"UMAS keep alive", "5a 00 12", []plant.Kind{plant.Read}, 0},
		{"UMAS write", "5a 00 23 01", []plant.Kind{plant.Read}, 1},
		{"UMAS stop", "5a 00 41", []plant.Kind{plant.Read, plant.Write}, 1},
		{"UMAS stop in a signed request", "5a 00 38 01 0000000000000000000000000000000000000000000000000000000000000000 41", []plant.Kind{plant.Read, plant.Write}, 1},
		{"UMAS unknown", "5a 00 99", []plant.Kind{plant.Read, plant.Write}, 1},
		{"UMAS cut off", "5a 00", []plant.Kind{plant.Read}, 1},
		{"a read of nothing", "03 0000 0000", []plant.Kind{plant.Read}, 3},
		{"a read of too much", "03 0000 007e", []plant.Kind{plant.Read}, 3},
		{"bytes behind a read", "03 0000 0001 06 0001 1234", []plant.Kind{plant.Read}, 3},
		{"a write whose byte count is wrong", "10 0000 0002 02 1234", []plant.Kind{plant.Read, plant.Write}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, Modbus, Rule{Relays: []*policy.Relay{{Protocol: Modbus, Kinds: model.KindsOf(c.kinds...)}}, Stage: model.StageEnforce})
			request := adu(7, c.pdu)
			if c.refused == 0 {
				s.passes(request)
				return
			}
			s.refused(request, []byte{0, 7, 0, 0, 0, 3, 1, request[7] | 0x80, c.refused})
			s.passes(adu(8, "11")) // and nothing of it went before
		})
	}
}

func TestModbusObjects(t *testing.T) {
	for _, c := range []struct {
		name, object string
		frame        string
		refused      byte
	}{
		{"inside", "holding registers 0-99", "0001 0000 0006 01 03 005a 000a", 0},
		{"one over the end", "holding registers 0-99", "0001 0000 0006 01 03 005a 000b", 2},
		{"another space", "holding registers 0-99", "0001 0000 0006 01 04 0000 0001", 2},
		{"a whole space", "coils", "0001 0000 0006 01 01 ffff 0001", 0},
		{"the unit", "unit 3", "0001 0000 0006 03 03 0000 0001", 0},
		{"another unit", "unit 3", "0001 0000 0006 04 03 0000 0001", 2},
		{"registers of a unit", "unit 3 holding registers 7", "0001 0000 0006 03 03 0007 0001", 0},
		{"registers of any unit", "holding registers 7", "0001 0000 0006 03 03 0007 0001", 0},
		{"a write is no read, wherever", "holding registers 0-99", "0001 0000 0006 01 06 0005 1234", 1},
		{"identification is about no object", "holding registers 0-99", "0001 0000 0005 01 2b 0e 01 00", 0},
		{"an object that is none allows nothing", "holding registers zero", "0001 0000 0006 01 03 0000 0001", 1},
		{"the queue's register", "holding registers 0-99", "0001 0000 0004 01 18 0064", 2},
		{"exception status is about no object", "holding registers 0-99", "0001 0000 0002 01 07", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, Modbus, reads(Modbus, c.object))
			request := unhex(c.frame)
			if c.refused == 0 {
				s.passes(request)
				return
			}
			s.refused(request, []byte{0, 1, 0, 0, 0, 3, request[6], request[7] | 0x80, c.refused})
		})
	}
	t.Run("what read/write reads", func(t *testing.T) {
		r := reads(Modbus, "holding registers 0-99")
		r.Relays[0].Kinds |= model.KindsOf(plant.Write)
		s := newSession(t, Modbus, r)
		s.passes(adu(1, "17 0000 0001 0005 0001 02 1234"))
		s.write(s.server, adu(1, "17 02 1234"))
		s.want(s.client, "client", adu(1, "17 02 1234"))
		s.refused(adu(2, "17 0064 0001 0005 0001 02 1234"), unhex("0002 0000 0003 01 97 02"))
	})
}

func TestModbusOrder(t *testing.T) {
	s := newSession(t, Modbus, reads(Modbus))
	// Five requests in one segment, the second and the fourth refused.
	var all []byte
	for i, p := range []string{"03 0000 0001", "06 0001 1234", "03 0001 0001", "05 0001 ff00", "03 0002 0001"} {
		all = append(all, adu(uint16(i+1), p)...)
	}
	s.write(s.client, all)
	s.want(s.server, "server", append(append(adu(1, "03 0000 0001"), adu(3, "03 0001 0001")...), adu(5, "03 0002 0001")...))
	answers := []byte{}
	for _, n := range []uint16{1, 3, 5} {
		answers = append(answers, adu(n, "03 02 0000")...)
	}
	s.write(s.server, answers[:20]) // cut in the second answer
	s.write(s.server, answers[20:])
	var want []byte
	for n := range uint16(5) {
		switch n + 1 {
		case 2:
			want = append(want, adu(2, "86 01")...)
		case 4:
			want = append(want, adu(4, "85 01")...)
		default:
			want = append(want, adu(n+1, "03 02 0000")...)
		}
	}
	s.want(s.client, "client", want)
	d := s.decided("Write Single Register")
	if d.Requests != 1 || d.Refused != 1 || d.Object != "unit 1 holding registers 1" || d.Why != whyKind || !d.Requester.IP.IsLoopback() {
		t.Errorf("%+v", d)
	}
	if d := s.decided("Read Holding Registers"); d.Requests != 3 || d.Refused != 0 {
		t.Errorf("%+v", d)
	}
}

// TestModbusServerThatSaysNothing holds that a refusal comes although a request
// before it is never answered.
func TestModbusServerThatSaysNothing(t *testing.T) {
	s := newSession(t, Modbus, reads(Modbus), func(c *Config) { c.AnswerWithin = 20 * time.Millisecond })
	s.passes(adu(1, "03 0000 0001"))
	s.refused(adu(2, "06 0000 0001"), adu(2, "86 01"))
}

func TestModbusMalformed(t *testing.T) {
	for name, b := range map[string][]byte{
		"another protocol":  unhex("0001 0001 0006 01 03 0000 0001"),
		"a length of 1":     unhex("0001 0000 0001 01"),
		"too long":          unhex("0001 0000 ffff 01 03"),
		"something else":    []byte("GET / HTTP/1.1\r\nHost: plc\r\n\r\n"),
		"behind a good one": append(adu(1, "06 0000 0001"), 0, 1, 0, 9, 0, 6),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t, Modbus, reads(Modbus))
			s.write(s.client, b)
			s.ends()
			if n := s.relay.Status().Malformed; n != 1 {
				t.Errorf("%d malformed", n)
			}
		})
	}
	t.Run("from the server", func(t *testing.T) {
		s := newSession(t, Modbus, reads(Modbus))
		s.passes(adu(1, "03 0000 0001"))
		s.write(s.server, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		s.ends()
	})
}

// TestModbusByteByByte holds that cutting the stream anywhere changes nothing.
func TestModbusByteByByte(t *testing.T) {
	s := newSession(t, Modbus, reads(Modbus))
	_ = s.client.SetNoDelay(true)
	for _, b := range adu(1, "03 0000 0001") {
		s.write(s.client, []byte{b})
	}
	s.want(s.server, "server", adu(1, "03 0000 0001"))
	for _, b := range adu(2, "06 0000 0001") {
		s.write(s.client, []byte{b})
	}
	for _, b := range adu(1, "03 02 0000") {
		s.write(s.server, []byte{b})
	}
	s.want(s.client, "client", append(adu(1, "03 02 0000"), adu(2, "86 01")...))
}
