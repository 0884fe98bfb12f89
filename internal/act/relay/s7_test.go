package relay

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// dt is a COTP data packet, the last of its unit.
func dt(user []byte) []byte { return tpkt(append([]byte{2, 0xf0, 0x80}, user...)) }

func tpkt(tpdu []byte) []byte {
	n := 4 + len(tpdu)
	return append([]byte{3, 0, byte(n >> 8), byte(n)}, tpdu...)
}

// job is an S7 job of reference 0x0102.
func job(param, data string) []byte {
	p, d := unhex(param), unhex(data)
	h := []byte{0x32, 1, 0, 0, 1, 2, byte(len(p) >> 8), byte(len(p)), byte(len(d) >> 8), byte(len(d))}
	return append(append(h, p...), d...)
}

// userdata is a userdata request of a group (with its direction) and function.
func userdata(param, data string) []byte {
	b := job(param, data)
	b[1] = 7
	return b
}

const (
	connect  = "11 e0 0000 0011 00 c0010a c1020100 c2020102"
	confirm  = "11 d0 0011 0022 00 c0010a c1020100 c2020102"
	readDB   = "04 01 12 0a 10 02 0010 0001 84 000000" // DB1, 16 bytes from 0
	writeDB  = "05 01 12 0a 10 02 0002 0001 84 000000"
	twoBytes = "00 04 0010 1234"
)

// opened is a session whose transport connection stands.
func opened(t *testing.T, r Rule) *session {
	t.Helper()
	s := newSession(t, S7, r)
	s.passes(tpkt(unhex(connect)))
	s.write(s.server, tpkt(unhex(confirm)))
	s.want(s.client, "client", tpkt(unhex(confirm)))
	return s
}

func kinds(protocol string, k ...plant.Kind) Rule {
	return Rule{Relays: []*policy.Relay{{Protocol: protocol, Kinds: model.KindsOf(k...)}}, Stage: model.StageEnforce}
}

func TestS7Jobs(t *testing.T) {
	const notThere = "32 03 0000 0102 0001 0000 8104 "
	for _, c := range []struct {
		name        string
		param, data string
		kinds       []plant.Kind
		reply       string // the S7 unit that refuses, "" if it passes
	}{
		{"setup", "f0 00 0001 0001 01e0", "", nil, ""},
		{"read", readDB, "", []plant.Kind{plant.Read}, ""},
		{"read where only identifying is allowed", readDB, "", nil, "32 03 0000 0102 0002 0004 0000 04 01 03 00 0000"},
		{"write", writeDB, twoBytes, []plant.Kind{plant.Read}, "32 03 0000 0102 0002 0001 0000 05 01 03"},
		{"write of three", "05 03 120a10020002000184000000 120a10020002000184000010 120a10020002000184000020", twoBytes + twoBytes + twoBytes, []plant.Kind{plant.Read}, "32 03 0000 0102 0002 0003 0000 05 03 03 03 03"},
		{"write where it is allowed", writeDB, twoBytes, []plant.Kind{plant.Write}, ""},
		{"a read whose items are fewer than it says", "04 02 12 0a 10 02 0010 0001 84 000000", "", []plant.Kind{plant.Read}, notThere + "04"},
		{"a read with bytes behind its items", readDB + "05 01 12", "", []plant.Kind{plant.Read}, notThere + "04"},
		{"a read with data", readDB, twoBytes, []plant.Kind{plant.Read}, notThere + "04"},
		{"request download", "1a 00 0100 0000 0000 09 5f303830303030315041 0d 31303030323634303030313332", "", []plant.Kind{plant.Read, plant.Write}, notThere + "1a"},
		{"start upload", "1d 00 0000 0000 0000 09 5f3038303030303141", "", []plant.Kind{plant.Read, plant.Write}, notThere + "1d"},
		{"end upload", "1f 00 0000 0000 0007", "", []plant.Kind{plant.Read, plant.Write}, notThere + "1f"},
		{"start upload where programs may be moved", "1d 00 0000 0000 0000 09 5f303830303030314100", "", []plant.Kind{plant.Program}, ""},
		{"start the CPU", "28 000000000000fd 0000 09 505f50524f4752414d", "", []plant.Kind{plant.Read, plant.Write, plant.Program}, notThere + "28"},
		{"activate blocks", "28 000000000000fd 000a 0100 3038 3030303031 50 05 5f494e5345", "", []plant.Kind{plant.Read, plant.Write}, notThere + "28"},
		{"a service nobody knows", "28 000000000000fd 0000 05 5f58595a5a", "", []plant.Kind{plant.Read, plant.Write, plant.Program, plant.Mode, plant.Config, plant.Auth}, notThere + "28"},
		{"stop the CPU", "29 0000000000 09 505f50524f4752414d", "", []plant.Kind{plant.Read, plant.Write}, notThere + "29"},
		{"stop where modes may be changed", "29 0000000000 09 505f50524f4752414d", "", []plant.Kind{plant.Mode}, ""},
		{"a function nobody knows", "77 00", "", []plant.Kind{plant.Read, plant.Write}, notThere + "77"},
		{"CPU services", "00 00", "", []plant.Kind{plant.Read, plant.Write}, notThere + "00"},
		{"a job without a function", "", "", []plant.Kind{plant.Read}, notThere + "00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := opened(t, kinds(S7, c.kinds...))
			request := dt(job(c.param, c.data))
			if c.reply == "" {
				s.passes(request)
				return
			}
			s.refused(request, dt(unhex(c.reply)))
			s.passes(dt(job("f0 00 0001 0001 01e0", "")))
		})
	}
}

