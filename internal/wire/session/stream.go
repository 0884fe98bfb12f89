package session

// Receiver gets the bytes of one direction in order.
type Receiver interface {
	// Bytes hands over the next bytes of the stream. They are valid during
	// the call.
	Bytes(b []byte)
	// Gap says that the capture lacks n bytes before the next ones (0: nobody
	// knows how many).
	Gap(n int)
}

// Stream puts one direction of a TCP connection in order. The zero value takes
// the connection up wherever its first segment is.
type Stream struct {
	next    uint32
	started bool
	early   []segment
	held    int // bytes in early
	Lost    uint64
	fresh   int64  // when something new came last
	old     uint32 // end of the last segment that came far behind
	olds    uint8  // how many of them followed each other since
}

type segment struct {
	seq uint32
	b   []byte
	at  int64
}

const (
	maxHeld  = 256 << 10 // bytes held back in one direction
	maxEarly = 64        // segments held back
	patience = 3e9       // how long a hole may stay open, nanoseconds
	// farAhead is a jump in the sequence number that no window explains: the
	// port was used again, or much is missing.
	farAhead = 16 << 20
	// farBehind is how far behind a segment is no retransmission any more. By
	// TCP's rules it is an old copy; but when several follow each other and
	// nothing else came for as long as ports must rest (TIME-WAIT, 2 MSL of 2
	// minutes: RFC 9293, section 3.4.2), a new connection uses the ports of an old
	// one and its handshake was not seen.
	farBehind = 1 << 20
	maxOlds   = 6
	silence   = 240e9 // nanoseconds
)

// Start says where the stream begins: the sequence number behind a SYN.
func (s *Stream) Start(seq uint32, r Receiver) {
	if s.started && s.next == seq {
		return
	}
	s.flush(r)
	s.next, s.started = seq, true
}

// Segment takes a segment's payload. missing is how many bytes of it the snap
// length cut off.
func (s *Stream) Segment(seq uint32, b []byte, missing int, now int64, r Receiver) {
	if !s.started {
		s.next, s.started = seq, true
	}
	before := s.next
	ahead := int32(seq - s.next)
	switch {
	case ahead == 0:
		s.deliver(b, missing, r)
	case ahead > farAhead || ahead < -farBehind && s.restarted(seq, len(b)+missing, now):
		s.flush(r)
		r.Gap(0)
		s.next = seq
		s.deliver(b, missing, r)
	case ahead < 0:
		if over := len(b) + int(ahead); over > 0 {
			s.deliver(b[len(b)-over:], missing, r)
		} else if over+missing > 0 {
			s.deliver(nil, over+missing, r)
		}
	default:
		if missing > 0 { // a hole in it: there is no use in waiting for order
			s.skipTo(seq, r)
			s.deliver(b, missing, r)
			return
		}
		s.hold(seq, b, now, r)
		return
	}
	if int32(s.next-before) > 0 {
		s.fresh, s.olds = now, 0
	}
	if len(s.early) > 0 {
		s.release(now, r)
	}
}

// Acked says that the other side has received everything before seq: what is
// missing below it will not come, the capture lacks it.
func (s *Stream) Acked(seq uint32, r Receiver) {
	if len(s.early) == 0 {
		return
	}
	for len(s.early) > 0 && int32(seq-s.early[0].seq) > 0 {
		s.skipTo(s.early[0].seq, r)
		s.release(0, r)
	}
}

// Waiting reports whether segments are held back.
func (s *Stream) Waiting() bool { return len(s.early) > 0 }

// Close hands over what is held back, with its gaps.
func (s *Stream) Close(r Receiver) { s.flush(r) }

// restarted reports whether segments far behind are those of a new connection.
func (s *Stream) restarted(seq uint32, n int, now int64) bool {
	if s.olds > 0 && seq != s.old {
		s.olds = 0
	}
	s.old = seq + uint32(n)
	s.olds++
	if s.olds < maxOlds || now-s.fresh < silence {
		s.olds = min(s.olds, maxOlds)
		return false
	}
	s.olds = 0
	return true
}

func (s *Stream) deliver(b []byte, missing int, r Receiver) {
	s.next += uint32(len(b) + missing)
	if len(b) > 0 {
		r.Bytes(b)
	}
	if missing > 0 {
		s.Lost += uint64(missing)
		r.Gap(missing)
	}
}

func (s *Stream) hold(seq uint32, b []byte, now int64, r Receiver) {
	if len(b) == 0 {
		return
	}
	at := len(s.early)
	for at > 0 && int32(s.early[at-1].seq-seq) > 0 {
		at--
	}
	if at > 0 && s.early[at-1].seq == seq && len(s.early[at-1].b) >= len(b) {
		return
	}
	s.early = append(s.early, segment{})
	copy(s.early[at+1:], s.early[at:])
	s.early[at] = segment{seq, append([]byte(nil), b...), now}
	s.held += len(b)
	for len(s.early) > maxEarly || s.held > maxHeld || len(s.early) > 0 && now-s.early[0].at > patience {
		s.skipTo(s.early[0].seq, r)
		s.release(now, r)
	}
}

// skipTo gives up what lies before seq.
func (s *Stream) skipTo(seq uint32, r Receiver) {
	if n := int32(seq - s.next); n > 0 {
		s.Lost += uint64(n)
		s.next = seq
		r.Gap(int(n))
	}
}

// release hands over what is now in order.
func (s *Stream) release(now int64, r Receiver) {
	for len(s.early) > 0 {
		e := s.early[0]
		ahead := int32(e.seq - s.next)
		if ahead > 0 && (now == 0 || now-e.at <= patience) {
			return
		}
		s.skipTo(e.seq, r)
		s.early[0] = segment{}
		s.early = s.early[1:]
		s.held -= len(e.b)
		if over := len(e.b) + int(min(ahead, 0)); over > 0 {
			s.deliver(e.b[len(e.b)-over:], 0, r)
		}
	}
	s.early = nil
}

func (s *Stream) flush(r Receiver) {
	for len(s.early) > 0 {
		s.skipTo(s.early[0].seq, r)
		s.release(0, r)
	}
}
