package lab

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
)

// Ports of telephones, cameras and logs.
const (
	sipPort    = 5060
	rtspPort   = 554
	wsPort     = 3702
	syslogPort = 514
)

// sip signs a telephone on again and again.
func sip(s *scene) {
	id, n := s.Rand.Uint32(), uint32(0)
	ip := s.from.IP().String()
	s.each(func() {
		n++
		s.ask(sipPort, sipPort, message.SIPRegister(s.from.User, s.to.dns(), ip, s.from.Software, id, n),
			message.SIPRegistered(s.from.User, s.to.dns(), ip, s.to.Software, id, n))
	})
}

// camera says that it is there.
func camera(s *scene) {
	s.each(func() {
		s.shout(s.from, "239.255.255.250", wsPort, wsPort,
			message.CameraHello(s.from.guid(), s.from.Name, s.from.Model, s.from.Location, s.from.IP().String()))
	})
}

// stream is a recorder that takes a camera's pictures.
func stream(s *scene) {
	c := s.dial(rtspPort)
	url := "rtsp://" + s.to.IP().String() + "/live"
	port := s.from.Host.Datagram() &^ 1
	transport := fmt.Sprintf("Transport: RTP/AVP;unicast;client_port=%d-%d", port, port+1)
	session := fmt.Sprintf("Session: %08x\r\n", s.Rand.Uint32())
	c.Ask(message.RTSPAsk("SETUP", url, 1, transport+"\r\n"), message.RTSPAnswer(s.to.Software, 1, transport+";server_port=50000-50001\r\n"+session), quick)
	c.Ask(message.RTSPAsk("PLAY", url, 2, session), message.RTSPAnswer(s.to.Software, 2, session), quick)
	source := s.Rand.Uint32()
	s.each(func() {
		if s.gone = s.to.Down; s.gone {
			return
		}
		n := s.next()
		s.tell(s.to, s.from, 50000, port, message.RTP(n, uint32(s.Now()/(time.Second/90000)), source, s.Noise(400+s.Rand.IntN(800))))
	})
	c.Close()
}

// logs tells another machine what happened.
func logs(s *scene) {
	s.each(func() {
		s.resolve(s.from, s.to)
		for _, line := range s.talk.Names {
			s.tell(s.from, s.to, syslogPort, syslogPort, message.Syslog(s.clock().Format(time.Stamp), s.from.Name, line))
			s.Wait(quick)
		}
	})
}
