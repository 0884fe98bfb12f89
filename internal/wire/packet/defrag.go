package packet

// Defragmenter puts IP datagrams together from their fragments. It keeps at
// most maxDatagrams of them and maxDatagram bytes of each; the oldest makes
// room. It is not safe for concurrent use.
type Defragmenter struct {
	open  map[fragKey]*datagram
	order []fragKey // oldest first
	free  []*datagram
	// Dropped counts datagrams that never became whole.
	Dropped uint64
}

const (
	maxDatagrams = 256
	maxDatagram  = 1 << 16
	maxHoles     = 128
	fragLife     = 30e9 // RFC 791 suggests 15 s, Linux keeps 30
)

type fragKey struct {
	src, dst Addr
	id       uint32
	proto    uint8
}

type span struct{ from, to int }

type datagram struct {
	buf   []byte
	have  []span // sorted, apart
	total int    // -1 until the last fragment came
	born  int64
}

// NewDefragmenter makes an empty one.
func NewDefragmenter() *Defragmenter {
	return &Defragmenter{open: make(map[fragKey]*datagram)}
}

// Add takes a packet of kind Fragment. When it makes its datagram whole, p
// becomes that datagram (TCP, UDP, …), valid until the next call; else p stays
// a fragment.
func (f *Defragmenter) Add(p *Packet, now int64) {
	if p.FragOffset+len(p.Payload) > maxDatagram || p.Missing > 0 {
		return
	}
	k := fragKey{p.Src, p.Dst, p.IPID, p.Proto}
	d := f.open[k]
	if d != nil && (now-d.born > fragLife || now < d.born-fragLife) {
		f.drop(k)
		d = nil
	}
	if d == nil {
		d = f.begin(k, now)
	}
	d.add(p.FragOffset, p.FragMore, p.Payload)
	if d.total < 0 || len(d.have) != 1 || d.have[0] != (span{0, d.total}) {
		return
	}
	whole := d.buf[:d.total]
	f.release(k)
	p.Transport(p.Proto, whole)
}

func (f *Defragmenter) begin(k fragKey, now int64) *datagram {
	for len(f.order) >= maxDatagrams {
		old := f.order[0]
		if _, ok := f.open[old]; ok {
			f.drop(old)
		} else {
			f.order = f.order[1:]
		}
	}
	var d *datagram
	if n := len(f.free); n > 0 {
		d, f.free = f.free[n-1], f.free[:n-1]
	} else {
		d = new(datagram)
	}
	d.have, d.total, d.born = d.have[:0], -1, now
	f.open[k] = d
	f.order = append(f.order, k)
	return d
}

func (f *Defragmenter) drop(k fragKey) {
	f.Dropped++
	f.release(k)
}

func (f *Defragmenter) release(k fragKey) {
	d := f.open[k]
	delete(f.open, k)
	for i, o := range f.order {
		if o == k {
			f.order = append(f.order[:i], f.order[i+1:]...)
			break
		}
	}
	if len(f.free) < 8 {
		f.free = append(f.free, d)
	}
}

// add copies a fragment. Where fragments overlap the first one stands, as most
// hosts do; an attacker who sends both gains nothing.
func (d *datagram) add(from int, more bool, b []byte) {
	to := from + len(b)
	if !more && d.total < 0 {
		d.total = to
	}
	if len(d.have) >= maxHoles || to == from {
		return
	}
	if cap(d.buf) < to {
		d.buf = append(d.buf[:cap(d.buf)], make([]byte, to-cap(d.buf))...)
	}
	d.buf = d.buf[:max(len(d.buf), to)]
	at := from
	for _, h := range d.have {
		if at < h.from {
			copy(d.buf[at:min(to, h.from)], b[at-from:])
		}
		at = max(at, h.to)
		if at >= to {
			break
		}
	}
	if at < to {
		copy(d.buf[at:to], b[at-from:])
	}
	d.cover(from, to)
}

// cover adds a span to what there is and joins neighbours.
func (d *datagram) cover(from, to int) {
	out := d.have[:0:0]
	placed := false
	for _, h := range d.have {
		switch {
		case h.to < from:
			out = append(out, h)
		case h.from > to:
			if !placed {
				out = append(out, span{from, to})
				placed = true
			}
			out = append(out, h)
		default:
			from, to = min(from, h.from), max(to, h.to)
		}
	}
	if !placed {
		out = append(out, span{from, to})
	}
	d.have = out
}
