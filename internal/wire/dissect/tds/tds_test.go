package tds

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/tds"
)

var protocols = []dissect.Protocol{Protocol()}

func utf16(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func packet(t pdu.Type, status byte, body ...byte) []byte {
	b := append([]byte{byte(t), status, 0, 0, 0, 0, 1, 0}, body...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

func login(fields map[int]string) []byte {
	b := make([]byte, 94)
	binary.LittleEndian.PutUint32(b[4:], 0x74000004)
	for _, at := range []int{36, 40, 44, 48, 52, 60} {
		binary.LittleEndian.PutUint16(b[at:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(len(fields[at])))
		b = append(b, utf16(fields[at])...)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return packet(pdu.Login7, 1, b...)
}

var (
	hello  = packet(pdu.Prelogin, 1, 0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 9, 0, 0, 0, 0, 0, 2)
	answer = packet(pdu.Result, 1, 0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 12, 0, 0x07, 0xd0, 0, 0, 2)
	failed = packet(pdu.Result, 1, append(append([]byte{0xaa, 34, 0, 0x18, 0x48, 0, 0, 1, 14, 0, 0, 10}, utf16(`SCADA1\PLT`)...), 0, 1, 0, 0, 0)...)
)

func has(r dissecttest.Result, e plant.Endpoint, f plant.Field, value string) bool {
	for _, s := range r.Sightings {
		if s.Endpoint.Addr() == e.Addr() && s.Field == f && s.Value == value {
			return true
		}
	}
	return false
}

func TestLogin(t *testing.T) {
	r := dissecttest.TCP(protocols, 1450, dissecttest.C(hello), dissecttest.S(answer),
		dissecttest.C(login(map[int]string{36: "EWS7", 40: "sa", 44: "hunter2", 48: "WinCC", 52: `tcp:SCADA1\PLT,1450`, 60: "ODBC"})), dissecttest.S(failed))
	for _, want := range []struct {
		who   plant.Endpoint
		field plant.Field
		value string
	}{
		{dissecttest.Client, plant.FieldName, "EWS7"},
		{dissecttest.Client, plant.FieldUser, "sa"},
		{dissecttest.Client, plant.FieldSoftware, "WinCC"},
		{dissecttest.Server, plant.FieldName, "SCADA1"},
		{dissecttest.Server, plant.FieldSoftware, "Microsoft SQL Server 12.0.2000"},
		{dissecttest.Server, plant.FieldSecurity, "tds.encryption=off"},
		{dissecttest.Server, plant.FieldCleartextLogin, "tds user sa"},
	} {
		if !has(r, want.who, want.field, want.value) {
			t.Errorf("%s has no %s %q in %+v", want.who.Addr(), want.field, want.value, r.Sightings)
		}
	}
	if op := r.Operation("0x10"); op.Refused != 1 || op.Object != "account sa" {
		t.Errorf("got %+v", op)
	}
}

func TestBatches(t *testing.T) {
	first := packet(pdu.SQLBatch, 0, utf16("exec xp_cmdshell 'dir'")...)
	r := dissecttest.TCP(protocols, 1433, dissecttest.C(append(first, packet(pdu.SQLBatch, 1, utf16("and more")...)...)),
		dissecttest.S(packet(pdu.Result, 1, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
		dissecttest.C([]byte{6, 1, 0, 8, 0x2c, 0xf4, 1, 2}))
	if op := r.Operation("0x01"); op.Requests != 1 || op.Accepted != 1 || op.Verb.Kind != plant.Config {
		t.Errorf("got %+v", op)
	}
	if op := r.Operation("0x06"); op.Requests != 1 || len(r.Anomalies) > 0 {
		t.Errorf("attention with garbage in its header: got %+v, %+v", op, r.Anomalies)
	}
}

func TestBrowser(t *testing.T) {
	s := "ServerName;SCADA1;InstanceName;WINCC;IsClustered;No;Version;12.0.2000.8;tcp;1433;;"
	r := dissecttest.UDP(protocols, 1434, dissecttest.C([]byte{3}), dissecttest.S(append([]byte{5, byte(len(s)), 0}, s...)))
	if !has(r, dissecttest.Server, plant.FieldName, "SCADA1") || !has(r, dissecttest.Server, plant.FieldService, "SQL Server instance WINCC on TCP 1433") {
		t.Errorf("got %+v", r.Sightings)
	}
}
