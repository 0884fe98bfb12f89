package session

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sink collects what a stream hands over; gaps show as "[n]".
type sink struct{ strings.Builder }

func (s *sink) Bytes(b []byte) { s.Write(b) }
func (s *sink) Gap(n int)      { fmt.Fprintf(s, "[%d]", n) }

type step struct {
	seq     uint32
	data    string
	missing int
	ack     uint32 // not 0: the other side acknowledges this
}

func TestStream(t *testing.T) {
	cases := []struct {
		name  string
		start uint32
		steps []step
		want  string
	}{
		{"in order", 100, []step{{seq: 100, data: "ab"}, {seq: 102, data: "cd"}}, "abcd"},
		{"picked up in the middle", 0, []step{{seq: 7777, data: "ab"}, {seq: 7779, data: "cd"}}, "abcd"},
		{"retransmission", 100, []step{{seq: 100, data: "ab"}, {seq: 100, data: "ab"}, {seq: 102, data: "cd"}}, "abcd"},
		{"retransmission with more", 100, []step{{seq: 100, data: "ab"}, {seq: 100, data: "abcd"}}, "abcd"},
		{"keep-alive one byte back", 100, []step{{seq: 100, data: "ab"}, {seq: 101, data: "\x00"}, {seq: 102, data: "cd"}}, "abcd"},
		{"two swapped", 100, []step{{seq: 102, data: "cd"}, {seq: 100, data: "ab"}}, "abcd"},
		{"three backwards", 100, []step{{seq: 104, data: "ef"}, {seq: 102, data: "cd"}, {seq: 100, data: "ab"}}, "abcdef"},
		{"early and overlapping", 100, []step{{seq: 101, data: "bcd"}, {seq: 103, data: "def"}, {seq: 100, data: "ab"}}, "abcdef"},
		{"a hole that the other side acknowledged", 100, []step{{seq: 100, data: "ab"}, {seq: 105, data: "fg"}, {ack: 107}}, "ab[3]fg"},
		{"an acknowledgement of what came", 100, []step{{seq: 100, data: "ab"}, {ack: 102}, {seq: 102, data: "cd"}}, "abcd"},
		{"a hole at the end of the capture", 100, []step{{seq: 100, data: "ab"}, {seq: 104, data: "ef"}}, "ab[2]ef"},
		{"bytes cut by the snap length", 100, []step{{seq: 100, data: "ab", missing: 3}, {seq: 105, data: "fg"}}, "ab[3]fg"},
		{"cut bytes sent again whole", 100, []step{{seq: 100, data: "ab", missing: 1}, {seq: 100, data: "abc"}, {seq: 103, data: "d"}}, "ab[1]d"},
		{"sequence numbers wrap", 0xfffffffe, []step{{seq: 0xfffffffe, data: "ab"}, {seq: 0, data: "cd"}}, "abcd"},
		{"an old copy from far behind", 0x10000000, []step{{seq: 0x10000000, data: "ab"}, {seq: 100, data: "xy"}, {seq: 0x10000002, data: "cd"}}, "abcd"},
		{"a jump that no window explains", 100, []step{{seq: 100, data: "ab"}, {seq: 0x40000000, data: "xy"}}, "ab[0]xy"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var s Stream
			var got sink
			if c.start != 0 {
				s.Start(c.start, &got)
			}
			for i, st := range c.steps {
				if st.ack != 0 {
					s.Acked(st.ack, &got)
					continue
				}
				s.Segment(st.seq, []byte(st.data), st.missing, int64(i), &got)
			}
			s.Close(&got)
			if got.String() != c.want {
				t.Errorf("got %q, want %q", got.String(), c.want)
			}
		})
	}
}

func TestStreamGivesUpAHoleInTime(t *testing.T) {
	var s Stream
	var got sink
	s.Start(100, &got)
	s.Segment(102, []byte("cd"), 0, 0, &got)
	s.Segment(104, []byte("ef"), 0, patience+1, &got)
	if got.String() != "[2]cdef" {
		t.Errorf("got %q", got.String())
	}
}

// TestStreamOfANewConnection uses the ports of an old connection again without a
// handshake in the capture: after a while the new one is followed.
func TestStreamOfANewConnection(t *testing.T) {
	for pause, want := range map[int64]string{1e9: "ab", silence + 1: "ab[0]67"} {
		var s Stream
		var got sink
		s.Segment(0x10000000, []byte("ab"), 0, 1, &got)
		for i, data := range []string{"1", "2", "3", "4", "5", "6", "7"} {
			s.Segment(100+uint32(i), []byte(data), 0, pause+int64(i), &got)
		}
		if got.String() != want {
			t.Errorf("after %d ns: %q, want %q", pause, got.String(), want)
		}
	}
}

// TestStreamOfAnyOrder cuts a text into segments, sends them in any order and
// often twice: as long as nothing is lost the text comes out.
func TestStreamOfAnyOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	text := strings.Repeat("the quick brown fox ", 40)
	for range 300 {
		var s Stream
		var got sink
		s.Start(5000, &got)
		type piece struct{ from, to int }
		var pieces []piece
		for at := 0; at < len(text); {
			n := min(1+rng.IntN(40), len(text)-at)
			pieces = append(pieces, piece{at, at + n})
			if rng.IntN(4) == 0 {
				pieces = append(pieces, piece{max(0, at-5), at + n})
			}
			at += n
		}
		for i := range pieces { // a window's worth of disorder
			j := min(i+rng.IntN(6), len(pieces)-1)
			pieces[i], pieces[j] = pieces[j], pieces[i]
		}
		for i, p := range pieces {
			s.Segment(5000+uint32(p.from), []byte(text[p.from:p.to]), 0, int64(i), &got)
		}
		s.Close(&got)
		if got.String() != text {
			t.Fatalf("got %q", got.String())
		}
	}
}

func TestStreamHoldsABoundedAmount(t *testing.T) {
	var s Stream
	var got sink
	s.Start(0, &got)
	for i := range uint32(1000) {
		s.Segment(10+i*1400*2, make([]byte, 1400), 0, 0, &got)
		if s.held > maxHeld || len(s.early) > maxEarly {
			t.Fatalf("%d bytes in %d segments are held", s.held, len(s.early))
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte{0, 5, 10, 5, 5, 5})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Stream
		var got counter
		for i := 0; i+1 < len(b); i += 2 {
			if b[i] == 0xff {
				s.Acked(uint32(b[i+1])*8, &got)
				continue
			}
			s.Segment(uint32(b[i])*16, make([]byte, b[i+1]), int(b[i]&1), int64(i)*1e8, &got)
		}
		s.Close(&got)
		if s.held != 0 || len(s.early) != 0 {
			t.Fatalf("%d bytes in %d segments are left after Close", s.held, len(s.early))
		}
		if got.bytes > len(b)*256 {
			t.Fatalf("%d bytes came out of %d", got.bytes, len(b)*256)
		}
	})
}

type counter struct{ bytes int }

func (c *counter) Bytes(b []byte) { c.bytes += len(b) }
func (c *counter) Gap(int)        {}
