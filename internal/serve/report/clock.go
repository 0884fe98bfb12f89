package report

import "time"

// clock writes times as time.RFC3339Nano does, four times as fast: nearly all
// that a report tells are of the same day.
type clock struct {
	day  int64 // days since 1970
	text string
}

const secondsOfDay = 24 * 60 * 60

func (c *clock) append(b []byte, t time.Time) []byte {
	if t.Location() != time.UTC {
		return t.AppendFormat(b, time.RFC3339Nano)
	}
	s := t.Unix()
	day := s / secondsOfDay
	if s -= day * secondsOfDay; s < 0 {
		return t.AppendFormat(b, time.RFC3339Nano)
	}
	if c.text == "" || day != c.day {
		c.day, c.text = day, t.Format("2006-01-02T")
	}
	b = two(append(b, c.text...), s/3600)
	b = two(append(b, ':'), s/60%60)
	b = two(append(b, ':'), s%60)
	return append(fraction(b, t.Nanosecond()), 'Z')
}

func two(b []byte, n int64) []byte { return append(b, '0'+byte(n/10), '0'+byte(n%10)) }

// fraction writes nanoseconds without zeros at the end.
func fraction(b []byte, n int) []byte {
	if n == 0 {
		return b
	}
	var digits [10]byte
	for i := 9; i > 0; i-- {
		digits[i] = '0' + byte(n%10)
		n /= 10
	}
	digits[0] = '.'
	end := len(digits)
	for digits[end-1] == '0' {
		end--
	}
	return append(b, digits[:end]...)
}
