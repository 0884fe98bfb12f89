package umas

import (
	"encoding/hex"
	"errors"
	"testing"
)

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	identity = "00fe" + "10ff" + "5a010100" + "0000" + "6002" + "0000" + "2700" + "0900" + "08000000" + "0000" + "0c" + "424d5820503334203230323030" + "01"
	project  = "00fe" + "020500009888010000" + "020500009888010000" + "02" + "0c3b0c0e01de07" + "02" + "0a150c0e01e807" + "090100" + "00" + "05" + "4c696e6500"
	reserve  = "0010" + "434c0000" + "05" + "4557533031"
	upload   = "0134" + "0001" + "0700"
	memory   = "0020" + "00" + "1400" + "5a010000" + "f600"
	refused  = "00fd" + "000104000032000000000000"
	signed   = "0138" + "01" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + "41" + "ff00"
)

func decode(t *testing.T, s string) Message {
	t.Helper()
	b := bytesOf(t, s)
	m, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("Decode(%s) = %d, %v", s, n, err)
	}
	return m
}

func TestDecode(t *testing.T) {
	m := decode(t, upload)
	if m.Session != 1 || m.Function != UploadBlock || m.Answer() {
		t.Errorf("Decode = %+v", m)
	}
	if !decode(t, refused).Answer() {
		t.Error("a refusal is no answer")
	}
	if _, n, err := Decode([]byte{0}); n != 0 || !errors.Is(err, ErrShort) {
		t.Errorf("Decode of one byte = %d, %v", n, err)
	}
}

func TestReadIdentity(t *testing.T) {
	id, ok := ReadIdentity(decode(t, identity).Data)
	if !ok || string(id.Model) != "BMX P34 2020" || id.Version != 0x0260 || id.Internal != 0x27 || id.Ident != 0x0001015a {
		t.Errorf("ReadIdentity = %+v, %v", id, ok)
	}
}

func TestReadProjectInfo(t *testing.T) {
	p, ok := ReadProjectInfo(decode(t, project).Data)
	if !ok || string(p.Name) != "Line" || p.Revision != [3]uint8{0, 1, 9} || p.Year != 2024 || p.Minute != 21 {
		t.Errorf("ReadProjectInfo = %+v, %v", p, ok)
	}
}

func TestRequests(t *testing.T) {
	if got := Owner(decode(t, reserve).Data); string(got) != "EWS01" {
		t.Errorf("Owner = %q", got)
	}
	if got, ok := Block(decode(t, upload).Data); !ok || got != 7 {
		t.Errorf("Block = %d, %v", got, ok)
	}
	if got, ok := ReadRange(decode(t, memory).Data); !ok || got != (Memory{Block: 0x14, Offset: 346, Length: 246}) {
		t.Errorf("ReadRange = %+v, %v", got, ok)
	}
	if got, ok := decode(t, signed).Unwrap(); !ok || got.Function != Stop || len(got.Data) != 2 {
		t.Errorf("Unwrap = %+v, %v", got, ok)
	}
	if _, ok := decode(t, upload).Unwrap(); ok {
		t.Error("an upload unwraps")
	}
	if got := CardName(bytesOf(t, "000000000000"+"03"+"414243")); string(got) != "ABC" {
		t.Errorf("CardName = %q", got)
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{identity, project, reserve, upload, memory, refused, signed} {
		whole := bytesOf(t, s)
		for i := range whole {
			if m, _, err := Decode(whole[:i]); err == nil {
				exercise(m)
			} else if i >= 2 {
				t.Errorf("Decode(%x): %v", whole[:i], err)
			}
		}
	}
}

func exercise(m Message) {
	ReadIdentity(m.Data)
	ReadProjectInfo(m.Data)
	CardName(m.Data)
	Owner(m.Data)
	ReadRange(m.Data)
	Block(m.Data)
	m.Unwrap()
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{identity, project, reserve, upload, memory, refused, signed} {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n != len(b) || len(m.Data) != n-2 {
			t.Fatalf("took %d of %d, data %d", n, len(b), len(m.Data))
		}
		exercise(m)
		if id, ok := ReadIdentity(m.Data); ok && len(id.Model) == 0 {
			t.Fatal("an identity without a model")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	pdu := bytesOf(b, identity)
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(pdu)
		if _, ok := ReadIdentity(m.Data); !ok {
			b.Fatal("no identity")
		}
	}
}
