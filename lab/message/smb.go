package message

// SMB 2 and 3: MS-SMB2; NTLM: MS-NLMP; its wrapping: RFC 4178. Numbers are
// little-endian. Sessions are opened far enough to show who the two are.

// Windows is what a Windows computer says of itself when it signs in.
type Windows struct {
	Computer, Domain, DNS, User string
	Major, Minor                byte
	Build                       uint16
}

func (w Windows) version() []byte {
	return cat(w.Major, w.Minor, le16(w.Build), 0, 0, 0, 15)
}

// SMBCall is where a session stands.
type SMBCall struct {
	Session, Message uint64
	Tree             uint32
}

// SMB commands.
const (
	smbNegotiate = 0
	smbSetup     = 1
	smbTree      = 3
	smbEcho      = 13
)

func (c SMBCall) bytes(command uint16, status uint32, answer bool, body []byte) []byte {
	flags := uint32(0)
	if answer {
		flags = 1
	}
	b := cat(0xfe, "SMB", le16(64), le16(1), le32(status), le16(command), le16(1), le32(flags), le32(0), le64(c.Message),
		le32(0xfeff), le32(c.Tree), le64(c.Session), zeros(16), body)
	return cat(0, byte(len(b)>>16), uint16(len(b)), b)
}

// SMBNegotiate offers the dialects 2.0.2 to 3.0.2.
func SMBNegotiate(guid []byte) []byte {
	return SMBCall{}.bytes(smbNegotiate, 0, false, cat(le16(36), le16(4), le16(1), le16(0), le32(0x7f), guid, zeros(8),
		le16(0x202), le16(0x210), le16(0x300), le16(0x302)))
}

// SMBNegotiated chooses 3.0.2; required says that messages must be signed.
func SMBNegotiated(guid []byte, filetime uint64, required bool) []byte {
	mode := uint16(1)
	if required {
		mode = 3
	}
	token := ber(0x60, oid("1.3.6.1.5.5.2"), ber(0xa0, ber(0x30, ber(0xa0, ber(0x30, oid(ntlmOID))))))
	return SMBCall{}.bytes(smbNegotiate, 0, true, cat(le16(65), le16(mode), le16(0x302), le16(0), guid, le32(0x2f),
		le32(1<<20), le32(1<<20), le32(1<<20), le64(filetime), le64(0), le16(128), le16(uint16(len(token))), le32(0), token))
}

const ntlmOID = "1.3.6.1.4.1.311.2.2.10"

func (c SMBCall) setup(token []byte) []byte {
	return c.bytes(smbSetup, 0, false, cat(le16(25), 0, 1, le32(1), le32(0), le16(88), le16(uint16(len(token))), le64(0), token))
}

func (c SMBCall) setupAnswer(status uint32, token []byte) []byte {
	return c.bytes(smbSetup, status, true, cat(le16(9), le16(0), le16(72), le16(uint16(len(token))), token))
}

// Setup begins to sign in.
func (c SMBCall) Setup(client Windows) []byte {
	ntlm := cat("NTLMSSP\x00", le32(1), le32(0xe2088297), zeros(16), client.version())
	return c.setup(ber(0x60, oid("1.3.6.1.5.5.2"), ber(0xa0, ber(0x30, ber(0xa0, ber(0x30, oid(ntlmOID))), ber(0xa2, ber(4, ntlm))))))
}

// Challenge is the server's answer: more is needed.
func (c SMBCall) Challenge(server Windows, filetime uint64, challenge []byte) []byte {
	target, info := utf16(server.Domain), server.info(filetime)
	ntlm := cat("NTLMSSP\x00", le32(2), field(len(target), 56), le32(0xe2898215), challenge, zeros(8),
		field(len(info), 56+len(target)), server.version(), target, info)
	return c.setupAnswer(0xc0000016, ber(0xa1, ber(0x30, ber(0xa0, ber(10, 1)), ber(0xa1, oid(ntlmOID)), ber(0xa2, ber(4, ntlm)))))
}

// info is the list of names that a server tells.
func (w Windows) info(filetime uint64) []byte {
	pair := func(id uint16, v []byte) []byte { return cat(le16(id), le16(uint16(len(v))), v) }
	return cat(pair(2, utf16(w.Domain)), pair(1, utf16(w.Computer)), pair(4, utf16(w.DNS)), pair(3, utf16(w.Computer+"."+w.DNS)),
		pair(7, le64(filetime)), le32(0))
}

func field(n, offset int) []byte {
	return cat(le16(uint16(n)), le16(uint16(n)), le32(uint32(offset)))
}

// Authenticate proves the password; what proves it is random here.
func (c SMBCall) Authenticate(client, server Windows, filetime uint64, random []byte) []byte {
	lm := zeros(24)
	nt := cat(random[:16], 1, 1, zeros(6), le64(filetime), random[16:24], le32(0), server.info(filetime), le32(0))
	parts := [][]byte{utf16(client.Domain), utf16(client.User), utf16(client.Computer), lm, nt, random[24:40]}
	at := make([]int, len(parts))
	end := 88
	var payload []byte
	for i, p := range parts {
		at[i] = end
		end += len(p)
		payload = append(payload, p...)
	}
	fields := func(i int) []byte { return field(len(parts[i]), at[i]) }
	ntlm := cat("NTLMSSP\x00", le32(3), fields(3), fields(4), fields(0), fields(1), fields(2), fields(5), le32(0xe2888215),
		client.version(), random[40:56], payload)
	return c.setup(ber(0xa1, ber(0x30, ber(0xa0, ber(10, 1)), ber(0xa2, ber(4, ntlm)))))
}

// Welcome ends the sign-in.
func (c SMBCall) Welcome() []byte {
	return c.setupAnswer(0, ber(0xa1, ber(0x30, ber(0xa0, ber(10, 0)))))
}

// TreeConnect opens a share: `\\FILES1\orders`.
func (c SMBCall) TreeConnect(share string) []byte {
	path := utf16(share)
	return c.bytes(smbTree, 0, false, cat(le16(9), le16(0), le16(72), le16(uint16(len(path))), path))
}

// TreeConnected grants it.
func (c SMBCall) TreeConnected() []byte {
	return c.bytes(smbTree, 0, true, cat(le16(16), 1, 0, le32(0x30), le32(0), le32(0x1f01ff)))
}

// Echo asks whether the server is there; its answer is the same.
func (c SMBCall) Echo(answer bool) []byte { return c.bytes(smbEcho, 0, answer, cat(le16(4), le16(0))) }
