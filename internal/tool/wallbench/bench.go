//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// patience is how long an answer may take.
const patience = 5 * time.Second

// bench is one topology that is measured.
type bench struct {
	options
	caps   enforce.Caps
	cfg    enforce.Config
	bed    *testbed.Bed
	top    *enforce.Topology
	office netip.Addr
	plant  netip.Addr
	stops  []func()
}

func newBench(o options, caps enforce.Caps, cfg enforce.Config) (*bench, error) {
	bed, err := testbed.Make()
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, caps: caps, cfg: cfg, bed: bed}
	if err := b.open(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) open() (err error) {
	b.cfg.Office, b.cfg.Plant, b.cfg.Namespace = testbed.OfficeIf, testbed.PlantIf, b.bed.Box.Path
	b.office, b.plant = testbed.FlatOffice[0].Addr(), testbed.FlatPlant[0].Addr()
	if b.cfg.Mode == enforce.Router {
		b.office, b.plant = testbed.RouteOffice[0].Addr(), testbed.RoutePlant[0].Addr()
		err = b.bed.MakeRouted()
	} else {
		err = b.bed.MakeFlat(b.cfg.Mode == enforce.ProxyARP)
	}
	if err != nil {
		return err
	}
	b.cfg.Hosts = []enforce.Host{{Addr: b.office, Side: enforce.Office}, {Addr: b.plant, Side: enforce.Plant}}
	if b.top, err = enforce.Setup(b.cfg, b.caps); err != nil {
		return err
	}
	for _, start := range []func(string) (func(), error){b.bed.Plant.Echo, b.bed.Plant.EchoUDP} {
		stop, err := start(b.at(502))
		if err != nil {
			return err
		}
		b.stops = append(b.stops, stop)
	}
	return nil
}

func (b *bench) at(port uint16) string { return netip.AddrPortFrom(b.plant, port).String() }

func (b *bench) close() {
	for _, f := range b.stops {
		f()
	}
	if b.top != nil {
		_ = b.top.Close()
	}
	_ = b.bed.Close()
}

// policy has the conduits that are measured and many others, on a port of the
// round.
func (b *bench) policy(round int) *policy.Policy {
	host := func(a netip.Addr) []netip.Prefix { return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())} }
	p := &policy.Policy{Site: "bench", Rest: model.StageEnforce, Zones: []policy.Zone{
		{}, {ID: "office", Kind: model.ZoneEnterprise, Ranges: host(b.office)}, {ID: "cell", Kind: model.ZoneCell, Ranges: host(b.plant)},
	}, Conduits: []policy.Conduit{{ID: "measured", From: 1, To: 2, Matches: []policy.Match{
		{Proto: policy.TCP, First: 502, Last: 502}, {Proto: policy.UDP, First: 502, Last: 502},
	}}}}
	const zones = 120
	for i := range zones {
		p.Zones = append(p.Zones, policy.Zone{ID: fmt.Sprint("zone-", i), Kind: model.ZoneCell, Ranges: []netip.Prefix{
			netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16, byte(i), 0}), 24),
			netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 1, 0, 0, 0, 0, 0, byte(i)}), 64),
		}})
	}
	port := uint16(1000 + round)
	for i := 0; len(p.Conduits) <= b.conduits; i++ {
		from, to := i/zones%zones, i%zones
		if from != to {
			p.Conduits = append(p.Conduits, policy.Conduit{ID: fmt.Sprint("c-", i), From: 3 + from, To: 3 + to, Matches: []policy.Match{
				{Proto: policy.TCP, First: port + uint16(i/zones/zones), Last: port + uint16(i/zones/zones)},
			}})
		}
	}
	p.Normalize()
	return p
}

// variant is what stands in the way while it is measured.
type variant struct {
	name  string
	begin func() error
	end   func() error
}

func (b *bench) variants() []variant {
	var w *enforce.Wall
	none := func() error { return nil }
	return []variant{
		{"no rules", none, none},
		{fmt.Sprintf("%d conduits", b.conduits), func() (err error) {
			if w, err = enforce.Open(b.cfg, b.caps); err == nil {
				_, err = w.Apply(b.policy(0))
			}
			return err
		}, func() error { return errors.Join(w.Remove(), w.Close()) }},
		{fmt.Sprintf("%d linear rules", b.rules), b.linear, func() error {
			_, err := b.bed.Box.Run("nft", "flush", "ruleset")
			return err
		}},
	}
}

// linear makes rules as people write them, of which the last one fits, without
// looking at connections: what a list costs.
func (b *bench) linear() error {
	family := "inet"
	if b.cfg.Mode == enforce.Bridge {
		family = "bridge"
	}
	var s strings.Builder
	fmt.Fprintf(&s, "table %s linear {\n chain forward {\n type filter hook forward priority 0; policy accept;\n", family)
	for i := range b.rules {
		fmt.Fprintf(&s, "  ip saddr 172.16.%d.%d ip daddr 172.17.0.1 tcp dport %d accept\n", i/250, i%250, 1000+i)
	}
	s.WriteString(" }\n}\n")
	cmd := b.bed.Box.Command("nft", "-f", "-")
	cmd.Stdin = strings.NewReader(s.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("linear rules by nft: %w: %s", err, out)
	}
	return nil
}

