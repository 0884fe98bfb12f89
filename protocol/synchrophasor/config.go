package synchrophasor

import "encoding/binary"

// Station is one measuring unit of a configuration. Name is borrowed; it is
// padded with spaces in configurations 1 and 2.
type Station struct {
	Name     []byte
	ID       uint16 // the unit's number behind a concentrator
	Phasors  uint16
	Analogs  uint16
	Digitals uint16 // words of 16 signals
	Nominal  uint8  // nominal frequency, 50 or 60 Hz
	Changes  uint16 // counts changes of the configuration
}

// Stations walks the stations of a configuration frame.
type Stations struct {
	rest   []byte
	left   uint16
	third  bool // laid out as configuration 3
	damage bool
}

// Stations is a walk over the stations of a configuration, and how many it
// says there are. Configuration 3 may be split over frames: then those of the
// first are walked, as far as they are whole.
func (f Frame) Stations() (Stations, int) {
	b := f.Body
	switch f.Type {
	case Config1, Config2:
	case Config3:
		if len(b) < 2 || binary.BigEndian.Uint16(b) > 1 {
			return Stations{}, 0 // not the first frame
		}
		b = b[2:]
	default:
		return Stations{}, 0
	}
	// The time base goes before the number of stations, the rate behind them.
	if len(b) < 8 {
		return Stations{}, 0
	}
	n := binary.BigEndian.Uint16(b[4:])
	return Stations{rest: b[6 : len(b)-2], left: n, third: f.Type == Config3}, int(n)
}

// Rate is how often a configuration says that data is sent: frames a second,
// or when negative seconds a frame.
func (f Frame) Rate() (int16, bool) {
	switch f.Type {
	case Config1, Config2, Config3:
	default:
		return 0, false
	}
	if len(f.Body) < 2 {
		return 0, false
	}
	return int16(binary.BigEndian.Uint16(f.Body[len(f.Body)-2:])), true
}

// Next is the next station.
func (s *Stations) Next() (Station, bool) {
	if s.left == 0 || s.damage {
		return Station{}, false
	}
	read := fixedStation
	if s.third {
		read = namedStation
	}
	st, n := read(s.rest)
	if n == 0 {
		s.damage = true
		return Station{}, false
	}
	s.left--
	s.rest = s.rest[n:]
	return st, true
}

// Damaged says that Next stopped at a station that is cut off.
func (s *Stations) Damaged() bool { return s.damage }

const nameLen = 16

// fixedStation reads a station of configuration 1 or 2, where each name has 16
// octets, and returns the number of bytes it took, 0 when it is cut off.
func fixedStation(b []byte) (Station, int) {
	const head = nameLen + 10
	if len(b) < head {
		return Station{}, 0
	}
	s := Station{Name: b[:nameLen:nameLen], ID: binary.BigEndian.Uint16(b[nameLen:])}
	s.counts(b[nameLen+4:])
	n := head + nameLen*s.channels() + 4*(int(s.Phasors)+int(s.Analogs)+int(s.Digitals)) + 4
	if n > len(b) {
		return Station{}, 0
	}
	s.tail(b[n-4:])
	return s, n
}

// namedStation reads a station of configuration 3, where each name has its
// length before it.
func namedStation(b []byte) (Station, int) {
	name, at := shortString(b, 0)
	const global = 16 // the unit's number in the whole grid
	if at == 0 || len(b)-at < 2+global+8 {
		return Station{}, 0
	}
	s := Station{Name: name, ID: binary.BigEndian.Uint16(b[at:])}
	at += 2 + global + 2
	s.counts(b[at:])
	at += 6
	for range s.channels() {
		if _, at = shortString(b, at); at == 0 {
			return Station{}, 0
		}
	}
	// Scales of the channels; then place, class, window, delay.
	at += 12*int(s.Phasors) + 8*int(s.Analogs) + 4*int(s.Digitals) + 12 + 1 + 4 + 4
	if at+4 > len(b) {
		return Station{}, 0
	}
	s.tail(b[at:])
	return s, at + 4
}

// shortString reads a string with its length in the octet before it and
// returns the place behind it, 0 when it is cut off.
func shortString(b []byte, at int) ([]byte, int) {
	if at >= len(b) {
		return nil, 0
	}
	end := at + 1 + int(b[at])
	if end > len(b) {
		return nil, 0
	}
	return b[at+1 : end : end], end
}

func (s *Station) counts(b []byte) {
	s.Phasors = binary.BigEndian.Uint16(b)
	s.Analogs = binary.BigEndian.Uint16(b[2:])
	s.Digitals = binary.BigEndian.Uint16(b[4:])
}

// channels is how many names a station has: a digital word has one for each
// of its bits.
func (s *Station) channels() int {
	return int(s.Phasors) + int(s.Analogs) + 16*int(s.Digitals)
}

func (s *Station) tail(b []byte) {
	s.Nominal = 60
	if b[1]&1 != 0 {
		s.Nominal = 50
	}
	s.Changes = binary.BigEndian.Uint16(b[2:])
}
