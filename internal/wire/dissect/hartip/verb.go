package hartip

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

const protocol = "hartip"

// rows are the universal (0 to 30) and common practice (31 to 127) commands.
// Numbers from 128 on belong to makers; above 255 stand those of WirelessHART.
var rows = []dissect.VerbRow{
	{Code: 0, Name: "Read Unique Identifier", Kind: plant.Identify, Technique: "T0888"},
	{Code: 1, Name: "Read Primary Variable", Kind: plant.Read, Technique: "T0801"},
	{Code: 2, Name: "Read Loop Current and Percent of Range", Kind: plant.Read, Technique: "T0801"},
	{Code: 3, Name: "Read Dynamic Variables and Loop Current", Kind: plant.Read, Technique: "T0801"},
	{Code: 6, Name: "Write Polling Address", Kind: plant.Config, Technique: "T0836"},
	{Code: 7, Name: "Read Loop Configuration", Kind: plant.Read, Technique: "T0801"},
	{Code: 8, Name: "Read Dynamic Variable Classifications", Kind: plant.Read, Technique: "T0861"},
	{Code: 9, Name: "Read Device Variables with Status", Kind: plant.Read, Technique: "T0801"},
	{Code: 11, Name: "Read Unique Identifier Associated with Tag", Kind: plant.Identify, Technique: "T0888"},
	{Code: 12, Name: "Read Message", Kind: plant.Identify, Technique: "T0888"},
	{Code: 13, Name: "Read Tag, Descriptor, Date", Kind: plant.Identify, Technique: "T0888"},
	{Code: 14, Name: "Read Primary Variable Transducer Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: 15, Name: "Read Device Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: 16, Name: "Read Final Assembly Number", Kind: plant.Identify, Technique: "T0888"},
	{Code: 17, Name: "Write Message", Kind: plant.Config, Technique: "T0836"},
	{Code: 18, Name: "Write Tag, Descriptor, Date", Kind: plant.Config, Technique: "T0836"},
	{Code: 19, Name: "Write Final Assembly Number", Kind: plant.Config, Technique: "T0836"},
	{Code: 20, Name: "Read Long Tag", Kind: plant.Identify, Technique: "T0888"},
	{Code: 21, Name: "Read Unique Identifier Associated with Long Tag", Kind: plant.Identify, Technique: "T0888"},
	{Code: 22, Name: "Write Long Tag", Kind: plant.Config, Technique: "T0836"},
	{Code: 31, Name: "Extended Command", Kind: plant.Other},
	{Code: 33, Name: "Read Device Variables", Kind: plant.Read, Technique: "T0801"},
	{Code: 34, Name: "Write Primary Variable Damping Value", Kind: plant.Config, Technique: "T0836"},
	{Code: 35, Name: "Write Primary Variable Range Values", Kind: plant.Config, Technique: "T0836"},
	{Code: 36, Name: "Set Primary Variable Upper Range Value", Kind: plant.Config, Technique: "T0836"},
	{Code: 37, Name: "Set Primary Variable Lower Range Value", Kind: plant.Config, Technique: "T0836"},
	{Code: 38, Name: "Reset Configuration Changed Flag", Kind: plant.Config, Technique: "T0836"},
	{Code: 39, Name: "EEPROM Control", Kind: plant.Config, Technique: "T0836"},
	{Code: 40, Name: "Enter/Exit Fixed Current Mode", Kind: plant.Write, Technique: "T0855"},
	{Code: 41, Name: "Perform Self Test", Kind: plant.Mode, Technique: "T0816"},
	{Code: 42, Name: "Perform Device Reset", Kind: plant.Mode, Technique: "T0816"},
	{Code: 43, Name: "Set Primary Variable Zero", Kind: plant.Config, Technique: "T0836"},
	{Code: 44, Name: "Write Primary Variable Units", Kind: plant.Config, Technique: "T0836"},
	{Code: 45, Name: "Trim Loop Current Zero", Kind: plant.Config, Technique: "T0836"},
	{Code: 46, Name: "Trim Loop Current Gain", Kind: plant.Config, Technique: "T0836"},
	{Code: 47, Name: "Write Primary Variable Transfer Function", Kind: plant.Config, Technique: "T0836"},
	{Code: 48, Name: "Read Additional Device Status", Kind: plant.Read, Technique: "T0801"},
	{Code: 49, Name: "Write Primary Variable Transducer Serial Number", Kind: plant.Config, Technique: "T0836"},
	{Code: 50, Name: "Read Dynamic Variable Assignments", Kind: plant.Read, Technique: "T0861"},
	{Code: 51, Name: "Write Dynamic Variable Assignments", Kind: plant.Config, Technique: "T0836"},
	{Code: 52, Name: "Set Device Variable Zero", Kind: plant.Config, Technique: "T0836"},
	{Code: 53, Name: "Write Device Variable Units", Kind: plant.Config, Technique: "T0836"},
	{Code: 54, Name: "Read Device Variable Information", Kind: plant.Read, Technique: "T0861"},
	{Code: 55, Name: "Write Device Variable Damping Value", Kind: plant.Config, Technique: "T0836"},
	{Code: 56, Name: "Write Device Variable Transducer Serial Number", Kind: plant.Config, Technique: "T0836"},
	{Code: 57, Name: "Read Unit Tag, Descriptor, Date", Kind: plant.Identify, Technique: "T0888"},
	{Code: 58, Name: "Write Unit Tag, Descriptor, Date", Kind: plant.Config, Technique: "T0836"},
	{Code: 59, Name: "Write Number of Response Preambles", Kind: plant.Config, Technique: "T0836"},
	{Code: 60, Name: "Read Analog Channel and Percent of Range", Kind: plant.Read, Technique: "T0801"},
	{Code: 61, Name: "Read Dynamic Variables and Primary Analog Channel", Kind: plant.Read, Technique: "T0801"},
	{Code: 62, Name: "Read Analog Channels", Kind: plant.Read, Technique: "T0801"},
	{Code: 63, Name: "Read Analog Channel Information", Kind: plant.Read, Technique: "T0861"},
	{Code: 64, Name: "Write Analog Channel Additional Damping Value", Kind: plant.Config, Technique: "T0836"},
	{Code: 65, Name: "Write Analog Channel Range Values", Kind: plant.Config, Technique: "T0836"},
	{Code: 66, Name: "Enter/Exit Fixed Analog Channel Mode", Kind: plant.Write, Technique: "T0855"},
	{Code: 67, Name: "Trim Analog Channel Zero", Kind: plant.Config, Technique: "T0836"},
	{Code: 68, Name: "Trim Analog Channel Gain", Kind: plant.Config, Technique: "T0836"},
	{Code: 69, Name: "Write Analog Channel Transfer Function", Kind: plant.Config, Technique: "T0836"},
	{Code: 70, Name: "Read Analog Channel Endpoint Values", Kind: plant.Read, Technique: "T0861"},
	{Code: 71, Name: "Lock Device", Kind: plant.Auth},
	{Code: 72, Name: "Squawk", Kind: plant.Other},
	{Code: 73, Name: "Find Device", Kind: plant.Identify, Technique: "T0846"},
	{Code: 74, Name: "Read I/O System Capabilities", Kind: plant.Identify, Technique: "T0888"},
	{Code: 75, Name: "Poll Sub-Device", Kind: plant.Identify, Technique: "T0846"},
	{Code: 76, Name: "Read Lock Device State", Kind: plant.Read, Technique: "T0888"},
	{Code: 77, Name: "Send Command to Sub-Device", Kind: plant.Other},
	{Code: 78, Name: "Read Aggregated Commands", Kind: plant.Read, Technique: "T0801"},
	{Code: 79, Name: "Write Device Variable", Kind: plant.Write, Technique: "T0855"},
	{Code: 80, Name: "Read Device Variable Trim Points", Kind: plant.Read, Technique: "T0861"},
	{Code: 81, Name: "Read Device Variable Trim Guidelines", Kind: plant.Read, Technique: "T0861"},
	{Code: 82, Name: "Write Device Variable Trim Point", Kind: plant.Config, Technique: "T0836"},
	{Code: 83, Name: "Reset Device Variable Trim", Kind: plant.Config, Technique: "T0836"},
	{Code: 84, Name: "Read Sub-Device Identity Summary", Kind: plant.Identify, Technique: "T0846"},
	{Code: 85, Name: "Read I/O Channel Statistics", Kind: plant.Read, Technique: "T0801"},
	{Code: 86, Name: "Read Sub-Device Statistics", Kind: plant.Read, Technique: "T0801"},
	{Code: 87, Name: "Write I/O System Master Mode", Kind: plant.Config, Technique: "T0836"},
	{Code: 88, Name: "Write I/O System Retry Count", Kind: plant.Config, Technique: "T0836"},
	{Code: 89, Name: "Set Real-Time Clock", Kind: plant.Config, Technique: "T0836"},
	{Code: 90, Name: "Read Real-Time Clock", Kind: plant.Read, Technique: "T0801"},
	{Code: 91, Name: "Read Trend Configuration", Kind: plant.Read, Technique: "T0801"},
	{Code: 92, Name: "Write Trend Configuration", Kind: plant.Config, Technique: "T0836"},
	{Code: 93, Name: "Read Trend", Kind: plant.Read, Technique: "T0801"},
	{Code: 94, Name: "Read I/O System Client-Side Communication Statistics", Kind: plant.Read, Technique: "T0801"},
	{Code: 95, Name: "Read Device Communication Statistics", Kind: plant.Read, Technique: "T0801"},
	{Code: 96, Name: "Read Synchronous Action", Kind: plant.Read, Technique: "T0801"},
	{Code: 97, Name: "Configure Synchronous Action", Kind: plant.Config, Technique: "T0836"},
	{Code: 98, Name: "Read Command Action", Kind: plant.Read, Technique: "T0801"},
	{Code: 99, Name: "Configure Command Action", Kind: plant.Config, Technique: "T0836"},
	{Code: 101, Name: "Read Sub-Device to Burst Message Map", Kind: plant.Read, Technique: "T0801"},
	{Code: 102, Name: "Map Sub-Device to Burst Message", Kind: plant.Config, Technique: "T0836"},
	{Code: 103, Name: "Write Burst Period", Kind: plant.Config, Technique: "T0836"},
	{Code: 104, Name: "Write Burst Trigger", Kind: plant.Config, Technique: "T0836"},
	{Code: 105, Name: "Read Burst Mode Configuration", Kind: plant.Read, Technique: "T0801"},
	{Code: 106, Name: "Flush Delayed Responses", Kind: plant.Other},
	{Code: 107, Name: "Write Burst Device Variables", Kind: plant.Config, Technique: "T0836"},
	{Code: 108, Name: "Write Burst Mode Command Number", Kind: plant.Config, Technique: "T0836"},
	{Code: 109, Name: "Burst Mode Control", Kind: plant.Config, Technique: "T0836"},
	{Code: 110, Name: "Read All Dynamic Variables", Kind: plant.Read, Technique: "T0801"},
	{Code: 111, Name: "Transfer Service Control", Kind: plant.Other},
	{Code: 112, Name: "Transfer Service", Kind: plant.Other},
	{Code: 113, Name: "Catch Device Variable", Kind: plant.Config, Technique: "T0836"},
	{Code: 114, Name: "Read Caught Device Variable", Kind: plant.Read, Technique: "T0801"},
	{Code: 115, Name: "Read Event Notification Summary", Kind: plant.Read, Technique: "T0801"},
	{Code: 116, Name: "Write Event Notification Bit Mask", Kind: plant.Config, Technique: "T0838"},
	{Code: 117, Name: "Write Event Notification Timing", Kind: plant.Config, Technique: "T0838"},
	{Code: 118, Name: "Event Notification Control", Kind: plant.Config, Technique: "T0838"},
	{Code: 119, Name: "Acknowledge Event Notification", Kind: plant.Config, Technique: "T0838"},
}

var verbs = dissect.NewVerbs(protocol, "%d", rows)

// directs are the verbs of direct messages. Their command numbers have 16 bits
// and a number space that only begins like the other, so they are counted
// under a name of their own.
var directs = dissect.NewVerbs(protocol+"-direct", "%d", rows)

// tunnel is the command that carries another one on to a sub-device.
const tunnel = 77

// tunnels are the verbs of command 77 by the command inside.
var tunnels = newTunnels()

func newTunnels() *[256]*plant.Verb {
	t := new([256]*plant.Verb)
	outer := verbs.Get(tunnel)
	for i := range t {
		t[i] = outer
	}
	for _, r := range rows {
		t[r.Code] = &plant.Verb{Protocol: protocol, Code: outer.Code, Name: outer.Name + ": " + r.Name, Kind: r.Kind, Technique: r.Technique}
	}
	return t
}

func tunnelled(command uint8) *plant.Verb { return tunnels[command] }
