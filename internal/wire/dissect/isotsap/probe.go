package isotsap

import (
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	pdus7 "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
	pduplus "github.com/bulkhead-ot/bulkhead/protocol/s7plus"
)

// probe is strong for a connection that names both transport selectors and for
// user data that is a whole S7comm or S7comm-plus unit. Everything else that is
// sound TPKT and COTP is weak: Remote Desktop and H.323 look like that too.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	packet, n, err := cotp.Frame(b)
	switch {
	case err == cotp.ErrShort && len(b) < 7:
		return dissect.Short
	case err == cotp.ErrShort:
		packet, n = b[cotp.HeaderLen:], len(b)
	case err != nil:
		return dissect.No
	}
	if _, _, next := cotp.Frame(b[n:]); next == cotp.ErrProtocol {
		return dissect.No
	}
	t, damaged := cotp.DecodeTPDU(packet)
	if damaged != nil {
		if err == cotp.ErrShort && len(b) < 64 {
			return dissect.Short
		}
		return dissect.No
	}
	return match(t)
}

func match(t cotp.TPDU) dissect.Match {
	switch t.Type {
	case cotp.ConnectionRequest, cotp.ConnectionConfirm:
		switch {
		case !t.Sound():
			return dissect.No
		case t.SrcTSAP() != nil && t.DstTSAP() != nil:
			return dissect.Strong
		}
	case cotp.Data:
		return matchData(t)
	}
	return dissect.Weak
}

func matchData(t cotp.TPDU) dissect.Match {
	b := t.Data
	switch {
	case len(b) < 2:
		return dissect.Weak
	case b[0] == 0x7f && (b[1] == 0x65 || b[1] == 0x66): // T.125, the start of Remote Desktop
		return dissect.No
	case b[0] == pdus7.ProtocolID:
		if _, n, err := pdus7.Decode(b); err == nil && n == len(b) && t.EOT {
			return dissect.Strong
		}
	case b[0] == pduplus.ProtocolID:
		if u, n, err := pduplus.Decode(b); err == nil && n == len(b) && u.Last {
			return dissect.Strong
		}
	}
	return dissect.Weak
}
