package compile

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// table is the ports of protocols; its head says where they come from.
//
//go:embed ports.txt
var table string

// Known is what is known of a protocol's place in a packet. All lists are empty
// for a protocol of which nothing is known.
type Known struct {
	TCP, UDP []uint16 // ports of the one who answers
	IP       []uint8  // numbers in the IP header, of protocols without ports
	Link     bool     // it also runs, or only runs, without an IP header
	Dynamic  bool     // it agrees on further ports as it goes
}

// Ports are all protocols of the table.
func Ports() (map[string]Known, error) {
	all := map[string]Known{}
	n := 0
	for line := range strings.Lines(table) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		k, err := parseKnown(f[1:])
		if _, twice := all[f[0]]; twice && err == nil {
			err = fmt.Errorf("%s is there twice", f[0])
		}
		if err != nil {
			return nil, fmt.Errorf("ports.txt, line %d: %w", n, err)
		}
		all[f[0]] = k
	}
	return all, nil
}

// parseKnown reads the words of a row up to its remark.
func parseKnown(words []string) (Known, error) {
	var k Known
	for _, w := range words {
		name, numbers, _ := strings.Cut(w, ":")
		switch name {
		case "#":
			return k, nil
		case "link":
			k.Link = true
			continue
		case "dynamic":
			k.Dynamic = true
			continue
		}
		for s := range strings.SplitSeq(numbers, ",") {
			n, err := strconv.ParseUint(s, 10, 16)
			switch {
			case err != nil || n == 0:
				return k, fmt.Errorf("%q is no number of a port or protocol", w)
			case name == "tcp":
				k.TCP = append(k.TCP, uint16(n))
			case name == "udp":
				k.UDP = append(k.UDP, uint16(n))
			case name == "ip" && n < 255:
				k.IP = append(k.IP, uint8(n))
			default:
				return k, fmt.Errorf("%q is no transport with numbers", w)
			}
		}
	}
	return k, nil
}
