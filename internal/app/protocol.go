package app

import (
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/enip"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/hartip"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/isotsap"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/modbus"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/opcua"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/pccc"
)

// Protocols is every protocol that is read. Where two probes would both take
// some bytes the earlier one wins.
func Protocols() []dissect.Protocol {
	return []dissect.Protocol{
		enip.Protocol(),
		hartip.Protocol(),
		isotsap.Protocol(),
		modbus.Protocol(),
		opcua.Protocol(),
		pccc.Protocol(),
	}
}
