package iec104

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/iec104"
)

// verbs by type identification, named as IEC 60870-5-101 clause 7.2.1 does.
var verbs = dissect.NewVerbs("iec104", "%d", rows(""))

// selects are the same for commands that only select: the output does not act
// before it is executed.
var selects = dissect.NewVerbs("iec104", "%d", rows(", select"))

// loads are the file messages that the controlling station sends.
var loads = dissect.NewVerbs("iec104", "%d", []dissect.VerbRow{
	{Code: 120, Name: "F_FR_NA_1 file ready", Kind: plant.Program, Technique: "T0843"},
	{Code: 121, Name: "F_SR_NA_1 section ready", Kind: plant.Program, Technique: "T0843"},
	{Code: 122, Name: "F_SC_NA_1 call directory or file", Kind: plant.Program, Technique: "T0845"},
	{Code: 123, Name: "F_LS_NA_1 last section", Kind: plant.Program, Technique: "T0843"},
	{Code: 124, Name: "F_AF_NA_1 acknowledge file", Kind: plant.Program, Technique: "T0845"},
	{Code: 125, Name: "F_SG_NA_1 segment", Kind: plant.Program, Technique: "T0843"},
	{Code: 126, Name: "F_DR_TA_1 directory", Kind: plant.Read, Technique: "T0888"},
	{Code: 127, Name: "F_SC_NB_1 query log", Kind: plant.Read, Technique: "T0802"},
})

func rows(suffix string) []dissect.VerbRow {
	r := make([]dissect.VerbRow, 0, len(monitor)+32)
	for t, name := range monitor {
		if name != "" {
			r = append(r, dissect.VerbRow{Code: uint32(t), Name: name, Kind: plant.Read, Technique: "T0801"})
		}
	}
	return append(r, []dissect.VerbRow{
		{Code: 45, Name: "C_SC_NA_1 single command" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 46, Name: "C_DC_NA_1 double command" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 47, Name: "C_RC_NA_1 regulating step command" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 48, Name: "C_SE_NA_1 set point, normalised" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 49, Name: "C_SE_NB_1 set point, scaled" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 50, Name: "C_SE_NC_1 set point, floating point" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 51, Name: "C_BO_NA_1 bit string" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 58, Name: "C_SC_TA_1 single command with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 59, Name: "C_DC_TA_1 double command with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 60, Name: "C_RC_TA_1 regulating step command with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 61, Name: "C_SE_TA_1 set point, normalised, with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 62, Name: "C_SE_TB_1 set point, scaled, with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 63, Name: "C_SE_TC_1 set point, floating point, with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 64, Name: "C_BO_TA_1 bit string with time" + suffix, Kind: plant.Write, Technique: "T0855"},
		{Code: 70, Name: "M_EI_NA_1 end of initialisation", Kind: plant.Other},
		{Code: 100, Name: "C_IC_NA_1 interrogation", Kind: plant.Read, Technique: "T0861"},
		{Code: 101, Name: "C_CI_NA_1 counter interrogation", Kind: plant.Read, Technique: "T0861"},
		{Code: 102, Name: "C_RD_NA_1 read", Kind: plant.Read, Technique: "T0801"},
		{Code: 103, Name: "C_CS_NA_1 clock synchronisation", Kind: plant.Config, Technique: "T0836"},
		{Code: 104, Name: "C_TS_NA_1 test", Kind: plant.Other},
		{Code: 105, Name: "C_RP_NA_1 reset process", Kind: plant.Mode, Technique: "T0816"},
		{Code: 106, Name: "C_CD_NA_1 delay acquisition", Kind: plant.Other},
		{Code: 107, Name: "C_TS_TA_1 test with time", Kind: plant.Other},
		{Code: 110, Name: "P_ME_NA_1 parameter, normalised", Kind: plant.Config, Technique: "T0836"},
		{Code: 111, Name: "P_ME_NB_1 parameter, scaled", Kind: plant.Config, Technique: "T0836"},
		{Code: 112, Name: "P_ME_NC_1 parameter, floating point", Kind: plant.Config, Technique: "T0836"},
		{Code: 113, Name: "P_AC_NA_1 parameter activation", Kind: plant.Config, Technique: "T0836"},
		{Code: 120, Name: "F_FR_NA_1 file ready", Kind: plant.Program, Technique: "T0845"},
		{Code: 121, Name: "F_SR_NA_1 section ready", Kind: plant.Program, Technique: "T0845"},
		{Code: 122, Name: "F_SC_NA_1 call directory or file", Kind: plant.Program, Technique: "T0843"},
		{Code: 123, Name: "F_LS_NA_1 last section", Kind: plant.Program, Technique: "T0845"},
		{Code: 124, Name: "F_AF_NA_1 acknowledge file", Kind: plant.Program, Technique: "T0843"},
		{Code: 125, Name: "F_SG_NA_1 segment", Kind: plant.Program, Technique: "T0845"},
		{Code: 126, Name: "F_DR_TA_1 directory", Kind: plant.Read, Technique: "T0888"},
		{Code: 127, Name: "F_SC_NB_1 query log", Kind: plant.Read, Technique: "T0802"},
	}...)
}

