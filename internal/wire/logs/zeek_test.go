package logs

// zeekCase is a log, its rows as a test writes them (two blanks between columns)
// and what they tell.
type zeekCase struct {
	path, fields string
	rows, want   []string
	nameless     bool // its columns do not tell it
}

var zeekCases = []zeekCase{
	{
		path: "conn", fields: ids + "proto service duration orig_bytes resp_bytes conn_state missed_bytes orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes orig_l2_addr resp_l2_addr",
		rows: []string{
			"1583869914.742999  C1  10.0.0.5  50000  10.0.0.9  502  tcp  modbus  1.5  120  90  SF  0  10  520  8  410  00:0c:29:aa:00:05  00:80:f4:aa:00:09",
			"1583869915.742999  C2  10.0.0.5  50001  10.0.0.9  502  tcp  modbus  1.5  120  90  SF  0  10  520  8  410  00:0c:29:aa:00:05  00:80:f4:aa:00:09",
			"1583869916.0  C3  10.0.0.5  50002  10.0.0.77  102  tcp  -  -  -  -  S0  0  3  180  0  0  00:0c:29:aa:00:05  -",
			"1583869917.0  C4  10.0.0.5  50003  10.0.0.9  80  tcp  -  0.1  0  0  REJ  0  1  60  1  40  00:0c:29:aa:00:05  00:80:f4:aa:00:09",
			"1583869918.0  C5  10.0.0.5  8  10.0.0.9  0  icmp  -  0.1  8  8  OTH  0  1  60  1  60  00:0c:29:aa:00:05  00:80:f4:aa:00:09",
			"1583869919.0  C6  10.0.0.9  502  10.0.0.6  50004  tcp  -  0.1  8  8  OTH  0  1  60  2  120  00:80:f4:aa:00:09  00:0c:29:aa:00:06",
			"1583869920.0  C7  10.0.0.5  50005  10.0.0.9  445  tcp  gssapi,ntlm,smb  0.1  8  8  S1  0  1  60  2  120  00:0c:29:aa:00:05  00:80:f4:aa:00:09",
		},
		want: []string{
			"here 10.0.0.5@00:0c:29:aa:00:05",
			"here 10.0.0.6@00:0c:29:aa:00:06",
			"here 10.0.0.9@00:80:f4:aa:00:09",
			"talk 10.0.0.5@00:0c:29:aa:00:05>10.0.0.77 tcp/102 tpkt 3/0 packets 180/0 bytes",
			"talk 10.0.0.5@00:0c:29:aa:00:05>10.0.0.9@00:80:f4:aa:00:09 ip/0 icmp answered 1/1 packets 60/60 bytes",
			"talk 10.0.0.5@00:0c:29:aa:00:05>10.0.0.9@00:80:f4:aa:00:09 tcp/445 smb answered established 1/2 packets 60/120 bytes",
			"talk 10.0.0.5@00:0c:29:aa:00:05>10.0.0.9@00:80:f4:aa:00:09 tcp/502 modbus answered established 20/16 packets 1040/820 bytes",
			"talk 10.0.0.5@00:0c:29:aa:00:05>10.0.0.9@00:80:f4:aa:00:09 tcp/80 http answered 1/1 packets 60/40 bytes",
			"talk 10.0.0.6@00:0c:29:aa:00:06>10.0.0.9@00:80:f4:aa:00:09 tcp/502 modbus answered established 2/1 packets 120/60 bytes",
		},
	},
	{
		path: "known_hosts", fields: "ts host", nameless: true,
		rows: []string{
			"1.0  10.0.0.1",
			"2.0  10.0.0.1",
		},
		want: []string{
			"fact 10.0.0.1 address=10.0.0.1 (ip.known-hosts)",
		},
	},
	{
		path: "known_devices", fields: "ts mac dhcp_host_name",
		rows: []string{
			"1.0  00:0c:29:aa:00:05  hmi-3",
		},
		want: []string{
			"fact 00:0c:29:aa:00:05 address=00:0c:29:aa:00:05 (ethernet.known-devices)",
			"fact 00:0c:29:aa:00:05 name=hmi-3 (dhcp.hostname)",
		},
	},
	{
		path: "known_services", fields: "ts host port_num port_proto service[]",
		rows: []string{
			"1.0  10.0.0.1  502  tcp  MODBUS",
		},
		want: []string{
			"fact 10.0.0.1 address=10.0.0.1 (ip.known-services)",
			"fact 10.0.0.1 service=MODBUS 502/tcp (zeek.known-services)",
		},
	},
	{
		path: "known_certs", fields: "ts host port_num subject issuer_subject serial",
		rows: []string{
			"1.0  10.0.0.1  443  CN=plc7  CN=ca  01",
		},
		want: []string{
			"fact 10.0.0.1 certificate=subject=CN=plc7; issuer=CN=ca (tls.certificate)",
		},
	},
	{
		path: "known_modbus", fields: "ts host device_type",
		rows: []string{
			"1.0  10.0.0.1  Known::MODBUS_SLAVE",
			"1.0  10.0.0.2  Known::MODBUS_MASTER",
		},
		want: []string{
			"fact 10.0.0.1 address=10.0.0.1 (ip.known-modbus)",
			"fact 10.0.0.1 service=modbus server (zeek.known-modbus)",
			"fact 10.0.0.2 address=10.0.0.2 (ip.known-modbus)",
		},
	},
	{
		path: "software", fields: "ts host host_p software_type name unparsed_version",
		rows: []string{
			"1.0  10.0.0.1  80  HTTP::SERVER  GoAhead-Webs  GoAhead-Webs/2.5",
			"1.0  10.0.0.2  -  OS::WINDOWS  Windows  Windows 7 or Server 2008 R2",
		},
		want: []string{
			"fact 10.0.0.1 software=GoAhead-Webs/2.5 (zeek.software)",
			"fact 10.0.0.2 os=Windows 7 or Server 2008 R2 (zeek.software)",
		},
	},
	{
		path: "dhcp", fields: "ts uids[] client_addr server_addr mac host_name client_fqdn domain assigned_addr msg_types[]",
		rows: []string{
			"1.0  C1  -  10.0.0.254  00:0c:29:aa:00:05  HMI-3  hmi-3.plant.local  plant.local  10.0.0.5  DISCOVER,OFFER,REQUEST,ACK",
			"1.0  C2  0.0.0.0  255.255.255.255  00:0c:29:aa:00:06  -  -  -  -  DISCOVER",
		},
		want: []string{
			"fact 00:0c:29:aa:00:05 address=10.0.0.5 (dhcp)",
			"fact 00:0c:29:aa:00:05 domain=plant.local (dhcp.domain)",
			"fact 00:0c:29:aa:00:05 name=HMI-3 (dhcp.hostname)",
			"fact 00:0c:29:aa:00:05 name=hmi-3.plant.local (dhcp.fqdn)",
			"fact 10.0.0.254 address=10.0.0.254 (ip.dhcp)",
			"fact 10.0.0.254 service=dhcp (dhcp)",
		},
	},
	{
		path: "dns", fields: ids + "proto trans_id query qtype qtype_name rcode_name answers[] rejected",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.1  53  udp  7  historian.plant.local  1  A  NOERROR  hist.plant.local,10.0.0.20  F",
			"1.0  C2  10.0.0.5  50001  10.0.0.1  53  udp  7  www.example.org  1  A  NOERROR  93.184.216.34  F",
			"1.0  C3  10.0.0.5  50002  8.8.8.8  53  udp  7  x.example.org  1  A  -  -  F",
		},
		want: []string{
			"fact 10.0.0.1 resolves=historian.plant.local=10.0.0.20 (dns)",
			"here 10.0.0.1",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.1 udp/53 dns answered 2/2 packets 0/0 bytes",
			"talk 10.0.0.5>8.8.8.8 udp/53 dns 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "http", fields: ids + "trans_depth method host uri user_agent status_code username password",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  80  1  GET  plc7.plant.local:80  /  Mozilla/5.0 (Windows NT 6.1)  200  admin  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  80  2  GET  10.0.0.9  /x  Mozilla/5.0 (Windows NT 6.1)  200  -  -",
			"1.0  C2  10.0.0.5  50000  93.184.216.34  80  1  GET  www.example.org  /  curl/8.5  -  -  -",
		},
		want: []string{
			"fact 10.0.0.5 software=Mozilla/5.0 (Windows NT 6.1) (http.user-agent)",
			"fact 10.0.0.5 software=curl/8.5 (http.user-agent)",
			"fact 10.0.0.5 user=admin (http.authorization)",
			"fact 10.0.0.9 cleartext-login=http user admin (http.authorization)",
			"fact 10.0.0.9 name=plc7.plant.local (http.host)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/80 http answered established 2/2 packets 0/0 bytes",
			"talk 10.0.0.5>93.184.216.34 tcp/80 http 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "ssl", fields: ids + "version cipher server_name subject issuer ja4",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  443  TLSv10  TLS_RSA_WITH_AES_128_CBC_SHA  plc7  CN=plc7,O=Siemens  CN=ca  t10d",
		},
		want: []string{
			"fact 10.0.0.5 fingerprint=ja4=t10d (tls.hello)",
			"fact 10.0.0.9 certificate=subject=CN=plc7,O=Siemens; issuer=CN=ca (tls.certificate)",
			"fact 10.0.0.9 name=plc7 (tls.sni)",
			"fact 10.0.0.9 security=tls1.0 (tls.hello)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/443 tls answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "ssh", fields: ids + "version auth_attempts client server hassh hasshServer",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  22  2  1  SSH-2.0-PuTTY_Release_0.70  SSH-2.0-dropbear_2014.63  ec7378c1a92f5a8dde7e8b7a1ddf33d1  -",
		},
		want: []string{
			"fact 10.0.0.5 fingerprint=hassh=ec7378c1a92f5a8dde7e8b7a1ddf33d1 (ssh.kexinit)",
			"fact 10.0.0.5 software=SSH-2.0-PuTTY_Release_0.70 (ssh.banner)",
			"fact 10.0.0.9 software=SSH-2.0-dropbear_2014.63 (ssh.banner)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/22 ssh answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "ntlm", fields: ids + "username hostname domainname server_nb_computer_name server_dns_computer_name server_tree_name success",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  445  operator  HMI-3  PLANT  FS1  fs1.plant.local  plant.local  T",
		},
		want: []string{
			"fact 10.0.0.5 domain=PLANT (ntlm.authenticate)",
			"fact 10.0.0.5 name=HMI-3 (ntlm.authenticate)",
			"fact 10.0.0.5 user=operator (ntlm.authenticate)",
			"fact 10.0.0.9 domain=plant.local (ntlm.challenge)",
			"fact 10.0.0.9 name=FS1 (ntlm.challenge)",
			"fact 10.0.0.9 name=fs1.plant.local (ntlm.challenge)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/445 ntlm answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "kerberos", fields: ids + "request_type client service success",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.10  88  AS  operator/PLANT.LOCAL  krbtgt/PLANT.LOCAL  T",
			"1.0  C2  10.0.0.5  50000  10.0.0.10  88  AS  hmi-3$/PLANT.LOCAL  krbtgt/PLANT.LOCAL  T",
		},
		want: []string{
			"fact 10.0.0.10 role=domain controller (kerberos.reply)",
			"fact 10.0.0.5 domain=PLANT.LOCAL (kerberos.request)",
			"fact 10.0.0.5 user=operator (kerberos.request)",
			"here 10.0.0.10",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.10 tcp/88 kerberos answered established 2/2 packets 0/0 bytes",
		},
	},
	{
		path: "smb_mapping", fields: ids + "path service share_type",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  445  \\\\\\\\fs1\\\\recipes  -  DISK",
		},
		want: []string{
			"fact 10.0.0.9 service=\\\\fs1\\recipes (smb.tree)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/445 smb answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "snmp", fields: ids + "duration version community get_requests get_bulk_requests get_responses set_requests display_string",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  161  1.0  1  public  4  0  4  2  Siemens, SIMATIC NET, SCALANCE X204",
			"1.0  C2  10.0.0.6  50000  10.0.0.9  161  1.0  2c  plant7  3  0  0  0  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:161 snmp 0 read T0801 4/4 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:161 snmp 3 config T0836 2/0 yes 0 no 0",
			"did 10.0.0.6>10.0.0.9:161 snmp 0 read T0801 3/0 yes 0 no 0",
			"fact 10.0.0.9 cleartext-login=snmp community (snmp)",
			"fact 10.0.0.9 description=Siemens, SIMATIC NET, SCALANCE X204 (snmp.system)",
			"fact 10.0.0.9 security=snmp.community=default (snmp)",
			"fact 10.0.0.9 security=snmp.version=1 (snmp)",
			"fact 10.0.0.9 security=snmp.version=2c (snmp)",
			"here 10.0.0.5",
			"here 10.0.0.6",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/161 snmp answered 1/1 packets 0/0 bytes",
			"talk 10.0.0.6>10.0.0.9 udp/161 snmp 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "ftp", fields: ids + "user password command arg reply_code",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  21  anonymous  guest  RETR  x  226",
			"1.0  C2  10.0.0.5  50000  10.0.0.9  21  <unknown>  -  PASV  -  227",
		},
		want: []string{
			"fact 10.0.0.5 user=anonymous (ftp.user)",
			"fact 10.0.0.9 cleartext-login=ftp user anonymous (ftp.pass)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/21 ftp answered established 2/2 packets 0/0 bytes",
		},
	},
	{
		path: "rdp", fields: ids + "cookie result security_protocol client_build client_name",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  3389  mstshash  encrypted  RDP  RDP 5.1  HMI-3",
		},
		want: []string{
			"fact 10.0.0.5 name=HMI-3 (rdp.settings)",
			"fact 10.0.0.5 software=RDP 5.1 (rdp.settings)",
			"fact 10.0.0.5 user=mstshash (rdp.cookie)",
			"fact 10.0.0.9 security=rdp.nla=off (rdp.negotiation)",
			"fact 10.0.0.9 security=rdp.tls=off (rdp.negotiation)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/3389 rdp answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "ntp", fields: ids + "version mode stratum",
		rows: []string{
			"1.0  C1  10.0.0.5  123  10.0.0.9  123  4  3  0",
			"1.0  C1  10.0.0.5  123  10.0.0.9  123  4  4  2",
		},
		want: []string{
			"fact 10.0.0.9 role=time source (ntp)",
			"fact 10.0.0.9 service=ntp (ntp)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/123 ntp answered 2/1 packets 0/0 bytes",
		},
	},
	{
		path: "mqtt_connect", fields: ids + "proto_name client_id connect_status", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  1883  MQTT  press-4  Connection Accepted",
		},
		want: []string{
			"fact 10.0.0.5 unit=mqtt client press-4 (mqtt.connect)",
			"fact 10.0.0.9 role=message broker (mqtt.connack)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/1883 mqtt answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "mqtt_publish", fields: ids + "from_client topic status", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  1883  T  line1/press-4/temp  ok",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:1883 mqtt 3 other [topic line1/press-4/temp] 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.9 tcp/1883 mqtt 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "weird", fields: ids + "name addl notice peer source",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  bad_TCP_checksum  -  F  zeek  TCP",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  binpac exception  oob  F  zeek  MODBUS",
			"1.0  -  -  -  -  -  non_ip_packet  -  F  zeek  -",
		},
		want: []string{
			"broke 10.0.0.5>10.0.0.9 modbus binpac exception oob x1",
			"broke 10.0.0.5>10.0.0.9 tcp bad_TCP_checksum x1",
		},
	},
	{
		path: "dpd", fields: ids + "proto analyzer failure_reason",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  tcp  MODBUS  Binpac exception: out of bound",
		},
		want: []string{
			"broke 10.0.0.5>10.0.0.9 modbus Binpac exception: out of bound x1",
		},
	},
	{
		path: "modbus", fields: ids + "tid unit func pdu_type exception",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  7  3  READ_HOLDING_REGISTERS  REQ  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  7  3  READ_HOLDING_REGISTERS  RESP  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  8  3  WRITE_SINGLE_COIL  REQ  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  8  3  WRITE_SINGLE_COIL_EXCEPTION  RESP  ILLEGAL_DATA_ADDRESS",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  9  255  unknown-99  REQ  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:502 modbus 3 read T0801 [unit 3 holding registers] 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:502 modbus 5 write T0855 [unit 3 coils] 1/1 yes 0 no 1",
			"did 10.0.0.5>10.0.0.9:502 modbus 99 other 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/502 modbus answered established 5/2 packets 0/0 bytes",
		},
	},
	{
		path: "modbus_detailed", fields: ids + "tid unit func address quantity request_values[] response_values[] modbus_detailed_link_id matched request_subfunction_code error_code",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  1  1  READ_HOLDING_REGISTERS  100  20  -  1,2  a  T  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  2  1  READ_HOLDING_REGISTERS  200  10  -  1,2  b  T  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  3  1  WRITE_SINGLE_REGISTER  7  1  4711  4711  c  T  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  4  1  READ_COILS  1  1  -  -  d  T  -  ILLEGAL_DATA_ADDRESS",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  5  1  DIAGNOSTICS  -  -  -  -  e  T  Force Listen Only Mode  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:502 modbus 1 read T0801 [unit 1 coils 1] 1/1 yes 0 no 1",
			"did 10.0.0.5>10.0.0.9:502 modbus 3 read T0801 [unit 1 holding registers 100-209] 2/2 yes 2 no 0",
			"did 10.0.0.5>10.0.0.9:502 modbus 6 write T0855 [unit 1 holding registers 7] = 4711 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:502 modbus 8 mode T0814 [unit 1] 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/502 modbus answered established 5/5 packets 0/0 bytes",
		},
	},
	{
		path: "modbus_read_device_identification", fields: ids + "is_orig tid unit func request_response object_id_code object_id object_value",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  F  1  0  ENCAP_INTERFACE_TRANSPORT  RESPONSE  0x00  VendorName  Schneider Electric",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  F  1  0  ENCAP_INTERFACE_TRANSPORT  RESPONSE  0x01  ProductCode  BMX P34 2020",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  502  F  1  0  ENCAP_INTERFACE_TRANSPORT  RESPONSE  0x02  MajorMinorVersion  v2.5",
		},
		want: []string{
			"fact 10.0.0.9 firmware=v2.5 (modbus.device-id)",
			"fact 10.0.0.9 order-number=BMX P34 2020 (modbus.device-id)",
			"fact 10.0.0.9 vendor=Schneider Electric (modbus.device-id)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/502 modbus answered established 0/3 packets 0/0 bytes",
		},
	},
	{
		path: "dnp3", fields: ids + "fc_request fc_reply iin",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  READ  RESPONSE  0",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  COLD_RESTART  RESPONSE  0",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  DIRECT_OPERATE_NR  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  -  UNSOLICITED_RESPONSE  0",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  -  RESPONSE  0",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:20000 dnp3 1 read T0801 1/1 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:20000 dnp3 13 mode T0816 1/1 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:20000 dnp3 6 write T0855 1/0 yes 0 no 0",
			"did 10.0.0.9>10.0.0.5:20000 dnp3 130 read T0801 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/20000 dnp3 answered established 4/3 packets 0/0 bytes",
		},
	},
	{
		path: "dnp3_control", fields: ids + truth + "block_type function_code index_number trip_control_code operation_type status_code",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  T  10.0.0.5  50000  10.0.0.9  20000  Control Relay Output Block  OPERATE  8  Close  Pulse On  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  20000  F  10.0.0.9  20000  10.0.0.5  50000  Control Relay Output Block  RESPONSE  8  Close  Pulse On  Success",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:20000 dnp3 4 write T0855 [binary output 8] = Pulse On Close 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/20000 dnp3 answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "bacnet", fields: ids + truth + "bvlc_function pdu_type pdu_service invoke_id result_code",
		rows: []string{
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  T  10.0.0.5  47808  10.0.0.9  47808  Original_Unicast_NPDU  CONFIRMED_REQUEST  read_property  1  -",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  Original_Unicast_NPDU  COMPLEX_ACK  read_property  1  -",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  T  10.0.0.5  47808  10.0.0.9  47808  Original_Unicast_NPDU  CONFIRMED_REQUEST  reinitialized_device  2  -",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  Original_Unicast_NPDU  ERROR  reinitialized_device  2  password-failure",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  T  10.0.0.5  47808  10.0.0.9  47808  Original_Unicast_NPDU  CONFIRMED_REQUEST  write_property  3  -",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  Original_Unicast_NPDU  REJECT  unknown  3  unrecognized-service",
			"1.0  C2  10.0.0.9  47808  10.0.0.255  47808  T  10.0.0.9  47808  10.0.0.255  47808  Original_Broadcast_NPDU  UNCONFIRMED_REQUEST  i_am  -  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:47808 bacnet c.12 read T0801 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:47808 bacnet c.15 write T0855 1/1 yes 0 no 1",
			"did 10.0.0.5>10.0.0.9:47808 bacnet c.20 mode T0816 1/1 yes 0 no 1",
			"did 10.0.0.9>10.0.0.255:47808 bacnet u.0 identify T0846 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/47808 bacnet answered 3/3 packets 0/0 bytes",
			"talk 10.0.0.9>10.0.0.255 udp/47808 bacnet 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "bacnet_discovery", fields: ids + truth + "pdu_service object_type instance_number vendor range object_name", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  47808  10.0.0.255  47808  T  10.0.0.5  47808  10.0.0.255  47808  who-is  -  -  -  All  -",
			"1.0  C2  10.0.0.9  47808  10.0.0.255  47808  T  10.0.0.9  47808  10.0.0.255  47808  i-am  device  108  Acuity Brands Lighting Inc.  -  -",
		},
		want: []string{
			"fact 10.0.0.9 role=building controller (bacnet.iam)",
			"fact 10.0.0.9 unit=bacnet device 108 (bacnet.iam)",
			"fact 10.0.0.9 vendor=Acuity Brands Lighting Inc. (bacnet.iam)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.255 udp/47808 bacnet 1/0 packets 0/0 bytes",
			"talk 10.0.0.9>10.0.0.255 udp/47808 bacnet 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "bacnet_property", fields: ids + truth + "invoke_id pdu_service object_type instance_number property array_index value",
		rows: []string{
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  1  read-property-ack  device  29  model-name  -  ME812U",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  2  read-property-ack  device  29  vendor-identifier  -  24",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  3  read-property-ack  device  29  firmware-revision  -  PropertyError",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  4  read-property-ack  analog-input  2  object-name  -  AI-2",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  T  10.0.0.5  47808  10.0.0.9  47808  5  write-property-multiple-request  analog-output  101  present-value  -  55.0",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  T  10.0.0.5  47808  10.0.0.9  47808  5  write-property-multiple-request  analog-output  102  present-value  -  56.0",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:47808 bacnet c.16 write T0855 [analog-output 101 present-value] = 55.0 1/0 yes 0 no 0",
			"fact 10.0.0.9 product=ME812U (bacnet.property)",
			"fact 10.0.0.9 vendor-id=bacnet:24 (bacnet.property)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/47808 bacnet answered 2/4 packets 0/0 bytes",
		},
	},
	{
		path: "bacnet_device_control", fields: ids + truth + "invoke_id pdu_service time_duration device_state password result result_code", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  T  10.0.0.5  47808  10.0.0.9  47808  1  reinitialized_device  -  coldstart  filister  -  -",
			"1.0  C1  10.0.0.5  47808  10.0.0.9  47808  F  10.0.0.9  47808  10.0.0.5  47808  1  reinitialized_device  -  -  -  SUCCESS  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:47808 bacnet c.20 mode T0816 [coldstart] 1/1 yes 1 no 0",
			"fact 10.0.0.9 cleartext-login=bacnet device password (bacnet.request)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/47808 bacnet answered 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "enip", fields: ids + truth + "enip_command_code enip_command length session_handle enip_status sender_context options",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  T  10.0.0.5  50000  10.0.0.9  44818  0x63  List Identity  0  0x0  Success  0x0  0x0",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  F  10.0.0.9  44818  10.0.0.5  50000  0x63  List Identity  60  0x0  Success  0x0  0x0",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:44818 enip 0x0063 identify T0846 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/44818 enip answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "cip", fields: ids + truth + "cip_sequence_count direction cip_service_code cip_service cip_status_code cip_status class_id class_name instance_id attribute_id",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  T  10.0.0.5  50000  10.0.0.9  44818  7  request  0x4b  Service  -  -  0x67  PCCC Class  0x01  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  F  10.0.0.9  44818  10.0.0.5  50000  7  response  0xcb  Service  0x00  Success  -  -  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  T  10.0.0.5  50000  10.0.0.9  44818  8  request  0x07  Stop  -  -  0x8e  Unknown  0x01  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  F  10.0.0.9  44818  10.0.0.5  50000  8  response  0x07  Stop  0x08  Service Not Supported  -  -  -  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:44818 cip 0x07 mode T0858 [class 0x8e instance 0x01] 1/1 yes 0 no 1",
			"did 10.0.0.5>10.0.0.9:44818 cip 0x4b other [class 0x67 instance 0x01] 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/44818 enip answered established 2/2 packets 0/0 bytes",
		},
	},
	{
		path: "cip_identity", fields: ids + truth + "vendor_id vendor_name device_type_id device_type_name product_code revision device_status serial_number product_name device_state",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  44818  F  10.0.0.9  44818  10.0.0.5  50000  1  Rockwell Automation/Allen-Bradley  12  Communications Adapter  58  4.3  0x0030  0x00524d8e  1756-ENBT/A  0x0003",
		},
		want: []string{
			"fact 10.0.0.9 device-type=cip:12 (cip.identity)",
			"fact 10.0.0.9 firmware=4.3 (cip.identity)",
			"fact 10.0.0.9 product-code=cip:1/58 (cip.identity)",
			"fact 10.0.0.9 product=1756-ENBT/A (cip.identity)",
			"fact 10.0.0.9 serial=0x00524d8e (cip.identity)",
			"fact 10.0.0.9 vendor-id=cip:1 (cip.identity)",
			"fact 10.0.0.9 vendor=Rockwell Automation/Allen-Bradley (cip.identity)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/44818 enip answered established 0/1 packets 0/0 bytes",
		},
	},
	{
		path: "cip_io", fields: ids + truth + "connection_id sequence_number data_length io_data",
		rows: []string{
			"1.0  C1  10.0.0.5  2222  10.0.0.9  2222  F  10.0.0.9  2222  10.0.0.5  2222  0x1  1  4  00000000",
		},
		want: []string{
			"did 10.0.0.9>10.0.0.5:2222 enip-io 0x00b1 other 1/0 yes 0 no 0",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/2222 enip answered 0/1 packets 0/0 bytes",
		},
	},
	{
		path: "cotp", fields: ids + truth + "pdu_code pdu_name",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  0x0e  CR Connection Request",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  0x0d  CC Connection Confirm",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  0x0f  DT Data",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:102 cotp 0xe0 other 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/102 tpkt answered established 2/1 packets 0/0 bytes",
		},
	},
	{
		path: "s7comm", fields: ids + truth + "rosctr_code rosctr_name pdu_reference function_code function_name subfunction_code subfunction_name error_class error_code",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  1  Job-Request  1  0x05  Write Variable  -  -  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  3  ACK-Data  1  0x05  Write Variable  -  -  No error  0x00",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  1  Job-Request  2  0x28  PLC Control  P_PROGRAM  Start PLC  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  3  ACK-Data  2  0x28  PLC Control  -  -  Access error  0x04",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  7  User-Data  3  0x47  Request: Time Functions  0x02  Set Clock  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  7  User-Data  3  0x87  Response: Time Functions  0x02  Set Clock  No error  0x00",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:102 s7comm 0x05 write T0855 1/1 yes 1 no 0",
			"did 10.0.0.5>10.0.0.9:102 s7comm 0x28 mode T0858 1/1 yes 0 no 1",
			"did 10.0.0.5>10.0.0.9:102 s7comm ud.7.2 config T0838 1/1 yes 1 no 0",
			"fact 10.0.0.9 role=controller (s7comm)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/102 s7comm answered established 3/3 packets 0/0 bytes",
		},
	},
	{
		path: "s7comm_read_szl", fields: ids + truth + "pdu_reference method szl_id szl_id_name szl_index return_code return_code_name",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  3  Request  0x0011  Module identification  0x0000  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  3  Response  0x0011  Module identification  0x0000  0xff  Success",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:102 s7comm ud.4.1 identify T0888 [SZL 0x0011] 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/102 s7comm answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "s7comm_upload_download", fields: ids + truth + "rosctr pdu_reference function_name function_status session_id blocklength filename block_type block_number destination_filesystem",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  Job-Request  3  Request Download  -  -  -  _0800001P  OB  00001  P",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:102 s7comm 0x1a program T0843 [OB 1] 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.9 tcp/102 s7comm 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "s7comm_known_devices", fields: ids + "automation_system_name module_name plant_name module_serial",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  PRESS4  CPU 315-2 PN/DP  -  S C-C2UR28922012",
		},
		want: []string{
			"fact 10.0.0.9 name=PRESS4 (s7comm.szl)",
			"fact 10.0.0.9 product=CPU 315-2 PN/DP (s7comm.szl)",
			"fact 10.0.0.9 serial=S C-C2UR28922012 (s7comm.szl)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/102 s7comm answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "s7comm_plus", fields: ids + truth + "version opcode opcode_name function_code function_name",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  T  10.0.0.5  50000  10.0.0.9  102  3  0x31  Request  0x054c  Get Multi Variables",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  3  0x32  Response  0x054c  Get Multi Variables",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  102  F  10.0.0.9  102  10.0.0.5  50000  3  0x33  Notification  -  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:102 s7comm-plus 0x054c read T0801 1/1 yes 0 no 0",
			"did 10.0.0.9>10.0.0.5:102 s7comm-plus 0x33 read T0801 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/102 s7comm-plus answered established 1/2 packets 0/0 bytes",
		},
	},
	{
		path: "opcua_binary", fields: ids + truth + "opcua_link_id msg_type endpoint_url sec_policy_uri request_id identifier identifier_str",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4840  T  10.0.0.5  50000  10.0.0.9  4840  a  HEL  opc.tcp://plc7:4840  -  -  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4840  T  10.0.0.5  50000  10.0.0.9  4840  b  OPN  -  http://opcfoundation.org/UA/SecurityPolicy#None  1  446  OpenSecureChannelRequest",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4840  F  10.0.0.9  4840  10.0.0.5  50000  c  OPN  -  http://opcfoundation.org/UA/SecurityPolicy#None  1  449  OpenSecureChannelResponse",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4840  T  10.0.0.5  50000  10.0.0.9  4840  d  MSG  -  -  2  673  WriteRequest",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4840  F  10.0.0.9  4840  10.0.0.5  50000  e  MSG  -  -  2  397  ServiceFault",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:4840 opcua 446 other 1/1 yes 0 no 0",
			"did 10.0.0.5>10.0.0.9:4840 opcua 673 write T0855 1/1 yes 0 no 1",
			"fact 10.0.0.9 security=opcua.policy=None (opcua.open)",
			"fact 10.0.0.9 service=opc.tcp://plc7:4840 (opcua.hello)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/4840 opcua answered established 3/2 packets 0/0 bytes",
		},
	},
	{
		path: "opcua_binary_get_endpoints_description", fields: ids + truth + "endpoint_uri application_uri product_uri security_policy_uri", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4840  F  10.0.0.9  4840  10.0.0.5  50000  opc.tcp://plc7:4840  urn:plc7:server  http://siemens.com/s7-1500  http://opcfoundation.org/UA/SecurityPolicy#None",
		},
		want: []string{
			"fact 10.0.0.9 security=opcua.offers=None (opcua.endpoints)",
			"fact 10.0.0.9 service=opc.tcp://plc7:4840 (opcua.endpoints)",
			"fact 10.0.0.9 software=http://siemens.com/s7-1500 (opcua.endpoints)",
			"fact 10.0.0.9 software=urn:plc7:server (opcua.endpoints)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/4840 opcua answered established 0/1 packets 0/0 bytes",
		},
	},
	{
		path: "profinet_io_cm", fields: ids + truth + "proto rpc_version packet_type activity_uuid sequence_num operation_num",
		rows: []string{
			"1.0  C1  10.0.0.5  49153  10.0.0.9  34964  T  10.0.0.5  49153  10.0.0.9  34964  udp  4  Request  A1  0  Write",
			"1.0  C1  10.0.0.5  49153  10.0.0.9  34964  F  10.0.0.9  34964  10.0.0.5  49153  udp  4  Response  A1  0  Write",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:34964 profinet-io 3 config T0836 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/34964 profinet-io answered 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "hart_ip_general", fields: ids + "proto header_message_type_message_type header_message_id header_status_code header_sequence_number token_passing_pdu_address_v6 token_passing_pdu_command_number token_passing_pdu_contents_response_response_code",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  5094  udp  Request  Token Passing PDU  Success  3  -  Read Loop Current  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  5094  udp  Response  Token Passing PDU  Success  3  -  Read Loop Current  0",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  5094  udp  Request  Keep Alive  Success  4  -  -  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:5094 hartip 2 read T0801 1/1 yes 1 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/5094 hartip answered 3/1 packets 0/0 bytes",
		},
	},
	{
		path: "genisys", fields: ids + "proto header server direction crc_transmitted crc_calculated payload[]",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  10001  tcp  Poll  1  request  0x1  0x1  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  10001  tcp  Indication Data  1  response  0x1  0x1  0=5,1=4",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:10001 genisys 0xfb read T0801 [unit 1] 1/0 yes 0 no 0",
			"did 10.0.0.9>10.0.0.5:10001 genisys 0xf2 read T0801 [unit 1] 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/10001 genisys answered established 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "bsap_ip_header", fields: ids + truth + "num_msg type_name",
		rows: []string{
			"1.0  C1  10.0.0.5  1234  10.0.0.9  1234  T  10.0.0.5  1234  10.0.0.9  1234  1  POLL",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:1234 bsap poll other 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.9 udp/1234 bsap 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "bsap_ip_rdb", fields: ids + truth + "header_size mes_seq res_seq data_len sequence app_func_code node_status func_code variable_count variables[] variable_value[]",
		rows: []string{
			"1.0  C1  10.0.0.5  1234  10.0.0.9  1234  T  10.0.0.5  1234  10.0.0.9  1234  -  7  7  57  -  RDB  0  WRITE_SIGNAL_BY_NAME  2  @GV.P1,@GV.P2  1,2",
			"1.0  C1  10.0.0.5  1234  10.0.0.9  1234  F  10.0.0.9  1234  10.0.0.5  1234  59  7  7  59  7  RDB  8  Unknown RDB Func-0x4b84  7  -  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:1234 bsap 0x84 write T0855 [signal @GV.P1] 1/1 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 udp/1234 bsap answered 1/1 packets 0/0 bytes",
		},
	},
	{
		path: "roc_plus", fields: ids + "protocol packet_type destination_unit destination_group source_unit source_group opcode data_length lsb_crc msb_crc error_code[] error_offset[]",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4000  tcp  Request  1  2  3  4  Set Realtime Clock (008)  7  1  1  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4000  tcp  Response  1  2  3  4  Set Realtime Clock (008)  0  1  1  -  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4000  tcp  Response  1  2  3  4  Error Indicator (255)  2  1  1  Invalid Opcode Request  0",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:4000 roc-plus 8 config T0838 [unit 1] 1/1 yes 1 no 0",
			"did 10.0.0.9>10.0.0.5:4000 roc-plus 255 other 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/4000 roc-plus answered established 2/2 packets 0/0 bytes",
		},
	},
	{
		path: "ge_srtp_general", fields: ids + "proto srtp_type sequence_number_1 service_request_code segment_selector memory_offset plc_state", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  18245  tcp  Request  1  Read System Memory  Registers (%R)  0  -",
			"1.0  C1  10.0.0.5  50000  10.0.0.9  18245  tcp  Reply  1  -  -  -  Run Enabled",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:18245 ge-srtp 0x04 read T0801 [Registers (%R) 0] 1/1 yes 0 no 0",
			"fact 10.0.0.9 mode=Run Enabled (ge-srtp.status)",
			"fact 10.0.0.9 role=controller (ge-srtp)",
			"here 10.0.0.5",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/18245 ge-srtp answered established 2/1 packets 0/0 bytes",
		},
	},
	{
		path: "synchrophasor_cmd", fields: ids + "proto command extframe[]", nameless: true,
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4712  tcp  Data off  -",
		},
		want: []string{
			"did 10.0.0.5>10.0.0.9:4712 synchrophasor 4 config T0804 1/0 yes 0 no 0",
			"here 10.0.0.5",
			"talk 10.0.0.5>10.0.0.9 tcp/4712 synchrophasor 1/0 packets 0/0 bytes",
		},
	},
	{
		path: "synchrophasor_cfg", fields: ids + "proto frame_type cont_idx data_rate station_names[] phasor_names[]",
		rows: []string{
			"1.0  C1  10.0.0.5  50000  10.0.0.9  4712  tcp  CFG2  0  50  Station A,Station B  V1LPM",
		},
		want: []string{
			"did 10.0.0.9>10.0.0.5:4712 synchrophasor 3 identify 1/0 yes 0 no 0",
			"fact 10.0.0.9 role=sensor or instrument (synchrophasor)",
			"fact 10.0.0.9 unit=pmu Station A (synchrophasor.config)",
			"fact 10.0.0.9 unit=pmu Station B (synchrophasor.config)",
			"here 10.0.0.9",
			"talk 10.0.0.5>10.0.0.9 tcp/4712 synchrophasor answered established 0/1 packets 0/0 bytes",
		},
	},
	{
		path: "ecat_registers", fields: "ts srcmac dstmac Command Slave_Addr Register_Type Register_Addr data",
		rows: []string{
			"1.0  02:01:05:4c:b8:af  01:01:05:01:00:00  Broadcast Read  0x03  AL_Stat  0x130  0100",
		},
		want: []string{
			"did 02:01:05:4c:b8:af>01:01:05:01:00:00:0 ethercat 7 read 1/0 yes 0 no 0",
			"fact 02:01:05:4c:b8:af address=02:01:05:4c:b8:af (ethernet)",
			"talk 02:01:05:4c:b8:af>01:01:05:01:00:00 eth/0 ethercat 1/0 packets 0/0 bytes",
		},
	},
}
