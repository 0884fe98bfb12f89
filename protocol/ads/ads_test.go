package ads

import (
	"encoding/hex"
	"errors"
	"testing"
)

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	plc = "0a0000020101" // 10.0.0.2.1.1
	eng = "0a0000630101"

	stateRequest  = "000020000000" + plc + "1027" + eng + "0180" + "0400" + "0400" + "00000000" + "00000000" + "07000000"
	stateResponse = "000028000000" + eng + "0180" + plc + "1027" + "0400" + "0500" + "08000000" + "00000000" + "07000000" + "00000000" + "0f000100"
	infoResponse  = "000038000000" + eng + "0180" + plc + "5303" + "0100" + "0500" + "18000000" + "00000000" + "08000000" + "00000000" + "0301b80b" + "506c6333302041707000000000000000"
	stopRequest   = "000028000000" + plc + "5303" + eng + "0180" + "0500" + "0400" + "08000000" + "00000000" + "09000000" + "0600" + "0000" + "00000000"
	readRequest   = "00002c000000" + plc + "5303" + eng + "0180" + "0200" + "0400" + "0c000000" + "00000000" + "0a000000" + "05f00000" + "34020034" + "04000000"
	readResponse  = "00002c000000" + eng + "0180" + plc + "5303" + "0200" + "0500" + "0c000000" + "00000000" + "0a000000" + "00000000" + "04000000" + "01020304"
	writeRequest  = "00002e000000" + plc + "5303" + eng + "0180" + "0300" + "0400" + "0e000000" + "00000000" + "0b000000" + "20400000" + "10000000" + "02000000" + "2a00"
	handleRequest = "000038000000" + plc + "5303" + eng + "0180" + "0900" + "0400" + "18000000" + "00000000" + "0c000000" + "03f00000" + "00000000" + "04000000" + "08000000" + "4d41494e2e6e3100"
	portOpen      = "001002000000" + "0000"
	refused       = "000020000000" + eng + "0180" + plc + "f401" + "0100" + "0500" + "00000000" + "06000000" + "0d000000"
)

var good = []string{stateRequest, stateResponse, infoResponse, stopRequest, readRequest, readResponse, writeRequest, handleRequest, refused, portOpen}

func decode(t *testing.T, s string) Packet {
	t.Helper()
	b := bytesOf(t, s)
	p, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("Decode(%s) = %d, %v", s, n, err)
	}
	return p
}

func TestHeader(t *testing.T) {
	p := decode(t, stateRequest)
	if p.Target.NetID.String() != "10.0.0.2.1.1" || p.Target.Port != PortSystem || p.Source.Port != 0x8001 || p.Invoke != 7 || p.Response() {
		t.Errorf("Decode = %+v", p)
	}
	if _, ok := p.Result(); ok {
		t.Error("a request has a result")
	}
}

func TestRouter(t *testing.T) {
	if p := decode(t, portOpen); !p.Router || p.Command != 0 || len(p.Data) != 2 {
		t.Errorf("Decode = %+v", p)
	}
}

