package message_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/protocol/ads"
	"github.com/bulkhead-ot/bulkhead/protocol/bacnet"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
	"github.com/bulkhead-ot/bulkhead/protocol/dhcp"
	"github.com/bulkhead-ot/bulkhead/protocol/dns"
	"github.com/bulkhead-ot/bulkhead/protocol/enip"
	"github.com/bulkhead-ot/bulkhead/protocol/fins"
	"github.com/bulkhead-ot/bulkhead/protocol/modbus"
	"github.com/bulkhead-ot/bulkhead/protocol/mqtt"
	"github.com/bulkhead-ot/bulkhead/protocol/nbns"
	"github.com/bulkhead-ot/bulkhead/protocol/ntp"
	"github.com/bulkhead-ot/bulkhead/protocol/opcua"
	"github.com/bulkhead-ot/bulkhead/protocol/openvpn"
	"github.com/bulkhead-ot/bulkhead/protocol/pndcp"
	"github.com/bulkhead-ot/bulkhead/protocol/pnio"
	"github.com/bulkhead-ot/bulkhead/protocol/s7comm"
	"github.com/bulkhead-ot/bulkhead/protocol/s7plus"
	"github.com/bulkhead-ot/bulkhead/protocol/slmp"
	"github.com/bulkhead-ot/bulkhead/protocol/smb2"
	"github.com/bulkhead-ot/bulkhead/protocol/snmp"
	"github.com/bulkhead-ot/bulkhead/protocol/ssh"
	"github.com/bulkhead-ot/bulkhead/protocol/syslog"
	"github.com/bulkhead-ot/bulkhead/protocol/wsdiscovery"
)

// reader is a decoder of the house that must take a message whole.
type reader func(b []byte) (int, error)

func taking[T any](decode func([]byte) (T, int, error)) reader {
	return func(b []byte) (int, error) {
		_, n, err := decode(b)
		return n, err
	}
}

// padded lets a decoder leave zeros at the end.
func padded(read reader) reader {
	return func(b []byte) (int, error) {
		n, err := read(b)
		if len(bytes.Trim(b[n:], "\x00")) == 0 {
			n = len(b)
		}
		return n, err
	}
}

var (
	random   = bytes.Repeat([]byte{0x5a}, 96)
	ip       = []byte{10, 0, 0, 1}
	mac      = []byte{2, 0, 0, 0, 0, 1}
	port     = message.ADSPort{IP: ip, Port: 851}
	identity = message.CIPIdentity{Vendor: 1, Type: 14, Code: 94, Major: 32, Minor: 11, Serial: 7, Name: "1756-L73/B", State: 3}
	computer = message.Windows{Computer: "PC", Domain: "PLANT", DNS: "plant.local", User: "me", Major: 10, Build: 19045}
	lease    = message.DHCPLease{MAC: mac, Address: ip, Server: ip, Router: ip, Mask: ip, Host: "pc", Class: "MSFT 5.0", DNS: "plant.local", DNSServer: ip}
	channel  = &message.UAChannel{Channel: 1, Token: 1}
	relation = &message.PNRelation{AR: random[:16], Activity: random[:16], Controller: mac, Device: mac, Name: "plc", Vendor: 42, Kind: 1, Output: 0x8001, Input: 0x8081, Size: 24, ReductionRatio: 512}
	call     = message.SMBCall{Session: 1, Message: 2}
)

// profinet takes the datagram of DCE/RPC and each block in it.
func profinet(b []byte) (int, error) {
	d, n, err := dcerpc.DecodeDatagram(b)
	if err != nil {
		return n, err
	}
	_, blocks, err := pnio.DecodeStub(d.Rep, d.Body, d.Type == dcerpc.Response)
	if err != nil {
		return n, err
	}
	w := pnio.WalkBlocks(blocks)
	for _, more := w.Next(); more; _, more = w.Next() {
	}
	return n - len(w.Rest()), nil
}

// s7 takes the transport's header off first.
func s7(b []byte) (int, error) {
	t, n, err := cotp.Decode(b)
	if err == nil {
		_, _, err = s7comm.Decode(t.Data)
	}
	return n, err
}

