// Package logs turns what other sensors wrote down into observations: Zeek's
// logs (tab separated or JSON, with the ICSNPP parsers for plant protocols) and
// Suricata's eve.json. A plant that already runs one of them gets its inventory
// without a second sensor.
//
// What a log's columns mean is data: zeek.yaml and eve.yaml say which columns
// name the two ends, which tell a request from its answer and which are facts;
// protocol.yaml gives the verbs, with the same codes and kinds as packages
// dissect/… give them. The code here is a small engine that reads lines and
// applies these descriptions. Rows are added up in tables of bounded size.
//
// A log is told by its bytes. Nothing in it is trusted: a line that is no row is
// counted and reading goes on.
//
// References: Zeek 6.0 log formats and base/protocols scripts; the READMEs and
// scripts of cisagov/icsnpp-*; Suricata 7.0 user guide, "Eve JSON Format", and
// the loggers of its application layers.
package logs

import (
	"bytes"
)

// Format is who wrote a log.
type Format uint8

// Formats.
const (
	Zeek Format = iota
	Eve
)

// String is the name used in plant.Capture.
func (f Format) String() string {
	if f == Eve {
		return "eve"
	}
	return "zeek"
}

// SniffLen is how many bytes Sniff wants to see at most.
const SniffLen = 4096

// Sniff tells by the first bytes of a file whether it is a log that this package
// reads. The name of a file is never asked.
func Sniff(head []byte) (Format, bool) {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n")
	if len(head) == 0 {
		return 0, false
	}
	switch head[0] {
	case '#':
		return Zeek, isZeekHeader(head)
	case '{':
		return sniffJSON(head)
	}
	return 0, false
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// isZeekHeader looks for the directive that only Zeek writes. Comments may stand
// before it.
func isZeekHeader(head []byte) bool {
	for line := range bytes.Lines(head) {
		if line[0] != '#' {
			return false
		}
		if bytes.HasPrefix(line, []byte("#separator ")) || bytes.HasPrefix(line, []byte("#fields")) {
			return true
		}
	}
	return false
}

// zeekKeys are columns of which every Zeek log has one beside its time.
var zeekKeys = []string{"_path", "uid", "uids", "id.orig_h", "orig_h", "host", "srcmac", "slave_id", "targetid", "mac", "fuid", "fingerprint"}

func sniffJSON(head []byte) (Format, bool) {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	if hasKey(line, "event_type") {
		return Eve, true
	}
	if !hasKey(line, "ts") {
		return 0, false
	}
	for _, k := range zeekKeys {
		if hasKey(line, k) {
			return Zeek, true
		}
	}
	return 0, false
}

// hasKey reports whether a line of JSON has that key, without parsing it: the
// line may be cut.
func hasKey(line []byte, key string) bool {
	for rest := line; ; {
		i := bytes.Index(rest, []byte(`"`+key+`"`))
		if i < 0 {
			return false
		}
		rest = rest[i+len(key)+2:]
		if after := bytes.TrimLeft(rest, " \t"); len(after) > 0 && after[0] == ':' {
			return true
		}
	}
}
