package opcua

// Attribute ids.
const ValueAttribute = 13

// Nodes of the Server object that say what the server is (namespace 0).
const (
	NodeServerStatus     uint32 = 2256
	NodeState            uint32 = 2259
	NodeBuildInfo        uint32 = 2260
	NodeProductName      uint32 = 2261
	NodeProductURI       uint32 = 2262
	NodeManufacturer     uint32 = 2263
	NodeSoftware         uint32 = 2264
	NodeBuildNumber      uint32 = 2265
	NodeBuildDate        uint32 = 2266
	buildInfoEncoding           = 340
	serverStatusEncoding        = 864
)

// ReadItem is one node that a Read request asks for.
type ReadItem struct {
	Node      NodeID
	Attribute uint32
}

// ReadItems walks the nodes of a Read request.
type ReadItems struct {
	r    Reader
	left int
}

// DecodeRead starts on the body of a Read request.
func DecodeRead(body []byte) ReadItems {
	r := NewReader(body)
	r.Skip(8) // max age
	r.Skip(4) // timestamps
	n := r.Count()
	return ReadItems{r: r, left: n}
}

// Len is the number of nodes still to come.
func (it *ReadItems) Len() int { return it.left }

// Next is the next node.
func (it *ReadItems) Next() (ReadItem, bool) {
	if it.left <= 0 {
		return ReadItem{}, false
	}
	it.left--
	item := ReadItem{Node: it.r.NodeID(), Attribute: it.r.Uint32()}
	it.r.String()        // index range
	it.r.QualifiedName() // data encoding
	return item, it.r.Err() == nil
}

// WriteItem is one node that a Write request changes.
type WriteItem struct {
	Node      NodeID
	Attribute uint32
	Value     Value
}

// WriteItems walks the nodes of a Write request.
type WriteItems struct {
	r    Reader
	left int
}

// DecodeWrite starts on the body of a Write request.
func DecodeWrite(body []byte) WriteItems {
	r := NewReader(body)
	n := r.Count()
	return WriteItems{r: r, left: n}
}

// Len is the number of nodes still to come.
func (it *WriteItems) Len() int { return it.left }

// Next is the next node.
func (it *WriteItems) Next() (WriteItem, bool) {
	if it.left <= 0 {
		return WriteItem{}, false
	}
	it.left--
	item := WriteItem{Node: it.r.NodeID(), Attribute: it.r.Uint32()}
	it.r.String() // index range
	item.Value = it.r.DataValue()
	return item, it.r.Err() == nil
}

// Called is the first method of a Call request.
type Called struct {
	Object, Method NodeID
	Count          int
}

// DecodeCall reads the body of a Call request.
func DecodeCall(body []byte) (Called, error) {
	r := NewReader(body)
	c := Called{Count: r.Count()}
	if c.Count > 0 {
		c.Object, c.Method = r.NodeID(), r.NodeID()
	}
	return c, r.Err()
}

// Results walks the values of a Read response.
type Results struct {
	r    Reader
	left int
}

// DecodeResults starts on the body of a Read response.
func DecodeResults(body []byte) Results {
	r := NewReader(body)
	n := r.Count()
	return Results{r: r, left: n}
}

// Next is the next value.
func (it *Results) Next() (Value, bool) {
	if it.left <= 0 {
		return Value{}, false
	}
	it.left--
	v := it.r.DataValue()
	return v, it.r.Err() == nil
}

// Codes walks the status codes of a Write response.
func Codes(body []byte) (total, bad int) {
	r := NewReader(body)
	for range r.Count() {
		code := r.Uint32()
		if r.failed {
			break
		}
		total++
		bad += int(code >> 31)
	}
	return total, bad
}

// BuildInfo is what a server's maker says about the program.
type BuildInfo struct {
	ProductURI, Manufacturer, Product, Software, Build []byte
}

// DecodeBuildInfo reads BuildInfo out of the value of node 2260, or of the
// server status in node 2256.
func DecodeBuildInfo(v Value) (BuildInfo, bool) {
	r := NewReader(v.Text)
	switch {
	case v.Array || v.Type != typeExtension:
		return BuildInfo{}, false
	case v.Node.Is(serverStatusEncoding):
		r.Skip(8 + 8 + 4) // start, now, state
	case !v.Node.Is(buildInfoEncoding):
		return BuildInfo{}, false
	}
	b := BuildInfo{ProductURI: r.String(), Manufacturer: r.String(), Product: r.String(), Software: r.String(), Build: r.String()}
	return b, r.Err() == nil
}
