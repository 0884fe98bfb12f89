package bsap

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
	poll     = "0e00" + "0000" + "0000" + "00000000" + "02000000"
	request  = "0e00" + "0100" + "0600" + "07000000" + "02000000" + "18000000" + "0c" + "07000000" + "a000" + "04" + "03d001" + "0f" + "02" + "404100" + "40424300"
	write    = "0e00" + "0100" + "0600" + "08000000" + "02000000" + "13000000" + "0c" + "08000000" + "a000" + "84" + "0f" + "01" + "404100" + "01" + "01"
	response = "0e00" + "0200" + "0500" + "03000000" + "07000000" + "0e000000" + "0c" + "07000000" + "0001" + "000400" + "0c000000" + "0c" + "08000000" + "8001" + "04"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in string
		kind     Kind
		messages int
	}{
		{"poll", poll, Poll, 0},
		{"read by name", request, Request, 1},
		{"two responses", response, Response, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bytesOf(t, tt.in)
			d, n, err := Decode(b)
			if err != nil || n != len(b) || d.Kind != tt.kind {
				t.Fatalf("Decode = %+v, %d, %v", d, n, err)
			}
			got, rest := 0, d.Messages
			for {
				_, next, err := Next(rest)
				if err != nil {
					break
				}
				rest, got = next, got+1
			}
			if got != tt.messages || len(rest) != 0 {
				t.Errorf("%d messages, %d bytes left", got, len(rest))
			}
		})
	}
}

func access(t *testing.T, s string) Access {
	t.Helper()
	d, _, err := Decode(bytesOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := Next(d.Messages)
	if err != nil {
		t.Fatal(err)
	}
	a, ok := m.Access()
	if !ok {
		t.Fatal("no access")
	}
	return a
}

func TestNames(t *testing.T) {
	a := access(t, request)
	one, rest, ok1 := NextName(a.Names())
	two, rest, ok2 := NextName(rest)
	_, _, ok3 := NextName(rest)
	if a.Function != ReadByName || a.Exchange != ExchangeDatabase || string(one) != "@A" || string(two) != "@BC" || !ok1 || !ok2 || ok3 {
		t.Errorf("names %q %q %v of %+v", one, two, ok3, a)
	}
	if name, _, ok := NextName(access(t, write).Names()); !ok || string(name) != "@A" {
		t.Errorf("name written = %q", name)
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"header size", "0f00", ErrHeader},
		{"poll with a count", "0e00" + "0100" + "0000" + "0000000000000000", ErrHeader},
		{"unknown kind", "0e00" + "0100" + "0700" + "0000000000000000", ErrHeader},
		{"no messages announced", "0e00" + "0000" + "0600" + "0000000000000000", ErrHeader},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
	if _, _, err := Next(bytesOf(t, "040000000c00000000")); !errors.Is(err, ErrLength) {
		t.Errorf("Next of a message shorter than its header: %v", err)
	}
	if !IsSerial(bytesOf(t, "1002018512000003")) {
		t.Error("IsSerial")
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{poll, request, write, response} {
		whole := bytesOf(t, s)
		for i := range whole {
			d, n, err := Decode(whole[:i])
			if err != nil && !errors.Is(err, ErrShort) || n > i {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
			walk(t, d)
		}
	}
}

func walk(t *testing.T, d Datagram) {
	rest := d.Messages
	for {
		m, next, err := Next(rest)
		if err != nil {
			return
		}
		if len(next) >= len(rest) {
			t.Fatal("Next does not advance")
		}
		m.Answer()
		if a, ok := m.Access(); ok {
			for names := a.Names(); ; {
				_, left, ok := NextName(names)
				if !ok {
					break
				}
				names = left
			}
		}
		rest = next
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{poll, request, write, response} {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, n, err := Decode(b)
		if (err == nil) != (n > 0) || n > len(b) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		walk(t, d)
	})
}

func BenchmarkDecode(b *testing.B) {
	datagram := bytesOf(b, request)
	b.ReportAllocs()
	for b.Loop() {
		d, _, _ := Decode(datagram)
		m, _, _ := Next(d.Messages)
		if _, ok := m.Access(); !ok {
			b.Fatal("no access")
		}
	}
}
