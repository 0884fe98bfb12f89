package iec104

// Type is the type identification of an ASDU.
type Type uint8

// Types that ask for something or that say something about the station. The
// others carry measured values and states.
const (
	EndOfInitialisation   Type = 70
	SingleCommand         Type = 45
	DoubleCommand         Type = 46
	StepCommand           Type = 47
	NormalisedCommand     Type = 48
	ScaledCommand         Type = 49
	FloatCommand          Type = 50
	BitCommand            Type = 51
	SingleCommandTime     Type = 58
	DoubleCommandTime     Type = 59
	StepCommandTime       Type = 60
	NormalisedCommandTime Type = 61
	ScaledCommandTime     Type = 62
	FloatCommandTime      Type = 63
	BitCommandTime        Type = 64
	Interrogation         Type = 100
	CounterInterrogation  Type = 101
	ReadCommand           Type = 102
	ClockSync             Type = 103
	TestCommand           Type = 104
	ResetProcess          Type = 105
	DelayAcquisition      Type = 106
	TestCommandTime       Type = 107
	NormalisedParameter   Type = 110
	ScaledParameter       Type = 111
	FloatParameter        Type = 112
	ActivateParameter     Type = 113
	FileReady             Type = 120
	SectionReady          Type = 121
	CallDirectory         Type = 122
	LastSection           Type = 123
	AckFile               Type = 124
	FileSegment           Type = 125
	Directory             Type = 126
	QueryLog              Type = 127
)

// elementSizes are the octets of one information element of each type, plus
// one so that zero means "unknown": IEC 60870-5-101 clause 7.3 and, for the
// types with a time tag of seven octets, IEC 60870-5-104 clause 8.
var elementSizes = [128]uint8{
	1: 1 + 1, 2: 4 + 1, 3: 1 + 1, 4: 4 + 1, 5: 2 + 1, 6: 5 + 1, 7: 5 + 1, 8: 8 + 1, 9: 3 + 1,
	10: 6 + 1, 11: 3 + 1, 12: 6 + 1, 13: 5 + 1, 14: 8 + 1, 15: 5 + 1, 16: 8 + 1, 17: 6 + 1,
	18: 7 + 1, 19: 7 + 1, 20: 5 + 1, 21: 2 + 1,
	30: 8 + 1, 31: 8 + 1, 32: 9 + 1, 33: 12 + 1, 34: 10 + 1, 35: 10 + 1, 36: 12 + 1, 37: 12 + 1,
	38: 10 + 1, 39: 11 + 1, 40: 11 + 1,
	45: 1 + 1, 46: 1 + 1, 47: 1 + 1, 48: 3 + 1, 49: 3 + 1, 50: 5 + 1, 51: 4 + 1,
	58: 8 + 1, 59: 8 + 1, 60: 8 + 1, 61: 10 + 1, 62: 10 + 1, 63: 12 + 1, 64: 11 + 1,
	70:  1 + 1,
	100: 1 + 1, 101: 1 + 1, 102: 0 + 1, 103: 7 + 1, 104: 2 + 1, 105: 1 + 1, 106: 2 + 1, 107: 9 + 1,
	110: 3 + 1, 111: 3 + 1, 112: 5 + 1, 113: 1 + 1,
	120: 6 + 1, 121: 7 + 1, 122: 4 + 1, 123: 5 + 1, 124: 4 + 1, 125: 4 + 1, 126: 13 + 1, 127: 16 + 1,
}

// Size is how many octets one information element of the type has, without its
// address. Of a file segment it is the least.
func (t Type) Size() (int, bool) {
	if int(t) >= len(elementSizes) || elementSizes[t] == 0 {
		return 0, false
	}
	return int(elementSizes[t]) - 1, true
}

// Monitors says that the type is sent by the controlled station: states,
// values, the end of its initialisation.
func (t Type) Monitors() bool { return t > 0 && t < 45 || t == EndOfInitialisation }

// Commands says that the type changes the process: a command or a set point.
func (t Type) Commands() bool { return t >= 45 && t <= 51 || t >= 58 && t <= 64 }
