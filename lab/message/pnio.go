package message

// PROFINET's context management: IEC 61158-6-10, carried by connectionless
// DCE/RPC (The Open Group C706, chapter 12) in big-endian form.

// PNRelation is an application relation of a controller and a device.
type PNRelation struct {
	AR, Activity   []byte // UUIDs
	Session        uint16
	Controller     []byte // its MAC
	Device         []byte // its MAC
	Name           string // the controller's station name
	Vendor, Kind   uint16 // of the device
	Output, Input  uint16 // frame identifiers
	Size           int    // of the data in either direction
	ReductionRatio uint16
}

// Numbers of operations of the interface.
const (
	pnConnect = 0
	pnControl = 4
)

// pnInterface is a UUID of PROFINET that differs in its first bytes: 0 begins
// an object, 1 is the device's interface, 2 the controller's.
func pnInterface(n byte) []byte {
	return cat(0xde, 0xa0, 0, n, uint16(0x6c97), uint16(0x11d1), uint16(0x8271))
}

// rpc puts the header before a body of blocks. Kind 0 is a request, 2 a
// response.
func (r *PNRelation) rpc(kind, of byte, operation uint16, sequence uint32, blocks []byte) []byte {
	flags := byte(0x20) // idempotent
	if kind != 0 {
		flags = 0x0a
	}
	object := cat(pnInterface(0), uint16(1), r.Kind, r.Vendor)
	first := uint32(len(blocks)) // the greatest length of an answer, or the status
	if kind != 0 {
		first = 0
	}
	body := cat(first, uint32(len(blocks)), uint32(len(blocks)), uint32(0), uint32(len(blocks)), blocks)
	return cat(4, kind, flags, 0, zeros(4), object, pnInterface(of), uint16(0x00a0), uint32(0x2442df7d), r.Activity,
		uint32(1), uint32(1), sequence, operation, uint16(0xffff), uint16(0xffff), uint16(len(body)), uint16(0), 0, 0, body)
}

func pnBlock(kind uint16, body []byte) []byte { return cat(kind, uint16(len(body)+2), 1, 0, body) }

// Connect asks a device for the relation with its inputs, outputs and alarms.
func (r *PNRelation) Connect() []byte {
	ar := pnBlock(0x0101, cat(uint16(1), r.AR, r.Session, r.Controller, pnInterface(0), uint16(1), r.Kind, r.Vendor,
		uint32(0x11), uint16(600), uint16(0x8892), uint16(len(r.Name)), r.Name))
	alarms := pnBlock(0x0103, cat(uint16(1), uint16(0x8892), uint32(0), uint16(1), uint16(3), uint16(1), uint16(200), uint16(0xc000), uint16(0xa000)))
	return r.rpc(0, 1, pnConnect, 0, cat(ar, r.cyclic(1, r.Input), r.cyclic(2, r.Output), r.expected(), alarms))
}

// cyclic is the communication relation of one direction: 1 is input.
func (r *PNRelation) cyclic(kind, frame uint16) []byte {
	return pnBlock(0x0102, cat(kind, kind, uint16(0x8892), uint32(1), uint16(40), frame, uint16(32), r.ReductionRatio, uint16(1), uint16(0),
		uint32(0xffffffff), uint16(3), uint16(3), uint16(0xc000), zeros(6),
		uint16(1), uint32(0), uint16(1), uint16(1), uint16(1), uint16(0), uint16(1), uint16(1), uint16(1), uint16(r.Size+1)))
}

// expected is what the controller expects in slot 1.
func (r *PNRelation) expected() []byte {
	data := func(kind uint16) []byte { return cat(kind, uint16(r.Size), 1, 1) }
	return pnBlock(0x0104, cat(uint16(1), uint32(0), uint16(1), uint32(0x32), uint16(0), uint16(1), uint16(1), uint32(1), uint16(3), data(1), data(2)))
}

// Connected grants it.
func (r *PNRelation) Connected() []byte {
	ar := pnBlock(0x8101, cat(uint16(1), r.AR, r.Session, r.Device, uint16(0x8892)))
	cyclic := func(kind, frame uint16) []byte { return pnBlock(0x8102, cat(kind, kind, frame)) }
	return r.rpc(2, 1, pnConnect, 0, cat(ar, cyclic(1, r.Input), cyclic(2, r.Output), pnBlock(0x8103, cat(uint16(1), uint16(1), uint16(200)))))
}

func (r *PNRelation) control(block, command uint16) []byte {
	return pnBlock(block, cat(uint16(0), r.AR, r.Session, uint16(0), command, uint16(0)))
}

// Parametrized ends what the controller has to say to the device; the answer is
// done.
func (r *PNRelation) Parametrized(answer bool) []byte { return r.command(1, 1, 1, 0x0110, answer) }

// Ready says that the device's application runs. The device asks.
func (r *PNRelation) Ready(answer bool) []byte { return r.command(2, 0, 2, 0x0112, answer) }

func (r *PNRelation) command(of byte, sequence uint32, command, block uint16, answer bool) []byte {
	if answer {
		return r.rpc(2, of, pnControl, sequence, r.control(block|0x8000, 8))
	}
	return r.rpc(0, of, pnControl, sequence, r.control(block, command))
}
