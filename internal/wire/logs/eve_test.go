package logs

// eveCase is some events of one type and what they tell.
type eveCase struct {
	name       string
	rows, want []string
}

var eveCases = []eveCase{
	{
		name: "flow",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"flow","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":502,"proto":"TCP","app_proto":"modbus","flow":{"pkts_toserver":10,"pkts_toclient":8,"bytes_toserver":700,"bytes_toclient":600,"start":"2024-01-01T10:00:00.000000+0000","end":"2024-01-01T10:00:02.000000+0000","age":2,"state":"closed","reason":"timeout"},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b","syn":true},"ether":{"dest_macs":["00:80:f4:aa:00:09"],"src_macs":["00:0c:29:aa:00:05"]},"vlan":[7]}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"flow","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":102,"proto":"TCP","app_proto":"failed","flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":60,"bytes_toclient":60,"start":"2024-01-01T10:00:00.000000+0000","end":"2024-01-01T10:00:02.000000+0000","state":"closed"},"tcp":{"tcp_flags_tc":"14"}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"flow","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":0,"proto":"ICMP","flow":{"pkts_toserver":1,"pkts_toclient":0,"bytes_toserver":98,"bytes_toclient":0}}`,
		},
		want: []string{
			"here 10.0.0.5@00:0c:29:aa:00:05#7",
			"here 10.0.0.5@00:0c:29:aa:00:05#7",
			"here 10.0.0.9@00:80:f4:aa:00:09#7",
			"here 10.0.0.9@00:80:f4:aa:00:09#7",
			"talk 10.0.0.5@00:0c:29:aa:00:05#7>10.0.0.9@00:80:f4:aa:00:09#7 ip/0 icmp 1/0 packets 98/0 bytes",
			"talk 10.0.0.5@00:0c:29:aa:00:05#7>10.0.0.9@00:80:f4:aa:00:09#7 tcp/102 tpkt answered 1/1 packets 60/60 bytes",
			"talk 10.0.0.5@00:0c:29:aa:00:05#7>10.0.0.9@00:80:f4:aa:00:09#7 tcp/502 modbus answered established 10/8 packets 700/600 bytes",
		},
	},
	{
		name: "modbus",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"modbus","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":502,"proto":"TCP","modbus":{"id":1,"request":{"transaction_id":1,"protocol_id":0,"unit_id":3,"function_raw":3,"function_code":"RdHoldRegs","access_type":"READ | HOLDING","category":"PUBLIC_ASSIGNED","error_flags":"NONE","read":{"address":100,"quantity":20}},"response":{"transaction_id":1,"unit_id":3,"function_raw":3,"function_code":"RdHoldRegs","read":{"data":"xx"}}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"modbus","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":502,"proto":"TCP","modbus":{"id":2,"request":{"unit_id":3,"function_raw":6,"function_code":"WrSingleReg","write":{"address":7,"data":4711}},"response":{"unit_id":3,"function_raw":134,"exception":{"raw":2,"code":"IllegalDataAddr"}}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"modbus","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":502,"proto":"TCP","modbus":{"id":3,"request":{"unit_id":255,"function_raw":8,"diagnostic":{"raw":4,"code":"ForceListenOnlyMode","data":"x"}}}}`,
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:502 modbus 3 read T0801 [unit 3 holding registers 100-119] 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:502 modbus 6 write T0855 [unit 3 holding registers 7] = 4711 1/1 yes 0 no 1",
			"did 10.0.0.5>10.0.0.9:502 modbus 8 mode T0814 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/502 modbus answered established 3/2 packets 0/0 bytes",
		},
	},
	{
		name: "dnp3",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dnp3","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":20000,"proto":"TCP","dnp3":{"request":{"type":"request","control":{"dir":true,"function_code":4},"src":1,"dst":10,"application":{"control":{"sequence":3},"function_code":13,"objects":[]}},"response":{"type":"response","src":10,"dst":1,"application":{"function_code":129}}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dnp3","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":20000,"proto":"TCP","dnp3":{"type":"request","src":1,"dst":10,"application":{"control":{"sequence":4},"function_code":5,"objects":[{"group":12,"variation":1,"points":[{"index":3}]}]}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dnp3","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":20000,"proto":"TCP","dnp3":{"type":"response","src":10,"dst":1,"application":{"control":{"sequence":4},"function_code":129},"iin":{"indicators":[]}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dnp3","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":20000,"proto":"TCP","dnp3":{"type":"unsolicited_response","src":10,"dst":1,"application":{"function_code":130}}}`,
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:20000 dnp3 13 mode T0816 [unit 10] 1/1 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:20000 dnp3 5 write T0855 [unit 10] 1/1 yes 0 no 0",
			"did 10.0.0.9>10.0.0.5:20000 dnp3 130 read T0801 [unit 10] 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/20000 dnp3 answered established 3/3 packets 0/0 bytes",
		},
	},
	{
		name: "enip",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"enip","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":44818,"proto":"TCP","enip":{"request":{"command":"ListIdentity","status":"Success"},"response":{"command":"ListIdentity","status":"Success","identity":{"protocol_version":1,"revision":"20.11","vendor_id":"Rockwell Automation/Allen-Bradley","device_type":"Programmable Logic Controller","product_code":55,"status":96,"serial":7079450,"product_name":"1756-L61/B LOGIX5561","state":255}}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"enip","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":44818,"proto":"TCP","enip":{"request":{"command":"SendRRData","status":"Success","cip":{"service":"Stop","path":[{"segment_type":"logical_class_8bit","value":142}],"class_name":"unknown-142"}},"response":{"command":"SendRRData","status":"Success","cip":{"service":"Stop","status":"Success"}}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"enip","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":44818,"proto":"TCP","enip":{"request":{"command":"SendRRData","status":"Success","cip":{"service":"unknown-77","class_name":"Assembly"}}}}`,
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:44818 cip 0x07 mode T0858 [class unknown-142] 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:44818 cip 0x4d write T0855 [class Assembly] 1/0 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:44818 enip 0x0063 identify T0846 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:44818 enip 0x006f other 2/1 yes 1 no 0",
			"fact 10.0.0.9 description=Programmable Logic Controller (cip.identity)",
			"fact 10.0.0.9 firmware=20.11 (cip.identity)",
			"fact 10.0.0.9 product=1756-L61/B LOGIX5561 (cip.identity)",
			"fact 10.0.0.9 serial=0x006c061a (cip.identity)",
			"fact 10.0.0.9 vendor=Rockwell Automation/Allen-Bradley (cip.identity)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/44818 enip answered established 3/2 packets 0/0 bytes",
		},
	},
	{
		name: "http",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"http","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":80,"proto":"TCP","http":{"hostname":"plc7.plant.local","url":"/","http_user_agent":"Mozilla/5.0","http_method":"GET","status":200,"length":12}}`,
		},
		want: []string{
			"fact 10.0.0.5 software=Mozilla/5.0 (http.user-agent)",
			"fact 10.0.0.9 name=plc7.plant.local (http.host)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/80 http answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		name: "dns",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dns","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.1","dest_port":53,"proto":"UDP","dns":{"version":2,"type":"answer","id":1,"flags":"8180","rrname":"hist.plant.local","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"hist.plant.local","rrtype":"A","ttl":60,"rdata":"10.0.0.20"}],"grouped":{"A":["10.0.0.20"]}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dns","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.1","dest_port":53,"proto":"UDP","dns":{"version":3,"type":"response","tx_id":0,"queries":[{"rrname":"www.example.org","rrtype":"A"}],"answers":[{"rrname":"www.example.org","rrtype":"A","rdata":"93.184.216.34"}]}}`,
		},
		want: []string{
			"fact 10.0.0.1 resolves=hist.plant.local=10.0.0.20 (dns)",
			"here 10.0.0.1",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.1 udp/53 dns answered 2/2 packets 0/0 bytes",
		},
	},
	{
		name: "tls",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"tls","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":443,"proto":"TCP","tls":{"subject":"CN=plc7","issuerdn":"CN=ca","serial":"01","sni":"plc7.plant.local","version":"TLS 1.2","notbefore":"2020-01-01T00:00:00","notafter":"2027-01-02T00:00:00","ja4":"t12d"}}`,
		},
		want: []string{
			"fact 10.0.0.5 fingerprint=ja4=t12d (tls.hello)",
			"fact 10.0.0.9 certificate=subject=CN=plc7; issuer=CN=ca; until=2027-01-02 (tls.certificate)",
			"fact 10.0.0.9 name=plc7.plant.local (tls.sni)",
			"fact 10.0.0.9 security=tls1.2 (tls.hello)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/443 tls answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		name: "ssh",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"ssh","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":22,"proto":"TCP","ssh":{"client":{"proto_version":"2.0","software_version":"PuTTY_Release_0.70"},"server":{"proto_version":"2.0","software_version":"dropbear_2014.63"}}}`,
		},
		want: []string{
			"fact 10.0.0.5 software=SSH-2.0-PuTTY_Release_0.70 (ssh.banner)",
			"fact 10.0.0.9 software=SSH-2.0-dropbear_2014.63 (ssh.banner)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/22 ssh answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		name: "smb",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"smb","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":445,"proto":"TCP","smb":{"id":1,"dialect":"NT LM 0.12","command":"SMB1_COMMAND_SESSION_SETUP_ANDX","status":"STATUS_SUCCESS","ntlmssp":{"domain":"PLANT","user":"operator","host":"HMI-3"},"request":{"native_os":"Windows 2000 2195"},"response":{"native_os":"Windows 5.1"}}}`,
		},
		want: []string{
			"fact 10.0.0.5 domain=PLANT (ntlm.authenticate)",
			"fact 10.0.0.5 name=HMI-3 (ntlm.authenticate)",
			"fact 10.0.0.5 os=Windows 2000 2195 (smb.native-os)",
			"fact 10.0.0.5 user=operator (ntlm.authenticate)",
			"fact 10.0.0.9 os=Windows 5.1 (smb.native-os)",
			"fact 10.0.0.9 security=smb1 (smb.negotiate)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/445 smb answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		name: "snmp",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"snmp","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":161,"proto":"UDP","snmp":{"version":1,"community":"public","pdu_type":"get_request","vars":["1.3.6.1.2.1.1.1.0"]}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"snmp","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":161,"proto":"UDP","snmp":{"version":2,"community":"s3cret","pdu_type":"set_request"}}`,
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:161 snmp 0 read T0801 1/0 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:161 snmp 3 config T0836 1/0 yes 0 no 0",
			"fact 10.0.0.9 cleartext-login=snmp community (snmp)",
			"fact 10.0.0.9 security=snmp.community=default (snmp)",
			"fact 10.0.0.9 security=snmp.version=1 (snmp)",
			"fact 10.0.0.9 security=snmp.version=2c (snmp)",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.9 udp/161 snmp 2/0 packets 0/0 bytes",
		},
	},
	{
		name: "dhcp",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"dhcp","src_ip":"10.0.0.254","src_port":67,"dest_ip":"10.0.0.5","dest_port":68,"proto":"UDP","dhcp":{"type":"reply","id":1,"client_mac":"00:0c:29:aa:00:05","assigned_ip":"10.0.0.5","client_ip":"0.0.0.0","dhcp_type":"ack","subnet_mask":"255.255.255.0","routers":["10.0.0.1"],"hostname":"HMI-3"}}`,
		},
		want: []string{
			"fact 00:0c:29:aa:00:05 address=10.0.0.5 (dhcp)",
			"fact 00:0c:29:aa:00:05 gateway=10.0.0.1 (dhcp)",
			"fact 00:0c:29:aa:00:05 name=HMI-3 (dhcp.hostname)",
			"fact 00:0c:29:aa:00:05 netmask=255.255.255.0 (dhcp)",
			"fact 10.0.0.254 service=dhcp (dhcp)",
		},
	},
	{
		name: "krb5",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"krb5","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.10","dest_port":88,"proto":"TCP","krb5":{"msg_type":"KRB_AS_REP","cname":"operator","realm":"PLANT.LOCAL","sname":"krbtgt/PLANT.LOCAL","encryption":"rc4-hmac","weak_encryption":true}}`,
		},
		want: []string{
			"fact 10.0.0.10 role=domain controller (kerberos.reply)",
			"fact 10.0.0.5 domain=PLANT.LOCAL (kerberos.request)",
			"fact 10.0.0.5 user=operator (kerberos.request)",
			"here 10.0.0.10",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.10 tcp/88 kerberos answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		name: "mqtt",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"mqtt","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":1883,"proto":"TCP","mqtt":{"connect":{"qos":0,"retain":false,"dup":false,"protocol_string":"MQTT","protocol_version":4,"client_id":"press-4","username":"line1","password":"hunter2"},"connack":{"return_code":0}}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"mqtt","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":1883,"proto":"TCP","mqtt":{"publish":{"topic":"line1/temp","message":"1"}}}`,
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:1883 mqtt 1 auth 1/0 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:1883 mqtt 3 other [topic line1/temp] 1/0 yes 0 no 0",
			"fact 10.0.0.5 unit=mqtt client press-4 (mqtt.connect)",
			"fact 10.0.0.5 user=line1 (mqtt.connect)",
			"fact 10.0.0.9 cleartext-login=mqtt user line1 (mqtt.connect)",
			"fact 10.0.0.9 role=message broker (mqtt.connack)",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.9 tcp/1883 mqtt 2/0 packets 0/0 bytes",
		},
	},
	{
		name: "rdp",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"rdp","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":3389,"proto":"TCP","rdp":{"tx_id":0,"event_type":"initial_request","cookie":"operator"}}`,
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"rdp","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":3389,"proto":"TCP","rdp":{"tx_id":1,"event_type":"initial_response","protocol":"rdp"}}`,
		},
		want: []string{
			"fact 10.0.0.5 user=operator (rdp.cookie)",
			"fact 10.0.0.9 security=rdp.nla=off (rdp.negotiation)",
			"fact 10.0.0.9 security=rdp.tls=off (rdp.negotiation)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/3389 rdp answered established 2/2 packets 0/0 bytes",
		},
	},
	{
		name: "ftp",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"ftp","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":21,"proto":"TCP","ftp":{"command":"USER","command_data":"admin","reply":["331 password"],"completion_code":["331"]}}`,
		},
		want: []string{
			"fact 10.0.0.5 user=admin (ftp.user)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/21 ftp answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		name: "arp",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"arp","arp":{"hw_type":"ethernet","proto_type":"ipv4","opcode":"reply","src_mac":"00:80:f4:aa:00:09","src_ip":"10.0.0.9","dest_mac":"00:0c:29:aa:00:05","dest_ip":"10.0.0.5"}}`,
		},
		want: []string{
			"fact 00:80:f4:aa:00:09 address=10.0.0.9 (arp)",
		},
	},
	{
		name: "anomaly",
		rows: []string{
			`{"timestamp":"2024-01-01T10:00:00.500000+0000","flow_id":7,"in_iface":"eth0","event_type":"anomaly","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":502,"proto":"TCP","anomaly":{"app_proto":"modbus","type":"applayer","event":"INVALID_PROTOCOL_ID","layer":"proto_parser"}}`,
		},
		want: []string{
			"broke 10.0.0.5>10.0.0.9 modbus INVALID_PROTOCOL_ID x1",
		},
	},
}
