package capture

import (
	"errors"
	"io"
)

// source is a buffered reader that hands out slices of its buffer. The buffer
// is small enough to stay in the processor's second-level cache.
type source struct {
	r          io.Reader
	buf        []byte
	start, end int
	err        error
}

const bufferSize = 256 << 10

func newSource(r io.Reader) *source {
	return &source{r: r, buf: make([]byte, bufferSize)}
}

// peek returns the next n bytes without taking them; fewer with the error that
// ended the input.
func (s *source) peek(n int) ([]byte, error) {
	if s.end-s.start >= n {
		return s.buf[s.start : s.start+n], nil
	}
	return s.fill(n)
}

func (s *source) fill(n int) ([]byte, error) {
	copy(s.buf, s.buf[s.start:s.end])
	s.end -= s.start
	s.start = 0
	if n > len(s.buf) {
		grown := make([]byte, n)
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	for s.end < n && s.err == nil {
		var k int
		k, s.err = s.r.Read(s.buf[s.end:])
		s.end += k
	}
	if s.end < n {
		return s.buf[:s.end], s.err
	}
	return s.buf[:n], nil
}

// take is peek and skip. The slice stays valid until the next peek or take.
func (s *source) take(n int) ([]byte, error) {
	b, err := s.peek(n)
	s.start += len(b)
	return b, err
}

// record takes n bytes of a record that has begun: the end of the input there
// is a truncation.
func (s *source) record(n int) ([]byte, error) {
	b, err := s.take(n)
	if err == nil {
		return b, nil
	}
	return nil, truncated(err)
}

func truncated(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

// skip passes over n bytes of a record.
func (s *source) skip(n int) error {
	for n > 0 {
		step := min(n, bufferSize)
		if _, err := s.record(step); err != nil {
			return err
		}
		n -= step
	}
	return nil
}
