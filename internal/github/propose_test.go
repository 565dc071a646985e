package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

// A pull request is opened once for a branch; a reply that confirms none is no success.
func TestPropose(t *testing.T) {
	t.Parallel()
	const branch = "escalate/2026-northwind/jdoe"
	pull := func(number int, ref string) string {
		return fmt.Sprintf(`{"number":%d,"html_url":"https://github.example/pull/%[1]d","head":{"ref":%q}}`, number, ref)
	}
	for name, tc := range map[string]struct {
		open, created string
		want          forge.Change
		asks          int
		unconfirmed   bool
	}{
		"none yet":                      {"[]", pull(7, branch), forge.Change{Number: 7, URL: "https://github.example/pull/7"}, 1, false},
		"one is open":                   {"[" + pull(5, branch) + "]", "", forge.Change{Number: 5, URL: "https://github.example/pull/5"}, 0, false},
		"those of others":               {"[" + pull(5, "other") + "]", pull(7, branch), forge.Change{Number: 7, URL: "https://github.example/pull/7"}, 1, false},
		"a reply that confirms nothing": {"[]", "{}", forge.Change{}, 1, true},
		"and one without an address":    {"[]", `{"number":7}`, forge.Change{}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasSuffix(r.URL.Path, "/repos/acme/escalations/pulls") {
					t.Errorf("asked for %s", r.URL.Path)
				}
				if r.Method == http.MethodGet {
					if got := r.URL.Query().Get("head"); got != "acme:"+branch {
						t.Errorf("asked for those of %q", got)
					}
					fmt.Fprint(w, tc.open)
					return
				}
				asked++
				var said map[string]any
				if err := json.NewDecoder(r.Body).Decode(&said); err != nil || said["title"] != "2026/northwind: update" || said["head"] != branch || said["base"] != "main" {
					t.Errorf("asked for %v, %v", said, err)
				}
				w.WriteHeader(http.StatusCreated)
				fmt.Fprint(w, tc.created)
			}))
			t.Cleanup(server.Close)
			r, err := New(Config{API: server.URL, Repository: "acme/escalations", Token: "t"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Propose(t.Context(), forge.Proposal{Title: "2026/northwind: update", Head: branch, Base: "main"})
			if got != tc.want || asked != tc.asks || errors.Is(err, destination.ErrUnconfirmed) != tc.unconfirmed || err != nil && !tc.unconfirmed {
				t.Errorf("%+v after %d requests, %v", got, asked, err)
			}
		})
	}
}

// A branch of which the pull request was closed is not gone on with; one that is open, or
// that nobody has opened one of, is.
func TestEnded(t *testing.T) {
	t.Parallel()
	const branch = "escalate/2026-northwind/jdoe"
	pull := func(state, ref string) string {
		return fmt.Sprintf(`{"number":7,"state":%q,"head":{"ref":%q}}`, state, ref)
	}
	for reply, want := range map[string]bool{
		"[]":                                  false,
		"[" + pull("closed", branch) + "]":    true,
		"[" + pull("open", branch) + "]":      false,
		"[" + pull("closed", "another") + "]": false,
		"[" + pull("closed", branch) + "," + pull("open", branch) + "]": false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if q := r.URL.Query(); q.Get("state") != "all" || q.Get("head") != "acme:"+branch {
				t.Errorf("asked for %v", q)
			}
			fmt.Fprint(w, reply)
		}))
		t.Cleanup(server.Close)
		r, err := New(Config{API: server.URL, Repository: "acme/escalations", Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Ended(t.Context(), branch); got != want || err != nil {
			t.Errorf("%s: %v, %v", reply, got, err)
		}
	}
}
