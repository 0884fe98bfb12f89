package ads

import "bytes"

// symbols remembers which symbol a handle stands for: clients look a name up
// once and then read and write by handle. It keeps the latest ones.
type symbols struct {
	asked [8]asked // names looked up whose answer has not come
	known [64]known
	next  [2]uint8
	count uint32
}

type asked struct {
	number uint32
	name   []byte
}

type known struct {
	handle uint32
	port   uint16
	name   []byte
}

// ask remembers a name that is looked up and returns a number for it.
func (s *symbols) ask(written []byte) uint64 {
	s.count++
	s.asked[s.next[0]%uint8(len(s.asked))] = asked{s.count, bytes.Clone(trim(written[:min(len(written), 200)]))}
	s.next[0]++
	return uint64(s.count)
}

// learn says which handle the lookup with that number was answered with.
func (s *symbols) learn(number, handle uint32, port uint16) {
	for i := range s.asked {
		if s.asked[i].number == number && number != 0 {
			s.known[s.next[1]%uint8(len(s.known))] = known{handle, port, s.asked[i].name}
			s.next[1]++
			s.asked[i] = asked{}
			return
		}
	}
}

// name is the symbol of a handle, nil when it was not seen being looked up.
func (s *symbols) name(handle uint32, port uint16) []byte {
	for i := range s.known {
		if k := &s.known[i]; k.handle == handle && k.port == port {
			return k.name
		}
	}
	return nil
}
