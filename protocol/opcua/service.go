package opcua

// Node ids of service messages in the default binary encoding. A response's id
// is the request's plus 3, or plus 1 for services added later.
const (
	ServiceFault            uint32 = 397
	FindServersRequest      uint32 = 422
	FindServersResponse     uint32 = 425
	GetEndpointsRequest     uint32 = 428
	GetEndpointsResponse    uint32 = 431
	RegisterServerRequest   uint32 = 437
	OpenChannelRequest      uint32 = 446
	OpenChannelResponse     uint32 = 449
	CloseChannelRequest     uint32 = 452
	CreateSessionRequest    uint32 = 461
	CreateSessionResponse   uint32 = 464
	ActivateSessionRequest  uint32 = 467
	ActivateSessionResponse uint32 = 470
	CallRequest             uint32 = 712
	ReadRequest             uint32 = 631
	ReadResponse            uint32 = 634
	WriteRequest            uint32 = 673
	WriteResponse           uint32 = 676
	FindOnNetworkRequest    uint32 = 12208
	FindOnNetworkResponse   uint32 = 12209
	RegisterServer2Request  uint32 = 12211
)

// Message is the head of a service message in clear.
type Message struct {
	Service  uint32 // node id of the message
	Response bool
	Handle   uint32 // the client's own number of the request
	Result   uint32 // status code, responses only
	Audit    []byte // who asks, as the client says; requests only
	Body     []byte // the service's own parameters
}

// Good reports whether the status code says that the service was carried out.
func (m *Message) Good() bool { return m.Result>>31 == 0 }

// DecodeMessage reads the head of a service message: the type id and the
// request or response header. ErrService means that it is not one: encrypted,
// most likely.
func DecodeMessage(b []byte) (Message, error) {
	r := NewReader(b)
	id := r.NodeID()
	if r.failed || id.Kind != NumericNode || id.Namespace != 0 || !IsService(id.Number) {
		return Message{}, ErrService
	}
	m := Message{Service: id.Number, Response: IsResponse(id.Number)}
	if m.Response {
		r.responseHeader(&m)
	} else {
		r.requestHeader(&m)
	}
	if r.failed {
		return m, ErrShort
	}
	m.Body = r.Rest()
	return m, nil
}

func (r *Reader) requestHeader(m *Message) {
	r.NodeID() // authentication token
	r.Skip(8)  // time
	m.Handle = r.Uint32()
	r.Skip(4) // diagnostics wanted
	m.Audit = r.String()
	r.Skip(4) // timeout
	r.ExtensionObject()
}

func (r *Reader) responseHeader(m *Message) {
	r.Skip(8) // time
	m.Handle = r.Uint32()
	m.Result = r.Uint32()
	r.skipDiagnostic()
	for range r.Count() {
		r.String()
	}
	r.ExtensionObject()
}

// IsService reports whether the node id is that of a service message.
func IsService(id uint32) bool { return id == ServiceFault || requestOf(id) != 0 }

// requests are the node ids of all requests whose response is 3 higher.
var requests = [...]uint16{
	422, 428, 437, 446, 452, 461, 467, 473, 479, 488, 494, 500, 506, 527, 533, 554,
	560, 566, 615, 621, 631, 664, 673, 700, 712, 751, 763, 769, 775, 781, 787, 793,
	799, 826, 832, 841, 847,
}

// requestOf is the request that a service message belongs to, 0 for none.
func requestOf(id uint32) uint32 {
	switch id {
	case FindOnNetworkRequest, FindOnNetworkResponse:
		return FindOnNetworkRequest
	case RegisterServer2Request, RegisterServer2Request + 1:
		return RegisterServer2Request
	}
	for _, q := range requests {
		if id == uint32(q) || id == uint32(q)+3 {
			return uint32(q)
		}
	}
	return 0
}

// IsResponse reports whether the service message with that id is a response.
func IsResponse(id uint32) bool { return id == ServiceFault || requestOf(id) != id }

// RequestOf is the node id of the request that a response answers; of a request
// it is the id itself, of a fault 0.
func RequestOf(id uint32) uint32 { return requestOf(id) }
