package plant

import "testing"

func TestMAC(t *testing.T) {
	m := MAC{0x02, 0x1b, 0x1b, 0x02, 0xe6, 0x1f}
	if m.String() != "02:1b:1b:02:e6:1f" || !m.IsLocal() || m.IsGroup() || m.IsZero() {
		t.Errorf("%v local %v group %v zero %v", m, m.IsLocal(), m.IsGroup(), m.IsZero())
	}
	if !(MAC{}).IsZero() || !(MAC{1}).IsGroup() {
		t.Error("zero and group addresses")
	}
}

func TestKindsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for k := Other; k <= Firmware; k++ {
		back, ok := ParseKind(k.String())
		if !ok || back != k || seen[k.String()] {
			t.Errorf("kind %d is called %q, which reads as %d", k, k, back)
		}
		seen[k.String()] = true
	}
	if _, ok := ParseKind("nonsense"); ok {
		t.Error("nonsense is a kind")
	}
}

func TestPacketRef(t *testing.T) {
	r := NewPacketRef(3, 1<<40+5)
	if r.Capture() != 3 || r.Number() != 1<<40+5 {
		t.Errorf("capture %d, number %d", r.Capture(), r.Number())
	}
}

func TestHousekeeping(t *testing.T) {
	if !Housekeeping("dns") || Housekeeping("modbus") || Housekeeping("unknown") {
		t.Error("names and time only")
	}
}

func TestMACAsText(t *testing.T) {
	for _, m := range []MAC{{}, {0, 0x1b, 0x1b, 1, 2, 0xff}} {
		text, err := m.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		back := MAC{9}
		if err := back.UnmarshalText(text); err != nil || back != m {
			t.Errorf("%q is read as %v, %v", text, back, err)
		}
	}
	if err := new(MAC).UnmarshalText([]byte("00:1b")); err == nil {
		t.Error("half an address is read")
	}
}
