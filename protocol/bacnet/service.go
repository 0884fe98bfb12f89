package bacnet

// Identity is what an I-Am says.
type Identity struct {
	Device  Object
	MaxAPDU uint32
	Vendor  uint32 // vendor identifier that ASHRAE gave
}

// DecodeIAm reads the data of an I-Am.
func DecodeIAm(data []byte) (Identity, error) {
	var id Identity
	var values [4]Tag
	for i := range values {
		t, rest, err := NextTag(data)
		if err != nil {
			return Identity{}, err
		}
		values[i], data = t, rest
	}
	device, ok := values[0].Object()
	if !ok || values[0].Number != TagObject || device.Type() != DeviceType {
		return Identity{}, ErrTag
	}
	id.Device = device
	var okAPDU, okVendor bool
	id.MaxAPDU, okAPDU = values[1].Uint()
	id.Vendor, okVendor = values[3].Uint()
	if !okAPDU || !okVendor {
		return Identity{}, ErrTag
	}
	return id, nil
}

// ContextTag finds the context-specific primitive with that number at the top
// level of data.
func ContextTag(data []byte, number uint8) (Tag, bool) {
	for len(data) > 0 {
		t, rest, err := NextTag(data)
		if err != nil || t.Closing {
			return Tag{}, false
		}
		if t.Opening {
			if _, rest, err = Enclosed(rest); err != nil {
				return Tag{}, false
			}
		} else if t.Context && t.Number == number {
			return t, true
		}
		data = rest
	}
	return Tag{}, false
}

// FirstObject finds the first object identifier in data, whatever its tag: the
// object that a service is about.
func FirstObject(data []byte) (Object, bool) {
	for range 8 {
		t, rest, err := NextTag(data)
		if err != nil {
			return 0, false
		}
		if !t.Opening && !t.Closing && (!t.Context && t.Number == TagObject || t.Context && len(t.Value) == 4) {
			return t.Object()
		}
		data = rest
	}
	return 0, false
}
