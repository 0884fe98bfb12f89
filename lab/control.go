package lab

import (
	"math"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
)

// opcua reads values without protection, as most plants do.
func opcua(s *scene) {
	c := s.dial(4840)
	url := "opc.tcp://" + s.to.IP().String() + ":4840"
	client := message.UAApplication{URI: "urn:" + s.from.Name, Product: s.from.Product, Name: s.from.Software, Kind: 1}
	server := message.UAApplication{URI: "urn:" + s.to.Name, Product: s.to.Product, Name: s.to.Software, URL: url}
	ch := &message.UAChannel{Channel: s.Rand.Uint32() >> 8, Token: 1, Time: s.filetime()}
	c.Ask(message.UAHello(url), message.UAAcknowledge(), quick)
	c.Ask(ch.Open(1), ch.Opened(1), quick)
	token := s.Bytes(16)
	c.Ask(ch.CreateSession(2, client, url), ch.SessionCreated(2, server, token), quick)
	ch.Session = token
	c.Ask(ch.ActivateSession(3), ch.SessionActivated(3), quick)
	id := uint32(3)
	s.each(func() {
		id++
		ch.Time = s.filetime()
		values := make([]uint32, len(s.talk.Names))
		for i := range values {
			values[i] = s.reading(60)
		}
		c.Ask(ch.Read(id, s.talk.Names...), ch.Values(id, values...), quick)
	})
}

// reading is a measured value around a mean, in IEEE 754 form.
func (s *scene) reading(mean float64) uint32 {
	return math.Float32bits(float32(mean * (0.97 + 0.06*s.Rand.Float64())))
}

// mqtt publishes measured values.
func mqtt(s *scene) {
	c := s.dial(1883)
	c.Ask(message.MQTTConnect(s.from.Name), message.MQTTConnected(), quick)
	s.each(func() {
		for _, name := range s.talk.Names {
			c.Say(message.MQTTPublish(s.talk.Text+"/"+name, `{"value":`+string('0'+byte(s.Rand.IntN(10)))+`}`))
			s.Wait(quick)
		}
	})
}

// mqttListen subscribes, and hears what sensors publish.
func mqttListen(s *scene) {
	c := s.dial(1883)
	c.Ask(message.MQTTConnect(s.from.Name), message.MQTTConnected(), quick)
	c.Ask(message.MQTTSubscribe(1, s.talk.Text), message.MQTTSubscribed(1), quick)
	for s.cycle(5 * time.Second) {
		c.Answer(message.MQTTPublish("Advantech/00D0C97FA03E/data/temperature", `{"value":21}`))
	}
}

// bacnetPort is BACnet/IP's, 0xbac0.
const bacnetPort = 47808

// bacnet finds a building controller, reads who it is and then its values.
func bacnet(s *scene) {
	b := s.to.BACnet
	last := s.world.link(s.from).Subnet.Addr().As4()
	last[3] = 255
	s.shout(s.from, addr(last).String(), bacnetPort, bacnetPort, message.WhoIs())
	s.Wait(s.Jitter(20*time.Millisecond, 0.5))
	s.shout(s.to, addr(last).String(), bacnetPort, bacnetPort, message.IAm(b.Device, b.Vendor))
	id := byte(0)
	for _, p := range []struct {
		property byte
		value    string
	}{{77, b.Object}, {121, b.VendorName}, {70, b.Model}, {44, b.Firmware}, {58, b.Location}} {
		id++
		s.ask(bacnetPort, bacnetPort, message.BACnetRead(id, 8, b.Device, p.property), message.BACnetText(id, 8, b.Device, p.property, p.value))
		s.Wait(s.Jitter(50*time.Millisecond, 0.3))
	}
	s.each(func() {
		for input := range uint32(3) {
			id++
			s.ask(bacnetPort, bacnetPort, message.BACnetRead(id, 0, input, 85), message.BACnetReal(id, 0, input, 85, s.reading(21)))
			s.Wait(quick)
		}
	})
}

