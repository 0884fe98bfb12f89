package lab

import (
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// Connections to an S7: of a panel or of the engineering tool, to the CPU's
// slot.
const (
	s7Port  = 102
	s7Panel = 2
	s7Tool  = 1
)

// s7Open opens the transport and then the S7 connection.
func (s *scene) s7Open(kind byte) *wire.Conn {
	c := s.dial(s7Port)
	slot := byte(1)
	if strings.HasPrefix(s.to.Order, "6ES7 3") {
		slot = 2 // behind the power supply
	}
	c.Ask(message.S7Connect(1, kind, slot), message.S7Connected(1, kind, slot), cycle)
	id := s.next()
	c.Ask(message.S7Setup(id, false), message.S7Setup(id, true), cycle)
	return c
}

func s7Poll(s *scene) {
	c := s.s7Open(s7Panel)
	request, answer := message.S7Read(0, s.talk.Block, 0, s.talk.Size), message.S7Values(0, s.Bytes(s.talk.Size))
	s.each(func() {
		id := s.next()
		s.change(answer, s.talk.Size)
		c.Ask(message.S7Again(request, id), message.S7Again(answer, id), cycle)
	})
}

// s7Write sets a value that an operator typed.
func s7Write(s *scene) {
	c := s.s7Open(s7Panel)
	s.each(func() {
		id, v := s.next(), s.talk.Value
		c.Ask(message.S7Write(id, s.talk.Block, int(s.talk.Start), []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), message.S7Written(id), cycle)
	})
}

// s7Identify is how the engineering tool finds out whom it talks to.
func s7Identify(s *scene) {
	c := s.s7Open(s7Tool)
	s.s7Lists(c)
	s.Wait(2 * time.Second)
	c.Close()
}

func (s *scene) s7Lists(c *wire.Conn) {
	h := s.to
	var v [3]byte
	for i, n := 0, 0; i < len(h.Firmware) && n < 3; i++ {
		switch d := h.Firmware[i]; {
		case d >= '0' && d <= '9':
			v[n] = v[n]*10 + d - '0'
		case d == '.':
			n++
		}
	}
	hardware := uint16(h.Hardware[0] - '0')
	firmware := uint16('V')<<8 | uint16(v[0])
	ask := func(list, index uint16, records ...[]byte) {
		id := s.next()
		c.Ask(message.S7ReadList(id, list, index), message.S7List(id, list, index, records...), cycle)
	}
	ask(0x11, 0, message.S7Order(1, h.Order, 0xc0, hardware, 0), message.S7Order(6, h.Order, 0xc0, hardware, 0),
		message.S7Order(7, "", 0xc0, firmware, uint16(v[1])<<8|uint16(v[2])))
	ask(0x1c, 0, message.S7Component(1, h.Name), message.S7Component(2, h.Name), message.S7Component(3, h.Location),
		message.S7Component(4, "Original Siemens Equipment"), message.S7Component(5, h.Serial), message.S7Component(7, h.Model))
}

// s7Download loads blocks, each piece of which the controller asks for.
func s7Download(s *scene) {
	c := s.s7Open(s7Tool)
	for _, block := range s.talk.Names {
		s.s7Load(c, block)
	}
	s.Wait(time.Second)
	c.Close()
}

// s7Piece is how much of a block fits a PDU of 240 bytes.
const s7Piece = 222

func (s *scene) s7Load(c *wire.Conn, block string) {
	id := s.next()
	c.Ask(message.S7RequestDownload(id, block, s.talk.Size), message.S7Acknowledge(id, 0x1a), cycle)
	for left := s.talk.Size; left > 0; left -= s7Piece {
		id = s.next()
		s.Wait(cycle)
		c.Answer(message.S7DownloadBlock(id, block))
		s.Wait(cycle)
		c.Say(message.S7BlockData(id, s.Bytes(min(left, s7Piece)), left > s7Piece))
	}
	id = s.next()
	s.Wait(cycle)
	c.Answer(message.S7DownloadEnded(id, block))
	s.Wait(cycle)
	c.Say(message.S7Acknowledge(id, 0x1c))
	s.Wait(20 * time.Millisecond)
	id = s.next()
	c.Ask(message.S7Insert(id, block), message.S7Done(id, 0x28), cycle)
}

// s7Restart stops a controller and starts it again.
func s7Restart(s *scene) {
	c := s.s7Open(s7Tool)
	id := s.next()
	c.Ask(message.S7Stop(id), message.S7Done(id, 0x29), 40*time.Millisecond)
	s.Wait(6 * time.Second)
	id = s.next()
	c.Ask(message.S7Start(id), message.S7Done(id, 0x28), 300*time.Millisecond)
	s.Wait(time.Second)
	c.Close()
}

// s7Upload reads blocks of the program, as backups do.
func s7Upload(s *scene) {
	c := s.s7Open(s7Tool)
	for i, block := range s.talk.Names {
		id, upload := s.next(), uint32(i+7)
		c.Ask(message.S7StartUpload(id, block), message.S7UploadStarted(id, upload, s.talk.Size), cycle)
		for left := s.talk.Size; left > 0 && !s.Over(); left -= s7Piece {
			id = s.next()
			c.Ask(message.S7Upload(id, upload), message.S7UploadData(id, s.Noise(min(left, s7Piece)), left > s7Piece), cycle)
		}
		id = s.next()
		c.Ask(message.S7EndUpload(id, upload), message.S7Done(id, 0x1f), cycle)
	}
	s.Wait(time.Second)
	c.Close()
}

// s7Clock sets a controller's clock to a time that is off by what the talk
// says.
func s7Clock(s *scene) {
	c := s.s7Open(s7Tool)
	id := s.next()
	c.Ask(message.S7SetClock(id, s.clock().Add(time.Duration(s.talk.Value)*time.Second)), message.S7ClockSet(id), cycle)
	s.Wait(time.Second)
	c.Close()
}

// s7Stop stops a controller and leaves it so.
func s7Stop(s *scene) {
	c := s.s7Open(s7Tool)
	id := s.next()
	c.Ask(message.S7Stop(id), message.S7Done(id, 0x29), 40*time.Millisecond)
	s.Wait(time.Second)
	c.Close()
}

// s7plusPoll is a panel of an S7-1500, whose firmware speaks S7comm-plus.
func s7plusPoll(s *scene) {
	c := s.dial(s7Port)
	h := s.to
	n, session := s.talk.Size, 0x380+s.Rand.Uint32()%0x80
	c.Ask(message.S7PlusConnect(1), message.S7PlusConnected(1), cycle)
	c.Ask(message.S7PlusOpen(1, title(s.from)), message.S7PlusOpened(1, h.Order, h.Firmware), cycle)
	c.Ask(message.S7PlusAgree(2, session, s.Noise(32), h.Order, h.Firmware), message.S7PlusAgreed(2, s.Noise(32)), cycle)
	s.id = 2
	request, values := message.S7PlusRead(0, session, s.Noise(32), s.talk.Block, n), make([]uint32, n)
	s.each(func() {
		for i := range values {
			values[i] = s.reading(70)
		}
		id := s.next()
		c.Ask(message.S7PlusAgain(request, id, s.Noise(32)), message.S7PlusValues(id, s.Noise(32), values...), cycle)
	})
}
