package s7comm

// ConnectionType is what a client wants to be for the controller: the first
// byte of the called transport selector.
type ConnectionType uint8

// Connection types.
const (
	PG    ConnectionType = 1 // programming device
	OP    ConnectionType = 2 // operator panel
	Basic ConnectionType = 3 // other: data exchange between controllers
)

// TSAP is a two-byte transport selector as S7 uses it.
type TSAP struct {
	Type       ConnectionType
	Rack, Slot uint8
}

// DecodeTSAP reads a transport selector; false when it is not of that form.
// Types from 0x10 on are numbers of configured connections.
func DecodeTSAP(b []byte) (TSAP, bool) {
	if len(b) != 2 || b[0] == 0 {
		return TSAP{}, false
	}
	return TSAP{Type: ConnectionType(b[0]), Rack: b[1] >> 5, Slot: b[1] & 0x1f}, true
}
