package umas

import (
	"encoding/hex"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	"github.com/bulkhead-ot/bulkhead/protocol/modbus"
)

// carrier is as much Modbus as carries UMAS.
type carrier struct{ umas Parser }

func (p *carrier) Parse(c *dissect.Context, b []byte) (int, error) {
	a, n, err := modbus.Decode(b)
	if err != nil {
		return 0, err
	}
	if a.Function == 90 {
		p.umas.PDU(c, uint64(a.Transaction), c.FromPort == 502, a.Data)
	}
	return n, nil
}

func protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "modbus", TCP: []uint16{502},
		Probe: func([]byte, dissect.Hint) dissect.Match { return dissect.Weak },
		New:   func() dissect.Parser { return &carrier{} },
	}
}

// adu makes a Modbus ADU with function 90.
func adu(transaction byte, s string) []byte {
	data, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return append([]byte{0, transaction, 0, 0, 0, byte(len(data) + 2), 0, 90}, data...)
}

func TestSession(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{protocol()}, 502,
		dissecttest.C(adu(1, "0002")),
		dissecttest.S(adu(1, "00fe"+"10ff5a0101000000600200002700090008000000000"+"00c424d582050333420323032300"+"1")),
		dissecttest.C(adu(2, "0010434c0000054557533031")),
		dissecttest.S(adu(2, "00fe01")),
		dissecttest.C(adu(3, "0141ff00")),
		dissecttest.S(adu(3, "01fd00010400")),
		dissecttest.C(adu(4, "01300001fb00")),
		dissecttest.S(adu(4, "01fe000137300000")),
		dissecttest.S(adu(9, "01fe")),
	)
	for field, want := range map[plant.Field]string{
		plant.FieldProduct: "BMX P34 2020", plant.FieldFirmware: "2.60", plant.FieldRole: plant.RoleController,
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "EWS01" {
		t.Errorf("client's name = %q", got)
	}
	if o := r.Operation("0x41"); o.Verb.Technique != "T0858" || o.Requests != 1 || o.Refused != 1 {
		t.Errorf("stop = %+v", o)
	}
	if o := r.Operation("0x30"); o.Verb.Kind != plant.Program || o.Accepted != 1 {
		t.Errorf("download = %+v", o)
	}
	if o := r.Operation("0xfe"); o.Responses != 1 {
		t.Errorf("response to an unseen request = %+v", o)
	}
}

func TestCorpus(t *testing.T) {
	r := corpustest.Run(t, "umas/modicon_test.pcap", protocol())
	for _, row := range corpustest.Rows(t, "umas/modicon_test.strings.tsv") {
		if !corpustest.Says(r, row[0], row[2]) {
			t.Errorf("%s: no fact says %s", row[0], row[2])
		}
	}
	if !corpustest.Says(r, "192.168.63.253", "project Project 0.0.8") || !corpustest.Says(r, "192.168.63.253", "2.70") {
		t.Error("project or firmware missing")
	}
	if o := r.Operation("0x34"); o.Verb.Technique != "T0845" || o.Requests != 53 || o.Accepted != 53 {
		t.Errorf("upload = %+v", o)
	}
}
