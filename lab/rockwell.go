package lab

import (
	"encoding/binary"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// Ports of EtherNet/IP: messages, and inputs and outputs.
const (
	enipPort   = 44818
	enipIOPort = 2222
)

func (m *cipModule) identity() message.CIPIdentity {
	return message.CIPIdentity{
		Vendor: m.Vendor, Type: m.Type, Code: m.Code, Major: m.Major, Minor: m.Minor,
		Status: m.Status, Serial: m.Serial, Name: m.Name, State: m.State,
	}
}

// cipList is how software finds devices.
func cipList(s *scene) {
	ip := s.to.IP().AsSlice()
	s.ask(s.from.Host.Datagram(), enipPort, message.ListIdentity(), message.ListedIdentity(s.to.CIP.identity(), ip))
}

// cipOpen opens a session.
func (s *scene) cipOpen() (*wire.Conn, uint32) {
	c := s.dial(enipPort)
	session := s.Rand.Uint32()
	c.Ask(message.RegisterSession(0), message.RegisterSession(session), cycle)
	return c, session
}

// cipRack asks the module at the address, and through it each other module.
func cipRack(s *scene) {
	c, session := s.cipOpen()
	ask := func(request []byte, m *cipModule) {
		n := uint32(s.next())
		c.Ask(message.CIP(session, n, request), message.CIP(session, n, message.ReadAttributes(m.identity())), cycle)
	}
	ask(message.ReadIdentity(), s.to.CIP)
	for i := range s.to.Rack {
		m := &s.to.Rack[i]
		ask(message.Unconnected(m.Slot, message.ReadIdentity()), m)
	}
	s.Wait(time.Second)
	c.Close()
}

// class3 is the trigger of a connection for messages, class1 for inputs and
// outputs.
const (
	class3 = 0xa3
	class1 = 0x01
)

// cipConnect opens a connection to the controller's message router and returns
// the identifiers of its two directions.
func (s *scene) cipConnect(c *wire.Conn, session uint32, rpi time.Duration, sizes [2]uint16, transport byte, path []byte) (toServer, toClient uint32) {
	toServer, toClient = s.Rand.Uint32(), s.Rand.Uint32()
	n := uint32(s.next())
	us := uint32(rpi / time.Microsecond)
	c.Ask(message.CIP(session, n, message.ForwardOpen(0, toClient, uint16(toClient), us, sizes, transport, path)),
		message.CIP(session, n, message.ForwardOpened(toServer, toClient, uint16(toClient), us)), cycle)
	return toServer, toClient
}

func cipPoll(s *scene) {
	c, session := s.cipOpen()
	toServer, toClient := s.cipConnect(c, session, 2*time.Second, [2]uint16{0x43f4, 0x43f4}, class3, message.MessageRouter)
	var requests [][]byte
	for _, tag := range s.talk.Names {
		requests = append(requests, message.CIPConnected(session, toServer, 0, message.ReadTag(tag, 1)))
	}
	answer := message.CIPConnected(session, toClient, 0, message.TagValue(make([]byte, 4)))
	s.each(func() {
		for _, request := range requests {
			n := s.next()
			binary.LittleEndian.PutUint32(answer[len(answer)-4:], uint32(s.Rand.IntN(1200)))
			c.Ask(message.CIPConnectedAgain(request, n), message.CIPConnectedAgain(answer, n), cycle)
		}
	})
}

// cipWrite sets a value that an operator typed.
func cipWrite(s *scene) {
	c, session := s.cipOpen()
	s.each(func() {
		n := uint32(s.next())
		c.Ask(message.CIP(session, n, message.Unconnected(0, message.WriteTag(s.talk.Text, s.talk.Value))), message.CIP(session, n, message.TagWritten()), cycle)
	})
}

// cipIO opens a connection for inputs and outputs, which then flow by
// themselves in both directions.
func cipIO(s *scene) {
	c, session := s.cipOpen()
	size := uint16(s.talk.Size)
	toServer, toClient := s.cipConnect(c, session, s.talk.Every, [2]uint16{0x4800 | size + 6, 0x4800 | size + 2}, class1, message.InputsOutputs)
	run := []byte{1, 0, 0, 0} // the header says that the controller runs
	outputs := message.CIPIO(toServer, 0, 0, append(run, s.Bytes(s.talk.Size)...))
	inputs := message.CIPIO(toClient, 0, 0, s.Bytes(s.talk.Size))
	sequence := uint32(0)
	s.each(func() {
		if s.gone = s.to.Down; s.gone {
			return
		}
		sequence++
		s.tell(s.from, s.to, enipIOPort, enipIOPort, message.CIPIOAgain(outputs, sequence, uint16(sequence)))
		s.Wait(s.Jitter(2*time.Millisecond, 0.5))
		s.change(inputs, s.talk.Size)
		s.tell(s.to, s.from, enipIOPort, enipIOPort, message.CIPIOAgain(inputs, sequence, uint16(sequence)))
	})
}

// cipFirmware replaces a device's firmware, piece by piece.
func cipFirmware(s *scene) {
	c, session := s.cipOpen()
	ask := func(request []byte) {
		n := uint32(s.next())
		c.Ask(message.CIP(session, n, request), message.CIP(session, n, message.FirmwareTaken(request[0])), 3*cycle)
	}
	ask(message.FirmwareUpdate(uint32(s.talk.Size)))
	const piece = 480
	for at := 0; at < s.talk.Size && !s.Over(); at += piece {
		ask(message.FirmwarePiece(uint32(at), s.Noise(min(piece, s.talk.Size-at))))
	}
	s.Wait(2 * time.Second)
	c.Close()
}
