package enip

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

// probe looks at an encapsulation header and, where the command has a body, at
// the items in it. Items make the bytes unmistakable; a bare header is mostly
// zeroes and is believed on the ports of EtherNet/IP only.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream && (h.FromPort == portIO || h.ToPort == portIO) {
		if _, err := pdu.DecodeIO(b); err == nil {
			return dissect.Weak
		}
	}
	head, err := pdu.DecodeHeader(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil || head.Options != 0 || !head.PlausibleStatus():
		return dissect.No
	}
	body := b[pdu.HeaderSize:]
	if len(body) > int(head.Length) && (!h.Stream || pdu.HeaderSize+int(head.Length) > len(b)) {
		return dissect.No
	}
	return judge(&head, body[:min(len(body), int(head.Length))])
}

func judge(h *pdu.Header, body []byte) dissect.Match {
	switch h.Command {
	case pdu.SendRRData, pdu.SendUnitData:
		return carries(h, body)
	case pdu.RegisterSession: // version 1, no options
		if h.Length == 4 && len(body) == 4 && body[0] == 1 && body[1]|body[2]|body[3] == 0 {
			return dissect.Strong
		}
	case pdu.ListIdentity:
		if len(body) >= 6 && body[2] == byte(pdu.IdentityItem) && body[3] == 0 && body[0] > 0 && body[1] == 0 {
			return dissect.Strong
		}
		return bare(h)
	case pdu.ListServices, pdu.ListInterfaces, pdu.UnregisterSession:
		return bare(h)
	case pdu.NOP:
		if h.Session|h.Status == 0 && h.Length == 0 {
			return dissect.Weak
		}
	default:
		if h.Length < 1024 {
			return dissect.Weak
		}
	}
	return dissect.No
}

// bare judges commands whose request is a header alone.
func bare(h *pdu.Header) dissect.Match {
	if h.Length == 0 || h.Status == 0 && h.Length < 1024 {
		return dissect.Weak
	}
	return dissect.No
}

// carries judges the items of SendRRData and SendUnitData.
func carries(h *pdu.Header, body []byte) dissect.Match {
	if h.Length == 0 && h.Status != 0 {
		return dissect.Weak
	}
	items, err := pdu.DecodeCommandItems(body)
	if err != nil {
		if errors.Is(err, pdu.ErrShort) && int(h.Length) >= 16 {
			return dissect.Weak
		}
		return dissect.No
	}
	if n := items.Left(); n < 2 || n > 4 {
		return dissect.No
	}
	address, ok := items.Next()
	if !ok {
		return dissect.Weak
	}
	switch {
	case address.Type == pdu.NullAddress && len(address.Data) == 0:
	case address.Type == pdu.ConnectedAddress && len(address.Data) == 4:
	case address.Type == pdu.SequencedAddress && len(address.Data) == 8:
	default:
		return dissect.No
	}
	data, ok := items.Next()
	if ok && data.Type != pdu.ConnectedData && data.Type != pdu.UnconnectedData {
		return dissect.No
	}
	return dissect.Strong
}
