package api

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// entered signs in with a link and returns the cookie.
func entered(t *testing.T, s *Server, a *account.Accounts) *http.Cookie {
	t.Helper()
	l, err := a.EnterLink(t.Context(), "demo", "Newcomer")
	if err != nil {
		t.Fatal(err)
	}
	got := ask(t, s, "POST", base+"/signin/link", strings.NewReader(`{"token":"`+l.Token+`"}`), "Content-Type", "application/json")
	if got.status != http.StatusOK || !strings.Contains(string(got.body), `"via":"link"`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, line := range got.header["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == "bulkhead-8080" {
			return c
		}
	}
	t.Fatalf("no cookie: %v", got.header)
	return nil
}

func TestSessionOverHTTP(t *testing.T) {
	now := clock
	s, a := realAccounts(t, &now)
	if got := ask(t, s, "GET", base+"/session", nil); got.status != http.StatusUnauthorized || !strings.Contains(string(got.body), `"type":"signin"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	c := entered(t, s, a)
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge <= 0 {
		t.Errorf("%+v", c)
	}
	with := "bulkhead-8080=" + c.Value
	if got := ask(t, s, "GET", base+"/session", nil, "Cookie", with); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := ask(t, s, "GET", base+"/session", nil, "Cookie", with, "Authorization", "Bearer bh_wrong"); got.status != http.StatusUnauthorized {
		t.Errorf("a wrong token has the cookie's powers: %d", got.status)
	}
	if got := ask(t, s, "DELETE", base+"/session", nil, "Cookie", with, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); got.status != http.StatusForbidden {
		t.Errorf("another site signs out: %d", got.status)
	}
	add := `{"name":"bernd","grants":[{"site":"north","role":"viewer"}]}`
	got := ask(t, s, "POST", base+"/accounts", strings.NewReader(add), "Content-Type", "application/json", "Cookie", with)
	if got.status != http.StatusCreated || !strings.Contains(string(got.body), `"/setup#`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	list := ask(t, s, "GET", base+"/accounts", nil, "Cookie", with)
	id := textBetween(string(list.body), `"id":"`, `","name":"bernd"`)
	put := func(match string) int {
		header := []string{"Content-Type", "application/json", "Cookie", with}
		if match != "" {
			header = append(header, "If-Match", match)
		}
		return ask(t, s, "PUT", base+"/accounts/"+id, strings.NewReader(add), header...).status
	}
	for match, want := range map[string]int{"": http.StatusPreconditionRequired, `"v9"`: http.StatusPreconditionFailed, "nonsense": http.StatusPreconditionFailed, `"v1"`: http.StatusOK} {
		if got := put(match); got != want {
			t.Errorf("If-Match %q: %d, not %d", match, got, want)
		}
	}
	now = now.Add(11 * time.Minute)
	if got := ask(t, s, "DELETE", base+"/accounts/"+id, nil, "Cookie", with); got.status != http.StatusForbidden || !strings.Contains(string(got.body), `"type":"confirm"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := ask(t, s, "DELETE", base+"/session", nil, "Cookie", with); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := ask(t, s, "GET", base+"/session", nil, "Cookie", with); got.status != http.StatusUnauthorized {
		t.Errorf("the session lives after it was ended: %d", got.status)
	}
}

// textBetween is what stands before end and after the last start before it.
func textBetween(text, start, end string) string {
	head, _, _ := strings.Cut(text, end)
	return head[strings.LastIndex(head, start)+len(start):]
}

func TestASessionThatEndsClosesItsStreams(t *testing.T) {
	now := clock
	s, a := realAccounts(t, &now)
	url := serve(t, s)
	l, err := a.EnterLink(t.Context(), "demo", "")
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	do := func(method, path, body string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, url+base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	if res := do("POST", "/signin/link", `{"token":"`+l.Token+`"}`); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	stream := do("GET", "/events", "")
	if stream.StatusCode != http.StatusOK {
		t.Fatal(stream.Status)
	}
	if res := do("DELETE", "/session", ""); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	buf := make([]byte, 4096)
	for {
		if _, err := stream.Body.Read(buf); err != nil {
			return // it has ended; a stream that lives keeps the test waiting
		}
	}
}
