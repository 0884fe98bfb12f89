package inject

import (
	"errors"
	"fmt"
)

// ErrReal says that an interface may lead to a real network.
var ErrReal = errors.New("it may lead to a real network")

// Interface is what is known of a network interface.
type Interface struct {
	Name   string
	Index  int
	Kind   string // "veth", "dummy", "tun", "bridge", …; "" for hardware and the loopback
	Master string // the bridge or bond that it belongs to, "" if it does to none
	Peer   string // the other end of a veth where that is in sight, "" if it is not
	// PeerMaster is what the other end belongs to.
	PeerMaster string
}

// software are the kinds of interface that end in software.
var software = map[string]bool{"veth": true, "dummy": true, "tun": true}

// Check refuses an interface that is not one end of a cable in software. The
// error wraps ErrReal and says why. What is done with the frames behind a veth
// in another network namespace, or by the program behind a tap, nobody can see
// from here.
func (i *Interface) Check() error {
	switch {
	case !software[i.Kind] && i.Kind == "":
		return fmt.Errorf("%w: %s is a network card or the loopback, not a veth, dummy or tap", ErrReal, i.Name)
	case !software[i.Kind]:
		return fmt.Errorf("%w: %s is a %s, not a veth, dummy or tap", ErrReal, i.Name, i.Kind)
	case i.Master != "":
		return fmt.Errorf("%w: %s is part of %s", ErrReal, i.Name, i.Master)
	case i.PeerMaster != "":
		return fmt.Errorf("%w: %s, the other end of %s, is part of %s", ErrReal, i.Peer, i.Name, i.PeerMaster)
	}
	return nil
}
