package plant

// Field is what a fact is about.
type Field string

// Fields of an endpoint or module. A value is text as the device said it, with
// padding removed; what it means is decided by the judge, not here.
const (
	// Addresses and presence.
	FieldAddress  Field = "address"   // an IP address this MAC sent from or claimed; source "ip", "arp", "dhcp" …
	FieldTTL      Field = "ttl"       // the IP time-to-live seen
	FieldGateway  Field = "gateway"   // the address of its default router
	FieldNetmask  Field = "netmask"   // its network mask
	FieldRouterOf Field = "router-of" // an address it routes or translates for

	// Who it is.
	FieldName        Field = "name"         // the name given to this unit: host name, station name, sysName
	FieldVendor      Field = "vendor"       // the manufacturer's name, as said
	FieldVendorID    Field = "vendor-id"    // "cip:1", "profinet:42", "bacnet:7", "modbus…": registry and number
	FieldDeviceType  Field = "device-type"  // "cip:14", "profinet:0x0101": registry and number
	FieldProductCode Field = "product-code" // "cip:1/54": vendor and product code
	FieldProduct     Field = "product"      // the product's or model's name
	FieldOrderNumber Field = "order-number" // the number one orders it by: "6ES7 315-2EH14-0AB0", "1756-L61/B"
	FieldFirmware    Field = "firmware"     // firmware or software version of the device
	FieldHardware    Field = "hardware"     // hardware version
	FieldSerial      Field = "serial"       // serial number
	FieldDescription Field = "description"  // free text: sysDescr, LLDP system description, BACnet description
	FieldLocation    Field = "location"     // where it says it stands
	FieldContact     Field = "contact"      // whom it names as contact
	FieldOS          Field = "os"           // operating system, as said
	FieldSoftware    Field = "software"     // a program on it, with version: HTTP Server, SSH banner, OPC UA application
	FieldDomain      Field = "domain"       // Windows or DNS domain
	FieldUser        Field = "user"         // an account name used from it
	FieldRole        Field = "role"         // one of the Role constants, as far as the message says
	FieldUnit        Field = "unit"         // an address behind it: Modbus unit, BACnet device, DNP3 address, NetId

	// State.
	FieldMode      Field = "mode"       // run, stop, program, fault …
	FieldKeySwitch Field = "key-switch" // run, program, remote

	// How it is protected.
	FieldCertificate    Field = "certificate"     // "subject=…; issuer=…; until=2027-01-02; self-signed"
	FieldSecurity       Field = "security"        // "opcua.policy=None", "smb1", "tls1.0", "rdp.nla=off"
	FieldCleartextLogin Field = "cleartext-login" // an account whose secret crossed in clear: "ftp user anonymous"; never the secret
	FieldFingerprint    Field = "fingerprint"     // "ja4=…", "hassh=…", "dhcp55=1,3,6"

	// Links between things.
	FieldNeighbor Field = "neighbor" // "port-001 -> switch1/port-002"
	FieldPort     Field = "port"     // its own port's name
	FieldService  Field = "service"  // a service it announces: "_http._tcp", a share, a named pipe
	FieldCarries  Field = "carries"  // what devices in a tunnel that it sends say of themselves
	FieldResolves Field = "resolves" // a name it resolves, to which address: "plc1.local=10.0.0.5"
)

// Role is what an asset does in the plant.
type Role = string

// Roles.
const (
	RoleController   Role = "controller"
	RoleSafety       Role = "safety controller"
	RoleRemoteIO     Role = "remote I/O"
	RoleDrive        Role = "drive"
	RoleRobot        Role = "robot"
	RoleSensor       Role = "sensor or instrument"
	RoleRelay        Role = "protection relay"
	RoleHMI          Role = "HMI"
	RoleEngineering  Role = "engineering workstation"
	RoleSCADA        Role = "SCADA server"
	RoleHistorian    Role = "historian"
	RoleGateway      Role = "protocol gateway"
	RoleBuilding     Role = "building controller"
	RoleSwitch       Role = "switch"
	RoleRouter       Role = "router"
	RoleFirewall     Role = "firewall"
	RoleAccessPoint  Role = "wireless access point"
	RoleDomain       Role = "domain controller"
	RoleServer       Role = "server"
	RolePC           Role = "PC"
	RolePrinter      Role = "printer"
	RoleCamera       Role = "camera"
	RolePhone        Role = "phone"
	RoleTimeSource   Role = "time source"
	RoleBroker       Role = "message broker"
	RoleUnknown      Role = "unknown"
	RoleExternalPeer Role = "external peer"
)