// bacnetWrite sets a setpoint that an operator changed.
func bacnetWrite(s *scene) {
	id := byte(100)
	s.each(func() {
		id++
		s.ask(bacnetPort, bacnetPort, message.BACnetWriteReal(id, 2, uint32(s.talk.Block), s.reading(21)), message.BACnetDone(id))
	})
}

// finsPort is that of FINS over UDP, for both ends.
const finsPort = 9600

func finsPoll(s *scene) {
	from, to := s.from.IP().As4()[3], s.to.IP().As4()[3]
	id := byte(0)
	ask := func(command uint16, data, answer []byte) {
		id++
		s.ask(finsPort, finsPort, message.FINS(from, to, id, command, data), message.FINSAnswer(to, from, id, command, answer))
	}
	ask(message.FINSControllerRead, []byte{0}, message.FINSController(s.to.Model, s.to.Firmware))
	request := message.FINS(from, to, 0, message.FINSMemoryRead, message.FINSWords(s.talk.Start, uint16(s.talk.Size)))
	answer := message.FINSAnswer(to, from, 0, message.FINSMemoryRead, s.Bytes(2*s.talk.Size))
	s.each(func() {
		id++
		s.change(answer, 2*s.talk.Size)
		s.ask(finsPort, finsPort, message.FINSAgain(request, id), message.FINSAgain(answer, id))
	})
}

func slmpPoll(s *scene) {
	c := s.dial(s.talk.Port)
	c.Ask(message.SLMP(message.SLMPTypeName, nil), message.SLMPAnswer(message.SLMPModel(s.to.Model, s.to.Number)), cycle)
	request := message.SLMP(message.SLMPRead, message.SLMPWords(uint32(s.talk.Start), uint16(s.talk.Size)))
	answer := message.SLMPAnswer(s.Bytes(2 * s.talk.Size))
	s.each(func() {
		s.change(answer, 2*s.talk.Size)
		c.Ask(request, answer, cycle)
	})
}

// Ports of ADS: messages, and finding each other.
const (
	adsPort     = 48898
	adsFindPort = 48899
)

// adsFind is how the engineering tool finds controllers.
func adsFind(s *scene) {
	own := message.ADSPort{IP: s.from.IP().AsSlice(), Port: 10000}
	plc := message.ADSPort{IP: s.to.IP().AsSlice(), Port: 10000}
	s.ask(s.from.Host.Datagram(), adsFindPort, message.ADSFind(own), message.ADSFound(plc, s.to.Text, 3, 1, s.to.Number))
}

// adsPoll reads the PLC's data; each router of ADS messages listens on one
// port and tells programs apart by their AMS port.
func adsPoll(s *scene) {
	c := s.dial(adsPort)
	plc := message.ADSPort{IP: s.to.IP().AsSlice(), Port: 851}
	own := message.ADSPort{IP: s.from.IP().AsSlice(), Port: 32905}
	c.Ask(message.ADS(plc, own, message.ADSDeviceInfo, 1, nil), message.ADSAnswer(own, plc, message.ADSDeviceInfo, 1, message.ADSDevice(s.to.Model, 3, 1, s.to.Number)), cycle)
	id := uint32(1)
	request := message.ADS(plc, own, message.ADSRead, id, message.ADSWords(0x4040, 0x100, uint32(s.talk.Size)))
	answer := message.ADSAnswer(own, plc, message.ADSRead, id, message.ADSValues(s.Bytes(s.talk.Size)))
	s.each(func() {
		id++
		s.change(answer, s.talk.Size)
		c.Ask(message.ADSAgain(request, id), message.ADSAgain(answer, id), cycle)
	})
}

// change makes one of the last n bytes of a message another: a process image
// changes a little from read to read.
func (s *scene) change(b []byte, n int) { b[len(b)-1-s.Rand.IntN(n)]++ }
