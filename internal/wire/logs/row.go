package logs

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// column is the number of a column that some description asks for; noColumn is
// one that none does.
type column int32

const noColumn column = -1

// listMark stands between the members of a list in a value. It cannot be in a
// Zeek log and is no character of a name.
const listMark = 0x1f

// maxValue bounds a value that is kept, and maxList a list put together.
const (
	maxValue = 1024
	maxList  = 64 << 10
)

// row is one line of a log. The values lie in the line's buffer or in the arena:
// they are valid until the next row.
type row struct {
	values  [][]byte // by column; empty means unset
	touched []column
	arena   []byte // where values are put together and unescaped
	spec    *logSpec
	time    int64 // nanoseconds since 1970, 0 when the log does not say
	ref     plant.PacketRef
	addrs   map[string]netip.Addr // addresses as text that were parsed before
}

// maxAddrs bounds the addresses that need no parsing.
const maxAddrs = 1 << 16

func (r *row) reset() {
	for _, c := range r.touched {
		r.values[c] = nil
	}
	r.touched, r.arena, r.spec, r.time = r.touched[:0], r.arena[:0], nil, 0
}

// set gives a column its value; a second one makes it a list.
func (r *row) set(c column, v []byte) {
	if c == noColumn || len(v) == 0 {
		return
	}
	old := r.values[c]
	if len(old) == 0 {
		r.values[c] = v
		r.touched = append(r.touched, c)
		return
	}
	if len(old)+len(v) >= maxList {
		return
	}
	from := len(r.arena)
	r.arena = append(append(append(r.arena, old...), listMark), v...)
	r.values[c] = r.arena[from:]
}

// get is a column's value; empty when it has none.
func (r *row) get(c column) []byte {
	if c == noColumn {
		return nil
	}
	return r.values[c]
}

// either is the value of the first column that has one.
func (r *row) either(columns []column) []byte {
	for _, c := range columns {
		if v := r.get(c); len(v) > 0 {
			return v
		}
	}
	return nil
}

// first is the first member of a list.
func first(v []byte) []byte {
	if i := bytes.IndexByte(v, listMark); i >= 0 {
		return v[:i]
	}
	return v
}

func (r *row) number(c column) uint64 {
	n, _ := number(first(r.get(c)))
	return n
}

// number reads a count: decimal, or hexadecimal with its prefix.
func number(v []byte) (uint64, bool) {
	if len(v) > 2 && v[0] == '0' && (v[1] == 'x' || v[1] == 'X') {
		n, err := strconv.ParseUint(string(v[2:]), 16, 64)
		return n, err == nil
	}
	if len(v) == 0 || len(v) > 20 {
		return 0, false
	}
	whole, part, _ := bytes.Cut(v, []byte{'.'}) // JSON may write a count as 3.0
	n, ok := digits(whole)
	if len(part) > 0 {
		_, also := digits(part)
		ok = ok && also
	}
	return n, ok
}

func digits(v []byte) (n uint64, ok bool) {
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, len(v) > 0
}

func (r *row) port(c column) uint16 {
	n := r.number(c)
	if n > 0xffff {
		return 0
	}
	return uint16(n)
}

func (r *row) addr(c column) netip.Addr {
	v := first(r.get(c))
	if len(v) == 0 || len(v) > 64 {
		return netip.Addr{}
	}
	if a, ok := r.addrs[string(v)]; ok {
		return a
	}
	a, err := netip.ParseAddr(string(v))
	if err != nil {
		a = netip.Addr{}
	}
	a = a.Unmap().WithZone("")
	if r.addrs == nil {
		r.addrs = map[string]netip.Addr{}
	}
	if len(r.addrs) < maxAddrs {
		r.addrs[string(v)] = a
	}
	return a
}

func (r *row) mac(c column) plant.MAC { return parseMAC(first(r.get(c))) }

