//go:build linux

package enforce

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	vnetlink "github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// kernel is the connection to one network namespace. Its methods are called
// under the wall's lock.
type kernel struct {
	ns    netns.NsHandle // -1 for that of the process
	nft   *nftables.Conn // collects a transaction
	raw   *netlink.Conn  // reads
	route *vnetlink.Handle
}

// sendBuffer holds the largest transaction: 10,000 elements are 1.5 MB, and the
// kernel takes a transaction only in one piece.
const sendBuffer = 64 << 20

// dial connects to the namespace of that path, or to that of the process.
func dial(path string) (*kernel, error) {
	k := &kernel{ns: -1}
	if path != "" {
		ns, err := netns.GetFromPath(path)
		if err != nil {
			return nil, fmt.Errorf("network namespace %s: %w", path, err)
		}
		k.ns = ns
	}
	if err := k.open(); err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}

func (k *kernel) open() (err error) {
	buffers := func(c *netlink.Conn) error { return c.SetWriteBuffer(sendBuffer) }
	if k.nft, err = nftables.New(nftables.WithNetNSFd(k.fd()), nftables.AsLasting(), nftables.WithSockOptions(buffers)); err != nil {
		return fmt.Errorf("netfilter by netlink: %w", err)
	}
	if k.raw, err = netlink.Dial(unix.NETLINK_NETFILTER, &netlink.Config{NetNS: k.fd()}); err != nil {
		return fmt.Errorf("netfilter by netlink: %w", err)
	}
	if k.ns >= 0 {
		k.route, err = vnetlink.NewHandleAt(k.ns, unix.NETLINK_ROUTE, unix.NETLINK_NETFILTER)
	} else {
		k.route, err = vnetlink.NewHandle(unix.NETLINK_ROUTE, unix.NETLINK_NETFILTER)
	}
	if err != nil {
		return fmt.Errorf("routing by netlink: %w", err)
	}
	return nil
}

// fd is the namespace as the netlink package wants it: 0 for the process's own.
func (k *kernel) fd() int { return max(int(k.ns), 0) }

func (k *kernel) close() error {
	var err error
	if k.nft != nil {
		err = k.nft.CloseLasting()
	}
	if k.raw != nil {
		err = errors.Join(err, k.raw.Close())
	}
	if k.route != nil {
		k.route.Close()
	}
	if k.ns >= 0 {
		err = errors.Join(err, k.ns.Close())
	}
	return err
}

// do runs f on a thread that is in the namespace: settings below /proc/sys/net
// are those of the thread that opens them.
func (k *kernel) do(f func() error) error {
	if k.ns < 0 {
		return f()
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and the thread ends with the goroutine
		if err := netns.Set(k.ns); err != nil {
			done <- fmt.Errorf("enter network namespace: %w", err)
			return
		}
		done <- f()
	}()
	return <-done
}

// commit sends the transaction that nft has collected. The kernel takes all of
// it or nothing.
func (k *kernel) commit() error {
	if err := k.nft.Flush(); err != nil {
		return fmt.Errorf("nftables transaction: %w", err)
	}
	return nil
}

// partBytes is what one message may hold of elements: the length of an attribute
// is 16 bits.
const partBytes = 60000

// add puts elements into the transaction, delete takes them out of the set.
func (k *kernel) add(s *nftables.Set, list []element) error {
	return parts(list, func(part []nftables.SetElement) error { return k.nft.SetAddElements(s, part) })
}

func (k *kernel) delete(s *nftables.Set, list []element) error {
	bare := make([]element, len(list))
	for i, e := range list {
		bare[i] = element{key: e.key, end: e.end, stop: e.stop, val: e.val, verdict: e.verdict}
	}
	return parts(bare, func(part []nftables.SetElement) error { return k.nft.SetDeleteElements(s, part) })
}

// parts hands out elements in lists that fit into a message. The end of an
// interval and the next that begins there stay in order.
func parts(list []element, f func([]nftables.SetElement) error) error {
	now := time.Now()
	var part []nftables.SetElement
	size := 0
	for i := range list {
		n := 96 + len(list[i].key) + len(list[i].end) + len(list[i].note) + len(list[i].verdict)
		if size+n > partBytes {
			if err := f(part); err != nil {
				return err
			}
			part, size = nil, 0
		}
		part, size = append(part, list[i].nft(now)), size+n
	}
	if len(part) == 0 {
		return nil
	}
	return f(part)
}

