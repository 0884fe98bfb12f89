package bacnet

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

var (
	whoIs     = unhex("81 0b 000c 01 20 ffff 00 ff 10 08")
	iAm       = unhex("81 0b 0018 01 20 ffff 00 ff 10 00 c4020004d2 22 05c4 91 03 21 0f")
	iAmRouted = unhex("81 04 0021 0a000001bac0 01 28 ffff 00 0007 01 2a ff 10 00 c4020004d2 22 01e0 91 03 21 05")
	readName  = unhex("81 0a 0011 01 04 00 05 01 0c 0c 020004d2 19 4d")
	nameIs    = unhex("81 0a 001a 01 00 30 01 0c 0c 020004d2 19 4d 3e 75 05 00 41485531 3f")
	readMany  = unhex("81 0a 0015 01 04 00 05 02 0e 0c 020004d2 1e 09 46 09 79 1f")
	manyAre   = unhex(`81 0a 002a 01 00 30 02 0e 0c 020004d2 1e
		29 46 4e 75 06 00 454d4333 32 4f
		29 79 5e 91 02 91 20 5f
		29 70 4e 91 00 4f 1f`)
	write     = unhex("81 0a 0016 01 04 00 05 03 0f 0c 00800001 19 55 3e 91 01 3f 49 08")
	writeMany = unhex("81 0a 0018 01 04 00 05 03 10 0c 00800001 1e 09 55 2e 91 01 2f 39 08 1f")
	restart   = unhex("81 0a 0013 01 04 00 05 04 14 09 00 1d 05 00 61626364")
	segment   = unhex("81 0a 0010 01 00 3c 05 00 04 0e 0c 020004d2 ")
	refused   = unhex("81 0a 000d 01 00 50 04 14 91 04 91 1d")
	noService = unhex("81 0a 0009 01 00 60 04 09")
	abort     = unhex("81 0a 0009 01 00 71 04 04")
	ack       = unhex("81 0a 0009 01 00 20 03 0f")
	segAck    = unhex("81 0a 000a 01 00 40 05 01 04")
	foreign   = unhex("81 05 0006 003c")
	routerMsg = unhex("81 0b 0009 01 80 01 0007")
	ipv6      = unhex("82 01 0014 000001 000002 01 04 00 05 01 0c 0c 020004d2 194d")
)

var good = []struct {
	name    string
	frame   []byte
	typ     Type
	service uint8
}{
	{"who is", whoIs, UnconfirmedRequest, WhoIs},
	{"i am", iAm, UnconfirmedRequest, IAm},
	{"i am from behind a router, forwarded", iAmRouted, UnconfirmedRequest, IAm},
	{"read a property", readName, ConfirmedRequest, ReadProperty},
	{"its value", nameIs, ComplexAck, ReadProperty},
	{"read several", readMany, ConfirmedRequest, ReadPropertyMultiple},
	{"their values", manyAre, ComplexAck, ReadPropertyMultiple},
	{"write", write, ConfirmedRequest, WriteProperty},
	{"write several", writeMany, ConfirmedRequest, WritePropertyMultiple},
	{"restart", restart, ConfirmedRequest, ReinitializeDevice},
	{"a segment", segment, ComplexAck, ReadPropertyMultiple},
	{"refused", refused, Error, ReinitializeDevice},
	{"rejected", noService, Reject, 0},
	{"aborted by the server", abort, Abort, 0},
	{"done", ack, SimpleAck, WriteProperty},
	{"segment received", segAck, SegmentAck, 0},
	{"over IPv6", ipv6, ConfirmedRequest, ReadProperty},
}

func TestMain(m *testing.M) {
	for _, c := range good {
		c.frame[3] = byte(len(c.frame)) // spares counting by hand
	}
	m.Run()
}

func application(t *testing.T, frame []byte) APDU {
	t.Helper()
	f, n, err := DecodeFrame(frame)
	if err != nil || n != len(frame) {
		t.Fatalf("frame: n %d of %d, err %v", n, len(frame), err)
	}
	p, err := DecodeNPDU(f.NPDU)
	if err != nil || p.Message {
		t.Fatalf("network: %+v, err %v", p, err)
	}
	a, err := DecodeAPDU(p.Payload)
	if err != nil {
		t.Fatalf("application: %v", err)
	}
	return a
}

func TestDecode(t *testing.T) {
	for _, c := range good {
		t.Run(c.name, func(t *testing.T) {
			a := application(t, c.frame)
			if a.Type != c.typ || a.Service != c.service || !a.Plausible() {
				t.Errorf("got %+v", a)
			}
		})
	}
}

func TestNetwork(t *testing.T) {
	f, _, _ := DecodeFrame(iAmRouted)
	if !bytes.Equal(f.Origin, unhex("0a000001bac0")) {
		t.Errorf("origin %x", f.Origin)
	}
	n, err := DecodeNPDU(f.NPDU)
	if err != nil || n.SourceNet != 7 || !bytes.Equal(n.Source, []byte{0x2a}) || n.DestNet != 0xffff || len(n.Destination) != 0 {
		t.Errorf("got %+v, err %v", n, err)
	}
	f, _, _ = DecodeFrame(routerMsg)
	n, err = DecodeNPDU(f.NPDU)
	if err != nil || !n.Message || n.MessageType != 1 || !bytes.Equal(n.Payload, []byte{0, 7}) {
		t.Errorf("got %+v, err %v", n, err)
	}
	f, n2, err := DecodeFrame(foreign)
	if err != nil || n2 != 6 || f.NPDU != nil || f.Function != RegisterForeign {
		t.Errorf("got %+v, err %v", f, err)
	}
}

