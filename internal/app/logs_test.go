package app

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

const zeekConn = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tcount\tcount\tcount\tcount\n" +
	"1583869914.742999\tC1\t10.0.0.5\t50000\t10.0.0.9\t44818\ttcp\tenip\tSF\t10\t520\t8\t410\n"

const eveIdentity = `{"timestamp":"2024-01-01T10:00:00.5+0000","event_type":"enip","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":44818,"proto":"TCP",` +
	`"enip":{"request":{"command":"ListIdentity"},"response":{"command":"ListIdentity","status":"Success","identity":{"revision":"20.11","vendor_id":"Rockwell Automation/Allen-Bradley","serial":7079450,"product_name":"1756-L61/B LOGIX5561"}}}}` + "\n"

// emptyPcap is a capture without packets.
const emptyPcap = "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00"

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLogsAndCapturesTogether reads a capture, a compressed log of Zeek and one
// of Suricata as one.
func TestLogsAndCapturesTogether(t *testing.T) {
	files := []string{write(t, "a.pcap", emptyPcap), write(t, "conn.log.gz", gzipped(t, zeekConn)), write(t, "eve.json", eveIdentity)}
	a, err := Analyze(AnalyzeOptions{Files: files, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	var formats []string
	for _, c := range a.Captures {
		formats = append(formats, c.Format)
	}
	if got := strings.Join(formats, " "); got != "pcap zeek eve" {
		t.Errorf("formats %q", got)
	}
	if c := a.Captures[1]; c.Lines != 1 || c.Packets != 18 || c.Bytes != 930 || c.Truncated {
		t.Errorf("conn.log: %+v", c)
	}
	var controller plant.Asset
	assets := 0
	for x := range a.Assets {
		assets++
		if len(x.IPs) > 0 && x.IPs[0].String() == "10.0.0.9" {
			controller = *x
		}
	}
	if assets != 2 || controller.Product == "" || controller.Vendor != "Rockwell Automation" {
		t.Errorf("%d assets, controller %q by %q", assets, controller.Product, controller.Vendor)
	}
	talks, operations := 0, 0
	for c := range a.Conversations {
		if talks++; c.Protocol != "enip" || c.Flows != 1 || c.PacketsUp != 10 {
			t.Errorf("%+v", c)
		}
	}
	for o := range a.Operations {
		if operations++; o.Verb.Code != "0x0063" || o.Accepted != 1 || o.Packet.Capture() != 2 || o.Packet.Number() != 1 {
			t.Errorf("%+v", o)
		}
	}
	if talks != 1 || operations != 1 {
		t.Errorf("%d conversations and %d operations", talks, operations)
	}
	a.Findings()
}

func TestLogCutInTheMiddleOfItsCompression(t *testing.T) {
	z := gzipped(t, zeekConn+strings.Repeat("# a comment that makes the file longer\n", 20))
	a, err := Analyze(AnalyzeOptions{Files: []string{write(t, "conn.log.gz", z[:len(z)-9])}, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if c := a.Captures[0]; !c.Truncated || c.Lines != 1 {
		t.Errorf("%+v", c)
	}
}

func TestNeitherCaptureNorLog(t *testing.T) {
	for _, content := range []string{"# a shell script\n", `{"ts":1,"msg":"started"}`, "plain text"} {
		if _, err := Analyze(AnalyzeOptions{Files: []string{write(t, "x", content)}}); err == nil || !strings.Contains(err.Error(), "not a capture file") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// TestBothWaysInAgree reads captures and the logs that Zeek wrote of them: who
// did what to whom must be the same, as far as the logs tell.
func TestBothWaysInAgree(t *testing.T) {
	for _, x := range []struct {
		name string
		// finer are codes whose purpose only the capture shows.
		finer map[string]bool
	}{
		{"bsap/bsap-ip_example", map[string]bool{"bsap response": true}},
		{"genisys/genisys", nil},
		{"s7comm/s7ident", map[string]bool{"s7comm ud.4.1": true}},
		{"s7comm-plus/s7comm_plus", map[string]bool{"s7comm-plus 0x04f2": true}},
	} {
		t.Run(x.name, func(t *testing.T) {
			base := filepath.Join("../../../shared/corpus", x.name)
			captures, _ := filepath.Glob(base + ".pcap*")
			logs, _ := filepath.Glob(base + ".zeek/*.log")
			if len(captures) == 0 || len(logs) == 0 {
				t.Skipf("%s and its logs are missing", base)
			}
			want, got := deeds(t, captures), deeds(t, logs)
			for k, n := range want {
				protocol := strings.Fields(k)[0]
				if code := strings.Join(strings.Fields(k)[:2], " "); x.finer[code] || !told(got, protocol) {
					continue
				}
				if got[k] != n {
					t.Errorf("%s: %d in the capture, %d in the logs", k, n, got[k])
				}
			}
		})
	}
}

// told reports whether the logs tell of a protocol at all.
func told(deeds map[string]uint64, protocol string) bool {
	for k := range deeds {
		if strings.HasPrefix(k, protocol+" ") {
			return true
		}
	}
	return false
}

// deeds are the requests of each kind from each to each.
func deeds(t *testing.T, files []string) map[string]uint64 {
	t.Helper()
	a, err := Analyze(AnalyzeOptions{Files: files, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]uint64{}
	for o := range a.Operations {
		m[strings.Join([]string{o.Verb.Protocol, o.Verb.Code, o.Verb.Kind.String(), o.Verb.Technique, o.Requester.Addr(), o.Responder.Addr()}, " ")] += o.Requests
	}
	return m
}
