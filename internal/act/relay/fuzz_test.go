package relay

import (
	"bytes"
	"testing"

	"github.com/bulkhead-ot/bulkhead/protocol/cip"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	"github.com/bulkhead-ot/bulkhead/protocol/enip"
	"github.com/bulkhead-ot/bulkhead/protocol/modbus"
	"github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// fuzz feeds a reader what a client might send, and holds what must be true of
// each message: it is cut in one way only, what passes is harmless in the eyes
// of a second, simpler judge, and what does not pass is answered with one whole
// message of the protocol.
func fuzz(f *testing.F, protocol string, harmless func([]byte) bool) {
	f.Fuzz(func(t *testing.T, b []byte) {
		l := new(ledger)
		reader := newReader(protocol, l)
		only := compile(reads(protocol), protocol)
		all := compile(Rule{Relays: reads(protocol).Relays[:0:0], Stage: "enforce"}, protocol)
		all.all, all.loose = true, true
		_, _ = reader.response(b)
		for len(b) > 0 {
			n, err := reader.request(b)
			if err != nil || n == 0 {
				return
			}
			if n < 0 || n > len(b) {
				t.Fatalf("a message of %d in %d bytes", n, len(b))
			}
			for _, cut := range []int{1, n / 2, n - 1} {
				if m, err := reader.request(b[:cut]); cut > 0 && cut < n && (m != 0 || err != nil) {
					t.Fatalf("cut at %d of %d: %d, %v", cut, n, m, err)
				}
			}
			m := bytes.Clone(b[:n])
			v, err := reader.judge(m, only)
			switch {
			case err != nil:
				return
			case v.pass && !harmless(m):
				t.Fatalf("passes: %x", m)
			case !v.pass && len(v.reply) > 0:
				if k, err := reader.response(v.reply); err != nil || k != len(v.reply) {
					t.Fatalf("the refusal %x of %x: %d, %v", v.reply, m, k, err)
				}
				if _, _, err := reader.answer(v.reply); err != nil {
					t.Fatalf("the refusal %x of %x: %v", v.reply, m, err)
				}
			}
			if !bytes.Equal(m, b[:n]) {
				t.Fatalf("judging changed %x to %x", b[:n], m)
			}
			if v, err := reader.judge(m, all); err == nil && !v.pass {
				t.Fatalf("everything is allowed, and %x is refused", m)
			}
			b = b[n:]
		}
		if len(l.rows) > 2*maxEntries {
			t.Fatalf("%d rows", len(l.rows))
		}
	})
}

func FuzzModbus(f *testing.F) {
	for _, p := range []string{"03 0000 0001", "06 0000 0001", "17 0000 0001 0005 0001 02 1234", "2b 0e 01 00", "08 0001 0000", "5a 00 41", "14 07 06 0001 0000 0002"} {
		f.Add(append(adu(1, p), adu(2, "10 0000 0001 02 1234")...))
	}
	fuzz(f, Modbus, func(m []byte) bool {
		switch modbus.Function(m[7]) {
		case modbus.ReadCoils, modbus.ReadDiscreteInputs, modbus.ReadHoldingRegisters, modbus.ReadInputRegisters, modbus.ReadExceptionStatus,
			modbus.CommEventCounter, modbus.CommEventLog, modbus.ReportServerID, modbus.ReadFileRecord, modbus.ReadFIFO:
			return true
		case modbus.Diagnostics:
			return len(m) > 9 && m[9] != 1 && m[9] != 4 && m[9] != 10
		case modbus.Encapsulated:
			return m[8] == 14
		case modbus.Unity: // no write, start, stop, download, reservation
			return !bytes.ContainsAny(m[9:10], "\x10\x11\x21\x23\x25\x29\x30\x31\x32\x33\x34\x35\x36\x40\x41\x42\x43\x71")
		}
		return false
	})
}

func FuzzS7(f *testing.F) {
	for _, j := range [][2]string{{readDB, ""}, {writeDB, twoBytes}, {"29 0000000000 09 505f50524f4752414d", ""}, {"f0 00 0001 0001 01e0", ""}} {
		f.Add(dt(job(j[0], j[1])))
	}
	f.Add(tpkt(unhex(connect)))
	f.Add(dt(unhex("72 01 0000")))
	f.Add(dt(userdata("000112 04 11 44 01 00", "ff09 0004 0011 0000")))
	f.Add(append(tpkt(append([]byte{2, 0xf0, 0}, job(writeDB, twoBytes)[:5]...)), dt(job(writeDB, twoBytes)[5:])...))
	fuzz(f, S7, func(m []byte) bool {
		var user []byte
		for len(m) > 0 {
			t, n, err := cotp.Decode(m)
			if err != nil {
				return false
			}
			if t.Type != cotp.Data {
				return len(t.Data) == 0 || t.Type != cotp.ConnectionRequest
			}
			user, m = append(user, t.Data...), m[n:]
		}
		if len(user) == 0 {
			return true
		}
		u, _, err := s7comm.Decode(user)
		if err != nil {
			return false
		}
		if u.ROSCTR == s7comm.Userdata {
			h, _ := s7comm.DecodeUserdata(u.Param)
			switch h.Group {
			case s7comm.Programmer:
				return h.Subfunction != 8 && h.Subfunction != 9 && h.Subfunction != 12
			case s7comm.Time:
				return h.Subfunction == 1 || h.Subfunction == 3
			}
			return h.Group != s7comm.Security && h.Group != s7comm.PBC && h.Group != s7comm.NCProgram
		}
		fn, _ := u.Function()
		return fn == s7comm.ReadVar || fn == s7comm.SetupCommunication
	})
}

func FuzzENIP(f *testing.F) {
	for _, m := range []string{identity, readTag, writeTag, "10 03 20 f5 24 01 30 05 0a000001", "4b 02 20 67 24 01 07 4d00 78563412 0f 00 0100 aa 02 07 89 00 00 2a00"} {
		f.Add(rr(unhex(m)))
		f.Add(rr(through(unhex(m))))
	}
	f.Add(rr(packed(readTag, writeTag)))
	f.Add(rr(packed(readTag, readTag)))
	f.Add(rr(forwardOpen(3, router)))
	f.Add(rr(forwardOpen(1, "20 04 24 64 2c 65 2c 66")))
	f.Add(encap(enip.RegisterSession, 0, unhex("0100 0000")))
	fuzz(f, ENIP, func(m []byte) bool {
		e, _, err := enip.Decode(m)
		if err != nil {
			return false
		}
		if e.Command != enip.SendRRData {
			return e.Command != enip.SendUnitData // there are no connections here
		}
		items, err := enip.DecodeCommandItems(e.Data)
		if err != nil {
			return false
		}
		items.Next()
		i, _ := items.Next()
		return cipHarmless(i.Data, 0)
	})
}

// cipHarmless knows a few services that do something, and looks for them
// wherever a message can be.
func cipHarmless(b []byte, depth int) bool {
	m, _, err := cip.Decode(b)
	if err != nil || m.Reply || depth > 10 {
		return false
	}
	a := m.Path.Address()
	switch m.Service {
	case cip.MultipleServicePacket:
		p, err := cip.DecodePacket(m.Data)
		for i := range p.Len() {
			if !cipHarmless(p.At(i), depth+1) {
				return false
			}
		}
		return err == nil
	case cip.SetAttributesAll, cip.SetAttributeList, cip.SetAttributeSingle, cip.Start, cip.Stop, cip.Restore, cip.Save, cip.SetMember, cip.WriteTag, cip.WriteTagFragmented:
		return false
	case cip.UnconnectedSendCode:
		if a.Class == cip.ClassConnectionManager && a.Symbol == nil {
			u, err := cip.DecodeUnconnectedSend(m.Data)
			return err == nil && cipHarmless(u.Message, depth+1)
		}
	case cip.ForwardOpen:
		o, err := cip.DecodeOpenRequest(m.Data, false)
		return a.Class != cip.ClassConnectionManager || err == nil && o.Class() >= 2
	case cip.ReadModifyWriteTag:
		return a.Class == cip.ClassConnectionManager // forward close
	}
	return true
}

// TestNothingIsAllocated holds that a message that passes, and one that is
// refused while its verb and object are known, cost no memory.
func TestNothingIsAllocated(t *testing.T) {
	for protocol, requests := range map[string][][]byte{
		Modbus: {adu(1, "03 0000 0001"), adu(2, "2b 0e 01 00")},
		S7:     {dt(job(readDB, "")), dt(userdata("000112 04 11 44 01 00", "ff09 0004 0424 0000"))},
		ENIP:   {rr(unhex(readTag)), rr(packed(readTag, readTag)), rr(through(unhex(readTag))), rr(unhex("0e 03 20 04 24 64 30 03"))},
	} {
		r := compile(reads(protocol), protocol)
		reader := newReader(protocol, new(ledger))
		for _, m := range requests {
			if n := testing.AllocsPerRun(100, func() {
				if v, err := reader.judge(m, r); err != nil || !v.pass {
					t.Fatalf("%x: %+v, %v", m, v, err)
				}
			}); n > 0 {
				t.Errorf("%s %x: %v allocations", protocol, m, n)
			}
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, c := range []struct {
		protocol string
		message  []byte
	}{{Modbus, adu(1, "03 0000 0001")}, {S7, dt(job(readDB, ""))}, {ENIP, rr(unhex(readTag))}} {
		b.Run(c.protocol, func(b *testing.B) {
			r := compile(reads(c.protocol), c.protocol)
			reader := newReader(c.protocol, new(ledger))
			b.ReportAllocs()
			for b.Loop() {
				if n, _ := reader.request(c.message); n > 0 {
					_, _ = reader.judge(c.message, r)
				}
			}
		})
	}
}
