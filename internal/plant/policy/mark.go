package policy

// Marks that the boundary's parts put on packets, so that the kernel and a relay
// know each other's. They are values, not bits: nobody else's marks survive on
// packets that carry one.
const (
	// MarkRelayOut is what a relay sets on its own sockets towards servers
	// (SO_MARK): their packets are not led to a relay again.
	MarkRelayOut = 0x42480001
	// MarkRelayIn is what the kernel sets on packets that belong to a relay's
	// socket although their destination is another machine: a routing rule
	// delivers them here.
	MarkRelayIn = 0x42480002
)

// RelayPorts are the local TCP ports at which relays listen when a configuration
// names no others, by protocol. They are reached by no address: the kernel leads
// connections to them.
func RelayPorts() map[string]uint16 {
	return map[string]uint16{"modbus": 15502, "s7comm": 15102, "enip": 15818}
}
