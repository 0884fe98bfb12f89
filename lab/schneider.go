package lab

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
)

const modbusPort = 502

func modbusPoll(s *scene) {
	c := s.dial(modbusPort)
	request, answer := message.ModbusRead(0, 1, s.talk.Start, uint16(s.talk.Size)), message.ModbusValues(0, 1, make([]byte, 2*s.talk.Size))
	s.each(func() {
		id := s.next()
		s.change(answer, 2*s.talk.Size)
		c.Ask(message.ModbusAgain(request, id), message.ModbusAgain(answer, id), cycle)
	})
}

// modbusWrite sets a register; a second one the controller refuses.
func modbusWrite(s *scene) {
	c := s.dial(modbusPort)
	id := s.next()
	c.Ask(message.ModbusRead(id, 1, s.talk.Start, 4), message.ModbusValues(id, 1, s.Bytes(8)), cycle)
	s.Wait(3 * time.Second)
	id = s.next()
	m := message.ModbusWrite(id, 1, s.talk.Start, uint16(s.talk.Value))
	c.Ask(m, m, cycle)
	s.Wait(2 * time.Second)
	id = s.next()
	c.Ask(message.ModbusWrite(id, 1, 40000, 1), message.ModbusException(id, 1, 6, 2), cycle)
	s.Wait(time.Second)
	c.Close()
}

func modbusIdentify(s *scene) {
	c := s.dial(modbusPort)
	id := s.next()
	c.Ask(message.ModbusIdentify(id, 1), message.ModbusIdentity(id, 1, s.to.Objects...), cycle)
	s.Wait(time.Second)
	c.Close()
}

// umasIdentify is how Schneider's engineering tool begins.
func umasIdentify(s *scene) {
	c := s.dial(modbusPort)
	ask := func(function byte, request, answer []byte) {
		id := s.next()
		c.Ask(message.Umas(id, 0, function, request), message.UmasAnswer(id, 0, answer), cycle)
		s.Wait(30 * time.Millisecond)
	}
	ask(1, []byte{0}, []byte{0xfd, 0, 1, 4, 0, 0, 0x32, 0, 0, 0, 0, 0, 0})
	ask(2, nil, message.UmasIdentity(s.to.Model, 0x06010171, 0x0320))
	ask(3, []byte{0}, message.UmasProject(s.talk.Text))
	s.Wait(time.Second)
	c.Close()
}
