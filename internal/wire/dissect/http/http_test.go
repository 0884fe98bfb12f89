package http

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

const (
	get  = "GET / HTTP/1.1\r\nHost: wago-750\r\nUser-Agent: curl/8.5.0\r\n\r\n"
	page = "HTTP/1.1 200 OK\r\nServer: GoAhead-Webs\r\nContent-Type: text/html\r\nContent-Length: 43\r\n\r\n"
	html = "<html><title>WAGO 750-880</title></html>..."
)

func TestIdentity(t *testing.T) {
	for _, port := range []uint16{80, 8123} { // on any port
		r := dissecttest.TCP(protocols, port, c(get), s(page), s(html), c(get), s(page+html))
		for _, f := range []struct {
			who   plant.Endpoint
			field plant.Field
			want  string
		}{
			{dissecttest.Client, plant.FieldSoftware, "curl/8.5.0"},
			{dissecttest.Server, plant.FieldSoftware, "GoAhead-Webs"},
			{dissecttest.Server, plant.FieldDescription, "WAGO 750-880"},
			{dissecttest.Server, plant.FieldName, "wago-750"},
		} {
			if got := r.Fact(f.who, f.field); got != f.want {
				t.Errorf("port %d: %s = %q, want %q", port, f.field, got, f.want)
			}
		}
		if o := r.Operation("GET"); o.Requests != 2 || o.Accepted != 2 {
			t.Errorf("port %d: %+v", port, o)
		}
	}
}

func TestBodiesAreSkipped(t *testing.T) {
	body := strings.Repeat("HTTP/1.1 999 not a head\r\n\r\n", 100)
	counted := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	chunked := fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n5;x\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n", len(body), body)
	for _, f := range []struct {
		name     string
		answers  []string
		accepted uint64
	}{
		{"counted", []string{counted, counted}, 2},
		{"counted, in small segments", cut(counted+counted, 700), 2},
		{"chunked", []string{chunked, chunked}, 2},
		{"chunked, byte by byte", cut(chunked+chunked, 1), 2},
		{"until the end", []string{"HTTP/1.0 200 OK\r\n\r\n" + body, body, counted}, 1},
		{"none", []string{"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n" + counted}, 2},
	} {
		messages := []dissecttest.Message{c(get), c(get)}
		for _, a := range f.answers {
			messages = append(messages, s(a))
		}
		r := dissecttest.TCP(protocols, 80, messages...)
		if o := r.Operation("GET"); o.Accepted != f.accepted || len(r.Anomalies) != 0 || r.Operation("response").Responses != 0 {
			t.Errorf("%s: %+v, %+v", f.name, o, r.Anomalies)
		}
	}
}

func cut(s string, n int) (out []string) {
	for ; len(s) > n; s = s[n:] {
		out = append(out, s[:n])
	}
	return append(out, s)
}

func TestAnswerToHead(t *testing.T) {
	r := dissecttest.TCP(protocols, 80, c("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"), s(page), c(get), s(page+html))
	if r.Operation("HEAD").Accepted != 1 || r.Operation("GET").Accepted != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestTunnel(t *testing.T) {
	r := dissecttest.TCP(protocols, 8080, c("CONNECT plc:22 HTTP/1.1\r\n\r\n"), s("HTTP/1.1 200 OK\r\n\r\n"), s("SSH-2.0-x\r\n"), c("\x00\x01binary"))
	if r.Operation("CONNECT").Accepted != 1 || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestPasswordsInClear(t *testing.T) {
	form := "user=a&password=s3cret"
	r := dissecttest.TCP(protocols, 80,
		c("GET / HTTP/1.1\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n\r\n"),
		s("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"S7-1200\"\r\nContent-Length: 0\r\n\r\n"),
		c(fmt.Sprintf("POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form)))
	logins := ""
	for _, f := range r.Sightings {
		if strings.Contains(f.Value, "secret") || strings.Contains(f.Value, "s3cret") {
			t.Errorf("a password was kept: %q", f.Value)
		}
		if f.Field == plant.FieldCleartextLogin {
			logins += f.Value + ";"
		}
	}
	if logins != "http user admin;http form;" {
		t.Errorf("logins %q", logins)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldDescription); got != "S7-1200" {
		t.Errorf("realm %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != "http.auth=basic" {
		t.Errorf("security %q", got)
	}
	if o := r.Operation("GET"); o.Refused != 1 {
		t.Errorf("%+v", o)
	}
}

func TestWindowsSignIn(t *testing.T) {
	challenge := append([]byte("NTLMSSP\x00\x02\x00\x00\x00\x0a\x00\x0a\x00\x30\x00\x00\x00\x01\x00\x02\x00"), make([]byte, 24)...)
	challenge = append(challenge, "S\x00C\x00A\x00D\x00A\x00"...)
	r := dissecttest.TCP(protocols, 5985,
		c("POST /wsman HTTP/1.1\r\nAuthorization: Negotiate %%%\r\nContent-Length: 0\r\n\r\n"),
		s("HTTP/1.1 401 \r\nWWW-Authenticate: NTLM "+base64.StdEncoding.EncodeToString(challenge)+"\r\nContent-Length: 0\r\n\r\n"))
	if got := r.Fact(dissecttest.Server, plant.FieldName); got != "SCADA" {
		t.Errorf("name %q", got)
	}
}

func TestDangerousRequests(t *testing.T) {
	for path, want := range map[string]plant.Kind{
		"/upload/firmware.cgi":               plant.Firmware,
		"/cgi-bin/reboot.cgi":                plant.Mode,
		"/cgi-bin/status.cgi?page=/firmware": plant.Other,
	} {
		r := dissecttest.TCP(protocols, 80, c("POST "+path+" HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
		if o := r.Operation("POST"); o.Verb.Kind != want || o.Verb.Kind != plant.Other && o.Object == "" {
			t.Errorf("%s: %+v", path, o)
		}
	}
	if o := dissecttest.TCP(protocols, 80, c("GET /firmware HTTP/1.1\r\n\r\n")).Operation("GET"); o.Verb.Kind != plant.Other {
		t.Errorf("a page about firmware loads none: %+v", o)
	}
}

func TestCaptureThatBeginsInABody(t *testing.T) {
	r := dissecttest.TCP(protocols, 80, s("\x89PNG..."), s("more of it"), c(get), s(page+html))
	if o := r.Operation("GET"); o.Requests != 1 || o.Accepted != 1 || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", o, r.Anomalies)
	}
}

func TestSecondVersion(t *testing.T) {
	r := dissecttest.TCP(protocols, 80, c("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04"), s("\x00\x00\x06\x04"))
	if got := r.Conversations[0]; got.Protocol != "http2" || !got.Confirmed {
		t.Errorf("%+v", got)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.TCP(protocols, 80, c("SSH-2.0-x\r\n"), s("\x16\x03\x01\x00\x05hello"))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}

func TestCapture(t *testing.T) {
	r := corpustest.Run(t, "it/web.pcap", Protocol())
	for _, f := range []struct {
		ip    string
		field plant.Field
		want  string
	}{
		{"125.190.109.199", plant.FieldSoftware, "Apache/1.3.33 (Unix)"},
		{"141.42.64.125", plant.FieldSoftware, "Wget/1.10"},
	} {
		if got := r.Fact(plant.Endpoint{IP: netip.MustParseAddr(f.ip)}, f.field); got != f.want {
			t.Errorf("%s of %s = %q, want %q", f.field, f.ip, got, f.want)
		}
	}
}
