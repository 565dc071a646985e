package forgetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// ask sends a request to a fake, as it is written.
func ask(t *testing.T, g *GitLab, method, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, g.API+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Private-Token", "t")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Del("Private-Token")
		r.Header.Set(header[i], header[i+1])
	}
	reply, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply, strings.TrimSpace(string(text))
}

// The fake refuses what GitLab's documentation does not have, in GitLab's words.
func TestStrict(t *testing.T) {
	t.Parallel()
	const project = "/projects/acme%2Fescalations"
	for name, tc := range map[string]struct {
		method, path, body string
		header             []string
		status             int
		says               string
	}{
		"no token":                   {"GET", project + "/issues", "", []string{"X", "y"}, 401, `{"message":"401 Unauthorized"}`},
		"another project":            {"GET", "/projects/acme%2Fother/issues", "", nil, 404, `{"message":"404 Project Not Found"}`},
		"a path that is not":         {"GET", project + "/pulls", "", nil, 404, `{"error":"404 Not Found"}`},
		"an unescaped path":          {"GET", "/projects/acme/escalations/issues", "", nil, 404, "Not Found"},
		"an unknown parameter":       {"GET", project + "/issues?since=2026", "", nil, 400, "since"},
		"a missing one":              {"POST", project + "/issues", `{"description":"x"}`, nil, 400, `{"error":"title is missing"}`},
		"no parameter":               {"PUT", project + "/issues/1", `{}`, nil, 400, "at least one parameter must be provided"},
		"another event":              {"PUT", project + "/issues/1", `{"state_event":"closed"}`, nil, 400, "state_event does not have a valid value"},
		"keyset where there is none": {"GET", project + "/issues/1/notes?pagination=keyset", "", nil, 405, "Keyset pagination is not yet available"},
		"a title that is too long":   {"POST", project + "/issues", `{"title":"` + strings.Repeat("x", 256) + `"}`, nil, 400, "is too long"},
		"a label that is there":      {"POST", project + "/labels", `{"name":"escalation","color":"#fff"}`, nil, 409, "Label already exists"},
		"commands alone":             {"POST", project + "/issues/1/notes", `{"body":"/close"}`, nil, 202, "summary"},
		"an empty note":              {"POST", project + "/issues/1/notes", `{"body":" "}`, nil, 400, "can't be blank"},
		"a job's token reads":        {"GET", project + "/merge_requests/1", "", []string{"Job-Token", "j"}, 200, `"iid":1`},
		"a job's token writes":       {"POST", project + "/merge_requests/1/notes", `{"body":"x"}`, []string{"Job-Token", "j"}, 401, "401 Unauthorized"},
		"a job's token and issues":   {"GET", project + "/issues/1", "", []string{"Job-Token", "j"}, 404, "404 Project Not Found"},
		"a position that is none":    {"POST", project + "/merge_requests/1/discussions", `{"body":"x","position":{"position_type":"text","new_line":1}}`, nil, 400, "must be a valid line code"},
		"a thread that is none":      {"PUT", project + "/merge_requests/1/discussions/0?resolved=true", "", nil, 404, "404 Discussion Not Found"},
		"no JSON":                    {"POST", project + "/labels", "name=x", nil, 400, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := NewGitLab(t)
			g.Open(Stranger, "Text")
			g.Propose(Stranger, "a", "abc", "a.yaml")
			r, text := ask(t, g, tc.method, tc.path, tc.body, tc.header...)
			if r.StatusCode != tc.status || !strings.Contains(text, tc.says) {
				t.Errorf("%d %s", r.StatusCode, text)
			}
		})
	}
}

// Pages have GitLab's headers, and no more than a hundred items.
func TestPages(t *testing.T) {
	t.Parallel()
	g := NewGitLab(t)
	g.Open(Stranger, "Text")
	for n := range 250 {
		g.Say(Stranger, forge.Thread{Number: 1}, fmt.Sprint(n))
	}
	const path = "/projects/1/issues/1/notes"
	for query, want := range map[string]string{
		"":                       "20 of 250, page 1 of 13, next 2",
		"?per_page=500&page=3":   "50 of 250, page 3 of 3, next ",
		"?per_page=100&page=2":   "100 of 250, page 2 of 3, next 3",
		"?per_page=100&page=17":  "0 of 250, page 17 of 3, next ",
		"?sort=asc&per_page=125": "100 of 250, page 1 of 3, next 2",
	} {
		r, text := ask(t, g, "GET", path+query, "")
		var notes []any
		if err := json.Unmarshal([]byte(text), &notes); err != nil {
			t.Fatal(err)
		}
		h := r.Header
		got := fmt.Sprintf("%d of %s, page %s of %s, next %s", len(notes), h.Get("X-Total"), h.Get("X-Page"), h.Get("X-Total-Pages"), h.Get("X-Next-Page"))
		if got != want || strings.Contains(h.Get("Link"), `rel="next"`) != (h.Get("X-Next-Page") != "") || h.Get("RateLimit-Limit") == "" {
			t.Errorf("%q: %s, links %s", query, got, h.Get("Link"))
		}
	}
}