func (e *element) nft(now time.Time) nftables.SetElement {
	n := nftables.SetElement{Key: e.key, KeyEnd: e.end, IntervalEnd: e.stop, Val: e.val, Comment: e.note}
	if !e.until.IsZero() {
		n.Timeout = max(e.until.Sub(now), time.Millisecond)
	}
	switch e.verdict {
	case "":
	case "accept":
		n.VerdictData = &expr.Verdict{Kind: expr.VerdictAccept}
	case "drop":
		n.VerdictData = &expr.Verdict{Kind: expr.VerdictDrop}
	default:
		n.VerdictData = &expr.Verdict{Kind: expr.VerdictGoto, Chain: e.verdict}
	}
	return n
}

// generation is the number of the last transaction that anybody made.
func (k *kernel) generation() (uint32, error) {
	list, err := k.dump(unix.NFT_MSG_GETGEN, 0, nil, false)
	if err != nil {
		return 0, err
	}
	for _, a := range list {
		if b := a.get(unix.NFTA_GEN_ID); len(b) == 4 {
			return binary.BigEndian.Uint32(b), nil
		}
	}
	return 0, errors.New("nftables: no generation")
}

// dump asks for messages of a type and returns their attributes.
func (k *kernel) dump(kind uint16, family nftables.TableFamily, attrs []netlink.Attribute, all bool) ([]attributes, error) {
	return k.ask(unix.NFNL_SUBSYS_NFTABLES<<8|kind, family, attrs, all)
}

// ask is dump for every part of netfilter; kind has the part in its upper byte.
func (k *kernel) ask(kind uint16, family nftables.TableFamily, attrs []netlink.Attribute, all bool) ([]attributes, error) {
	body, err := netlink.MarshalAttributes(attrs)
	if err != nil {
		return nil, err
	}
	m := netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(kind), Flags: netlink.Request},
		Data:   append([]byte{byte(family), unix.NFNETLINK_V0, 0, 0}, body...),
	}
	if all {
		m.Header.Flags |= netlink.Dump
	}
	// A dump during which somebody changed something is marked so and asked for
	// again, a few times.
	for range 8 {
		reply, err := k.raw.Execute(m)
		if err != nil {
			return nil, fmt.Errorf("read netfilter: %w", err)
		}
		list, whole, err := parse(reply)
		if err != nil || whole {
			return list, err
		}
	}
	return nil, errors.New("read nftables: it changed all the while")
}

// tell has something done, and returns the kernel's answer to it.
func (k *kernel) tell(kind uint16, family nftables.TableFamily, attrs []netlink.Attribute) error {
	body, err := netlink.MarshalAttributes(attrs)
	if err != nil {
		return err
	}
	_, err = k.raw.Execute(netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(kind), Flags: netlink.Request | netlink.Acknowledge},
		Data:   append([]byte{byte(family), unix.NFNETLINK_V0, 0, 0}, body...),
	})
	return err
}

// dumpInterrupted is NLM_F_DUMP_INTR.
const dumpInterrupted = 0x10

func parse(reply []netlink.Message) (list []attributes, whole bool, err error) {
	for _, r := range reply {
		if r.Header.Flags&dumpInterrupted != 0 {
			return nil, false, nil
		}
		if len(r.Data) < 4 {
			continue
		}
		a, err := netlink.UnmarshalAttributes(r.Data[4:])
		if err != nil {
			return nil, false, fmt.Errorf("read nftables: %w", err)
		}
		list = append(list, attributes{family: nftables.TableFamily(r.Data[0]), list: a})
	}
	return list, true, nil
}

// attributes are those of one message or nest.
type attributes struct {
	family nftables.TableFamily
	list   []netlink.Attribute
}

// get is the value of an attribute, nil if it is not there.
func (a attributes) get(kind uint16) []byte {
	for _, x := range a.list {
		if x.Type&^(unix.NLA_F_NESTED|unix.NLA_F_NET_BYTEORDER) == kind {
			return x.Data
		}
	}
	return nil
}

// text is an attribute's value without the zero byte at its end.
func (a attributes) text(kind uint16) string {
	b := a.get(kind)
	if n := len(b); n > 0 && b[n-1] == 0 {
		b = b[:n-1]
	}
	return string(b)
}

// number is an attribute's value as a number, 0 if it is not there.
func (a attributes) number(kind uint16) (n uint64) {
	for _, c := range a.get(kind) {
		n = n<<8 | uint64(c)
	}
	return n
}

// nest are the attributes within an attribute; none if it is damaged.
func (a attributes) nest(kind uint16) attributes { return nested(a.get(kind)) }

func nested(b []byte) attributes {
	list, err := netlink.UnmarshalAttributes(b)
	if err != nil {
		return attributes{}
	}
	return attributes{list: list}
}