func TestS7Userdata(t *testing.T) {
	for _, c := range []struct {
		name        string
		param, data string
		kinds       []plant.Kind
		pass        bool
	}{
		{"identification needs no permission", "000112 04 11 44 01 00", "ff09 0004 0011 0000", nil, true},
		{"its next unit", "000112 08 12 44 01 05 00 00 0000", "0a00 0000", nil, true},
		{"operating mode", "000112 04 11 44 01 00", "ff09 0004 0424 0000", []plant.Kind{plant.Read}, true},
		{"operating mode where nothing may be read", "000112 04 11 44 01 00", "ff09 0004 0424 0000", nil, false},
		{"read the clock", "000112 04 11 47 01 00", "0a00 0000", []plant.Kind{plant.Read}, true},
		{"set the clock", "000112 04 11 47 02 00", "ff09 000a 00191126103000000000", []plant.Kind{plant.Read, plant.Write}, false},
		{"list blocks", "000112 04 11 43 01 00", "0a00 0000", []plant.Kind{plant.Read}, true},
		{"info of a block", "000112 04 11 43 03 00", "ff09 0008 3041 3030303031 41", []plant.Kind{plant.Read}, true},
		{"modify a variable", "000112 04 11 41 08 00", "ff09 0000", []plant.Kind{plant.Read}, false},
		{"force", "000112 04 11 41 09 00", "ff09 0000", []plant.Kind{plant.Read}, false},
		{"memory reset", "000112 04 11 41 0c 00", "ff09 0000", []plant.Kind{plant.Read, plant.Write}, false},
		{"password", "000112 04 11 45 01 00", "ff09 0008 6463626160", []plant.Kind{plant.Read, plant.Write}, false},
		{"subscribe to messages", "000112 04 11 44 02 00", "ff09 0000", []plant.Kind{plant.Read}, true},
		{"acknowledge an alarm", "000112 04 11 44 0b 00", "ff09 0000", []plant.Kind{plant.Read}, false},
		{"watch variables", "000112 04 11 42 01 00", "ff09 0010 0001 01 01 120a10020010000184000000", []plant.Kind{plant.Read}, true},
		{"a group nobody knows", "000112 04 11 4c 01 00", "0a00 0000", []plant.Kind{plant.Read, plant.Write}, false},
		{"a function nobody knows", "000112 04 11 44 3f 00", "0a00 0000", []plant.Kind{plant.Read, plant.Write}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := opened(t, kinds(S7, c.kinds...))
			request := dt(userdata(c.param, c.data))
			if c.pass {
				s.passes(request)
				return
			}
			p := unhex(c.param)
			s.refused(request, dt(append(unhex("32 07 0000 0102 000c 0004 000112 08 12"), p[5]&0xf|0x80, p[6], p[7], 0, 0, 0xd2, 0x41, 0x0a, 0, 0, 0)))
		})
	}
}

func TestS7Objects(t *testing.T) {
	item := func(bits, count, db, area, address int) string {
		return fmt.Sprintf("120a10%02x%04x%04x%02x%06x", bits, count, db, area, address)
	}
	for _, c := range []struct {
		name, object, param string
		pass                bool
	}{
		{"inside", "DB1 0-15", readDB, true},
		{"one byte over the end", "DB1 0-14", readDB, false},
		{"the whole block", "DB1", readDB, true},
		{"another block", "DB10", readDB, false},
		{"one of two outside", "DB1", "04 02" + item(2, 1, 1, 0x84, 0) + item(2, 1, 2, 0x84, 0), false},
		{"both inside", "DB1, DB2", "04 02" + item(2, 1, 1, 0x84, 0) + item(2, 1, 2, 0x84, 0), true},
		{"a bit", "DB1.DBX0.1", "04 01" + item(1, 1, 1, 0x84, 1), true},
		{"the byte around a bit", "DB1.DBX0.1", "04 01" + item(2, 1, 1, 0x84, 0), false},
		{"an output", "Q1.3", "04 01" + item(1, 1, 0, 0x82, 11), true},
		{"inputs", "inputs", "04 01" + item(2, 4, 0, 0x81, 80), true},
		{"flags", "inputs", "04 01" + item(2, 4, 0, 0x83, 80), false},
		{"timers by number", "timers 3-5", "04 01" + item(29, 2, 0, 0x1d, 4), true},
		{"a timer beyond", "timers 3-5", "04 01" + item(29, 3, 0, 0x1d, 4), false},
		{"symbolic, where a range is needed", "DB1 0-15", "04 01 12 0e b2 ff 8a0e 0001 00000000 00000000", false},
		{"an item over the end of the area", "DB1 0-15", "04 01" + item(2, 0xffff, 1, 0x84, 0), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := opened(t, reads(S7, c.object))
			request := dt(job(c.param, ""))
			if c.pass {
				s.passes(request)
				return
			}
			n := unhex(c.param)[1]
			reply := append(unhex("32 03 0000 0102 0002 0000 0000 04"), n)
			reply[9] = 4 * n
			s.refused(request, dt(append(reply, bytes.Repeat([]byte{3, 0, 0, 0}, int(n))...)))
		})
	}
	t.Run("lists", func(t *testing.T) {
		s := opened(t, reads(S7, "SZL 0x0424"))
		s.passes(dt(userdata("000112 04 11 44 01 00", "ff09 0004 0424 0000")))
	})
}

