package dissect

// texts keeps each text once and names it by a number; 0 is "" and what finds no
// room, so that the large tables
// hold no pointers: they are half the size, and the garbage collector passes
// them by.
type texts struct {
	list []string
	idx  index
	max  int
	Lost uint64
}

func (t *texts) init(limit int) {
	t.max = limit
	t.id("")
}

// id is the number of a text, made if it has none.
func (t *texts) id(s string) uint32 {
	h := hashString(0, s)
	if i, ok := t.idx.find(h, func(i uint32) bool { return t.list[i] == s }); ok {
		return i
	}
	return t.add(h, s)
}

// idOf is id for bytes, which are copied when they are new.
func (t *texts) idOf(b []byte) uint32 {
	h := hashBytes(0, b)
	if i, ok := t.idx.find(h, func(i uint32) bool { return t.list[i] == string(b) }); ok {
		return i
	}
	return t.add(h, string(b))
}

func (t *texts) add(h uint64, s string) uint32 {
	if len(t.list) > t.max {
		t.Lost++
		return 0
	}
	i := uint32(len(t.list))
	t.list = append(t.list, s)
	t.idx.add(h, i)
	return i
}

// kept is a text of bytes: the one that is kept already, if there is room for it.
func (t *texts) kept(b []byte) string {
	if id := t.idOf(b); id != 0 {
		return t.list[id]
	}
	return string(b)
}

func (t *texts) text(id uint32) string { return t.list[id] }
