package sunrpc

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func words(v ...uint32) []byte {
	var b []byte
	for _, w := range v {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func TestDump(t *testing.T) {
	r := dissecttest.UDP(protocols, 111, dissecttest.C(words(9, 0, 2, 100000, 2, 4, 0, 0, 0, 0)),
		dissecttest.S(words(9, 1, 0, 0, 0, 0, 1, 100003, 3, 6, 2049, 1, 395183, 1, 6, 1024, 0)))
	if op := r.Operation("100000.4"); op.Accepted != 1 || op.Verb.Technique != "T0846" {
		t.Errorf("got %+v", op)
	}
	var got []string
	for _, s := range r.Sightings {
		if s.Field == plant.FieldService {
			got = append(got, s.Value)
		}
	}
	if len(got) != 2 || got[0] != "NFS v3 on TCP 2049" || got[1] != "VXI-11 v1 on TCP 1024" {
		t.Errorf("got %q", got)
	}
}

func TestMount(t *testing.T) {
	call := join(words(8, 0, 2, 100005, 3, 1, 1, 28, 99, 5), []byte("ews-7\x00\x00\x00"), words(0, 0, 0, 0, 0), words(7), []byte("/export\x00"))
	r := dissecttest.TCP(protocols, 20048, dissecttest.C(join(words(1<<31|uint32(len(call))), call)),
		dissecttest.S(join(words(1<<31|24), words(8, 1, 0, 0, 0, 5))))
	if op := r.Operation("100005.1"); op.Refused != 1 || op.Object != "export /export" {
		t.Errorf("got %+v", op)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "ews-7" {
		t.Errorf("got %q", got)
	}
}

func TestLargeWriteIsSkipped(t *testing.T) {
	head := words(7, 0, 2, 100003, 3, 7, 0, 0, 0, 0)
	n := uint32(len(head) + 300000)
	messages := []dissecttest.Message{dissecttest.C(join(words(1<<31|n), head, make([]byte, 2000)))}
	for left := 298000; left > 0; left -= 50000 {
		messages = append(messages, dissecttest.C(make([]byte, min(left, 50000))))
	}
	messages = append(messages, dissecttest.C(join(words(1<<31|40), words(8, 0, 2, 100003, 3, 21, 0, 0, 0, 0))))
	r := dissecttest.TCP(protocols, 2049, messages...)
	if r.Operation("100003.7").Requests != 1 || r.Operation("100003.21").Requests != 1 || len(r.Anomalies) > 0 {
		t.Errorf("got %+v, %+v", r.Operations, r.Anomalies)
	}
}
