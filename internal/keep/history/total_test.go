package history

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// sum is what the package's answers must come to, added up the simple way.
func (t *Totals) sum(c *Conversation) {
	t.Rows++
	t.Flows += c.Flows
	t.PacketsUp += c.PacketsUp
	t.PacketsDown += c.PacketsDown
	t.BytesUp += c.BytesUp
	t.BytesDown += c.BytesDown
	t.Lost += c.Lost
	if t.First.IsZero() || c.First.Before(t.First) {
		t.First = c.First
	}
	if c.Last.After(t.Last) {
		t.Last = c.Last
	}
}

// sum counts one row the simple way.
func (t *Talker) sum(c *Conversation, client bool) {
	one := Totals{First: t.First, Last: t.Last}
	one.sum(c)
	t.First, t.Last = one.First, one.Last
	if client {
		t.AsClient++
		t.BytesSent += c.BytesUp
		t.BytesReceived += c.BytesDown
		t.PacketsSent += c.PacketsUp
		t.PacketsReceived += c.PacketsDown
		return
	}
	t.AsServer++
	t.BytesSent += c.BytesDown
	t.BytesReceived += c.BytesUp
	t.PacketsSent += c.PacketsDown
	t.PacketsReceived += c.PacketsUp
}

func place[K comparable, V any](m map[K]*V, k K) *V {
	if m[k] == nil {
		m[k] = new(V)
	}
	return m[k]
}

func TestAnswersAreTheSumsOfTheRows(t *testing.T) {
	ctx := context.Background()
	a, _ := openTest(t)
	segments := newTestPlant(4, 150).hours(t, a, 4)
	rows := read(t, a, segments, Query{})

	t.Run("top talkers", func(t *testing.T) {
		want := map[string]*Talker{}
		for i := range rows {
			place(want, rows[i].Client.Addr()).sum(&rows[i], true)
			place(want, rows[i].Server.Addr()).sum(&rows[i], false)
		}
		got, err := a.TopTalkers(ctx, segments, Query{}, 1000)
		if err != nil || len(got.Groups) != len(want) || got.Rest != (Totals{}) {
			t.Fatalf("%d talkers of %d, rest %+v, %v", len(got.Groups), len(want), got.Rest, err)
		}
		for _, g := range got.Groups {
			want[g.Addr].Addr = g.Addr
			if d := gocmp.Diff(*want[g.Addr], g); d != "" {
				t.Errorf("%s (-want +got):\n%s", g.Addr, d)
			}
		}
		if !slices.IsSortedFunc(got.Groups, func(x, y Talker) int {
			return cmp.Compare(y.BytesSent+y.BytesReceived, x.BytesSent+x.BytesReceived)
		}) {
			t.Error("not in order of bytes")
		}
		if few, _ := a.TopTalkers(ctx, segments, Query{}, 5); !slices.Equal(few.Groups, got.Groups[:5]) {
			t.Error("the first five are others")
		}
	})

	t.Run("peers", func(t *testing.T) {
		for _, me := range []string{rows[0].Server.Addr(), rows[0].Client.Addr()} {
			want := map[Peer]*Totals{}
			for i := range rows {
				c := &rows[i]
				if c.Client.Addr() != me && c.Server.Addr() != me {
					continue
				}
				k := Peer{Addr: c.Server.Addr(), Transport: c.Transport, Port: c.Port, Protocol: c.Protocol}
				if c.Client.Addr() != me {
					k.Addr, k.Client = c.Client.Addr(), true
				}
				place(want, k).sum(c)
			}
			got, err := a.Peers(ctx, segments, me, Query{})
			if err != nil || len(got.Groups) != len(want) || len(want) == 0 {
				t.Fatalf("%d peers of %d, %v", len(got.Groups), len(want), err)
			}
			for _, g := range got.Groups {
				k := g
				k.Totals = Totals{}
				if d := gocmp.Diff(*want[k], g.Totals); d != "" {
					t.Errorf("%s with %s (-want +got):\n%s", me, g.Addr, d)
				}
			}
		}
	})

	t.Run("traffic", func(t *testing.T) {
		type key struct {
			start    time.Time
			protocol string
		}
		want := map[key]*Totals{}
		for i := range rows {
			place(want, key{rows[i].Start.Truncate(15 * time.Minute), rows[i].Protocol}).sum(&rows[i])
		}
		got, err := a.Traffic(ctx, segments, Query{}, 15*time.Minute)
		if err != nil || len(got.Groups) != len(want) {
			t.Fatalf("%d stretches of %d, %v", len(got.Groups), len(want), err)
		}
		for _, g := range got.Groups {
			if d := gocmp.Diff(*want[key{g.Start, g.Protocol}], g.Totals); d != "" {
				t.Errorf("%v %s (-want +got):\n%s", g.Start, g.Protocol, d)
			}
		}
	})

	t.Run("pairs", func(t *testing.T) {
		want := map[[2]string]*Totals{}
		vlans := map[[2]string]bool{}
		for i := range rows {
			place(want, [2]string{simplePrefix(rows[i].Client), simplePrefix(rows[i].Server)}).sum(&rows[i])
			vlans[[2]string{itoa(rows[i].Client.VLAN), itoa(rows[i].Server.VLAN)}] = true
		}
		got, err := a.Pairs(ctx, segments, Query{}, ByPrefix)
		if err != nil || len(got.Groups) != len(want) {
			t.Fatalf("%d pairs of %d, %v", len(got.Groups), len(want), err)
		}
		for _, g := range got.Groups {
			if d := gocmp.Diff(*want[[2]string{g.Client, g.Server}], g.Totals); d != "" {
				t.Errorf("%s to %s (-want +got):\n%s", g.Client, g.Server, d)
			}
			if !slices.IsSorted(g.Protocols) || len(g.Protocols) == 0 {
				t.Errorf("protocols %q", g.Protocols)
			}
		}
		byVLAN, err := a.Pairs(ctx, segments, Query{}, ByVLAN)
		if err != nil || len(byVLAN.Groups) != len(vlans) {
			t.Errorf("%d pairs of VLANs of %d, %v", len(byVLAN.Groups), len(vlans), err)
		}
		if _, err := a.Pairs(ctx, segments, Query{}, "colour"); err == nil {
			t.Error("grouped by colour")
		}
	})
}

