package lab

// deeds are what machines can do, by the name that data files use.
var deeds = map[string]func(*scene){
	"announce": announce, "cdp": cdp, "spanning-tree": spanningTree, "arp": arp, "ping": ping,
	"dcp": dcp, "pn-io": pnIO,
	"dhcp": dhcp, "dns": dns, "netbios": netbios, "ntp": ntp, "service": service, "snmp": snmp,
	"sign-in": signIn, "share": share, "tls": tls, "http": http, "print": printing, "smtp": smtp,
	"rdp": rdp, "vnc": vnc, "ssh": ssh, "telnet": telnet, "ftp": ftp, "openvpn": openVPN,
	"opcua": opcua, "mqtt": mqtt, "mqtt-listen": mqttListen, "bacnet": bacnet, "bacnet-write": bacnetWrite,
	"s7-poll": s7Poll, "s7-write": s7Write, "s7-identify": s7Identify, "s7-download": s7Download, "s7-restart": s7Restart,
	"cip-list": cipList, "cip-rack": cipRack, "cip-poll": cipPoll, "cip-write": cipWrite, "cip-io": cipIO,
	"modbus-poll": modbusPoll, "modbus-write": modbusWrite, "modbus-identify": modbusIdentify, "umas-identify": umasIdentify,
	"sip": sip, "camera": camera, "stream": stream, "log": logs, "copy": copyFiles,
	"s7-upload": s7Upload, "s7plus-poll": s7plusPoll, "s7-clock": s7Clock, "s7-stop": s7Stop, "cip-firmware": cipFirmware,
	"power-off": powerOff, "power-on": powerOn, "scan": scan, "probe": probe, "spread": spread,
	"slmp-poll": slmpPoll, "fins-poll": finsPoll, "ads-poll": adsPoll, "ads-find": adsFind,
}
