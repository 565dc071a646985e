package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
)

var _ forge.Inspector = (*Repository)(nil)

// told is a reply of GitHub's.
type told struct {
	status int
	header map[string]string
	body   string
}

// setUp is a GitHub that is set up as it should be, but for some replies. It takes
// nothing but questions.
func setUp(t *testing.T, token string, but map[string]told) *Repository {
	t.Helper()
	replies := map[string]told{
		"": {body: `{"full_name": "acme/escalations", "default_branch": "main", "private": true, "archived": false, "has_issues": true, "permissions": {"push": true}}`,
			header: map[string]string{"X-OAuth-Scopes": "read:org, repo"}},
		"rules/branches/main": {body: `[{"type": "pull_request"}, {"type": "deletion"}, {"type": "non_fast_forward"},
			{"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "escalations"}]}}]`},
		"branches/main":                {body: `{"name": "main", "protected": true, "protection": {"enabled": false}}`},
		"actions/workflows":            {body: `{"workflows": [{"id": 7, "path": ".github/workflows/stale.yml", "state": "active", "html_url": "https://github.example/stale"}, {"id": 8, "path": ".github/workflows/other.yml", "state": "disabled_manually"}]}`},
		"actions/workflows/7/runs":     {body: `{"workflow_runs": [{"created_at": "2026-11-27T09:00:00Z", "event": "schedule", "status": "completed", "conclusion": "success"}]}`},
		"actions/permissions/workflow": {body: `{"can_approve_pull_request_reviews": true}`},
	}
	for path, r := range but {
		replies[path] = r
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ours := strings.CutPrefix(r.URL.Path, "/repos/acme/escalations")
		reply, known := replies[strings.TrimPrefix(path, "/")]
		if page := r.URL.Query().Get("page"); page != "" && page != "1" {
			reply, known = replies[strings.TrimPrefix(path, "/")+" "+page]
		}
		if !ours || r.Method != http.MethodGet {
			t.Errorf("it asks %s %s", r.Method, r.URL)
		}
		for k, v := range reply.header {
			w.Header().Set(k, v)
		}
		switch {
		case !known:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message": "Not Found"}`)
		case reply.status != 0:
			w.WriteHeader(reply.status)
			fmt.Fprint(w, `{"message": "refused"}`)
		default:
			fmt.Fprint(w, reply.body)
		}
	}))
	t.Cleanup(s.Close)
	repo, err := New(Config{API: s.URL, Repository: "acme/escalations", Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// shown is a value as JSON.
func shown(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What a token may is said of classic ones and of people alone.
func TestHosted(t *testing.T) {
	t.Parallel()
	repo := func(more string) string {
		return `{"full_name": "acme/escalations", "default_branch": "main"` + more + `}`
	}
	scopes := func(s string) map[string]string { return map[string]string{"X-OAuth-Scopes": s} }
	is := func(private, archived, issues, write forge.Said) forge.Hosted {
		return forge.Hosted{Repository: "acme/escalations", Default: "main", Private: private, Archived: archived, Issues: issues, Write: write}
	}
	const may, mayNot = `, "permissions": {"push": true}`, `, "permissions": {"push": false}`
	for name, tc := range map[string]struct {
		token string
		told  told
		want  forge.Hosted
	}{
		"classic":                       {"ghp_1", told{body: repo(`, "private": true, "archived": false, "has_issues": true` + may), header: scopes("repo")}, is(forge.Yes, forge.No, forge.Yes, forge.Yes)},
		"a scope too small":             {"ghp_1", told{body: repo(`, "private": true` + may), header: scopes("public_repo, gist")}, is(forge.Yes, 0, 0, forge.No)},
		"large enough for a public one": {"ghp_1", told{body: repo(`, "private": false` + may), header: scopes("public_repo")}, is(forge.No, 0, 0, forge.Yes)},
		"of somebody who may not":       {"ghp_1", told{body: repo(mayNot), header: scopes("repo")}, is(0, 0, 0, forge.No)},
		"fine-grained":                  {"github_pat_1", told{body: repo(may)}, is(0, 0, 0, forge.Unsaid)},
		"fine-grained, of who may not":  {"github_pat_1", told{body: repo(mayNot)}, is(0, 0, 0, forge.No)},
		"a workflow's":                  {"ghs_1", told{body: repo(mayNot)}, is(0, 0, 0, forge.Unsaid)},
		"nothing is said":               {"ghp_1", told{body: repo(""), header: scopes("repo")}, is(0, 0, 0, forge.Unsaid)},
		"archived, without issues":      {"ghp_1", told{body: repo(`, "archived": true, "has_issues": false` + may), header: scopes("repo")}, is(0, forge.Yes, forge.No, forge.Yes)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := setUp(t, tc.token, map[string]told{"": tc.told}).Hosted(t.Context())
			if err != nil || got != tc.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tc.want)
			}
		})
	}
}

