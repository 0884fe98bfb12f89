// Package enforce puts a policy into the Linux kernel and reads it back: the
// wall between an office and a plant on a small machine that both are connected
// to.
//
// It speaks netlink to nftables and runs no program. Chains and hooks are made
// once and never touched again while they are in service; a policy is only the
// contents of their sets and maps, and changes in one transaction. Timed grants
// stand before the connection shortcut, so that a grant ends at its time even
// when this process is dead. What the kernel cannot do is found out beforehand
// in a network namespace of its own ([Probe]).
//
// A machine stands between the two sides in one of three ways ([Mode]): as a
// router, as a pseudo-bridge that answers ARP and neighbour solicitations for
// hosts of one subnet (proxy ARP), or as a transparent bridge.
//
// How a packet is looked at: docs/boundary-enforcement.md.
package enforce
