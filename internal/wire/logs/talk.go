package logs

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// talkKey is who talked to whom on which port.
type talkKey struct {
	client, server uint32
	port           uint16
	transport      plant.Transport
}

// talk is one conversation over all client ports.
type talk struct {
	talkKey
	protocol       string
	confirmed      bool
	answered       bool
	established    bool
	flows          uint64
	packets, bytes [2]uint64 // up, down
	messages       [2]uint64 // that a log of a protocol tells of
	counting       [2]uint64 // those of the log being read
	counted        *logSpec  // that log
	lost           uint64
	span           span
	guessed        bool // the log does not say which transport it was
}

type talkTable struct {
	list  []talk
	index map[talkKey]uint32
	max   int
	lost  uint64
}

func newTalkTable(limit int) talkTable { return talkTable{index: map[talkKey]uint32{}, max: limit} }

// find is the conversation with that key, nil when there is no room.
func (t *talkTable) find(k talkKey) *talk {
	i, ok := t.index[k]
	if !ok {
		if len(t.list) >= t.max {
			t.lost++
			return nil
		}
		i = uint32(len(t.list))
		t.list = append(t.list, talk{talkKey: k})
		t.index[k] = i
	}
	return &t.list[i]
}

// shadows reports whether a conversation that a protocol's log told of, without
// its transport, is one that a log of connections has under the other transport.
func (t *talkTable) shadows(k *talk) bool {
	if k.flows > 0 || !k.guessed {
		return false
	}
	other := k.talkKey
	other.transport = plant.TCP + plant.UDP - k.transport
	i, ok := t.index[other]
	return ok && t.list[i].flows > 0
}

// outer are protocols that carry others: a conversation is named for what it
// carries where that is known.
var outer = map[string]bool{"tls": true, "tpkt": true, "cotp": true, "dcerpc": true, "gssapi": true, "ntlm": true, "kerberos": true, "x509": true}

// named says what the conversation speaks, as a decoder saw it.
func (t *talk) named(protocol string) {
	if protocol == "" {
		return
	}
	if !t.confirmed || t.protocol == "" || outer[t.protocol] && !outer[protocol] {
		t.protocol = protocol
	}
	t.confirmed = true
}

// packetsOf is the number of packets one way. Where no log of connections counted
// them it is the number of messages: each took at least one packet.
func (t *talk) packetsOf(way int) uint64 {
	if t.flows == 0 {
		return t.messages[way]
	}
	return t.packets[way]
}

// sent counts a message of the client's or the server's. Several logs may tell of
// the same ones: the log that tells of most counts.
func (t *talk) sent(s *logSpec, client bool) {
	if t.counted != s {
		t.counted, t.counting = s, [2]uint64{}
	}
	way := 1
	if client {
		way = 0
	}
	t.counting[way]++
	t.messages[way] = max(t.messages[way], t.counting[way])
}
