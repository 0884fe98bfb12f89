package opcua

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

const protocol = "opcua"

// services are the requests by node id; a response has the number of its
// request plus 3, or plus 1 where late says so.
var services = []struct {
	id        uint32
	name      string
	kind      plant.Kind
	technique string
	late      bool
}{
	{422, "FindServers", plant.Identify, "T0846", false},
	{428, "GetEndpoints", plant.Identify, "T0846", false},
	{437, "RegisterServer", plant.Other, "", false},
	{446, "OpenSecureChannel", plant.Other, "", false},
	{452, "CloseSecureChannel", plant.Other, "", false},
	{461, "CreateSession", plant.Other, "", false},
	{467, "ActivateSession", plant.Auth, "", false},
	{473, "CloseSession", plant.Other, "", false},
	{479, "Cancel", plant.Other, "", false},
	{488, "AddNodes", plant.Program, "T0889", false},
	{494, "AddReferences", plant.Program, "T0889", false},
	{500, "DeleteNodes", plant.Program, "T0889", false},
	{506, "DeleteReferences", plant.Program, "T0889", false},
	{527, "Browse", plant.Read, "T0861", false},
	{533, "BrowseNext", plant.Read, "T0861", false},
	{554, "TranslateBrowsePathsToNodeIds", plant.Read, "T0861", false},
	{560, "RegisterNodes", plant.Other, "", false},
	{566, "UnregisterNodes", plant.Other, "", false},
	{615, "QueryFirst", plant.Read, "T0861", false},
	{621, "QueryNext", plant.Read, "T0861", false},
	{631, "Read", plant.Read, "T0801", false},
	{664, "HistoryRead", plant.Read, "T0801", false},
	{673, "Write", plant.Write, "T0855", false},
	{700, "HistoryUpdate", plant.Config, "T0836", false},
	{712, "Call", plant.Write, "T0855", false},
	{751, "CreateMonitoredItems", plant.Read, "T0801", false},
	{763, "ModifyMonitoredItems", plant.Read, "T0801", false},
	{769, "SetMonitoringMode", plant.Other, "", false},
	{775, "SetTriggering", plant.Other, "", false},
	{781, "DeleteMonitoredItems", plant.Other, "", false},
	{787, "CreateSubscription", plant.Other, "", false},
	{793, "ModifySubscription", plant.Other, "", false},
	{799, "SetPublishingMode", plant.Other, "", false},
	{826, "Publish", plant.Read, "T0801", false},
	{832, "Republish", plant.Read, "T0801", false},
	{841, "TransferSubscriptions", plant.Other, "", false},
	{847, "DeleteSubscriptions", plant.Other, "", false},
	{12208, "FindServersOnNetwork", plant.Identify, "T0846", true},
	{12211, "RegisterServer2", plant.Other, "", true},
}

var verbs = newVerbs()

// newVerbs has a verb for each message: requests and responses have codes of
// their own, so that both are counted under the number that crossed the wire.
func newVerbs() *dissect.Verbs {
	rows := []dissect.VerbRow{{Code: 397, Name: "ServiceFault", Kind: plant.Other}}
	for _, s := range services {
		answer := s.id + 3
		if s.late {
			answer = s.id + 1
		}
		rows = append(rows,
			dissect.VerbRow{Code: s.id, Name: s.name, Kind: s.kind, Technique: s.technique, Reply: strconv.Itoa(int(answer))},
			dissect.VerbRow{Code: answer, Name: s.name + " response", Kind: s.kind, Technique: s.technique})
	}
	return dissect.NewVerbs(protocol, "%d", rows)
}
