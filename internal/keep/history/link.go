package history

import (
	"cmp"
	"context"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Link is the traffic from one client to one server, in all protocols.
type Link struct {
	Client, Server plant.Endpoint
	Protocols      []string // at most 32, sorted
	Totals
}

// Links is who talked to whom, most bytes first. Endpoints are told apart by
// MAC, IP and VLAN, as assets are made of them.
func (a *Archive) Links(ctx context.Context, segments []plant.Segment, q Query) (Answer[Link], error) {
	var all groups[[2]plant.Endpoint, Link]
	var answer Answer[Link]
	need := totalColumns(colProtocol, colFromIP, colFromMAC, colFromVLAN, colToIP, colToMAC, colToVLAN)
	err := a.scan(ctx, segments, plant.SegmentConversations, q, need, func(b *block) error {
		from, err := endpointsOf(b, colFromIP, colFromMAC, colFromVLAN)
		if err != nil {
			return err
		}
		to, err := endpointsOf(b, colToIP, colToMAC, colToVLAN)
		if err != nil {
			return err
		}
		for _, r := range b.rows {
			l := all.group([2]plant.Endpoint{from.at(r), to.at(r)})
			if l == nil {
				answer.Rest.add(b, r)
				continue
			}
			l.add(b, r)
			l.Protocols = withProtocol(l.Protocols, b.word(colProtocol, r))
		}
		return nil
	})
	for _, k := range all.keys {
		l := *all.byKey[k]
		l.Client, l.Server = k[0], k[1]
		answer.Groups = append(answer.Groups, l)
	}
	slices.SortFunc(answer.Groups, func(x, y Link) int {
		if c := byBytes(&x.Totals, &y.Totals); c != 0 {
			return c // addresses are not written out where they do not decide
		}
		return cmp.Or(cmp.Compare(x.Client.Addr(), y.Client.Addr()), cmp.Compare(x.Server.Addr(), y.Server.Addr()))
	})
	return answer, err
}
