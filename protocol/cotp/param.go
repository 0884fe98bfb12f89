package cotp

// Codes of parameters in the variable part.
const (
	ParamTPDUSize   = 0xc0
	ParamSrcTSAP    = 0xc1 // calling transport selector
	ParamDstTSAP    = 0xc2 // called transport selector
	ParamChecksum   = 0xc3
	ParamVersion    = 0xc4
	ParamSecurity   = 0xc5
	ParamAdditional = 0xc6
	ParamAltClass   = 0xc7
)

// Param is one parameter of a TPDU. Value points into the decoded bytes.
type Param struct {
	Code  uint8
	Value []byte
}

// NextParam reads the parameter at the start of a TPDU's Params and returns
// what follows it. ok is false at the end and where the bytes break off.
func NextParam(params []byte) (p Param, rest []byte, ok bool) {
	if len(params) < 2 {
		return Param{}, nil, false
	}
	end := 2 + int(params[1])
	if end > len(params) {
		return Param{}, nil, false
	}
	return Param{Code: params[0], Value: params[2:end:end]}, params[end:], true
}

// Param is the value of the first parameter with that code, nil when there is
// none.
func (t TPDU) Param(code uint8) []byte {
	for rest := t.Params; ; {
		var p Param
		var ok bool
		if p, rest, ok = NextParam(rest); !ok {
			return nil
		}
		if p.Code == code {
			return p.Value
		}
	}
}

// SrcTSAP is the calling transport selector, nil when it is not given.
func (t TPDU) SrcTSAP() []byte { return t.Param(ParamSrcTSAP) }

// DstTSAP is the called transport selector, nil when it is not given.
func (t TPDU) DstTSAP() []byte { return t.Param(ParamDstTSAP) }

// Sound reports whether the variable part is a whole sequence of parameters
// whose codes ISO 8073 knows for connecting. What RDP puts there (a cookie, a
// negotiation request) is not.
func (t TPDU) Sound() bool {
	rest := t.Params
	for len(rest) > 0 {
		var p Param
		var ok bool
		if p, rest, ok = NextParam(rest); !ok || !known(p.Code) {
			return false
		}
	}
	return true
}

// known reports the codes of ISO 8073 section 13: 0x85 to 0x8f (timers, rates,
// sequence numbers), 0xc0 to 0xc7, 0xe0 (text of a DR), 0xf0 and 0xf2.
func known(code uint8) bool {
	switch {
	case code >= 0x85 && code <= 0x8f, code >= ParamTPDUSize && code <= ParamAltClass:
		return true
	}
	return code == 0xe0 || code == 0xf0 || code == 0xf2
}
