package fins

// Area is a memory area code (W342 5-2-2).
type Area uint8

// String is the area's short name as it stands in Omron's tools.
func (a Area) String() string {
	switch a {
	case 0x30, 0x70, 0xb0, 0xf0, 0x00, 0x80:
		return "CIO"
	case 0x31, 0x71, 0xb1, 0xf1:
		return "WR"
	case 0x32, 0x72, 0xb2, 0xf2:
		return "HR"
	case 0x33, 0xb3:
		return "AR"
	case 0x09, 0x49, 0x89, 0x01, 0x41, 0x81:
		return "TIM/CNT"
	case 0x02, 0x82:
		return "DM"
	case 0x06, 0x46:
		return "TK"
	case 0x07:
		return "clock pulses"
	case 0x0a, 0x98, 0xbc:
		return extended(a)
	case 0xdc:
		return "IR"
	}
	if a.bank() {
		return "EM"
	}
	return "memory"
}

func extended(a Area) string {
	if a == 0xbc {
		return "DR"
	}
	return "EM"
}

// bank reports whether the code is one of the numbered EM banks.
func (a Area) bank() bool {
	return a >= 0x20 && a <= 0x2f || a >= 0xa0 && a <= 0xaf || a >= 0xe0 && a <= 0xec || a >= 0x50 && a <= 0x68 || a >= 0x90 && a <= 0x97
}

// Known reports whether the code stands in Omron's table.
func (a Area) Known() bool { return a.String() != "memory" }

// Bits reports whether items of the area are single bits.
func (a Area) Bits() bool {
	switch {
	case a < 0x20, a >= 0x20 && a <= 0x2f, a >= 0x30 && a <= 0x33, a >= 0x70 && a <= 0x72, a == 0x46, a == 0x49:
		return true
	}
	return false
}