// s7plusMessage takes the headers of transport and unit off first, and holds that the
// message in it can be read.
func s7plusMessage(b []byte) (int, error) {
	t, n, err := cotp.Decode(b)
	if err != nil || len(t.Data) == 0 {
		return n, err
	}
	u, m, err := s7plus.Decode(t.Data)
	if err == nil {
		if _, ok := s7plus.DecodeMessage(u.Data); !ok || !u.Last {
			err = errors.New("no message in the unit")
		}
	}
	return n - len(t.Data) + m, err
}

func TestTheHousesDecodersTakeEveryMessageWhole(t *testing.T) {
	for name, c := range map[string]struct {
		read     reader
		messages [][]byte
	}{
		"cotp": {taking(cotp.Decode), [][]byte{message.S7Connect(1, 1, 2), message.S7Connected(1, 1, 2), message.RDPConnect("me"), message.RDPConnected()}},
		"s7comm": {s7, [][]byte{
			message.S7Setup(1, false), message.S7Setup(1, true), message.S7Read(2, 10, 0, 8), message.S7Values(2, random[:8]),
			message.S7Write(3, 10, 0, ip), message.S7Written(3), message.S7Stop(4), message.S7Start(5), message.S7Done(5, 0x28),
			message.S7ReadList(6, 0x11, 0), message.S7List(6, 0x11, 0, message.S7Order(1, "6ES7 315-2EH14-0AB0", 0xc0, 8, 0)),
			message.S7StartUpload(11, "0800001"), message.S7UploadStarted(11, 7, 1480), message.S7Upload(12, 7), message.S7UploadData(12, random, false),
			message.S7EndUpload(13, 7), message.S7SetClock(14, time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)), message.S7ClockSet(14),
			message.S7RequestDownload(7, "0800001", 1480), message.S7DownloadBlock(8, "0800001"), message.S7BlockData(8, random, true),
			message.S7DownloadEnded(9, "0800001"), message.S7Acknowledge(9, 0x1c), message.S7Insert(10, "0800001"),
		}},
		"s7comm-plus": {s7plusMessage, [][]byte{
			message.S7PlusConnect(1), message.S7PlusConnected(1), message.S7PlusOpen(1, "PANEL"), message.S7PlusOpened(1, "6ES7 513-1AL02-0AB0", "V2.9.4"),
			message.S7PlusAgree(2, 0x3c0, random[:32], "6ES7 513-1AL02-0AB0", "V2.9.4"), message.S7PlusAgreed(2, random[:32]),
			message.S7PlusRead(3, 0x3c0, random[:32], 12, 6), message.S7PlusValues(3, random[:32], 1, 2, 3),
		}},
		"modbus": {taking(modbus.Decode), [][]byte{
			message.ModbusRead(1, 1, 100, 4), message.ModbusValues(1, 1, random[:8]), message.ModbusWrite(2, 1, 4, 5), message.ModbusException(2, 1, 6, 2),
			message.ModbusIdentify(3, 1), message.ModbusIdentity(3, 1, "a", "b", "c"), message.Umas(4, 0, 2, nil),
			message.UmasAnswer(4, 0, message.UmasIdentity("BMX P34 2020", 1, 0x320)), message.UmasAnswer(5, 0, message.UmasProject("Boiler")),
		}},
		"enip": {taking(enip.Decode), [][]byte{
			message.ListIdentity(), message.ListedIdentity(identity, ip), message.RegisterSession(1),
			message.CIP(1, 2, message.Unconnected(0, message.ReadIdentity())), message.CIP(1, 2, message.ReadAttributes(identity)),
			message.CIPConnected(1, 2, 3, message.ReadTag("Line.Speed", 1)), message.CIPConnected(1, 2, 3, message.TagValue(ip)),
			message.CIP(1, 2, message.FirmwareUpdate(4096)), message.CIP(1, 2, message.FirmwarePiece(0, random)), message.CIP(1, 2, message.FirmwareTaken(0x4d)),
			message.CIP(1, 2, message.WriteTag("A", 1)), message.CIP(1, 2, message.TagWritten()),
		}},
		"pndcp": {taking(pndcp.Decode), [][]byte{message.DCPIdentifyAll(1), message.DCPIdentified(1, message.PNStation{Name: "io-1", Product: "ET 200SP", IP: ip, Mask: ip, Gate: ip})}},
		"bacnet": {taking(bacnet.DecodeFrame), [][]byte{
			message.WhoIs(), message.IAm(21030, 7), message.BACnetRead(1, 8, 21030, 77), message.BACnetText(1, 8, 21030, 77, "AHU"),
			message.BACnetReal(2, 0, 1, 85, 0x41a80000), message.BACnetWriteReal(3, 2, 1, 0x41a80000), message.BACnetDone(3),
		}},
		"fins": {taking(fins.Decode), [][]byte{
			message.FINS(1, 2, 1, message.FINSControllerRead, []byte{0}), message.FINSAnswer(2, 1, 1, message.FINSControllerRead, message.FINSController("CJ2M-CPU33", "02.10")),
			message.FINS(1, 2, 2, message.FINSMemoryRead, message.FINSWords(0, 4)),
		}},
		"slmp": {taking(slmp.Decode), [][]byte{
			message.SLMP(message.SLMPTypeName, nil), message.SLMPAnswer(message.SLMPModel("R04ENCPU", 0x4805)), message.SLMP(message.SLMPRead, message.SLMPWords(100, 4)),
		}},
		"ads": {taking(ads.Decode), [][]byte{
			message.ADS(port, port, message.ADSDeviceInfo, 1, nil), message.ADSAnswer(port, port, message.ADSDeviceInfo, 1, message.ADSDevice("Plc30 App", 3, 1, 4024)),
			message.ADS(port, port, message.ADSRead, 2, message.ADSWords(0x4040, 0, 4)), message.ADSAnswer(port, port, message.ADSRead, 2, message.ADSValues(ip)),
		}},
		"ads discovery": {taking(ads.DecodeDiscovery), [][]byte{message.ADSFind(port), message.ADSFound(port, "CX-1", 3, 1, 4024)}},
		"opcua": {taking(opcua.Decode), [][]byte{
			message.UAHello("opc.tcp://a:4840"), message.UAAcknowledge(), channel.Open(1), channel.Opened(1), channel.CreateSession(2, message.UAApplication{Name: "a"}, "opc.tcp://a:4840"),
			channel.SessionCreated(2, message.UAApplication{Name: "b"}, random[:16]), channel.ActivateSession(3), channel.SessionActivated(3),
			channel.Read(4, "Line1.Level"), channel.Values(4, 0x41a80000),
		}},
		"mqtt": {taking(mqtt.Decode), [][]byte{
			message.MQTTConnect("a"), message.MQTTConnected(), message.MQTTPublish("a/b", "1"), message.MQTTSubscribe(1, "a/#"), message.MQTTSubscribed(1),
		}},
		"snmp": {taking(snmp.Decode), [][]byte{
			message.SNMP("public", false, 0x12345678, []string{"1.3.6.1.2.1.1.1.0"}, nil), message.SNMP("public", true, 1, []string{"1.3.6.1.2.1.1.1.0"}, []string{"a switch"}),
		}},
		"smb2": {func(b []byte) (int, error) { _, _, err := smb2.Decode(b[4:]); return len(b), err }, [][]byte{
			message.SMBNegotiate(random[:16]), message.SMBNegotiated(random[:16], 1, true), call.Setup(computer), call.Challenge(computer, 1, random[:8]),
			call.Authenticate(computer, computer, 1, random), call.Welcome(), call.TreeConnect(`\\A\b`), call.TreeConnected(), call.Echo(false),
			call.Create("a.txt"), call.Created(random[:16], 1), call.Write(random[:16], 0, random), call.Written(96), call.CloseFile(random[:16]), call.FileClosed(),
		}},
		"dns":  {taking(dns.Decode), [][]byte{message.DNSAsk(1, "a.example"), message.DNSAnswer(1, "a.example", ip), message.DNSAnswer(1, "a.example", nil), message.MDNSAnnounce("_ipp._tcp.local", "A printer", "p.local", 631, ip, "ty=A")}},
		"nbns": {taking(nbns.Decode), [][]byte{message.NetBIOSRegister(1, "PC", 0, false, ip)}},
		"ntp":  {taking(ntp.Decode), [][]byte{message.NTP(false, 0, "", 0, 0, 1), message.NTP(true, 1, "GPS", 1, 2, 3)}},
		"dhcp": {padded(taking(dhcp.Decode)), [][]byte{
			message.DHCP(message.DHCPDiscover, lease), message.DHCP(message.DHCPOffer, lease), message.DHCP(message.DHCPRequest, lease), message.DHCP(message.DHCPAck, lease),
		}},
		"profinet-cm": {profinet, [][]byte{
			relation.Connect(), relation.Connected(), relation.Parametrized(false), relation.Parametrized(true), relation.Ready(false), relation.Ready(true),
		}},
		"ws-discovery": {taking(wsdiscovery.Decode), [][]byte{message.CameraHello(random[:16], "cam", "P1468", "Gate", "10.0.0.1")}},
		"syslog":       {taking(syslog.Decode), [][]byte{message.Syslog("Mar 10 14:00:00", "fw1", "link up")}},
		"ssh":          {taking(ssh.DecodePacket), [][]byte{message.SSHKeys(random[:16]), message.SSHExchange(random)}},
		"openvpn": {taking(openvpn.Decode), [][]byte{
			message.OpenVPNReset(random[:8]), message.OpenVPNResetAnswer(random[:8], random[8:16]), message.OpenVPNControl(random[:8], random[8:16], 0, 1, random), message.OpenVPNData(random),
		}},
	} {
		for i, b := range c.messages {
			if n, err := c.read(b); err != nil || n != len(b) {
				t.Errorf("%s %d: %d of %d bytes, %v\n%x", name, i, n, len(b), err, b)
			}
		}
	}
}

