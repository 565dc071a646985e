package ci_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/escalations-as-code/escalate/internal/ci"
)

func read(variables map[string]string) ci.Environment {
	return ci.Read(func(name string) string { return variables[name] })
}

func TestReadGitHub(t *testing.T) {
	t.Parallel()
	got := read(map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_API_URL": "https://ghe.example/api/v3", "GITHUB_GRAPHQL_URL": "https://ghe.example/api/graphql", "GITHUB_SERVER_URL": "https://ghe.example", "GITHUB_REPOSITORY": "acme/escalations",
		"GITHUB_TOKEN": "t", "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "2", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_BASE_REF": "main",
		"GITHUB_WORKSPACE": "/home/runner/work", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/tmp/event.json", "GITHUB_STEP_SUMMARY": "/tmp/summary", "GITHUB_OUTPUT": "/tmp/output",
	})
	want := ci.Environment{
		Platform: ci.GitHub,
		GitHub:   ci.Forge{Platform: ci.GitHub, API: "https://ghe.example/api/v3", GraphQL: "https://ghe.example/api/graphql", Server: "https://ghe.example", Repository: "acme/escalations", Token: "t"},
		GitLab:   ci.Forge{Platform: ci.GitLab, Server: "https://gitlab.com"},
		Run:      "7", Attempt: "2", Change: ci.Change{Number: 12, Base: "main"},
		Root: "/home/runner/work", Event: "/tmp/event.json", Summary: "/tmp/summary", Outputs: "/tmp/output",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got.Forge() != want.GitHub {
		t.Errorf("the forge is %+v", got.Forge())
	}
}

