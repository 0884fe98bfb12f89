//go:build linux

package testbed

import (
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Frame sends a frame without IP from the office and reports whether it came to
// the plant within a time.
func (b *Bed) Frame(ether uint16, within time.Duration) (bool, error) {
	in, _, err := packetSocket(b.Plant, ether)
	if err != nil {
		return false, err
	}
	defer unix.Close(in)
	out, ifindex, err := packetSocket(b.Office, 0)
	if err != nil {
		return false, err
	}
	defer unix.Close(out)
	mac, err := b.Plant.MAC(Uplink)
	if err != nil {
		return false, err
	}
	own, err := b.Office.MAC(Uplink)
	if err != nil {
		return false, err
	}
	f := append(append([]byte(nil), mac...), own...)
	f = append(binary.BigEndian.AppendUint16(f, ether), make([]byte, 46)...)
	to := &unix.SockaddrLinklayer{Ifindex: ifindex, Halen: 6}
	copy(to.Addr[:], mac)
	if err := unix.Sendto(out, f, 0, to); err != nil {
		return false, fmt.Errorf("send a frame: %w", err)
	}
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(in), Events: unix.POLLIN}}, int(within.Milliseconds()))
	return n > 0, err
}

// Tagged sends the first packet of a connection from the office to the plant in
// a frame with a VLAN's tag, and reports whether it arrived within a time.
func (b *Bed) Tagged(p policy.Packet, vlan uint16, within time.Duration) (bool, error) {
	j := &judge{bed: b, arrived: make([]bool, 1)}
	if err := j.open(); err != nil {
		return false, err
	}
	defer j.close()
	mac, err := b.Plant.MAC(Uplink)
	if err != nil {
		return false, err
	}
	copy(j.header[:], mac)
	f := j.frame(p, 0)
	tagged := binary.BigEndian.AppendUint16(append([]byte(nil), f[:12]...), unix.ETH_P_8021Q)
	tagged = append(binary.BigEndian.AppendUint16(tagged, vlan), f[12:]...)
	to := &unix.SockaddrLinklayer{Ifindex: j.ifindex, Halen: 6}
	copy(to.Addr[:], mac)
	if err := unix.Sendto(j.out, tagged, 0, to); err != nil {
		return false, fmt.Errorf("send a tagged frame: %w", err)
	}
	err = j.receive(int(within.Milliseconds()))
	return j.arrived[0], err
}
