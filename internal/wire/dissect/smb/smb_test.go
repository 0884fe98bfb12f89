package smb

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	"github.com/bulkhead-ot/bulkhead/protocol/smb"
	"github.com/bulkhead-ot/bulkhead/protocol/smb2"
)

var protocols = []dissect.Protocol{Protocol()}

func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
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

// frame puts the session service's header before a message.
func frame(parts ...[]byte) []byte {
	b := join(parts...)
	return append([]byte{0, byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
}

// message1 is an SMB1 message with one block.
func message1(c smb.Command, reply bool, words int, w, data []byte) []byte {
	b := make([]byte, smb.HeaderLen+1+2*words)
	copy(b, smb.Magic)
	b[4], b[11], b[smb.HeaderLen] = byte(c), 0xc0, byte(words)
	if reply {
		b[9] = 0x80
	}
	copy(b[smb.HeaderLen+1:], w)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	return frame(b, data)
}

// message2 is an SMB2 message with a body and data behind it; the data's
// offset and length are written to that place.
func message2(c smb2.Command, reply bool, id, tree byte, body []byte, at int, data []byte) []byte {
	b := make([]byte, smb2.HeaderLen)
	copy(b, smb2.Magic)
	b[4], b[12], b[24], b[36] = smb2.HeaderLen, byte(c), id, tree
	if reply {
		b[16] = 1
	}
	b = append(b, body...)
	if data != nil {
		binary.LittleEndian.PutUint16(b[smb2.HeaderLen+at:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b[smb2.HeaderLen+at+2:], uint16(len(data)))
	}
	return frame(b, data)
}

// negotiateNTLM is a bare NTLM message that names the client's computer.
var negotiateNTLM = append([]byte("NTLMSSP\x00\x01\x00\x00\x00\x00\x00\x00\x00"+
	"\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x04\x00\x20\x00\x00\x00"), "EWS7"...)

func body(n int, fields map[int][]byte) []byte {
	b := make([]byte, n)
	for at, v := range fields {
		copy(b[at:], v)
	}
	return b
}

var file = []byte{1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}

func has(r dissecttest.Result, e plant.Endpoint, f plant.Field, value string) bool {
	for _, s := range r.Sightings {
		if s.Endpoint.Addr() == e.Addr() && s.Field == f && s.Value == value {
			return true
		}
	}
	return false
}

func TestSMB1Session(t *testing.T) {
	z := []byte{0, 0}
	r := dissecttest.TCP(protocols, 445,
		dissecttest.C(message1(smb.Negotiate, false, 0, nil, []byte("\x02NT LM 0.12\x00"))),
		dissecttest.S(message1(smb.Negotiate, true, 17, []byte{0, 0, 1, 33: 8}, join(make([]byte, 8), wide("PLANT"), z, wide("SCADA1"), z))),
		dissecttest.C(message1(smb.SessionSetupAndX, false, 13, []byte{0xff, 14: 6},
			join([]byte("secret"), []byte{0}, wide("operator"), z, wide("PLANT"), z, wide("Windows 5.1"), z, wide("Windows 2000"), z))),
		dissecttest.S(message1(smb.SessionSetupAndX, true, 3, []byte{0xff}, join([]byte{0}, wide("Windows 5.0"), z, wide("LM"), z, wide("PLANT"), z))),
	)
	for _, want := range []struct {
		who   plant.Endpoint
		field plant.Field
		value string
	}{
		{dissecttest.Server, plant.FieldName, "SCADA1"},
		{dissecttest.Server, plant.FieldDomain, "PLANT"},
		{dissecttest.Server, plant.FieldOS, "Windows 5.0"},
		{dissecttest.Server, plant.FieldSecurity, "smb1"},
		{dissecttest.Server, plant.FieldSecurity, "smb.signing=not-required"},
		{dissecttest.Server, plant.FieldCleartextLogin, "smb user operator"},
		{dissecttest.Client, plant.FieldOS, "Windows 5.1"},
		{dissecttest.Client, plant.FieldUser, "operator"},
	} {
		if !has(r, want.who, want.field, want.value) {
			t.Errorf("%s has no %s %q in %+v", want.who.Addr(), want.field, want.value, r.Sightings)
		}
	}
	if op := r.Operation("0x73"); op.Requests != 1 || op.Responses != 1 || op.Accepted != 1 || op.Object != "user operator" {
		t.Errorf("session setup: got %+v", op)
	}
	if len(r.Anomalies) > 0 || !r.Conversations[0].Confirmed || r.Conversations[0].Protocol != "smb" {
		t.Errorf("got %+v, %+v", r.Anomalies, r.Conversations)
	}
}

func TestSMB2AdminShare(t *testing.T) {
	big := append(message2(smb2.CmdWrite, false, 4, 5, body(48, map[int][]byte{2: {112, 0, 0, 0, 8}, 16: file}), 40, nil), make([]byte, 4000)...)
	n := len(big) - 4 + 1<<19 - 4000
	big[1], big[2], big[3] = byte(n>>16), byte(n>>8), byte(n)
	messages := []dissecttest.Message{
		dissecttest.C(message2(smb2.CmdSessionSetup, false, 1, 0, make([]byte, 24), 12, negotiateNTLM)),
		dissecttest.C(message2(smb2.CmdTreeConnect, false, 2, 0, make([]byte, 8), 4, wide(`\\SCADA1\ADMIN$`))),
		dissecttest.S(message2(smb2.CmdTreeConnect, true, 2, 5, body(16, map[int][]byte{2: {byte(smb2.ShareDisk)}}), 0, nil)),
		dissecttest.C(message2(smb2.CmdCreate, false, 3, 5, make([]byte, 56), 44, wide("PSEXESVC.exe"))),
		dissecttest.S(message2(smb2.CmdCreate, true, 3, 5, body(88, map[int][]byte{64: file}), 0, nil)),
		dissecttest.C(big),
	}
	for left := 1<<19 - 4000; left > 0; left -= 32000 {
		messages = append(messages, dissecttest.C(make([]byte, min(left, 32000))))
	}
	messages = append(messages, dissecttest.C(message2(smb2.CmdClose, false, 5, 5, body(24, map[int][]byte{8: file}), 0, nil)))
	r := dissecttest.TCP(protocols, 4455, messages...)
	if !has(r, dissecttest.Client, plant.FieldName, "EWS7") || !has(r, dissecttest.Server, plant.FieldService, `\\SCADA1\ADMIN$`) {
		t.Errorf("got %+v", r.Sightings)
	}
	if op := r.Operation("2.3"); op.Verb.Technique != "T0886" || op.Object != `share \\SCADA1\ADMIN$` || op.Accepted != 1 {
		t.Errorf("tree connect: got %+v", op)
	}
	if op := r.Operation("2.5"); op.Object != "file PSEXESVC.exe" {
		t.Errorf("create: got %+v", op)
	}
	if op := r.Operation("2.9"); op.Verb.Technique != "T0867" || op.Requests != 1 {
		t.Errorf("write: got %+v", op)
	}
	if op := r.Operation("2.6"); op.Requests != 1 {
		t.Errorf("the message behind half a megabyte of data is lost: %+v", r.Operations)
	}
	if len(r.Anomalies) > 0 {
		t.Errorf("got %+v", r.Anomalies)
	}
}

// bindRPC binds the service manager, createRPC creates a service with it.
var (
	bindRPC = join([]byte{5, 0, 11, 3, 0x10, 0, 0, 0, 72, 0, 0, 0, 1, 0, 0, 0}, []byte{0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0},
		[]byte{0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0, 0x10, 0x03, 2, 0, 0, 0},
		[]byte{0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 8, 0, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0})
	createRPC = join([]byte{5, 0, 0, 3, 0x10, 0, 0, 0, 64, 0, 0, 0, 2, 0, 0, 0}, []byte{40, 0, 0, 0, 0, 0, 12, 0},
		make([]byte, 20), []byte{4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0}, wide("BAD"), []byte{0, 0})
	answerRPC = []byte{5, 0, 2, 3, 0x10, 0, 0, 0, 28, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
)

func TestCallsThroughPipe(t *testing.T) {
	offset := func(at, n int) []byte { return []byte{byte(at), 0, 0, 0, byte(n), 0, 0, 0} }
	r := dissecttest.TCP(protocols, 445,
		dissecttest.C(message2(smb2.CmdTreeConnect, false, 2, 0, make([]byte, 8), 4, wide(`\\10.0.0.2\IPC$`))),
		dissecttest.S(message2(smb2.CmdTreeConnect, true, 2, 5, body(16, map[int][]byte{2: {byte(smb2.SharePipe)}}), 0, nil)),
		dissecttest.C(message2(smb2.CmdCreate, false, 3, 5, make([]byte, 56), 44, wide("svcctl"))),
		dissecttest.S(message2(smb2.CmdCreate, true, 3, 5, body(88, map[int][]byte{64: file}), 0, nil)),
		dissecttest.C(message2(smb2.CmdWrite, false, 4, 5, join(body(48, map[int][]byte{2: {112, 0, 72}, 16: file}), bindRPC), 0, nil)),
		dissecttest.C(message2(smb2.CmdIoctl, false, 5, 5, join(body(56, map[int][]byte{4: {0x17, 0xc0, 0x11}, 8: file, 24: offset(120, 64)}), createRPC), 0, nil)),
		dissecttest.S(message2(smb2.CmdIoctl, true, 5, 5, join(body(48, map[int][]byte{4: {0x17, 0xc0, 0x11}, 8: file, 32: offset(112, 28)}), answerRPC), 0, nil)),
	)
	if op := r.Operation("2.5"); op.Object != "pipe svcctl" {
		t.Errorf("create: got %+v", op)
	}
	op := r.Operation("svcctl.12")
	if op.Verb.Protocol != "dcerpc" || op.Verb.Technique != "T0886" || op.Object != "service BAD" || op.Accepted != 1 {
		t.Errorf("call: got %+v in %+v", op, r.Operations)
	}
	if has(r, dissecttest.Server, plant.FieldName, "10.0.0.2") {
		t.Error("an address is taken for a name")
	}
}

func TestProbe(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"SMB1", message1(smb.Negotiate, false, 0, nil, nil), dissect.Strong},
		{"SMB2", message2(smb2.CmdEcho, false, 1, 0, make([]byte, 4), 0, nil), dissect.Strong},
		{"encrypted", frame([]byte(smb2.MagicEncrypted), make([]byte, 60)), dissect.Strong},
		{"keep-alive", []byte{0x85, 0, 0, 0}, dissect.Weak},
		{"two bytes", []byte{0, 0}, dissect.Short},
		{"framing without message", []byte{0, 0, 0, 80, 1, 2, 3, 4}, dissect.No},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), dissect.No},
		{"session request without names", join([]byte{0x81, 0, 0, 68}, make([]byte, 68)), dissect.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := probe(tc.in, dissect.Hint{Stream: true}); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestShares(t *testing.T) {
	for path, want := range map[string]treeKind{
		`\\A\IPC$`: treePipes, `\\A\ipc$`: treePipes, `\\A\ADMIN$`: treeAdmin, `\\A\C$`: treeAdmin, `\\A\Recipes`: treeFiles, `\\A\Hidden$`: treeFiles,
	} {
		if _, share := splitShare([]byte(path)); kindOfShare(share) != want {
			t.Errorf("%s: got %d, want %d", path, kindOfShare(share), want)
		}
	}
}

// FuzzParse runs both sides' bytes through the engine: it must end, and no
// message may be answered that was not asked.
func FuzzParse(f *testing.F) {
	f.Add(message1(smb.Negotiate, false, 0, nil, []byte("\x02NT LM 0.12\x00")), message1(smb.Negotiate, true, 17, make([]byte, 34), make([]byte, 20)))
	f.Add(message2(smb2.CmdSessionSetup, false, 1, 0, make([]byte, 24), 12, negotiateNTLM), message2(smb2.CmdCreate, true, 3, 5, make([]byte, 88), 0, nil))
	f.Fuzz(func(t *testing.T, up, down []byte) {
		r := dissecttest.TCP(protocols, 445, dissecttest.C(up[:min(len(up), 60000)]), dissecttest.S(down[:min(len(down), 60000)]))
		for _, a := range r.Anomalies {
			if a.Kind == plant.AnomalyFailure {
				t.Fatal(a.Text)
			}
		}
		for _, op := range r.Operations {
			if op.Accepted+op.Refused > op.Responses {
				t.Fatalf("got %+v", op)
			}
		}
	})
}
