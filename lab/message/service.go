package message

import "fmt"

// Telephones: RFC 3261. Cameras: RFC 2326, RFC 3550, and WS-Discovery as ONVIF
// uses it. Logs: RFC 3164.

// SIPRegister signs a telephone on; id makes its call and transaction its own.
func SIPRegister(user, domain, ip, agent string, id, sequence uint32) []byte {
	return fmt.Appendf(nil, "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK%08x\r\nFrom: <sip:%s@%s>;tag=%x\r\nTo: <sip:%s@%s>\r\n"+
		"Call-ID: %08x@%s\r\nCSeq: %d REGISTER\r\nContact: <sip:%s@%s:5060>\r\nMax-Forwards: 70\r\nUser-Agent: %s\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n",
		domain, ip, id+sequence, user, domain, id, user, domain, id, ip, sequence, user, ip, agent)
}

// SIPRegistered grants it.
func SIPRegistered(user, domain, ip, server string, id, sequence uint32) []byte {
	return fmt.Appendf(nil, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK%08x\r\nFrom: <sip:%s@%s>;tag=%x\r\nTo: <sip:%s@%s>;tag=as%x\r\n"+
		"Call-ID: %08x@%s\r\nCSeq: %d REGISTER\r\nServer: %s\r\nExpires: 60\r\nContact: <sip:%s@%s:5060>;expires=60\r\nContent-Length: 0\r\n\r\n",
		ip, id+sequence, user, domain, id, user, domain, id, id, ip, sequence, server, user, ip)
}

// RTSPAsk is a request for a camera's stream; more are header lines of the
// method, each with its end.
func RTSPAsk(method, url string, sequence int, more string) []byte {
	return fmt.Appendf(nil, "%s %s RTSP/1.0\r\nCSeq: %d\r\nUser-Agent: NVR\r\n%s\r\n", method, url, sequence, more)
}

// RTSPAnswer grants it.
func RTSPAnswer(server string, sequence int, more string) []byte {
	return fmt.Appendf(nil, "RTSP/1.0 200 OK\r\nCSeq: %d\r\nServer: %s\r\n%s\r\n", sequence, server, more)
}

// RTP is a piece of a stream.
func RTP(sequence uint16, time, source uint32, data []byte) []byte {
	return cat(0x80, 96, sequence, time, source, data)
}

// CameraHello is how a camera says that it is there.
func CameraHello(id []byte, name, model, location, ip string) []byte {
	uuid := fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" `+
		`xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header><a:MessageID>urn:uuid:%s</a:MessageID>`+
		`<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</a:Action></s:Header><s:Body><d:Hello>`+
		`<a:EndpointReference><a:Address>urn:uuid:%s</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>`+
		`<d:Scopes>onvif://www.onvif.org/name/%s onvif://www.onvif.org/hardware/%s onvif://www.onvif.org/location/%s</d:Scopes>`+
		`<d:XAddrs>http://%s/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:Hello></s:Body></s:Envelope>`,
		uuid, uuid, name, model, location, ip)
}

// Syslog is a line of a log: facility local0, informational.
func Syslog(when, host, text string) []byte { return []byte("<134>" + when + " " + host + " " + text) }
