package history

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// duckDB runs statements with DuckDB and returns the rows of each.
func duckDB(t *testing.T, statements []string) [][]map[string]any {
	t.Helper()
	in, err := json.Marshal(statements)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/duckdb.cjs")
	cmd.Stdin = bytes.NewReader(in)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("DuckDB: %v\n%s", err, problem.String())
	}
	var answers [][]map[string]any
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// needDuckDB skips the test where DuckDB is not there.
func needDuckDB(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is missing")
	}
	if err := exec.Command("node", "-e", `require("@duckdb/node-api")`).Run(); err != nil {
		t.Skip("the Node package @duckdb/node-api is missing: npm install it and name its node_modules folder in NODE_PATH")
	}
}

// documented is the SQL of docs/history.md, on an archive in dir.
func documented(t *testing.T, dir string) []string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/history.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		list = append(list, strings.ReplaceAll(m[1], "'history/", "'"+dir+"/"))
	}
	return list
}

func counted(t *testing.T, v any) uint64 {
	t.Helper()
	switch v := v.(type) {
	case float64:
		return uint64(v)
	case string:
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Fatalf("%v is no number", v)
	return 0
}

// TestDuckDBReadsTheFiles asks DuckDB what the documentation says one can ask, and
// compares the answers with those of this package, over minutes, hours and days.
func TestDuckDBReadsTheFiles(t *testing.T) {
	needDuckDB(t)
	ctx := context.Background()
	a, dir := openTest(t)
	segments := newTestPlant(1, 150).hours(t, a, 26)
	made, err := a.RollUp(ctx, segments[:20], plant.StepHour)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Remove(ctx, segments[:20]); err != nil {
		t.Fatal(err)
	}
	segments = append(segments[20:], made...)
	ops, err := a.WriteOperations(ctx, hour(0), rowsOf(operations(8, 60)))
	if err != nil {
		t.Fatal(err)
	}
	columns := "DESCRIBE SELECT * FROM '" + dir + "/site=*/kind=conversations/step=*/day=*/*.parquet'"
	rows := "SELECT count(*)::BIGINT AS n FROM parquet_metadata('" + dir + "/" + segments[0].Path + "')"
	answers := duckDB(t, append(documented(t, dir), columns, rows))
	if len(answers) != 6 {
		t.Fatalf("%d answers", len(answers))
	}

	day := Query{From: monday, To: monday.AddDate(0, 0, 1)}
	top, err := a.TopTalkers(ctx, segments, day, 20)
	if err != nil || len(answers[0]) != len(top.Groups) {
		t.Fatalf("top talkers: %d of %d, %v", len(answers[0]), len(top.Groups), err)
	}
	for i, r := range answers[0] {
		if w := top.Groups[i]; r["addr"] != w.Addr || counted(t, r["sent"]) != w.BytesSent || counted(t, r["received"]) != w.BytesReceived {
			t.Errorf("top talker %d: %v, want %+v", i, r, w)
		}
	}
	comparePeers(ctx, t, a, segments, answers[1])

	pairs, err := a.Pairs(ctx, segments, Query{}, ByVLAN)
	if err != nil || len(answers[2]) != len(pairs.Groups) {
		t.Fatalf("pairs: %d of %d, %v", len(answers[2]), len(pairs.Groups), err)
	}
	for i, r := range answers[2] {
		w := pairs.Groups[i]
		if strconv.FormatUint(counted(t, r["client_vlan"]), 10) != w.Client || counted(t, r["bytes"]) != w.BytesUp+w.BytesDown ||
			counted(t, r["packets"]) != w.PacketsUp+w.PacketsDown || len(r["protocols"].([]any)) != len(w.Protocols) {
			t.Errorf("pair %d: %v, want %+v", i, r, w)
		}
	}
	compareWrites(ctx, t, a, ops, answers[3])

	want := conversationColumns()
	for i, c := range want {
		if got := answers[4][i]["column_name"]; got != c.name {
			t.Errorf("column %d is %v, want %s", i, got, c.name)
		}
	}
	if n := counted(t, answers[5][0]["n"]); n != uint64(len(want)) {
		t.Errorf("DuckDB finds %d column chunks, want %d", n, len(want))
	}
}

func comparePeers(ctx context.Context, t *testing.T, a *Archive, segments []plant.Segment, got []map[string]any) {
	t.Helper()
	const me = "10.0.2.4"
	peers, err := a.Peers(ctx, segments, me, Query{})
	if err != nil || len(peers.Groups) == 0 {
		t.Fatalf("peers: %d, %v", len(peers.Groups), err)
	}
	type key struct {
		addr, protocol string
		port           uint64
	}
	want := map[key]Peer{}
	for _, p := range peers.Groups {
		want[key{p.Addr, p.Protocol, uint64(p.Port)}] = p
	}
	if len(got) != len(want) {
		t.Errorf("%d peers of %d", len(got), len(want))
	}
	for _, r := range got {
		w, ok := want[key{r["peer"].(string), r["protocol"].(string), counted(t, r["port"])}]
		if !ok || counted(t, r["flows"]) != w.Flows || counted(t, r["bytes"]) != w.BytesUp+w.BytesDown ||
			counted(t, r["first"]) != uint64(w.First.UnixMilli()) || counted(t, r["last"]) != uint64(w.Last.UnixMilli()) {
			t.Errorf("peer %v, want %+v", r, w)
		}
	}
}

func compareWrites(ctx context.Context, t *testing.T, a *Archive, segment plant.Segment, got []map[string]any) {
	t.Helper()
	type key struct{ from, to string }
	requests, refused := map[key]uint64{}, map[key]uint64{}
	err := a.Operations(ctx, []plant.Segment{segment}, Query{Kinds: []plant.Kind{plant.Write}}, func(o *Operation) bool {
		k := key{o.Requester.Addr(), o.Responder.Addr()}
		requests[k] += o.Requests
		refused[k] += o.Refused
		return true
	})
	if err != nil || len(got) != len(requests) {
		t.Fatalf("operations: %d of %d, %v", len(got), len(requests), err)
	}
	for _, r := range got {
		k := key{r["requester_ip"].(string), r["responder_ip"].(string)}
		if counted(t, r["requests"]) != requests[k] || counted(t, r["refused"]) != refused[k] {
			t.Errorf("operations %v, want %d requests, %d refused", r, requests[k], refused[k])
		}
	}
}
