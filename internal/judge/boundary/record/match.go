package record

import "github.com/bulkhead-ot/bulkhead/internal/plant/policy"

// MatchOf is the match of a conduit that a packet of a protocol to a port falls
// under, nil for none.
func MatchOf(c *policy.Conduit, proto uint8, port uint16) *policy.Match {
	for i := range c.Matches {
		m := &c.Matches[i]
		if (m.Proto == policy.Any || m.Proto == proto) && m.First <= port && port <= m.Last {
			return m
		}
	}
	return nil
}