func TestS7Fragments(t *testing.T) {
	s := opened(t, reads(S7))
	read, write := job(readDB, ""), job(writeDB, twoBytes)
	cut := func(b []byte, at int) []byte {
		return append(tpkt(append([]byte{2, 0xf0, 0}, b[:at]...)), dt(b[at:])...)
	}
	s.passes(cut(read, 11))
	// A write whose function stands in the second part is one all the same.
	for _, at := range []int{1, 5, 10, 11, 12} {
		s.write(s.client, cut(write, at))
	}
	s.write(s.server, dt(unhex("32 03 0000 0102 0002 0000 0000 04 00")))
	s.want(s.client, "client", dt(unhex("32 03 0000 0102 0002 0000 0000 04 00")))
	for range 5 {
		s.want(s.client, "client", dt(unhex("32 03 0000 0102 0002 0001 0000 05 01 03")))
	}
	s.passes(tpkt([]byte{2, 0xf0, 0})) // an acknowledgement as Siemens sends it
	s.write(s.client, append(tpkt(append([]byte{2, 0xf0, 0}, read[:4]...)), tpkt(unhex(connect))...))
	s.ends()
}

func TestS7OtherProtocols(t *testing.T) {
	for name, user := range map[string]string{
		"S7comm-plus":      "72 01 0010 31 0000 04ca 0000 0001 00000000",
		"something else":   "0d 0a 05 00",
		"S7comm-plus, TLS": "16 0301 0010",
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t, reads(S7))
			s.refused(dt(unhex(user)), tpkt(unhex("06 80 0011 0022 80")))
			_ = s.client.CloseWrite()
			s.ends()
			s = opened(t, Rule{Relays: []*policy.Relay{{Protocol: S7, Kinds: everything}}, Stage: model.StageEnforce})
			s.passes(dt(unhex(user)))
		})
	}
	s := opened(t, reads(S7))
	s.refused(dt(unhex("72 01 0000")), tpkt(unhex("06 80 0011 0022 80")))
	if d := s.decided("S7comm-plus"); d.Refused != 1 || d.Why != whyUnknown {
		t.Errorf("%+v", d)
	}
}

func TestS7Malformed(t *testing.T) {
	for name, b := range map[string][]byte{
		"no TPKT":                   []byte("GET / HTTP/1.1\r\n"),
		"a broken TPDU":             tpkt(unhex("09 f0 80")),
		"an expedited message":      tpkt(unhex("02 10 80 00")),
		"bytes behind a unit":       dt(append(job(readDB, ""), 1)),
		"a unit that is cut":        dt(job(readDB, "")[:20]),
		"an unknown type of unit":   dt(unhex("32 09 0000 0102 0000 0000")),
		"a connection with data":    tpkt(append(unhex(connect), job(writeDB, "")...)),
		"a goodbye with data":       tpkt(append(unhex("06 80 0011 0022 80"), job(writeDB, twoBytes)...)),
		"a longer header":           tpkt(append(unhex("06 f0 80 3201 0080"), job(readDB, "")...)),
		"a part that is a unit":     append(tpkt(append(unhex("02 f0 00"), job(readDB, "")[:10]...)), dt(job(writeDB, twoBytes))...),
		"userdata without a header": dt(userdata("000112 04", "")),
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t, reads(S7))
			s.write(s.client, b)
			s.ends()
			if n := s.relay.Status().Malformed; n != 1 {
				t.Errorf("%d malformed", n)
			}
		})
	}
	t.Run("the server wants another class", func(t *testing.T) {
		s := newSession(t, S7, reads(S7))
		s.passes(tpkt(unhex(connect)))
		s.write(s.server, tpkt(unhex("06 d0 0011 0022 20")))
		s.ends()
	})
}

// TestS7AnswersToTheController holds that what a client answers to a controller
// that fetches a block goes with the right to load programs.
func TestS7AnswersToTheController(t *testing.T) {
	answer := dt(unhex("32 03 0000 0102 0002 0003 0000 1b 00 aabbcc"))
	s := opened(t, kinds(S7, plant.Program))
	s.passes(answer)
	s = opened(t, reads(S7))
	s.write(s.client, answer)
	s.passes(dt(job(readDB, "")))
}