// TestAgain holds that a message written again is the one that would be written
// anew.
func TestAgain(t *testing.T) {
	for name, c := range map[string]struct{ got, want []byte }{
		"s7":            {message.S7Again(message.S7Read(1, 10, 0, 8), 0x203), message.S7Read(0x203, 10, 0, 8)},
		"s7 answer":     {message.S7Again(message.S7Values(1, ip), 0x203), message.S7Values(0x203, ip)},
		"modbus":        {message.ModbusAgain(message.ModbusRead(1, 1, 100, 4), 0x203), message.ModbusRead(0x203, 1, 100, 4)},
		"s7comm-plus":   {message.S7PlusAgain(message.S7PlusRead(1, 7, random[:32], 12, 2), 0x203, random[32:64]), message.S7PlusRead(0x203, 7, random[32:64], 12, 2)},
		"cip connected": {message.CIPConnectedAgain(message.CIPConnected(1, 2, 3, ip), 0x203), message.CIPConnected(1, 2, 0x203, ip)},
		"cip i/o":       {message.CIPIOAgain(message.CIPIO(1, 2, 3, ip), 0x12345, 0x2345), message.CIPIO(1, 0x12345, 0x2345, ip)},
		"ads":           {message.ADSAgain(message.ADS(port, port, message.ADSRead, 1, ip), 0x12345), message.ADS(port, port, message.ADSRead, 0x12345, ip)},
		"ads answer":    {message.ADSAgain(message.ADSAnswer(port, port, message.ADSRead, 1, ip), 0x12345), message.ADSAnswer(port, port, message.ADSRead, 0x12345, ip)},
		"fins":          {message.FINSAgain(message.FINS(1, 2, 3, message.FINSMemoryRead, ip), 77), message.FINS(1, 2, 77, message.FINSMemoryRead, ip)},
		"fins answer":   {message.FINSAgain(message.FINSAnswer(1, 2, 3, message.FINSMemoryRead, ip), 77), message.FINSAnswer(1, 2, 77, message.FINSMemoryRead, ip)},
	} {
		if !bytes.Equal(c.got, c.want) {
			t.Errorf("%s: % x\nwant % x", name, c.got, c.want)
		}
	}
}