// Rulesets and the older protection hold a branch together, on all pages.
func TestGuard(t *testing.T) {
	t.Parallel()
	next := map[string]string{"Link": `<https://x.example/?page=2>; rel="next"`}
	for name, tc := range map[string]struct {
		but  map[string]told
		want forge.Guard
	}{
		"as it should be": {nil, forge.Guard{Reviewed: forge.Yes, Kept: forge.Yes, Checks: []string{"escalations"}, Restricts: []string{"pull_request", "required_status_checks"}}},
		"nothing":         {map[string]told{"rules/branches/main": {body: "[]"}}, forge.Guard{Reviewed: forge.No, Kept: forge.No}},
		"no such branch":  {map[string]told{"rules/branches/main": {body: `[{"type": "update"}]`}, "branches/main": {status: 404}}, forge.Guard{Reviewed: forge.No, Kept: forge.No, Restricts: []string{"update"}}},
		"half kept":       {map[string]told{"rules/branches/main": {body: `[{"type": "deletion"}]`}}, forge.Guard{Reviewed: forge.No, Kept: forge.No}},
		"on two pages": {map[string]told{"rules/branches/main": {body: `[{"type": "deletion"}]`, header: next}, "rules/branches/main 2": {body: `[{"type": "non_fast_forward"}]`}},
			forge.Guard{Reviewed: forge.No, Kept: forge.Yes}},
		"the older kind": {map[string]told{"rules/branches/main": {body: "[]"}, "branches/main": {body: `{"name": "main", "protected": true, "protection": {"enabled": true, "required_status_checks": {"contexts": ["escalations"]}}}`}},
			forge.Guard{Reviewed: forge.Yes, Kept: forge.Unsaid, Checks: []string{"escalations"}, Restricts: []string{"branch protection"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := setUp(t, "ghp_1", tc.but).Guard(t.Context(), "main")
			if err != nil || shown(t, got) != shown(t, tc.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tc.want)
			}
		})
	}
}

// A workflow stands as GitHub says: its state, when it ran last but for a pull request,
// and how the last run ended that did.
func TestAutomation(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	const file = ".github/workflows/stale.yml"
	const page = "https://github.example/stale"
	runs := func(list ...string) map[string]told {
		return map[string]told{"actions/workflows/7/runs": {body: `{"workflow_runs": [` + strings.Join(list, ",") + `]}`}}
	}
	run := func(hour int, event, status, conclusion string) string {
		return fmt.Sprintf(`{"created_at": "2026-11-27T%02d:00:00Z", "event": %q, "status": %q, "conclusion": %q, "html_url": "https://github.example/%d"}`, hour, event, status, conclusion, hour)
	}
	state := func(s string) map[string]told {
		return map[string]told{"actions/workflows": {body: fmt.Sprintf(`{"workflows": [{"id": 7, "path": %q, "state": %q, "html_url": %q}]}`, file, s, page)}}
	}
	well := forge.Job{File: file, Page: page, Began: at, Ran: forge.Yes}
	with := func(change func(*forge.Job)) []forge.Job {
		j := well
		change(&j)
		return []forge.Job{j}
	}
	for name, tc := range map[string]struct {
		but  map[string]told
		want []forge.Job
	}{
		"well":                  {nil, []forge.Job{well}},
		"disabled by hand":      {state("disabled_manually"), with(func(j *forge.Job) { j.Disabled = "manually" })},
		"disabled by itself":    {state("disabled_inactivity"), with(func(j *forge.Job) { j.Disabled = "inactivity" })},
		"in no state":           {state(""), with(func(j *forge.Job) { j.Disabled = "its state is not said" })},
		"deleted":               {state("deleted"), nil},
		"never":                 {runs(), with(func(j *forge.Job) { j.Began, j.Ran = time.Time{}, forge.No })},
		"for pull requests":     {runs(run(9, "pull_request", "completed", "failure")), with(func(j *forge.Job) { j.Began, j.Ran = time.Time{}, forge.No })},
		"failed":                {runs(run(9, "schedule", "completed", "failure"), run(8, "push", "completed", "success")), with(func(j *forge.Job) { j.Failed = "https://github.example/9" })},
		"failed, and then well": {runs(run(9, "schedule", "completed", "success"), run(8, "push", "completed", "failure")), []forge.Job{well}},
		"failed, and at work":   {runs(run(9, "schedule", "in_progress", ""), run(8, "push", "completed", "timed_out")), with(func(j *forge.Job) { j.Failed = "https://github.example/8" })},
		"cancelled for another": {runs(run(9, "schedule", "completed", "cancelled"), run(8, "workflow_dispatch", "completed", "success")), []forge.Job{well}},
		"on the second page": {map[string]told{
			"actions/workflows":   {body: `{"workflows": []}`, header: map[string]string{"Link": `<https://x.example/?page=2>; rel="next"`}},
			"actions/workflows 2": {body: fmt.Sprintf(`{"workflows": [{"id": 7, "path": %q, "state": "active", "html_url": %q}]}`, file, page)},
		}, []forge.Job{well}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := setUp(t, "ghp_1", tc.but).Automation(t.Context(), []string{file})
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tc.want)
			}
		})
	}
}

