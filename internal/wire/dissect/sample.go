package dissect

import "slices"

// Beat is what a frame of cyclic data shows at a glance (see Protocol.Cyclic).
type Beat struct {
	// Stream tells the frames of one stream from those of others in the same
	// conversation.
	Stream uint64
	// Shape is over everything that decides how the frame is counted and what
	// it says: names, flags, state numbers, lengths. A frame with the same
	// shape as the one before differs in its counter and its process data only.
	Shape uint64
	// Counter is what the sender counts its frames with, moved up to the top
	// bits; Counted says that there is one.
	Counter uint32
	Counted bool
}

// Mix adds bytes to a hash: what Stream and Shape are made of.
func Mix(h uint64, b []byte) uint64 { return hashBytes(h, b) }

const (
	learnFrames = 4   // frames of one shape are read before one is left out
	sampleOne   = 64  // of so many is read
	sampleTime  = 1e9 // and one in this time, nanoseconds
	maxStreams  = 16  // in one conversation
	maxCounts   = 8   // rows that one frame counts in
)

// stream is a stream of cyclic frames that are counted without being read.
type stream struct {
	beat   Beat
	side   uint8
	good   uint8 // frames in a row that were counted alike, up to learnFrames
	left   uint8 // frames left out since one was read
	n      uint8 // counts
	read   int64 // time of the last frame that was read
	counts [maxCounts]int32
}

// streams are those of one conversation. A new one takes the place of the oldest.
type streams struct {
	list [maxStreams]stream
	n    int
	next int
}

// tally notes what reading one frame counted: each entry is a row that got one
// message. other says that it did more than that.
type tally struct {
	rows  [maxCounts]int32
	n     uint8
	on    bool
	other bool
}

func (t *tally) add(row int32) {
	if !t.on {
		return
	}
	if t.n == maxCounts {
		t.other = true
		return
	}
	t.rows[t.n] = row
	t.n++
}

// sampled counts a frame like those before it in its stream, if enough of them
// were read, it looks like them and it is not its turn to be read.
func (e *Engine) sampled(c *Context, b *Beat) bool {
	v := c.conv.streams
	if v == nil {
		return false
	}
	s := v.find(b, c.side)
	if s == nil || s.good < learnFrames || s.beat.Shape != b.Shape || s.left >= sampleOne-1 {
		return false
	}
	if age := c.Now - s.read; age < 0 || age >= sampleTime {
		return false
	}
	if b.Counted && int32(b.Counter-s.beat.Counter) <= 0 {
		return false
	}
	s.beat.Counter = b.Counter
	s.left++
	for _, row := range s.counts[:s.n] {
		r := &c.conv.rows[row]
		r.touch(c)
		r.requests++
	}
	e.Sampled++
	return true
}

// learnStream takes note of how a frame was counted that was read.
func (e *Engine) learnStream(c *Context, b *Beat) {
	t := &e.tally
	if c.conv.streams == nil {
		c.conv.streams = new(streams)
	}
	v := c.conv.streams
	s := v.find(b, c.side)
	if s == nil {
		s = &v.list[v.next]
		v.next = (v.next + 1) % maxStreams
		v.n = min(v.n+1, maxStreams)
		*s = stream{side: c.side}
	}
	alike := s.beat.Shape == b.Shape && !t.other && slices.Equal(s.counts[:s.n], t.rows[:t.n])
	switch {
	case !alike:
		s.good = 0
	case s.good < learnFrames:
		s.good++
	}
	s.beat, s.read, s.left = *b, c.Now, 0
	s.n, s.counts = t.n, t.rows
}

func (v *streams) find(b *Beat, side uint8) *stream {
	for i := range v.list[:v.n] {
		if s := &v.list[i]; s.beat.Stream == b.Stream && s.side == side {
			return s
		}
	}
	return nil
}

// moved follows the rows to where they are now; a stream whose row is gone is
// learnt anew. used says which rows stay.
func (v *streams) moved(place []int32, used func(row int32) bool) {
	for i := range v.list[:v.n] {
		s := &v.list[i]
		for k, row := range s.counts[:s.n] {
			if !used(row) {
				s.good, s.n = 0, 0
				break
			}
			s.counts[k] = place[row]
		}
	}
}
