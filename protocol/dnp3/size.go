package dnp3

// objectOctets are the octets of one object by group, indexed by variation from
// 1: IEEE 1815-2012 annex A. Groups whose objects tell their size themselves,
// and those with packed bits, are not in it.
var objectOctets = [114][]uint8{
	1: {0, 1}, 2: {1, 7, 3}, 3: {0, 1}, 4: {1, 7, 3},
	10: {0, 1}, 11: {1, 7}, 12: {11, 11}, 13: {1, 7},
	20: {5, 3, 5, 3, 4, 2, 4, 2},
	21: {5, 3, 5, 3, 11, 9, 11, 9, 4, 2, 4, 2},
	22: {5, 3, 5, 3, 11, 9, 11, 9},
	23: {5, 3, 5, 3, 11, 9, 11, 9},
	30: {5, 3, 4, 2, 5, 9},
	31: {5, 3, 11, 9, 4, 2, 5, 9},
	32: {5, 3, 11, 9, 5, 9, 11, 15},
	33: {5, 3, 11, 9, 5, 9, 11, 15},
	34: {2, 4, 4},
	40: {5, 3, 5, 9},
	41: {5, 3, 5, 9},
	42: {5, 3, 11, 9, 5, 9, 11, 15},
	43: {5, 3, 11, 9, 5, 9, 11, 15},
	50: {6, 10, 6, 11},
	51: {6, 6},
	52: {2, 2},
	81: {3},
	// Binary coded decimals.
	101: {2, 4, 8},
	102: {1},
}

// objectBits is the size of one object in bits. It is false where the object
// library is not known.
func objectBits(group, variation uint8) (int, bool) {
	switch {
	case variation == 1 && (group == 1 || group == GroupBinaryOutput || group == GroupIndications), group == GroupControl && variation == 3:
		return 1, true
	case group == 3 && variation == 1:
		return 2, true
	case group == GroupClass:
		return 0, true
	case group >= 110 && group <= 113:
		// Octet strings and terminal blocks: the variation is the length.
		return 8 * int(variation), true
	}
	if int(group) >= len(objectOctets) || variation == 0 || int(variation) > len(objectOctets[group]) {
		return 0, false
	}
	n := objectOctets[group][variation-1]
	return 8 * int(n), n != 0
}