func TestReadGitLab(t *testing.T) {
	t.Parallel()
	got := read(map[string]string{
		"GITLAB_CI": "true", "CI_API_V4_URL": "https://git.example/gitlab/api/v4", "CI_SERVER_URL": "https://git.example/gitlab", "CI_PROJECT_PATH": "cs/emea/escalations",
		"GITLAB_TOKEN": "t", "CI_PIPELINE_ID": "70", "CI_JOB_ID": "701", "CI_MERGE_REQUEST_IID": "12", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
		"CI_PROJECT_DIR": "/builds/cs", "CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_SHA": "c0ffee", "CI_API_GRAPHQL_URL": "https://git.example/gitlab/api/graphql",
	})
	want := ci.Environment{
		Platform: ci.GitLab,
		GitHub:   ci.Forge{Platform: ci.GitHub, Server: "https://github.com"},
		GitLab:   ci.Forge{Platform: ci.GitLab, API: "https://git.example/gitlab/api/v4", GraphQL: "https://git.example/gitlab/api/graphql", Server: "https://git.example/gitlab", Repository: "cs/emea/escalations", Token: "t"},
		Run:      "70", Attempt: "701", Change: ci.Change{Number: 12, Base: "main", Head: "c0ffee"}, Root: "/builds/cs", Scheduled: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got.Forge() != want.GitLab {
		t.Errorf("the forge is %+v", got.Forge())
	}
}

// A job may check out what a merge would make of a merge request: what that holds is
// another commit.
func TestReadMergedResult(t *testing.T) {
	t.Parallel()
	got := read(map[string]string{"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "12", "CI_COMMIT_SHA": "f00d", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "c0ffee"})
	if want := (ci.Change{Number: 12, Head: "c0ffee"}); got.Change != want {
		t.Errorf("%+v", got.Change)
	}
	if got := read(map[string]string{"GITLAB_CI": "true", "CI_COMMIT_SHA": "f00d"}); got.Change != (ci.Change{}) {
		t.Errorf("of no merge request: %+v", got.Change)
	}
}

// On somebody's own machine there is no job, and the forge is what was set by
// hand.
func TestReadElsewhere(t *testing.T) {
	t.Parallel()
	e := read(map[string]string{"GITHUB_REPOSITORY": "acme/escalations", "GITHUB_TOKEN": "t", "GITHUB_REF": "refs/heads/pull/12/x", "GITHUB_EVENT_NAME": "schedule"})
	if e.Platform != "" || e.Change.Number != 0 || e.Forge().Repository != "acme/escalations" || !e.Scheduled {
		t.Errorf("got %+v", e)
	}
	lab := read(map[string]string{"CI_PROJECT_PATH": "cs/escalations", "GITLAB_TOKEN": "t"})
	if at := lab.Forge(); at.Platform != ci.GitLab || at.Repository != "cs/escalations" || len(at.Missing()) > 0 {
		t.Errorf("got %+v", at)
	}
	for _, ref := range []string{"refs/pull/x/merge", "refs/pull/99999999999999999999/merge", ""} {
		if n := read(map[string]string{"GITHUB_REF": ref}).Change.Number; n != 0 {
			t.Errorf("%s is number %d", ref, n)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		forge ci.Forge
		want  []string
	}{
		{ci.Forge{Platform: ci.GitHub}, []string{"GITHUB_TOKEN", "GITHUB_REPOSITORY"}},
		{ci.Forge{Platform: ci.GitHub, Token: "t"}, []string{"GITHUB_REPOSITORY"}},
		{ci.Forge{Platform: ci.GitLab, Repository: "r"}, []string{"GITLAB_TOKEN"}},
		{ci.Forge{Platform: ci.GitLab, Repository: "r", Token: "t"}, nil},
	} {
		if got := c.forge.Missing(); !slices.Equal(got, c.want) {
			t.Errorf("%+v lacks %q, want %q", c.forge, got, c.want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	github := ci.Forge{Platform: ci.GitHub, Server: "https://github.com", Repository: "acme/escalations"}
	gitlab := ci.Forge{Platform: ci.GitLab, Server: "https://git.example/gitlab/", Repository: "cs/emea/escalations"}
	const file = "escalations/2026/northwind.yaml"
	for _, c := range []struct{ got, want string }{
		{github.View("main", file), "https://github.com/acme/escalations/blob/main/escalations/2026/northwind.yaml"},
		{github.Edit("main", file), "https://github.com/acme/escalations/edit/main/escalations/2026/northwind.yaml"},
		{github.View("", file), "https://github.com/acme/escalations/blob/HEAD/escalations/2026/northwind.yaml"},
		{github.View("release/1#2", "a b/x?.yaml"), "https://github.com/acme/escalations/blob/release/1%232/a%20b/x%3F.yaml"},
		{gitlab.View("main", file), "https://git.example/gitlab/cs/emea/escalations/-/blob/main/escalations/2026/northwind.yaml"},
		{gitlab.Edit("main", file), "https://git.example/gitlab/cs/emea/escalations/-/edit/main/escalations/2026/northwind.yaml"},
		{ci.Forge{Platform: ci.GitHub, Server: "https://github.com"}.View("main", file), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]string{`{"schedule":"17 6 * * *"}`: "17 6 * * *", `{"action":"opened"}`: "", `{"schedule":1}`: "", "": ""} {
		if got := ci.Schedule([]byte(event)); got != want {
			t.Errorf("%s: %q, want %q", event, got, want)
		}
	}
}

// A remote's address says where the repository is for people, and the token goes to no
// other host than the one that it is for.
func TestHosted(t *testing.T) {
	t.Parallel()
	known := ci.Forge{Platform: ci.GitHub, Server: "https://github.com", Token: "t"}
	lab := ci.Forge{Platform: ci.GitLab, Server: "https://git.example/gitlab", Token: "t"}
	ours := ci.Forge{Platform: ci.GitHub, Server: "https://git.example", Token: "t"}
	for _, c := range []struct {
		address string
		known   ci.Forge
		want    ci.Forge
	}{
		{"https://git.example/gitlab/cs/emea/escalations.git", lab, ci.Forge{Platform: ci.GitLab, Server: "https://git.example/gitlab", API: "https://git.example/gitlab/api/v4", Repository: "cs/emea/escalations", Token: "t"}},
		{"git@git.example:cs/escalations.git", lab, ci.Forge{Platform: ci.GitLab, Server: "https://git.example/gitlab", API: "https://git.example/gitlab/api/v4", Repository: "cs/escalations", Token: "t"}},
		{"git@github.com:acme/escalations.git", lab, ci.Forge{Platform: ci.GitHub, Server: "https://github.com", Repository: "acme/escalations"}},
		{"https://github.com/acme/escalations.git", known, ci.Forge{Platform: ci.GitHub, Server: "https://github.com", Repository: "acme/escalations", Token: "t"}},
		{"git@github.com:acme/escalations.git", known, ci.Forge{Platform: ci.GitHub, Server: "https://github.com", Repository: "acme/escalations", Token: "t"}},
		{"ssh://git@GitHub.com:22/acme/escalations", known, ci.Forge{Platform: ci.GitHub, Server: "https://github.com", Repository: "acme/escalations", Token: "t"}},
		{"https://jo:secret@git.example/acme/escalations/", ours, ci.Forge{Platform: ci.GitHub, Server: "https://git.example", API: "https://git.example/api/v3", Repository: "acme/escalations", Token: "t"}},
		{"https://evil.example/acme/escalations", known, ci.Forge{Platform: ci.GitHub, Server: "https://evil.example", Repository: "acme/escalations"}},
		{"git@gitlab.com:cs/emea/escalations.git", known, ci.Forge{Platform: ci.GitLab, Server: "https://gitlab.com", Repository: "cs/emea/escalations"}},
		{"/srv/git/escalations.git", known, ci.Forge{}},
		{"../origin.git", known, ci.Forge{}},
		{"file:///srv/git/acme/escalations.git", known, ci.Forge{}},
		{"", known, ci.Forge{}},
	} {
		if got := ci.Hosted(c.address, c.known); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.address, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		forge ci.Forge
		want  string
	}{
		{ci.Forge{Platform: ci.GitHub, Server: "https://github.com/", Repository: "acme/escalations"}, "https://github.com/acme/escalations/compare/main...escalate/2026-n/j%23?expand=1"},
		{ci.Forge{Platform: ci.GitLab, Server: "https://gitlab.com", Repository: "cs/esc"}, "https://gitlab.com/cs/esc/-/merge_requests/new?merge_request%5Bsource_branch%5D=escalate%2F2026-n%2Fj%23&merge_request%5Btarget_branch%5D=main"},
		{ci.Forge{Platform: ci.GitHub, Server: "https://github.com"}, ""},
	} {
		if got := c.forge.Compare("main", "escalate/2026-n/j#"); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// A repository is at one place, by whatever address; a folder is nowhere.
func TestHome(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://github.com/Acme/Escalations.git":              "github.com/acme/escalations",
		"https://x-access-token:ghs_secret@github.com/acme/e/": "github.com/acme/e",
		"ssh://git@github.com:22/acme/escalations.git":         "github.com/acme/escalations",
		"git@github.com:acme/escalations.git":                  "github.com/acme/escalations",
		"https://gitlab.example/group/sub/escalations.git":     "gitlab.example/group/sub/escalations",
		"../origin.git":                   "",
		"/srv/git/escalations.git":        "",
		`C:\git\escalations`:              "",
		"file:///srv/git/escalations.git": "",
		"":                                "",
	} {
		if got := ci.Hosted(address, ci.Forge{}).Home(); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
	if got := (ci.Forge{Server: "https://GHE.example/", Repository: "acme/e"}).Home(); got != "ghe.example/acme/e" {
		t.Errorf("of a forge: %q", got)
	}
	if got := (ci.Forge{Server: "https://github.com"}).Home(); got != "" {
		t.Errorf("without a repository: %q", got)
	}
}

// A pull request is from elsewhere where its branch is: a fork, also one that is gone.
func TestForeign(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]bool{
		`{"pull_request":{"head":{"repo":{"id":1}},"base":{"repo":{"id":1}}}}`: false,
		`{"pull_request":{"head":{"repo":{"id":2}},"base":{"repo":{"id":1}}}}`: true,
		`{"pull_request":{"head":{"repo":null},"base":{"repo":{"id":1}}}}`:     true,
		`{"schedule":"17 */2 * * *"}`:                                          false,
		`no JSON`:                                                              false,
	} {
		if got := ci.Foreign([]byte(event)); got != want {
			t.Errorf("%s: %t", event, got)
		}
	}
}
