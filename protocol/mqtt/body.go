package mqtt

// Connection is the body of a Connect. It says that a password is there, never
// which. The texts point into the decoded buffer.
type Connection struct {
	Level       uint8 // 3, 4 or 5 for versions 3.1, 3.1.1 and 5
	Bridge      bool  // a broker connects to another
	Clean       bool
	KeepAlive   uint16
	ClientID    []byte
	Will        bool
	WillTopic   []byte
	HasUser     bool
	User        []byte
	HasPassword bool
}

// Connection reads the body of a Connect.
func (p Packet) Connection() (Connection, error) {
	if p.Type != Connect {
		return Connection{}, ErrBody
	}
	c := cursor{b: p.Body}
	name := c.str()
	level := c.u8()
	if string(name) != "MQTT" && string(name) != "MQIsdp" {
		return Connection{}, ErrBody
	}
	conn := Connection{Level: level & 0x7f, Bridge: level&0x80 != 0}
	flags := c.u8()
	if conn.Level < 3 || conn.Level > 5 || flags&1 != 0 {
		return Connection{}, ErrBody
	}
	conn.Clean = flags&2 != 0
	conn.KeepAlive = c.u16()
	if conn.Level == 5 {
		c.properties()
	}
	conn.ClientID = c.str()
	conn.credentials(&c, flags)
	if c.bad {
		return conn, ErrShort
	}
	return conn, nil
}

// credentials reads the will, the user name and whether there is a password.
func (conn *Connection) credentials(c *cursor, flags uint8) {
	if conn.Will = flags&0x04 != 0; conn.Will {
		if conn.Level == 5 {
			c.properties()
		}
		conn.WillTopic = c.str()
		c.str()
	}
	if conn.HasUser = flags&0x80 != 0; conn.HasUser {
		conn.User = c.str()
	}
	if conn.HasPassword = flags&0x40 != 0; conn.HasPassword {
		c.str()
	}
}

// Return is the return or reason code of a ConnAck; 0 accepts. It is not ok
// when the body is too short.
func (p Packet) Return() (uint8, bool) {
	if p.Type != ConnAck || len(p.Body) < 2 {
		return 0, false
	}
	return p.Body[1], true
}

// Publication is the body of a Publish. Payload may start with the properties
// of version 5, since the packet does not say its version: level 5 takes them
// off.
type Publication struct {
	Topic   []byte
	ID      uint16 // 0 with QoS 0
	Alias   uint16 // topic alias of version 5, 0 is none
	Payload []byte
}

// Publication reads the body of a Publish, as far as it is there. The level is
// that of the connection; 4 when it is not known.
func (p Packet) Publication(level uint8) (Publication, bool) {
	if p.Type != Publish {
		return Publication{}, false
	}
	c := cursor{b: p.Body}
	pub := Publication{Topic: c.str()}
	if p.QoS() > 0 {
		pub.ID = c.u16()
	}
	if level == 5 {
		pub.Alias = alias(c.properties())
	}
	if c.bad {
		return Publication{}, false
	}
	pub.Payload = c.b
	return pub, true
}

// alias finds a topic alias among properties that a Publish may carry
// (MQTT 5 section 2.2.2.2).
func alias(props []byte) uint16 {
	c := cursor{b: props}
	for !c.bad && len(c.b) > 0 {
		switch c.u8() {
		case 0x01: // payload format
			c.take(1)
		case 0x02: // expiry
			c.take(4)
		case 0x03, 0x08, 0x09: // content type, response topic, correlation data
			c.str()
		case 0x0b: // subscription identifier
			_, n, err := varint(c.b)
			if err != nil {
				return 0
			}
			c.take(n)
		case 0x23:
			return c.u16()
		case 0x26: // user property
			c.str()
			c.str()
		default:
			return 0
		}
	}
	return 0
}

// ID is the packet identifier of packets that are acknowledged and of the
// acknowledgements. It is 0 where there is none.
func (p Packet) ID() uint16 {
	switch p.Type {
	case Connect, ConnAck, PingReq, PingResp, Disconnect, Auth:
		return 0
	case Publish:
		pub, _ := p.Publication(4)
		return pub.ID
	}
	c := cursor{b: p.Body}
	return c.u16()
}

// Filters walks through the topic filters of a Subscribe or Unsubscribe: pass
// the packet and level to FiltersOf, then take them one by one with Next.
type Filters struct {
	c         cursor
	subscribe bool
}

// FiltersOf is the list of topic filters in a Subscribe or Unsubscribe.
func FiltersOf(p Packet, level uint8) Filters {
	f := Filters{c: cursor{b: p.Body}, subscribe: p.Type == Subscribe}
	if p.Type != Subscribe && p.Type != Unsubscribe {
		f.c.bad = true
	}
	f.c.u16()
	if level == 5 {
		f.c.properties()
	}
	return f
}

// Next is the next topic filter, and whether there is one.
func (f *Filters) Next() ([]byte, bool) {
	if f.c.bad || len(f.c.b) == 0 {
		return nil, false
	}
	topic := f.c.str()
	if f.subscribe {
		f.c.take(1)
	}
	return topic, !f.c.bad
}

// Failed reports whether an acknowledgement refuses: a SubAck with a failure
// code for every filter, a version 5 acknowledgement with a reason of 0x80 or
// above.
func (p Packet) Failed(level uint8) bool {
	c := cursor{b: p.Body}
	switch p.Type {
	case SubAck, UnsubAck:
		c.u16()
		if level == 5 {
			c.properties()
		}
		return allFailed(c.b)
	case PubAck, PubRec, PubComp:
		return level == 5 && len(p.Body) > 2 && p.Body[2] >= 0x80
	case ConnAck:
		code, ok := p.Return()
		return ok && code != 0
	}
	return false
}

func allFailed(codes []byte) bool {
	for _, c := range codes {
		if c < 0x80 {
			return false
		}
	}
	return len(codes) > 0
}
