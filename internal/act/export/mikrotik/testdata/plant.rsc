# 2026-03-14 08:12:55 by RouterOS 7.14.2
# software id = ABCD-1234
#
# model = RB4011iGS+
/interface bridge
add admin-mac=48:8F:5A:00:00:01 auto-mac=no comment=defconf name=bridge
/interface vlan
add interface=bridge name=vlan20-plc vlan-id=20
/interface list
add comment=defconf name=WAN
add comment=defconf name=LAN
/ip pool
add name=dhcp ranges=192.168.88.10-192.168.88.254
/interface bridge port
add bridge=bridge comment=defconf interface=ether2
/interface list member
add comment=defconf interface=bridge list=LAN
add comment=defconf interface=ether1 list=WAN
/ip address
add address=192.168.88.1/24 comment=defconf interface=bridge network=\
    192.168.88.0
add address=10.20.0.1/24 interface=vlan20-plc network=10.20.0.0
/ip dhcp-client
add comment=defconf interface=ether1
/ip firewall address-list
add address=192.168.88.50 list=scada
add address=192.168.88.60-192.168.88.69 list=scada
add address=support.vendor.example list=vendor
/ip firewall filter
add action=accept chain=input comment=\
    "defconf: accept established,related,untracked" connection-state=\
    established,related,untracked
add action=drop chain=input comment="defconf: drop all not coming from LAN" \
    in-interface-list=!LAN
add action=accept chain=forward comment="defconf: accept in ipsec policy" \
    ipsec-policy=in,ipsec
add action=fasttrack-connection chain=forward comment="defconf: fasttrack" \
    connection-state=established,related hw-offload=yes
add action=accept chain=forward comment=\
    "defconf: accept established,related, untracked" connection-state=\
    established,related,untracked
add action=drop chain=forward comment="defconf: drop invalid" \
    connection-state=invalid
add action=drop chain=forward comment=\
    "defconf: drop all from WAN not DSTNATed" connection-nat-state=!dstnat \
    connection-state=new in-interface-list=WAN
add action=jump chain=forward jump-target=plc out-interface=vlan20-plc
add action=accept chain=plc comment="scada polls" dst-port=502,102 protocol=tcp \
    src-address-list=scada
add action=accept chain=plc disabled=yes protocol=tcp
add action=accept chain=plc comment="ping from \"the office\"" icmp-options=8:0-255 protocol=icmp \
    src-address=192.168.88.0/24
add action=accept chain=plc dst-address=10.20.0.99 src-address-list=vendor
add action=drop chain=plc comment="no more" log=yes log-prefix=plc
add action=drop chain=forward dst-port=!80,443 in-interface=vlan20-plc protocol=\
    tcp
add action=drop chain=forward in-interface=vlan20-plc time=22h-6h,mon,tue,wed
/ip firewall nat
add action=masquerade chain=srcnat comment="defconf: masquerade" \
    ipsec-policy=out,none out-interface-list=WAN
/ipv6 settings
set disable-ipv6=yes
/system clock
set time-zone-name=Europe/Berlin
