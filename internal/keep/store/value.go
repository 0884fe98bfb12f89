package store

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// nanos is a time as it is kept: 0 for the zero time and for years that have
// no place in 64 bits, which only a broken clock says.
func nanos(t time.Time) int64 {
	if y := t.Year(); t.IsZero() || y < 1970 || y > 2261 {
		return 0
	}
	return t.UnixNano()
}

// clock is the time that nanos made.
func clock(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// maxIncrement is the most that one batch may add to a counter. No link
// carries 16 TB in a minute; without it one bad batch could push a sum over 64
// bits, and every later one would fail.
const maxIncrement = 1 << 44

func increment(n uint64) int64 { return int64(min(n, maxIncrement)) }

// counter is a counter that is set, not added to.
func counter(n uint64) int64 { return int64(min(n, 1<<62)) }

// maxText bounds the texts of devices.
const maxText = 8 << 10

// text is s as every database takes it: valid UTF-8 without NUL, of bounded
// length.
func text(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return unlimited(s)
}

// unlimited is s as every database takes it, however long it is.
func unlimited(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

func macText(m plant.MAC) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

func ipText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// endpointOf is the endpoint that was kept with these texts.
func endpointOf(mac, ip string, vlan int64) plant.Endpoint {
	e := plant.Endpoint{MAC: parseMAC(mac), VLAN: uint16(vlan)}
	if ip != "" {
		e.IP, _ = netip.ParseAddr(ip) // we wrote it
	}
	return e
}

func parseMAC(s string) plant.MAC {
	var m plant.MAC
	if len(s) != 17 {
		return m
	}
	for i := range m {
		m[i] = nibble(s[3*i])<<4 | nibble(s[3*i+1])
	}
	return m
}

func nibble(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// key is a hash of numbers and texts that makes a row one of a kind. It is of
// no use to one who wants two facts to be taken for one: 128 bits of SHA-256.
func key(numbers []int64, texts ...string) [16]byte {
	b := make([]byte, 0, 256)
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	for _, t := range texts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t)))
		b = append(b, t...)
	}
	h := sha256.Sum256(b)
	return [16]byte(h[:16])
}

// minute is the length of a row.
const minute = int64(time.Minute)

// Flags of a conversation as they are kept.
const (
	flagConfirmed = 1 << iota
	flagAnswered
	flagEstablished
)

func flagsOf(c *plant.Conversation) int64 {
	var f int64
	if c.Confirmed {
		f |= flagConfirmed
	}
	if c.Answered {
		f |= flagAnswered
	}
	if c.Established {
		f |= flagEstablished
	}
	return f
}

func setFlags(c *plant.Conversation, f int64) {
	c.Confirmed, c.Answered, c.Established = f&flagConfirmed != 0, f&flagAnswered != 0, f&flagEstablished != 0
}
