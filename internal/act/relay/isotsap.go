package relay

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// s7Reader reads S7 communication on ISO transport (RFC 1006, class 0).
type s7Reader struct {
	ledger    *ledger
	clientRef uint16 // of the transport connection, for saying goodbye
	serverRef uint16
	joined    []byte // a unit that came in several packets
	reply     []byte
}

// maxUnit bounds what is held of a unit until it is whole: S7 negotiates units
// of 240 to 960 bytes, S7comm-plus sends up to 64 kB in packets of 1 kB.
const maxUnit = 128 << 10

func (s *s7Reader) largest() int { return maxUnit }

func (s *s7Reader) request(b []byte) (int, error)  { return tsduSize(b, true) }
func (s *s7Reader) response(b []byte) (int, error) { return tsduSize(b, false) }

// tsduSize is the length of the packets that make the first transport service
// data unit whole, or of one packet that carries something else. It is strict
// with clients.
func tsduSize(b []byte, strict bool) (int, error) {
	at := 0
	for {
		tpdu, n, err := cotp.Frame(b[at:])
		if errors.Is(err, cotp.ErrShort) {
			return 0, nil
		}
		if err != nil {
			return 0, &malformed{err.Error()}
		}
		t, err := cotp.DecodeTPDU(tpdu)
		if err != nil {
			return 0, &malformed{err.Error()}
		}
		first := at == 0
		at += n
		switch {
		case strict && odd(&t, tpdu, first):
			return 0, &malformed{"a packet that controllers may read in another way"}
		case t.Type != cotp.Data && !first:
			return 0, &malformed{"another message in the middle of a unit"}
		case t.Type != cotp.Data, t.EOT:
			return at, nil
		case first && len(t.Data) == 0:
			return at, nil // what Siemens sends to acknowledge
		}
	}
}

// odd reports a packet that hides something from a controller that takes the
// header for what it is in class 0, two bytes and a length, or every packet for
// a unit: user data in other messages, a longer header, and a part of a unit
// that looks like the beginning of one.
func odd(t *cotp.TPDU, tpdu []byte, first bool) bool {
	if t.Type != cotp.Data {
		return len(t.Data) > 0
	}
	if tpdu[0] != 2 {
		return true
	}
	return !first && len(t.Data) > 0 && (t.Data[0] == pdu.ProtocolID || t.Data[0] == plusID)
}

// user is the user data of the packets in m.
func (s *s7Reader) user(m []byte) []byte {
	t, n, err := cotp.Decode(m)
	if err != nil || n == len(m) {
		return t.Data
	}
	s.joined = s.joined[:0]
	for len(m) > 0 {
		t, n, err := cotp.Decode(m)
		if err != nil {
			break
		}
		s.joined = append(s.joined, t.Data...)
		m = m[n:]
	}
	return s.joined
}

// plusID is the first byte of S7comm-plus.
const plusID = 0x72

// What is carried by the transport and not read here.
var (
	plus    = &plant.Verb{Protocol: "s7comm-plus", Code: "0x72", Name: "S7comm-plus"}
	carried = &plant.Verb{Protocol: S7, Code: "cotp", Name: "Another protocol on ISO transport"}
)

func (s *s7Reader) judge(m []byte, r *rule) (verdict, error) {
	t, _, err := cotp.Decode(m)
	if err != nil {
		return verdict{}, &malformed{err.Error()}
	}
	switch t.Type {
	case cotp.ConnectionRequest:
		s.clientRef = t.SrcRef
		return verdict{pass: true}, nil
	case cotp.DisconnectRequest, cotp.DisconnectConfirm, cotp.Error:
		return verdict{pass: true}, nil
	case cotp.Data:
	default:
		return verdict{}, &malformed{"a message of a transport class that controllers do not speak"}
	}
	user := s.user(m)
	switch {
	case len(user) == 0:
		return verdict{pass: true}, nil
	case user[0] == pdu.ProtocolID:
		return s.unit(user, r)
	case user[0] == plusID:
		return s.other(r, plus)
	}
	return s.other(r, carried)
}

// other judges what is carried and not read: it passes where everything does.
func (s *s7Reader) other(r *rule, v *plant.Verb) (verdict, error) {
	_, ok := s.ledger.decide(r, v, v.Kind, false, nil)
	return verdict{pass: ok, hangup: !ok, reply: s.goodbye()}, nil
}

// goodbye is a disconnect request: normal end, asked for by the user of the
// transport (ISO 8073, 13.5.3).
func (s *s7Reader) goodbye() []byte {
	s.reply = append(s.reply[:0], 3, 0, 0, 11, 6, byte(cotp.DisconnectRequest),
		byte(s.clientRef>>8), byte(s.clientRef), byte(s.serverRef>>8), byte(s.serverRef), 0x80)
	return s.reply
}

func (s *s7Reader) answer(m []byte) (uint64, bool, error) {
	t, _, err := cotp.Decode(m)
	if err != nil {
		return 0, false, &malformed{err.Error()}
	}
	switch t.Type {
	case cotp.ConnectionConfirm:
		s.serverRef = t.SrcRef
		if t.Class != 0 {
			return 0, false, &malformed{"the server chose another transport class than 0"}
		}
		return 0, false, nil
	case cotp.Data:
	default:
		return 0, false, nil
	}
	// An answer stands in the first packet as far as its key goes.
	if len(t.Data) < 10 || t.Data[0] != pdu.ProtocolID {
		return 0, false, nil
	}
	reference := uint64(t.Data[4])<<8 | uint64(t.Data[5])
	switch pdu.ROSCTR(t.Data[1]) {
	case pdu.Ack, pdu.AckData:
		return reference, true, nil
	case pdu.Userdata:
		return ofUserdata | reference, true, nil
	}
	return 0, false, nil
}

// ofUserdata marks the keys of userdata, whose references count on their own.
const ofUserdata = 1 << 16
