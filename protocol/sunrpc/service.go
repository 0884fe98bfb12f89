package sunrpc

// Procedures of the port mapper, version 2.
const (
	PortmapSet     = 1
	PortmapUnset   = 2
	PortmapGetPort = 3
	PortmapDump    = 4
	PortmapCallIt  = 5
)

// MountMount is the procedure of the mount protocol that asks for a directory.
const MountMount = 1

// Mapping says that a program is served on a port; Transport is 6 for TCP and
// 17 for UDP.
type Mapping struct {
	Program, Version, Transport, Port uint32
}

// ReadMapping reads the argument of a port mapper's set, unset or getport.
func ReadMapping(b []byte) (Mapping, bool) {
	r := reader{b: b}
	m := Mapping{r.uint32(), r.uint32(), r.uint32(), r.uint32()}
	return m, r.err == nil
}

// Dump walks the mappings of a dump's result.
type Dump struct{ r reader }

// ReadDump starts a walk over a dump's result.
func ReadDump(b []byte) Dump { return Dump{reader{b: b}} }

// Next is the next mapping; false when there are no more.
func (d *Dump) Next() (Mapping, bool) {
	if d.r.uint32() != 1 {
		d.r.b, d.r.at = nil, 0
		return Mapping{}, false
	}
	m := Mapping{d.r.uint32(), d.r.uint32(), d.r.uint32(), d.r.uint32()}
	return m, d.r.err == nil
}

// ReadPort reads the result of a getport: 0 when the program is not served.
func ReadPort(b []byte) (uint32, bool) {
	r := reader{b: b}
	v := r.uint32()
	return v, r.err == nil && v < 1<<16
}

// ReadPath reads the argument of a mount: the directory asked for.
func ReadPath(b []byte) ([]byte, bool) {
	r := reader{b: b}
	p := r.opaque(1024)
	return p, r.err == nil && len(p) > 0
}