// monitor are the names of the types that carry states and values.
var monitor = [41]string{
	1: "M_SP_NA_1 single-point information", 2: "M_SP_TA_1 single-point information with time",
	3: "M_DP_NA_1 double-point information", 4: "M_DP_TA_1 double-point information with time",
	5: "M_ST_NA_1 step position", 6: "M_ST_TA_1 step position with time",
	7: "M_BO_NA_1 bit string", 8: "M_BO_TA_1 bit string with time",
	9: "M_ME_NA_1 measured value, normalised", 10: "M_ME_TA_1 measured value, normalised, with time",
	11: "M_ME_NB_1 measured value, scaled", 12: "M_ME_TB_1 measured value, scaled, with time",
	13: "M_ME_NC_1 measured value, floating point", 14: "M_ME_TC_1 measured value, floating point, with time",
	15: "M_IT_NA_1 integrated totals", 16: "M_IT_TA_1 integrated totals with time",
	17: "M_EP_TA_1 protection event with time", 18: "M_EP_TB_1 protection start events with time",
	19: "M_EP_TC_1 protection output circuit with time", 20: "M_PS_NA_1 packed single points",
	21: "M_ME_ND_1 measured value without quality",
	30: "M_SP_TB_1 single-point information with date", 31: "M_DP_TB_1 double-point information with date",
	32: "M_ST_TB_1 step position with date", 33: "M_BO_TB_1 bit string with date",
	34: "M_ME_TD_1 measured value, normalised, with date", 35: "M_ME_TE_1 measured value, scaled, with date",
	36: "M_ME_TF_1 measured value, floating point, with date", 37: "M_IT_TB_1 integrated totals with date",
	38: "M_EP_TD_1 protection event with date", 39: "M_EP_TE_1 protection start events with date",
	40: "M_EP_TF_1 protection output circuit with date",
}

// control are the verbs of unnumbered APDUs. They carry no ASDU and have a
// protocol name of their own, so that ASDUs are counted apart.
var control = map[pdu.Function]*plant.Verb{
	pdu.StartAct: apci("STARTDT act", plant.Other, ""),
	pdu.StartCon: apci("STARTDT con", plant.Other, ""),
	pdu.StopAct:  apci("STOPDT act", plant.Config, "T0804"),
	pdu.StopCon:  apci("STOPDT con", plant.Config, "T0804"),
	pdu.TestAct:  apci("TESTFR act", plant.Other, ""),
	pdu.TestCon:  apci("TESTFR con", plant.Other, ""),
}

func apci(name string, k plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "iec104-apci", Code: name, Name: name, Kind: k, Technique: technique}
}