func TestBodies(t *testing.T) {
	if s, ok := decode(t, stateResponse).State(); !ok || s != StateConfig || s.String() != "config" {
		t.Errorf("State = %v, %v", s, ok)
	}
	d, ok := decode(t, infoResponse).Device()
	if !ok || string(d.Name) != "Plc30 App" || d.Major != 3 || d.Minor != 1 || d.Build != 3000 {
		t.Errorf("Device = %+v, %v", d, ok)
	}
	if c, ok := decode(t, stopRequest).Control(); !ok || c.State != StateStop {
		t.Errorf("Control = %+v, %v", c, ok)
	}
	if x, ok := decode(t, readRequest).Index(); !ok || x.Group != GroupValueByHandle || x.Read != 4 {
		t.Errorf("Index of a read = %+v, %v", x, ok)
	}
	if x, ok := decode(t, writeRequest).Index(); !ok || x.Offset != 16 || string(x.Written) != "*\x00" {
		t.Errorf("Index of a write = %+v, %v", x, ok)
	}
	if x, ok := decode(t, handleRequest).Index(); !ok || string(x.Written) != "MAIN.n1\x00" {
		t.Errorf("Index of a read/write = %+v, %v", x, ok)
	}
	if d, ok := decode(t, readResponse).Returned(); !ok || len(d) != 4 {
		t.Errorf("Returned = %x, %v", d, ok)
	}
	if code, ok := decode(t, refused).Result(); !ok || code != 6 {
		t.Errorf("Result = %d, %v", code, ok)
	}
	if _, ok := decode(t, refused).Device(); ok {
		t.Error("a refused device info is read")
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"unknown AMS/TCP command", "0020", ErrReserved},
		{"long message to the local router", "0010ff000000", ErrLength},
		{"length below the AMS header", "00001f000000", ErrLength},
		{"absurd length", "0000ffffffff", ErrLength},
		{"lengths disagree", "000021000000" + stateRequest[12:], ErrLength},
		{"command 99", stateRequest[:44] + "6300" + stateRequest[48:], ErrCommand},
		{"not an ADS command", stateRequest[:48] + "0000" + stateRequest[52:], ErrCommand},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestPeekOfLargeWrite(t *testing.T) {
	b := bytesOf(t, writeRequest)
	b[2], b[3] = 0x2c, 0x10 // 4096+44 bytes
	b[26], b[27] = 0x0c, 0x10
	p, n, err := Peek(b)
	if err != nil || n != 6+0x102c || p.Length != 0x100c || len(p.Data) != 14 {
		t.Errorf("Peek = %+v, %d, %v", p, n, err)
	}
}

func TestTarget(t *testing.T) {
	xml := []byte("<TcTargetDesc><TargetType>CX9020</TargetType><TargetVersion><Version>3</Version></TargetVersion><Hardware><SerialNo>815</SerialNo></Hardware></TcTargetDesc>")
	if !IsTarget(xml) || string(Target(xml, "TargetType")) != "CX9020" || string(Target(xml, "Hardware", "SerialNo")) != "815" || string(Target(xml, "TargetVersion", "Version")) != "3" {
		t.Errorf("Target = %q, %q", Target(xml, "TargetType"), Target(xml, "Hardware", "SerialNo"))
	}
	if Target(xml, "Hardware", "Model") != nil || Target(xml[:40], "TargetVersion") != nil {
		t.Error("Target made an element up")
	}
}

const routeRequest = "03661471" + "00000000" + "06000000" + eng + "1027" + "02000000" + "0c000400" + "454e4700" + "0d000600" + "61646d696e00"

func TestDiscovery(t *testing.T) {
	d, n, err := DecodeDiscovery(bytesOf(t, routeRequest))
	if err != nil || n != len(routeRequest)/2 || d.Service != ServiceAddRoute || d.Reply || d.Count != 2 || d.From.NetID.String() != "10.0.0.99.1.1" {
		t.Fatalf("DecodeDiscovery = %+v, %d, %v", d, n, err)
	}
	name, rest, ok := Next(d.Tags)
	if !ok || name.Kind != TagRouteName || string(name.Text()) != "ENG" {
		t.Errorf("Next = %+v, %v", name, ok)
	}
	user, rest, ok := Next(rest)
	if !ok || user.Kind != TagUser || string(user.Text()) != "admin" {
		t.Errorf("Next = %+v, %v", user, ok)
	}
	if _, _, ok := Next(rest); ok {
		t.Error("a third tag")
	}
	if got := string(AppendVersion(nil, []byte{2, 11, 0xb4, 0x08})); got != "2.11.2228" {
		t.Errorf("AppendVersion = %q", got)
	}
	if _, _, err := DecodeDiscovery([]byte("M-SEARCH * HTTP/1.1\r\n")); !errors.Is(err, ErrReserved) {
		t.Errorf("DecodeDiscovery of SSDP = %v", err)
	}
}

func TestOS(t *testing.T) {
	v := make([]byte, 276)
	copy(v, bytesOf(t, "14010000"+"0a000000"+"00000000"+"ba470000"+"02000000"))
	if p, maj, min, build, ok := OS(v); !ok || p != 2 || maj != 10 || min != 0 || build != 18362 {
		t.Errorf("OS = %d %d.%d.%d %v", p, maj, min, build, ok)
	}
	if _, _, _, _, ok := OS([]byte("TwinCAT/BSD")); ok {
		t.Error("text read as OSVERSIONINFO")
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range good {
		whole := bytesOf(t, s)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
			if p, _, err := Peek(whole[:i]); err == nil {
				exercise(p)
			}
		}
	}
	whole := bytesOf(t, routeRequest)
	for i := range whole {
		if d, n, err := DecodeDiscovery(whole[:i]); err == nil && n <= i {
			Next(d.Tags)
		} else if !errors.Is(err, ErrShort) {
			t.Errorf("DecodeDiscovery(%x) = %d, %v", whole[:i], n, err)
		}
	}
}

func exercise(p Packet) {
	p.Index()
	p.Control()
	p.Result()
	p.Device()
	p.State()
	p.Returned()
}

func FuzzDecode(f *testing.F) {
	for _, s := range append(good, routeRequest) {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, n, err := Peek(b); err == nil {
			if !p.Router && int(p.Length)+tcpHeader+amsHeader != n || len(p.Data) > int(p.Length) || len(p.Data) > len(b) {
				t.Fatalf("Peek took %d of %d, data %d of %d", n, len(b), len(p.Data), p.Length)
			}
			exercise(p)
			if x, ok := p.Index(); ok && len(x.Written) > len(p.Data) {
				t.Fatal("written data outside the packet")
			}
		} else if n != 0 {
			t.Fatalf("Peek took %d with %v", n, err)
		}
		Target(b, "TargetType")
		OS(b)
		d, _, err := DecodeDiscovery(b)
		if err != nil {
			return
		}
		for tags, left := d.Tags, len(d.Tags); ; {
			tag, rest, ok := Next(tags)
			if !ok {
				break
			}
			if len(rest) >= left || len(tag.Value) > left {
				t.Fatal("Next does not advance")
			}
			tags, left = rest, len(rest)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	packet := bytesOf(b, handleRequest)
	b.ReportAllocs()
	for b.Loop() {
		p, _, err := Decode(packet)
		if x, ok := p.Index(); err != nil || !ok || x.Group != GroupHandleByName {
			b.Fatal(err)
		}
	}
}
