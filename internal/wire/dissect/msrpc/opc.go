package msrpc

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// opcTables are the interfaces of classic OPC (Data Access 2.05 and 3.0, Alarms
// and Events 1.10, Historical Data Access 1.20). Methods are numbered from 3,
// behind those of IUnknown, in the order of their declaration; those that an
// interface inherits come first. Methods of no consequence have no row: they
// count as calls of their interface.
var opcTables = []table{
	{uuid: "39c13a4d-011e-11d0-9675-0020afd8adb3", name: "IOPCServer", opc: true, rows: []row{
		{3, "AddGroup", plant.Other, ""},
		{4, "GetErrorString", plant.Other, ""},
		{5, "GetGroupByName", plant.Other, ""},
		{6, "GetStatus", plant.Identify, "T0888"},
		{7, "RemoveGroup", plant.Other, ""},
	}},
	{uuid: "39c13a4f-011e-11d0-9675-0020afd8adb3", name: "IOPCBrowseServerAddressSpace", opc: true, rows: []row{
		{3, "QueryOrganization", plant.Identify, "T0861"},
		{4, "ChangeBrowsePosition", plant.Identify, "T0861"},
		{5, "BrowseOPCItemIDs", plant.Identify, "T0861"},
		{6, "GetItemID", plant.Identify, "T0861"},
		{7, "BrowseAccessPaths", plant.Identify, "T0861"},
	}},
	{uuid: "39c13a50-011e-11d0-9675-0020afd8adb3", name: "IOPCGroupStateMgt", opc: true, rows: []row{
		{3, "GetState", plant.Other, ""},
		{4, "SetState", plant.Other, ""},
		{5, "SetName", plant.Other, ""},
		{6, "CloneGroup", plant.Other, ""},
	}},
	{uuid: "39c13a52-011e-11d0-9675-0020afd8adb3", name: "IOPCSyncIO", opc: true, rows: []row{
		{3, "Read", plant.Read, "T0801"},
		{4, "Write", plant.Write, "T0855"},
	}},
	{uuid: "39c13a53-011e-11d0-9675-0020afd8adb3", name: "IOPCAsyncIO", opc: true, rows: []row{
		{3, "Read", plant.Read, "T0801"},
		{4, "Write", plant.Write, "T0855"},
		{5, "Refresh", plant.Read, "T0801"},
		{6, "Cancel", plant.Other, ""},
	}},
	{uuid: "39c13a54-011e-11d0-9675-0020afd8adb3", name: "IOPCItemMgt", opc: true, rows: []row{
		{3, "AddItems", plant.Other, "T0861"},
		{4, "ValidateItems", plant.Identify, "T0861"},
		{5, "RemoveItems", plant.Other, ""},
		{6, "SetActiveState", plant.Other, ""},
	}},
	{uuid: "39c13a70-011e-11d0-9675-0020afd8adb3", name: "IOPCDataCallback", opc: true, rows: []row{
		{3, "OnDataChange", plant.Read, ""},
		{4, "OnReadComplete", plant.Read, ""},
		{5, "OnWriteComplete", plant.Other, ""},
		{6, "OnCancelComplete", plant.Other, ""},
	}},
	{uuid: "39c13a71-011e-11d0-9675-0020afd8adb3", name: "IOPCAsyncIO2", opc: true, rows: []row{
		{3, "Read", plant.Read, "T0801"},
		{4, "Write", plant.Write, "T0855"},
		{5, "Refresh2", plant.Read, "T0801"},
		{6, "Cancel2", plant.Other, ""},
		{7, "SetEnable", plant.Other, ""},
	}},
	{uuid: "39c13a72-011e-11d0-9675-0020afd8adb3", name: "IOPCItemProperties", opc: true, rows: []row{
		{3, "QueryAvailableProperties", plant.Identify, "T0861"},
		{4, "GetItemProperties", plant.Read, "T0801"},
		{5, "LookupItemIDs", plant.Identify, "T0861"},
	}},
	{uuid: "730f5f0f-55b1-4c81-9e18-ff8a0904e1fa", name: "IOPCSyncIO2", opc: true, rows: []row{
		{3, "Read", plant.Read, "T0801"},
		{4, "Write", plant.Write, "T0855"},
		{5, "ReadMaxAge", plant.Read, "T0801"},
		{6, "WriteVQT", plant.Write, "T0855"},
	}},
	{uuid: "0967b97b-36ef-423e-b6f8-6bff1e40d39d", name: "IOPCAsyncIO3", opc: true, rows: []row{
		{3, "Read", plant.Read, "T0801"},
		{4, "Write", plant.Write, "T0855"},
		{5, "Refresh2", plant.Read, "T0801"},
		{6, "Cancel2", plant.Other, ""},
		{7, "SetEnable", plant.Other, ""},
		{9, "ReadMaxAge", plant.Read, "T0801"},
		{10, "WriteVQT", plant.Write, "T0855"},
		{11, "RefreshMaxAge", plant.Read, "T0801"},
	}},
	{uuid: "85c0b427-2893-4cbc-bd78-e5fc5146f08f", name: "IOPCItemIO", opc: true, rows: []row{
		{3, "Read", plant.Read, "T0801"},
		{4, "WriteVQT", plant.Write, "T0855"},
	}},
	{uuid: "39227004-a18f-4b57-8b0a-5235670f4468", name: "IOPCBrowse", opc: true, rows: []row{
		{3, "GetProperties", plant.Identify, "T0861"},
		{4, "Browse", plant.Identify, "T0861"},
	}},
	{uuid: "f31dfde2-07b6-11d2-b2d8-0060083ba1fb", name: "IOPCCommon", opc: true, rows: []row{
		{3, "SetLocaleID", plant.Other, ""},
		{7, "SetClientName", plant.Identify, ""},
	}},
	{uuid: "13486d50-4821-11d2-a494-3cb306c10000", name: "IOPCServerList", opc: true, rows: []row{
		{3, "EnumClassesOfCategories", plant.Identify, "T0846"},
		{4, "GetClassDetails", plant.Identify, "T0888"},
		{5, "CLSIDFromProgID", plant.Identify, ""},
	}},
	{uuid: "9dd0b56c-ad9e-43ee-8305-487f3188bf7a", name: "IOPCServerList2", opc: true, rows: []row{
		{3, "EnumClassesOfCategories", plant.Identify, "T0846"},
		{4, "GetClassDetails", plant.Identify, "T0888"},
		{5, "CLSIDFromProgID", plant.Identify, ""},
	}},
	{uuid: "65168851-5783-11d1-84a0-00608cb8a7e9", name: "IOPCEventServer", opc: true, rows: []row{
		{3, "GetStatus", plant.Identify, "T0888"},
		{4, "CreateEventSubscription", plant.Other, ""},
	}},
	{uuid: "1f1217b0-dee0-11d2-a5e5-000086339399", name: "IOPCHDA_Server", opc: true},
	{uuid: "1f1217b2-dee0-11d2-a5e5-000086339399", name: "IOPCHDA_SyncRead", opc: true, rows: []row{
		{3, "ReadRaw", plant.Read, "T0801"},
		{4, "ReadProcessed", plant.Read, "T0801"},
		{5, "ReadAtTime", plant.Read, "T0801"},
	}},
	{uuid: "1f1217b3-dee0-11d2-a5e5-000086339399", name: "IOPCHDA_SyncUpdate", opc: true},
}