// roundTrips measures all variants in turn, several times, and prints the
// medians with what they add to no rules.
func (b *bench) roundTrips(out io.Writer) error {
	all := b.variants()
	times := make([][3][]time.Duration, len(all))
	for range b.rounds {
		for i, v := range all {
			if err := v.begin(); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
			for k, f := range []func() (time.Duration, error){
				func() (time.Duration, error) { return b.ping("udp") },
				func() (time.Duration, error) { return b.ping("tcp") },
				b.connect,
			} {
				d, err := f()
				if err != nil {
					return fmt.Errorf("%s: %w", v.name, err)
				}
				times[i][k] = append(times[i][k], d)
			}
			if err := v.end(); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	for i, v := range all {
		fmt.Fprintf(out, "%s %s\t%s", b.cfg.Mode, b.cfg.Tracking, v.name)
		for k := range 3 {
			d := median(times[i][k])
			fmt.Fprintf(out, "\t%s\t%s", micros(d), micros(d-median(times[0][k])))
		}
		fmt.Fprintln(out)
	}
	return nil
}

// ping is the mean of many round trips.
func (b *bench) ping(network string) (time.Duration, error) {
	c, err := b.bed.Office.Dial(network, b.at(502), patience)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	msg := make([]byte, 12) // a Modbus request
	for range b.pings / 20 {
		if err := testbed.Ping(c, msg, patience); err != nil {
			return 0, err
		}
	}
	if err := c.SetDeadline(time.Now().Add(10 * time.Minute)); err != nil {
		return 0, err
	}
	began := time.Now()
	for range b.pings {
		if _, err := c.Write(msg); err != nil {
			return 0, err
		}
		if _, err := io.ReadFull(c, msg); err != nil {
			return 0, err
		}
	}
	return time.Since(began) / time.Duration(b.pings), nil
}

// connect is the median of opening a connection: its first packets are judged
// by the whole policy.
func (b *bench) connect() (time.Duration, error) {
	var all []time.Duration
	for range max(b.pings/50, 10) {
		began := time.Now()
		c, err := b.bed.Office.Dial("tcp", b.at(502), patience)
		if err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
		// A reset instead of an end: no port waits for its time.
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
	return median(all), nil
}

// changes measures applying, granting and revoking.
func (b *bench) changes(out io.Writer) error {
	w, err := enforce.Open(b.cfg, b.caps)
	if err != nil {
		return err
	}
	defer w.Close()
	policies := []*policy.Policy{b.policy(0), b.policy(100)}
	if _, err := w.Apply(policies[1]); err != nil {
		return err
	}
	var apply []time.Duration
	for i := range b.options.changes {
		a, err := w.Apply(policies[i%2])
		if err != nil {
			return err
		}
		apply = append(apply, a.Took)
	}
	var grant, revoke, stop []time.Duration
	for range max(b.options.changes, 2) {
		g, r, s, err := b.revoke(w)
		if err != nil {
			return err
		}
		grant, revoke, stop = append(grant, g), append(revoke, r), append(stop, s)
	}
	fmt.Fprintf(out, "%s %s\t%.1f, %.1f\t%s\t%s\t%s, %s\n", b.cfg.Mode, b.cfg.Tracking,
		median(apply).Seconds()*1000, worst(apply).Seconds()*1000, micros(median(grant)), micros(median(revoke)), micros(median(stop)), micros(worst(stop)))
	return w.Remove()
}

func worst(list []time.Duration) (d time.Duration) {
	for _, x := range list {
		d = max(d, x)
	}
	return d
}

// revoke grants, sends as fast as it can, revokes, and sees when the last
// datagram arrived.
func (b *bench) revoke(w *enforce.Wall) (grant, revoke, stop time.Duration, err error) {
	in, err := b.bed.Plant.Packet("udp", b.at(600))
	if err != nil {
		return 0, 0, 0, err
	}
	defer in.Close()
	began := time.Now()
	if err := w.Grant(policy.Grant{ID: "g", Src: b.office, Dst: b.plant, Proto: policy.UDP, Port: 600, Until: began.Add(time.Minute)}); err != nil {
		return 0, 0, 0, err
	}
	grant = time.Since(began)
	c, err := b.bed.Office.Dial("udp", b.at(600), patience)
	if err != nil {
		return 0, 0, 0, err
	}
	defer c.Close()
	udp := in.(*net.UDPConn)
	if err := stamped(udp); err != nil {
		return 0, 0, 0, err
	}
	var last atomic.Int64
	sent, received := make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(sent)
		msg := bytes.Repeat([]byte{1}, 12)
		for {
			select {
			case <-done:
				return
			default:
				_, _ = c.Write(msg) // a refusal is an error, and not of interest
			}
		}
	}()
	first := make(chan struct{})
	go func() {
		defer close(received)
		buf, info := make([]byte, 64), make([]byte, 64)
		for n := 0; ; n++ {
			_, oob, _, _, err := udp.ReadMsgUDP(buf, info)
			if err != nil {
				return
			}
			last.Store(arrival(info[:oob]))
			if n == 100 {
				close(first)
			}
		}
	}()
	select {
	case <-first:
	case <-time.After(patience):
		err = errors.New("what was granted does not arrive")
	}
	began = time.Now()
	err = errors.Join(err, w.Revoke("g"))
	revoke = time.Since(began)
	_ = in.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	<-received
	close(done)
	<-sent
	return grant, revoke, time.Unix(0, last.Load()).Sub(began), err
}

// stamped has the kernel say when each datagram arrived: the reader may be late.
func stamped(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	if err := raw.Control(func(fd uintptr) {
		set = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}); err != nil {
		return err
	}
	return set
}

// arrival is the time in a datagram's control messages, in nanoseconds since
// 1970, 0 if there is none.
func arrival(oob []byte) int64 {
	list, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0
	}
	for _, m := range list {
		if m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			return int64(binary.NativeEndian.Uint64(m.Data))*1e9 + int64(binary.NativeEndian.Uint64(m.Data[8:]))
		}
	}
	return 0
}