func TestMayPropose(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]forge.Said{
		`{"can_approve_pull_request_reviews": true}`:  forge.Yes,
		`{"can_approve_pull_request_reviews": false}`: forge.No,
		`{}`: forge.Unsaid,
	} {
		got, err := setUp(t, "ghp_1", map[string]told{"actions/permissions/workflow": {body: body}}).MayPropose(t.Context())
		if err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", body, got, err, want)
		}
	}
}

// A label that is not shown is missing only where others would be shown.
func TestHasLabel(t *testing.T) {
	t.Parallel()
	const label = "labels/escalation request"
	for name, c := range map[string]struct {
		but  map[string]told
		want forge.Said
		err  error
	}{
		"there":             {map[string]told{label: {body: `{"name": "Escalation Request"}`}}, forge.Yes, nil},
		"not there":         {map[string]told{"labels": {body: `[{"name": "bug"}]`}}, forge.No, nil},
		"there is none":     {map[string]told{"labels": {body: `[]`}}, forge.No, nil},
		"none is shown":     {nil, forge.Unsaid, forge.ErrGone},
		"none may be seen":  {map[string]told{"labels": {status: 403}}, forge.Unsaid, forge.ErrForbidden},
		"nothing is said":   {map[string]told{"labels": {body: `null`}}, forge.Unsaid, destination.ErrUnconfirmed},
		"it is a riddle":    {map[string]told{label: {body: `{}`}}, forge.Unsaid, destination.ErrUnconfirmed},
		"it is not allowed": {map[string]told{label: {status: 403}}, forge.Unsaid, forge.ErrForbidden},
		"another token":     {map[string]told{label: {status: 401}}, forge.Unsaid, forge.ErrToken},
	} {
		got, err := setUp(t, "ghp_1", c.but).HasLabel(t.Context(), "escalation request")
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v; want %v, %v", name, got, err, c.want, c.err)
		}
	}
}