// parseMAC reads six bytes in hexadecimal with colons or hyphens; anything else
// is no address.
func parseMAC(v []byte) (m plant.MAC) {
	if len(v) != 17 {
		return m
	}
	for i := range m {
		if i > 0 && v[3*i-1] != ':' && v[3*i-1] != '-' {
			return plant.MAC{}
		}
		if _, err := hex.Decode(m[i:i+1], v[3*i:3*i+2]); err != nil {
			return plant.MAC{}
		}
	}
	return m
}

// parseTime reads seconds since 1970 with a fraction, milliseconds, or text in
// ISO 8601. 0 is no time.
func parseTime(v []byte) int64 {
	if len(v) == 0 || len(v) > 40 {
		return 0
	}
	if len(v) > 10 && v[4] == '-' {
		return parseISO(v)
	}
	return parseSeconds(v)
}

// parseISO reads "2020-03-10T20:51:54.742999+0100"; the zone may have a colon,
// be "Z" or be missing, which means UTC.
func parseISO(v []byte) int64 {
	const shape = "0000-00-00T00:00:00"
	if len(v) < len(shape) {
		return 0
	}
	for i := range shape {
		if isDigit := v[i] >= '0' && v[i] <= '9'; isDigit != (shape[i] == '0') || !isDigit && v[i] != shape[i] && v[i] != ' ' {
			return 0
		}
	}
	at := func(from, to int) int {
		n, _ := digits(v[from:to])
		return int(n)
	}
	year, month, day, hour, minute, second := at(0, 4), at(5, 7), at(8, 10), at(11, 13), at(14, 16), at(17, 19)
	if year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return 0
	}
	fraction, zone := v[len(shape):], []byte(nil)
	if i := bytes.IndexAny(fraction, "Z+-"); i >= 0 {
		fraction, zone = fraction[:i], fraction[i:]
	}
	ns, ok := nanoseconds(bytes.TrimPrefix(fraction, []byte{'.'}))
	offset, also := zoneOffset(zone)
	if !ok || !also {
		return 0
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).UnixNano() + ns - offset
}

// zoneOffset reads "+0100", "+01:00", "Z" or nothing.
func zoneOffset(v []byte) (ns int64, ok bool) {
	if len(v) == 0 || len(v) == 1 && v[0] == 'Z' {
		return 0, true
	}
	if len(v) == 6 && v[3] == ':' {
		v = append(append(make([]byte, 0, 5), v[:3]...), v[4:]...)
	}
	if len(v) != 5 {
		return 0, false
	}
	hours, ok := digits(v[1:3])
	minutes, also := digits(v[3:])
	if !ok || !also || hours > 14 || minutes > 59 {
		return 0, false
	}
	ns = int64(hours)*int64(time.Hour) + int64(minutes)*int64(time.Minute)
	if v[0] == '-' {
		ns = -ns
	}
	return ns, true
}

// nanoseconds reads the digits of a fraction of a second.
func nanoseconds(v []byte) (ns int64, ok bool) {
	unit := int64(time.Second)
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		unit /= 10
		ns += int64(c-'0') * unit
	}
	return ns, true
}

// maxSeconds is the year 2200: what lies beyond is milliseconds, as Zeek writes
// them when it is told to.
const maxSeconds = 7258118400

// parseSeconds reads "1583869914.742999" without losing digits.
func parseSeconds(v []byte) int64 {
	whole, part, _ := bytes.Cut(v, []byte{'.'})
	n, ok := number(whole)
	if !ok || n > maxSeconds*1000 {
		return 0
	}
	if n > maxSeconds {
		return int64(n) * int64(time.Millisecond)
	}
	ns, ok := nanoseconds(part)
	if !ok {
		return 0
	}
	return int64(n)*int64(time.Second) + ns
}

// duration reads seconds with a fraction.
func duration(v []byte) int64 {
	if len(v) == 0 || len(v) > 24 {
		return 0
	}
	s, err := strconv.ParseFloat(string(v), 64)
	if err != nil || !(s > 0) || s > maxSeconds {
		return 0
	}
	return int64(s * float64(time.Second))
}

// stamp is a time for the outside; 0 is none.
func stamp(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
