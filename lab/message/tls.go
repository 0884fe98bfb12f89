package message

// TLS 1.3: RFC 8446; RDP's beginning: MS-RDPBCGR 2.2.1; SSH: RFC 4253; RFB:
// RFC 6143; OpenVPN: openvpn.net, network protocol.

func tlsRecord(kind byte, body []byte) []byte {
	return cat(kind, uint16(0x303), uint16(len(body)), body)
}

func tlsExtension(kind uint16, body []byte) []byte { return cat(kind, uint16(len(body)), body) }

func handshake(kind byte, body []byte) []byte {
	return tlsRecord(22, cat(kind, 0, uint16(len(body)), body))
}

// ClientHello opens TLS to a server name, "" if the client has none. Random is
// 96 bytes.
func ClientHello(server string, random []byte) []byte {
	var extensions []byte
	if server != "" {
		extensions = tlsExtension(0, cat(uint16(len(server)+3), 0, uint16(len(server)), server))
	}
	extensions = cat(extensions,
		tlsExtension(23, nil),
		tlsExtension(10, cat(uint16(4), uint16(29), uint16(23))),
		tlsExtension(11, cat(1, 0)),
		tlsExtension(13, cat(uint16(8), uint16(0x403), uint16(0x804), uint16(0x401), uint16(0x501))),
		tlsExtension(43, cat(4, uint16(0x304), uint16(0x303))),
		tlsExtension(45, cat(1, 1)),
		tlsExtension(51, cat(uint16(36), uint16(29), uint16(32), random[64:96])))
	body := cat(uint16(0x303), random[:32], 32, random[32:64],
		uint16(10), uint16(0x1302), uint16(0x1301), uint16(0x1303), uint16(0xc02f), uint16(0xc030), 1, 0,
		uint16(len(extensions)), extensions)
	return handshake(1, body)
}

// ServerHello agrees on TLS 1.3; the rest of the handshake is encrypted.
func ServerHello(random, session []byte) []byte {
	extensions := cat(tlsExtension(43, cat(uint16(0x304))), tlsExtension(51, cat(uint16(29), uint16(32), random[32:64])))
	body := cat(uint16(0x303), random[:32], 32, session, uint16(0x1302), 0, uint16(len(extensions)), extensions)
	return cat(handshake(2, body), tlsRecord(20, cat(1)))
}

// ChangeCipher is what a TLS 1.3 client sends for old middleboxes' sake.
func ChangeCipher() []byte { return tlsRecord(20, cat(1)) }

// Encrypted is a record whose content nobody can read.
func Encrypted(random []byte) []byte { return tlsRecord(23, random) }

// RDPConnect asks for a remote desktop with network level authentication.
func RDPConnect(user string) []byte {
	cookie := "Cookie: mstshash=" + user + "\r\n"
	b := cat(0xe0, uint32(0), 0, cookie, 1, 0, le16(8), le32(3))
	return tpkt(cat(len(b), b))
}

// RDPConnected agrees.
func RDPConnected() []byte {
	return tpkt(cat(14, 0xd0, uint16(0), uint16(0x1234), 0, 2, 0x1f, le16(8), le32(2)))
}

// SSHKeys is the list of methods that both sides send after their banners.
// Random is 16 bytes.
func SSHKeys(random []byte) []byte {
	b := cat(20, random)
	for _, list := range []string{
		"curve25519-sha256,diffie-hellman-group14-sha256", "ssh-ed25519,rsa-sha2-256",
		"aes128-ctr,aes256-ctr", "aes128-ctr,aes256-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", "",
	} {
		b = cat(b, uint32(len(list)), list)
	}
	return SSHPacket(cat(b, 0, uint32(0)))
}

// SSHPacket is a packet before encryption begins.
func SSHPacket(payload []byte) []byte {
	padding := 8 - (len(payload)+5)%8
	if padding < 4 {
		padding += 8
	}
	return cat(uint32(len(payload)+1+padding), padding, payload, zeros(padding))
}

// SSHExchange is the client's half of the key exchange, SSHReply the server's
// with the end of it.
func SSHExchange(random []byte) []byte { return SSHPacket(cat(30, uint32(32), random[:32])) }

// SSHReply is the server's half.
func SSHReply(random []byte) []byte {
	key := cat(uint32(11), "ssh-ed25519", uint32(32), random[:32])
	signature := cat(uint32(11), "ssh-ed25519", uint32(64), random[32:96])
	return cat(SSHPacket(cat(31, uint32(len(key)), key, uint32(32), random[:32], uint32(len(signature)), signature)), SSHPacket(cat(21)))
}

// RFBVersion is the first word of both sides of VNC.
const RFBVersion = "RFB 003.008\n"

// RFBScreen is the server's description of its screen.
func RFBScreen(width, height uint16, name string) []byte {
	return cat(width, height, 32, 24, 0, 1, uint16(255), uint16(255), uint16(255), 16, 8, 0, zeros(3), uint32(len(name)), name)
}

// RFBAsk asks for what changed of the screen.
func RFBAsk(width, height uint16) []byte { return cat(3, 1, uint16(0), uint16(0), width, height) }

// RFBUpdate is a square of 16 by 16 points.
func RFBUpdate(x, y uint16, points []byte) []byte {
	return cat(0, 0, uint16(1), x, y, uint16(16), uint16(16), uint32(0), points)
}

// OpenVPNReset opens a tunnel; OpenVPNResetAnswer answers.
func OpenVPNReset(session []byte) []byte { return cat(7<<3, session, 0, uint32(0)) }

// OpenVPNResetAnswer acknowledges the client's first packet.
func OpenVPNResetAnswer(session, client []byte) []byte {
	return cat(8<<3, session, 1, uint32(0), client, uint32(0))
}

// OpenVPNControl carries a piece of the TLS handshake.
func OpenVPNControl(session, peer []byte, acknowledged, id uint32, payload []byte) []byte {
	return cat(4<<3, session, 1, acknowledged, peer, id, payload)
}

// OpenVPNData carries what is tunnelled.
func OpenVPNData(random []byte) []byte { return cat(9<<3, 0, 0, 1, random) }
