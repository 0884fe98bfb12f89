package s7comm

// BlockType is the kind of a block: the number behind the two digits that
// frames carry.
type BlockType uint8

// Block types.
const (
	OB  BlockType = 0x08 // organization block
	DB  BlockType = 0x0a // data block
	SDB BlockType = 0x0b // system data block: hardware and connection settings
	FC  BlockType = 0x0c // function
	SFC BlockType = 0x0d // system function
	FB  BlockType = 0x0e // function block
	SFB BlockType = 0x0f // system function block
)

// String is the usual abbreviation, or "block" for a type this package does
// not know.
func (t BlockType) String() string {
	switch t {
	case OB:
		return "OB"
	case DB:
		return "DB"
	case SDB:
		return "SDB"
	case FC:
		return "FC"
	case SFC:
		return "SFC"
	case FB:
		return "FB"
	case SFB:
		return "SFB"
	}
	return "block"
}

// blockNameLen is the length of a block's name: type, number, file system.
const blockNameLen = 8

// Block names a block in a controller.
type Block struct {
	Type       BlockType
	Number     uint32
	FileSystem byte // 'P' passive, waits to be inserted; 'A' active; 'B' both
}

// AppendTo appends the block's usual name, such as "DB100", to b.
func (k Block) AppendTo(b []byte) []byte {
	b = append(b, k.Type.String()...)
	var digits [10]byte
	i := len(digits)
	for n := k.Number; i == len(digits) || n > 0; n /= 10 {
		i--
		digits[i] = '0' + byte(n%10)
	}
	return append(b, digits[i:]...)
}

// DecodeBlock reads a block's name: two digits of the type, five of the
// number, the file system.
func DecodeBlock(b []byte) (Block, bool) {
	if len(b) < blockNameLen {
		return Block{}, false
	}
	t, ok := DecodeBlockType(b)
	if !ok {
		return Block{}, false
	}
	k := Block{Type: t, FileSystem: b[7]}
	for _, c := range b[2:7] {
		if c < '0' || c > '9' {
			return Block{}, false
		}
		k.Number = k.Number*10 + uint32(c-'0')
	}
	return k, true
}

// DecodeBlockType reads the two digits of a block's type.
func DecodeBlockType(b []byte) (BlockType, bool) {
	if len(b) < 2 || b[0] != '0' {
		return 0, false
	}
	switch c := b[1]; {
	case c >= '0' && c <= '9':
		return BlockType(c - '0'), true
	case c >= 'A' && c <= 'F':
		return BlockType(c - 'A' + 10), true
	}
	return 0, false
}

// Transfer is what the jobs RequestDownload to EndUpload say. Name points into
// the decoded bytes.
type Transfer struct {
	ID   uint32 // of an upload, as the controller's answer to StartUpload gives it
	Name []byte // file name: "_0800001P" for a block, "_N_…" on an NC
}

// DecodeTransfer reads the parameters of a RequestDownload, DownloadBlock,
// DownloadEnded, StartUpload, Upload or EndUpload job, or of an answer to
// StartUpload (which has no name).
func DecodeTransfer(param []byte) (Transfer, bool) {
	if len(param) < 8 {
		return Transfer{}, false
	}
	t := Transfer{ID: uint32(be16(param[4:]))<<16 | uint32(be16(param[6:]))}
	if len(param) > 9 {
		end := 9 + int(param[8])
		if end > len(param) {
			return Transfer{}, false
		}
		t.Name = param[9:end:end]
	}
	return t, true
}

// Block is the block that the file name stands for; false on an NC.
func (t Transfer) Block() (Block, bool) {
	if len(t.Name) < 1+blockNameLen || t.Name[0] != '_' {
		return Block{}, false
	}
	return DecodeBlock(t.Name[1:])
}

// Invocation is a program invocation service: PIService or PLCStop. Both point
// into the decoded bytes.
type Invocation struct {
	Service  []byte // "P_PROGRAM", "_INSE", "_N_SELECT" …; empty when the frame has none
	Argument []byte
}

// DecodeInvocation reads the parameters of a PIService or PLCStop job.
func DecodeInvocation(param []byte) (Invocation, bool) {
	if len(param) == 0 {
		return Invocation{}, false
	}
	at := 6
	var inv Invocation
	if Function(param[0]) == PIService {
		if len(param) < 10 {
			return Invocation{}, false
		}
		at = 10 + int(be16(param[8:]))
		if at > len(param) {
			return Invocation{}, false
		}
		inv.Argument = param[10:at:at]
	}
	if at < len(param) {
		end := at + 1 + int(param[at])
		if end > len(param) {
			return Invocation{}, false
		}
		inv.Service = param[at+1 : end : end]
	}
	return inv, true
}

// Blocks reads the blocks that a service such as _INSE or _DELE is about.
func (v Invocation) Blocks() Blocks {
	if len(v.Argument) < 2 {
		return Blocks{}
	}
	return Blocks{rest: v.Argument[2:], left: int(v.Argument[0])}
}

// Blocks is a list of block names.
type Blocks struct {
	rest []byte
	left int
}

// Next is the next block.
func (c *Blocks) Next() (Block, bool) {
	if c.left == 0 {
		return Block{}, false
	}
	k, ok := DecodeBlock(c.rest)
	if !ok {
		return Block{}, false
	}
	c.left--
	c.rest = c.rest[blockNameLen:]
	return k, true
}
