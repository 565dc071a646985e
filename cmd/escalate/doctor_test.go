package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/doctor"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/slack"
)

// counterpart answers as GitHub and Slack do where all is set up, but for some
// answers. It remembers what it was asked.
type counterpart struct {
	mu    sync.Mutex
	but   map[string]string // an answer, or a status
	asked []string
}

func (c *counterpart) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path := strings.TrimSuffix(r.URL.Path, "/")
	c.asked = append(c.asked, r.Method+" "+path)
	const repo = "/repos/acme/escalations"
	answers := map[string]string{
		repo:                                     `{"full_name": "acme/escalations", "default_branch": "main", "private": true, "archived": false, "has_issues": true, "fork": false, "permissions": {"push": true}}`,
		repo + "/rules/branches/main":            `[{"type": "pull_request"}, {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "escalations"}]}}]`,
		repo + "/rules/branches/escalate-ledger": `[{"type": "deletion"}, {"type": "non_fast_forward"}]`,
		repo + "/branches/main":                  `{"name": "main", "protected": true}`,
		repo + "/branches/escalate-ledger":       `{"name": "escalate-ledger", "protected": true}`,
		repo + "/actions/workflows":              `{"workflows": [{"id": 1, "path": ".github/workflows/apply.yml", "state": "active"}, {"id": 2, "path": ".github/workflows/lint.yml", "state": "active"}, {"id": 3, "path": ".github/workflows/stale.yml", "state": "active"}, {"id": 4, "path": ".github/workflows/bot.yml", "state": "active"}, {"id": 5, "path": ".github/workflows/pages.yml", "state": "active"}]}`,
		repo + "/pages":                          `{"public": false, "build_type": "workflow"}`,
		repo + "/actions/permissions/workflow":   `{"can_approve_pull_request_reviews": true}`,
		repo + "/labels/" + form.Label:           `{"name": "escalation-request"}`,
		"/api/auth.test":                         `{"ok": true, "user_id": "U0BOT"}`,
		"/api/conversations.list":                `{"ok": true, "channels": [{"id": "C1", "name": "escalated_customers", "is_member": true}]}`,
	}
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		answers[repo+"/actions/workflows/"+id+"/runs"] = `{"workflow_runs": [{"created_at": "2026-11-27T09:00:00Z", "event": "schedule", "status": "completed", "conclusion": "success"}]}`
	}
	answer, known := c.but[path]
	if !known {
		answer, known = answers[path]
	}
	w.Header().Set("Content-Type", "application/json")
	if path == "/api/auth.test" {
		w.Header().Set("X-OAuth-Scopes", strings.Join(slack.Scopes(false), ","))
	} else {
		w.Header().Set("X-OAuth-Scopes", "repo")
	}
	switch status := 0; {
	case !known:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message": "Not Found"}`)
	case len(answer) == 3:
		fmt.Sscan(answer, &status)
		w.WriteHeader(status)
		fmt.Fprint(w, `{"message": "refused"}`)
	default:
		fmt.Fprint(w, answer)
	}
}