func simplePrefix(e plant.Endpoint) string {
	if !e.IP.IsValid() {
		return "ethernet"
	}
	return netip.PrefixFrom(e.IP, 24).Masked().String()
}

func itoa(n uint16) string { return strconv.Itoa(int(n)) }

func TestNetworksOfAddresses(t *testing.T) {
	for addr, want := range map[string]string{
		"10.1.2.3": "10.1.2.0/24", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "::ffff:10.1.2.3": "10.1.2.0/24",
		"fe80::1%eth0": "fe80::/64", "00:1b:1b:02:00:07": "ethernet",
	} {
		if got := prefixOf(addr); got != want {
			t.Errorf("%s is in %s, want %s", addr, got, want)
		}
	}
}

// TestWhatFindsNoRoomIsCounted holds that a scan that shows more addresses than
// an answer has room for loses no byte of the sum.
func TestWhatFindsNoRoomIsCounted(t *testing.T) {
	a, _ := openTest(t)
	const n = MaxGroups + 500
	segment, err := a.WriteConversations(context.Background(), hour(0), func(yield func(Conversation, error) bool) {
		for i := range n {
			c := Conversation{Sensor: "s", Start: monday}
			c.Client.IP = netip.AddrFrom4([4]byte{10, 0, 0, 1})
			c.Server.IP = netip.AddrFrom4([4]byte{11, byte(i >> 16), byte(i >> 8), byte(i)})
			c.Transport, c.Port, c.Protocol, c.BytesUp = plant.TCP, 502, "modbus", 60
			c.First, c.Last = monday, monday
			if !yield(c, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if segment.Rows != n {
		t.Errorf("%d rows of %d", segment.Rows, n)
	}
	got, err := a.Peers(context.Background(), []plant.Segment{segment}, "10.0.0.1", Query{})
	if err != nil || len(got.Groups) != MaxGroups || got.Rest.Rows != 500 || got.Rest.BytesUp != 500*60 {
		t.Errorf("%d peers, rest %+v, %v", len(got.Groups), got.Rest, err)
	}
}
