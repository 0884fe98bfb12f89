package ads

// AMS ports of TwinCAT.
const (
	PortRouter = 1
	PortLogger = 100
	PortTask   = 200
	PortIO     = 300
	PortNC     = 500
	PortPLC2   = 801 // first runtime of TwinCAT 2; 811, 821, 831 follow
	PortPLC3   = 851 // first runtime of TwinCAT 3; 852 … follow
	PortSystem = 10000
)

// IsPLC reports whether the port is that of a PLC server or runtime.
func IsPLC(port uint16) bool { return port >= 800 && port < 900 }

// Index groups of the symbol interface of a PLC runtime.
const (
	GroupSymbolTable      = 0xf000
	GroupSymbolName       = 0xf001
	GroupSymbolValue      = 0xf002
	GroupHandleByName     = 0xf003
	GroupValueByName      = 0xf004
	GroupValueByHandle    = 0xf005
	GroupReleaseHandle    = 0xf006
	GroupSymbolInfoByName = 0xf007
	GroupSymbolVersion    = 0xf008
	GroupSymbolInfoExt    = 0xf009
	GroupSymbolDownload   = 0xf00a
	GroupSymbolUpload     = 0xf00b
	GroupSymbolUploadInfo = 0xf00c
	GroupSymbolDownload2  = 0xf00d
	GroupInputs           = 0xf020
	GroupInputBits        = 0xf021
	GroupOutputs          = 0xf030
	GroupOutputBits       = 0xf031
	GroupSumRead          = 0xf080
	GroupSumWrite         = 0xf081
	GroupSumReadWrite     = 0xf082
	GroupSumReadEx        = 0xf083
	GroupDeviceData       = 0xf100
	GroupCoE              = 0xf302
	GroupFoEOpenRead      = 0xf401
	GroupFoEOpenWrite     = 0xf402
	GroupFoEClose         = 0xf403
	GroupFoERead          = 0xf404
	GroupFoEWrite         = 0xf405
)

// Index groups of the system service (AMS port 10000).
const (
	SysOpenCreate   = 100
	SysOpenWrite    = 102
	SysCreateFile   = 110
	SysFileOpen     = 120
	SysFileClose    = 121
	SysFileRead     = 122
	SysFileWrite    = 123
	SysFilePuts     = 127
	SysFilePrintf   = 129
	SysFileDelete   = 131
	SysFileRename   = 132
	SysFileFind     = 133
	SysRegistry     = 200
	SysRegistryUser = 201
	SysRegistryRoot = 202
	SysTime         = 400
	SysStartProcess = 500
	SysChangeNetID  = 600
	SysTargetInfo   = 700
	SysAddRoute     = 801
	SysDeleteRoute  = 802
)
