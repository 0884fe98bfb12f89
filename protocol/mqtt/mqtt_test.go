package mqtt

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
	connect311 = "101f" + "00044d515454" + "04" + "c2" + "003c" + "0003" + "706c63" + "0005" + "61646d696e" + "0007" + "73656372657421"
	connect31  = "1011" + "00064d5149736470" + "03" + "02" + "000a" + "0003" + "707375"
	connect5   = "1027" + "00044d515454" + "05" + "c6" + "003c" + "05" + "1100000001" + "0001" + "61" + "02" + "0101" + "0004" + "77696c6c" + "0001" + "62" + "0002" + "6d65" + "0002" + "7077"
	connack    = "20020005"
	publish0   = "300a" + "0005" + "612f622f63" + "313233"
	publish1   = "320c" + "0005" + "612f622f63" + "0007" + "313233"
	publish5   = "300f" + "0005" + "612f622f63" + "05" + "0101" + "230009" + "3132"
	subscribe  = "820e" + "0001" + "0003" + "612f23" + "01" + "0003" + "62" + "2f2b" + "00"
	suback     = "90040001" + "8001"
	suback80   = "9003000180"
	ping       = "c000"
)

var good = []string{connect311, connect31, connect5, connack, publish0, publish1, publish5, subscribe, suback, suback80, ping, "e000", "d000", "40020007"}

func decode(t *testing.T, s string) Packet {
	t.Helper()
	b := bytesOf(t, s)
	p, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("Decode(%s) = %d of %d, %v", s, n, len(b), err)
	}
	return p
}

func TestConnect(t *testing.T) {
	tests := []struct {
		name, in, id, user string
		level              uint8
		password, will     bool
	}{
		{"3.1.1 with name and password", connect311, "plc", "admin", 4, true, false},
		{"3.1 anonymous", connect31, "psu", "", 3, false, false},
		{"5 with properties, will, name and password", connect5, "a", "me", 5, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := decode(t, tt.in).Connection()
			if err != nil {
				t.Fatal(err)
			}
			if string(c.ClientID) != tt.id || string(c.User) != tt.user || c.Level != tt.level || c.HasPassword != tt.password || c.Will != tt.will {
				t.Errorf("Connection = %+v", c)
			}
		})
	}
	if code, ok := decode(t, connack).Return(); !ok || code != 5 || !decode(t, connack).Failed(4) {
		t.Errorf("Return = %d, %v", code, ok)
	}
}

func TestPublish(t *testing.T) {
	tests := []struct {
		name, in, payload string
		level             uint8
		id, alias         uint16
	}{
		{"at most once", publish0, "123", 4, 0, 0},
		{"at least once", publish1, "123", 4, 7, 0},
		{"version 5 with alias", publish5, "12", 5, 0, 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pub, ok := decode(t, tt.in).Publication(tt.level)
			if !ok || string(pub.Topic) != "a/b/c" || string(pub.Payload) != tt.payload || pub.ID != tt.id || pub.Alias != tt.alias {
				t.Errorf("Publication = %+v, %v", pub, ok)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	f := FiltersOf(decode(t, subscribe), 4)
	one, ok1 := f.Next()
	two, ok2 := f.Next()
	_, ok3 := f.Next()
	if string(one) != "a/#" || string(two) != "b/+" || !ok1 || !ok2 || ok3 {
		t.Errorf("Filters = %q %q %v", one, two, ok3)
	}
	if decode(t, suback).Failed(4) || !decode(t, suback80).Failed(4) {
		t.Error("Failed")
	}
	if id := decode(t, subscribe).ID(); id != 1 {
		t.Errorf("ID = %d", id)
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"type 0", "00", ErrType},
		{"publish with both QoS bits", "36", ErrType},
		{"subscribe with a retain flag", "83", ErrType},
		{"remaining length of five bytes", "3080808080", ErrLength},
		{"remaining length padded with zero", "308000", ErrLength},
		{"ping with a body", "c001", ErrLength},
		{"connect too short", "1002", ErrLength},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
	if _, err := decode(t, "100c"+"00044d515458"+"04"+"02"+"003c"+"0000").Connection(); !errors.Is(err, ErrBody) {
		t.Errorf("Connection of another protocol = %v", err)
	}
}

func TestLargePublishIsPeeked(t *testing.T) {
	b := append(bytesOf(t, "30ffff7f"+"0005"+"612f622f63"), "start"...)
	p, n, err := Peek(b)
	pub, ok := p.Publication(4)
	if err != nil || n != 4+0x1fffff || !ok || string(pub.Topic) != "a/b/c" {
		t.Errorf("Peek = %d, %v, %+v", n, err, pub)
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range good {
		whole := bytesOf(t, s)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
			if p, _, err := Peek(whole[:i]); err == nil {
				exercise(p)
			}
		}
	}
}

func exercise(p Packet) {
	for level := uint8(3); level <= 5; level++ {
		p.Publication(level)
		p.Failed(level)
		f := FiltersOf(p, level)
		for {
			if _, ok := f.Next(); !ok {
				break
			}
		}
	}
	_, _ = p.Connection()
	p.ID()
	p.Return()
}

func FuzzDecode(f *testing.F) {
	for _, s := range good {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Peek(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("took %d with %v", n, err)
			}
			return
		}
		if len(p.Body) > p.Length || n < p.Length+2 || len(p.Body) > len(b) {
			t.Fatalf("body %d of %d, packet %d", len(p.Body), p.Length, n)
		}
		exercise(p)
		if n <= len(b) {
			if q, m, err := Decode(b[:n]); err != nil || m != n || q.Type != p.Type || len(q.Body) != p.Length {
				t.Fatalf("decoded again: %+v, %d, %v", q, m, err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	packet := bytesOf(b, publish1)
	b.ReportAllocs()
	for b.Loop() {
		p, _, err := Decode(packet)
		if pub, ok := p.Publication(4); err != nil || !ok || pub.ID != 7 {
			b.Fatal(err)
		}
	}
}
