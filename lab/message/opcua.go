package message

// OPC UA: OPC 10000-4 (services) and 10000-6 (mappings), release 1.05, security
// policy None. Numbers are little-endian.

func uaText(s string) []byte {
	if s == "" {
		return le32(0xffffffff)
	}
	return cat(le32(uint32(len(s))), s)
}

func uaMessage(kind string, body []byte) []byte {
	return cat(kind, "F", le32(uint32(len(body)+8)), body)
}

// UAHello opens the conversation.
func UAHello(url string) []byte {
	return uaMessage("HEL", cat(le32(0), le32(65536), le32(65536), le32(0), le32(0), uaText(url)))
}

// UAAcknowledge answers it.
func UAAcknowledge() []byte {
	return uaMessage("ACK", cat(le32(0), le32(65536), le32(65536), le32(0), le32(0)))
}

// UAChannel is where a conversation stands.
type UAChannel struct {
	Channel, Token uint32
	Sequence       uint32
	Time           uint64 // in units of 100 ns since 1601
	Session        []byte // its authentication token
}

const noPolicy = "http://opcfoundation.org/UA/SecurityPolicy#None"

// node is a numeric NodeId in namespace 0.
func node(id uint16) []byte { return cat(1, 0, le16(id)) }

func (c *UAChannel) token() []byte {
	if c.Session == nil {
		return zeros(2)
	}
	return cat(5, le16(0), le32(uint32(len(c.Session))), c.Session)
}

// request is the header of each service's request.
func (c *UAChannel) request(id uint32) []byte {
	return cat(c.token(), le64(c.Time), le32(id), le32(0), le32(0xffffffff), le32(10000), zeros(3))
}

func (c *UAChannel) response(id uint32) []byte {
	return cat(le64(c.Time), le32(id), le32(0), 0, le32(0), zeros(3))
}

func (c *UAChannel) open(id uint32, body []byte) []byte {
	return uaMessage("OPN", cat(le32(c.Channel), uaText(noPolicy), le32(0xffffffff), le32(0xffffffff), le32(id), le32(id), body))
}

func (c *UAChannel) message(id uint32, body []byte) []byte {
	return uaMessage("MSG", cat(le32(c.Channel), le32(c.Token), le32(id), le32(id), body))
}

// Open asks for the channel, Opened grants it.
func (c *UAChannel) Open(id uint32) []byte {
	first := UAChannel{Time: c.Time}
	return first.open(id, cat(node(446), first.request(id), le32(0), le32(0), le32(1), le32(0xffffffff), le32(3600000)))
}

// Opened grants it.
func (c *UAChannel) Opened(id uint32) []byte {
	return c.open(id, cat(node(449), c.response(id), le32(0), le32(c.Channel), le32(c.Token), le64(c.Time), le32(3600000), le32(0xffffffff)))
}

// UAApplication names a client or server.
type UAApplication struct {
	URI, Product, Name, URL string
	Kind                    uint32 // 0 server, 1 client
}

func (a UAApplication) bytes() []byte {
	urls := le32(0xffffffff)
	if a.URL != "" {
		urls = cat(le32(1), uaText(a.URL))
	}
	return cat(uaText(a.URI), uaText(a.Product), 2, uaText(a.Name), le32(a.Kind), uaText(""), uaText(""), urls)
}

// CreateSession asks for a session.
func (c *UAChannel) CreateSession(id uint32, client UAApplication, url string) []byte {
	return c.message(id, cat(node(461), c.request(id), client.bytes(), uaText(""), uaText(url), uaText(client.Name),
		le32(0xffffffff), le32(0xffffffff), le64(0x4132_4f80_0000_0000), le32(0)))
}

// SessionCreated grants it and describes the server's one endpoint.
func (c *UAChannel) SessionCreated(id uint32, server UAApplication, token []byte) []byte {
	anonymous := cat(uaText("anonymous"), le32(0), uaText(""), uaText(""), uaText(noPolicy))
	endpoint := cat(uaText(server.URL), server.bytes(), le32(0xffffffff), le32(1), uaText(noPolicy), le32(1), anonymous,
		uaText("http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary"), 0)
	identifier := cat(5, le16(1), le32(uint32(len(token))), token)
	secret := cat(5, le16(0), le32(uint32(len(token))), token)
	return c.message(id, cat(node(464), c.response(id), identifier, secret, le64(0x4132_4f80_0000_0000), le32(0xffffffff), le32(0xffffffff),
		le32(1), endpoint, le32(0), uaText(""), le32(0xffffffff), le32(0)))
}

// ActivateSession signs in as nobody.
func (c *UAChannel) ActivateSession(id uint32) []byte {
	anonymous := cat(node(321), 1, le32(13), uaText("anonymous"))
	return c.message(id, cat(node(467), c.request(id), uaText(""), le32(0xffffffff), le32(0), le32(0), anonymous, uaText(""), le32(0xffffffff)))
}

// SessionActivated grants it.
func (c *UAChannel) SessionActivated(id uint32) []byte {
	return c.message(id, cat(node(470), c.response(id), le32(0xffffffff), le32(0), le32(0)))
}

// Read asks for the values of nodes named by text in namespace 2.
func (c *UAChannel) Read(id uint32, names ...string) []byte {
	b := cat(node(631), c.request(id), le64(0), le32(2), le32(uint32(len(names))))
	for _, n := range names {
		b = cat(b, 3, le16(2), uaText(n), le32(13), le32(0xffffffff), le16(0), le32(0xffffffff))
	}
	return c.message(id, b)
}

// Values answers with numbers in IEEE 754 form.
func (c *UAChannel) Values(id uint32, bits ...uint32) []byte {
	b := cat(node(634), c.response(id), le32(uint32(len(bits))))
	for _, v := range bits {
		b = cat(b, 1, 10, le32(v))
	}
	return c.message(id, cat(b, le32(0)))
}