// The site of a repository is private where GitHub says so, and nowhere else: not where
// it says nothing, and not on a server of one's own, which holds no site to its readers.
func TestPrivateSite(t *testing.T) {
	t.Parallel()
	server := map[string]string{"X-GitHub-Enterprise-Version": "3.17.0"}
	for name, c := range map[string]struct {
		told told
		want forge.Pages
		err  error
	}{
		"private":       {told{body: `{"public": false, "build_type": "workflow"}`}, forge.Pages{On: forge.Yes, Private: forge.Yes, Jobs: forge.Yes}, nil},
		"public":        {told{body: `{"public": true, "build_type": "workflow"}`}, forge.Pages{On: forge.Yes, Private: forge.No, Jobs: forge.Yes}, nil},
		"of a branch":   {told{body: `{"public": false, "build_type": "legacy"}`}, forge.Pages{On: forge.Yes, Private: forge.Yes, Jobs: forge.No}, nil},
		"not said":      {told{body: `{"build_type": "workflow", "public": null}`}, forge.Pages{On: forge.Yes, Jobs: forge.Yes}, nil},
		"a server":      {told{body: `{"public": false, "build_type": "workflow"}`, header: server}, forge.Pages{On: forge.Yes, Jobs: forge.Yes}, nil},
		"nothing said":  {told{body: `{}`}, forge.Pages{}, destination.ErrUnconfirmed},
		"off":           {told{status: 404}, forge.Pages{On: forge.No}, nil},
		"not allowed":   {told{status: 403}, forge.Pages{}, forge.ErrForbidden},
		"another token": {told{status: 401}, forge.Pages{}, forge.ErrToken},
	} {
		got, err := setUp(t, "ghs_1", map[string]told{"pages": c.told}).Pages(t.Context())
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, err, c.want, c.err)
		}
		if errors.Is(err, forge.ErrForbidden) && !strings.Contains(err.Error(), "`pages: read`") {
			t.Errorf("%s does not say what it takes: %v", name, err)
		}
	}
}

// Of a repository that was renamed, GitHub redirects to the one that it is.
func TestToday(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/repos/acme/old":
			w.Header().Set("Location", "/repositories/7")
			w.WriteHeader(http.StatusMovedPermanently)
		case "/repositories/7":
			fmt.Fprint(w, `{"full_name": "acme/escalations"}`)
		case "/repos/acme/odd":
			fmt.Fprint(w, `{}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	r, err := New(Config{API: s.URL, Repository: "acme/escalations", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if now, err := r.Today(t.Context(), "acme/old"); err != nil || now != "acme/escalations" {
		t.Errorf("it is %q, %v", now, err)
	}
	if now, err := r.Today(t.Context(), "acme/odd"); !errors.Is(err, destination.ErrUnconfirmed) {
		t.Errorf("what is not said is %q, %v", now, err)
	}
	if now, err := r.Today(t.Context(), "acme/gone"); !errors.Is(err, forge.ErrGone) {
		t.Errorf("what is not there is %q, %v", now, err)
	}
}

// What a reply does not confirm, and what GitHub does not show, is no answer; the
// error says which permission it takes.
func TestUnseen(t *testing.T) {
	t.Parallel()
	asks := map[string]func(*Repository) error{
		"":                    func(r *Repository) error { _, err := r.Hosted(t.Context()); return err },
		"rules/branches/main": func(r *Repository) error { _, err := r.Guard(t.Context(), "main"); return err },
		"branches/main":       func(r *Repository) error { _, err := r.Guard(t.Context(), "main"); return err },
		"actions/workflows": func(r *Repository) error {
			_, err := r.Automation(t.Context(), []string{".github/workflows/stale.yml"})
			return err
		},
		"actions/workflows/7/runs": func(r *Repository) error {
			_, err := r.Automation(t.Context(), []string{".github/workflows/stale.yml"})
			return err
		},
		"actions/permissions/workflow": func(r *Repository) error { _, err := r.MayPropose(t.Context()); return err },
	}
	for path, ask := range asks {
		of := func(reply told) error { return ask(setUp(t, "ghp_1", map[string]told{path: reply})) }
		takes := map[string]string{"X-Accepted-GitHub-Permissions": "administration=read"}
		if err := of(told{status: 403, header: takes}); !errors.Is(err, forge.ErrForbidden) || !strings.Contains(err.Error(), "it takes `administration: read`") {
			t.Errorf("%s forbidden: %v", path, err)
		}
		if err := of(told{status: 403}); !errors.Is(err, forge.ErrForbidden) || !strings.Contains(err.Error(), ": read`") {
			t.Errorf("%s forbidden, without a word: %v", path, err)
		}
		if err := of(told{status: 401}); !errors.Is(err, forge.ErrToken) {
			t.Errorf("%s with another token: %v", path, err)
		}
		if err := of(told{status: 404}); !errors.Is(err, forge.ErrGone) && path != "branches/main" {
			t.Errorf("%s that is not there: %v", path, err)
		}
		nothing := "{}"
		if path == "rules/branches/main" {
			nothing = "null"
		}
		if err := of(told{body: nothing}); !errors.Is(err, destination.ErrUnconfirmed) && path != "actions/permissions/workflow" {
			t.Errorf("%s that says nothing: %v", path, err)
		}
	}
}
