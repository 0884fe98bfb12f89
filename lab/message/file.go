package message

// Files in SMB 2: MS-SMB2 2.2.13 to 2.2.22.

const (
	smbCreate = 5
	smbClose  = 6
	smbWrite  = 9
)

// Create opens a file of the tree to write it.
func (c SMBCall) Create(name string) []byte {
	path := utf16(name)
	return c.bytes(smbCreate, 0, false, cat(le16(57), 0, 0, le32(2), zeros(16), le32(0x0012019f), le32(0x80), le32(1), le32(5), le32(0x40),
		le16(120), le16(uint16(len(path))), le32(0), le32(0), path))
}

// Created answers with the file's identifier of 16 bytes.
func (c SMBCall) Created(id []byte, filetime uint64) []byte {
	t := le64(filetime)
	return c.bytes(smbCreate, 0, true, cat(le16(89), 0, 0, le32(2), t, t, t, t, zeros(16), le32(0x20), le32(0), id, le32(0), le32(0)))
}

// Write writes into the file.
func (c SMBCall) Write(id []byte, offset uint64, data []byte) []byte {
	return c.bytes(smbWrite, 0, false, cat(le16(49), le16(112), le32(uint32(len(data))), le64(offset), id, zeros(16), data))
}

// Written answers it.
func (c SMBCall) Written(n int) []byte {
	return c.bytes(smbWrite, 0, true, cat(le16(17), le16(0), le32(uint32(n)), zeros(8)))
}

// CloseFile closes it.
func (c SMBCall) CloseFile(id []byte) []byte {
	return c.bytes(smbClose, 0, false, cat(le16(24), le16(0), le32(0), id))
}

// FileClosed answers it.
func (c SMBCall) FileClosed() []byte {
	return c.bytes(smbClose, 0, true, cat(le16(60), le16(0), zeros(4+4*8+8+8+4)))
}