func TestIAm(t *testing.T) {
	for _, c := range []struct {
		name   string
		frame  []byte
		vendor uint32
	}{{"on the link", iAm, 15}, {"behind a router", iAmRouted, 5}} {
		id, err := DecodeIAm(application(t, c.frame).Data)
		if err != nil || id.Device.Instance() != 1234 || id.Vendor != c.vendor {
			t.Errorf("%s: got %+v, err %v", c.name, id, err)
		}
	}
}

func TestProperties(t *testing.T) {
	type row struct {
		object Object
		id     uint32
		failed bool
		values string
	}
	device, output := Object(DeviceType<<22|1234), Object(2<<22|1)
	for _, c := range []struct {
		name  string
		frame []byte
		want  []row
	}{
		{"read", readName, []row{{device, PropName, false, ""}}},
		{"value", nameIs, []row{{device, PropName, false, "75050041485531"}}},
		{"read several", readMany, []row{{device, PropModel, false, ""}, {device, PropVendor, false, ""}}},
		{"values and an error", manyAre, []row{
			{device, PropModel, false, "750600454d433332"}, {device, PropVendor, true, ""}, {device, PropStatus, false, "9100"},
		}},
		{"write", write, []row{{output, PropPresentValue, false, "9101"}}},
		{"write several", writeMany, []row{{output, PropPresentValue, false, "9101"}}},
		{"not about properties", restart, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := application(t, c.frame).Properties()
			for _, want := range c.want {
				p, ok := w.Next()
				if !ok || p.Object != want.object || p.ID != want.id || p.Failed != want.failed || hex.EncodeToString(p.Values) != want.values {
					t.Errorf("got %+v %v, want %+v", p, ok, want)
				}
			}
			if p, ok := w.Next(); ok {
				t.Errorf("one too many: %+v", p)
			}
		})
	}
}

func TestRestart(t *testing.T) {
	a := application(t, restart)
	state, ok := ContextTag(a.Data, 0)
	if v, _ := state.Uint(); !ok || v != 0 {
		t.Errorf("state %+v", state)
	}
	if _, ok := ContextTag(a.Data, 1); !ok {
		t.Error("the password's tag was not found")
	}
	if _, ok := ContextTag(a.Data, 2); ok {
		t.Error("found a tag that is not there")
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"UTF-8", "00 c3a9 41", "éA"},
		{"Latin-1", "05 e9 41", "éA"},
		{"UCS-2", "04 00e9 0041", "éA"},
		{"UCS-4", "03 000000e9 00000041", "éA"},
		{"code page 850", "01 0352 4141", "AA"},
		{"empty", "", ""},
	} {
		if got := string(AppendText(nil, unhex(c.in))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTags(t *testing.T) {
	long := append([]byte{0x75, 254, 0x01, 0x00}, make([]byte, 256)...)
	for _, c := range []struct {
		name string
		in   []byte
		n    int // length of the value
		err  error
	}{
		{"length in the tag", unhex("2205c4"), 2, nil},
		{"length in two more bytes", long, 256, nil},
		{"a boolean has no content", unhex("11"), 0, nil},
		{"number in a second byte", unhex("f9 20 07"), 1, nil},
		{"value cut off", unhex("2405"), 0, ErrShort},
		{"closing without a context", unhex("27"), 0, ErrTag},
		{"longer than any message", unhex("75 ff ffffffff"), 0, ErrTag},
	} {
		x, _, err := NextTag(c.in)
		if !errors.Is(err, c.err) || len(x.Value) != c.n {
			t.Errorf("%s: %+v, err %v", c.name, x, err)
		}
	}
}

// walk reads everything there is to read in b.
func walk(t *testing.T, b []byte) {
	f, n, err := DecodeFrame(b)
	if err != nil {
		return
	}
	if n > len(b) || len(f.NPDU) > n {
		t.Fatalf("took %d of %d", n, len(b))
	}
	if again, m, err := DecodeFrame(b[:n]); err != nil || m != n || again.Cut != f.Cut || !bytes.Equal(again.NPDU, f.NPDU) {
		t.Fatalf("decoded again: %+v, %d, %v", again, m, err)
	}
	p, err := DecodeNPDU(f.NPDU)
	if err != nil || p.Message {
		return
	}
	a, err := DecodeAPDU(p.Payload)
	if err != nil {
		return
	}
	left := len(a.Data) + 1
	for w := a.Properties(); ; left-- {
		x, ok := w.Next()
		if !ok {
			break
		}
		if left <= 0 || len(x.Values) > len(a.Data) {
			t.Fatalf("more properties than bytes")
		}
	}
	_, _ = DecodeIAm(a.Data)
	_, _ = ContextTag(a.Data, 2)
	_, _ = FirstObject(a.Data)
}

func TestTruncation(t *testing.T) {
	for _, c := range good {
		for i := range c.frame {
			f, n, err := DecodeFrame(c.frame[:i])
			if i < 4 && !errors.Is(err, ErrShort) || err == nil && (n != i || !f.Cut) {
				t.Errorf("%s cut to %d: %+v %v", c.name, i, f, err)
			}
			cut := bytes.Clone(c.frame[:i])
			if i >= 4 {
				cut[3] = byte(i)
			}
			walk(t, cut)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range good {
		f.Add(c.frame)
	}
	f.Add(foreign)
	f.Add(routerMsg)
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f, _, _ := DecodeFrame(manyAre)
		p, _ := DecodeNPDU(f.NPDU)
		a, _ := DecodeAPDU(p.Payload)
		for w := a.Properties(); ; {
			if _, ok := w.Next(); !ok {
				break
			}
		}
	}
}