// What GitHub and Slack answer reaches the report: all is well, or each thing that is
// not is named; who does not answer is asked once; only questions are asked; and no
// secret is printed.
func TestDoctorOnline(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	people := fixture.Read(fixture.People)
	for _, h := range []string{"mlee", "okhan", "tmora"} {
		people = strings.Replace(people, h+": {", h+": {github: "+h+", slack: U0"+strings.ToUpper(h)+", ", 1)
	}
	people = strings.Replace(people, "github: anarivera", "github: anarivera, slack: U0ARIVERA", 1)
	files := []string{fixture.People, people, fixture.Northwind, fixture.Read(fixture.Northwind)}
	for _, name := range []string{"apply", "lint", "stale", "bot", "pages"} {
		data, err := os.ReadFile(filepath.Join("../../.github/workflows", name+".yml"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, ".github/workflows/"+name+".yml", string(data))
	}
	r.Commit("open", files...)
	if code := run(t.Context(), []string{"form", "--dir", r.Dir}, environment{stdout: io.Discard, stderr: os.Stderr, getenv: func(string) string { return "" }, now: time.Now}); code != exitClean {
		t.Fatalf("the form is not made: exit %d", code)
	}
	origin := t.TempDir()
	r.Git("init", "--quiet", "--bare", "--initial-branch=main", origin)
	r.Git("remote", "add", "origin", origin)
	r.Git("push", "--quiet", "origin", "main")

	type said struct {
		Ailments []struct{ Name, Level string }
		Unseen   []struct{ What, Why string }
	}
	const repo = "/repos/acme/escalations"
	for name, c := range map[string]struct {
		but    map[string]string
		wants  []string // beside that there is no ledger
		unseen int
		asks   int
	}{
		"well": {nil, nil, 1, 16}, // whether a rule of main lets the bot pass
		"not well": {map[string]string{
			repo + "/rules/branches/main":          "[]",
			repo + "/actions/workflows":            `{"workflows": [{"id": 1, "path": ".github/workflows/apply.yml", "state": "disabled_manually"}, {"id": 3, "path": ".github/workflows/stale.yml", "state": "active"}, {"id": 4, "path": ".github/workflows/bot.yml", "state": "active"}, {"id": 5, "path": ".github/workflows/pages.yml", "state": "active"}]}`,
			repo + "/pages":                        `{"public": true, "build_type": "workflow"}`,
			repo + "/actions/permissions/workflow": `{"can_approve_pull_request_reviews": false}`,
			"/api/conversations.list":              `{"ok": true, "channels": []}`,
			repo + "/labels/" + form.Label:         "404",
			repo + "/labels":                       "[]",
		}, []string{"workflow-disabled", "workflow-unpushed", "channel-missing", "proposals-forbidden", "branch-unprotected", "check-optional", "form-label-missing", "board-unpublished"}, 0, 16},
		"a token that may not see it": {map[string]string{
			repo + "/actions/workflows": "403", repo + "/actions/permissions/workflow": "403", repo + "/rules/branches/main": "403", repo + "/rules/branches/escalate-ledger": "404",
			repo + "/labels/" + form.Label: "404",
		}, nil, 5, 10},
		"tokens that are not taken": {map[string]string{repo: "401", "/api/auth.test": `{"ok": false, "error": "invalid_auth"}`}, []string{"token-invalid", "slack-token-invalid"}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := &counterpart{but: c.but}
			s := httptest.NewServer(with)
			t.Cleanup(s.Close)
			vars := map[string]string{
				"GITHUB_API_URL": s.URL, "GITHUB_REPOSITORY": "acme/escalations", "GITHUB_TOKEN": "ghp_secret", "SLACK_API_URL": s.URL, "SLACK_BOT_TOKEN": "xoxb-secret",
				"ESCALATE_MARKER_KEY": "key-secret-0123456789", "ESCALATE_USER": "jdoe",
			}
			var out, errs bytes.Buffer
			env := environment{
				stdout: &out, stderr: &errs, getenv: func(name string) string { return vars[name] }, version: "v1.2.0",
				now: func() time.Time { return time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC) },
			}
			code := run(t.Context(), []string{"doctor", "--json", "--dir", r.Dir}, env)
			var got said
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || code != exitFindings {
				t.Fatalf("exit %d: %v\n%s%s", code, err, &out, &errs)
			}
			var names []string
			for _, a := range got.Ailments {
				names = append(names, a.Name)
			}
			if want := append([]string{"ledger-missing"}, c.wants...); !slices.Equal(names, want) || len(got.Unseen) != c.unseen {
				t.Errorf("got %q, want %q, and %d unseen:\n%s", names, want, c.unseen, &out)
			}
			for _, asked := range with.asked {
				if !strings.HasPrefix(asked, "GET ") && asked != "POST /api/auth.test" && asked != "POST /api/conversations.list" {
					t.Errorf("it asks %s", asked)
				}
			}
			if len(with.asked) != c.asks {
				t.Errorf("%d questions, want %d: %q", len(with.asked), c.asks, with.asked)
			}
			if strings.Contains(out.String()+errs.String(), "secret") {
				t.Errorf("a secret is printed:\n%s%s", &out, &errs)
			}
		})
	}
}

// From a folder of a repository, its top is so many folders up.
func TestUp(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{"": "", "a": "..", "a/b": filepath.Join("..", "..")} {
		if got := up(prefix); got != want {
			t.Errorf("%q: %q, want %q", prefix, got, want)
		}
	}
}

// A forge says what the repositories are called now whose issues the ledger has: those
// that it may be asked about, and that it shows.
func TestToday(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(&counterpart{but: map[string]string{"/repos/acme/old": `{"full_name": "Acme/Escalations"}`, "/repos/acme/gone": "404"}})
	t.Cleanup(s.Close)
	r, err := github.New(github.Config{API: s.URL, Repository: "acme/escalations", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	f := doctor.Facts{Home: "github.com/acme/escalations"}
	for _, url := range []string{"https://github.com/acme/escalations/issues/1", "https://github.com/acme/old/issues/1", "https://github.com/acme/gone/issues/1", "https://evil.example/acme/old/issues/1"} {
		f.Notices.Answer = append(f.Notices.Answer, notice.Notice{To: notice.Tracking, URL: url})
	}
	if got := today(t.Context(), r, &f); len(got) != 1 || got["github.com/acme/old"] != "github.com/acme/escalations" {
		t.Errorf("got %q", got)
	}
}
