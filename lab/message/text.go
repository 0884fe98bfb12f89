package message

import (
	"fmt"
	"strings"
)

// HTTP: RFC 9112; IPP: RFC 8010; MQTT: OASIS MQTT 3.1.1.

// HTTPGet asks for a page; agent may be empty.
func HTTPGet(host, path, agent string) []byte {
	b := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n", path, host)
	if agent != "" {
		b += "User-Agent: " + agent + "\r\n"
	}
	return []byte(b + "Accept: */*\r\nConnection: close\r\n\r\n")
}

// HTTPPage answers with a page whose title is given.
func HTTPPage(server, title string) []byte {
	page := "<html><head><title>" + title + "</title></head><body>" + strings.Repeat("<p>&nbsp;</p>\n", 20) + "</body></html>\n"
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nServer: %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", server, len(page), page)
}

// IPPAsk asks a printer for its attributes; IPPAnswer tells that it is ready.
func IPPAsk(host string, id uint32) []byte {
	attribute := func(tag byte, name, value string) []byte {
		return cat(tag, uint16(len(name)), name, uint16(len(value)), value)
	}
	body := cat(2, 0, uint16(0x0b), id, 1, attribute(0x47, "attributes-charset", "utf-8"), attribute(0x48, "attributes-natural-language", "en"),
		attribute(0x45, "printer-uri", "ipp://"+host+"/ipp/print"), 3)
	return cat(fmt.Sprintf("POST /ipp/print HTTP/1.1\r\nHost: %s:631\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n", host, len(body)), body)
}

// IPPAnswer answers it.
func IPPAnswer(server, model string, id uint32) []byte {
	attribute := func(tag byte, name, value string) []byte {
		return cat(tag, uint16(len(name)), name, uint16(len(value)), value)
	}
	body := cat(2, 0, uint16(0), id, 1, attribute(0x47, "attributes-charset", "utf-8"), attribute(0x48, "attributes-natural-language", "en"),
		4, attribute(0x41, "printer-make-and-model", model), 3)
	return cat(fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: %s\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n", server, len(body)), body)
}

func mqtt(kind byte, body []byte) []byte {
	if len(body) < 128 {
		return cat(kind, len(body), body)
	}
	return cat(kind, 0x80|len(body)&0x7f, len(body)>>7, body)
}

func mqttText(s string) []byte { return cat(uint16(len(s)), s) }

// MQTTConnect signs in without a password, as many gateways do.
func MQTTConnect(client string) []byte {
	return mqtt(0x10, cat(mqttText("MQTT"), 4, 2, uint16(60), mqttText(client)))
}

// MQTTConnected grants it.
func MQTTConnected() []byte { return mqtt(0x20, zeros(2)) }

// MQTTPublish tells a value.
func MQTTPublish(topic, value string) []byte { return mqtt(0x30, cat(mqttText(topic), value)) }

// MQTTSubscribe asks for values; MQTTSubscribed grants it.
func MQTTSubscribe(id uint16, topic string) []byte {
	return mqtt(0x82, cat(id, mqttText(topic), 0))
}

// MQTTSubscribed grants it.
func MQTTSubscribed(id uint16) []byte { return mqtt(0x90, cat(id, 0)) }
